// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo xtask book`: the site, built into `book/dist`.

use anyhow::{Result, bail};

pub(crate) fn run(_serve: bool) -> Result<()> {
    bail!("the book is not built yet")
}
