// SPDX-License-Identifier: MIT OR Apache-2.0
//! Virtual time: whole nanoseconds.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};
use std::str::FromStr;

/// A moment of a run, or the span between two: whole nanoseconds since the run began.
///
/// An integer, because floats round differently once a run is long, and two runs that should be equal would drift
/// apart. Sums saturate: a run ends long before `u64::MAX` (584 years).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub u64);

const UNITS: [(&str, u64); 4] = [("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000)];

impl Time {
    /// The beginning of a run.
    pub const ZERO: Time = Time(0);
    /// Later than anything that happens.
    pub const MAX: Time = Time(u64::MAX);

    /// Whole microseconds.
    pub const fn micros(n: u64) -> Time {
        Time(n * 1_000)
    }

    /// Whole milliseconds.
    pub const fn millis(n: u64) -> Time {
        Time(n * 1_000_000)
    }

    /// Whole seconds.
    pub const fn secs(n: u64) -> Time {
        Time(n * 1_000_000_000)
    }

    /// This moment in nanoseconds.
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// Seconds as a float: for drawing and statistics, never for a trace.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// The span since `earlier`, zero when `earlier` is later.
    pub const fn since(self, earlier: Time) -> Time {
        Time(self.0.saturating_sub(earlier.0))
    }

    /// For people: three significant digits in the reader's scale, `1.25 s`, `12.5 ms`, `840 µs`.
    pub fn short(self) -> String {
        let (unit, ns) = match self.0 {
            0 => return "0 s".to_owned(),
            n if n < 1_000 => return format!("{n} ns"),
            n if n < 999_500 => ("µs", 1e3),
            n if n < 999_500_000 => ("ms", 1e6),
            _ => ("s", 1e9),
        };
        three_digits(self.0 as f64 / ns) + " " + unit
    }
}

/// A number with so many decimals, at most nine: for people. Written by integers, for the standard library's way is
/// exact to any number of digits and as long as a good part of the page's module.
pub fn decimal(value: f64, places: u32) -> String {
    let scale = 10u64.pow(places.min(9));
    let scaled = (value.abs() * scale as f64).round() as u64;
    let sign = if value < 0.0 && scaled > 0 { "-" } else { "" };
    let (whole, rest) = (scaled / scale, scaled % scale);
    match places {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{rest:0width$}", width = places as usize),
    }
}

/// A number with three significant digits, none of them behind a point from 100 on: for people.
pub fn three_digits(value: f64) -> String {
    let places = match value.abs() {
        v if v < 9.995 => 2,
        v if v < 99.95 => 1,
        _ => 0,
    };
    decimal(value, places)
}

/// Exact, and what [`Time::from_str`] reads back: in the largest unit that is not below one, `1.25s`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |(_, ns): &&(&str, u64)| self.0 >= *ns;
        let (unit, ns) = UNITS.iter().rev().find(fits).unwrap_or(&UNITS[3]);
        let (whole, rest) = (self.0 / ns, self.0 % ns);
        if rest == 0 {
            return write!(f, "{whole}{unit}");
        }
        let digits = format!("{rest:0width$}", width = ns.ilog10() as usize);
        write!(f, "{whole}.{}{unit}", digits.trim_end_matches('0'))
    }
}

/// Why a text is not a time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time; write a number and a unit: 250us, 12.5ms or 1.25s")]
pub struct TimeError(pub String);

impl FromStr for Time {
    type Err = TimeError;

    /// Reads `<number>[.<digits>]<unit>` with the units ns, us, ms and s; what is finer than a nanosecond is refused.
    fn from_str(text: &str) -> Result<Time, TimeError> {
        let refuse = || TimeError(text.to_owned());
        let split = text.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(refuse)?;
        let (number, unit) = text.split_at(split);
        let (_, scale) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(refuse)?;
        let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
        let all_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(decimals) || number.ends_with('.') {
            return Err(refuse());
        }
        let mut nanos = whole.parse::<u64>().ok().and_then(|w| w.checked_mul(*scale)).ok_or_else(refuse)?;
        let mut place = *scale;
        for digit in decimals.bytes() {
            let digit = u64::from(digit - b'0');
            if place % 10 != 0 {
                if digit != 0 {
                    return Err(refuse());
                }
                continue;
            }
            place /= 10;
            nanos = nanos.checked_add(digit * place).ok_or_else(refuse)?;
        }
        Ok(Time(nanos))
    }
}

impl Add for Time {
    type Output = Time;
    fn add(self, span: Time) -> Time {
        Time(self.0.saturating_add(span.0))
    }
}

impl AddAssign for Time {
    fn add_assign(&mut self, span: Time) {
        *self = *self + span;
    }
}

impl Sub for Time {
    type Output = Time;
    /// The same as [`Time::since`]: never below zero.
    fn sub(self, earlier: Time) -> Time {
        self.since(earlier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn people_read_three_significant_digits() {
        let shown: Vec<String> =
            [0, 950, 1_234, 999_499, 999_500, 12_345_678, 999_500_000, 1_250_000_000, 61_000_000_000]
                .map(|ns| Time(ns).short())
                .into();
        assert_eq!(
            shown,
            ["0 s", "950 ns", "1.23 µs", "999 µs", "1.00 ms", "12.3 ms", "1.00 s", "1.25 s", "61.0 s"]
        );
    }

    #[test]
    fn exact_text_uses_the_largest_unit_that_fits() {
        let shown: Vec<String> =
            [0, 1, 1_500, 200_000_000, 1_250_000_000, 1_250_000_001].map(|ns| Time(ns).to_string()).into();
        assert_eq!(shown, ["0s", "1ns", "1.5us", "200ms", "1.25s", "1.250000001s"]);
    }

    #[test]
    fn what_is_not_a_time_is_refused_with_what_would_be() {
        for bad in ["", "5", "ms", "1.s", ".5s", "1,5s", "-1s", "1h", "0.5ns", "99999999999s", "1e3s"] {
            let message = bad.parse::<Time>().expect_err(bad).to_string();
            assert!(message.contains("1.25s"), "{message}");
        }
    }

    proptest! {
        #[test]
        fn exact_text_reads_back(ns in any::<u64>()) {
            prop_assert_eq!(Time(ns).to_string().parse::<Time>(), Ok(Time(ns)));
        }
    }
}
