// SPDX-License-Identifier: MIT OR Apache-2.0
//! The same spike under many seeds: how high the queue piles up, how long the unluckiest waits, when it is over.

use std::collections::BTreeMap;

use queues::{Address, Plan};
use trace::{Checker, Event, Finding, LatencyChecker, LoadChecker, MessageId, Time, What};

use crate::sweep::half_width;

/// A mean over runs.
#[derive(Clone, Copy, Debug)]
pub struct Mean {
    /// The mean.
    pub value: f64,
    /// Half the width of its 95 % interval.
    pub half_width: f64,
}

impl Mean {
    fn of(values: &[f64]) -> Mean {
        Mean {
            value: values.iter().sum::<f64>() / values.len().max(1) as f64,
            half_width: half_width(values),
        }
    }
}

/// What a spike did in many runs; times in seconds.
#[derive(Clone, Debug)]
pub struct BurstSweep {
    /// The address, with whatever seed.
    pub address: Address,
    /// What it describes.
    pub plan: Plan,
    /// The seeds, from 1.
    pub seeds: u64,
    /// The most messages that waited at once.
    pub peak: Mean,
    /// The longest wait from being taken in to the beginning of the work.
    pub longest_wait: Mean,
    /// From the end of the spike, as the queue sees it, to the first moment in which nothing waits.
    pub drained_after: Mean,
    /// Messages turned away.
    pub turned_away: Mean,
    /// Messages that took effect.
    pub done: Mean,
}

/// Watches one run.
struct Burst {
    load: LoadChecker,
    latency: LatencyChecker,
    /// The end of the spike, where messages arrive.
    over: Time,
    drained: Option<Time>,
    /// Messages that were turned away or took effect, and whether they did: one that is tried again may do both.
    done: BTreeMap<MessageId, bool>,
}

impl Burst {
    fn count(&self, done: bool) -> f64 {
        self.done.values().filter(|is| **is == done).count() as f64
    }
}

impl Checker for Burst {
    fn observe(&mut self, event: &Event) {
        self.load.observe(event);
        self.latency.observe(event);
        match event.what {
            What::Applied { message, .. } => _ = self.done.insert(message, true),
            What::Refused { message, .. } => _ = self.done.entry(message).or_insert(false),
            _ => {}
        }
        if event.at >= self.over && self.load.depth() == 0 {
            self.drained.get_or_insert(event.at);
        }
    }

    fn findings(&self) -> Vec<Finding> {
        Vec::new()
    }
}

impl BurstSweep {
    /// Runs an address under the seeds 1 to `seeds`.
    ///
    /// # Panics
    /// When the address is not valid, or a queue never drains: chapters are built with the book, and an author should see it at once.
    pub fn run(text: &str, seeds: u64) -> BurstSweep {
        let address: Address = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        let plan = queues::plan_of(&address).unwrap_or_else(|error| panic!("{text}: {error}"));
        let over = plan.spike_at + plan.spike_for + plan.publish_latency;
        let mut rows: [Vec<f64>; 5] = Default::default();
        for seed in 1..=seeds {
            let burst = Burst {
                load: LoadChecker::new(),
                latency: LatencyChecker::new(),
                over,
                drained: None,
                done: BTreeMap::new(),
            };
            let address = Address { seed, ..address.clone() };
            let seen = queues::run_watched(&address, burst).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert!(seen.drained.is_some() || seen.load.depth() == 0, "{address}: the queue never drains");
            let values = [
                seen.load.peak_depth() as f64,
                seen.latency.wait().longest().as_secs_f64(),
                seen.drained.map_or(0.0, |at| (at - over).as_secs_f64()),
                seen.count(false),
                seen.count(true),
            ];
            rows.iter_mut().zip(values).for_each(|(row, value)| row.push(value));
        }
        let [peak, longest_wait, drained_after, turned_away, done] = rows.map(|row| Mean::of(&row));
        BurstSweep { address, plan, seeds, peak, longest_wait, drained_after, turned_away, done }
    }

    /// What was run, for whoever asks where a number comes from.
    pub fn how(&self) -> String {
        let scenario = Address { seed: 1, ..self.address.clone() };
        format!("the mean of {} runs of {scenario}, seeds 1 to {}", self.seeds, self.seeds)
    }
}
