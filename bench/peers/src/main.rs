// SPDX-License-Identifier: MIT OR Apache-2.0
//! The same M/M/10 queue in several simulators, one a run: `peers <peer> [customers] [seed]` prints a line of JSON.
//! `peers runs <address> <repeats>` makes runs of ours and prints the milliseconds that they took.
//! `peers delivery <inflight | anysystem> <runs> <first seed>` sweeps a queue with loss and crashes over seeds.

#[cfg(feature = "anysystem")]
mod anysystem_peer;
mod bare;
mod delivery;
mod inflight;
mod nexosim_peer;
mod runs;
mod simcore_peer;
mod workload;

use anyhow::{Context, Result, bail};

use crate::workload::{Report, Run};

const USAGE: &str =
    "usage: peers <inflight | agenda | bare | simcore | nexosim> [customers, 2000000] [seed, 1]";

/// The versions that this binary was built with.
const LOCK: &str = include_str!("../Cargo.lock");

/// The version of a package in the lock file, so that no report names a version that was not built.
fn locked_version(package: &str) -> String {
    let entry = format!("name = \"{package}\"\nversion = \"");
    let (_, rest) = LOCK.split_once(&entry).unwrap_or_else(|| panic!("{package} is not in Cargo.lock"));
    rest.chars().take_while(|&c| c != '"').collect()
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [command, address, repeats] = &args[..]
        && command == "runs"
    {
        println!("{}", runs::milliseconds(address, repeats)?);
        return Ok(());
    }
    if let [command, peer, runs, seed] = &args[..]
        && command == "delivery"
    {
        println!("{}", serde_json::to_string(&delivery::sweep(peer, runs, seed)?)?);
        return Ok(());
    }
    let number = |index: usize, what: &str, default: u64| match args.get(index) {
        Some(given) => {
            given.parse().with_context(|| format!("{what} must be a whole number, not `{given}`; {USAGE}"))
        }
        None => Ok(default),
    };
    let run = Run { customers: number(1, "customers", 2_000_000)?, seed: number(2, "seed", 1)? };
    if run.customers < 1_000 {
        bail!("{} customers are too few for a mean with an interval; 1000 at least", run.customers);
    }

    let report = match args.first().map(String::as_str) {
        Some("inflight") => Report::of("inflight", locked_version("sim"), run, inflight::simulate),
        Some("agenda") => {
            Report::of("bare loop, our agenda", locked_version("sim"), run, inflight::simulate_bare)
        }
        Some("bare") => Report::of("bare loop, std heap", "-".into(), run, bare::simulate),
        Some("simcore") => Report::of("simcore", locked_version("simcore"), run, simcore_peer::simulate),
        Some("nexosim") => {
            Report::of("nexosim, 1 thread", locked_version("nexosim"), run, nexosim_peer::simulate)
        }
        Some(other) => bail!("there is no peer `{other}`; {USAGE}"),
        None => bail!("which peer? {USAGE}"),
    };
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}
