// SPDX-License-Identifier: MIT OR Apache-2.0
// What the theme's own scripts do: bets, the choice of light, links to runs, contents on a telephone.

import assert from "node:assert/strict";

const CHAPTER = "not-in-order.html";

/** Chapters with bets, and how many. */
const BETS = { "the-spike.html": 1, "not-in-order.html": 1, "at-most-at-least.html": 1, "rule-one.html": 1 };

export function tests() {
  return [
    { name: "a bet is settled by keyboard alone, and stays", run: bet },
    { name: "every settled bet makes the figure of its page run that it is about", run: performed },
    { name: "without JavaScript a bet's answer can be opened", run: betWithoutScript },
    { name: "the chosen light holds on the next page", run: light },
    { name: "contents open and close on a telephone", run: contents },
    { name: "a wrong run in the page's address is told, and the figure runs", run: wrongLink },
    { name: "a figure that cannot load keeps its still and says why", run: noModule },
  ];
}

async function performed(visit) {
  for (const [chapter, bets] of Object.entries(BETS)) {
    const page = await visit.open(chapter);
    assert.equal(await page.locator("queue-bet").count(), bets, chapter);
    for (let place = 0; place < bets; place += 1) {
      const bet = page.locator("queue-bet").nth(place);
      await bet.locator("label").first().click();
      await bet.getByRole("button", { name: "Settle the bet" }).click();
      const scenario = (await bet.getAttribute("data-run")).split("?")[0];
      const figure = page.locator(`queue-figure[run^="${scenario}?"]`).first();
      assert.equal(await figure.count(), 1, `${chapter} has no figure of ${scenario}`);
      await figure.scrollIntoViewIfNeeded();
      await figure.getByRole("button", { name: "Pause" }).waitFor();
    }
  }
}

async function bet(visit) {
  const page = await visit.open(CHAPTER);
  const bet = page.locator("queue-bet").first();
  const settle = bet.getByRole("button", { name: "Settle the bet" });
  assert.ok(await settle.isDisabled(), "a bet can be settled before anything was chosen");
  await bet.locator("input").first().focus();
  for (const key of ["Space", "ArrowDown", "ArrowDown"]) await page.keyboard.press(key);
  assert.ok(await bet.locator("input").nth(2).isChecked(), "the arrow keys do not move the choice");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const right = await bet.locator("input").nth(2).evaluate((input) => "right" in input.dataset);
  const verdict = right ? "That is what the simulator says." : "The simulator says otherwise.";
  assert.equal(await bet.locator(".verdict").innerText(), verdict);
  assert.ok(await bet.locator(".answer").isVisible(), "the answer stays closed");
  assert.equal(await bet.locator("input:disabled").count(), (await bet.locator("input").count()) - 1);
}

async function betWithoutScript(visit) {
  const page = await visit.open(CHAPTER, { javaScript: false });
  const bet = page.locator("queue-bet").first();
  assert.ok(!(await bet.locator("button").isVisible()), "a button is shown that nothing listens to");
  await bet.locator("summary").click();
  assert.ok(await bet.locator(".answer").isVisible());
}

async function light(visit) {
  const page = await visit.open(CHAPTER);
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const paper = await ground();
  await page.selectOption("#light", "dark");
  const night = await ground();
  assert.notEqual(night, paper);
  await page.goto(page.url().replace(CHAPTER, "index.html"));
  assert.equal(await ground(), night);
  await page.selectOption("#light", "");
  assert.equal(await ground(), paper);
}

async function contents(visit) {
  const page = await visit.open(CHAPTER, { width: 360, height: 740 });
  const list = page.locator("#contents");
  assert.ok(!(await list.isVisible()));
  await page.getByRole("button", { name: "Contents" }).click();
  assert.ok(await list.locator("[aria-current=page]").isVisible(), "the contents do not show the page one is on");
  await page.keyboard.press("Escape");
  assert.ok(!(await list.isVisible()), "Escape does not close the contents");
}

async function wrongLink(visit) {
  const page = await visit.open(`${CHAPTER}#order/concurrent-consumers?seed=seven`);
  const figure = page.locator("queue-figure").first();
  const fault = figure.locator(".figure-fault");
  await fault.waitFor();
  await page.waitForFunction(() => document.querySelector("queue-figure").dataset.state === "live");
  assert.match(await fault.innerText(), /cannot be shown: .*seven/s);
}

async function noModule(visit) {
  const { page, faults } = await visit.blank();
  await page.route("**/wasm/**", (route) => route.abort());
  await page.goto(new URL(CHAPTER, visit.site.address).href);
  const figure = page.locator("queue-figure").first();
  await figure.scrollIntoViewIfNeeded();
  assert.match(await figure.locator(".figure-fault").innerText(), /does not run here: ./);
  assert.ok(await figure.locator(".frame.wide svg").isVisible(), "the still is gone");
  // The failed request is what this test is about.
  faults.length = 0;
}
