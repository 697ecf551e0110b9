// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs an address in the WASM module, outside any browser, so many times, and prints the milliseconds that all took:
//   node web/browser-tests/bench-runs.mjs <folder of inflight.js> <address> <repeats>
// `cargo xtask bench` compares them with those of the native build.

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, address, repeats] = process.argv.slice(2);
if (repeats === undefined) {
  console.error("usage: node web/browser-tests/bench-runs.mjs <folder of inflight.js> <address> <repeats>");
  process.exit(2);
}

const module = await import(pathToFileURL(resolve(folder, "inflight.js")));
module.initSync({ module: await readFile(resolve(folder, "inflight_bg.wasm")) });
// Once before, so that the module is compiled for speed.
module.bench(address, Math.ceil(Number(repeats) / 4));
console.log(module.bench(address, Number(repeats)));
