// SPDX-License-Identifier: MIT OR Apache-2.0
//! Latency: how long messages took, as a distribution.

use hdrhistogram::Histogram;

use crate::{Checker, Event, Finding, Map, MessageId, Time, What};

/// The longest span that a histogram tells from longer ones.
const LONGEST: Time = Time::secs(3_600);
/// Significant decimal digits of what a histogram answers.
const DIGITS: u8 = 3;

/// Measures how long each message took, from the moment in which its producer meant to send it: a producer that is held up
/// does not make the system look faster (coordinated omission).
#[derive(Clone, Debug)]
pub struct LatencyChecker {
    offered: Map<MessageId, Time>,
    started: Map<MessageId, ()>,
    applied: Map<MessageId, ()>,
    wait: Latency,
    sojourn: Latency,
}

/// A distribution of time spans: exact count and mean, quantiles to three digits.
#[derive(Clone, Debug)]
pub struct Latency {
    histogram: Histogram<u64>,
    sum_ns: u128,
}

impl Latency {
    fn new() -> Latency {
        let histogram = Histogram::new_with_bounds(1, LONGEST.0, DIGITS).expect("the bounds are valid");
        Latency { histogram, sum_ns: 0 }
    }

    fn take(&mut self, span: Time) {
        self.sum_ns += u128::from(span.0);
        self.histogram.saturating_record(span.0);
    }

    /// How many spans there were.
    pub fn count(&self) -> u64 {
        self.histogram.len()
    }

    /// The mean, in seconds; 0 where there was none.
    pub fn mean(&self) -> f64 {
        self.sum_ns as f64 / 1e9 / self.count().max(1) as f64
    }

    /// The span that this share of all spans does not exceed, 0.99 for the 99th percentile.
    pub fn quantile(&self, share: f64) -> Time {
        Time(self.histogram.value_at_quantile(share))
    }

    /// The longest.
    pub fn longest(&self) -> Time {
        Time(self.histogram.max())
    }
}

impl Default for LatencyChecker {
    fn default() -> LatencyChecker {
        LatencyChecker::new()
    }
}

impl LatencyChecker {
    /// A checker that has seen nothing yet.
    pub fn new() -> LatencyChecker {
        LatencyChecker {
            offered: Map::new(),
            started: Map::new(),
            applied: Map::new(),
            wait: Latency::new(),
            sojourn: Latency::new(),
        }
    }

    /// From being offered to being worked on for the first time.
    pub fn wait(&self) -> &Latency {
        &self.wait
    }

    /// From being offered to the first effect: what a user of the system calls its latency.
    pub fn sojourn(&self) -> &Latency {
        &self.sojourn
    }
}

impl Checker for LatencyChecker {
    fn observe(&mut self, event: &Event) {
        let since =
            |offered: &Map<MessageId, Time>, message| offered.get(message).map(|at| event.at.since(*at));
        match event.what {
            What::Offered { message, .. } => {
                self.offered.or_insert_with(message, || event.at);
            }
            What::Started { message, .. } if self.started.insert(message, ()).is_none() => {
                since(&self.offered, message).into_iter().for_each(|span| self.wait.take(span));
            }
            What::Applied { message, .. } if self.applied.insert(message, ()).is_none() => {
                since(&self.offered, message).into_iter().for_each(|span| self.sojourn.take(span));
            }
            _ => {}
        }
    }

    /// It promises nothing: how long is too long is for the scenario to say.
    fn findings(&self) -> Vec<Finding> {
        Vec::new()
    }
}
