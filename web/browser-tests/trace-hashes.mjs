// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs addresses in the WASM module, outside any browser, and prints the hash of each trace, one a line:
//   node web/browser-tests/trace-hashes.mjs <folder of inflight.js> < addresses, one a line
// `cargo xtask test` compares them with those of the native build.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node web/browser-tests/trace-hashes.mjs <folder of inflight.js> < addresses");
  process.exit(2);
}

// wasm-bindgen writes a module for browsers; node takes a file that ends in .js for an older kind unless told otherwise.
const script = await readFile(join(folder, "inflight.js"), "utf8");
const module = await import(`data:text/javascript;base64,${Buffer.from(withAddress(script)).toString("base64")}`);
module.initSync({ module: await readFile(join(folder, "inflight_bg.wasm")) });

/** A module from a data address has no folder; the one of the file stands in for it, for whatever is resolved beside it. */
function withAddress(text) {
  return text.replaceAll("import.meta.url", JSON.stringify(pathToFileURL(join(folder, "inflight.js")).href));
}

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const addresses = Buffer.concat(chunks).toString("utf8").split("\n").filter((line) => line !== "");
for (const address of addresses) console.log(module.trace_hash(address));
