// SPDX-License-Identifier: MIT OR Apache-2.0
//! The pages, tried in a real Chromium by the scripts in `web/browser-tests`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::dist;
use crate::{chromium, command, node, workspace};

/// Where the scripts lie.
pub(super) fn folder() -> PathBuf {
    workspace::root().join("web/browser-tests")
}

/// Runs all browser tests against the built book.
///
/// # Errors
/// The browser or Node.js is missing, or a test failed.
pub(super) fn check() -> Result<String> {
    node::packages_ready(&folder())?;
    command::run(
        Command::new("node")
            .arg(folder().join("run.mjs"))
            .arg("--root")
            .arg(dist::folder())
            .env("CHROMIUM", chromium::ready()?),
    )
    .context("a test in the browser failed")?;
    Ok(String::new())
}
