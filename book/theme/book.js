// SPDX-License-Identifier: MIT OR Apache-2.0
// What a page does by itself. Every page reads without it.
import "./figure-element.js";
import "./bet-element.js";

/** The choice of paper or night, kept for the next page. */
function offerLight() {
  const choice = document.getElementById("light");
  choice.value = document.documentElement.dataset.light ?? "";
  choice.closest("[hidden]").hidden = false;
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

/** Scrolls the contents, not the page, to the chapter one is in. */
function showPlace() {
  const contents = document.getElementById("contents");
  const current = contents.querySelector(".current");
  if (!current) return;
  const place = () => {
    contents.scrollTop = current.offsetTop - contents.clientHeight / 3;
  };
  place();
  contents.addEventListener("toggle", place);
}

offerLight();
showPlace();
