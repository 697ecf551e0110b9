// SPDX-License-Identifier: MIT OR Apache-2.0
// Exercises in the page: written, examined by the Playground's stand-in, watched, passed; by keyboard, on a telephone.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { assertAccessible } from "./accessibility.mjs";
import { Playground } from "./playground.mjs";

const ROOT = new URL("../../", import.meta.url);
const CHAPTER = "the-spike.html";
const NAME = "bounded";
const PHONE = { width: 360, height: 740 };
/** Two cores compile an exam in seconds, a busy machine in many more. */
const EXAMINED = { timeout: 55_000 };

/** One for all tests: crates compiled once are there for the next, and it runs one program at a time. */
const playground = new Playground(fileURLToPath(new URL("target/playground/target", ROOT)));

const solution = () => readFile(new URL(`solutions/queues/src/bin/${NAME}.rs`, ROOT), "utf8");

export function tests() {
  return [
    { name: "exercise: nothing is fetched before the editor is asked for, and nothing sent before Run", run: quiet },
    { name: "exercise: a mistake is told as a story, and watched in the figure", run: wrong },
    { name: "exercise: by keyboard alone a right answer passes, and is there the next time", run: right },
    { name: "exercise: what does not compile is said in the compiler's words, by the reader's own lines", run: uncompiled },
    { name: "exercise: hints go further each time, the solution wants to be asked for twice", run: help },
    { name: "exercise: what the Playground cannot do is said, with the command that can", run: terminal },
    { name: "exercise: a Playground that fails costs the verdict, not the answer", run: unreachable },
    { name: "exercise: progress goes out and comes back", run: travel },
    { name: "exercise: 360 pixels are wide enough", run: narrow },
    { name: "exercise: open, no fault found by axe in the light", run: (visit) => accessible(visit, false) },
    { name: "exercise: open, no fault found by axe in the dark", run: (visit) => accessible(visit, true) },
  ];
}

/** An exercise on its page. */
class ExerciseOnPage {
  constructor(page, name) {
    this.page = page;
    this.element = page.locator(`queue-exercise[name="${name}"]`);
    this.said = this.element.locator(".said");
    this.code = this.element.locator(".cm-content");
  }

  static async open(page, name = NAME) {
    const exercise = new ExerciseOnPage(page, name);
    await exercise.button("Write it here").click();
    await exercise.code.waitFor();
    return exercise;
  }

  button(name) {
    return this.element.getByRole("button", { name, exact: true });
  }

  async write(text) {
    await this.code.focus();
    await this.page.keyboard.press("Control+A");
    await this.page.keyboard.insertText(text);
  }

  /** The verdict's word, when it is there. */
  async verdict() {
    const word = this.said.locator(".sentence b");
    await word.waitFor(EXAMINED);
    return word.innerText();
  }
}

async function quiet(visit) {
  const { page } = await visit.blank();
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(new URL(CHAPTER, visit.site.address).href, { waitUntil: "load" });
  const ofWorkshop = () => asked.filter((path) => path.includes("/workshop-"));
  assert.deepEqual(ofWorkshop(), []);
  const exercise = await ExerciseOnPage.open(page);
  assert.deepEqual(ofWorkshop().map((path) => path.split("/").at(-1)).sort(), [`${NAME}.json`, "editor.js"].sort());
  // A request elsewhere would be a fault of the visit.
  await exercise.write("// Not sent anywhere.");
  assert.match(await exercise.element.locator(".place").innerText(), /Rust Playground .* until then nothing is sent/);
}

async function wrong(visit) {
  const page = await visit.open(CHAPTER, { playground });
  const exercise = await ExerciseOnPage.open(page);
  await exercise.button("Run").click();
  assert.match(await exercise.verdict(), /Broken/);
  const story = exercise.said.locator(".story li");
  const lines = await story.count();
  assert.ok(lines >= 1 && lines <= 12, `${lines} lines`);
  assert.match(await exercise.said.locator(".got caption").innerText(), /^\d+ of 100 points$/);
  await exercise.button("Watch it happen").click();
  const replayed = page.locator("queue-figure[data-replay]");
  await replayed.locator(".live.replayed canvas").waitFor();
  // What is watched is what was told.
  const promise = await exercise.said.locator(".means code").innerText();
  await replayed.locator(".live.replayed", { hasText: `${promise} is broken` }).waitFor();
  // Tried, and shown so in the contents.
  assert.equal(await page.locator(`.dot[data-exercise=${NAME}]`).getAttribute("aria-label"), `${NAME}: tried`);
}

async function right(visit) {
  const page = await visit.open(CHAPTER, { playground });
  const exercise = new ExerciseOnPage(page, NAME);
  await exercise.button("Write it here").focus();
  await page.keyboard.press("Enter");
  await exercise.code.waitFor();
  await page.waitForFunction((name) => document.querySelector(`queue-exercise[name=${name}] .editor`).shadowRoot.activeElement, NAME);
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(await solution());
  // Out of the editor and to the button behind it.
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Run");
  await page.keyboard.press("Enter");
  assert.match(await exercise.verdict(), /Passed/);
  assert.equal(await exercise.said.locator(".got caption").innerText(), "100 of 100 points");
  await page.reload({ waitUntil: "load" });
  assert.equal(await page.locator(`.dot[data-exercise=${NAME}]`).getAttribute("aria-label"), `${NAME}: passed`);
  const again = await ExerciseOnPage.open(page);
  assert.match(await again.code.innerText(), /exam!\(bounded => Shedding\)/);
}

async function uncompiled(visit) {
  const page = await visit.open(CHAPTER, { playground });
  const exercise = await ExerciseOnPage.open(page);
  await exercise.write(`use kit::${NAME}::prelude::*;\n\nfn wrong() -> u32 {\n    "text"\n}\n\nfn main() {}\n`);
  await page.keyboard.press("Control+Enter");
  assert.match(await exercise.verdict(), /Does not compile/);
  assert.match(await exercise.said.locator(".detail").innerText(), /mismatched types[^]*main\.rs:4:5/);
  await exercise.button("Line 4").click();
  assert.match(await exercise.element.locator(".cm-activeLine").innerText(), /"text"/);
}

async function help(visit) {
  const page = await visit.open(CHAPTER);
  const exercise = await ExerciseOnPage.open(page);
  const texts = [];
  for (let level = 1; level <= 3; level += 1) {
    await exercise.button("Hint").click();
    const hint = exercise.said.locator(".hint").first();
    await hint.filter({ hasText: `Hint ${level} of 3` }).waitFor();
    texts.push(await hint.innerText());
  }
  assert.equal(new Set(texts).size, 3);
  page.once("dialog", (dialog) => dialog.dismiss());
  await exercise.button("Solution").click();
  assert.equal(await exercise.said.locator("pre").count(), 0);
  page.once("dialog", (dialog) => dialog.accept());
  await exercise.button("Solution").click();
  assert.equal((await exercise.said.locator("pre").innerText()).trim(), (await solution()).trim());
}

async function terminal(visit) {
  const page = await visit.open("rule-one.html");
  const exercise = new ExerciseOnPage(page, "bounded_queue");
  await exercise.button("Write it here").click();
  await exercise.element.filter({ hasText: "cargo course check bounded_queue" }).waitFor();
  assert.match(await exercise.element.innerText(), /cargo course serve/);
}

async function unreachable(visit) {
  const asked = { execute: async () => ({ error: "the container was removed" }) };
  const page = await visit.open(CHAPTER, { playground: asked });
  const exercise = await ExerciseOnPage.open(page);
  await exercise.write("// Mine.");
  await exercise.button("Run").click();
  await exercise.said.filter({ hasText: "the Playground says: the container was removed" }).waitFor();
  assert.equal(await exercise.code.innerText(), "// Mine.");
  await page.reload({ waitUntil: "load" });
  assert.equal(await (await ExerciseOnPage.open(page)).code.innerText(), "// Mine.");
}

async function travel(visit) {
  const page = await visit.open(CHAPTER);
  const exercise = await ExerciseOnPage.open(page);
  await exercise.write("// Mine.");
  await exercise.button("Hint").click();
  await exercise.said.locator(".hint").waitFor();
  await page.waitForFunction(() => localStorage.getItem("answer:bounded") === "// Mine.");
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#export").click()]);
  const progress = JSON.parse(await readFile(await download.path(), "utf8"));
  assert.equal(progress.inflight_progress, 1);
  assert.equal(progress.files[NAME], "// Mine.");
  progress.exercises[NAME] = { standing: "passed" };

  const other = await visit.open(CHAPTER);
  const file = { name: "progress.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(progress)) };
  await other.locator("#import").setInputFiles(file);
  await other.locator("#imported", { hasText: "Taken in" }).waitFor();
  assert.equal(await other.locator(`.dot[data-exercise=${NAME}]`).getAttribute("aria-label"), `${NAME}: passed`);
  assert.equal(await (await ExerciseOnPage.open(other)).code.innerText(), "// Mine.");
  await other.locator("#import").setInputFiles({ ...file, buffer: Buffer.from("{}") });
  await other.locator("#imported", { hasText: "Nothing was changed" }).waitFor();
}

async function narrow(visit) {
  const page = await visit.open(CHAPTER, PHONE);
  await ExerciseOnPage.open(page);
  const wider = await page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
  assert.ok(wider <= 0, `the page is ${wider} px too wide`);
}

async function accessible(visit, dark) {
  const page = await visit.open(CHAPTER, { dark });
  const exercise = await ExerciseOnPage.open(page);
  await exercise.button("Hint").click();
  await exercise.said.locator(".hint").waitFor();
  await assertAccessible(page);
}
