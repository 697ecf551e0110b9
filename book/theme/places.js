// SPDX-License-Identifier: MIT OR Apache-2.0
// Where an answer is examined. A place has one contract, whichever it is:
//
//   read()             → { text, passed }, the reader's answer
//   write(text)        keeps it
//   run(text, how)     → { verdict, trace }, of what was written: the grader's verdict, the counterexample's trace as JSON Lines or null;
//                      `how.stage(word)` is called on the way, `how.signal` ends it
//   hint()             → { level, of, text }
//   reset()            → { text }, the file as the reader got it
//   solution(sure)     → { text }, or null before a pass unless the reader is sure
//   watch(changed)     calls `changed({ text })` when the answer changes elsewhere
//
// Nothing is sent anywhere before the reader presses Run, but to the server that this page came from and that asked for it.
import { here } from "./place-here.js";
import { online } from "./place-online.js";

const workshop = document.querySelector('meta[name="inflight-workshop"]')?.content;

/** What a page knows of an exercise without asking a server. */
export async function known(name) {
  if (!workshop) throw new Error("this copy of the book was built without editors");
  const answer = await fetch(new URL(`${name}.json`, new URL(workshop, document.baseURI)));
  if (!answer.ok) throw new Error(`the book's own file about this exercise is not there (${answer.status})`);
  return answer.json();
}

/** The address of a file of the workshop. */
export const workshopFile = (name) => new URL(name, new URL(workshop, document.baseURI));

/** The place for an exercise: this machine where `course serve` serves the page, else the Playground, else none. */
export function placeFor(exercise) {
  return here(exercise) ?? (exercise.online ? online(exercise, workshopFile(`${exercise.name}.exam.txt`)) : null);
}
