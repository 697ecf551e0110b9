// SPDX-License-Identifier: MIT OR Apache-2.0
// A real Chromium, started the way that works headless, in a container and as root, with nothing of the user's in it.

import { spawnSync } from "node:child_process";
import { chromium } from "playwright-core";

/** The names under which systems install the browser; `cargo xtask test` knows the same ones and installs it where it may. */
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** Off: whatever would talk to the network behind the page's back, or need a GPU. */
const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The browser's program: `CHROMIUM` if set, else the first of the known names that runs. Throws when there is none. */
export function findChromium() {
  const names = process.env.CHROMIUM ? [process.env.CHROMIUM] : NAMES;
  for (const name of names) {
    const tried = spawnSync("sh", ["-c", 'command -v "$1" && "$1" --version', "sh", name], { encoding: "utf8" });
    if (tried.status === 0) return tried.stdout.split("\n")[0];
  }
  throw new Error(`no Chromium found (looked for ${names.join(", ")}); \`cargo xtask test\` installs one where it may, or set CHROMIUM`);
}

/**
 * Starts the browser with a fresh profile. The sandbox is left off for root only, where Chromium refuses to start with it.
 * Scrollbars take their room, as many readers' do, unless a picture is to be taken.
 */
export function launch({ scrollbars = true } = {}) {
  const flags = process.getuid?.() === 0 ? [...FLAGS, "--no-sandbox"] : FLAGS;
  const ignoreDefaultArgs = scrollbars ? ["--hide-scrollbars"] : [];
  return chromium.launch({ executablePath: findChromium(), args: flags, ignoreDefaultArgs });
}

/**
 * A new page in a context of its own (own storage, own preferences).
 *
 * Every console error, uncaught exception, failed request, answer of 400 or more and request that leaves this machine is
 * kept in `faults`, as a sentence.
 *
 * @param {import("playwright-core").Browser} browser
 * With `playground`, what the page asks the Rust Playground is answered by that stand-in, and is no fault.
 *
 * @param {{playground?: import("./playground.mjs").Playground, width?: number, height?: number, dark?: boolean, reducedMotion?: boolean, javaScript?: boolean, media?: "screen" | "print"}} how
 * @returns {Promise<{page: import("playwright-core").Page, faults: string[], close: () => Promise<void>}>}
 */
export async function openPage(browser, how = {}) {
  const context = await browser.newContext({
    colorScheme: how.dark ? "dark" : "light",
    javaScriptEnabled: how.javaScript ?? true,
    permissions: ["clipboard-read", "clipboard-write"],
    reducedMotion: how.reducedMotion ? "reduce" : "no-preference",
    viewport: { width: how.width ?? 1280, height: how.height ?? 900 },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  if (how.media === "print") await page.emulateMedia({ media: "print" });
  const faults = [];
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console error: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => faults.push(`uncaught: ${error.message}`));
  page.on("requestfailed", (request) => {
    // A navigation away cancels what is still loading; that is no fault of the page.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") {
      faults.push(`request failed: ${request.url()} (${request.failure()?.errorText})`);
    }
  });
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (how.playground && hostname === "play.rust-lang.org") return;
    if (protocol.startsWith("http") && hostname !== "127.0.0.1") faults.push(`asks elsewhere: ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) faults.push(`answer ${response.status()}: ${response.url()}`);
  });
  if (how.playground) {
    await page.route("https://play.rust-lang.org/execute", async (route) => {
      const json = await how.playground.execute(route.request().postData());
      await route.fulfill({ json, headers: { "access-control-allow-origin": "*" } });
    });
  }
  return { page, faults, close: () => context.close() };
}
