// SPDX-License-Identifier: MIT OR Apache-2.0
// The figure in the page: it runs, goes back, is broken, forked and shared; by pointer, by keyboard, without motion.

import assert from "node:assert/strict";
import { FigureOnPage } from "./figure.mjs";

const CHAPTER = "not-in-order.html";
/** The run that the chapter's first figure plays. */
const RUN = "order/concurrent-consumers?seed=7";

export function tests() {
  return [
    { name: "figure: plays, counts, and pauses", run: plays },
    { name: "figure: a step back and on again is the same moment, picture included", run: steps },
    { name: "figure: the timeline seeks by pointer and by keys", run: seeks },
    { name: "figure: the copied link opens the same run at the same moment", run: link },
    { name: "figure: an address with faults plays the same after a reload", run: reload },
    { name: "figure: everything by keyboard alone", run: keyboard },
    { name: "figure: a consumer that is pointed at crashes, the past stays", run: pointing },
    { name: "figure: a packet on its way is dropped", run: drop },
    { name: "figure: a fork keeps the past and changes the future", run: fork },
    { name: "figure: seed, parameter and reset", run: changes },
    { name: "figure: speed on its slider and by keys", run: speed },
    { name: "figure: a change that the fault script forbids is refused in words", run: refused },
    { name: "figure: space–time diagram and back", run: spaceTime },
  ];
}

/** The chapter's first figure, running, with a page of its own. */
async function open(visit, how) {
  return FigureOnPage.on(await visit.open(CHAPTER, how));
}

async function plays(visit) {
  const figure = await open(visit);
  assert.equal(await figure.counter("sent"), "0");
  await figure.button("Play (space)").click();
  await figure.until(({ figure }) => Number(figure.querySelector("[data-counter=done]").textContent) >= 3);
  await figure.button("Pause (space)").click();
  assert.ok(Number(await figure.counter("sent")) >= Number(await figure.counter("done")));
  const paused = await figure.shown();
  await figure.page.evaluate(() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))));
  assert.deepEqual(await figure.shown(), paused, "it goes on after a pause");
}

async function steps(visit) {
  const figure = await open(visit);
  await figure.keys("4");
  const path = [await figure.shown()];
  for (let step = 0; step < 12; step += 1) {
    await figure.button("One step on (→)").click();
    path.push(await figure.shown());
  }
  const moments = new Set(path.map((shown) => shown.moment + shown.sentence));
  assert.equal(moments.size, path.length, "a step changes neither moment nor sentence");
  for (const shown of path.slice(1, -1).reverse()) {
    await figure.button("One step back (←)").click();
    assert.deepEqual(await figure.shown(), shown);
  }
  for (const shown of path.slice(2)) {
    await figure.keys("ArrowRight");
    assert.deepEqual(await figure.shown(), shown);
  }
}

async function seeks(visit) {
  const figure = await open(visit);
  const track = await figure.find(".fig-seek").boundingBox();
  await figure.page.mouse.click(track.x + track.width / 2, track.y + track.height / 2);
  const middle = await figure.moment();
  await figure.keys("0");
  assert.equal(await figure.moment(), "0 s");
  await figure.keys("5");
  assert.equal(await figure.moment(), middle);
  await figure.keys("End");
  const [, end] = (await figure.find(".fig-time").innerText()).split(" of ");
  assert.equal(await figure.moment(), end);
  await figure.keys("ArrowRight");
  assert.equal(await figure.says(), "Nothing happens after this.");
}

/** A run at a moment, in a page that knows nothing but its address. */
async function reopened(visit, address) {
  return FigureOnPage.on(await visit.open(`${CHAPTER}#${address}`));
}

async function link(visit) {
  const figure = await open(visit);
  await figure.keys("5", "ArrowRight");
  await figure.button("Copy link").click();
  await figure.find(".fig-link").waitFor();
  const shown = await figure.shown();
  const link = await figure.find(".fig-link").inputValue();
  assert.equal(await figure.page.evaluate(() => navigator.clipboard.readText()), link);
  assert.ok(link.startsWith(`${new URL(CHAPTER, visit.site.address)}#${RUN}&at=`), link);
  assert.deepEqual(await (await reopened(visit, link.split("#")[1])).shown(), shown);
}

async function reload(visit) {
  const address = `${RUN}&consumers=2&faults=crash:consumer-1@900ms;restart:consumer-1@1.4s;fork:1@1.5s&at=1.6s`;
  const figure = await reopened(visit, address);
  const shown = await figure.shown();
  assert.match(shown.moment, /^1\.60? s/);
  assert.equal(await figure.address(), address);
  await figure.page.reload();
  assert.deepEqual(await (await FigureOnPage.on(figure.page)).shown(), shown);
}

async function keyboard(visit) {
  const figure = await open(visit);
  const { keyboard } = figure.page;
  const focused = (selector) => figure.find(selector).evaluate((element) => element === document.activeElement);
  await figure.find(".fig-views button").last().focus();
  await keyboard.press("Tab");
  assert.ok(await focused(".fig-drawing"), "the drawing cannot be reached");

  await keyboard.press("Space");
  await figure.until(({ figure }) => Number(figure.querySelector("[data-counter=sent]").textContent) >= 3);
  await keyboard.press("Space");
  for (const key of ["5", "ArrowRight"]) await keyboard.press(key);
  const before = await figure.shown();
  for (const key of ["ArrowLeft", "ArrowRight"]) await keyboard.press(key);
  assert.deepEqual(await figure.shown(), before);

  await keyboard.press("Enter");
  assert.ok(await focused(".fig-menu select"), "Enter points at nothing");
  assert.equal(await figure.find(".fig-menu option:checked").innerText(), "c1");
  for (const key of ["Tab", "Tab"]) await keyboard.press(key);
  assert.equal(await figure.page.evaluate(() => document.activeElement.textContent), "Crash c1");
  await keyboard.press("Enter");
  assert.ok(await focused(".fig-drawing"), "the focus is lost with the menu");
  assert.equal((await faultsOf(figure, "c1")).length, 2, "the timeline shows no crash, or no band behind it");
  await keyboard.press("End");
  await keyboard.press("Shift+ArrowLeft");
  assert.equal(await figure.moment(), before.moment.split(" of ")[0], "the fault is not found");

  await keyboard.press("f");
  assert.match(await figure.says(), /is future 1;/);
  for (const key of ["u", "u"]) await keyboard.press(key);
  assert.deepEqual(await figure.shown(), before, "undo does not lead back");
  await keyboard.press("u");
  assert.equal(await figure.says(), "There is no change to take back.");

  await keyboard.press("s");
  assert.notEqual((await figure.shown()).picture, before.picture);
  await keyboard.press("s");
  await keyboard.press("p");
  assert.ok(await focused(".fig-more summary"));
  assert.ok(await figure.find(".fig-more .fig-parameters").isVisible());
  await keyboard.press("p");
  assert.ok(!(await figure.find(".fig-more .fig-parameters").isVisible()));
  await keyboard.press("?");
  assert.ok(await figure.find(".fig-keys dl").isVisible());

  await keyboard.press("n");
  assert.equal(await figure.find(".fig-seed input").inputValue(), "8");
  await keyboard.press("r");
  assert.equal(await figure.address(), `${RUN}&at=0s`);
}

/** Moves over the drawing until the thing with this name is pointed at, and presses it. */
async function pointAt(figure, name) {
  const canvas = figure.find("canvas");
  await canvas.scrollIntoViewIfNeeded();
  const { x: left, y: top, width, height } = await canvas.boundingBox();
  for (let y = 10; y < height; y += 20) {
    for (let x = 10; x < width; x += 40) {
      await figure.page.mouse.move(left + x, top + y);
      if ((await canvas.getAttribute("title")) !== name) continue;
      await figure.page.mouse.click(left + x, top + y);
      assert.equal(await figure.find(".fig-menu option:checked").innerText(), name);
      return;
    }
  }
  assert.fail(`nothing in the drawing is called ${name}`);
}

/** The words on the timeline that speak of this thing. */
async function faultsOf(figure, name) {
  return (await figure.faults()).filter((words) => words.includes(name));
}

async function pointing(visit) {
  const figure = await open(visit);
  await figure.keys("5");
  const [before, end] = [await figure.shown(), await endOf(figure)];
  assert.deepEqual(await faultsOf(figure, "c1"), []);
  await figure.keys("5");
  await pointAt(figure, "c1");
  await figure.button("Crash c1").click();
  assert.match(await figure.says(), /^Crash c1, at /);
  assert.notDeepEqual(await faultsOf(figure, "c1"), [], "the timeline shows no crash");
  assert.match(await figure.address(), /&faults=crash:consumer-1@[\d.]+m?s&at=/);
  assert.notDeepEqual(await endOf(figure), end, "the run is the same");
  await figure.keys("u");
  await figure.keys("5");
  assert.deepEqual(await figure.shown(), before);
}

/** What is shown at the end of the run, the playhead left there. */
async function endOf(figure) {
  await figure.keys("End");
  const { counters, moment } = await figure.shown();
  return { counters, moment };
}

async function drop(visit) {
  const figure = await open(visit);
  await figure.keys("5");
  // Until a message is on its way.
  for (let tries = 0; (await figure.counter("in flight")) === "0" && tries < 20; tries += 1) await figure.keys("ArrowRight");
  await figure.keys("Enter");
  const things = figure.find(".fig-menu select");
  const packet = await things.locator("option").filter({ hasText: "on its way" }).first().innerText();
  await things.selectOption({ label: packet });
  await figure.find(".fig-menu button").filter({ hasText: /^Drop / }).click();
  assert.match(await figure.address(), /faults=drop:/);
  assert.deepEqual(await faultsOf(figure, "dropped"), ["a packet is dropped"]);
  await figure.keys("End", "Shift+ArrowLeft");
  assert.match((await figure.shown()).sentence, /the fault script drops \d+ on its way/);
}

async function fork(visit) {
  const figure = await open(visit);
  const end = await endOf(figure);
  await figure.keys("5");
  const [moment, before] = [await figure.moment(), await pastOf(figure)];
  await figure.button("Fork from here").click();
  assert.equal(await figure.says(), `From ${moment} on this is future 1; what came before is the same.`);
  const [forked, ...past] = await pastOf(figure);
  assert.match(forked, /from here on the dice fall differently: future 1$/);
  // A log has a longest length: the first sentence may have made room for the new one.
  assert.deepEqual(past, before.slice(0, past.length));
  assert.ok(past.length >= before.length - 1);
  assert.notDeepEqual(await endOf(figure), end);
}

/** All that was said up to the playhead. */
async function pastOf(figure) {
  await figure.button("All sentences").click();
  const said = await figure.find(".fig-narration ol li").allTextContents();
  await figure.button("Last sentence only").click();
  assert.ok(said.length > 5);
  return said;
}

async function changes(visit) {
  const figure = await open(visit);
  const first = await endOf(figure);
  await figure.button("Next seed").click();
  const second = await endOf(figure);
  assert.notDeepEqual(second, first);
  await figure.find(".fig-seed input").fill("7");
  await figure.page.keyboard.press("Enter");
  assert.equal(await figure.moment(), "0 s");
  assert.deepEqual(await endOf(figure), first);

  const consumers = figure.root.getByRole("slider", { name: "consumers", exact: true });
  assert.equal(await consumers.getAttribute("aria-valuetext"), "3");
  await consumers.focus();
  await figure.page.keyboard.press("ArrowRight");
  assert.equal(await consumers.getAttribute("aria-valuetext"), "4");
  assert.match(await figure.address(), /consumers=4/);
  assert.notDeepEqual(await endOf(figure), first);

  await figure.button("Reset").click();
  assert.equal(await consumers.getAttribute("aria-valuetext"), "3");
  assert.equal(await figure.moment(), "0 s");
  assert.deepEqual(await endOf(figure), first);
}

async function speed(visit) {
  const figure = await open(visit);
  const slider = figure.root.getByRole("slider", { name: "Speed", exact: true });
  const read = () => slider.getAttribute("aria-valuetext");
  const usual = await read();
  await figure.keys(">");
  const faster = await read();
  await slider.focus();
  await figure.page.keyboard.press("ArrowLeft");
  assert.equal(await read(), usual);
  // The scale is logarithmic: from one end to the other it is a matter of powers of ten.
  const factor = (label) => label.replace("×", "").split("/").reduce((n, by) => (by ? Number(n) / Number(by) : n));
  assert.ok(Number(factor(faster)) > Number(factor(usual)), `${faster} is not faster than ${usual}`);
  await figure.page.keyboard.press("Home");
  const slowest = await read();
  await figure.page.keyboard.press("End");
  assert.ok(factor(await read()) / factor(slowest) > 1e4, `from ${slowest} to ${await read()}`);
  // The fastest takes no time at all for a run of seconds.
  await figure.keys("Space");
  await figure.until(({ figure }) => figure.querySelector(".fig-time").textContent.match(/^(.*) of \1$/));
}

async function refused(visit) {
  const figure = await reopened(visit, `${RUN}&faults=crash:consumer-3@1s`);
  const before = await figure.shown();
  await figure.root.getByRole("slider", { name: "consumers", exact: true }).focus();
  await figure.page.keyboard.press("ArrowLeft");
  assert.match(await figure.says(), /consumer-3/);
  assert.deepEqual(await figure.shown(), before);
}

async function spaceTime(visit) {
  const figure = await open(visit);
  await figure.keys("5");
  const messages = await figure.shown();
  await figure.button("Space–time").click();
  assert.equal(await figure.button("Space–time").getAttribute("aria-pressed"), "true");
  const diagram = await figure.shown();
  assert.notEqual(diagram.picture, messages.picture);
  assert.deepEqual({ ...diagram, picture: messages.picture }, messages, "the moment changes with the view");
  await pointAt(figure, "c2");
  await figure.page.keyboard.press("Escape");
  await figure.button("Messages").click();
  await figure.page.mouse.move(0, 0);
  assert.deepEqual(await figure.shown(), messages);
}
