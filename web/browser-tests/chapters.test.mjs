// SPDX-License-Identifier: MIT OR Apache-2.0
// What chapters have besides the figure of the first one: the cumulative-flow chart, two worlds, tables that open runs.

import assert from "node:assert/strict";
import { FigureOnPage } from "./figure.mjs";

export function tests() {
  return [
    { name: "chapters: a figure about a spike begins with the flow, and says it in words", run: flow },
    { name: "chapters: views follow each other", run: views },
    { name: "chapters: a choice leaves one outcome in each world, and its run can be watched", run: worlds },
    { name: "chapters: a cell of a table opens its run", run: cells },
    { name: "chapters: a run of another system says which, and leads back to its cell", run: named },
  ];
}

const pressed = (figure) => figure.find(".fig-views [aria-pressed=true]").innerText();

async function flow(visit) {
  const page = await visit.open("the-spike.html");
  const figure = await FigureOnPage.on(page);
  assert.equal(await pressed(figure), "Flow");
  const beginning = await figure.shown();
  await figure.keys("End");
  const end = await figure.shown();
  assert.notEqual(end.picture, beginning.picture);
  const label = await figure.find("canvas").getAttribute("aria-label");
  assert.match(label, /400 done, 0 in work, 0 waiting/);
}

async function views(visit) {
  const figure = await FigureOnPage.on(await visit.open("the-spike.html"));
  const seen = [];
  for (let n = 0; n < 4; n += 1) {
    seen.push(await pressed(figure));
    await figure.keys("s");
  }
  assert.deepEqual(seen, ["Flow", "Space–time", "Messages", "Flow"]);
}

async function worlds(visit) {
  const page = await visit.open("at-most-at-least.html");
  const section = page.locator(".worlds").first();
  assert.equal(await section.locator(".outcome:visible").count(), 4);
  await section.getByText("it forgets it", { exact: true }).click();
  assert.deepEqual(
    await section.locator(".outcome:visible strong").allInnerTexts(),
    ["✕ no effect", "● one effect"],
  );
  await section.locator(".outcome:visible a").first().click();
  const figure = await FigureOnPage.on(page);
  await figure.until(({ figure }) => figure.querySelector("[data-do='parameter:2']") !== null);
  assert.match(page.url(), /#delivery\/one-message\?.*crash:consumer-1@150ms.*delivery-limit=1|#delivery\/one-message\?.*delivery-limit=1.*crash:consumer-1@150ms/);
  assert.equal(await pressed(figure), "Space–time");
  await figure.keys("End");
  assert.equal(await figure.counter("done"), "0");
}

async function cells(visit) {
  const page = await visit.open("at-most-at-least.html");
  const cell = page.locator("table a", { hasText: "twice" }).first();
  await cell.click();
  const figure = await FigureOnPage.on(page);
  await figure.keys("End");
  assert.equal(await figure.counter("twice"), "1");
}

async function named(visit) {
  const page = await visit.open("the-field.html");
  const cell = page.locator('td a[href*="#field/ironmq"]').first();
  await cell.click();
  const linked = page.locator(".figure-linked");
  await linked.waitFor();
  assert.match(await linked.locator("strong").innerText(), /^IronMQ/);
  const far = await page.evaluate(() => scrollY);
  await linked.getByRole("button", { name: "Back to the link" }).click();
  await page.waitForFunction((far) => Math.abs(scrollY - far) > 200, far);
  assert.ok(await cell.isVisible());
}
