// SPDX-License-Identifier: MIT OR Apache-2.0
// What a page does by itself. Every page reads without it.
import "./figure-element.js";
import "./bet-element.js";
import "./exercise-element.js";
import { offerOffline } from "./offline.js";
import { isHere, keepInStep } from "./place-here.js";
import { exported, forget, sawUpTo, takeIn } from "./progress.js";

/** The choice of paper or night, kept for the next page. */
function offerLight() {
  const choice = document.getElementById("light");
  choice.value = document.documentElement.dataset.light ?? "";
  choice.addEventListener("change", () => {
    if (choice.value) document.documentElement.dataset.light = choice.value;
    else delete document.documentElement.dataset.light;
    try {
      if (choice.value) localStorage.setItem("light", choice.value);
      else localStorage.removeItem("light");
    } catch {
      // Storage is forbidden here: the choice holds for this page.
    }
    // Canvases paint in the page's colours and cannot see a style change by themselves.
    document.dispatchEvent(new CustomEvent("lightchange"));
  });
}

/** Search is fetched, script and index, when a reader first goes there. */
function offerSearch() {
  const field = document.getElementById("find");
  const start = () => import("./search.js").then(({ search }) => search(field));
  field.addEventListener("focus", start, { once: true });
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const contents = document.getElementById("contents");
    if (!contents.checkVisibility()) contents.showPopover();
    field.focus();
  });
}

/** How much of the text was seen, and which of its headings one is at. */
function watchReading() {
  const text = document.querySelector("article");
  const links = [...document.querySelectorAll(".headings a")];
  const headings = links.map((link) => document.getElementById(link.getAttribute("href").slice(1)));
  const look = () => {
    const { top, height } = text.getBoundingClientRect();
    sawUpTo(Math.max(0, Math.min(100, Math.floor((100 * (innerHeight - top + 1)) / height))));
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3).length;
    links.forEach((link, place) => {
      if (place === passed - 1) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    });
  };
  let asked = false;
  const later = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      look();
    });
  };
  addEventListener("scroll", later, { passive: true });
  addEventListener("resize", later, { passive: true });
  look();
}

/** Progress as a file, for another browser or the terminal (`cargo course import`), and back. */
function offerTravel() {
  document.getElementById("export").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(exported(), null, 2)], { type: "application/json" }));
    link.download = "inflight-progress.json";
    link.click();
    URL.revokeObjectURL(link.href);
  });
  const said = document.getElementById("imported");
  document.getElementById("import").addEventListener("change", async ({ target }) => {
    try {
      takeIn(JSON.parse(await target.files[0].text()));
      said.textContent = "Taken in.";
    } catch (error) {
      said.textContent = error instanceof SyntaxError ? "Nothing was changed: this file is no JSON." : `Nothing was changed: ${error.message}.`;
    }
    target.value = "";
  });
}

/** What the journal on disk holds is not the browser's to forget. */
function offerToForget() {
  const button = document.getElementById("forget");
  if (!isHere) return button.addEventListener("click", forget);
  button.remove();
  document.getElementById("kept").textContent = "It is kept on this machine, for the terminal too.";
}

offerLight();
offerSearch();
watchReading();
offerToForget();
offerTravel();
offerOffline(document.getElementById("offline"));
// A link within the page leads out of the contents where these lie over it.
document.getElementById("contents").addEventListener("click", (event) => {
  const contents = event.currentTarget;
  if (event.target.closest('a[href^="#"]') && contents.matches(":popover-open")) contents.hidePopover();
});

// Where `course serve` serves the page, it and the terminal show one progress.
keepInStep();
