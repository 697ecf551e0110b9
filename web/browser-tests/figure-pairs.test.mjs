// SPDX-License-Identifier: MIT OR Apache-2.0
// Two runs on one playhead, and captions that are ticked when the figure comes to what they talk about.

import assert from "node:assert/strict";
import { assertAccessible } from "./accessibility.mjs";
import { FigureOnPage } from "./figure.mjs";

const PAIR = ["the-spike.html", 1];
const [FIRST, SECOND] = ["spike/queue?seed=1", "spike/direct?seed=1"];
const CAPTIONS = "at-most-at-least.html";

export function tests() {
  return [
    { name: "pair: both runs are at one moment, whatever moves it", run: oneMoment },
    { name: "pair: seed and faults of the first are the second\u2019s, and what it cannot do is said", run: follows },
    { name: "pair: a link leads the first run, and the second comes along", run: linked },
    { name: "pair: its copied link opens both runs, whatever was done to them", run: bothLinked },
    { name: "pair: a link to any two runs opens them, and a wrong second one is told", run: otherPair },
    { name: "pair: the command for the terminal opens both runs", run: inTerminal },
    { name: "pair: any system is put beside one of the field, and taken away again", run: anySystem },
    { name: "pair: what a figure came with can be taken away and comes back", run: given },
    { name: "pair: 360 pixels are wide enough, axe finds no fault", run: small },
    { name: "captions: ticked when the figure comes there, each once", run: captions },
    { name: "captions: a plain list on paper and without JavaScript", run: plain },
  ];
}

async function pair(visit, how, path = PAIR[0]) {
  return FigureOnPage.on(await visit.open(path, how), PAIR[1]);
}

/** What the two sides show: counters by their labels, and the picture. */
function sides(figure) {
  return figure.root.evaluate((figure) =>
    [...figure.querySelectorAll(".fig-side")].map((side) => ({
      name: side.querySelector(".fig-name").textContent,
      counters: Object.fromEntries([...side.querySelectorAll("[data-counter]")].map((cell) => [cell.dataset.counter, cell.textContent])),
      picture: side.querySelector("canvas").toDataURL(),
    })),
  );
}

async function oneMoment(visit) {
  const figure = await pair(visit);
  assert.deepEqual((await sides(figure)).map((side) => side.name), ["spike/queue", "spike/direct"]);
  await figure.keys("5", "ArrowRight");
  const [queue, direct] = await sides(figure);
  // The same messages come at the same moments; what becomes of them differs.
  assert.equal(queue.counters.sent, direct.counters.sent);
  assert.ok(Number(queue.counters.sent) > 200);
  assert.notEqual(queue.counters.done, direct.counters.done);
  assert.ok(Number(direct.counters.refused) > 100 && !queue.counters.refused);
  await figure.keys("ArrowRight", "ArrowRight");
  assert.notEqual((await sides(figure))[1].picture, direct.picture);
  await figure.keys("ArrowLeft", "ArrowLeft");
  assert.deepEqual(await sides(figure), [queue, direct]);
  await figure.keys("s");
  const others = await sides(figure);
  assert.ok(others[0].picture !== queue.picture && others[1].picture !== direct.picture, "one side keeps its view");
  await figure.keys("0", "Space");
  await figure.until(({ figure }) => [...figure.querySelectorAll("[data-counter=sent]")].every((cell) => Number(cell.textContent) >= 3));
  await figure.keys("Space", "End");
  assert.deepEqual((await sides(figure)).map((side) => side.counters.sent), ["400", "400"]);
}

async function follows(visit) {
  const figure = await pair(visit);
  const ends = async () => {
    await figure.keys("End");
    return (await sides(figure)).map((side) => JSON.stringify(side.counters));
  };
  const before = await ends();
  await figure.keys("n");
  const reseeded = await ends();
  assert.ok(reseeded[0] !== before[0] && reseeded[1] !== before[1], "one run keeps its seed");
  await figure.keys("u", "2", "Enter");
  await figure.button("Crash c1").click();
  assert.match(await figure.says(), /^Crash c1, at /);
  const crashed = await ends();
  assert.ok(crashed[1] !== before[1], "the second run does not crash");
  await figure.keys("u");
  assert.deepEqual(await ends(), before);

  await figure.keys("2", "Enter");
  await figure.find(".fig-menu select").selectOption({ label: "q" });
  await figure.button("Crash q").click();
  assert.match(await figure.says(), /^The run beside this one cannot follow: .*queue/);
  const alone = await ends();
  assert.ok(alone[0] !== before[0]);
  assert.equal(alone[1], before[1]);
}

async function linked(visit) {
  const figure = await pair(visit, {}, `${PAIR[0]}#${FIRST}&faults=crash:consumer-1@2s&at=3s`);
  // The first figure of the page plays what the link names; the pair is asked for by its element.
  await figure.root.evaluate((figure, run) => figure.follow(run), `${FIRST.replace("=1", "=5")}&at=3s`);
  await figure.until(({ figure }) => figure.querySelector(".fig-seed input")?.value === "5");
  assert.equal(await figure.moment(), "3.00 s");
  const [queue, direct] = await sides(figure);
  assert.equal(queue.counters.sent, direct.counters.sent);
  const says = await figure.page.evaluate(() => document.querySelectorAll("queue-figure")[1].getAttribute("beside"));
  assert.equal(says, SECOND);
  // A wrong link costs the link, not the figure.
  await figure.root.evaluate((figure) => figure.follow("spike/queue?consumers=many"));
  assert.match(await figure.find(".figure-fault").innerText(), /many/);
  assert.equal((await sides(figure)).length, 2);
}

async function bothLinked(visit) {
  const figure = await pair(visit);
  await figure.keys("n", "2", "Enter");
  await figure.button("Crash c1").click();
  await figure.keys("ArrowRight", "c");
  const link = await figure.find(".fig-link").inputValue();
  assert.match(link, /#spike\/queue\?seed=2&faults=crash:consumer-1@[^+]*&at=[^+]*\+beside\+spike\/direct\?seed=2&faults=crash:consumer-1@[^+&]*$/);
  assert.match(await figure.says(), /It opens both runs at this moment\./);
  const shown = await sides(figure);
  const moment = await figure.moment();
  const names = shown.map((side) => side.name);

  // Not by its first figure, which is of the first run's scenario alone.
  const again = await pair(visit, {}, link.slice(link.lastIndexOf("/", link.indexOf("#")) + 1));
  await again.until(({ figure }) => figure.querySelector(".fig-seed input")?.value === "2");
  assert.equal(await again.moment(), moment);
  assert.deepEqual(await sides(again), shown);
  assert.deepEqual(names, ["spike/queue", "spike/direct"]);
}

async function otherPair(visit) {
  const other = `${SECOND}&consumers=5`;
  const figure = await pair(visit, {}, `${PAIR[0]}#${FIRST}&at=3s+beside+${other}`);
  await figure.until(({ figure }) => figure.querySelector(".fig-time b")?.textContent === "3.00 s");
  const usual = await pair(visit, {}, `${PAIR[0]}#${FIRST}&at=3s+beside+${SECOND}`);
  await usual.until(({ figure }) => figure.querySelector(".fig-time b")?.textContent === "3.00 s");
  const [[queue, five], [same, direct]] = [await sides(figure), await sides(usual)];
  assert.deepEqual(queue.counters, same.counters);
  assert.notDeepEqual(five.counters, direct.counters);
  assert.notEqual(five.picture, direct.picture);
  // And it is a pair like any other.
  await figure.keys("ArrowRight", "ArrowRight", "ArrowRight");
  assert.notEqual((await sides(figure))[1].picture, five.picture, "the second run stands still");

  const wrong = await pair(visit, {}, `${PAIR[0]}#${FIRST}+beside+spike/direct?consumers=many`);
  assert.match(await wrong.find(".figure-fault").innerText(), /many/);
  assert.equal((await sides(wrong)).length, 2);

  // On a page without such a pair, the first figure of the run's scenario shows it.
  const [one, two] = ["order/concurrent-consumers?seed=7&consumers=3", "order/one-redelivery?seed=7"];
  const page = await visit.open(`index.html#${one}+beside+${two}`);
  const made = await FigureOnPage.on(page);
  assert.deepEqual((await sides(made)).map((side) => side.name), ["order/concurrent-consumers", "order/one-redelivery"]);
}

async function inTerminal(visit) {
  const figure = await pair(visit);
  await figure.keys("t");
  assert.match(await figure.find(".fig-link").inputValue(), /^cargo run -p tui -- figure 'spike\/queue\?seed=1&at=0s beside spike\/direct\?seed=1'$/);
  assert.match(await figure.says(), /It opens both runs at this moment\./);
}

/** The list of what can play beside a run. */
const list = (figure) => figure.find("select[data-do=beside]");

const picture = (figure) => figure.find(".fig-drawing canvas").evaluate((canvas) => canvas.toDataURL());

async function anySystem(visit) {
  const figure = await FigureOnPage.on(await visit.open("the-field.html"));
  await figure.keys("3");
  const [before, wide] = [await picture(figure), (await figure.find(".fig-drawing").boundingBox()).width];
  assert.ok((await list(figure).locator("option").count()) > 25);
  await list(figure).selectOption({ label: "Kafka, three replicas, one in sync is enough" });
  await figure.until(({ figure }) => figure.querySelectorAll(".fig-side").length === 2);
  const names = (await sides(figure)).map((side) => side.name);
  assert.deepEqual(names, ["beanstalkd, defaults: memory only", "Kafka, three replicas, one in sync is enough"]);
  await figure.keys("c");
  const link = await figure.find(".fig-link").inputValue();
  assert.match(link, /#field\/beanstalkd\?seed=1&faults=crash:queue@30s;restart:queue@31s&at=[^+]*\+beside\+field\/kafka\?seed=1&replicas=3&faults=crash:queue-1@30s;restart:queue-1@31s$/);
  // Both are drawn, and both step.
  const first = await sides(figure);
  await figure.keys("ArrowRight", "ArrowRight", "ArrowRight");
  const second = await sides(figure);
  assert.ok(first[0].picture !== second[0].picture && first[1].picture !== second[1].picture, "one side stands still");
  await figure.keys("n");
  await figure.keys("c");
  assert.match(await figure.find(".fig-link").inputValue(), /beanstalkd\?seed=2.*kafka\?seed=2/);
  await figure.keys("u");

  // Another one in its place.
  await list(figure).selectOption({ label: "RabbitMQ, quorum queue, confirms" });
  await figure.until(({ figure }) => figure.querySelectorAll(".fig-name")[1]?.textContent.startsWith("RabbitMQ"));
  await figure.keys("End");
  assert.notEqual((await sides(figure))[1].picture, second[1].picture);

  await list(figure).selectOption({ label: "none" });
  await figure.until(({ figure }) => figure.querySelectorAll(".fig-name").length === 0);
  await figure.keys("3");
  await figure.until(({ figure, wide }) => figure.querySelector(".fig-drawing").getBoundingClientRect().width === wide, { wide });
  assert.equal(await picture(figure), before, "it is drawn as if nothing had been");
  await figure.keys("c");
  assert.doesNotMatch(await figure.find(".fig-link").inputValue(), /beside/);
}

async function given(visit) {
  const figure = await pair(visit);
  const labels = await list(figure).locator("option").allTextContents();
  assert.deepEqual(labels, ["none", "spike/direct"]);
  await list(figure).selectOption({ label: "none" });
  await figure.until(({ figure }) => figure.querySelectorAll(".fig-name").length === 0);
  await figure.keys("n", "5");
  await list(figure).selectOption({ label: "spike/direct" });
  await figure.until(({ figure }) => figure.querySelectorAll(".fig-name").length === 2);
  const [queue, direct] = await sides(figure);
  assert.equal(queue.counters.sent, direct.counters.sent, "it has the seed that the first has by now");
  const alone = await FigureOnPage.on(figure.page, 0);
  assert.equal(await list(alone).count(), 0, "a run of no system has nothing to choose from");
}

async function small(visit) {
  const figure = await pair(visit, { width: 360, height: 740 });
  const [first, second] = await figure.find(".fig-side").all();
  const [above, below] = [await first.boundingBox(), await second.boundingBox()];
  assert.ok(above.y + above.height <= below.y, "the two stand beside each other");
  const wide = await figure.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `the page is ${wide} pixels wide`);
  await assertAccessible(figure.page);
}

async function captions(visit) {
  const figure = await FigureOnPage.on(await visit.open(CAPTIONS));
  const list = figure.page.locator("queue-figure + ul").first();
  const seen = () => list.locator(".see").evaluateAll((marks) => marks.map((mark) => mark.classList.contains("seen")));
  assert.deepEqual(await seen(), [false, false, false, false]);
  for (let step = 0; (await figure.counter("done")) === "0"; step += 1) {
    assert.ok(step < 40, "the effect never lands");
    await figure.keys("ArrowRight");
    // Painted, or the counter would be read too early and the next step be one too many.
    await figure.page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  }
  assert.deepEqual(await seen(), [true, false, false, false]);
  await figure.keys("Shift+ArrowRight");
  assert.deepEqual(await seen(), [true, true, false, false]);
  await figure.keys("0");
  assert.deepEqual(await seen(), [true, true, false, false], "a tick is taken back");
  await figure.keys("End");
  assert.deepEqual(await seen(), [true, true, true, true]);
  const spoken = await list.locator("li").first().textContent();
  assert.match(spoken, /^seen: /);
}

async function plain(visit) {
  for (const how of [{ media: "print" }, { javaScript: false }]) {
    const page = await visit.open(CAPTIONS, how);
    const list = page.locator("queue-figure + ul").first();
    assert.equal(await list.locator("li").count(), 4);
    const signs = await list.locator(".see").evaluateAll((marks) =>
      marks.filter((mark) => getComputedStyle(mark).display !== "none" && getComputedStyle(mark, "::before").content !== "none"),
    );
    assert.deepEqual(signs, []);
  }
}
