// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where strangers' answers cannot be confined, they are not examined.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};
use course::Exercise;
use kit::verdict::Verdict;

use crate::{Options, Stage, Workspace};

/// Refuses.
///
/// # Errors
/// Always: says what is missing.
pub fn examine(
    _: &Workspace,
    _: &Exercise,
    _: &Path,
    _: &Options,
    _: &mut dyn FnMut(Stage),
) -> Result<Verdict> {
    bail!(MISSING)
}

/// Refuses.
///
/// # Errors
/// Always: says what is missing.
pub fn ready() -> Result<()> {
    bail!(MISSING)
}

const MISSING: &str = "--untrusted needs Linux: strangers' answers are confined by its kernel (Landlock, seccomp) or not examined at all";

/// Nothing starts itself here.
pub fn inside(_: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    None
}
