// SPDX-License-Identifier: MIT OR Apache-2.0
//! Speeds, on a log scale.

use trace::Time;

/// Virtual time per wall time: one of sixteen, from a hundredth to a thousandfold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Speed(u8);

/// Numerator, denominator, label.
static SPEEDS: [(u64, u64, &str); 16] = [
    (1, 100, "1/100×"),
    (1, 50, "1/50×"),
    (1, 20, "1/20×"),
    (1, 10, "1/10×"),
    (1, 5, "1/5×"),
    (1, 2, "1/2×"),
    (1, 1, "1×"),
    (2, 1, "2×"),
    (5, 1, "5×"),
    (10, 1, "10×"),
    (20, 1, "20×"),
    (50, 1, "50×"),
    (100, 1, "100×"),
    (200, 1, "200×"),
    (500, 1, "500×"),
    (1000, 1, "1000×"),
];

impl Speed {
    /// Virtual time is wall time.
    pub const NORMAL: Speed = Speed(6);

    /// Every speed, slowest first: for a slider.
    pub fn all() -> impl Iterator<Item = Speed> {
        (0..SPEEDS.len() as u8).map(Speed)
    }

    /// How many there are.
    pub const COUNT: usize = SPEEDS.len();

    /// The speed at a place of the slider, from 0; beyond the last it is the last.
    pub fn from_place(place: usize) -> Speed {
        Speed(place.min(SPEEDS.len() - 1) as u8)
    }

    /// The place on the slider, from 0.
    pub fn place(self) -> usize {
        self.0 as usize
    }

    /// `1/10×`, `1×`, `200×`.
    pub fn label(self) -> &'static str {
        SPEEDS[self.place()].2
    }

    /// The next faster one; the fastest stays.
    pub fn faster(self) -> Speed {
        Speed::from_place(self.place() + 1)
    }

    /// The next slower one; the slowest stays.
    pub fn slower(self) -> Speed {
        Speed::from_place(self.place().saturating_sub(1))
    }

    /// The fastest speed at which a span of virtual time still takes at least so much wall time.
    pub fn showing(span: Time, wall: Time) -> Speed {
        Speed::all().take_while(|speed| speed.virtual_span(wall) <= span).last().unwrap_or(Speed(0))
    }

    /// How much virtual time passes in a span of wall time.
    pub fn virtual_span(self, wall: Time) -> Time {
        let (num, den, _) = SPEEDS[self.place()];
        Time((u128::from(wall.0) * u128::from(num) / u128::from(den)).min(u128::from(u64::MAX)) as u64)
    }

    /// How much wall time a span of virtual time takes.
    pub fn wall_span(self, span: Time) -> Time {
        let (num, den, _) = SPEEDS[self.place()];
        Time((u128::from(span.0) * u128::from(den) / u128::from(num)).min(u128::from(u64::MAX)) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_rise_and_say_what_they_do() {
        let second = Time::secs(1);
        let spans: Vec<u64> = Speed::all().map(|speed| speed.virtual_span(second).0).collect();
        assert!(spans.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(Speed::NORMAL.virtual_span(second), second);
        assert_eq!(Speed::NORMAL.label(), "1×");
        assert_eq!(Speed::NORMAL.slower().slower().slower().label(), "1/10×");
        assert_eq!(Speed::from_place(99).faster().label(), "1000×");
        assert_eq!(Speed::from_place(0).slower().label(), "1/100×");
    }

    #[test]
    fn a_run_of_five_seconds_is_shown_in_at_least_ten() {
        assert_eq!(Speed::showing(Time::secs(5), Time::secs(10)).label(), "1/2×");
        assert_eq!(Speed::showing(Time::ZERO, Time::secs(10)).label(), "1/100×");
        assert_eq!(Speed::showing(Time::MAX, Time::secs(10)).label(), "1000×");
    }
}
