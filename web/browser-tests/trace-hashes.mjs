// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs addresses in the WASM module, outside any browser, and prints the hash of each trace, one a line:
//   node web/browser-tests/trace-hashes.mjs <folder of inflight.js> < addresses, one a line
// `cargo xtask test` compares them with those of the native build.

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node web/browser-tests/trace-hashes.mjs <folder of inflight.js> < addresses");
  process.exit(2);
}

const module = await import(pathToFileURL(resolve(folder, "inflight.js")));
module.initSync({ module: await readFile(resolve(folder, "inflight_bg.wasm")) });

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const addresses = Buffer.concat(chunks).toString("utf8").split("\n").filter((line) => line !== "");
for (const address of addresses) console.log(module.trace_hash(address));
