// SPDX-License-Identifier: MIT OR Apache-2.0
// axe-core's verdict on a page as it stands.

import { createRequire } from "node:module";
import assert from "node:assert/strict";

const { source } = createRequire(import.meta.url)("axe-core");

/** The grades that fail a test; axe's "moderate" and "minor" are advice. */
const GRAVE = ["serious", "critical"];

/** Fails, naming rule and element, if axe finds a serious or critical fault in the page, or in the part that `selector` names. */
export async function assertAccessible(page, selector) {
  // Evaluated, not added as a script: the page's content security policy applies to the page, not to us.
  await page.evaluate(source);
  const { violations } = await page.evaluate((part) => globalThis.axe.run(part ?? document), selector);
  const grave = violations.filter((violation) => GRAVE.includes(violation.impact));
  const lines = grave.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.impact} ${violation.id}: ${node.target.join(" ")}: ${node.failureSummary}`),
  );
  assert.ok(lines.length === 0, lines.join("\n"));
}
