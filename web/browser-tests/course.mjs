// SPDX-License-Identifier: MIT OR Apache-2.0
// A learner's own copy of the course with the real `cargo course` in it: nothing stands in for the server, the compiler or the exam.
//
// The files that are edited, the journal and the counterexamples are the copy's. The book and the kit are used where they were
// built, for a copy of the kit would be compiled anew, which takes longer than all other tests.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { access, chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Where cargo put its programs; `cargo xtask test browser` builds them and says where. */
const BUILT = join(process.env.CARGO_TARGET_DIR ? resolve(ROOT, process.env.CARGO_TARGET_DIR) : join(ROOT, "target"), "debug");

/** Builds where the workspace lies; starts the server that was built instead of looking for its sources in the copy. */
const CARGO = `#!/bin/sh
if [ "$1" = run ]; then
  while [ "$1" != -- ]; do shift; done
  shift
  exec "$SERVE" "$@"
fi
cd "$WORKSPACE" && exec "$REAL_CARGO" "$@"
`;

/** A copy of the course in a folder of its own, until it is closed. */
export class Course {
  #environment;
  #server = null;

  /** A fresh copy: each exercise is as learners get it. Throws when `cargo course` is not built. */
  static async copy(site) {
    for (const program of ["course", "serve"]) {
      await access(join(BUILT, program)).catch(() => {
        throw new Error(`${program} is not built: \`cargo xtask test browser\`, or \`cargo build -p grader -p serve\``);
      });
    }
    const course = new Course();
    course.root = await realpath(await mkdtemp(join(tmpdir(), "inflight-course-")));
    for (const folder of ["crates/kit", "book", "exercises/queues/src/bin"]) await mkdir(join(course.root, folder), { recursive: true });
    await cp(join(ROOT, "solutions"), join(course.root, "solutions"), { recursive: true });
    await symlink(resolve(site.root), join(course.root, "book/dist"));
    const cargo = join(course.root, "cargo");
    await writeFile(cargo, CARGO);
    await chmod(cargo, 0o755);
    course.#environment = {
      ...process.env,
      CARGO: cargo,
      REAL_CARGO: process.env.CARGO ?? "cargo",
      SERVE: join(BUILT, "serve"),
      WORKSPACE: ROOT,
    };
    return course;
  }

  /** Where the learner's answer lies. */
  file(exercise) {
    return join(this.root, `exercises/queues/src/bin/${exercise}.rs`);
  }

  /** Puts an exercise's beginning there. */
  async begin(exercise) {
    await cp(join(this.root, `solutions/stub/${exercise}.rs`), this.file(exercise));
  }

  /** An answer of the course's: `queues/src/bin/<exercise>` is the reference, `wrong/<exercise>/<mistake>` is none. */
  answer(name) {
    return readFile(join(this.root, `solutions/${name}.rs`), "utf8");
  }

  /** `cargo course serve`; answers with the address that it prints. */
  async serve() {
    const how = { cwd: this.root, env: this.#environment, stdio: ["ignore", "pipe", "inherit"] };
    this.#server = spawn(join(BUILT, "course"), ["serve", "--port", "0"], how);
    for await (const line of createInterface({ input: this.#server.stdout })) return line;
    throw new Error("the server ended before it said where it is");
  }

  /** What `cargo course <words>` prints in the terminal. */
  terminal(...words) {
    const { status, stdout, stderr } = spawnSync(join(BUILT, "course"), words, { cwd: this.root, env: this.#environment, encoding: "utf8" });
    if (status !== 0) throw new Error(`course ${words.join(" ")} ended with ${status}: ${stderr}`);
    return stdout;
  }

  /** Ends the server as Ctrl-C does, and answers with its exit code; the copy is removed. */
  async close() {
    let code = null;
    if (this.#server !== null) {
      const ended = this.#server.exitCode === null ? once(this.#server, "exit") : [this.#server.exitCode];
      this.#server.kill("SIGINT");
      [code] = await ended;
    }
    await rm(this.root, { recursive: true, force: true });
    return code;
  }
}
