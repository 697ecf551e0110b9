// SPDX-License-Identifier: MIT OR Apache-2.0
// A picture of one page of the built book:
//   node web/browser-tests/shot.mjs <path in the book or a whole address> <out.png>
//     [--dark] [--width N] [--height N] [--wait ms] [--full] [--print] [--reduced] [--no-js] [--root <folder>]
//     [--until <css>] [--scroll <css>] [--click <css>]... [--press <key>]...
// Faults of the page (console errors, failed requests) are printed, and make the exit code 1; the picture is taken all the same.

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { launch, openPage } from "./browser.mjs";
import { serve } from "./server.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    click: { type: "string", multiple: true, default: [] },
    dark: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
    height: { type: "string", default: "900" },
    "no-js": { type: "boolean", default: false },
    press: { type: "string", multiple: true, default: [] },
    print: { type: "boolean", default: false },
    reduced: { type: "boolean", default: false },
    root: { type: "string", default: fileURLToPath(new URL("../../book/dist", import.meta.url)) },
    scroll: { type: "string" },
    until: { type: "string" },
    wait: { type: "string", default: "300" },
    width: { type: "string", default: "1280" },
  },
});
if (positionals.length !== 2) {
  console.error("usage: node web/browser-tests/shot.mjs <path> <out.png> [--dark] [--width N] [--height N] [--wait ms] ...");
  process.exit(2);
}
const [path, out] = positionals;

const server = await serve(values.root);
const browser = await launch({ scrollbars: false });
const { page, faults } = await openPage(browser, {
  dark: values.dark,
  height: Number(values.height),
  javaScript: !values["no-js"],
  media: values.print ? "print" : "screen",
  reducedMotion: values.reduced,
  width: Number(values.width),
});
await page.goto(new URL(path, server.address).href, { waitUntil: "load" });
if (values.until) await page.locator(values.until).first().waitFor();
if (values.scroll) await page.locator(values.scroll).first().scrollIntoViewIfNeeded();
for (const selector of values.click) await page.locator(selector).first().click();
for (const key of values.press) await page.keyboard.press(key);
await page.waitForTimeout(Number(values.wait));
await page.screenshot({ path: out, fullPage: values.full });
await browser.close();
await server.close();
for (const fault of faults) console.error(fault);
console.log(`${out}: ${page.url().replace(server.address, "/")}`);
process.exitCode = faults.length === 0 ? 0 : 1;
