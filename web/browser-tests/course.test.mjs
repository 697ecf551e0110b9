// SPDX-License-Identifier: MIT OR Apache-2.0
// A reader's whole way through a chapter, with the real `cargo course serve` behind the page, and what the terminal says of it then.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Course } from "./course.mjs";
import { FigureOnPage } from "./figure.mjs";

const NAME = "bounded";
const CHAPTER = "the-spike";
const MISTAKE = "wrong/bounded/silent-drop";
const REFERENCE = `queues/src/bin/${NAME}`;
/** Two cores compile and examine an answer in seconds, a busy machine in many more. */
const EXAMINED = { timeout: 40_000 };

export function tests() {
  return [{ name: "course: read, played, bet, wrong, watched, mended, passed; the terminal knows it all", run: whole }];
}

async function whole(visit) {
  const course = await Course.copy(visit.site);
  let code;
  try {
    await course.begin(NAME);
    await story(visit, course);
  } finally {
    code = await course.close();
  }
  assert.equal(code, 0, "Ctrl-C does not end the server in good order");
}

async function story(visit, course) {
  const stands = () => course.terminal("list").split("\n").find((line) => line.split(/\s+/)[1] === NAME);
  assert.match(stands(), /^○/);

  // The address as it was printed; from the first page to the chapter by the contents.
  const { page } = await visit.blank();
  await page.goto(await course.serve(), { waitUntil: "load" });
  await page.waitForURL((url) => !url.search.includes("token"));
  await page.locator(`#contents .chapter a[href="${CHAPTER}.html"]`).first().click();
  await page.waitForURL(new RegExp(`/${CHAPTER}\\.html$`));
  const ofChapter = page.locator(`.dot[data-of=${CHAPTER}]`);
  const ofExercise = (standing) => page.locator(`.dot[data-exercise=${NAME}][aria-label="${NAME}: ${standing}"]`);
  await ofExercise("not tried").waitFor({ state: "attached" });

  // The bet comes before the figure that settles it, the figure plays.
  const bet = page.locator("queue-bet").first();
  await bet.locator("label").first().click();
  await bet.getByRole("button", { name: "Settle the bet" }).click();
  await bet.locator(".verdict").waitFor();
  const figure = await FigureOnPage.on(page);
  const before = await figure.moment();
  await figure.keys(">", "Space");
  await figure.until(({ figure, before }) => figure.querySelector(".fig-time b").textContent !== before, { before });
  await figure.keys("End");
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await page.locator(`.dot[data-of=${CHAPTER}][data-is=done]`).waitFor();

  // A wrong answer: it is saved, compiled and examined here, and told as a story.
  const element = page.locator(`queue-exercise[name="${NAME}"]`);
  const said = element.locator(".said");
  const code = element.locator(".cm-content");
  const button = (name) => element.getByRole("button", { name, exact: true });
  const write = async (text) => {
    await code.focus();
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText(text);
  };
  const mistake = await course.answer(MISTAKE);
  await button("Write it here").click();
  await code.waitFor();
  await write(mistake);
  await button("Run").click();
  await said.locator(".sentence b", { hasText: "Broken" }).waitFor(EXAMINED);
  assert.equal(await readFile(course.file(NAME), "utf8"), mistake);
  await button("Watch it happen").waitFor(EXAMINED);
  assert.ok((await said.locator(".story li").count()) > 0, "no story is told");
  await ofExercise("tried").waitFor();
  assert.match(stands(), /^◐/);

  // The figure plays that run, with the promise that the verdict names.
  await button("Watch it happen").click();
  const promise = await said.locator(".means code").innerText();
  const replayed = page.locator("queue-figure[data-replay] .live.replayed");
  await replayed.locator("canvas").waitFor();
  const run = new FigureOnPage(page, replayed);
  const broken = await run.find(".fig-broken").innerText();
  assert.ok(broken.includes(promise), `${broken} does not name ${promise}`);
  const marks = await run.faults();
  assert.ok(marks.some((mark) => mark.includes(promise)), `the timeline marks ${marks.join(", ")}`);
  const stood = await run.moment();
  await run.keys("ArrowRight", "ArrowRight", "ArrowRight");
  assert.notEqual(await run.moment(), stood);
  await page.locator(".figure-replay").getByRole("button", { name: "Back to your answer" }).click();
  assert.ok(await page.evaluate(() => document.activeElement.matches("queue-exercise .editor")), "the editor has not got the focus");

  // Mended.
  const reference = await course.answer(REFERENCE);
  await write(reference);
  await page.keyboard.press("Control+Enter");
  await said.locator(".sentence b", { hasText: "Passed" }).waitFor(EXAMINED);
  assert.equal(await said.locator(".got caption").innerText(), "100 of 100 points");
  await ofExercise("passed").waitFor();
  assert.equal(await ofExercise("passed").getAttribute("data-is"), "done");

  // One journal: what the terminal shows is what the page shows.
  assert.match(stands(), /^●/);
  const { chapters, exercises } = JSON.parse(course.terminal("export"));
  assert.equal(exercises[NAME].standing, "passed");
  assert.equal(exercises[NAME].attempts, 2);
  assert.ok(chapters[CHAPTER].read >= 90, `the journal has ${chapters[CHAPTER].read} % read`);
  assert.deepEqual(Object.keys(chapters[CHAPTER].bets), [await bet.getAttribute("name")]);
  assert.ok(await ofChapter.isVisible());
}
