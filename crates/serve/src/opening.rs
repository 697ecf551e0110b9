// SPDX-License-Identifier: MIT OR Apache-2.0
//! Opens the page in the browser.
//!
//! The address holds the token, and what a program is started with can be read by every user of a machine. So the browser is
//! started with a file that only this user can read, and that file leads on to the address.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result};
use grader::Workspace;

/// The file that leads to the page; it goes when the value is dropped.
pub struct Opened(PathBuf);

impl Drop for Opened {
    fn drop(&mut self) {
        // Its token is of no use any more, so it does no harm where it stays.
        let _ = fs::remove_file(&self.0);
    }
}

/// Opens an address.
///
/// # Errors
/// When the file cannot be written. Where there is no browser the address that was printed will do.
pub fn open(workspace: &Workspace, address: &str) -> Result<Opened> {
    let folder = workspace.root().join(".inflight");
    let place = folder.join(format!("open-{}.html", std::process::id()));
    let written = fs::create_dir_all(&folder).and_then(|()| write(&place, address));
    written.with_context(|| format!("cannot write {}", place.display()))?;
    let opened = Opened(place);
    if start(&opened.0).is_err() {
        eprintln!("No browser could be started: open the address yourself.");
    }
    Ok(opened)
}

fn write(place: &Path, address: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // One that an earlier process of the same number left may be readable by others.
    let _ = fs::remove_file(place);
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><meta name=\"referrer\" content=\"no-referrer\">\
         <meta http-equiv=\"refresh\" content=\"0; url={address}\"><a href=\"{address}\">The book</a>\n"
    );
    options.open(place)?.write_all(page.as_bytes())
}

fn start(place: &Path) -> std::io::Result<()> {
    let opener = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    let nothing = Stdio::null;
    let mut child =
        Command::new(opener).arg(place).stdin(nothing()).stdout(nothing()).stderr(nothing()).spawn()?;
    // It may stay as long as the browser does.
    thread::spawn(move || child.wait());
    Ok(())
}
