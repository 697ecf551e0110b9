// SPDX-License-Identifier: MIT OR Apache-2.0
//! A folder for one check alone: two at a time, from the terminal and from a command, leave each other in peace.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};

/// Whose folder is older than this was ended before it could tidy up: no check takes so long.
const LEFT_BEHIND: Duration = Duration::from_secs(600);

static BENCHES: AtomicU64 = AtomicU64::new(0);

/// Is removed with all that is in it when the value is dropped.
#[derive(Debug)]
pub(crate) struct Bench {
    folder: PathBuf,
}

impl Bench {
    /// A new one, inside this folder.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn in_folder(folder: &Path) -> Result<Bench> {
        remove_left_behind(folder);
        let number = BENCHES.fetch_add(1, Ordering::Relaxed);
        let folder = folder.join(format!("{PREFIX}{}-{number}", std::process::id()));
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        Ok(Bench { folder })
    }

    /// Where it lies.
    #[cfg(target_os = "linux")]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A file's place in it.
    pub fn place(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // What cannot be removed now is removed by a later check.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

const PREFIX: &str = "check-";

fn remove_left_behind(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let old = || {
            let changed = entry.metadata().ok()?.modified().ok()?;
            Some(SystemTime::now().duration_since(changed).ok()? > LEFT_BEHIND)
        };
        if entry.file_name().to_string_lossy().starts_with(PREFIX) && old() == Some(true) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Puts a file where others look for it, whole or not at all; no file removes what is there.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn publish(from: &Path, to: &Path) -> Result<()> {
    if !from.exists() {
        let _ = fs::remove_file(to);
        return Ok(());
    }
    let beside = to.with_extension(format!("part-{}", std::process::id()));
    // Copied, not moved: the two may lie on different disks.
    fs::copy(from, &beside)
        .and_then(|_| fs::rename(&beside, to))
        .with_context(|| format!("cannot write {}", to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn benches_are_apart_and_tidied_up() {
        let folder = std::env::temp_dir().join(format!("bench-test-{}", std::process::id()));
        let one = Bench::in_folder(&folder).expect("a folder for files that do not last");
        let other = Bench::in_folder(&folder).expect("a folder for files that do not last");
        assert_ne!(one.place("x"), other.place("x"));
        fs::write(one.place("x"), "1").expect("it was made");
        publish(&one.place("x"), &folder.join("x")).expect("it is there");
        drop((one, other));
        assert_eq!(fs::read_dir(&folder).expect("it is there").count(), 1);
        publish(&folder.join("none"), &folder.join("x")).expect("nothing is written");
        assert_eq!(fs::read_dir(&folder).expect("it is there").count(), 0);
        fs::remove_dir(&folder).expect("it is empty");
    }
}
