// SPDX-License-Identifier: MIT OR Apache-2.0
// A stand-in for the Rust Playground: the same request and answer, compiled and run here, in an empty package that has no
// crates but those of the Playground that the exams use.

import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What the Playground gives a program, compilation included, is 10 s; machines that run tests are slower. */
const LIMIT_MS = 120_000;
/** An output above this is an error there, not a cut. */
const MOST_OUTPUT = 640 << 10;

const PACKAGE = fileURLToPath(new URL("../../xtask/playground", import.meta.url));

/** Answers requests to `/execute`; `target` is where compiled crates are kept from run to run. */
export class Playground {
  #folder;
  #target;
  #queue = Promise.resolve();

  constructor(target) {
    this.#target = target;
  }

  /** What the Playground would answer to this body. One at a time. */
  execute(body) {
    const turn = this.#queue.then(() => this.#run(JSON.parse(body)));
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async #run({ channel, mode, edition, crateType, code }) {
    const wanted = { channel: "stable", mode: "debug", edition: "2024", crateType: "bin" };
    const is = { channel, mode, edition, crateType };
    if (JSON.stringify(is) !== JSON.stringify(wanted)) return { error: `not understood: ${JSON.stringify(is)}` };
    if (!this.#folder) {
      this.#folder = await mkdtemp(join(tmpdir(), "playground-"));
      await mkdir(join(this.#folder, "src"));
      for (const name of ["Cargo.toml", "Cargo.lock"]) await cp(join(PACKAGE, name), join(this.#folder, name));
    }
    await writeFile(join(this.#folder, "src/main.rs"), code);
    const environment = { ...process.env, CARGO_TARGET_DIR: this.#target, CARGO_INCREMENTAL: "0" };
    return new Promise((answered) => {
      const how = { cwd: this.#folder, env: environment, timeout: LIMIT_MS, maxBuffer: MOST_OUTPUT };
      execFile("cargo", ["run"], how, (error, stdout, stderr) => {
        if (error?.code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") answered({ error: "too much output" });
        else answered({ success: !error, exitDetail: error ? `Exited with status ${error.code}` : "", stdout, stderr });
      });
    });
  }

  async close() {
    if (this.#folder) await rm(this.#folder, { recursive: true });
  }
}
