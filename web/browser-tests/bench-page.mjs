// SPDX-License-Identifier: MIT OR Apache-2.0
// Opens a run in the built book, in Chromium, so many times, each time with an empty cache, and prints as JSON when the
// figure could be used and how long the script worked for each picture while it played:
//   node web/browser-tests/bench-page.mjs <folder of the site> <page> <address> <rounds> <pictures>
// `cargo xtask bench page` makes a table of it.

import { launch, openPage } from "./browser.mjs";
import { FigureOnPage } from "./figure.mjs";
import { serve } from "./server.mjs";

const [root, path, address, rounds, pictures] = process.argv.slice(2);
if (pictures === undefined) {
  console.error("usage: node web/browser-tests/bench-page.mjs <folder of the site> <page> <address> <rounds> <pictures>");
  process.exit(2);
}

/** Notes in the page the milliseconds from the navigation to the first figure that runs. */
function noteLive() {
  new MutationObserver(() => {
    if (document.querySelector("queue-figure[data-state=live]")) globalThis.liveAt ??= performance.now();
  }).observe(document, { subtree: true, attributeFilter: ["data-state"] });
}

/** One page: when it was usable, what was in flight when playing began and ended, and the time of each picture. */
async function round(browser, site) {
  const { page, faults, close } = await openPage(browser);
  await page.addInitScript(noteLive);
  await page.goto(`${new URL(path, site)}#${address}`, { waitUntil: "load" });
  const figure = await FigureOnPage.on(page);
  const live_ms = await page.evaluate(() => globalThis.liveAt);
  const in_flight = [Number(await figure.counter("in flight"))];
  await figure.keys("Space");
  const frame_ms = await page.evaluate(async (pictures) => {
    const { content } = document.querySelector('meta[name="inflight-module"]');
    // The same address as the page's own import: the same module.
    const module = await import(new URL(content, document.baseURI));
    while (module.frame_times().length < pictures) await new Promise((next) => requestAnimationFrame(next));
    return [...module.frame_times()].slice(0, pictures);
  }, Number(pictures));
  await figure.keys("Space");
  in_flight.push(Number(await figure.counter("in flight")));
  if (faults.length > 0) throw new Error(faults.join("; "));
  await close();
  return { live_ms, in_flight, frame_ms };
}

const server = await serve(root);
const browser = await launch();
try {
  const measured = [];
  for (let n = 0; n < Number(rounds); n += 1) measured.push(await round(browser, server.address));
  console.log(JSON.stringify(measured));
} finally {
  await browser.close();
  await server.close();
}
