// SPDX-License-Identifier: MIT OR Apache-2.0
//! The same scenario under many seeds.

use queues::Address;
use trace::{DeliveryChecker, OrderChecker, OrderScope};

/// How far order was lost in many runs.
#[derive(Clone, Debug)]
pub struct OrderSweep {
    /// The address without a seed.
    pub scenario: String,
    /// The seeds, from 1.
    pub seeds: u64,
    /// Messages that took effect, in all runs.
    pub effects: u64,
    /// Those of them that were overtaken.
    pub overtaken: u64,
    /// The largest displacement of each run, in order of size.
    pub displacements: Vec<u64>,
    /// Half the width of the 95 % interval of the share, from the spread between runs.
    pub half_width: f64,
}

impl OrderSweep {
    /// Runs an address under the seeds 1 to `seeds`.
    ///
    /// # Panics
    /// When the address is not valid: chapters are built with the book, and an author should see it at once.
    pub fn run(address: &str, seeds: u64) -> OrderSweep {
        OrderSweep::run_within(address, OrderScope::Global, seeds)
    }

    /// The same for order within a scope.
    ///
    /// # Panics
    /// As [`OrderSweep::run`].
    pub fn run_within(address: &str, scope: OrderScope, seeds: u64) -> OrderSweep {
        let mut sweep = OrderSweep {
            scenario: address.to_owned(),
            seeds,
            effects: 0,
            overtaken: 0,
            displacements: Vec::new(),
            half_width: 0.0,
        };
        let mut address: Address = address.parse().unwrap_or_else(|error| panic!("{address}: {error}"));
        let mut shares = Vec::new();
        for seed in 1..=seeds {
            address.seed = seed;
            let checker = queues::run_watched(&address, OrderChecker::new(scope))
                .unwrap_or_else(|error| panic!("{address}: {error}"));
            let counts = checker.counts();
            sweep.effects += counts.effects;
            sweep.overtaken += counts.overtaken;
            sweep.displacements.push(counts.largest_displacement);
            shares.push(counts.overtaken_share());
        }
        sweep.displacements.sort_unstable();
        sweep.half_width = half_width(&shares);
        sweep
    }

    /// The share of messages that were overtaken.
    pub fn share(&self) -> f64 {
        if self.effects == 0 { 0.0 } else { self.overtaken as f64 / self.effects as f64 }
    }

    /// The largest displacement of the middle run.
    pub fn median_displacement(&self) -> u64 {
        self.displacements.get(self.displacements.len() / 2).copied().unwrap_or(0)
    }

    /// The largest displacement of all runs.
    pub fn largest_displacement(&self) -> u64 {
        self.displacements.last().copied().unwrap_or(0)
    }

    /// What was run, for whoever asks where a number comes from.
    pub fn how(&self) -> String {
        format!("{} runs of {}, seeds 1 to {}", self.seeds, self.scenario, self.seeds)
    }
}

/// Half the 95 % interval of a mean, with the normal quantile: sweeps have dozens of runs.
pub(crate) fn half_width(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    if n < 2.0 {
        return 0.0;
    }
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    1.96 * (variance / n).sqrt()
}

/// A share as a reader sees it: one decimal below ten percent, none above; `0 %` only for exactly nothing.
pub fn percent(share: f64) -> String {
    match share * 100.0 {
        0.0 => "0 %".to_owned(),
        value if value < 0.05 => "under 0.1 %".to_owned(),
        value if value < 9.95 => format!("{value:.1} %"),
        value => format!("{value:.0} %"),
    }
}

/// What was lost and what took effect too often in many runs.
#[derive(Clone, Debug)]
pub struct DeliverySweep {
    /// The address, with whatever seed.
    pub address: Address,
    /// The seeds, from 1.
    pub seeds: u64,
    /// Messages offered, in all runs.
    pub offered: u64,
    /// Messages lost for certain.
    pub lost_messages: u64,
    /// Effects beyond a message's first.
    pub effects_too_many: u64,
}

impl DeliverySweep {
    /// Runs an address under the seeds 1 to `seeds`.
    ///
    /// # Panics
    /// As [`OrderSweep::run`].
    pub fn run(address: &str, seeds: u64) -> DeliverySweep {
        let parsed: Address = address.parse().unwrap_or_else(|error| panic!("{address}: {error}"));
        let mut sweep =
            DeliverySweep { address: parsed, seeds, offered: 0, lost_messages: 0, effects_too_many: 0 };
        for seed in 1..=seeds {
            let address = Address { seed, ..sweep.address.clone() };
            let checker = queues::run_watched(&address, DeliveryChecker::new())
                .unwrap_or_else(|error| panic!("{address}: {error}"));
            sweep.offered += checker.counts().offered;
            sweep.lost_messages += checker.lost();
            sweep.effects_too_many += checker.counts().repeated;
        }
        sweep
    }

    /// Messages lost, of 10,000.
    pub fn lost(&self) -> u64 {
        self.of_ten_thousand(self.lost_messages)
    }

    /// Effects beyond a message's first, for 10,000 messages.
    pub fn repeated(&self) -> u64 {
        self.of_ten_thousand(self.effects_too_many)
    }

    /// Rounded; what happened at all is not shown as nothing.
    fn of_ten_thousand(&self, count: u64) -> u64 {
        let share = (count * 10_000 + self.offered / 2) / self.offered.max(1);
        share.max(u64::from(count > 0))
    }

    /// What was run, for whoever asks where a number comes from.
    pub fn how(&self) -> String {
        let scenario = Address { seed: 1, ..self.address.clone() };
        format!("{} runs of {scenario}, seeds 1 to {}", self.seeds, self.seeds)
    }
}
