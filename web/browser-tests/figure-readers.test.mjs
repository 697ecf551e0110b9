// SPDX-License-Identifier: MIT OR Apache-2.0
// The figure for every reader: who wants no motion, scrolls on, has a small screen, the dark, a wrong link, or paper.

import assert from "node:assert/strict";
import { assertAccessible } from "./accessibility.mjs";
import { FigureOnPage } from "./figure.mjs";

const CHAPTER = "not-in-order.html";

/** Links that cannot be played, and what the sentence beside the figure has to name. */
const WRONG = [
  ["order/nowhere?seed=7", /nowhere.*order\/concurrent-consumers/s],
  ["order/concurrent-consumers?consumers=many", /many/],
  ["order/concurrent-consumers?customers=3", /customers.*consumers/s],
  ["order/concurrent-consumers?faults=crash:consumer-9@1s", /consumer-9/],
  ["order/concurrent-consumers?faults=smash:consumer-1@1s", /smash.*crash/s],
];

export function tests() {
  return [
    { name: "figure: with reduced motion it goes from event to event", run: reducedMotion },
    { name: "figure: off the screen it stands still", run: offScreen },
    { name: "figure: while it runs, no fault found by axe in the light", run: (visit) => accessible(visit, { dark: false }) },
    { name: "figure: while it runs, no fault found by axe in the dark", run: (visit) => accessible(visit, { dark: true }) },
    { name: "figure: 360 pixels are wide enough, whatever is open", run: fits },
    { name: "figure: a node is pointed at by a finger on a small screen", run: smallScreen },
    { name: "figure: its drawing follows the chosen light", run: light },
    { name: "figure: paper shows its still and no controls", run: paper },
    ...WRONG.map(([address, names]) => ({
      name: `figure: a sentence beside it for ${address}`,
      run: (visit) => wrongAddress(visit, address, names),
    })),
  ];
}

/** Keeps, in the page, the time of every picture that is painted and of every picture that is asked for. */
function countPictures() {
  globalThis.painted = [];
  globalThis.asked = 0;
  const { clearRect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...rect) {
    // A picture begins with the whole canvas; within one, small parts are cleared too.
    if (rect[0] === 0 && rect[1] === 0) globalThis.painted.push(document.timeline.currentTime);
    return clearRect.apply(this, rect);
  };
  const request = globalThis.requestAnimationFrame.bind(globalThis);
  globalThis.uncountedFrame = request;
  globalThis.requestAnimationFrame = (callback) => {
    globalThis.asked += 1;
    return request(callback);
  };
}

async function counting(visit, how) {
  const { page } = await visit.blank(how);
  await page.addInitScript(countPictures);
  await page.goto(new URL(CHAPTER, visit.site.address).href, { waitUntil: "load" });
  return FigureOnPage.on(page);
}

async function reducedMotion(visit) {
  const figure = await counting(visit, { reducedMotion: true });
  // Behind the moment for which time is slowed, which is shown when it comes.
  await figure.keys("5");
  const from = await figure.page.evaluate(() => globalThis.painted.length);
  await figure.keys("Space");
  await figure.until(({ from }) => globalThis.painted.length >= from + 6, { from });
  const painted = await figure.page.evaluate((from) => globalThis.painted.slice(from, from + 6), from);
  for (const [n, at] of painted.slice(2).entries()) {
    const apart = at - painted[n + 1];
    assert.ok(apart >= 299, `two pictures are ${apart} ms apart`);
  }
  // It stands at an event: stepping back and on again leads to the same place.
  await figure.keys("Space");
  const shown = await figure.shown();
  await figure.keys("ArrowLeft", "ArrowRight");
  assert.deepEqual(await figure.shown(), shown);
}

async function offScreen(visit) {
  const figure = await counting(visit);
  const { page } = figure;
  await figure.keys("Space");
  await figure.until(({ figure }) => figure.querySelector("[data-counter=sent]").textContent !== "0");
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  // Ten pictures long nobody asks for one.
  await page.waitForFunction(async () => {
    const before = globalThis.asked;
    for (let n = 0; n < 10; n += 1) await new Promise((next) => globalThis.uncountedFrame(next));
    return globalThis.asked === before;
  });
  const left = await figure.moment();
  const picture = await page.evaluate(() => globalThis.painted.length);
  await page.evaluate(() => new Promise((next) => globalThis.uncountedFrame(next)));
  assert.equal(await page.evaluate(() => globalThis.painted.length), picture);
  assert.equal(await figure.moment(), left);
  await figure.find("canvas").scrollIntoViewIfNeeded();
  await figure.until(({ figure, left }) => figure.querySelector(".fig-time b").textContent !== left, { left });
}

/** Opens all that can be opened: parameters, shapes, keys, sentences. */
async function openAll(figure) {
  for (const summary of await figure.find(".fig-foot summary").all()) await summary.click();
  await figure.button("All sentences").click();
}

async function accessible(visit, how) {
  const figure = await FigureOnPage.on(await visit.open(CHAPTER, how));
  await openAll(figure);
  await figure.keys("5", "Space");
  await figure.until(({ figure }) => figure.querySelector("[data-do=play]").title.startsWith("Pause"));
  await assertAccessible(figure.page);
  await figure.keys("f", "c", "s", "Enter");
  await figure.find(".fig-menu").waitFor();
  await assertAccessible(figure.page);
}

async function fits(visit) {
  const figure = await FigureOnPage.on(await visit.open(CHAPTER, { width: 360, height: 740 }));
  await figure.keys("5", "f", "c");
  await openAll(figure);
  await figure.keys("Enter");
  const { wide, culprits } = await figure.page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const sticksOut = (element) => element.getBoundingClientRect().right > width + 1;
    return {
      wide: document.documentElement.scrollWidth - width,
      culprits: [...document.querySelectorAll(".fig *")].filter(sticksOut).map((element) => element.outerHTML.slice(0, 80)),
    };
  });
  assert.deepEqual(culprits.slice(0, 3), []);
  assert.ok(wide <= 0, `the page is ${wide} pixels wider than the screen`);
}

async function smallScreen(visit) {
  const figure = await FigureOnPage.on(await visit.open(CHAPTER, { width: 360, height: 740 }));
  await figure.keys("5");
  const canvas = figure.find("canvas");
  const { width, height } = await canvas.boundingBox();
  // Somewhere in the middle column there is the queue.
  for (let y = 10; y < height && !(await figure.find(".fig-menu").count()); y += 20) await canvas.click({ position: { x: width / 2, y } });
  const crash = figure.find(".fig-menu button").filter({ hasText: /^(Crash|Cut|Drop) / }).first();
  const { height: target } = await crash.boundingBox();
  assert.ok(target >= 44, `a button is ${target} pixels high`);
  await crash.click();
  assert.match(await figure.address(), /&faults=/);
}

async function light(visit) {
  const figure = await FigureOnPage.on(await visit.open(CHAPTER));
  await figure.keys("5");
  const paper = (await figure.shown()).picture;
  await figure.page.selectOption("#light", "dark");
  const night = (await figure.shown()).picture;
  assert.notEqual(night, paper);
  await figure.page.selectOption("#light", "");
  await figure.page.emulateMedia({ colorScheme: "dark" });
  // The system's change comes in its own time.
  for (let tries = 0; (await figure.shown()).picture !== night; tries += 1) assert.ok(tries < 100, "it keeps the paper's colours");
}

async function paper(visit) {
  const figure = await FigureOnPage.on(await visit.open(CHAPTER));
  await figure.page.emulateMedia({ media: "print" });
  assert.ok(await figure.find(".frame.wide svg").isVisible(), "there is no still");
  assert.ok(!(await figure.find(".live").isVisible()), "there are controls on paper");
  assert.ok(await figure.find("figcaption").isVisible(), "nothing says which run the still shows");
}

async function wrongAddress(visit, address, names) {
  const figure = await FigureOnPage.on(await visit.open(`${CHAPTER}#${address}`));
  assert.match(await figure.find(".figure-fault").innerText(), names);
  // The figure that was there before the link runs all the same.
  await figure.keys("5");
  assert.notEqual(await figure.counter("sent"), "0");
}
