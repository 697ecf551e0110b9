// SPDX-License-Identifier: MIT OR Apache-2.0
// Search: all words that were typed, each as the beginning of a word, in one section. What stands in a heading counts most.

/** Sections shown at most. */
const MOST = 12;
/** Letters of the text shown around the first word found. */
const AROUND = 70;

const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("\u2019", "'");

let index;

/** The sections of all pages: address, page, heading, words; each with its text as it is compared. */
async function sections() {
  const { content } = document.querySelector('meta[name="inflight-search"]');
  const answer = await fetch(content);
  if (!answer.ok) throw new Error(`the index was answered with ${answer.status}`);
  return (await answer.json()).map((section) => ({
    ...section,
    head: plain(`${section.h || section.p}`),
    text: plain(`${section.p} ${section.h} ${section.w}`),
  }));
}

const beginning = (word) => new RegExp(`(?<![\\p{L}\\p{N}])${word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")}`, "u");

/** The sections that hold every word, best first. */
function find(all, words) {
  const marks = words.map(beginning);
  const weight = ({ head, text }) => {
    if (!marks.every((mark) => mark.test(text))) return 0;
    const inHead = marks.filter((mark) => mark.test(head)).length;
    return 1 + 10 * inHead + (head === words.join(" ") ? 50 : 0);
  };
  const weighed = all.map((section) => ({ section, weight: weight(section) })).filter(({ weight }) => weight > 0);
  return weighed.sort((one, other) => other.weight - one.weight).map(({ section }) => section);
}

/** The words around the first one found. */
function excerpt(section, words) {
  const at = plain(section.w).search(beginning(words[0]));
  if (at <= AROUND) return section.w.slice(0, 2 * AROUND).trim() + (section.w.length > 2 * AROUND ? "\u2026" : "");
  return `\u2026${section.w.slice(at - AROUND, at + AROUND).trim()}\u2026`;
}

function entry(section, words) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = document.documentElement.dataset.root + section.a;
  link.textContent = section.h || section.p;
  const where = document.createElement("span");
  where.className = "where";
  where.textContent = section.h ? section.p : "";
  const context = document.createElement("p");
  context.textContent = excerpt(section, words);
  item.append(link, where, context);
  return item;
}

function say(found, sentence, items = []) {
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  status.textContent = sentence;
  const list = document.createElement("ol");
  list.append(...items);
  found.replaceChildren(status, list);
}

/** Searches while the reader types in `field`; what is found stands in the place of the outline. */
export async function search(field) {
  const found = document.getElementById("found");
  const outline = document.querySelector(".outline");
  const show = async () => {
    const asked = field.value;
    const words = plain(asked).split(/\s+/).filter(Boolean);
    found.hidden = words.length === 0;
    outline.hidden = words.length > 0;
    if (words.length === 0) return;
    try {
      index ??= sections();
      const results = find(await index, words);
      // The reader has typed on meanwhile.
      if (field.value !== asked) return;
      const many = results.length > MOST ? `${MOST} of ${results.length} sections` : `${results.length} section${results.length === 1 ? "" : "s"}`;
      say(found, results.length === 0 ? "Nothing on these pages." : many, results.slice(0, MOST).map((section) => entry(section, words)));
    } catch (error) {
      index = undefined;
      say(found, `The search does not work here: ${error.message}`);
    }
  };
  field.addEventListener("input", show);
  field.addEventListener("keydown", (event) => {
    const links = [...found.querySelectorAll("a")];
    if (event.key === "Enter") links[0]?.click();
    else if (event.key === "ArrowDown") links[0]?.focus();
    else return;
    event.preventDefault();
  });
  found.addEventListener("keydown", (event) => {
    const links = [...found.querySelectorAll("a")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    (links[links.indexOf(document.activeElement) + step] ?? field).focus();
    event.preventDefault();
  });
  await show();
}
