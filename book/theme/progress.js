// SPDX-License-Identifier: MIT OR Apache-2.0
// How far the reader is, kept in this browser and nowhere else. contents.js shows it. Of each chapter:
//   read   how much of it was on the screen so far, in per cent
//   bets   the option chosen, by the bet's name
//   open   how many bets of the page are not settled

const KEY = "progress";
const chapter = document.documentElement.dataset.chapter;

function all() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return kept && typeof kept === "object" ? kept : {};
  } catch {
    return {};
  }
}

function change(edit) {
  if (!chapter) return;
  const kept = all();
  const mine = { read: 0, bets: {}, ...kept[chapter] };
  edit(mine);
  const names = [...document.querySelectorAll("queue-bet")].map((bet) => bet.getAttribute("name"));
  mine.open = names.filter((name) => !(name in mine.bets)).length;
  kept[chapter] = mine;
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Storage is forbidden or full: nothing is kept, and nothing depends on it.
  }
  document.dispatchEvent(new CustomEvent("progress"));
}

/** The option that was chosen for a bet of this page, or undefined. */
export function chosenFor(bet) {
  return all()[chapter]?.bets?.[bet];
}

export function settle(bet, option) {
  change((mine) => {
    mine.bets[bet] = option;
  });
}

export function sawUpTo(perCent) {
  if (perCent > (all()[chapter]?.read ?? -1)) {
    change((mine) => {
      mine.read = perCent;
    });
  }
}

export function forget() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Then there is nothing to forget.
  }
  document.dispatchEvent(new CustomEvent("progress"));
}
