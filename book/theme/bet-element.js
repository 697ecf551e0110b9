// SPDX-License-Identifier: MIT OR Apache-2.0
// <queue-bet>: a question. Settling the bet opens the answer beside the choice. The figure
// that it is about then plays a run. Nothing is sent anywhere.
import { figureAbout } from "./figure-element.js";
import { chosenFor, settle } from "./progress.js";

class QueueBet extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    const button = form.querySelector("button");
    const before = chosenFor(this.getAttribute("name"));
    const earlier = [...form.querySelectorAll("input")].find((option) => option.value === before);
    if (earlier) {
      // Settled on an earlier visit. Its answer stays closed: it would push the page about.
      earlier.checked = true;
      this.#close(earlier, button);
      return;
    }
    // By keyboard a choice changes with every arrow key, so a choice alone settles nothing.
    button.hidden = false;
    form.addEventListener("change", () => {
      button.disabled = false;
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = form.querySelector("input:checked");
      if (!chosen) return;
      settle(this.getAttribute("name"), chosen.value, "right" in chosen.dataset);
      figureAbout(this.dataset.run)?.perform(this.dataset.run);
      const verdict = this.#close(chosen, button);
      this.querySelector("details").open = true;
      // The button that had the focus is gone; reading goes on at the verdict.
      verdict.focus({ preventScroll: true });
    });
  }

  /** A second thought after the answer is no bet: the choice stays. Answers with the verdict in the button's place. */
  #close(chosen, button) {
    for (const option of this.querySelectorAll("input")) option.disabled = option !== chosen;
    const won = "right" in chosen.dataset;
    this.dataset.settled = won ? "won" : "lost";
    const verdict = document.createElement("p");
    verdict.className = "verdict";
    verdict.tabIndex = -1;
    verdict.textContent = won ? "That is what the simulator says." : "The simulator says otherwise.";
    button.replaceWith(verdict);
    return verdict;
  }
}

customElements.define("queue-bet", QueueBet);
