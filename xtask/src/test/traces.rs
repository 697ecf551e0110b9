// SPDX-License-Identifier: MIT OR Apache-2.0
//! The same address gives the same bytes of trace: in two fresh processes of the native build, and in the WASM module.

use std::io::{self, BufRead};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use queues::{Address, Mechanism, Replication, Scenario};

use super::browser;
use crate::{command, wasm_build, workspace};

/// Seeds that differ in their low bits, in their high bits, and beyond what a JavaScript number holds.
const SEEDS: [u64; 3] = [1, 7, u64::MAX];

/// What goes wrong; between them every kind of entry that a script can have. The nodes are those that every scenario with a queue
/// has.
const FAULTS: [&str; 8] = [
    "crash:consumer-1@400ms;restart:consumer-1@900ms",
    "crash:queue@500ms;restart:queue@800ms;crash:producer-1@1s;restart:producer-1@1.1s",
    "crash-machine:queue@500ms;restart:queue@800ms;lose-disk:queue@1.2s;restart:queue@1.5s",
    "pause:consumer-1@300ms;resume:consumer-1@1.3s;slow:consumer-1/3.5@1.4s",
    "skew:consumer-1/-500ms@100ms;set:rate=80@600ms;fork:2@900ms",
    "cut:queue/consumer-1@300ms;heal:queue/consumer-1@1.7s;cut-one-way:producer-1/queue@2s;heal@2.4s",
    "cut-one-way:queue/consumer-1@300ms;heal-one-way:queue/consumer-1@1.7s",
    "drop:queue/consumer-1/deliver/3;duplicate:queue/consumer-1/deliver/5;delay:queue/consumer-1/deliver/6/700ms",
];

/// The same where there is no queue.
const DIRECT_FAULTS: [&str; 3] = [
    "crash:consumer-1@10ms;restart:consumer-1@200ms;skew:producer-1/1s@100ms;fork:2@300ms",
    "cut:producer-1/consumer-1@10ms;heal:producer-1/consumer-1@1.7s;slow:consumer-1/3.5@1.8s",
    "drop:producer-1/consumer-1/call/1;duplicate:consumer-1/producer-1/confirm/1;set:service=70ms@600ms",
];

/// The same where there are accounts.
const ACCOUNT_FAULTS: [&str; 3] = [
    "crash:left@400ms;restart:left@900ms;crash-machine:both@1s;restart:both@1.1s;lose-disk:right@1.2s;fork:2@1.4s",
    "pause:right@300ms;resume:right@1.3s;slow:right/3.5@1.4s;cut:left/right@2s;heal@2.4s;set:lease=300ms@2s",
    "drop:left/right/deliver/3;duplicate:left/right/deliver/5;delay:right/left/ack/2/700ms;set:ids=remembered@600ms",
];

/// The same where several brokers keep the queue.
const CLUSTER_FAULTS: [&str; 3] = [
    "cut:queue-1,producer-1/queue-2,queue-3@4s;crash:consumer-1@5s;restart:consumer-1@9s;heal@90s",
    "crash-machine:queue-1@4s;lose-disk:queue-1@4s;restart:queue-1@9s;pause:queue-2@12s;resume:queue-2@100s;fork:2@20s",
    "drop:queue-1/queue-2/append/3;delay:queue-1/queue-3/append/5/700ms;slow:queue-3/20@1s;set:min-insync=2@3s",
];

/// Runs every address three times, in fresh processes, and compares.
///
/// # Errors
/// An address does not run, or one gives different traces; the message names the address and what each made of it.
pub(super) fn check() -> Result<String> {
    let addresses = addresses();
    let list = addresses.iter().map(|address| format!("{address}\n")).collect::<String>();
    let module = wasm_build::build()?;
    // Through cargo, for an earlier step may have put another build where this program was started from.
    let fresh = || {
        let mut command = command::cargo();
        command.current_dir(workspace::root()).args([
            "run",
            "--quiet",
            "--package",
            "xtask",
            "--",
            "trace-hashes",
        ]);
        command
    };
    let native = hashes(&mut fresh(), &list)?;
    let again = hashes(&mut fresh(), &list)?;
    let script = browser::folder().join("trace-hashes.mjs");
    let wasm = hashes(Command::new("node").arg(script).arg(&module.folder), &list)?;

    let mut faults = Vec::new();
    for (index, address) in addresses.iter().enumerate() {
        if native[index] != again[index] {
            faults.push(format!(
                "{address}: {} in one native process, {} in another",
                native[index], again[index]
            ));
        }
        if native[index] != wasm[index] {
            faults.push(format!("{address}: {} natively, {} in WASM", native[index], wasm[index]));
        }
    }
    if !faults.is_empty() {
        bail!("{} of {} runs differ:\n  {}", faults.len(), addresses.len(), faults.join("\n  "));
    }
    Ok(format!("{} runs, three times each", addresses.len()))
}

/// `cargo xtask trace-hashes`: the hash of the trace of each address that standard input names, one a line.
///
/// # Errors
/// An address cannot be read or run.
pub(crate) fn print_hashes() -> Result<()> {
    for line in io::stdin().lock().lines() {
        let line = line.context("standard input cannot be read")?;
        let address: Address = line.parse().with_context(|| format!("`{line}` is no address"))?;
        let trace = queues::run(&address).with_context(|| format!("{line} does not run"))?;
        println!("{:016x}", trace.hash());
    }
    Ok(())
}

fn hashes(command: &mut Command, list: &str) -> Result<Vec<String>> {
    let text = command::read_with_input(command, list)?;
    let hashes: Vec<String> = text.lines().map(str::to_owned).collect();
    ensure!(
        hashes.len() == list.lines().count(),
        "{} addresses gave {} hashes",
        list.lines().count(),
        hashes.len()
    );
    Ok(hashes)
}

/// Every scenario with several seeds, with each of its parameters at both ends and in the middle of what it may be, and
/// under every fault; and each case of the field's table.
fn addresses() -> Vec<Address> {
    let of_the_field = course::field::Case::all(false).into_iter().map(|case| case.address(&case.plan(), 1));
    queues::scenarios().iter().flat_map(of_scenario).chain(of_the_field).collect()
}

fn of_scenario(scenario: &Scenario) -> Vec<Address> {
    let plain = |seed| Address::new(scenario.name, seed);
    let mut addresses: Vec<Address> = SEEDS.into_iter().map(plain).collect();
    for parameter in queues::parameters() {
        let stops = parameter.kind.stops();
        // Of words all, for each is another path through a model; of numbers three.
        let chosen: Vec<usize> = match parameter.kind {
            queues::Kind::Choice(words) => (0..words.len()).collect(),
            _ => vec![0, stops.len() / 2, stops.len() - 1],
        };
        addresses
            .extend(chosen.into_iter().map(|stop| plain(11).with(parameter.name, &stops[stop].to_string())));
    }
    let plan = scenario.plan();
    let faults = match plan.queue {
        _ if plan.replication != Replication::Alone => &CLUSTER_FAULTS[..],
        Mechanism::Direct => &DIRECT_FAULTS[..],
        Mechanism::Accounts => &ACCOUNT_FAULTS[..],
        Mechanism::Competing | Mechanism::Log => &FAULTS[..],
    };
    addresses.extend(faults.iter().map(|faults| Address {
        faults: faults.parse().expect("the faults above follow the grammar"),
        ..plain(13)
    }));
    addresses
}
