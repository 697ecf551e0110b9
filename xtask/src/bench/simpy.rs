// SPDX-License-Identifier: MIT OR Apache-2.0
//! SimPy in a Python environment of its own, kept in the cache: nothing is installed for the rest of the machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::{command, workspace};

/// How long fetching SimPy may take: 50 kB, but the network may be absent.
const FETCH_LIMIT: Duration = Duration::from_secs(120);

/// The Python that has the SimPy of `requirements`; made first if need be.
///
/// # Errors
/// There is no Python 3, it has no `venv`, or the package could not be fetched: a sentence for the table's row.
pub(crate) fn python(requirements: &Path) -> Result<PathBuf> {
    let wanted = fs::read(requirements).with_context(|| format!("cannot read {}", requirements.display()))?;
    let folder = workspace::cache()?.join("bench-simpy");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    // A copy of the requirements, written last, marks an environment that is whole.
    let mark = folder.join("installed.txt");
    if command::answers(&python) && fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }

    let Some(system) = ["python3", "python"].into_iter().find(|name| is_python3(name)) else {
        bail!("there is no Python 3 in PATH");
    };
    command::read(Command::new(system).args(["-m", "venv", "--clear"]).arg(&folder))
        .context("Python's `venv`, with pip, is needed (on Debian: apt install python3-venv)")?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
    // Standard output is the table's, or the JSON document's.
    command::run_within(pip.arg(requirements).stdout(Stdio::null()), FETCH_LIMIT)
        .context("SimPy could not be fetched")?;
    fs::write(&mark, wanted).with_context(|| format!("cannot write {}", mark.display()))?;
    Ok(python)
}

fn is_python3(name: &str) -> bool {
    command::read(Command::new(name).arg("--version")).is_ok_and(|version| version.starts_with("Python 3."))
}
