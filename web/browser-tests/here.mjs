// SPDX-License-Identifier: MIT OR Apache-2.0
// A stand-in for `cargo course serve` (docs/serve.md) over the built book: one exercise whose "compiler" is a look at the text.

import { createServer } from "node:http";
import { createHash } from "node:crypto";

export const TOKEN = "b00c";

const version = (text) => createHash("sha256").update(text).digest("hex");

/** Passes what says `right`, fails everything else with `trace` as the counterexample. */
export class Here {
  /** What was asked, as `METHOD path`. */
  asked = [];
  progress = { inflight_progress: 1, course: "", exercises: {}, chapters: {} };
  #listeners = new Set();

  constructor(site, exercise, text, trace) {
    Object.assign(this, { site, exercise, text, trace });
  }

  /** Answers with the address that the server would print. */
  async start() {
    this.server = createServer((request, response) => {
      this.#answer(request, response).catch((error) => response.writeHead(500).end(JSON.stringify({ error: String(error) })));
    });
    await new Promise((ready) => this.server.listen(0, "127.0.0.1", ready));
    return `http://127.0.0.1:${this.server.address().port}/`;
  }

  close() {
    this.server.closeAllConnections();
    return new Promise((closed) => this.server.close(closed));
  }

  /** Somebody's editor saves the file. */
  edit(text) {
    this.text = text;
    this.tell("exercise", { name: this.exercise, version: version(text) });
  }

  /** Tells all pages. */
  tell(event, data) {
    for (const listener of this.#listeners) listener.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  async #answer(request, response) {
    const { pathname, searchParams } = new URL(request.url, "http://127.0.0.1");
    if (!pathname.startsWith("/api/")) {
      const file = await fetch(new URL(pathname.slice(1), this.site.address));
      response.writeHead(file.status, { "content-type": file.headers.get("content-type") ?? "" });
      response.end(Buffer.from(await file.arrayBuffer()));
      return;
    }
    const say = (status, body) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return say(401, { error: "the token is wrong" });
    let body = "";
    for await (const part of request) body += part;
    const given = body ? JSON.parse(body) : {};
    const path = pathname.slice("/api/".length);
    this.asked.push(`${request.method} ${path}`);
    const own = `exercises/${this.exercise}`;
    const file = () => ({ text: this.text, version: version(this.text) });
    switch (`${request.method} ${path}`) {
      case "GET progress":
        return say(200, this.progress);
      case "POST progress":
        Object.assign(this.progress.chapters, given.chapters);
        return say(200, { news: [], beside: [] });
      case "GET events":
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(": here\n\n");
        this.#listeners.add(response);
        request.on("close", () => this.#listeners.delete(response));
        return;
      case `GET ${own}`:
        return say(200, { name: this.exercise, ...file(), passed: false });
      case `PUT ${own}`:
        if (given.version !== version(this.text)) return say(409, { error: "changed", ...file() });
        this.text = given.text;
        this.tell("exercise", { name: this.exercise, version: version(this.text) });
        return say(200, { version: version(this.text) });
      case `POST ${own}/check`:
        return this.#check(response);
      case `POST ${own}/hint`:
        return say(200, { level: 1, of: 3, text: "Which one comes next?", exhausted: false });
      case `GET ${own}/solution`:
        if (searchParams.get("confirmed") !== "true") return say(403, { error: "not passed yet" });
        return say(200, { text: "// ours", right: [] });
      default:
        return say(404, { error: `nobody answers to ${request.method} ${path}` });
    }
  }

  #check(response) {
    const passed = this.text.includes("right");
    const verdict = {
      schema: 1, exercise: this.exercise, outcome: passed ? "passed" : "failed",
      sentence: passed ? "every promise held" : "message 1 is lost",
      broken: passed ? null : { promise: "nothing-lost", part: "safety", means: "Nothing is lost.", calm: false },
      story: passed ? [] : [{ at: "1 ms", text: "message 1 comes" }],
      address: null, trace_file: passed ? null : ".inflight/counterexamples/a.jsonl", seed: null, tried: [], points: [],
      runs: {}, steps: "0", detail: null, advice: null, kit: "0",
    };
    const state = (this.progress.exercises[this.exercise] ??= { standing: "untouched", attempts: 0, passes: 0 });
    state.attempts += 1;
    state.passes += passed ? 1 : 0;
    this.tell("progress", {});
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    for (const stage of ["kit", "compile", "run"]) response.write(`${JSON.stringify({ stage })}\n`);
    if (!passed) response.write(`${JSON.stringify({ first: { ...verdict, story: [] } })}\n`);
    response.end(`${JSON.stringify({ verdict, trace: passed ? null : this.trace })}\n`);
  }
}
