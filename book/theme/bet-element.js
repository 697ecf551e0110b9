// SPDX-License-Identifier: MIT OR Apache-2.0
// <queue-bet>: a question. A choice opens the answer, and the answer says what was chosen. Nothing is sent anywhere.

class QueueBet extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", (event) => {
      if (event.target instanceof HTMLInputElement) this.#settle(event.target);
    });
    this.addEventListener("submit", (event) => event.preventDefault());
  }

  #settle(chosen) {
    // A second thought after the answer is no bet: the first choice stays.
    for (const option of this.querySelectorAll("input")) option.disabled = option !== chosen;
    const won = "right" in chosen.dataset;
    this.dataset.settled = won ? "won" : "lost";
    const verdict = document.createElement("p");
    verdict.className = "verdict";
    verdict.setAttribute("role", "status");
    verdict.textContent = won ? "That is what the simulator says." : "The simulator says otherwise.";
    const details = this.querySelector("details");
    details.open = true;
    details.before(verdict);
  }
}

customElements.define("queue-bet", QueueBet);
