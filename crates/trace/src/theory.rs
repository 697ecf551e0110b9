// SPDX-License-Identifier: MIT OR Apache-2.0
//! What theory says of a run, in terms of what a trace can show. The models predict; the stage measures and compares.

use crate::Time;

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
    /// The most messages that waited in queues at once.
    PeakDepth,
    /// The longest time from being stored to being worked on first, in seconds.
    LongestWait,
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
    /// The sum of all accounts of this ledger.
    Sum(u32),
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

/// A run as a fluid: messages that flow in and out at constant rates, without chance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fluid {
    /// How many messages may wait or be in work; `None` without a bound.
    pub bound: Option<u64>,
    /// How many messages have come in, at the moments in which a rate changes, in order of time; straight lines between
    /// them. Empty where theory says nothing.
    pub came: Vec<(Time, f64)>,
    /// The same for messages that are done.
    pub done: Vec<(Time, f64)>,
}
