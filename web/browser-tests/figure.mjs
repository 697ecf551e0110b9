// SPDX-License-Identifier: MIT OR Apache-2.0
// A figure on a page, driven as a reader drives it, and read as a reader reads it.

/** One `<queue-figure>` of a page, live. */
export class FigureOnPage {
  /** Waits until the figure with this number on the page (the first is 0) runs. */
  static async on(page, number = 0) {
    const root = page.locator("queue-figure").nth(number);
    await root.scrollIntoViewIfNeeded();
    await root.and(page.locator("[data-state=live]")).waitFor();
    // Pictures are compared: the letters in them have to be there, and painted.
    await page.evaluate(() => document.fonts.ready.then(() => new Promise((next) => requestAnimationFrame(next))));
    return new FigureOnPage(page, root);
  }

  constructor(page, root) {
    this.page = page;
    this.root = root;
  }

  find(selector) {
    return this.root.locator(selector);
  }

  /** A button by the words on it, or by its help where the words are hidden. */
  button(name) {
    return this.root.getByRole("button", { name, exact: true });
  }

  /** Puts the focus where the figure's keys work, and presses them one after the other. */
  async keys(...keys) {
    await this.find(".fig-drawing").focus();
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Everything that says which moment of which run is shown; of the picture its hash. */
  shown() {
    return this.root.evaluate(async (figure) => {
      const picture = new TextEncoder().encode(figure.querySelector("canvas").toDataURL());
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", picture)).slice(0, 8);
      return {
        moment: figure.querySelector(".fig-time").textContent,
        counters: [...figure.querySelectorAll("[data-counter]")].map((cell) => `${cell.dataset.counter} ${cell.textContent}`),
        sentence: figure.querySelector(".fig-last p").textContent,
        picture: hash.join(" "),
      };
    });
  }

  /** A counter's value; "0" while it is not shown. */
  async counter(name) {
    const cell = this.find(`[data-counter="${name}"]`);
    return (await cell.count()) === 0 ? "0" : cell.innerText();
  }

  moment() {
    return this.find(".fig-time b").innerText();
  }

  /** What the last change did, or why it was refused. */
  says() {
    return this.find(".fig-says").innerText();
  }

  /** The address of this moment, as the page's link has it behind its `#`; the clipboard holds the whole link. */
  async address() {
    await this.keys("c");
    const link = await this.find(".fig-link").inputValue();
    return link.slice(link.indexOf("#") + 1);
  }

  /** The words of the marks and bands of faults on the timeline. */
  faults() {
    return this.find(".fig-track title").allTextContents();
  }

  /** Waits until `holds` is true; it runs in the page with an object: the figure's element, and what `given` holds. */
  async until(holds, given = {}) {
    await this.page.waitForFunction(holds, { figure: await this.root.elementHandle(), ...given });
  }
}
