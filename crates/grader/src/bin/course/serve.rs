// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo course serve`: starts the server, which is a package of its own, so that nobody else builds its libraries.

use std::env;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::Args;
use grader::Workspace;

#[derive(Args)]
#[command(disable_help_flag = true)]
pub struct Serve {
    /// What the server itself understands: `--help` shows it.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTIONS")]
    rest: Vec<OsString>,
}

pub fn serve(workspace: &Workspace, order: &Serve) -> Result<ExitCode> {
    start(cargo(workspace).args(["--package", "serve", "--"]).args(&order.rest))
}

/// Cargo, about to run a program of the workspace.
pub fn cargo(workspace: &Workspace) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["run", "--quiet", "--manifest-path"]).arg(workspace.root().join("Cargo.toml"));
    cargo
}

/// Goes on as another program.
///
/// # Errors
/// It cannot be started.
pub fn start(command: &mut Command) -> Result<ExitCode> {
    replace(command).context("cargo cannot be started; is Rust installed and on the PATH?")
}

/// In the place of this process: a signal then reaches the server and nobody else.
#[cfg(unix)]
fn replace(command: &mut Command) -> std::io::Result<ExitCode> {
    Err(std::os::unix::process::CommandExt::exec(command))
}

#[cfg(not(unix))]
fn replace(command: &mut Command) -> std::io::Result<ExitCode> {
    let status = command.status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
