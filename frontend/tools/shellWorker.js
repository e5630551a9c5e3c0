// Which files make up one version of the page? Writes them into its service worker.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Fetched when somebody picks an emoji, and kept from then on. */
const ON_USE = /^assets\/data-.*\.json$/;

/** Make the plugin; `worker` is the worker's source, `publicDir` what is copied as it is. */
export function shellWorker({ worker, publicDir }) {
  return {
    name: "shell-worker",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const built = Object.keys(bundle).filter(
        (name) => !name.startsWith(".") && !ON_USE.test(name),
      );
      const copied = readdirSync(publicDir);
      const shell = [...built, ...copied].sort().map((name) => `/${name}`);
      const version = createHash("sha256");
      for (const name of built) {
        const { code, source } = bundle[name];
        version.update(name).update(code ?? source ?? "");
      }
      for (const name of copied)
        version.update(readFileSync(join(publicDir, name)));
      this.emitFile({
        type: "asset",
        fileName: "sw.js",
        source: readFileSync(worker, "utf8")
          .replace('["__SHELL__"]', JSON.stringify(shell))
          .replace("__VERSION__", version.digest("hex").slice(0, 12)),
      });
    },
  };
}
