// SPDX-License-Identifier: MIT OR Apache-2.0
// <queue-bet>: a question. Settling the bet opens the answer beside the choice. Nothing is sent anywhere.

class QueueBet extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    const settle = form.querySelector("button");
    // By keyboard a choice changes with every arrow key, so a choice alone settles nothing.
    settle.hidden = false;
    form.addEventListener("change", () => {
      settle.disabled = false;
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = form.querySelector("input:checked");
      if (chosen) this.#settle(chosen, settle);
    });
  }

  #settle(chosen, button) {
    // A second thought after the answer is no bet: the choice stays.
    for (const option of this.querySelectorAll("input")) option.disabled = option !== chosen;
    const won = "right" in chosen.dataset;
    this.dataset.settled = won ? "won" : "lost";
    const verdict = document.createElement("p");
    verdict.className = "verdict";
    verdict.tabIndex = -1;
    verdict.textContent = won ? "That is what the simulator says." : "The simulator says otherwise.";
    this.querySelector("details").open = true;
    button.replaceWith(verdict);
    // The button that had the focus is gone; reading goes on at the verdict.
    verdict.focus({ preventScroll: true });
  }
}

customElements.define("queue-bet", QueueBet);
