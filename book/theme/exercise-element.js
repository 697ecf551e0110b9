// SPDX-License-Identifier: MIT OR Apache-2.0
// <queue-exercise name="…">: an exercise's editor, its Run, and what the grader says, where the exercise is described.
//
//   closed ──"Write it here"──► editor and answer fetched ──► open ──Run──► place (places.js) ──► verdict ──"Watch it"──► figure
//
// Without script there is nothing here: the file's name and the command stand above.
import { figureNear } from "./figure-element.js";
import { Changed } from "./place-here.js";
import { known, placeFor, workshopFile } from "./places.js";
import { show } from "./verdict-view.js";

const STAGES = {
  fetch: "Fetching the exam\u2026",
  online: "The Playground compiles and examines it\u2026",
  kit: "Building the exam, once\u2026",
  compile: "Compiling\u2026",
  run: "Examining: first without faults, then under seeded ones\u2026",
};
/** So long after the last key the answer is kept. */
const KEEP_AFTER_MS = 600;

/** An element with text and attributes; `on…` listens. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

class QueueExercise extends HTMLElement {
  #name;
  #place;
  #editor;
  #exercise;
  #said;
  #run;
  #timer;
  #running;

  connectedCallback() {
    if (!document.querySelector('meta[name="inflight-workshop"]') || this.#name) return;
    this.#name = this.getAttribute("name");
    this.#said = make("div", { class: "said", role: "status", tabindex: "-1" });
    this.append(make("p", {}, make("button", { class: "plain", type: "button", onclick: (e) => this.#open(e) }, "Write it here")), this.#said);
  }

  async #open({ currentTarget: button }) {
    button.disabled = true;
    button.textContent = "Opening\u2026";
    try {
      this.#exercise = await known(this.#name);
      this.#place = placeFor(this.#exercise);
      if (!this.#place) return this.#onlyInTerminal(button);
      const { text } = await this.#place.read();
      await this.#build(button.parentElement, text);
    } catch (error) {
      button.disabled = false;
      button.textContent = "Write it here";
      this.#tell(error.message, "fault");
    }
  }

  /** Threads and databases need more than the Playground has. */
  #onlyInTerminal(button) {
    button.parentElement.replaceWith(
      make("p", {}, "This exam takes threads or a disk under its control, which the Playground has not. On your own machine ",
        make("code", {}, "cargo course serve"), " opens this book with the exam behind it; in a terminal it is ",
        make("code", {}, this.#exercise.command), "."),
    );
  }

  async #build(instead, text) {
    const box = make("div", { class: "editor" });
    this.#run = make("button", { class: "strong", type: "button", onclick: () => this.run() }, "Run");
    instead.replaceWith(
      make("p", { class: "place" }, this.#place.said),
      box,
      make("p", { class: "keys" }, "Ctrl+Enter runs. Tab indents; Esc and then Tab leaves the editor."),
      make("div", { class: "actions" }, this.#run,
        make("button", { class: "plain", type: "button", onclick: () => this.#hint() }, "Hint"),
        make("button", { class: "plain", type: "button", onclick: () => this.#reset() }, "Reset"),
        make("button", { class: "plain", type: "button", onclick: () => this.#solution() }, "Solution")),
    );
    const how = {
      text,
      label: `Your answer to ${this.#name}`,
      changed: () => this.#keepSoon(),
      run: () => this.run(),
    };
    this.#editor = await import(workshopFile("editor.js")).then(({ open }) => open(box, how)).catch(() => plain(box, how));
    this.#editor.focus();
    this.#place.watch(({ text }) => this.#changedElsewhere(text));
    addEventListener("pagehide", () => this.#keepNow());
  }

  #keepSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#keepNow(), KEEP_AFTER_MS);
  }

  #keepNow() {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#place.write(this.#editor.text()).catch((error) => this.#notKept(error));
  }

  #notKept(error) {
    if (error instanceof Changed) this.#conflict(error.now.text);
    else this.#tell(`Not saved: ${error.message}.`, "fault");
  }

  /** The answer changed in another editor or another tab. What is being written here is not written over. */
  #changedElsewhere(text) {
    if (text === this.#editor.text()) return;
    if (this.#timer === undefined) this.#editor.replace(text);
    else this.#conflict(text);
  }

  #conflict(theirs) {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#said.replaceChildren(
      make("p", { class: "sentence" }, "The file was changed elsewhere while you wrote here."),
      make("div", { class: "actions" },
        make("button", { class: "plain", type: "button", onclick: () => {
          this.#editor.replace(theirs);
          this.#said.replaceChildren();
          this.#editor.focus();
        } }, "Take the other one"),
        make("button", { class: "plain", type: "button", onclick: () => {
          this.#said.replaceChildren();
          this.#editor.focus();
          this.#place.write(this.#editor.text()).catch((error) => this.#notKept(error));
        } }, "Keep this one")),
    );
  }

  /** Examines what stands in the editor; while it does, the button ends it. */
  async run() {
    if (this.#running) return this.#running.abort();
    this.#running = new AbortController();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#run.textContent = "Stop";
    const how = {
      signal: this.#running.signal,
      stage: (stage) => this.#tell(STAGES[stage] ?? "Examining\u2026"),
      first: (verdict) => this.#show(verdict, null),
    };
    const text = this.#editor.text();
    try {
      await this.#place.write(text);
      const { verdict, trace } = await this.#place.run(text, how);
      this.#show(verdict, trace);
    } catch (error) {
      if (this.#running.signal.aborted) this.#tell("Stopped.");
      else if (error instanceof Changed) this.#conflict(error.now.text);
      else this.#tell(`Not examined: ${error.message}.`, "fault");
    } finally {
      this.#running = undefined;
      this.#run.textContent = "Run";
    }
  }

  #show(verdict, trace) {
    this.#said.replaceChildren(
      ...show(verdict, {
        exercise: this.#exercise,
        watch: trace && (() => figureNear(this).replay(trace, {
          title: `The shortest run of your ${this.#name} that breaks a promise`,
          file: verdict.trace_file ?? undefined,
          leaveFor: () => {
            this.#said.scrollIntoView({ block: "center" });
            this.#editor.focus();
          },
        })),
        goTo: (line) => this.#editor.goTo(line),
      }),
    );
  }

  async #hint() {
    await this.#try(async () => {
      const { level, of, text } = await this.#place.hint();
      this.#said.prepend(make("p", { class: "hint" }, make("b", {}, `Hint ${level} of ${of}`), ` ${text}`));
    });
  }

  async #reset() {
    const becomes = this.#place.kind === "here" ? "What stands there now is kept in .inflight/replaced." : "What you wrote here is gone then.";
    if (!confirm(`Put the file back as it was at first? ${becomes}`)) return;
    await this.#try(async () => {
      this.#editor.replace((await this.#place.reset()).text);
      this.#said.replaceChildren();
    });
  }

  async #solution() {
    await this.#try(async () => {
      const early = "You have not passed yet. See our answer all the same?";
      const shown = (await this.#place.solution(false)) ?? (confirm(early) ? await this.#place.solution(true) : null);
      if (!shown) return;
      this.#said.replaceChildren(
        make("p", { class: "sentence" }, "Ours. There are other right ones."),
        make("pre", { class: "code", tabindex: "0" }, make("code", {}, shown.text)),
      );
    });
  }

  async #try(what) {
    try {
      await what();
    } catch (error) {
      this.#tell(`${error.message}.`, "fault");
    }
  }

  #tell(sentence, kind = "") {
    this.#said.replaceChildren(make("p", { class: `sentence ${kind}`.trim() }, sentence));
  }
}

/** What serves where the editor cannot be fetched. */
function plain(box, { text, label, changed, run }) {
  const area = make("textarea", { "aria-label": label, spellcheck: "false", rows: "24", oninput: changed });
  area.value = text;
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
  });
  box.append(area);
  return {
    text: () => area.value,
    replace: (text) => (area.value = text),
    focus: () => area.focus(),
    goTo: (line) => {
      const at = area.value.split("\n").slice(0, line - 1).join("\n").length;
      area.setSelectionRange(at, at);
      area.focus();
    },
    close: () => area.remove(),
  };
}

customElements.define("queue-exercise", QueueExercise);
