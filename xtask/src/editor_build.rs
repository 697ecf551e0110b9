// SPDX-License-Identifier: MIT OR Apache-2.0
//! The editor of the book's exercises: CodeMirror from npm, bundled into one script.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::{command, node, workspace};

/// Bundles the editor and answers with the script.
///
/// # Errors
/// There is no Node.js, its packages cannot be fetched, or the source is wrong.
pub(crate) fn build() -> Result<PathBuf> {
    let folder = workspace::root().join("web/editor");
    node::packages_ready(&folder)?;
    let script = workspace::target().join("editor/editor.js");
    let esbuild = folder.join("node_modules/esbuild/bin/esbuild");
    ensure!(esbuild.is_file(), "the npm package `esbuild` holds no {}", esbuild.display());
    command::run(
        Command::new("node")
            .arg(esbuild)
            .arg(folder.join("editor.mjs"))
            .args([
                "--bundle",
                "--format=esm",
                "--minify",
                "--target=es2022",
                "--legal-comments=eof",
                "--log-level=warning",
            ])
            .arg(format!("--outfile={}", script.display())),
    )?;
    Ok(script)
}
