// SPDX-License-Identifier: MIT OR Apache-2.0
// <queue-figure run="address">: a still that becomes the running figure when it comes near.
//
//   still ──near the viewport──► module imported (once a page) ──► mount(place, address) ──► live
//                                            └────────── any failure ──────────► still, and the sentence beside it

/** How far from the viewport a figure starts to load, so that it runs when the reader arrives. */
const NEAR = "600px 0px";

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

/** The run that the page's address names behind its `#`; what stands there without a slash is an anchor in the text. */
function linkedRun() {
  const hash = location.hash.slice(1);
  if (!hash.includes("/")) return null;
  try {
    return decodeURIComponent(hash);
  } catch {
    return hash;
  }
}

const scenario = (run) => run.split("?")[0];

/** The figure that plays a linked run: the first of the same scenario, else the first of the page. */
function figureFor(run) {
  const figures = [...document.querySelectorAll("queue-figure")];
  return figures.find((figure) => scenario(figure.getAttribute("run")) === scenario(run)) ?? figures[0];
}

class QueueFigure extends HTMLElement {
  #observer;
  #mounted;
  #place;

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
    this.#clear();
  }

  /** Plays the run that the page's address names. */
  async follow(run) {
    this.#observer.disconnect();
    this.scrollIntoView();
    if (await this.#play(run, "The run in the page\u2019s address cannot be shown")) return;
    // A wrong link costs the reader the link, not the figure.
    const said = this.querySelector(".figure-fault");
    await this.#play(this.getAttribute("run"), "The figure does not run here");
    if (this.dataset.state === "live") this.querySelector(".figure-title").after(said);
  }

  async #start() {
    this.#observer.disconnect();
    if (!this.#mounted) await this.#play(this.getAttribute("run"), "The figure does not run here");
  }

  /** The still stays in place until the run is there; a failure leaves it and says why. */
  async #play(run, failed) {
    this.#clear();
    this.dataset.state = "loading";
    const place = document.createElement("div");
    place.className = "live";
    this.#place = place;
    try {
      const { mount } = await figures();
      // While the module came, another run was asked for: that one is mounted.
      if (this.#place !== place) return true;
      this.querySelector("figure").append(place);
      this.#mounted = mount(place, run);
      this.dataset.state = "live";
      return true;
    } catch (error) {
      if (this.#place !== place) return true;
      // The module throws the sentence of whoever read the address; anything else is an Error.
      this.#clear();
      this.#say(`${failed}: ${typeof error === "string" ? error : error.message}`);
      return false;
    }
  }

  #clear() {
    this.#mounted?.unmount();
    this.#mounted = undefined;
    this.#place?.remove();
    this.#place = undefined;
    this.querySelector(".figure-fault")?.remove();
    this.dataset.state = "still";
  }

  /** Beside the still, never instead of it. */
  #say(sentence) {
    const note = document.createElement("p");
    note.className = "figure-fault";
    note.setAttribute("role", "status");
    note.textContent = sentence;
    this.querySelector(".figure-title").after(note);
  }
}

customElements.define("queue-figure", QueueFigure);

/** Now, and when the reader follows another link on this page. */
function followLink() {
  const run = linkedRun();
  if (run) figureFor(run)?.follow(run);
}

followLink();
addEventListener("hashchange", followLink);
