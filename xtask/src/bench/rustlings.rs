// SPDX-License-Identifier: MIT OR Apache-2.0
//! rustlings as its users have it: its program kept in the cache, its exercises in a fresh folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::{command, workspace};

/// Pinned: a figure beside another version would be another claim.
pub(crate) const VERSION: &str = "6.5.0";
/// Fetching and building it; the network may be absent.
const INSTALL_LIMIT: Duration = Duration::from_secs(900);
/// One of its exercises that has tests; what is in it is replaced.
const EXERCISE: &str = "hashmaps3";
const FILE: &str = "exercises/11_hashmaps/hashmaps3.rs";
/// What it is given to check.
pub(crate) const ANSWER: &str = "bench/peers/rustlings/answer.rs";

/// rustlings with its folder.
pub(crate) struct Rustlings {
    program: PathBuf,
    folder: PathBuf,
}

impl Rustlings {
    /// Installs it where that was not done yet, and lets it lay out its exercises anew.
    ///
    /// # Errors
    /// It cannot be fetched or built, or does not begin: a sentence for the table's row.
    pub(crate) fn new() -> Result<Rustlings> {
        // Not below the workspace: it refuses to begin inside of somebody's package.
        let cache = workspace::cache()?.join(format!("bench-rustlings-{VERSION}"));
        let program = cache.join(format!("bin/rustlings{}", std::env::consts::EXE_SUFFIX));
        if !command::answers(&program) {
            let mut install = command::cargo();
            install.args(["install", "--quiet", "--locked", "rustlings", "--version", VERSION, "--root"]);
            install.arg(&cache).env("CARGO_TARGET_DIR", cache.join("target")).stdout(Stdio::null());
            command::run_within(&mut install, INSTALL_LIMIT).context("rustlings could not be installed")?;
            let _ = fs::remove_dir_all(cache.join("target"));
        }
        let folder = cache.join("rustlings");
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
        }
        // It waits for Enter before it makes a folder.
        command::read_with_input(Command::new(&program).arg("init").current_dir(&cache), "\n")?;
        Ok(Rustlings { program, folder })
    }

    /// Saves this text as an answer, and how long it takes until rustlings has built, tested, linted and run it.
    ///
    /// # Errors
    /// It cannot be saved, or does not pass.
    pub(crate) fn save_to_verdict_ms(&self, text: &str) -> Result<f64> {
        let begun = Instant::now();
        let file = self.folder.join(FILE);
        fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
        command::read(self.command().args(["run", EXERCISE]))?;
        Ok(begun.elapsed().as_secs_f64() * 1e3)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        // Its own, as its users have it, whatever ours is.
        command.current_dir(&self.folder).env_remove("CARGO_TARGET_DIR").stdin(Stdio::null());
        command
    }
}

/// The answer that it checks.
///
/// # Errors
/// It is not there.
pub(crate) fn answer() -> Result<String> {
    let file: &Path = &workspace::root().join(ANSWER);
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}
