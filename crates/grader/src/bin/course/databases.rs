// SPDX-License-Identifier: MIT OR Apache-2.0
//! Strangers' answers to exams of databases need SQLite on this side, too. Only who meets one builds it.

use std::env;
use std::process::ExitCode;

use anyhow::Result;
use grader::Workspace;

/// Whether this build can take them.
const ARE_KNOWN: bool = cfg!(feature = "databases");

/// Whether this command has to be another build to go on, because of an exercise's package.
pub fn are_missing(package: &str) -> bool {
    !ARE_KNOWN && package == "database"
}

/// This command again, by the build that can.
///
/// # Errors
/// It cannot be started.
pub fn again(workspace: &Workspace) -> Result<ExitCode> {
    eprintln!("building what judges a stranger's database …");
    let mut cargo = super::serve::cargo(workspace);
    cargo.args(["--package", "grader", "--features", "databases", "--bin", "course", "--"]);
    super::serve::start(cargo.args(env::args_os().skip(1)))
}
