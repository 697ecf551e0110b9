// SPDX-License-Identifier: MIT OR Apache-2.0
//! Runs a second of the first figure's scenario, trace kept: native and in the WASM module, in turns.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::json;

use super::mm10;
use super::section::{Align, Section, Table};
use super::statistics::Spread;
use crate::{command, node, wasm_build, workspace};

/// Odd, so that the median is one of them.
const ROUNDS: usize = 11;
/// What a reader sees first, and a run of a sweep: few events and many.
const ADDRESSES: [(&str, u32); 2] = [
    ("order/concurrent-consumers?seed=7", 2_000),
    ("order/concurrent-consumers?seed=7&messages=5000&consumers=8&rate=64", 30),
];
/// The share of native speed that a page should have.
const GOAL: f64 = 0.6;

/// Builds both and lets them take turns.
///
/// # Errors
/// One of the two could not be built or run.
pub(crate) fn measure() -> Result<Section> {
    let program = mm10::build(&workspace::root().join("bench/peers"))?;
    let module = wasm_build::build()?;
    let folder = workspace::root().join("web/browser-tests");
    node::packages_ready(&folder)?;
    let mut table = Table::new(vec![
        ("run", Align::Left),
        ("native runs/s", Align::Right),
        ("WASM runs/s", Align::Right),
        ("WASM of native", Align::Right),
    ]);
    let mut rows = Vec::new();
    for (address, repeats) in ADDRESSES {
        let (mut native, mut wasm, mut ratio) = (Vec::new(), Vec::new(), Vec::new());
        for round in 1..=ROUNDS {
            eprintln!("{address}, round {round} of {ROUNDS}");
            let count = repeats.to_string();
            let a = rate(Command::new(&program).args(["runs", address, &count]), repeats)?;
            let script = folder.join("bench-runs.mjs");
            let b =
                rate(Command::new("node").arg(script).arg(&module.folder).args([address, &count]), repeats)?;
            native.push(a);
            wasm.push(b);
            ratio.push(b / a);
        }
        let (native, wasm, ratio) = (Spread::of(native), Spread::of(wasm), Spread::of(ratio));
        table.push(vec![address.to_owned(), native.shown(1.0, 0), wasm.shown(1.0, 0), ratio.shown(1.0, 2)]);
        rows.push(json!({
            "address": address,
            "native_runs_per_s": native.json(),
            "wasm_runs_per_s": wasm.json(),
            "wasm_of_native": ratio.json(),
        }));
    }
    let notes = vec![
        "median of the rounds [least..most]; the share is taken within each round; one core".to_owned(),
        format!("the goal is {GOAL} of native speed; Node.js runs the module that the pages load"),
    ];
    let title = "Whole runs with their trace, native beside WASM".to_owned();
    Ok(Section { title, table, notes, figures: json!({ "rounds": ROUNDS, "goal": GOAL, "rows": rows }) })
}

/// Runs a second, from the milliseconds that a program prints.
fn rate(command: &mut Command, repeats: u32) -> Result<f64> {
    let line = command::read(command)?;
    let milliseconds: f64 = line.trim().parse().with_context(|| format!("`{line}` is no time"))?;
    Ok(f64::from(repeats) * 1e3 / milliseconds)
}
