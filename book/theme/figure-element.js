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

class QueueFigure extends HTMLElement {
  #observer;

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
    this.#observer?.disconnect();
  }

  async #start() {
    this.#observer.disconnect();
    if (this.dataset.state) return;
    this.dataset.state = "loading";
    const place = document.createElement("div");
    place.className = "live";
    try {
      const { mount } = await figures();
      this.querySelector("figure").append(place);
      // The grammar's own sentence comes back as a thrown string, or as the rejection of a promise.
      await mount(place, this.getAttribute("run"));
      this.dataset.state = "live";
    } catch (error) {
      place.remove();
      this.dataset.state = "still";
      this.#say(typeof error === "string" ? error : (error?.message ?? String(error)));
    }
  }

  /** Beside the still, never instead of it. */
  #say(sentence) {
    const note = document.createElement("p");
    note.className = "figure-fault";
    note.setAttribute("role", "status");
    note.textContent = `The figure does not run here: ${sentence}`;
    this.querySelector("figure").append(note);
  }
}

customElements.define("queue-figure", QueueFigure);
