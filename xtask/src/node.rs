// SPDX-License-Identifier: MIT OR Apache-2.0
//! Node.js, which drives the browser tests and runs wasm-opt, and the npm packages for both.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{command, packages};

/// The oldest major version that the packages we use run on.
const OLDEST: u32 = 18;

/// Makes sure that `node` and `npm` are there, installing them where that is allowed.
///
/// # Errors
/// They are missing or too old, and cannot be installed.
pub(crate) fn ready() -> Result<()> {
    if !command::answers("node") || !command::answers("npm") {
        packages::install(&["nodejs", "npm"]).with_context(|| {
            format!("Node.js {OLDEST} or newer, with npm, is needed for wasm-opt and the browser tests and was not found; install it")
        })?;
    }
    let version = command::read(Command::new("node").arg("--version"))?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST => Ok(()),
        _ => bail!("Node.js {version} is too old; install {OLDEST} or newer"),
    }
}

/// Installs the npm packages that `folder/package-lock.json` names, unless they are there already.
///
/// A copy of the lock file, written last, marks a finished installation: npm empties `node_modules` first, so an interrupted
/// one carries no mark.
///
/// # Errors
/// Node is missing, npm failed, or the mark could not be written.
pub(crate) fn packages_ready(folder: &Path) -> Result<()> {
    ready()?;
    let lock = folder.join("package-lock.json");
    let wanted = fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let mark = folder.join("node_modules/.installed-lock.json");
    if fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("fetching the npm packages of {}", folder.display());
    // Scripts of packages are not run: none of ours needs one.
    command::run(Command::new("npm").current_dir(folder).args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ]))
    .with_context(|| format!("the npm packages of {} could not be fetched", folder.display()))?;
    fs::write(&mark, wanted).with_context(|| format!("cannot write {}", mark.display()))
}
