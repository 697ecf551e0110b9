// SPDX-License-Identifier: MIT OR Apache-2.0
//! The same transfers on one node and on two, under many seeds: what becomes of the money, and what a transfer costs.

use queues::{Address, plan_of};
use trace::{Checker, Event, Finding, Map, MessageId, MoneyChecker, NodeId, Time, What};

use crate::sweep::half_width;

/// Which of the two arrangements: the number of its ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Both accounts on one node.
    OneNode = 1,
    /// One account on each of two.
    TwoNodes = 2,
}

/// What became of the money in many runs.
#[derive(Clone, Debug)]
pub struct MoneySweep {
    /// The address, with whatever seed.
    pub address: Address,
    /// The seeds, from 1.
    pub seeds: u64,
    /// Transfers given to each side, in all runs.
    pub transfers: u64,
    sides: [MoneySums; 2],
}

/// What became of it on one side.
#[derive(Clone, Debug, Default)]
pub struct MoneySums {
    /// Money lost for certain, for 10,000 transfers.
    pub lost: u64,
    /// Money that came from nowhere, for 10,000 transfers.
    pub made: u64,
    /// Half the 95 % interval of both together, from the spread between runs.
    pub half_width: u64,
}

impl MoneySweep {
    /// Runs an address under the seeds 1 to `seeds`.
    ///
    /// # Panics
    /// As [`crate::OrderSweep::run`].
    pub fn run(address: &str, seeds: u64) -> MoneySweep {
        let parsed: Address = address.parse().unwrap_or_else(|error| panic!("{address}: {error}"));
        let each = plan_of(&parsed).unwrap_or_else(|error| panic!("{address}: {error}")).transfers();
        let run = |seed| {
            let address = Address { seed, ..parsed.clone() };
            let checker = queues::run_watched(&address, MoneyChecker::new())
                .unwrap_or_else(|error| panic!("{address}: {error}"));
            [Side::OneNode, Side::TwoNodes]
                .map(|side| (checker.lost(side as u32), checker.counts(side as u32).made))
        };
        let runs: Vec<[(u64, u64); 2]> = (1..=seeds).map(run).collect();
        let transfers = each * seeds;
        let sides = [0, 1].map(|side| sums(runs.iter().map(|run| run[side]), each, transfers));
        MoneySweep { address: parsed, seeds, transfers, sides }
    }

    /// What became of it on one side.
    pub fn side(&self, side: Side) -> &MoneySums {
        &self.sides[side as usize - 1]
    }

    /// What was run, for whoever asks where a number comes from.
    pub fn how(&self) -> String {
        let scenario = Address { seed: 1, ..self.address.clone() };
        format!("{} runs of {scenario}, seeds 1 to {}", self.seeds, self.seeds)
    }
}

/// Sums up what was lost and made in runs of so many transfers each.
fn sums(runs: impl Iterator<Item = (u64, u64)> + Clone, each: u64, transfers: u64) -> MoneySums {
    // What happened at all is not shown as nothing.
    let scaled = |money: u64| ((money * 10_000 + transfers / 2) / transfers.max(1)).max(u64::from(money > 0));
    let shares: Vec<f64> =
        runs.clone().map(|(lost, made)| (lost + made) as f64 / each.max(1) as f64).collect();
    MoneySums {
        lost: scaled(runs.clone().map(|(lost, _)| lost).sum()),
        made: scaled(runs.map(|(_, made)| made).sum()),
        half_width: (half_width(&shares) * 10_000.0).round() as u64,
    }
}

/// What one transfer costs in a run in which nothing goes wrong.
#[derive(Clone, Copy, Debug, Default)]
pub struct TransferCost {
    /// Packets.
    pub packets: f64,
    /// Flushes.
    pub flushes: f64,
    /// From the moment in which it is wanted to its last booking, in the mean.
    pub settled: Time,
    /// From its first booking to its last, in the mean.
    pub halfway: Time,
}

impl TransferCost {
    /// What it costs on each side of a run, one node first.
    ///
    /// # Panics
    /// As [`crate::OrderSweep::run`].
    pub fn of(address: &str) -> [TransferCost; 2] {
        let parsed: Address = address.parse().unwrap_or_else(|error| panic!("{address}: {error}"));
        let books = queues::run_watched(&parsed, Books::default())
            .unwrap_or_else(|error| panic!("{address}: {error}"));
        [Side::OneNode, Side::TwoNodes].map(|side| books.cost(side))
    }
}

/// A transfer of one run.
#[derive(Clone, Copy, Default)]
struct Transfer {
    side: Option<u32>,
    packets: u64,
    wanted: Time,
    first: Option<Time>,
    last: Time,
}

/// One run.
#[derive(Default)]
struct Books {
    /// Which ledger a node keeps accounts of.
    keeps: Map<NodeId, u32>,
    flushes: Map<u32, u64>,
    transfers: Map<MessageId, Transfer>,
}

impl Books {
    fn cost(&self, side: Side) -> TransferCost {
        let of = || self.transfers.values().filter(|transfer| transfer.side == Some(side as u32));
        let count = of().count().max(1) as u64;
        let mean =
            |span: fn(&Transfer) -> Time| Time(of().map(|transfer| span(transfer).0).sum::<u64>() / count);
        let each = |total: u64| total as f64 / count as f64;
        TransferCost {
            packets: each(of().map(|transfer| transfer.packets).sum()),
            flushes: each(self.flushes.get(side as u32).copied().unwrap_or(0)),
            settled: mean(|transfer| transfer.last - transfer.wanted),
            halfway: mean(|transfer| transfer.last - transfer.first.unwrap_or(transfer.last)),
        }
    }
}

impl Checker for Books {
    fn observe(&mut self, event: &Event) {
        match event.what {
            What::Offered { message, .. } => self.transfers.or_default(message).wanted = event.at,
            What::Sent { message: Some(message), .. } => self.transfers.or_default(message).packets += 1,
            What::Flushed { node, .. } => {
                if let Some(ledger) = self.keeps.get(node) {
                    *self.flushes.or_default(*ledger) += 1;
                }
            }
            What::Balance { node, ledger, message: None, .. } => {
                self.keeps.insert(node, ledger);
            }
            What::Balance { ledger, message: Some(message), .. } => {
                let transfer = self.transfers.or_default(message);
                transfer.side = Some(ledger);
                transfer.first.get_or_insert(event.at);
                transfer.last = event.at;
            }
            _ => {}
        }
    }

    fn findings(&self) -> Vec<Finding> {
        Vec::new()
    }
}
