// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where the site is written to.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::assets;

/// The site's folder, and which files in it belong to this build.
pub(crate) struct Output {
    folder: PathBuf,
    written: std::cell::RefCell<BTreeSet<PathBuf>>,
}

impl Output {
    pub(super) fn new(folder: &Path) -> Output {
        Output { folder: folder.to_owned(), written: Default::default() }
    }

    /// Writes a file, unless it is there already with the same bytes: a server at work never sees a half-empty site.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.folder.join(name);
        self.written.borrow_mut().insert(path.clone());
        if fs::read(&path).is_ok_and(|old| old == bytes) {
            return Ok(());
        }
        let folder = path.parent().expect("a file lies in a folder");
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
    }

    /// The files of this build so far, from the site's root, in the order of their names.
    pub(super) fn names(&self) -> Vec<String> {
        let written = self.written.borrow();
        let names = written.iter().filter_map(|path| path.strip_prefix(&self.folder).ok());
        names.map(|name| name.to_string_lossy().replace('\\', "/")).collect()
    }

    /// Removes what an earlier build left and this one did not write.
    pub(super) fn remove_stale(&self) -> Result<()> {
        let written = self.written.borrow();
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            for path in assets::sorted(&folder)? {
                if !path.is_dir() {
                    if !written.contains(&path) {
                        fs::remove_file(&path)
                            .with_context(|| format!("cannot remove {}", path.display()))?;
                    }
                } else if written.iter().any(|file| file.starts_with(&path)) {
                    folders.push(path);
                } else {
                    fs::remove_dir_all(&path).with_context(|| format!("cannot remove {}", path.display()))?;
                }
            }
        }
        Ok(())
    }
}
