// SPDX-License-Identifier: MIT OR Apache-2.0
//! Curves over a whole run, for small charts: computed once.

use trace::Time;

use crate::meaning::Tone;
use crate::state::State;

/// What a curve shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeriesKind {
    /// Messages waiting in queues.
    Depth,
    /// Messages handed out and not acked.
    InFlight,
    /// The share of effects that were overtaken, so far.
    OvertakenShare,
}

/// A curve: values at moments that are equally far apart, from the beginning to the end of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What it shows.
    pub kind: SeriesKind,
    /// Its name on screens.
    pub label: &'static str,
    /// Its colour.
    pub tone: Tone,
    /// The values, the first at 0, the last at the end. For a depth the largest since the value before, so that no
    /// burst is missed.
    pub values: Vec<f32>,
    /// The largest of them, at least 1 for counts: what the axis ends at.
    pub max: f32,
}

impl Series {
    /// The value at a place on the timeline, 0 to 1.
    pub fn at(&self, fraction: f32) -> f32 {
        let last = self.values.len().saturating_sub(1);
        let place = (fraction.clamp(0.0, 1.0) * last as f32).round() as usize;
        self.values.get(place).copied().unwrap_or(0.0)
    }
}

/// How many values a curve has.
pub(crate) const SAMPLES: u64 = 240;

pub(crate) struct Sampler {
    pub series: Vec<Series>,
    end: Time,
    taken: u64,
    most_depth: u64,
    most_in_flight: u64,
}

impl Sampler {
    pub fn new(end: Time) -> Sampler {
        let series = |kind, label, tone| Series { kind, label, tone, values: Vec::new(), max: 1.0 };
        Sampler {
            series: vec![
                series(SeriesKind::Depth, "depth", Tone::Ink),
                series(SeriesKind::InFlight, "in flight", Tone::Accent),
                series(SeriesKind::OvertakenShare, "overtaken", Tone::Overtaken),
            ],
            end,
            taken: 0,
            most_depth: 0,
            most_in_flight: 0,
        }
    }

    fn next_at(&self) -> u128 {
        u128::from(self.end.0) * u128::from(self.taken) / u128::from(SAMPLES)
    }

    /// Called before each event with the state that held until then.
    pub fn before(&mut self, at: Time, state: &State) {
        self.watch(state);
        while self.taken <= SAMPLES && self.next_at() < u128::from(at.0) {
            self.take(state);
        }
    }

    /// Called after the last event.
    pub fn finish(&mut self, state: &State) {
        self.watch(state);
        while self.taken <= SAMPLES {
            self.take(state);
        }
        for series in &mut self.series {
            let most = series.values.iter().copied().fold(0.0, f32::max);
            series.max = if series.kind == SeriesKind::OvertakenShare { most } else { most.max(1.0) };
        }
    }

    fn watch(&mut self, state: &State) {
        self.most_depth = self.most_depth.max(state.depth());
        self.most_in_flight = self.most_in_flight.max(state.unacked());
    }

    fn take(&mut self, state: &State) {
        let share = state.order().counts().overtaken_share() as f32;
        for (series, value) in
            self.series.iter_mut().zip([self.most_depth as f32, self.most_in_flight as f32, share])
        {
            series.values.push(value);
        }
        (self.most_depth, self.most_in_flight) = (state.depth(), state.unacked());
        self.taken += 1;
    }
}
