// SPDX-License-Identifier: MIT OR Apache-2.0
//! The queue that every peer runs, what theory says about it, and the report that each prints.
//!
//! ```text
//!   Poisson λ = 9 ──▶ │ FIFO, unbounded │ ──▶ 10 servers, exponential, μ = 1 each
//! ```

use std::time::{Duration, Instant};

use serde::Serialize;

/// Number of servers [-].
pub const SERVERS: u64 = 10;
/// Arrival rate λ [customers per mean service time].
pub const ARRIVALS: f64 = 9.0;
/// Mean service time for peers that count whole nanoseconds [ns]. Long, so that rounding a draw down shifts the mean by
/// half a billionth.
pub const SERVICE_NS: f64 = 1e9;
/// Mean time between arrivals for the same peers [ns].
pub const INTERARRIVAL_NS: f64 = SERVICE_NS / ARRIVALS;

/// Number of batches whose means give the interval [-].
const BATCHES: usize = 30;
/// Student's t at 0.995 for `BATCHES - 1` degrees of freedom: a two-sided 99 % interval.
const STUDENT_T_99: f64 = 2.756;

/// How long a run is and which random numbers it sees.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Customers who arrive in all; each makes one arrival and one departure.
    pub customers: u64,
    /// Seed of the generator.
    pub seed: u64,
}

impl Run {
    /// Customers at the start whose wait is not counted: the system starts empty, theory does not.
    pub fn warm_up(&self) -> u64 {
        self.customers / 10
    }
}

/// The mean wait before service in M/M/c [mean service times], by Erlang's C formula, with offered load `a` = λ/μ.
///
/// The probability of waiting comes from Erlang B by its recursion `B(k) = a B(k-1) / (k + a B(k-1))`, which neither
/// overflows nor cancels, and `C = c B / (c - a (1 - B))`; the mean wait is `C / (c - a)`.
pub fn erlang_c_wait(servers: u64, offered: f64) -> f64 {
    assert!(offered < servers as f64, "the queue has no steady state: {offered} erlang on {servers} servers");
    let blocked = (1..=servers).fold(1.0, |blocked, k| offered * blocked / (k as f64 + offered * blocked));
    let waits = servers as f64 * blocked / (servers as f64 - offered * (1.0 - blocked));
    waits / (servers as f64 - offered)
}

/// Waits as they become known, in the order of service, which in a FIFO queue is the order of arrival.
///
/// Consecutive waits are far from independent (a busy spell lasts for hundreds of customers), so the interval comes from
/// the means of long batches and not from the waits themselves.
#[derive(Clone, Debug)]
pub struct Waits {
    to_skip: u64,
    batch_len: u64,
    in_batch: u64,
    sum: f64,
    means: Vec<f64>,
}

impl Waits {
    /// Prepares for the waits of a run: the warm-up is skipped, the rest is cut into equal batches.
    pub fn new(run: Run) -> Self {
        let counted = run.customers - run.warm_up();
        Waits {
            to_skip: run.warm_up(),
            batch_len: (counted / BATCHES as u64).max(1),
            in_batch: 0,
            sum: 0.0,
            means: Vec::with_capacity(BATCHES + 1),
        }
    }

    /// Notes that the next customer entered service after waiting for `wait`, in any unit so long as it is always the same.
    #[inline]
    pub fn note(&mut self, wait: f64) {
        if self.to_skip > 0 {
            self.to_skip -= 1;
            return;
        }
        self.sum += wait;
        self.in_batch += 1;
        if self.in_batch == self.batch_len {
            self.means.push(self.sum / self.batch_len as f64);
            self.sum = 0.0;
            self.in_batch = 0;
        }
    }

    /// The mean and the half width of its 99 % interval, both divided by `unit`. A last, unfinished batch is left out.
    fn estimate(&self, unit: f64) -> (f64, f64) {
        let n = self.means.len() as f64;
        let mean = self.means.iter().sum::<f64>() / n;
        let variance = self.means.iter().map(|batch| (batch - mean).powi(2)).sum::<f64>() / (n - 1.0);
        (mean / unit, STUDENT_T_99 * (variance / n).sqrt() / unit)
    }
}

/// What a peer has done, before it is put into words.
pub struct Outcome {
    /// Arrivals and departures that the peer handled, counted by its handlers.
    pub events: u64,
    /// The waits.
    pub waits: Waits,
    /// The mean service time in the unit of the waits.
    pub unit: f64,
}

/// The line of JSON that a peer prints. `bench/peers/mm10.py` prints the same fields.
#[derive(Debug, Serialize)]
pub struct Report {
    peer: &'static str,
    version: String,
    customers: u64,
    warm_up: u64,
    seed: u64,
    events: u64,
    wait_service_times: f64,
    wait_half_width_99: f64,
    erlang_c_service_times: f64,
    wall_s: f64,
    events_per_s: f64,
}

impl Report {
    /// Times `peer`, set-up included, and words what it did.
    pub fn of(peer: &'static str, version: String, run: Run, simulate: impl FnOnce(Run) -> Outcome) -> Self {
        let start = Instant::now();
        let Outcome { events, waits, unit } = simulate(run);
        let wall: Duration = start.elapsed();
        let (wait_service_times, wait_half_width_99) = waits.estimate(unit);
        Report {
            peer,
            version,
            customers: run.customers,
            warm_up: run.warm_up(),
            seed: run.seed,
            events,
            wait_service_times,
            wait_half_width_99,
            erlang_c_service_times: erlang_c_wait(SERVERS, ARRIVALS),
            wall_s: wall.as_secs_f64(),
            events_per_s: events as f64 / wall.as_secs_f64(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn erlang_c_matches_the_closed_forms() {
        // One server: the wait is ρ / (1 - ρ).
        assert!((erlang_c_wait(1, 0.9) - 9.0).abs() < 1e-12);
        // Two servers: the probability of waiting is 2ρ² / (1 + ρ), the wait that over 2 (1 - ρ).
        assert!((erlang_c_wait(2, 1.0) - (2.0 * 0.25 / 1.5)).abs() < 1e-12);
        assert!((erlang_c_wait(SERVERS, ARRIVALS) - 0.6687).abs() < 5e-5);
    }

    #[test]
    fn the_warm_up_does_not_count() {
        let mut waits = Waits::new(Run { customers: 100, seed: 0 });
        (0..100).for_each(|customer| waits.note(if customer < 10 { 1e9 } else { 3.0 }));
        assert_eq!(waits.estimate(2.0), (1.5, 0.0));
    }
}
