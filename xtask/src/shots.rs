// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo xtask shots`: the README's pictures, of the terminal (drawn by the application itself, as SVG) and of the page (taken
//! in Chromium, as PNG), each for light and for dark.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{book, chromium, command, node, workspace};

/// Where the pictures lie, from the workspace's folder.
const FOLDER: &str = "docs/pictures";
/// The most that a picture may weigh, in bytes: a README is opened on telephones too.
const MOST: u64 = 200_000;
/// The chapter, and the run that its first figure shows there; the terminal's own is `tui::picture::README`.
const PAGE: &str = "not-in-order.html#order/concurrent-consumers?seed=7&faults=crash:consumer-1@600ms;restart:consumer-1@1.4s&at=900ms";

/// Writes them all and prints their sizes.
///
/// # Errors
/// The book or the application could not be built, there is no browser, or a picture weighs too much.
pub(crate) fn run() -> Result<()> {
    let folder = workspace::root().join(FOLDER);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for (light, name) in [(Some("--light"), "light"), (None, "dark")] {
        let mut draw = command::cargo();
        draw.current_dir(workspace::root()).args(["run", "--quiet", "--package", "tui", "--", "picture"]);
        let svg = command::read(draw.args(light))?;
        let path = folder.join(format!("terminal-{name}.svg"));
        fs::write(&path, svg + "\n").with_context(|| format!("cannot write {}", path.display()))?;
    }
    let site = book::make()?;
    let scripts = workspace::root().join("web/browser-tests");
    node::packages_ready(&scripts)?;
    for (dark, name) in [(None, "light"), (Some("--dark"), "dark")] {
        let mut shot = Command::new("node");
        shot.arg(scripts.join("shot.mjs")).arg(PAGE).arg(folder.join(format!("page-{name}.png")));
        shot.arg("--root").arg(&site).args(["--width", "1280", "--height", "860"]).args(dark);
        shot.args(["--until", "queue-figure[data-state=live] canvas"]);
        command::run(shot.env("CHROMIUM", chromium::ready()?))?;
    }
    for picture in ["terminal-light.svg", "terminal-dark.svg", "page-light.png", "page-dark.png"] {
        let path = folder.join(picture);
        let size = fs::metadata(&path).with_context(|| format!("{} was not made", path.display()))?.len();
        ensure!(size <= MOST, "{} is {size} bytes, more than {MOST}", path.display());
        println!("{FOLDER}/{picture}: {} kB", size / 1000);
    }
    Ok(())
}
