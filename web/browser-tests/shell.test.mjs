// SPDX-License-Identifier: MIT OR Apache-2.0
// What stands around the text: contents, progress, search, keyboard, what is there without script and on paper.

import assert from "node:assert/strict";
import { assertAccessible } from "./accessibility.mjs";

const CHAPTER = "not-in-order.html";
const PHONE = { width: 360, height: 740 };

export function tests() {
  return [
    { name: "shell: contents are the outline, and what is planned is no link", run: outline },
    { name: "shell: contents lead to the headings of the page and follow the reader", run: headings },
    { name: "shell: progress is kept, shown on other pages and forgotten", run: progress },
    { name: "shell: without script nothing is offered that needs it", run: withoutScript },
    { name: "shell: nothing moves while a page loads", run: still },
    { name: "shell: search by keyboard alone, fetched when it is used", run: search },
    { name: "shell: search on a telephone opens the contents", run: searchOnPhone },
    { name: "shell: what was found has no fault found by axe", run: foundAccessible },
    { name: "shell: the first Tab offers the text, and the focus can be seen", run: skip },
    { name: "shell: on paper no controls, all answers, addresses of sources", run: paper },
  ];
}

async function outline(visit) {
  const page = await visit.open(CHAPTER);
  const contents = page.locator("#contents");
  assert.ok(await contents.isVisible());
  const planned = contents.locator(".chapter", { hasText: "planned" });
  assert.ok((await planned.count()) > 0);
  assert.equal(await planned.locator("a").count(), 0, "a planned chapter is a link");
  const current = contents.locator(".chapter.current");
  assert.equal(await current.locator("[aria-current=page]").innerText(), "Not in order");
  assert.match(await current.locator(".minutes").innerText(), /^\d+ min\s*$/);
  assert.match(await current.locator(".claims").innerText(), /no total order/);
  // The place one is at is in view, without a scroll of the page.
  const { top, bottom } = await current.evaluate((element) => element.getBoundingClientRect());
  assert.ok(top >= 0 && top < 900 && bottom > top, `the current chapter is out of sight: ${top}`);
  assert.equal(await page.evaluate(() => scrollY), 0);
}

async function headings(visit) {
  const page = await visit.open(CHAPTER);
  const links = page.locator(".headings a");
  const titles = await page.locator("article h2").allInnerTexts();
  assert.deepEqual(await links.allInnerTexts(), titles);
  assert.equal(await page.locator(".headings a[aria-current]").count(), 0);
  await links.nth(1).click();
  await page.waitForFunction(() => document.querySelector(".headings a[aria-current=location]"));
  assert.equal(await page.locator(".headings a[aria-current]").innerText(), titles[1]);
}

async function progress(visit) {
  const page = await visit.open("index.html");
  const dot = page.locator('.dot[data-of="not-in-order"]');
  const go = (path) => page.goto(new URL(path, visit.site.address).href);
  assert.equal(await dot.getAttribute("aria-label"), "not begun");
  await go(CHAPTER);
  assert.equal(await dot.getAttribute("aria-label"), "begun");
  await page.keyboard.press("End");
  const bets = page.locator("queue-bet");
  for (let place = 0; place < (await bets.count()); place += 1) {
    assert.equal(await dot.getAttribute("aria-label"), "begun", "done before all bets are settled");
    const bet = bets.nth(place);
    await bet.locator("input").nth(1).check();
    await bet.getByRole("button", { name: "Settle the bet" }).click();
  }
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await page.waitForFunction(() => document.querySelector('.dot[data-of="not-in-order"]').dataset.is === "done");
  await go("glossary.html");
  assert.equal(await dot.getAttribute("aria-label"), "read to the end, bets settled");
  await go(CHAPTER);
  const first = bets.first();
  assert.ok(await first.locator("input").nth(1).isChecked(), "a settled bet is open again");
  assert.ok(await first.locator(".verdict").isVisible());
  await page.getByRole("button", { name: "Forget it" }).click();
  assert.equal(await dot.getAttribute("aria-label"), "not begun");
  await go("glossary.html");
  assert.equal(await dot.getAttribute("aria-label"), "not begun");
  assert.ok(!(await page.getByRole("button", { name: "Forget it" }).isVisible()));
}

async function withoutScript(visit) {
  const page = await visit.open(CHAPTER, { javaScript: false });
  for (const selector of ["#find", "#light", ".dot", "#forget", ".bet button"]) {
    for (const element of await page.locator(selector).all()) {
      assert.ok(!(await element.isVisible()), `${selector} is shown, and nothing listens to it`);
    }
  }
  await page.locator(".headings a").first().click();
  assert.match(page.url(), /#./);
  await page.getByRole("link", { name: "Glossary" }).click();
  assert.equal(await page.locator("h1").innerText(), "Glossary");
}

async function still(visit) {
  const { page, faults } = await visit.blank();
  // Letters of the final fonts differ from those of the first moment; what moves besides is the page's own doing.
  await page.route("**/*.woff2", (route) => route.abort());
  await page.addInitScript(() => {
    globalThis.shifts = [];
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries()) {
        globalThis.shifts.push(`${value.toFixed(4)}: ${sources.map(({ node }) => node?.outerHTML?.slice(0, 60)).join(" | ")}`);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  const shifts = async () => {
    await page.goto(new URL(CHAPTER, visit.site.address).href, { waitUntil: "load" });
    await page.waitForFunction(() => document.querySelector("queue-figure[data-state=live]"));
    await page.evaluate(() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))));
    return page.evaluate(() => globalThis.shifts);
  };
  assert.deepEqual(await shifts(), []);
  const bet = page.locator("queue-bet").first();
  await bet.locator("input").first().check();
  await bet.getByRole("button", { name: "Settle the bet" }).click();
  assert.deepEqual(await shifts(), [], "with a settled bet");
  // The fonts were refused for this test.
  faults.length = 0;
}

async function search(visit) {
  const { page } = await visit.blank();
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(new URL(CHAPTER, visit.site.address).href, { waitUntil: "load" });
  assert.ok(!asked.some((path) => path.includes("search")), `search is fetched before it is used: ${asked}`);
  await page.keyboard.press("/");
  await page.keyboard.type("Vis Time");
  const found = page.locator("#found a");
  await found.first().waitFor();
  assert.equal(await found.first().innerText(), "visibility timeout");
  assert.ok(!(await page.locator(".outline").isVisible()));
  await page.keyboard.press("ArrowDown");
  assert.ok(await found.first().evaluate((link) => link === document.activeElement));
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.waitForURL(/glossary\.html#visibility-timeout$/);

  await page.keyboard.press("/");
  await page.keyboard.type("xyzzy");
  await page.getByText("Nothing on these pages.").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".outline").waitFor();
}

async function searchOnPhone(visit) {
  const page = await visit.open(CHAPTER, PHONE);
  await page.keyboard.press("/");
  await page.keyboard.type("resequencer");
  await page.locator("#found a").first().waitFor();
  assert.ok(await page.locator("#contents").isVisible());
  // Within the page a link leads out of the contents.
  await page.locator("#find").fill("");
  await page.locator(".headings a").first().click();
  assert.ok(!(await page.locator("#contents").isVisible()), "the contents stay over the heading");
}

async function foundAccessible(visit) {
  for (const dark of [false, true]) {
    const page = await visit.open(CHAPTER, { dark });
    await page.keyboard.press("/");
    await page.keyboard.type("order");
    await page.locator("#found a").first().waitFor();
    await assertAccessible(page, "#contents");
  }
}

async function skip(visit) {
  const page = await visit.open(CHAPTER);
  await page.keyboard.press("Tab");
  const link = page.getByRole("link", { name: "Skip to the text" });
  assert.ok(await link.evaluate((element) => element === document.activeElement && element.getBoundingClientRect().top >= 0));
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "text");
  // Every stop of the next dozen shows that it has the focus.
  for (let stop = 0; stop < 12; stop += 1) {
    await page.keyboard.press("Tab");
    const bare = await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      return outlineStyle === "none" || outlineWidth === "0px" ? document.activeElement.outerHTML.slice(0, 80) : null;
    });
    assert.equal(bare, null);
  }
}

async function paper(visit) {
  const page = await visit.open("print.html", { media: "print" });
  for (const selector of [".bet button", "input[type=range]", ".contents", ".bar"]) {
    for (const element of await page.locator(selector).all()) assert.ok(!(await element.isVisible()), `${selector} on paper`);
  }
  assert.ok(await page.locator("queue-figure .frame.wide svg").first().isVisible());
  assert.ok(await page.locator(".bet .answer").first().isVisible(), "the answer of a bet stays closed");
  const address = await page.locator(".note.beside a").first().evaluate((link) => getComputedStyle(link, "::after").content);
  assert.match(address, /https:/);
}
