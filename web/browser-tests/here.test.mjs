// SPDX-License-Identifier: MIT OR Apache-2.0
// Exercises in a page that `course serve` serves: the learner's file, the journal's progress, and nothing sent elsewhere.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Here, TOKEN } from "./here.mjs";

const NAME = "resequencer";
const CHAPTER = "not-in-order.html";
const trace = () => readFile(new URL("counterexample.jsonl", import.meta.url), "utf8");

export function tests(site) {
  const on = (test) => async (visit) => {
    const here = new Here(site, NAME, "// wrong\n", await trace());
    const address = await here.start();
    try {
      await test(visit, here, address);
    } finally {
      await here.close();
    }
  };
  return [
    { name: "here: the token leaves the address, and is kept for the other pages", run: on(token) },
    { name: "here: wrong, watched, mended, passed, and the contents show it", run: on(mended) },
    { name: "here: page and editor see one file, and neither writes over the other", run: on(oneFile) },
    { name: "here: what is read and bet here is told to the journal, once", run: on(progress) },
    { name: "here: a server that is gone is said to be", run: on(gone) },
  ];
}

const code = (page) => page.locator(`queue-exercise[name=${NAME}] .cm-content`);
const button = (page, name) => page.locator(`queue-exercise[name=${NAME}]`).getByRole("button", { name, exact: true });
const said = (page, text) => page.locator(`queue-exercise[name=${NAME}] .said`).filter({ hasText: text });

async function open(visit, address) {
  return (await opened(visit, address)).page;
}

async function opened(visit, address) {
  const opened = await visit.blank();
  const { page } = opened;
  await page.goto(`${address}${CHAPTER}?token=${TOKEN}`, { waitUntil: "load" });
  await button(page, "Write it here").click();
  await code(page).waitFor();
  return opened;
}

async function write(page, text) {
  await code(page).focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(text);
}

async function token(visit, here, address) {
  const page = await open(visit, address);
  assert.equal(page.url(), `${address}${CHAPTER}`);
  await page.goto(`${address}the-spike.html`, { waitUntil: "load" });
  await page.waitForFunction(() => localStorage.getItem("token") !== null);
  assert.ok(here.asked.includes(`GET exercises/${NAME}`));
}

async function mended(visit, here, address) {
  const page = await open(visit, address);
  const dot = page.locator(`.dot[data-exercise=${NAME}]`);
  await button(page, "Run").click();
  await said(page, "Message 1 is lost").waitFor();
  await button(page, "Watch it happen").click();
  await page.locator("queue-figure[data-replay] .live.replayed canvas").waitFor();
  await page.locator(`.dot[data-exercise=${NAME}][aria-label="${NAME}: tried"]`).waitFor();
  await write(page, "// right\n");
  await page.keyboard.press("Control+Enter");
  await said(page, "Every promise held").waitFor();
  assert.equal(here.text, "// right\n");
  await page.locator(`.dot[data-exercise=${NAME}][aria-label="${NAME}: passed"]`).waitFor();
  assert.equal(await dot.getAttribute("data-is"), "done");
}

async function oneFile(visit, here, address) {
  const { page, faults } = await opened(visit, address);
  here.edit("// from elsewhere\n");
  await code(page).filter({ hasText: "from elsewhere" }).waitFor();
  // Written in both places before either knew of the other.
  await write(page, "// mine\n");
  here.text = "// theirs\n";
  await page.keyboard.press("Control+Enter");
  await said(page, "changed elsewhere").waitFor();
  assert.equal(here.text, "// theirs\n");
  await button(page, "Keep this one").click();
  await page.waitForFunction((name) => document.querySelector(`queue-exercise[name=${name}] .said`).childElementCount === 0, NAME);
  await page.keyboard.press("Control+Enter");
  await said(page, "Message 1 is lost").waitFor();
  assert.equal(here.text, "// mine\n");
  // The server said no once, which is what this is about; the browser calls that an error.
  faults.splice(0, faults.length, ...faults.filter((fault) => !fault.includes("409")));
}

async function progress(visit, here, address) {
  here.progress.chapters["the-spike"] = { read: 40, bets: {} };
  const { page } = await visit.blank();
  await page.goto(`${address}${CHAPTER}?token=${TOKEN}`, { waitUntil: "load" });
  // What the terminal knows is here.
  await page.locator('.dot[data-of="the-spike"][data-is="begun"]').waitFor();
  const bet = page.locator("queue-bet").first();
  await bet.locator("label").first().click();
  await bet.getByRole("button", { name: "Settle the bet" }).click();
  const told = () => Object.keys(here.progress.chapters["not-in-order"]?.bets ?? {}).length > 0;
  for (let looked = 0; !told(); looked += 1) {
    assert.ok(looked < 100, "the bet was not told");
    await page.waitForTimeout(50);
  }
  // It came back as the server's news, and is none.
  const posts = () => here.asked.filter((asked) => asked === "POST progress").length;
  const before = posts();
  here.tell("progress", {});
  await page.waitForTimeout(1500);
  assert.equal(posts(), before);
}

async function gone(visit, here, address) {
  const { page, faults } = await opened(visit, address);
  await page.route("**/api/**", (route) => route.abort("connectionrefused"));
  await button(page, "Run").click();
  await said(page, "cargo course serve` does not answer").waitFor();
  // That nothing answered is what this is about.
  faults.length = 0;
}
