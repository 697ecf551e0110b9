// SPDX-License-Identifier: MIT OR Apache-2.0
//! Figures of several rounds in a few: a median, which one disturbed round does not move, and how far the rounds lie apart.

use serde_json::{Value, json};

/// The middle and the ends of what the rounds gave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Spread {
    /// Sums up the rounds. Of an even number the median is the mean of the middle two.
    pub(crate) fn of(rounds: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = rounds.into_iter().collect();
        assert!(!sorted.is_empty(), "no round, no median");
        sorted.sort_by(f64::total_cmp);
        let (middle, last) = (sorted.len() / 2, sorted.len() - 1);
        let median =
            if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 };
        Spread { median, min: sorted[0], max: sorted[last] }
    }

    /// `22.4 [20.9..23.5]`, in units of `unit`.
    pub(crate) fn shown(&self, unit: f64, decimals: usize) -> String {
        let Spread { median, min, max } = self;
        format!("{:.decimals$} [{:.decimals$}..{:.decimals$}]", median / unit, min / unit, max / unit)
    }

    /// The three for programs.
    pub(crate) fn json(&self) -> Value {
        json!({ "median": self.median, "min": self.min, "max": self.max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_round_and_not_the_mean() {
        assert_eq!(Spread::of([1.0, 100.0, 2.0]), Spread { median: 2.0, min: 1.0, max: 100.0 });
        assert_eq!(Spread::of([4.0, 1.0, 2.0, 100.0]).median, 3.0);
        assert_eq!(Spread::of([2e6, 3e6, 2.5e6]).shown(1e6, 1), "2.5 [2.0..3.0]");
    }
}
