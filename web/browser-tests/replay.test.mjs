// SPDX-License-Identifier: MIT OR Apache-2.0
// A trace plays in a figure's place: a run that a wrong answer to the exercise partition-by-key made, from a check's verdict.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { assertAccessible } from "./accessibility.mjs";
import { FigureOnPage } from "./figure.mjs";

const CHAPTER = "not-in-order.html";
const TRACE = readFileSync(new URL("counterexample.jsonl", import.meta.url), "utf8");
const EVENTS = TRACE.trimEnd().split("\n").slice(1).map((line) => JSON.parse(line));
const JUDGED = EVENTS.findLast((event) => event.event === "note" && event.node === null);

/** Texts that cannot be played, and what has to be said of them. */
const WRONG = [
  [TRACE.replace('"event":"stored"', '"event":"stowed"'), /line \d+ of the trace file is damaged: there is no event `stowed`/],
  [TRACE.split("\n").slice(0, 20).join("\n"), /stops at line 20 without an `ended` event/],
  [TRACE.replace('"inflight_trace":2', '"inflight_trace":7'), /format version 7; this program reads version 2/],
  ['{"traceEvents":[]}', /line 1 of the trace file is not a header/],
  ["", /the trace file is empty/],
];

export function tests() {
  return [
    { name: "replay: stands before the promise breaks, says which, and plays", run: plays },
    { name: "replay: what needs the program is not offered, and keys say why", run: fixed },
    { name: "replay: back to the figure, which is as it was", run: back },
    { name: "replay: a moment and a file of its own", run: options },
    { name: "replay: what is no trace is refused in words, and the figure stays", run: wrong },
    { name: "replay: the closest figure, and a new one where there is none", run: near },
    { name: "replay: 360 pixels are wide enough, axe finds no fault", run: small },
  ];
}

/** Plays a text in the chapter's first figure; answers with the figure and whether it plays. */
async function replay(visit, text, options = {}, how = {}) {
  const figure = await FigureOnPage.on(await visit.open(CHAPTER, how));
  const plays = await figure.root.evaluate((figure, [text, options]) => figure.replay(text, options), [text, options]);
  return { figure, plays };
}

/** The part of a figure that plays a trace, to be driven as a figure. */
function replayed(figure) {
  return new FigureOnPage(figure.page, figure.find(".replayed"));
}

async function plays(visit) {
  const { figure, plays } = await replay(visit, TRACE);
  assert.equal(plays, true);
  const run = replayed(figure);
  assert.ok((await run.find(".fig-broken").innerText()).endsWith(JUDGED.text));
  assert.ok((await run.faults()).includes(JUDGED.text), "the timeline does not mark it");
  const first = await run.shown();
  assert.notEqual(first.sentence, JUDGED.text);
  assert.match(await run.find(".fig-transport [data-do=play]").innerText(), /Play/);

  for (let step = 0; step < 3; step += 1) await run.button("One step on (→)").click();
  assert.ok((await run.shown()).sentence.endsWith(JUDGED.text), (await run.shown()).sentence);
  for (let step = 0; step < 3; step += 1) await run.keys("ArrowLeft");
  assert.deepEqual(await run.shown(), first);

  await run.keys("s");
  assert.notEqual((await run.shown()).picture, first.picture, "no space–time diagram");
  await run.keys("0", ">", "Space");
  await run.until(({ figure }) => Number(figure.querySelector("[data-counter=sent]").textContent) >= 1);
  await run.keys("End");
  const [now, end] = (await run.find(".fig-time").innerText()).split(/\s+of\s+/);
  assert.equal(now, end);
}

async function fixed(visit) {
  const { figure } = await replay(visit, TRACE);
  const run = replayed(figure);
  for (const name of ["Break something", "Fork from here", "Next seed", "Copy link", "Open in terminal"]) {
    assert.equal(await run.button(name).count(), 0, `${name} is offered`);
  }
  assert.equal(await run.find(".fig-seed, .fig-more, .fig-parameter").count(), 0);
  const why = await run.find(".fig-fixed").innerText();
  assert.match(why, /it can be played, not run again/);
  for (const key of ["f", "u", "n", "Enter", "c"]) {
    await run.keys(key);
    assert.equal(await run.says(), why, `key ${key}`);
    await run.keys("ArrowRight", "ArrowLeft");
  }
  await run.find("canvas").click();
  assert.equal(await run.find(".fig-menu").count(), 0);
}

async function back(visit) {
  const page = await visit.open(CHAPTER);
  const figure = await FigureOnPage.on(page);
  await figure.keys("5", "ArrowRight", "f");
  const before = await figure.shown();
  await figure.root.evaluate((figure, text) => figure.replay(text, { title: "Your run at seed 1" }), TRACE);
  assert.equal(await figure.find(".figure-replay strong").innerText(), "Your run at seed 1");
  assert.ok(!(await figure.find(".live:not(.replayed)").isVisible()));
  // A second run takes the first one's place.
  await figure.root.evaluate((figure, text) => figure.replay(text), TRACE);
  assert.equal(await figure.find(".replayed").count(), 1);
  await figure.button("Back to the figure").click();
  assert.equal(await figure.find(".replayed, .figure-replay").count(), 0);
  await figure.until(({ figure }) => figure.querySelector("canvas").width > 0);
  await page.evaluate(() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))));
  assert.deepEqual(await figure.shown(), before);
}

async function options(visit) {
  const { figure } = await replay(visit, TRACE, { at: "10ms", file: "runs/it's mine.jsonl" });
  const run = replayed(figure);
  assert.equal(await run.moment(), "10.0 ms");
  await run.button("Open in terminal").click();
  const command = await run.find(".fig-link").inputValue();
  assert.equal(command, "cargo run -p tui -- replay 'runs/it'\\''s mine.jsonl'");
  await run.until(({ figure }) => figure.querySelector(".fig-says").textContent.startsWith("Copied."));
  assert.equal(await figure.page.evaluate(() => navigator.clipboard.readText()), command);

  await figure.button("Back to the figure").click();
  await figure.keys("0", "t");
  assert.equal(
    await figure.find(".fig-link").inputValue(),
    "cargo run -p tui -- figure 'order/concurrent-consumers?seed=7&at=0s'",
  );
}

async function wrong(visit) {
  const figure = await FigureOnPage.on(await visit.open(CHAPTER));
  await figure.keys("5");
  const before = await figure.shown();
  const play = (text, options) => figure.root.evaluate((figure, [text, options]) => figure.replay(text, options), [text, options]);
  for (const [text, says] of [...WRONG, [TRACE, /`soon` is not a time/, { at: "soon" }]].map(([a, b, c]) => [[a, c ?? {}], b])) {
    assert.equal(await play(...text), false);
    assert.match(await figure.find(".figure-fault").innerText(), says);
    assert.equal(await figure.find(".figure-fault").count(), 1);
    assert.equal(await figure.find(".replayed").count(), 0);
    assert.deepEqual(await figure.shown(), before);
  }
  assert.equal(await play(TRACE, {}), true);
  assert.equal(await figure.find(".figure-fault").count(), 0, "the sentence outlives what it was about");
}

async function near(visit) {
  const page = await visit.open(CHAPTER);
  const theme = await page.evaluate(() => document.querySelector('script[type=module][src*="book.js"]').src.replace("book.js", ""));
  const nearest = (selector) =>
    page.evaluate(async ([theme, selector]) => {
      const { figureNear } = await import(`${theme}figure-element.js`);
      const figures = [...document.querySelectorAll("queue-figure")];
      return figures.indexOf(figureNear(document.querySelector(selector)));
    }, [theme, selector]);
  assert.equal(await nearest("h1"), 0);
  assert.equal(await nearest("queue-figure ~ queue-figure ~ p"), 1);

  const bare = await visit.open("glossary.html");
  const made = await bare.evaluate(async ([theme, text]) => {
    const { figureNear } = await import(`${theme}figure-element.js`);
    const figure = figureNear(document.querySelector("h1"));
    return [await figure.replay(text), figure.previousElementSibling.tagName];
  }, [theme, TRACE]);
  assert.deepEqual(made, [true, "H1"]);
  await bare.getByRole("button", { name: "Close", exact: true }).click();
  assert.equal(await bare.locator("queue-figure").count(), 0);
}

async function small(visit) {
  const { figure } = await replay(visit, TRACE, { file: "a/file.jsonl" }, { width: 360, height: 740, dark: true });
  const wide = await figure.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `the page is ${wide} pixels wide`);
  await assertAccessible(figure.page);
}
