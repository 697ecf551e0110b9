// SPDX-License-Identifier: MIT OR Apache-2.0
//! A queue that delivers at least once, with lost packets and consumers that crash: many seeds, one run each, nothing kept.
//!
//! ```text
//!  producer ──publish──► broker ──deliver──► 3 consumers, two of which crash and come back
//!           ◄─confirm───        ◄───ack────   each packet lost with chance 2 %, 5 ms under way
//! ```
//!
//! Every peer tells the same checker what happened to each message; what it answers is summed up over the seeds. The draws are
//! not the same, so the sums agree as two samples do.

use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};
use queues::Address;
use serde::Serialize;
use trace::{Checker, DeliveryChecker, Event, Finding, Verdict, What};

/// Messages of a run.
pub const MESSAGES: u64 = 200;
/// Messages a second, in equal gaps.
pub const RATE: u64 = 24;
/// Consumers, each with one message at a time.
pub const CONSUMERS: u64 = 3;
/// Mean time of the work, exponential [ms].
pub const SERVICE_MS: u64 = 100;
/// How long every packet is under way [ms].
pub const LATENCY_MS: u64 = 5;
/// How often one is lost [%].
pub const LOSS_PERCENT: u64 = 2;
/// After so long without an ack a message is handed out again [ms]. Far longer than any work: with us a message works as long
/// each time, and one that outlasted its lease would never be done.
pub const LEASE_MS: u64 = 5_000;
/// After so long without a confirm a message is published again, and after so many tries given up [ms].
pub const CONFIRM_MS: u64 = 200;
/// See [`CONFIRM_MS`].
pub const TRIES: u64 = 10;
/// Which consumers crash, when, and when they run again [ms].
pub const CRASHES: [(u64, u64, u64); 2] = [(1, 2_000, 2_500), (2, 5_000, 5_400)];

/// What a sweep came to.
#[derive(Serialize)]
pub struct Swept {
    peer: &'static str,
    version: String,
    runs: u64,
    wall_s: f64,
    runs_per_s: f64,
    packets_per_run: f64,
    works_per_run: f64,
    /// Runs in which every confirmed message took effect.
    no_loss: u64,
    /// Runs in which a message took effect twice.
    twice: u64,
    repeated_effects_per_run: f64,
}

/// What is asked of each run: the checker that judges our traces, and how much there was to do.
#[derive(Default)]
pub struct Judge {
    checker: DeliveryChecker,
    /// Packets that were sent.
    pub packets: u64,
    /// Works that were begun.
    pub works: u64,
}

impl Checker for Judge {
    fn observe(&mut self, event: &Event) {
        self.packets += u64::from(matches!(event.what, What::Sent { .. }));
        self.works += u64::from(matches!(event.what, What::Started { .. }));
        self.checker.observe(event);
    }

    fn findings(&self) -> Vec<Finding> {
        self.checker.findings()
    }
}

/// Makes the runs of consecutive seeds.
///
/// # Errors
/// There is no such peer, or a number is none.
pub fn sweep(peer: &str, runs: &str, seed: &str) -> Result<Swept> {
    let runs: u64 = runs.parse().context("how many runs? a whole number")?;
    let first: u64 = seed.parse().context("the first seed is a whole number")?;
    let (name, simulate): (&'static str, fn(u64) -> Result<Judge>) = match peer {
        "inflight" => ("sim", ours),
        #[cfg(feature = "anysystem")]
        "anysystem" => ("anysystem", crate::anysystem_peer::run),
        other => bail!("there is no peer `{other}` for deliveries in this build"),
    };
    let mut swept = Swept {
        peer: if name == "sim" { "inflight" } else { name },
        version: crate::locked_version(name),
        runs,
        wall_s: 0.0,
        runs_per_s: 0.0,
        packets_per_run: 0.0,
        works_per_run: 0.0,
        no_loss: 0,
        twice: 0,
        repeated_effects_per_run: 0.0,
    };
    let began = Instant::now();
    for seed in first..first + runs {
        let judge = simulate(seed)?;
        let broken = |promise| {
            judge.findings().iter().any(|found| found.promise == promise && found.verdict.is_broken())
        };
        let held = judge.findings().iter().any(|f| f.promise == "no-loss" && f.verdict == Verdict::Held);
        swept.no_loss += u64::from(held);
        swept.twice += u64::from(broken("at-most-once"));
        swept.packets_per_run += judge.packets as f64 / runs as f64;
        swept.works_per_run += judge.works as f64 / runs as f64;
        swept.repeated_effects_per_run += judge.checker.counts().repeated as f64 / runs as f64;
    }
    swept.wall_s = began.elapsed().as_secs_f64();
    swept.runs_per_s = runs as f64 / swept.wall_s;
    Ok(swept)
}

/// Our broker, producer and consumers. What a dead consumer held comes back by the lease alone (`disconnect=wait`), as it does
/// where there are no connections; ours learns of the death all the same, and hands it nothing until it is back.
fn ours(seed: u64) -> Result<Judge> {
    let faults: Vec<String> = CRASHES
        .iter()
        .map(|(who, at, back)| format!("crash:consumer-{who}@{at}ms;restart:consumer-{who}@{back}ms"))
        .collect();
    let text = format!(
        "order/concurrent-consumers?seed={seed}&messages={MESSAGES}&arrivals=steady&rate={RATE}&consumers={CONSUMERS}\
         &service={SERVICE_MS}ms&latency={LATENCY_MS}ms&publish-latency={LATENCY_MS}ms&loss=0.0{LOSS_PERCENT}\
         &lease={LEASE_MS}ms&confirm-timeout={CONFIRM_MS}ms&tries={TRIES}&disconnect=wait&faults={}",
        faults.join(";")
    );
    let address: Address = text.parse().map_err(|error| anyhow!("{error}"))?;
    queues::run_watched(&address, Judge::default()).map_err(|error| anyhow!("{error}"))
}
