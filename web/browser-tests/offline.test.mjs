// SPDX-License-Identifier: MIT OR Apache-2.0
// The book without a network: kept when the reader asks for it, and not before.

import assert from "node:assert/strict";

export function tests() {
  return [
    { name: "offline: nothing is kept unasked", run: unasked },
    { name: "offline: what was kept is read, and its figures run, without a network", run: train },
  ];
}

async function unasked(visit) {
  const page = await visit.open("index.html");
  const kept = await page.evaluate(async () => ({
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    caches: (await caches.keys()).length,
  }));
  assert.deepEqual(kept, { workers: 0, caches: 0 });
}

async function train(visit) {
  const page = await visit.open("index.html");
  await page.locator("#offline").click();
  await page.locator("#offline", { hasText: /^Kept for offline, \d+ files$/ }).waitFor({ timeout: 30_000 });
  await page.context().setOffline(true);
  await page.goto(new URL("not-in-order.html", visit.site.address).href, { waitUntil: "load" });
  assert.equal(await page.locator("h1").innerText(), "Not in order");
  const figure = page.locator("queue-figure").first();
  await figure.scrollIntoViewIfNeeded();
  await page.locator('queue-figure[data-state="live"]').first().waitFor();
  // A folder's address is that of its index.
  await page.goto(visit.site.address, { waitUntil: "load" });
  assert.match(await page.title(), /Inflight/);
}
