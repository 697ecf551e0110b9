// SPDX-License-Identifier: MIT OR Apache-2.0
//! Ten servers, one FIFO queue, 0.9 utilisation: our engine, other people's and a bare loop, in `bench/peers`.
//!
//! The peers take turns, a round each, so that a machine that slows down slows down for all; what counts is a peer's rate over
//! simcore's in the *same* round. Round n uses seed n, so the rounds' mean waits are independent of each other.

use std::env::consts::EXE_SUFFIX;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::section::{Align, Section, Table, grouped};
use super::simpy;
use super::statistics::Spread;
use crate::{command, workspace};

/// Rounds: many short ones rather than few long ones, because what disturbs a machine comes in bursts; odd, so that the median
/// is one of them.
const ROUNDS: u64 = 21;
/// Student's t at 0.995 for `ROUNDS - 1` degrees of freedom: a two-sided 99 % interval.
const STUDENT_T_99: f64 = 2.845;

/// Whom the others are measured against. The project's goal is to be at least as fast, its aim half as fast again.
const REFERENCE: &str = "simcore";

/// One of those who take turns.
struct Peer {
    name: &'static str,
    /// How many keep it busy for some tens of milliseconds; half a second if it is slow.
    customers: u64,
    /// The program and its first arguments, or why it cannot run.
    start: Result<Vec<OsString>>,
    rounds: Vec<Round>,
}

/// What a peer printed for a round; `peers` and `mm10.py` print the same fields.
struct Round {
    events_per_s: f64,
    wait: f64,
    report: Value,
}

/// Builds the peers, lets them take turns, and compares them.
///
/// # Errors
/// The Rust peers could not be built, a peer failed, or one handled another number of events than the work has. A missing
/// Python is no error; its row says so.
pub(crate) fn measure() -> Result<Section> {
    let mut peers = peers()?;
    for round in 1..=ROUNDS {
        eprintln!("M/M/10, round {round} of {ROUNDS}");
        // Another peer begins each round: whoever follows a heavy neighbour would otherwise always be the same.
        peers.rotate_left(1);
        for peer in &mut peers {
            peer.take_turn(round)?;
        }
    }
    peers.sort_by(|a, b| b.rate().total_cmp(&a.rate()));
    section(&peers)
}

/// Everybody, ready to start.
fn peers() -> Result<Vec<Peer>> {
    let folder = workspace::root().join("bench/peers");
    let program = build(&folder)?;
    let rust = |name: &'static str| Peer {
        name,
        customers: 800_000,
        start: Ok(vec![program.clone().into(), name.into()]),
        rounds: Vec::new(),
    };
    let python = simpy::python(&folder.join("requirements.txt"));
    let simpy = Peer {
        name: "simpy",
        customers: 60_000,
        start: python.map(|python| vec![python.into(), folder.join("mm10.py").into()]),
        rounds: Vec::new(),
    };
    Ok(vec![rust("inflight"), rust("agenda"), rust("bare"), rust(REFERENCE), rust("nexosim"), simpy])
}

/// Builds the Rust peers in a target folder of their own: their profile and lock file are not the workspace's. Not `--locked`:
/// our crates are in that lock file too, and may have gained a dependency since; the peers themselves are pinned.
pub(super) fn build(folder: &Path) -> Result<PathBuf> {
    build_with(folder, "", "peers")
}

/// The same with these features, in a target folder of this name.
pub(super) fn build_with(folder: &Path, features: &str, target: &str) -> Result<PathBuf> {
    let target = workspace::target().join(target);
    let mut cargo = command::cargo();
    cargo
        .args(["build", "--release", "--features", features, "--manifest-path"])
        .arg(folder.join("Cargo.toml"));
    command::run(cargo.arg("--target-dir").arg(&target))
        .context("the peers in bench/peers were not built")?;
    Ok(target.join("release").join(format!("peers{EXE_SUFFIX}")))
}

impl Peer {
    fn take_turn(&mut self, round: u64) -> Result<()> {
        let Ok(start) = &self.start else { return Ok(()) };
        let mut program = Command::new(&start[0]);
        program.args(&start[1..]).arg(self.customers.to_string()).arg(round.to_string());
        let line = command::read(&mut program)?;
        let report =
            Round::read(&line, self.customers).with_context(|| format!("{} reported `{line}`", self.name))?;
        self.rounds.push(report);
        Ok(())
    }

    /// Model events a second, median of the rounds; nothing if it did not run.
    fn rate(&self) -> f64 {
        if self.rounds.is_empty() {
            0.0
        } else {
            Spread::of(self.rounds.iter().map(|round| round.events_per_s)).median
        }
    }

    /// The mean wait over all rounds, and the half width of its 99 % interval. Rounds have seeds of their own, so their means are
    /// independent.
    fn wait(&self) -> (f64, f64) {
        let n = self.rounds.len() as f64;
        let mean = self.rounds.iter().map(|round| round.wait).sum::<f64>() / n;
        let variance = self.rounds.iter().map(|round| (round.wait - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (mean, STUDENT_T_99 * (variance / n).sqrt())
    }

    /// A field that is the same in every round.
    fn field(&self, name: &str) -> &Value {
        &self.rounds[0].report[name]
    }
}

impl Round {
    fn read(line: &str, customers: u64) -> Result<Self> {
        let report: Value = serde_json::from_str(line).context("that is not a line of JSON")?;
        let number =
            |field: &str| report[field].as_f64().with_context(|| format!("the number `{field}` is missing"));
        let events = report["events"].as_u64().context("the whole number `events` is missing")?;
        ensure!(
            events == 2 * customers,
            "{customers} customers make {} events, an arrival and a departure each, not {events}",
            2 * customers
        );
        Ok(Round { events_per_s: number("events_per_s")?, wait: number("wait_service_times")?, report })
    }
}

/// The rounds as a table and as figures.
fn section(peers: &[Peer]) -> Result<Section> {
    let reference = peers.iter().find(|peer| peer.name == REFERENCE).context("simcore did not run")?;
    let erlang_c =
        reference.field("erlang_c_service_times").as_f64().context("simcore computed no Erlang C")?;
    let mut table = Table::new(vec![
        ("", Align::Left),
        ("version", Align::Left),
        ("events a round", Align::Right),
        ("M events/s", Align::Right),
        ("times simcore", Align::Right),
        ("mean wait", Align::Right),
    ]);
    let mut figures = Vec::new();
    let mut astray = Vec::new();
    for peer in peers {
        if let Err(why) = &peer.start {
            table.push(vec![peer.name.into(), format!("not run: {why:#}")]);
            figures.push(json!({ "peer": peer.name, "not_run": format!("{why:#}"), "events_per_s": null }));
            continue;
        }
        let rate = Spread::of(peer.rounds.iter().map(|round| round.events_per_s));
        let pairs = peer.rounds.iter().zip(&reference.rounds);
        let ratio = Spread::of(pairs.map(|(ours, theirs)| ours.events_per_s / theirs.events_per_s));
        let (wait, half_width) = peer.wait();
        let agrees = (wait - erlang_c).abs() <= half_width;
        if !agrees {
            astray.push(peer.name);
        }
        table.push(vec![
            peer.field("peer").as_str().unwrap_or(peer.name).into(),
            peer.field("version").as_str().unwrap_or("?").into(),
            grouped(2 * peer.customers),
            rate.shown(1e6, 2),
            ratio.shown(1.0, 3),
            format!("{wait:.3} ± {half_width:.3}"),
        ]);
        figures.push(json!({
            "peer": peer.field("peer"),
            "version": peer.field("version"),
            "events_per_s": rate.json(),
            "times_simcore": ratio.json(),
            "wait_service_times": { "mean": wait, "half_width_99": half_width },
            "agrees_with_erlang_c": agrees,
            "rounds": peer.rounds.iter().map(|round| &round.report).collect::<Vec<_>>(),
        }));
    }
    Ok(Section {
        title: format!(
            "M/M/10 at 0.9 utilisation, no trace, no log: {ROUNDS} rounds in turn, seeds 1 to {ROUNDS}"
        ),
        table,
        notes: notes(erlang_c, &astray),
        figures: json!({ "erlang_c_service_times": erlang_c, "rounds": ROUNDS, "rows": figures }),
    })
}

fn notes(erlang_c: f64, astray: &[&str]) -> Vec<String> {
    let verdict = if astray.is_empty() {
        "every mean wait agrees with it".to_owned()
    } else {
        format!(
            "the mean wait of {} does NOT agree with it, so its rate says nothing",
            astray.join(" and of ")
        )
    };
    vec![
        "median of the rounds [least..most]; the ratio is taken within each round".to_owned(),
        "inflight's goal is to be at least as fast as simcore; it aims at 1.5 times".to_owned(),
        format!("mean wait in service times ± 99 % interval; Erlang C says {erlang_c:.4}: {verdict}"),
        "an event is an arrival or a departure; what else a simulator does inside for them is its own affair"
            .to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(events: u64, events_per_s: f64, wait: f64) -> String {
        json!({
            "peer": "p", "version": "1", "events": events, "events_per_s": events_per_s,
            "wait_service_times": wait, "erlang_c_service_times": 0.67,
        })
        .to_string()
    }

    /// Three rounds at these rates, with mean waits of `wait` and a hundredth more and less.
    fn peer(name: &'static str, rates: [f64; 3], wait: f64) -> Peer {
        let waits = [wait, wait + 0.01, wait - 0.01];
        let rounds = rates
            .iter()
            .zip(waits)
            .map(|(&rate, wait)| Round::read(&line(20, rate, wait), 10).unwrap())
            .collect();
        Peer { name, customers: 10, start: Ok(Vec::new()), rounds }
    }

    #[test]
    fn a_peer_that_does_other_work_is_refused() {
        assert!(Round::read(&line(20, 1.0, 0.67), 10).is_ok());
        let refusal = Round::read(&line(19, 1.0, 0.67), 10).err().unwrap().to_string();
        assert_eq!(refusal, "10 customers make 20 events, an arrival and a departure each, not 19");
    }

    #[test]
    fn the_ratio_is_taken_within_each_round() {
        // The machine halves its speed after the first round; the ratio does not care.
        let peers = [peer(REFERENCE, [4e6, 2e6, 2e6], 0.67), peer("us", [6e6, 3e6, 3e6], 0.67)];
        let figures = section(&peers).unwrap().figures;
        assert_eq!(figures["rows"][1]["times_simcore"], json!({ "median": 1.5, "min": 1.5, "max": 1.5 }));
    }

    #[test]
    fn a_mean_wait_outside_its_interval_is_named() {
        // Waits a hundredth apart make ± 0.016.
        let peers = [peer(REFERENCE, [1.0; 3], 0.68), peer("hasty", [9.0; 3], 0.65)];
        let section = section(&peers).unwrap();
        assert_eq!(section.figures["rows"][0]["agrees_with_erlang_c"], true);
        assert_eq!(section.figures["rows"][1]["agrees_with_erlang_c"], false);
        assert!(section.notes[2].contains("hasty does NOT agree"), "{}", section.notes[2]);
    }

    #[test]
    fn a_peer_that_cannot_run_says_why_and_has_no_figure() {
        let absent = Peer {
            start: Err(anyhow::anyhow!("there is no Python 3 in PATH")),
            rounds: Vec::new(),
            ..peer("simpy", [1.0; 3], 0.0)
        };
        let section = section(&[peer(REFERENCE, [1.0; 3], 0.67), absent]).unwrap();
        assert_eq!(section.figures["rows"][1]["events_per_s"], Value::Null);
        assert!(
            section.table.to_string().ends_with("simpy  not run: there is no Python 3 in PATH"),
            "{}",
            section.table
        );
    }
}
