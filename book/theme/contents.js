// SPDX-License-Identifier: MIT OR Apache-2.0
// Right behind the contents and before they are painted, so that nothing moves afterwards: how far the reader is, and the
// chapter one is in at a third of the height. progress.js writes what is read here.
{
  const contents = document.getElementById("contents");
  const WORDS = { none: "not begun", begun: "begun", done: "read to the end, bets settled" };

  /** What this browser keeps under a name; empty where storage is forbidden or holds something else. */
  const kept = (key) => {
    try {
      return JSON.parse(localStorage.getItem(key)) ?? {};
    } catch {
      return {};
    }
  };
  const TRIED = { none: "not tried", begun: "tried", done: "passed" };

  const paint = () => {
    const chapters = kept("progress");
    const exercises = kept("exercises");
    for (const dot of contents.querySelectorAll(".dot[data-exercise]")) {
      const { attempts = 0, passes = 0 } = exercises[dot.dataset.exercise] ?? {};
      dot.dataset.is = passes > 0 ? "done" : attempts > 0 ? "begun" : "none";
      dot.setAttribute("aria-label", `${dot.dataset.exercise}: ${TRIED[dot.dataset.is]}`);
    }
    for (const dot of contents.querySelectorAll(".dot[data-of]")) {
      const chapter = chapters[dot.dataset.of];
      const settled = dot.dataset.bets.split(" ").every((bet) => bet === "" || bet in (chapter?.bets ?? {}));
      const is = !chapter ? "none" : chapter.read === 100 && settled ? "done" : "begun";
      dot.dataset.is = is;
      dot.setAttribute("aria-label", WORDS[is]);
    }
    const bets = Object.values(chapters).flatMap(({ won }) => Object.values(won ?? {}));
    const score = document.getElementById("score");
    score.textContent = bets.length > 0 ? `Bets that the simulator agreed with: ${bets.filter((won) => won).length} of ${bets.length}.` : "";
    const forget = document.getElementById("forget");
    if (forget) forget.hidden = Object.keys(chapters).length + Object.keys(exercises).length === 0;
  };

  /** Scrolls the contents, not the page. */
  const place = () => {
    const current = contents.querySelector(".current");
    if (current) contents.scrollTop = current.offsetTop - contents.clientHeight / 3;
  };

  paint();
  place();
  document.addEventListener("progress", paint);
  contents.addEventListener("toggle", place);
}
