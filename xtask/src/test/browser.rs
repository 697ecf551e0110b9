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
    course_ready()?;
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

/// Builds what one of the tests starts, as `cargo course serve` would: the command, the server, and what an answer links.
fn course_ready() -> Result<()> {
    let built: [&[&str]; 3] = [
        &["--package", "grader", "--bin", "course"],
        &["--package", "serve"],
        &["--lib", "--package", "exercises-queues"],
    ];
    for what in built {
        command::run(command::cargo().current_dir(workspace::root()).args(["build", "--quiet"]).args(what))
            .context("the course could not be built")?;
    }
    Ok(())
}
