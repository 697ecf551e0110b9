// SPDX-License-Identifier: MIT OR Apache-2.0
//! Theory beside simulation: what a formula predicts, and what this run shows so far.

use trace::{Measure, Prediction, Role, Theory, Time, decimal, three_digits};

use crate::sentence::number;
use crate::state::State;
use crate::timeline::Timeline;

/// A line of "theory beside simulation".
#[derive(Clone, Debug, PartialEq)]
pub struct TheoryRow<'a> {
    /// What.
    pub label: &'a str,
    /// What theory says, with its unit.
    pub predicted: String,
    /// What this run shows up to the playhead, with its unit; `–` where there is nothing to measure yet.
    pub simulated: String,
    /// When the prediction holds.
    pub condition: &'a str,
}

/// The line at a moment.
pub(crate) fn row<'a>(theory: &'a Theory, timeline: &Timeline, state: &State, now: Time) -> TheoryRow<'a> {
    let predicted = match &theory.predicted {
        Prediction::Value(value) => text(theory.measure, *value),
        Prediction::Text(text) => text.clone(),
    };
    let simulated = measured(theory.measure, timeline, state, now);
    let simulated = simulated.map_or_else(|| "–".to_owned(), |value| text(theory.measure, value));
    TheoryRow { label: &theory.label, predicted, simulated, condition: &theory.condition }
}

/// The measure at a moment, in its unit; `None` where there is nothing to measure yet.
pub(crate) fn measured(measure: Measure, timeline: &Timeline, state: &State, now: Time) -> Option<f64> {
    let order = state.order().counts();
    let delivery = state.delivery().counts();
    let ratio = |a: f64, b: f64| (b > 0.0).then(|| a / b);
    let seconds = now.as_secs_f64();
    // The sums go up to the last event; what goes on since then is added.
    let since = now.since(state.at()).as_secs_f64();
    let total = |ns: u128, per: u64| ns as f64 / 1e9 + since * per as f64;
    match measure {
        // The same share as the counter beside it.
        Measure::OvertakenShare => (order.effects > 0).then_some(order.overtaken_by_now().1),
        Measure::LargestDisplacement => (order.effects > 0).then_some(order.largest_displacement as f64),
        Measure::MeanDisplacement => ratio(state.sums.displacement as f64, order.effects as f64),
        Measure::MeanWait => ratio(state.sums.wait_ns as f64 / 1e9, state.sums.waited as f64),
        Measure::MeanSojourn => ratio(state.sums.sojourn_ns as f64 / 1e9, delivery.done as f64),
        Measure::MeanDepth => ratio(total(state.sums.depth_ns, state.depth()), seconds),
        Measure::PeakDepth => Some(state.sums.peak_depth.max(state.depth()) as f64),
        Measure::LongestWait => (state.sums.waited > 0).then_some(state.sums.longest_wait_ns as f64 / 1e9),
        Measure::Utilisation => {
            let consumers = timeline.rows().iter().filter(|row| row.role == Role::Consumer).count();
            ratio(total(state.sums.busy_ns, state.busy()), seconds * consumers as f64)
        }
        Measure::ArrivalRate => ratio(delivery.offered as f64, seconds),
        Measure::Throughput => ratio(delivery.done as f64, seconds),
        Measure::RedeliveredShare => {
            let handed = state.front as f64;
            ratio(delivery.redelivered as f64, handed)
        }
        Measure::Repeated => Some(delivery.repeated as f64),
        Measure::Sum(ledger) => Some(state.money().counts(ledger).sum as f64),
    }
}

/// A value of this measure with its unit: `25 %`, `3.20`, `12.5 ms`, `40.0 /s`.
pub(crate) fn text(measure: Measure, value: f64) -> String {
    match measure {
        Measure::OvertakenShare | Measure::Utilisation | Measure::RedeliveredShare => percent(value),
        Measure::LargestDisplacement | Measure::Repeated | Measure::PeakDepth | Measure::Sum(_)
            if value.fract() == 0.0 && value >= 0.0 =>
        {
            number(value as u64).to_string()
        }
        Measure::MeanWait | Measure::MeanSojourn | Measure::LongestWait => {
            Time((value.max(0.0) * 1e9) as u64).short()
        }
        Measure::ArrivalRate | Measure::Throughput => three_digits(value) + " /s",
        _ => three_digits(value),
    }
}

/// `25 %`, `4.2 %`: one decimal below ten.
pub(crate) fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value == 0.0 {
        return "0 %".to_owned();
    }
    decimal(value, u32::from(value < 9.95)) + " %"
}
