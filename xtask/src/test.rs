// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo xtask test`
use anyhow::Result;
pub(crate) fn run(_steps: &[String]) -> Result<()> { Ok(()) }
