// SPDX-License-Identifier: MIT OR Apache-2.0
//! The same scenario under many seeds.

use queues::Address;
use trace::{OrderChecker, OrderScope};

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
            let checker = queues::run_watched(&address, OrderChecker::new(OrderScope::Global))
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
fn half_width(values: &[f64]) -> f64 {
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
