// SPDX-License-Identifier: MIT OR Apache-2.0
//! Theory beside simulation: what a formula predicts, and what this run shows so far.

use trace::{Role, Time};

use crate::sentence::number;
use crate::state::State;
use crate::timeline::Timeline;

/// What can be measured on any trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The share of messages with an effect that were overtaken, 0 to 1.
    OvertakenShare,
    /// The largest number of later messages that took effect before one.
    LargestDisplacement,
    /// The mean number of later messages that took effect before one.
    MeanDisplacement,
    /// The mean time from being stored to being worked on first, in seconds.
    MeanWait,
    /// The mean time from being offered to the first effect, in seconds.
    MeanSojourn,
    /// The mean number of messages waiting in queues.
    MeanDepth,
    /// The share of time for which consumers are at work, 0 to 1. A consumer that works on several messages at once
    /// counts as several.
    Utilisation,
    /// Messages offered per second.
    ArrivalRate,
    /// Messages that took effect per second.
    Throughput,
    /// The share of messages handed out that were handed out again, 0 to 1.
    RedeliveredShare,
    /// Effects beyond a message's first.
    Repeated,
}

/// What theory says.
#[derive(Clone, Debug, PartialEq)]
pub enum Prediction {
    /// A number, in the measure's unit.
    Value(f64),
    /// In words, such as `at least 1`.
    Text(String),
}

/// A prediction, what it is of, and when it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Theory {
    /// What is predicted: `share overtaken`.
    pub label: String,
    /// The prediction.
    pub predicted: Prediction,
    /// What to compare it with.
    pub measure: Measure,
    /// Under which condition it holds, as a sentence.
    pub condition: String,
}

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

impl Theory {
    /// The line at a moment.
    pub fn row(&self, timeline: &Timeline, state: &State, now: Time) -> TheoryRow<'_> {
        let predicted = match &self.predicted {
            Prediction::Value(value) => self.measure.text(*value),
            Prediction::Text(text) => text.clone(),
        };
        let simulated = self.measure.of(timeline, state, now);
        let simulated = simulated.map_or_else(|| "–".to_owned(), |value| self.measure.text(value));
        TheoryRow { label: &self.label, predicted, simulated, condition: &self.condition }
    }
}

impl Measure {
    /// The measure at a moment, in its unit; `None` where there is nothing to measure yet.
    pub fn of(self, timeline: &Timeline, state: &State, now: Time) -> Option<f64> {
        let order = state.order().counts();
        let delivery = state.delivery().counts();
        let ratio = |a: f64, b: f64| (b > 0.0).then(|| a / b);
        let seconds = now.as_secs_f64();
        // The sums go up to the last event; what goes on since then is added.
        let since = now.since(state.at()).as_secs_f64();
        let total = |ns: u128, per: u64| ns as f64 / 1e9 + since * per as f64;
        match self {
            Measure::OvertakenShare => ratio(order.overtaken as f64, order.effects as f64),
            Measure::LargestDisplacement => (order.effects > 0).then_some(order.largest_displacement as f64),
            Measure::MeanDisplacement => ratio(state.sums.displacement as f64, order.effects as f64),
            Measure::MeanWait => ratio(state.sums.wait_ns as f64 / 1e9, state.sums.waited as f64),
            Measure::MeanSojourn => ratio(state.sums.sojourn_ns as f64 / 1e9, delivery.done as f64),
            Measure::MeanDepth => ratio(total(state.sums.depth_ns, state.depth()), seconds),
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
        }
    }

    /// A value of this measure with its unit: `25 %`, `3.20`, `12.5 ms`, `40.0 /s`.
    pub fn text(self, value: f64) -> String {
        match self {
            Measure::OvertakenShare | Measure::Utilisation | Measure::RedeliveredShare => percent(value),
            Measure::LargestDisplacement | Measure::Repeated if value.fract() == 0.0 && value >= 0.0 => {
                number(value as u64).to_string()
            }
            Measure::MeanWait | Measure::MeanSojourn => Time((value.max(0.0) * 1e9) as u64).short(),
            Measure::ArrivalRate | Measure::Throughput => three_digits(value) + " /s",
            _ => three_digits(value),
        }
    }
}

/// Three significant digits.
fn three_digits(value: f64) -> String {
    let places = match value.abs() {
        v if v < 9.995 => 2,
        v if v < 99.95 => 1,
        _ => 0,
    };
    format!("{value:.places$}")
}

/// `25 %`, `4.2 %`: one decimal below ten.
pub(crate) fn percent(share: f64) -> String {
    let value = share * 100.0;
    if value == 0.0 {
        return "0 %".to_owned();
    }
    let places = usize::from(value < 9.95);
    format!("{value:.places$} %")
}
