// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where everything lies.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use course::Exercise;

/// The course's folder on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace that a folder lies in.
    ///
    /// # Errors
    /// When it lies in none: says what to do.
    pub fn find(from: &Path) -> Result<Workspace> {
        let is_root =
            |folder: &&Path| folder.join("crates/kit").is_dir() && folder.join("exercises").is_dir();
        match from.ancestors().find(is_root) {
            Some(root) => Ok(Workspace { root: root.to_owned() }),
            None => bail!(
                "{} is not inside the course.\nGo to the folder that holds `exercises` and `crates`, or any folder in it, and try again.",
                from.display()
            ),
        }
    }

    /// Its uppermost folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The file that the learner edits.
    pub fn file(&self, exercise: &Exercise) -> PathBuf {
        self.root.join(exercise.file())
    }

    /// The file as the learner got it.
    pub fn stub(&self, exercise: &Exercise) -> PathBuf {
        self.root.join(format!("solutions/stub/{}.rs", exercise.name))
    }

    /// The reference answer.
    pub fn solution(&self, exercise: &Exercise) -> PathBuf {
        self.root.join(format!("solutions/{}/src/bin/{}.rs", exercise.package, exercise.name))
    }

    /// Other correct answers, or named wrong ones: `kind` is `right` or `wrong`. In order of name.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn answers(&self, exercise: &Exercise, kind: &str) -> Result<Vec<PathBuf>> {
        let folder = self.root.join("solutions").join(kind).join(exercise.name);
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }

    /// What the learner's work leaves behind and git ignores: progress, counterexamples. Made when it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(crate) fn own(&self, name: &str) -> Result<PathBuf> {
        let path = self.root.join(".inflight").join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        Ok(path)
    }

    /// A path as one types it in the workspace's uppermost folder.
    pub(crate) fn short<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }
}
