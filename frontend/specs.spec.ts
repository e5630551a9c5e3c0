// @vitest-environment node
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const SRC = join(import.meta.dirname, "src");

/** What needs no spec beside it, and why. */
const NEEDS_NONE: Readonly<Record<string, string>> = {
  "env.d.ts": "types only",
  "main.ts":
    "the entry point: it joins the parts, and every journey begins with it",
  "protocol/frames.ts": "names only: what the client exports",
};
/** What stands in for others in tests. */
const STAND_INS = /^testing\//;
const files = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => /\.(ts|vue)$/.test(path));

test("every file has a spec beside it, or stands here by name with the reason", () => {
  const bare = withoutSpec(files.filter((path) => !STAND_INS.test(path)));

  expect(bare.filter((path) => !(path in NEEDS_NONE))).toEqual([]);
  // The other way round: nobody stands here who is not there.
  expect(Object.keys(NEEDS_NONE)).toEqual(
    bare.filter((path) => path in NEEDS_NONE),
  );
});

test("a spec stands beside a file, which has not gone elsewhere", () => {
  const tested = new Set(
    files.filter((path) => !isSpec(path)).map((path) => specOf(path)),
  );

  expect(files.filter((path) => isSpec(path) && !tested.has(path))).toEqual([]);
});

// The control: the same look finds what has none, and takes no other file's spec for its own.
test("a file without a spec is found", () => {
  expect(
    withoutSpec(["a.ts", "a.spec.ts", "b/a.ts", "B.vue", "B.spec.ts", "b.ts"]),
  ).toEqual(["b.ts", "b/a.ts"]);
});

function withoutSpec(paths: readonly string[]): string[] {
  const specs = new Set(paths.filter(isSpec));
  return paths
    .filter((path) => !isSpec(path))
    .filter((path) => !specs.has(specOf(path)))
    .sort();
}

function specOf(path: string): string {
  return path.replace(/\.(ts|vue)$/, ".spec.ts");
}

function isSpec(path: string): boolean {
  return path.endsWith(".spec.ts");
}
