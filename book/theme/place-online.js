// SPDX-License-Identifier: MIT OR Apache-2.0
// Examined on the Rust Playground: the reader's file, and behind it the exam as one file. The answer is kept in this browser.
import { answerTo, examined, keepAnswer, nextHint, stateOf } from "./progress.js";

const PLAYGROUND = "https://play.rust-lang.org/execute";
/** The Playground ends a program, with its compilation, after 10 s; an answer that takes longer will not come. */
const LIMIT_MS = 30_000;

/** What stands before the line with the verdict: whatever else an answer prints, this begins a line of its own. */
const VERDICT = '{"verdict":';

export function online(exercise, examFile) {
  const { name } = exercise;
  return {
    kind: "online",
    said: "Run sends your file to the Rust Playground (play.rust-lang.org), which compiles and runs it; until then nothing is sent.",
    read: async () => ({ text: answerTo(name) ?? exercise.stub, passed: stateOf(name).passes > 0 }),
    write: async (text) => {
      if (!keepAnswer(name, text === exercise.stub ? null : text)) {
        throw new Error("this browser keeps nothing for this page: copy your answer before you leave");
      }
    },
    async run(text, { stage, signal }) {
      stage("fetch");
      const exam = await whole(examFile, { signal });
      stage("online");
      const code = [text, brought(stateOf(name).seeds), exam].join("\n");
      const found = read(name, await ask(code, signal));
      examined(name, found.verdict);
      return found;
    },
    async hint() {
      const promise = stateOf(name).last?.promise ?? null;
      const hints = exercise.hints[promise] ?? exercise.first_hints;
      const level = nextHint(name, promise, hints.length);
      return { level, of: hints.length, text: hints[level - 1] };
    },
    async reset() {
      keepAnswer(name, null);
      return { text: exercise.stub };
    },
    solution: async (sure) => (sure || stateOf(name).passes > 0 ? { text: exercise.solution } : null),
    watch(changed) {
      // Another tab of this browser.
      addEventListener("storage", (event) => {
        if (event.key === `answer:${name}`) changed({ text: event.newValue ?? exercise.stub });
      });
    },
  };
}

/** What the program cannot be given when it starts: seeds that broke something come first. */
function brought(seeds) {
  const arguments_ = ["--stdout", "--seed", String(1 + Math.floor(Math.random() * 2 ** 32))];
  if (seeds.length > 0) arguments_.push("--first", seeds.join(","));
  return `const ARGUMENTS: &[&str] = &[${arguments_.map((word) => JSON.stringify(word)).join(", ")}];`;
}

async function whole(address, how) {
  const answer = await fetch(address, how);
  if (!answer.ok) throw new Error(`the exam's file is not there (${answer.status})`);
  return answer.text();
}

/** Asks the Playground. Throws a sentence where it does not answer. */
async function ask(code, signal) {
  let answer;
  try {
    answer = await fetch(PLAYGROUND, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        channel: "stable",
        mode: "debug",
        edition: "2024",
        crateType: "bin",
        tests: false,
        backtrace: false,
        code,
      }),
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Error(
      error.name === "TimeoutError"
        ? `the Playground did not answer within ${LIMIT_MS / 1000} s`
        : "the Playground cannot be reached from here",
    );
  }
  const said = await answer.json().catch(() => null);
  if (said?.error) throw new Error(`the Playground says: ${said.error}`);
  if (!answer.ok || typeof said?.stdout !== "string") {
    throw new Error(`the Playground answered with ${answer.status}, and not with a result`);
  }
  return said;
}

/** The verdict in what the Playground answered. */
function read(name, { stdout, stderr, exitDetail }) {
  const line = stdout.split("\n").findLast((line) => line.startsWith(VERDICT));
  if (line) {
    const { verdict, trace } = JSON.parse(line);
    return { verdict: { ...verdict, trace_file: null }, trace };
  }
  // Cargo's own lines are of no use to anybody.
  const errors = stderr.split("\n").filter((line) => !/^\s*(Compiling|Finished|Running) /.test(line)).join("\n").trim();
  if (/^error/m.test(errors)) {
    return { verdict: empty(name, "did-not-compile", "it does not compile", errors), trace: null };
  }
  return {
    verdict: empty(name, "timed-out", `the Playground ended the exam before its verdict (${exitDetail || "no reason given"})`, errors),
    trace: null,
  };
}

/** A verdict on what was not run. */
function empty(exercise, outcome, sentence, detail) {
  return { schema: 1, exercise, outcome, sentence, broken: null, story: [], points: [], tried: [], address: null, seed: null, detail, advice: null };
}
