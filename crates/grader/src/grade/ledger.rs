// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was graded already: one line for each result, written as soon as it is known.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use kit::verdict::Verdict;
use serde::{Deserialize, Serialize};

use crate::lines;

/// Its name among what the learner's work leaves behind.
pub(super) const FILE: &str = "grades.jsonl";
/// A few hundred thousand results, in bytes.
const MOST_BYTES: u64 = 256 << 20;

/// Something that happened.
#[derive(Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Entry {
    /// A source was graded.
    Graded { key: String, result: Graded },
}

/// A verdict, and how long it took to find.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Graded {
    pub verdict: Verdict,
    pub ms: u64,
}

/// The file of results.
pub(super) struct Ledger {
    path: PathBuf,
    known: BTreeMap<String, Graded>,
}

impl Ledger {
    /// What it knows of these keys.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn open(path: PathBuf, keys: &BTreeSet<String>) -> Result<Ledger> {
        let bytes = match fs::metadata(&path) {
            Ok(file) if file.len() > MOST_BYTES => {
                bail!("{} has grown too large; remove it, and all is graded anew", path.display())
            }
            Ok(_) => fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?,
            Err(_) => Vec::new(),
        };
        let mut known = BTreeMap::new();
        for Entry::Graded { key, result } in lines::entries(&String::from_utf8_lossy(&bytes)) {
            if keys.contains(&key) {
                known.insert(key, result);
            }
        }
        Ok(Ledger { path, known })
    }

    /// What came out for a key, if it was graded.
    pub fn result(&self, key: &str) -> Option<&Graded> {
        self.known.get(key)
    }

    /// Notes a result; it is on the disk when this returns.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note(&mut self, key: &str, result: Graded) -> Result<()> {
        let entry = Entry::Graded { key: key.to_owned(), result: result.clone() };
        lines::append(&self.path, &[entry]).with_context(|| {
            format!("the grade could not be written to {}; what it holds is kept", self.path.display())
        })?;
        self.known.insert(key.to_owned(), result);
        Ok(())
    }
}
