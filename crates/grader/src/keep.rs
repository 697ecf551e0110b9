// SPDX-License-Identifier: MIT OR Apache-2.0
//! Small texts that are replaced as a whole, beside the journal: what a crash leaves is the old one or the new one.

use std::fs::{self, File};
use std::io::{Read, Write};

use anyhow::{Context, Result};

use crate::Workspace;

/// What is kept is small; a file that is larger is not ours.
const MOST_BYTES: u64 = 64 << 10;

/// Replaces what is kept under a name.
///
/// # Errors
/// When it cannot be written.
pub fn keep(workspace: &Workspace, name: &str, text: &str) -> Result<()> {
    let path = workspace.own(name)?;
    // Two programs that write at once must not write into one file.
    let beside = path.with_extension(format!("{}.new", std::process::id()));
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_data()?;
        fs::rename(&beside, &path)
    };
    let written = write().inspect_err(|_| {
        // Of no use to anybody; when it cannot be removed either, the first error says why.
        let _ = fs::remove_file(&beside);
    });
    written.with_context(|| format!("{} could not be written", path.display()))
}

/// What is kept under a name; `None` where there is nothing, or nothing that can be read.
pub fn kept(workspace: &Workspace, name: &str) -> Option<String> {
    let file = File::open(workspace.own(name).ok()?).ok()?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).ok()?;
    let small = bytes.len() as u64 <= MOST_BYTES;
    String::from_utf8(bytes).ok().filter(|_| small)
}
