// SPDX-License-Identifier: MIT OR Apache-2.0
//! Seeded runs a second of a queue with loss and crashes: our models and the same queue in AnySystem, judged by one checker.
//!
//! The two take turns, a round each, with seeds of the round's own; what counts is the ratio within a round.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::mm10;
use super::section::{Align, Section, Table};
use super::statistics::Spread;
use crate::{command, workspace};

/// Odd, so that the median is one of them.
const ROUNDS: u64 = 11;
/// Runs a round: some tenths of a second each.
const OURS: u64 = 1_500;
const THEIRS: u64 = 200;
/// How many times as fast we aim to be.
const AIM: f64 = 10.0;
/// How far the packets, works and repeated effects of a run may lie apart, as a share: else it is not the same work.
const SAME: [(&str, f64); 3] =
    [("packets_per_run", 0.02), ("works_per_run", 0.02), ("repeated_effects_per_run", 0.1)];

/// What a peer printed, round after round.
struct Peer {
    name: &'static str,
    runs: u64,
    rounds: Vec<Value>,
}

impl Peer {
    fn take_turn(&mut self, program: &PathBuf, round: u64) -> Result<()> {
        let (runs, seed) = (self.runs.to_string(), (round * 100_000).to_string());
        let line = command::read(Command::new(program).args(["delivery", self.name, &runs, &seed]))?;
        let report =
            serde_json::from_str(&line).with_context(|| format!("{} reported `{line}`", self.name))?;
        self.rounds.push(report);
        Ok(())
    }

    fn numbers(&self, field: &str) -> Result<Vec<f64>> {
        let number =
            |round: &Value| round[field].as_f64().with_context(|| format!("the number `{field}` is missing"));
        self.rounds.iter().map(number).collect()
    }

    fn mean(&self, field: &str) -> Result<f64> {
        Ok(self.numbers(field)?.iter().sum::<f64>() / self.rounds.len() as f64)
    }

    /// In what share of the runs something was so, by the number of them that each round counted.
    fn share(&self, field: &str) -> Result<f64> {
        Ok(self.mean(field)? / self.runs as f64)
    }
}

/// Builds both and lets them take turns.
///
/// # Errors
/// They could not be built (AnySystem links Python: its shared library with headers is needed, on Debian `python3-dev`), or
/// one failed.
pub(crate) fn measure() -> Result<Section> {
    let folder = workspace::root().join("bench/peers");
    let program = mm10::build_with(&folder, "anysystem", "peers-anysystem")?;
    let mut ours = Peer { name: "inflight", runs: OURS, rounds: Vec::new() };
    let mut theirs = Peer { name: "anysystem", runs: THEIRS, rounds: Vec::new() };
    for round in 1..=ROUNDS {
        eprintln!("loss and crashes, round {round} of {ROUNDS}");
        // Each goes first every other time.
        let (first, second) =
            if round % 2 == 0 { (&mut ours, &mut theirs) } else { (&mut theirs, &mut ours) };
        first.take_turn(&program, round)?;
        second.take_turn(&program, round)?;
    }
    section(&ours, &theirs)
}

fn section(ours: &Peer, theirs: &Peer) -> Result<Section> {
    let mut table = Table::new(vec![
        ("", Align::Left),
        ("version", Align::Left),
        ("runs/s", Align::Right),
        ("times anysystem", Align::Right),
        ("packets a run", Align::Right),
        ("works", Align::Right),
        ("effects repeated", Align::Right),
        ("no-loss held", Align::Right),
        ("at-most-once broken", Align::Right),
    ]);
    let mut rows = Vec::new();
    let reference = theirs.numbers("runs_per_s")?;
    for peer in [ours, theirs] {
        let rates = peer.numbers("runs_per_s")?;
        let ratio = Spread::of(rates.iter().zip(&reference).map(|(a, b)| a / b));
        let rate = Spread::of(rates);
        let version = peer.rounds[0]["version"].as_str().unwrap_or("?").to_owned();
        table.push(vec![
            peer.name.to_owned(),
            version.clone(),
            rate.shown(1.0, 0),
            ratio.shown(1.0, 1),
            format!("{:.1}", peer.mean("packets_per_run")?),
            format!("{:.1}", peer.mean("works_per_run")?),
            format!("{:.2}", peer.mean("repeated_effects_per_run")?),
            format!("{:.1} %", 100.0 * peer.share("no_loss")?),
            format!("{:.1} %", 100.0 * peer.share("twice")?),
        ]);
        rows.push(json!({
            "peer": peer.name,
            "version": version,
            "runs_per_s": rate.json(),
            "times_anysystem": ratio.json(),
            "rounds": peer.rounds,
        }));
    }
    let mut astray = Vec::new();
    for (field, share) in SAME {
        let (a, b) = (ours.mean(field)?, theirs.mean(field)?);
        if (a - b).abs() > share * b {
            astray.push(field);
        }
    }
    let same = if astray.is_empty() {
        "packets, works and repeated effects of a run agree, so it is the same work".to_owned()
    } else {
        format!("{} do NOT agree, so the ratio says nothing", astray.join(" and "))
    };
    let notes = vec![
        format!("median of the rounds [least..most]; the ratio is taken within each round; the aim is {AIM}"),
        format!("200 messages, 3 consumers of which two crash, 2 % of all packets lost, one core; {same}"),
        "the same checker judges both; ours hears of every packet besides, theirs of what happens to messages"
            .to_owned(),
        "AnySystem has one loss rate for all links, so ours has the same on all; its log in memory cannot be switched off; it \
         has no connections: our broker too takes a dead consumer's message back by the lease alone, but hands it no further one"
            .to_owned(),
    ];
    Ok(Section {
        title: format!("At least once, with loss and crashes, nothing kept: {ROUNDS} rounds in turn"),
        table,
        notes,
        figures: json!({ "rounds": ROUNDS, "aim": AIM, "same_work": astray.is_empty(), "rows": rows }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(name: &'static str, rates: [f64; 3], packets: f64) -> Peer {
        let round = |rate: f64| {
            json!({
                "version": "1", "runs_per_s": rate, "packets_per_run": packets, "works_per_run": 5.0,
                "repeated_effects_per_run": 1.0, "no_loss": 10, "twice": 5,
            })
        };
        Peer { name, runs: 10, rounds: rates.map(round).into() }
    }

    #[test]
    fn the_ratio_is_taken_within_each_round() {
        // The machine halves its speed after the first round; the ratio does not care.
        let (ours, theirs) = (peer("us", [80.0, 40.0, 40.0], 100.0), peer("they", [8.0, 4.0, 4.0], 101.0));
        let section = section(&ours, &theirs).unwrap();
        let ratio = json!({ "median": 10.0, "min": 10.0, "max": 10.0 });
        assert_eq!(section.figures["rows"][0]["times_anysystem"], ratio);
        assert_eq!(section.figures["same_work"], true);
        assert!(section.table.to_string().contains("100.0 %"), "{}", section.table);
    }

    #[test]
    fn other_work_is_named() {
        let (ours, theirs) = (peer("us", [8.0; 3], 90.0), peer("they", [1.0; 3], 100.0));
        let section = section(&ours, &theirs).unwrap();
        assert_eq!(section.figures["same_work"], false);
        assert!(section.notes[1].contains("packets_per_run do NOT agree"), "{}", section.notes[1]);
    }
}
