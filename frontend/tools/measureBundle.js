// How much must be fetched until the composer accepts text? Prints it, and fails over the budget.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET_BYTES = 120 * 1024;
const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const manifest = JSON.parse(
  readFileSync(join(dist, ".vite", "manifest.json"), "utf8"),
);

const files = new Set();
collect("index.html");
let total = 0;
for (const file of files) {
  const bytes = gzipSync(readFileSync(join(dist, file))).length;
  total += bytes;
  console.log(`${String(bytes).padStart(8)} B gzip  ${file}`);
}
console.log(
  `${String(total).padStart(8)} B gzip until the composer accepts text (at most ${BUDGET_BYTES})`,
);
if (total > BUDGET_BYTES) process.exitCode = 1;

/** A chunk, its style, and whatever it imports before it runs. */
function collect(name) {
  const chunk = manifest[name];
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const style of chunk.css ?? []) files.add(style);
  for (const imported of chunk.imports ?? []) collect(imported);
}
