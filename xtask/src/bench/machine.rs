// SPDX-License-Identifier: MIT OR Apache-2.0
//! The machine that a figure was measured on. A figure without one says nothing.

use std::env;
use std::fmt::{self, Display, Formatter};
use std::fs;
use std::process::Command;
use std::thread;

use serde_json::{Value, json};

use crate::{command, workspace};

/// The machine that a figure was measured on. What the system does not tell is absent.
pub(crate) struct Machine {
    cpu: Option<String>,
    cores: Option<usize>,
    system: String,
    rustc: Option<String>,
    /// Processes that were ready to run in the last minute, on average, before we began.
    load: Option<f64>,
    /// The commit measured, with `-dirty` if something had changed since.
    revision: Option<String>,
}

impl Machine {
    /// This machine, now.
    pub(crate) fn here() -> Self {
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let git = ["describe", "--always", "--dirty", "--exclude=*"];
        Machine {
            cpu: cpu(),
            cores: thread::available_parallelism().ok().map(Into::into),
            system: format!("{} {}", env::consts::OS, env::consts::ARCH),
            rustc: command::read(Command::new(rustc).arg("--version")).ok(),
            load: fs::read_to_string("/proc/loadavg")
                .ok()
                .and_then(|text| text.split(' ').next()?.parse().ok()),
            revision: command::read(Command::new("git").current_dir(workspace::root()).args(git)).ok(),
        }
    }

    /// The machine for programs.
    pub(crate) fn json(&self) -> Value {
        json!({
            "cpu": self.cpu,
            "cores": self.cores,
            "system": self.system,
            "rustc": self.rustc,
            "load_before": self.load,
            "revision": self.revision,
        })
    }
}

impl Display for Machine {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.cpu.as_deref().unwrap_or("unknown processor"))?;
        match self.cores {
            Some(1) => write!(f, ", 1 core")?,
            Some(cores) => write!(f, ", {cores} cores")?,
            None => {}
        }
        write!(f, ", {}", self.system)?;
        [&self.rustc, &self.revision].into_iter().flatten().try_for_each(|part| write!(f, ", {part}"))?;
        self.load.map_or(Ok(()), |load| write!(f, ", load {load:.2} before we began"))
    }
}

/// The processor's name, from where the system keeps it.
fn cpu() -> Option<String> {
    if let Ok(text) = fs::read_to_string("/proc/cpuinfo") {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        return line.split_once(':').map(|(_, name)| name.trim().to_owned());
    }
    command::read(Command::new("sysctl").args(["-n", "machdep.cpu.brand_string"])).ok()
}
