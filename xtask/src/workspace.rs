// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where things are: the workspace, its build folder, and the cache that `cargo clean` leaves alone.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The workspace's folder. Cargo names xtask's own folder at run time; the one from build time would be wrong after a move.
pub(crate) fn root() -> PathBuf {
    let xtask = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&xtask).parent().expect("xtask lies in the workspace's folder").to_owned()
}

/// The workspace's build folder: `CARGO_TARGET_DIR` if set, else `target`.
pub(crate) fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// Where what is slow to obtain is kept between checkouts: `inflight` in `$XDG_CACHE_HOME`, or in `~/.cache`.
///
/// # Errors
/// Neither `XDG_CACHE_HOME` nor `HOME` is set.
pub(crate) fn cache() -> Result<PathBuf> {
    let base = match env::var_os("XDG_CACHE_HOME").filter(|folder| Path::new(folder).is_absolute()) {
        Some(folder) => PathBuf::from(folder),
        None => {
            let home = env::var_os("HOME")
                .context("there is no folder to keep downloaded tools in: set XDG_CACHE_HOME, or HOME")?;
            Path::new(&home).join(".cache")
        }
    };
    Ok(base.join("inflight"))
}
