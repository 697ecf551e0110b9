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
      await this.write(text);
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
        if (event.exercise !== exercise.name || event.version === version) return;
        changed(take(await (await ask(path)).json()));
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

/** Calls `told` for each event of the server; one connection for the page. */
function follow(told) {
  followers.push(told);
  if (followers.length === 1) listen();
}

async function listen() {
  try {
    const answer = await ask("events");
    for await (const event of pieces(answer.body, "\n\n")) {
      const kind = /^event: ?(.*)$/m.exec(event)?.[1];
      const data = /^data: ?(.*)$/m.exec(event)?.[1];
      if (kind === "progress") await meet().catch(() => {});
      if (kind !== "exercise" || !data) continue;
      const { name, version } = JSON.parse(data);
      for (const told of followers) told({ exercise: name, version });
    }
  } catch {
    // The server is gone: the next Run says so.
  }
}

/**
 * What was read, bet and solved on these pages and in the terminal becomes one: the journal on disk takes in what this
 * browser knows, and this browser what the journal knows.
 */
export async function meet() {
  if (!isHere) return;
  const { files, ...mine } = exported();
  await ask("progress", { method: "POST", body: mine });
  takeIn({ ...(await (await ask("progress")).json()), files: {} });
}
