// SPDX-License-Identifier: MIT OR Apache-2.0
// How far the reader is, kept in this browser and nowhere else. contents.js shows it. Of each chapter:
//   read   how much of it was on the screen so far, in per cent
//   bets   the option chosen, by the bet's name
//
// Beside it, of each exercise, in the words of docs/progress-v1.schema.json: attempts, passes, seeds, hints, last; and the
// reader's own answer, a key for each. Where `course serve` grades, the journal on disk holds these instead.

const KEY = "progress";
const EXERCISES = "exercises";
const ANSWER = "answer:";
/** The latest seeds that broke something; no more are kept. */
const MOST_SEEDS = 20;
const chapter = document.documentElement.dataset.chapter;

function all() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return kept && typeof kept === "object" ? kept : {};
  } catch {
    return {};
  }
}

function change(edit) {
  if (!chapter) return;
  const kept = all();
  const mine = { read: 0, bets: {}, ...kept[chapter] };
  edit(mine);
  kept[chapter] = mine;
  keep(KEY, JSON.stringify(kept));
  document.dispatchEvent(new CustomEvent("progress"));
}

/** The option that was chosen for a bet of this page, or undefined. */
export function chosenFor(bet) {
  return all()[chapter]?.bets?.[bet];
}

/** A bet was settled; `won` is for the count in the contents, and known to this browser alone. */
export function settle(bet, option, won) {
  change((mine) => {
    mine.bets[bet] = option;
    mine.won = { ...mine.won, [bet]: won };
  });
}

export function sawUpTo(perCent) {
  if (perCent > (all()[chapter]?.read ?? -1)) {
    change((mine) => {
      mine.read = perCent;
    });
  }
}

/** What is known of all exercises, by name. */
function exercises() {
  try {
    const kept = JSON.parse(localStorage.getItem(EXERCISES));
    return kept && typeof kept === "object" ? kept : {};
  } catch {
    return {};
  }
}

/** What is known of an exercise. */
export function stateOf(exercise) {
  return { attempts: 0, passes: 0, seeds: [], hints: [], last: null, ...exercises()[exercise] };
}

function changeExercise(exercise, edit) {
  const state = stateOf(exercise);
  edit(state);
  state.standing = state.passes > 0 ? "passed" : state.attempts > 0 ? "tried" : "untouched";
  keep(EXERCISES, JSON.stringify({ ...exercises(), [exercise]: state }));
  document.dispatchEvent(new CustomEvent("progress"));
}

/** An answer was examined. */
export function examined(exercise, { outcome, broken, seed }) {
  changeExercise(exercise, (state) => {
    state.attempts += 1;
    if (outcome === "passed") state.passes += 1;
    // A compile error says nothing of the promise that broke before it.
    if (outcome !== "did-not-compile") state.last = { outcome, promise: broken?.promise ?? null };
    const rough = seed && !broken?.calm;
    if (rough) state.seeds = [seed, ...state.seeds.filter((other) => other !== seed)].slice(0, MOST_SEEDS);
  });
}

/** The level of the next hint about a promise, from 1; it counts as shown. */
export function nextHint(exercise, promise, most) {
  let level = 1;
  changeExercise(exercise, (state) => {
    const shown = state.hints.filter(([about]) => about === promise).map(([, level]) => level);
    level = Math.min(most, Math.max(0, ...shown) + 1);
    state.hints = [...state.hints.filter(([about]) => about !== promise), [promise, level]];
  });
  return level;
}

/** The reader's answer to an exercise, or null. */
export function answerTo(exercise) {
  try {
    return localStorage.getItem(ANSWER + exercise);
  } catch {
    return null;
  }
}

/** Keeps the reader's answer; with null it is forgotten. Whether it is kept. */
export function keepAnswer(exercise, text) {
  return keep(ANSWER + exercise, text);
}

function keep(key, text) {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
    return true;
  } catch {
    // Storage is forbidden or full: nothing is kept.
    return false;
  }
}

/** All of it, in the form that `course import` takes in: docs/progress-v1.schema.json. */
export function exported() {
  const chapters = Object.fromEntries(Object.entries(all()).map(([slug, { read, bets }]) => [slug, { read, bets }]));
  const files = {};
  for (const exercise of Object.keys(exercises())) {
    const text = answerTo(exercise);
    if (text !== null) files[exercise] = text;
  }
  return { inflight_progress: 1, course: "", exercises: exercises(), chapters, files };
}

/** Adds what was exported, here or by `course export`: the best of both. Throws a sentence where it is no progress. */
export function takeIn(document_) {
  if (document_?.inflight_progress !== 1) throw new Error("this is no progress that this book can read");
  const kept = all();
  for (const [slug, { read = 0, bets = {} }] of Object.entries(document_.chapters ?? {})) {
    const mine = { read: 0, bets: {}, ...kept[slug] };
    kept[slug] = { ...mine, read: Math.max(mine.read, read), bets: { ...bets, ...mine.bets } };
  }
  keep(KEY, JSON.stringify(kept));
  for (const [exercise, state] of Object.entries(document_.exercises ?? {})) {
    changeExercise(exercise, (mine) => {
      mine.attempts = Math.max(mine.attempts, state.attempts ?? 0);
      mine.passes = Math.max(mine.passes, state.passes ?? 0);
      if (state.standing === "passed") mine.passes = Math.max(1, mine.passes);
      mine.seeds = [...new Set([...mine.seeds, ...(state.seeds ?? [])])].slice(0, MOST_SEEDS);
      const hints = new Map(mine.hints);
      for (const [about, level] of state.hints ?? []) hints.set(about, Math.max(level, hints.get(about) ?? 0));
      mine.hints = [...hints];
      mine.last ??= state.last ?? null;
    });
  }
  for (const [exercise, text] of Object.entries(document_.files ?? {})) {
    if (answerTo(exercise) === null) keepAnswer(exercise, text);
  }
  change(() => {});
  document.dispatchEvent(new CustomEvent("progress"));
}

/** Forgets how far the reader is. Answers stay: they are work. */
export function forget() {
  try {
    localStorage.removeItem(KEY);
    localStorage.removeItem(EXERCISES);
  } catch {
    // Then there is nothing to forget.
  }
  document.dispatchEvent(new CustomEvent("progress"));
}
