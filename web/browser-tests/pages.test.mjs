// SPDX-License-Identifier: MIT OR Apache-2.0
// What holds for every page of the book, whatever is on it.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { assertAccessible } from "./accessibility.mjs";

/** The HTML files of the site, as paths from its root. */
async function pages(root) {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const html = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".html"));
  // `parentPath` is the newer name of `path`.
  return html.map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join("/")).sort();
}

/** A telephone, and widths about the limits of the layouts; scrollbars take some of each. */
const WIDTHS = [360, 960, 1240, 1280, 1376];

export async function tests(site) {
  const found = await pages(site.root);
  assert.ok(found.includes("index.html"), `${site.root} holds no index.html`);
  return found.flatMap((path) => [
    { name: `${path}: light, no fault found by axe`, run: (visit) => accessible(visit, path, { dark: false }) },
    { name: `${path}: dark, no fault found by axe`, run: (visit) => accessible(visit, path, { dark: true }) },
    ...WIDTHS.map((width) => ({ name: `${path}: ${width} pixels are wide enough`, run: (visit) => fits(visit, path, width) })),
    { name: `${path}: can be read without JavaScript`, run: (visit) => reads(visit, path) },
  ]);
}

async function accessible(visit, path, how) {
  const page = await visit.open(path, how);
  await assertAccessible(page);
}

/** Nothing sticks out sideways: what is wider than the screen scrolls in a place of its own. */
async function fits(visit, path, width) {
  const page = await visit.open(path, { width, height: 740 });
  const { wide, culprits } = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const wide = document.documentElement.scrollWidth - width;
    // Whose words stick out of it, or who sticks out itself; not what stands in a box that scrolls.
    const scrolls = (element) => getComputedStyle(element).overflowX !== "visible";
    const sticksOut = (element) => element.getBoundingClientRect().left + Math.max(element.scrollWidth, element.clientWidth) > width + 1;
    const boxed = (element) => element !== document.body && (scrolls(element) || boxed(element.parentElement));
    const culprits = wide > 0 ? [...document.querySelectorAll("body *")].filter((element) => sticksOut(element) && !boxed(element)) : [];
    // The innermost ones say most.
    return { wide, culprits: culprits.reverse().slice(0, 3).map((element) => element.outerHTML.slice(0, 80)) };
  });
  assert.ok(wide <= 0, `the page is ${wide} pixels wider than the screen: ${culprits.join(" | ")}`);
}

async function reads(visit, path) {
  const page = await visit.open(path, { javaScript: false });
  const heading = page.locator("main h1").first();
  assert.ok(await heading.isVisible(), "there is no visible heading");
  const words = (await page.locator("main").innerText()).split(/\s+/).length;
  assert.ok(words >= 20, `only ${words} words are to be read`);
}
