// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo course export` and `import`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use grader::Workspace;

#[derive(Args)]
pub struct Export {
    /// The file; without it, progress is printed.
    file: Option<PathBuf>,
    /// Your answers, too.
    #[arg(long)]
    with_files: bool,
}

pub fn export(workspace: &Workspace, order: &Export) -> Result<ExitCode> {
    let text = grader::export(workspace, order.with_files)?;
    match &order.file {
        Some(file) => {
            grader::replace(file, &text)?;
            eprintln!("Your progress is in {}.", file.display());
        }
        None => io::stdout().write_all(text.as_bytes()).context("your progress cannot be printed")?,
    }
    Ok(ExitCode::SUCCESS)
}

pub fn import(workspace: &Workspace, file: &Path) -> Result<ExitCode> {
    let imported = grader::import(workspace, file)?;
    if imported.news.is_empty() && imported.beside.is_empty() {
        println!("You are as far as that already; nothing was changed.");
    }
    for news in &imported.news {
        println!("{}", grader::grade::printable(news));
    }
    for place in &imported.beside {
        println!("Your own file is different and stays; the other one is in {place}.");
    }
    Ok(ExitCode::SUCCESS)
}
