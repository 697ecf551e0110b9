// SPDX-License-Identifier: MIT OR Apache-2.0
// What the grader says of an answer, as elements: one sentence first, then the story, then what to do with it.

/** What came out, in a word that stands before the sentence. */
const WORDS = {
  passed: "\u25cf Passed",
  failed: "\u2715 Broken",
  unknown: "\u25cc Not known",
  "not-deterministic": "\u25cc Not the same twice",
  "did-not-compile": "\u2715 Does not compile",
  "timed-out": "\u2715 Took too long",
  crashed: "\u2715 Crashed",
};

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function button(label, pressed) {
  const made = element("button", { class: "plain", type: "button" }, label);
  made.addEventListener("click", pressed);
  return made;
}

/**
 * The elements for a verdict (docs/verdict-v1.schema.json). `watch()` plays the counterexample, where that can be;
 * `goTo(line)` goes to a line of the answer.
 */
export function show(verdict, { exercise, watch, goTo }) {
  const { outcome, sentence, broken, story, points, tried, detail, advice, address } = verdict;
  const said = element("p", { class: "sentence" }, element("b", { class: outcome === "passed" ? "held" : "fault" }, WORDS[outcome] ?? outcome), ` ${capital(sentence)}.`);
  const parts = [said];
  if (broken) parts.push(element("p", { class: "means" }, `The promise is called `, element("code", {}, broken.promise), `: ${broken.means}`));
  if (story.length > 0) parts.push(told(story));
  if (advice) parts.push(element("p", {}, advice));
  if (detail) parts.push(element("pre", { class: "code detail", tabindex: "0" }, element("code", {}, detail)), ...lines(detail, goTo));
  const actions = [];
  if (watch) actions.push(button("Watch it happen", watch));
  if (address) actions.push(copy("Copy the command for a terminal", `${exercise.command} --address '${address}'`));
  if (actions.length > 0) parts.push(element("div", { class: "actions" }, ...actions));
  if (points.length > 0) parts.push(scored(points));
  if (tried.length > 0) parts.push(counted(tried));
  return parts;
}

const capital = (sentence) => sentence.charAt(0).toUpperCase() + sentence.slice(1);

function told(story) {
  const lines = story.map(({ at, text }) => element("li", {}, element("b", {}, at), element("span", {}, text)));
  return element("ol", { class: "story", "aria-label": "The shortest run that breaks it" }, ...lines);
}

function scored(points) {
  const rows = points.map(({ part, got, of, why }) =>
    element("tr", {}, element("th", { scope: "row" }, part), element("td", { class: "figures" }, `${got} of ${of}`), element("td", {}, why)),
  );
  const got = points.reduce((sum, part) => sum + part.got, 0);
  const of = points.reduce((sum, part) => sum + part.of, 0);
  return element("table", { class: "got" }, element("caption", {}, `${got} of ${of} points`), element("tbody", {}, ...rows));
}

/** What was tried and what was never reached: behind a fold, for who doubts. */
function counted(tried) {
  const rows = tried.map(({ what, count }) =>
    element("li", {}, count === "0" ? `never reached: ${what}` : `${Number(count).toLocaleString("en")} ${what}`),
  );
  return element("details", { class: "tried" }, element("summary", {}, "What was tried"), element("ul", {}, ...rows));
}

/** Buttons for the lines of the answer that the compiler names. */
function lines(detail, goTo) {
  const named = [...detail.matchAll(/--> \S*?\.rs:(\d+):\d+/g)].map((match) => Number(match[1]));
  const few = [...new Set(named)].slice(0, 5);
  if (few.length === 0) return [];
  return [element("div", { class: "actions" }, ...few.map((line) => button(`Line ${line}`, () => goTo(line))))];
}

function copy(label, text) {
  const made = button(label, async () => {
    try {
      await navigator.clipboard.writeText(text);
      made.textContent = "Copied";
    } catch {
      // No clipboard for this page: then to be copied by hand.
      made.replaceWith(element("code", {}, text));
    }
  });
  return made;
}
