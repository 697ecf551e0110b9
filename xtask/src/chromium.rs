// SPDX-License-Identifier: MIT OR Apache-2.0
//! The browser that the pages are tried in.

use std::env;

use anyhow::{Context, Result, bail};

use crate::{command, packages};

/// The names under which systems install it; `web/browser-tests/browser.mjs` looks for the same ones.
const NAMES: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// The program to start: `CHROMIUM` if set, else the first known name that runs, else the system's package, installed now.
///
/// # Errors
/// There is none and it cannot be installed. The tests need a real browser, so this is a failure and never a reason to skip.
pub(crate) fn ready() -> Result<String> {
    if let Ok(chosen) = env::var("CHROMIUM") {
        if command::answers(&chosen) {
            return Ok(chosen);
        }
        bail!(
            "CHROMIUM is set to `{chosen}`, which does not run; set it to a Chromium or Chrome, or unset it"
        );
    }
    if let Some(found) = installed() {
        return Ok(found);
    }
    packages::install(&["chromium"]).context(
        "the browser tests need Chromium or Chrome and none was found; install one, or set CHROMIUM to its program",
    )?;
    installed()
        .context("the package `chromium` was installed, but no Chromium runs; set CHROMIUM to its program")
}

fn installed() -> Option<String> {
    NAMES.iter().find(|name| command::answers(name)).map(|name| (*name).to_owned())
}
