// SPDX-License-Identifier: MIT OR Apache-2.0
// <queue-figure run="address">: a still that becomes the running figure when it comes near.
//
//   still ──near the viewport──► module imported (once a page) ──► mount(place, address) ──► live
//                                            └────────── any failure ──────────► still, and the sentence beside it

/** How far from the viewport a figure starts to load, so that it runs when the reader arrives. */
const NEAR = "600px 0px";

/** What stands between the two addresses of a link to a pair of runs (crates/pairs/src/lib.rs). */
const BESIDE = "+beside+";

let module;

/** The WASM module of all figures of the page, loaded and started once. */
function figures() {
  module ??= load();
  return module;
}

async function load() {
  const script = document.querySelector('meta[name="inflight-module"]')?.content;
  if (!script) throw new Error("this copy of the book was built without the module that runs figures");
  const address = new URL(script, document.baseURI);
  const module = await import(address);
  const wasm = new URL(address);
  wasm.pathname = wasm.pathname.replace(/\.js$/, "_bg.wasm");
  await module.default({ module_or_path: wasm });
  return module;
}

/**
 * The run that the page's address names behind its `#`, and perhaps the one beside it; what stands there without a slash is an
 * anchor in the text.
 */
function linkedRun() {
  const hash = location.hash.slice(1);
  if (!hash.includes("/")) return null;
  let said = hash;
  try {
    said = decodeURIComponent(hash);
  } catch {
    // Then it is read as it stands.
  }
  const [run, beside] = said.split(BESIDE);
  return { run, beside };
}

const scenario = (run) => run.split("?")[0];

/** The figure on this page that is about a run's scenario, if there is one. */
export function figureAbout(run) {
  return [...document.querySelectorAll("queue-figure[run]")].find(
    (figure) => scenario(figure.getAttribute("run")) === scenario(run),
  );
}

/** The figure of this page that compares these two scenarios, if there is one. */
function pairAbout(run, beside) {
  return [...document.querySelectorAll("queue-figure[beside]")].find(
    (figure) =>
      scenario(figure.getAttribute("run")) === scenario(run) &&
      scenario(figure.getAttribute("beside")) === scenario(beside),
  );
}

/** The figure that plays a linked run: the first of the same scenario, else the first of the page; a pair's is one for pairs. */
function figureFor({ run, beside }) {
  return (beside && pairAbout(run, beside)) ?? figureAbout(run) ?? document.querySelector("queue-figure[run]");
}

function plainButton(text, pressed) {
  const button = document.createElement("button");
  button.className = "plain";
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", pressed);
  return button;
}

class QueueFigure extends HTMLElement {
  #observer;
  #mounted;
  #place;
  /** The trace that is played over the figure: what the module mounted, and its elements. */
  #replay;

  connectedCallback() {
    this.#observer = new IntersectionObserver(
      (seen) => {
        if (seen.some((entry) => entry.isIntersecting)) this.#start();
      },
      { rootMargin: NEAR },
    );
    this.#observer.observe(this);
  }

  disconnectedCallback() {
    this.#observer.disconnect();
    this.#forgetReplay();
    this.#clear();
  }

  /**
   * Plays the text of a trace file in the figure's place, paused shortly before the promise breaks that the trace was judged
   * by, and scrolls there. The figure is kept and comes back as it was.
   *
   * @param {string} jsonLines the file's text
   * @param {{at?: string, title?: string, file?: string, leaveFor?: () => void}} options a moment to stand at, such as "1.25s";
   *   what stands above the run; where the file lies on the reader's machine, for the command that opens it in the terminal;
   *   the way back to the answer whose run it is
   * @returns {Promise<boolean>} whether it plays. If not, the sentence that says why stands on the figure, which is as it was.
   */
  async replay(jsonLines, { at, title = "A run of your program", file, leaveFor } = {}) {
    const place = document.createElement("div");
    place.className = "live replayed";
    let mounted;
    try {
      const { replay } = await figures();
      mounted = replay(place, jsonLines, at, file);
    } catch (error) {
      this.#say(`The run cannot be shown: ${typeof error === "string" ? error : error.message}`);
      return false;
    }
    this.#forgetReplay();
    this.querySelector(".figure-fault")?.remove();
    const head = document.createElement("p");
    head.className = "figure-replay";
    const name = document.createElement("strong");
    name.textContent = title;
    const ways = document.createElement("span");
    ways.className = "ways";
    if (leaveFor) ways.append(plainButton("Back to your answer", leaveFor));
    ways.append(plainButton(this.hasAttribute("run") ? "Back to the figure" : "Close", () => this.backToFigure()));
    head.append(name, ways);
    this.querySelector("figure").append(head, place);
    this.#replay = { mounted, elements: [head, place] };
    this.dataset.replay = "";
    this.scrollIntoView();
    return true;
  }

  /** Ends a replay. A figure that was made for it goes with it. */
  backToFigure() {
    this.#forgetReplay();
    if (this.hasAttribute("run")) this.querySelector(".fig-drawing")?.focus({ preventScroll: true });
    else this.remove();
  }

  #forgetReplay() {
    this.#replay?.mounted.unmount();
    this.#replay?.elements.forEach((element) => element.remove());
    this.#replay = undefined;
    delete this.dataset.replay;
  }

  /** Shows a run of this figure's own scenario, playing, where the figure stands: what a settled bet is about. */
  async perform(run) {
    this.#observer.disconnect();
    this.#forgetReplay();
    if (await this.#play(run, "The run of this bet cannot be shown")) this.#mounted?.play();
  }

  /** Plays the run that the page's address names, and beside it the other one if it names two. `leadsBack` if a link of this page led here. */
  async follow(run, beside, leadsBack) {
    this.#observer.disconnect();
    this.#forgetReplay();
    this.scrollIntoView();
    if (await this.#play(run, "The run in the page\u2019s address cannot be shown", beside)) return this.#nameRun(run, leadsBack);
    // A wrong link costs the reader the link, not the figure.
    const said = this.querySelector(".figure-fault");
    await this.#play(this.getAttribute("run"), "The figure does not run here");
    if (this.dataset.state === "live") this.querySelector(".figure-title").after(said);
  }

  /** Another run than the figure's own stands under its question: this says which. */
  async #nameRun(run, leadsBack) {
    const { called } = await figures();
    const name = run === this.getAttribute("run") ? undefined : called(run);
    if (!name || this.dataset.state !== "live") return;
    const head = document.createElement("p");
    head.className = "figure-replay figure-linked";
    const bold = document.createElement("strong");
    bold.textContent = name;
    head.append(bold);
    if (leadsBack) head.append(plainButton("Back to the link", () => history.back()));
    this.querySelector(".figure-linked")?.remove();
    this.#place.before(head);
  }

  async #start() {
    this.#observer.disconnect();
    if (this.hasAttribute("run") && !this.#mounted) await this.#play(this.getAttribute("run"), "The figure does not run here");
  }

  /** The still stays in place until the run is there; a failure leaves it and says why. */
  async #play(run, failed, linked) {
    this.#clear();
    this.dataset.state = "loading";
    const place = document.createElement("div");
    place.className = "live";
    this.#place = place;
    try {
      const { mount } = await figures();
      const beside = this.getAttribute("beside") ?? undefined;
      // While the module came, another run was asked for: that one is mounted.
      if (this.#place !== place) return true;
      // Of two runs the first one is led to what a link names; what is compared with it follows, as ever, unless the link
      // names another one.
      const mounted = beside ? mount(place, this.getAttribute("run"), beside) : mount(place, run, linked);
      this.#mounted = mounted;
      if (beside && (linked || run !== this.getAttribute("run"))) mounted.open(run, linked);
      this.querySelector("figure").append(place);
      this.dataset.state = "live";
      this.#watchCaptions();
      return true;
    } catch (error) {
      if (this.#place !== place) return true;
      // The module throws the sentence of whoever read the address; anything else is an Error.
      this.#clear();
      this.#say(`${failed}: ${typeof error === "string" ? error : error.message}`);
      return false;
    }
  }

  /** The list below a figure: its captions are ticked when the figure comes to what they talk about, each once. */
  #watchCaptions() {
    const marks = [...(this.nextElementSibling?.matches("ul") ? this.nextElementSibling.querySelectorAll(".see") : [])];
    if (marks.length === 0) return;
    this.nextElementSibling.classList.add("watched");
    this.#mounted.watch(
      marks.map((mark) => mark.dataset.see),
      (place) => {
        marks[place].classList.add("seen");
        marks[place].innerHTML = '<span class="hidden">seen: </span>';
      },
    );
  }

  #clear() {
    this.#mounted?.unmount();
    this.#mounted = undefined;
    this.#place?.remove();
    this.#place = undefined;
    this.querySelector(".figure-fault")?.remove();
    this.querySelector(".figure-linked")?.remove();
    this.dataset.state = "still";
  }

  /** Beside the still, never instead of it. */
  #say(sentence) {
    this.querySelector(".figure-fault")?.remove();
    const note = document.createElement("p");
    note.className = "figure-fault";
    note.setAttribute("role", "status");
    note.textContent = sentence;
    this.querySelector(".figure-title").after(note);
  }
}

customElements.define("queue-figure", QueueFigure);

/** The figure that stands closest above an element, else the first below it; on a page without one, a new one behind it. */
export function figureNear(element) {
  const figures = [...document.querySelectorAll("queue-figure")];
  const above = (figure) => element.compareDocumentPosition(figure) & Node.DOCUMENT_POSITION_PRECEDING;
  const near = figures.findLast(above) ?? figures[0];
  if (near) return near;
  const made = document.createElement("queue-figure");
  made.innerHTML = '<figure class="card"><h3 class="figure-title">A run of your program</h3></figure>';
  element.after(made);
  return made;
}

/** Now, and when the reader follows another link on this page. */
function followLink(leadsBack) {
  const linked = linkedRun();
  if (linked) figureFor(linked)?.follow(linked.run, linked.beside, leadsBack);
}

followLink(false);
addEventListener("hashchange", () => followLink(true));
