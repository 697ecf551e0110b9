// SPDX-License-Identifier: MIT OR Apache-2.0
//! The built book, which is built when it is missing.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use grader::Workspace;

/// Where it lies.
///
/// # Errors
/// When it is missing and cannot be built.
pub fn built(workspace: &Workspace) -> Result<PathBuf> {
    let site = workspace.root().join("book/dist");
    if site.join("index.html").is_file() {
        return Ok(site);
    }
    println!(
        "The book is not built yet. `cargo xtask book` builds it now; the first time takes two minutes …"
    );
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo).args(["xtask", "book"]).current_dir(workspace.root()).status();
    let status = status.context("cargo cannot be started; is Rust installed and on the PATH?")?;
    if !status.success() || !site.join("index.html").is_file() {
        bail!("the book was not built; `cargo xtask book` says why, and what to install");
    }
    Ok(site)
}
