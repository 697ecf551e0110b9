// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs the tests of every *.test.mjs beside this file against the built book, one line for each test:
//   node web/browser-tests/run.mjs [--root <folder of the site>] [words that a test's name must contain]...
//
// A test file exports `tests(site)`: a list of { name, run }. `run` is given a Visit, see below; it fails by throwing.
// Whatever the pages of a visit report as an error fails the test too, without the test asking.

import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { launch, openPage } from "./browser.mjs";
import { serve } from "./server.mjs";

/** A test that takes longer than this has hung, in milliseconds. */
const LIMIT = 60_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { root: { type: "string", default: fileURLToPath(new URL("../../book/dist", import.meta.url)) } },
});

/** What one test may do: open pages of the site. They are closed, and their errors counted, when it ends. */
class Visit {
  #opened = [];

  constructor(browser, site) {
    this.browser = browser;
    this.site = site;
  }

  /** Opens a page of the site, `path` from its root, in a context of its own; `how` as in browser.mjs. */
  async open(path, how = {}) {
    const { page } = await this.blank(how);
    await page.goto(new URL(path, this.site.address).href, { waitUntil: "load" });
    return page;
  }

  /** An empty page, for tests that prepare something before they go to the site, and its list of faults. */
  async blank(how = {}) {
    const opened = await openPage(this.browser, how);
    this.#opened.push(opened);
    return opened;
  }

  async end() {
    const faults = this.#opened.flatMap((opened) => opened.faults);
    for (const opened of this.#opened) await opened.close();
    return faults;
  }
}

/** Runs one test; answers with the reason why it failed, or null. */
async function attempt(test, browser, site) {
  const visit = new Visit(browser, site);
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not finished after ${LIMIT / 1000} s`)), LIMIT);
  });
  let reason = null;
  try {
    await Promise.race([test.run(visit), limit]);
  } catch (error) {
    reason = error.message;
  } finally {
    clearTimeout(timer);
  }
  const faults = await visit.end();
  return reason ?? (faults.length > 0 ? `the page reported ${faults.join("; ")}` : null);
}

const server = await serve(values.root);
const site = { root: values.root, address: server.address };
const browser = await launch();
let passed = 0;
let failed = 0;
try {
  const folder = new URL(".", import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith(".test.mjs")).sort();
  for (const file of files) {
    const { tests } = await import(new URL(file, folder));
    for (const test of await tests(site)) {
      if (!positionals.every((word) => test.name.includes(word))) continue;
      const started = performance.now();
      const reason = await attempt(test, browser, site);
      const took = Math.round(performance.now() - started);
      console.log(`${reason === null ? "ok    " : "FAILED"} ${test.name} (${took} ms)`);
      if (reason === null) passed += 1;
      else {
        failed += 1;
        console.log(reason.replaceAll(/^/gm, "       "));
      }
    }
  }
} finally {
  await browser.close();
  await server.close();
}
console.log(`${passed} passed, ${failed} failed`);
if (passed === 0 && failed === 0) console.error("no test was found");
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
