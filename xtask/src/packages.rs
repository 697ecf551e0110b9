// SPDX-License-Identifier: MIT OR Apache-2.0
//! Debian's packages: installed where that is allowed, or only fetched and unpacked where it is not.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;

/// Installs `names` with apt-get.
///
/// # Errors
/// The system has no apt-get, we are neither root nor allowed to become root without a password, or apt-get failed.
pub(crate) fn install(names: &[&str]) -> Result<()> {
    if !has_apt() {
        bail!("this system has no apt-get to install {} with", names.join(" and "));
    }
    let Some(mut update) = as_root("apt-get") else {
        bail!("installing needs root: `apt-get install {}`", names.join(" "));
    };
    println!("installing {} with apt-get", names.join(" and "));
    // Old lists may still do: whether the package can be had is seen when it is installed.
    if let Err(error) = command::run(update.args(["update", "-qq"])) {
        eprintln!("{error:#}; going on with the package lists that are there");
    }
    let mut install = as_root("apt-get").context("the right to install was lost")?;
    command::run(
        install
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(["install", "--yes", "-qq", "--no-install-recommends"])
            .args(names),
    )
}

/// Brings the package lists up to date where that is allowed; a system whose lists were filled by somebody else needs no more.
pub(crate) fn refresh_lists() {
    if let Some(mut update) = as_root("apt-get")
        && let Err(error) = command::run(update.args(["update", "-qq"]))
    {
        eprintln!("{error:#}; going on with the package lists that are there");
    }
}

/// Whether this is a system with Debian's package tools.
pub(crate) fn has_apt() -> bool {
    command::answers("apt-get") && command::answers("apt-cache") && command::answers("dpkg")
}

/// The version of `package` that the system would install; `None` when it knows no such package.
///
/// # Errors
/// `apt-cache` failed.
pub(crate) fn candidate(package: &str) -> Result<Option<String>> {
    let policy = command::read(Command::new("apt-cache").env("LC_ALL", "C").args(["policy", package]))?;
    let version = policy.lines().find_map(|line| line.trim().strip_prefix("Candidate: "));
    Ok(version.filter(|version| *version != "(none)").map(str::to_owned))
}

/// The names of the packages that `package` in this `version` depends on; of alternatives the first.
///
/// # Errors
/// `apt-cache` failed or knows no such version.
pub(crate) fn dependencies(package: &str, version: &str) -> Result<Vec<String>> {
    let record = command::read(
        Command::new("apt-cache").env("LC_ALL", "C").arg("show").arg(format!("{package}={version}")),
    )?;
    let depends = record.lines().find_map(|line| line.strip_prefix("Depends: ")).unwrap_or_default();
    let names = depends.split(',').filter_map(|one| one.split_whitespace().next());
    Ok(names.map(str::to_owned).collect())
}

/// Fetches packages (`name` or `name=version`) and unpacks them into `into`, without installing anything; needs no root.
///
/// # Errors
/// A package could not be fetched or unpacked, or the folder not be written.
pub(crate) fn unpack(packages: &[String], into: &Path) -> Result<()> {
    let fetched = into.join("fetched");
    fs::create_dir_all(&fetched).with_context(|| format!("cannot create {}", fetched.display()))?;
    command::run(Command::new("apt-get").current_dir(&fetched).args(["download", "-qq"]).args(packages))?;
    for entry in fs::read_dir(&fetched).with_context(|| format!("cannot read {}", fetched.display()))? {
        let package = entry?.path();
        command::run(Command::new("dpkg").arg("-x").arg(&package).arg(into))?;
    }
    fs::remove_dir_all(&fetched).with_context(|| format!("cannot remove {}", fetched.display()))
}

/// `program` as root: itself when we are root, through sudo where that asks for no password, else `None`.
fn as_root(program: &str) -> Option<Command> {
    let user = command::read(Command::new("id").arg("-u")).ok()?;
    if user == "0" {
        return Some(Command::new(program));
    }
    command::read(Command::new("sudo").args(["-n", "true"])).ok()?;
    let mut sudo = Command::new("sudo");
    sudo.args(["-n", "--preserve-env=DEBIAN_FRONTEND", program]);
    Some(sudo)
}
