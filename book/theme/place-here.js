// SPDX-License-Identifier: MIT OR Apache-2.0
// Examined on this machine: `cargo course serve` gave this page a token, and with it the learner's file and the compiler.
import { exported, takeIn } from "./progress.js";

const KEY = "token";

/** The token of this page's server; one that comes in the page's address is kept, and taken out of the address. */
const token = (() => {
  const address = new URL(location.href);
  const given = address.searchParams.get("token");
  try {
    if (given) localStorage.setItem(KEY, given);
    address.searchParams.delete("token");
    if (given) history.replaceState(null, "", address);
    return given ?? localStorage.getItem(KEY);
  } catch {
    return given;
  }
})();

/** Whether `course serve` gave this page a token. */
export const isHere = token !== null;

/** Asks the server. Throws its sentence. */
async function ask(path, { method = "GET", body, signal } = {}) {
  let answer;
  try {
    answer = await fetch(new URL(`api/${path}`, new URL("/", location.href)), {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
      signal,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Error("`cargo course serve` does not answer: start it again, and open the page that it prints");
  }
  if (answer.ok || answer.status === 409 || answer.status === 403) return answer;
  if (answer.status === 401) {
    throw new Error("this page's token is of an earlier `cargo course serve`: open the page that it printed last");
  }
  const said = await answer.json().catch(() => ({}));
  throw new Error(said.error ?? `the server answered with ${answer.status}`);
}

/** The place, or null where the page came from elsewhere. */
export function here(exercise) {
  if (!isHere) return null;
  const path = `exercises/${exercise.name}`;
  let version = null;
  const take = ({ text, version: now, ...rest }) => {
    version = now;
    return { text, ...rest };
  };
  return {
    kind: "here",
    said: `Run saves ${exercise.file} and examines it on this machine.`,
    read: async () => take(await (await ask(path)).json()),
    async write(text) {
      const answer = await ask(path, { method: "PUT", body: { text, version } });
      const said = await answer.json();
      if (answer.status === 409) throw new Changed(take(said));
      version = said.version;
    },
    async run(text, { stage, first, signal }) {
      const answer = await ask(`${path}/check`, { method: "POST", body: {}, signal });
      for await (const line of pieces(answer.body, "\n")) {
        const said = JSON.parse(line);
        if (said.stage) stage(said.stage);
        if (said.first) first?.(said.first);
        if (said.error) throw new Error(said.error);
        if (said.verdict) return said;
      }
      throw new Error("the server ended the answer before its verdict");
    },
    hint: async () => (await ask(`${path}/hint`, { method: "POST" })).json(),
    reset: async () => take(await (await ask(`${path}/reset`, { method: "POST" })).json()),
    async solution(sure) {
      const answer = await ask(`${path}/solution${sure ? "?confirmed=true" : ""}`);
      return answer.status === 403 ? null : answer.json();
    },
    watch(changed) {
      follow(async (event) => {
        const own = event.kind === "exercise" && event.name === exercise.name && event.version !== version;
        if (!own && event.kind !== "again") return;
        const now = await (await ask(path)).json();
        if (now.version !== version) changed(take(now));
      });
    },
  };
}

/** The file is not what this page read last: somebody else wrote it. */
export class Changed extends Error {
  constructor(now) {
    super("the file was changed elsewhere since this page read it");
    this.now = now;
  }
}

/** The pieces of a stream of text that `end` ends. */
async function* pieces(stream, end) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const parts = (rest + part.value).split(end);
      rest = parts.pop();
      yield* parts.filter((piece) => piece.trim() !== "");
    }
  } finally {
    reader.cancel().catch(() => {});
  }
  if (rest.trim()) yield rest;
}

const followers = [];
let listening;

/**
 * Calls `follower` for each event of the server, and with the kind `again` when it may have missed some. One connection for
 * the page, and none while nobody sees it: a browser has six for all tabs of a server.
 */
function follow(follower) {
  followers.push(follower);
  if (followers.length > 1) return;
  document.addEventListener("visibilitychange", attend);
  attend();
}

function attend() {
  listening?.abort();
  listening = undefined;
  if (document.visibilityState === "visible") listen((listening = new AbortController()).signal);
}

async function listen(signal) {
  try {
    const answer = await ask("events", { signal });
    for (const follower of followers) follower({ kind: "again" });
    for await (const event of pieces(answer.body, "\n\n")) {
      const kind = /^event: ?(.*)$/m.exec(event)?.[1];
      const data = /^data: ?(.*)$/m.exec(event)?.[1];
      if (!kind || !data) continue;
      for (const follower of followers) follower({ kind, ...JSON.parse(data) });
    }
  } catch {
    // Nobody looks, or the server is gone: the next Run says so.
  }
}

/** How long after the last change the journal is told. */
const TELL_AFTER_MS = 1000;
/** What the journal was told last. */
let told;

function mine() {
  const { files, ...progress } = exported();
  return progress;
}

/** The journal takes in what this browser knows, if that is news. */
async function tell() {
  const progress = mine();
  const said = JSON.stringify(progress);
  if (said === told) return;
  await ask("progress", { method: "POST", body: progress });
  told = said;
}

/**
 * What was read, bet and solved on these pages and in the terminal becomes one: the journal on disk takes in what this
 * browser knows, and this browser what the journal knows.
 */
async function meet() {
  await tell();
  takeIn({ ...(await (await ask("progress")).json()), files: {} });
  // What came from there is no news there.
  told = JSON.stringify(mine());
}

/** Keeps the progress of pages and terminal one, as long as this page is open. */
export function keepInStep() {
  if (!isHere) return;
  const quietly = () => meet().catch(() => {});
  let timer;
  document.addEventListener("progress", () => {
    clearTimeout(timer);
    timer = setTimeout(() => tell().catch(() => {}), TELL_AFTER_MS);
  });
  follow(({ kind }) => {
    if (kind === "progress" || kind === "again") quietly();
  });
}
