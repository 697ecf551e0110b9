// SPDX-License-Identifier: MIT OR Apache-2.0
//! Small texts that are replaced as a whole, beside the journal: what a crash leaves is the old one or the new one.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, Result};

use crate::Workspace;

/// What is kept is small; a file that is larger is not ours.
const MOST_BYTES: u64 = 64 << 10;

/// Replaces what is kept under a name.
///
/// # Errors
/// When it cannot be written.
pub fn keep(workspace: &Workspace, name: &str, text: &str) -> Result<()> {
    replace(&workspace.own(name)?, text)
}

/// Replaces a file as a whole, or makes it: whoever reads it finds the old text or the new one.
///
/// # Errors
/// When it cannot be written.
pub fn replace(path: &Path, text: &str) -> Result<()> {
    // Two programs that write at once must not write into one file.
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_data()?;
        fs::rename(&beside, path)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_replaced_as_a_whole() {
        let root = std::env::temp_dir().join(format!("inflight-keep-{}", std::process::id()));
        for folder in ["crates/kit", "exercises"] {
            fs::create_dir_all(root.join(folder)).expect("a folder for the test");
        }
        let workspace = Workspace::find(&root).expect("as made");
        assert_eq!(kept(&workspace, "a.json"), None);
        keep(&workspace, "a.json", "a long text").expect("written");
        keep(&workspace, "a.json", "short").expect("written");
        assert_eq!(kept(&workspace, "a.json").as_deref(), Some("short"));
        let left = fs::read_dir(root.join(".inflight")).expect("made").count();
        assert_eq!(left, 1, "nothing is left beside it");
        fs::write(root.join(".inflight/a.json"), [0xFF]).expect("written");
        assert_eq!(kept(&workspace, "a.json"), None, "no text at all");
        fs::write(root.join(".inflight/a.json"), vec![b' '; 70_000]).expect("written");
        assert_eq!(kept(&workspace, "a.json"), None, "nothing of ours is so large");
        fs::remove_dir_all(&root).expect("made here");
    }
}
