// SPDX-License-Identifier: MIT OR Apache-2.0
//! The cumulative-flow chart: how many messages came, were begun and are done, against time.
//!
//! ```text
//!  messages        ╱▒▒▒▒▒▒ turned away
//!     ▲          ╱───────────── came in
//!     │        ╱░░░░░░░░░░░╱
//!     │      ╱░░ waiting ╱──── begun
//!     │    ╱░░░░░░░░░░╱▓▓╱──── done: its slope is the throughput
//!     └──────────────────────► time
//! ```
//!
//! The vertical gap between two lines is how many messages are between these two states (Little's law reads it off: area by
//! throughput is time). The horizontal gap is how long one took from the one to the other, while messages leave in the
//! order in which they came.

use trace::{Fluid, Map, MessageId, Refusal, Time, Trace, What};

use crate::bands::fraction;
use crate::meaning::Tone;
use crate::space_time::round_step;

/// Where a message can be, from the bottom of the chart to its top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It took effect.
    Done,
    /// Somebody began to work on it, and it did not take effect so far.
    Begun,
    /// It came, and nobody began.
    Waiting,
    /// It was turned away, given up or put aside.
    Shed,
}

impl Stage {
    /// All of them, from the bottom to the top.
    pub const ALL: [Stage; 4] = [Stage::Done, Stage::Begun, Stage::Waiting, Stage::Shed];

    /// What its area is called.
    pub fn label(self) -> &'static str {
        ["done", "in work", "waiting", "shed"][self as usize]
    }

    /// Its area's colour.
    pub fn tone(self) -> Tone {
        [Tone::Ink, Tone::Accent, Tone::Quiet, Tone::Lost][self as usize]
    }
}

/// How many messages are in each stage at a moment, by [`Stage`].
pub type Counts = [u32; 4];

/// The counts of a whole run.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cumulative {
    /// The counts from each moment in which they changed.
    changes: Vec<(Time, Counts)>,
    /// The moments in which a message came in that is not shed later, and those in which one was done, for the horizontal gap.
    came: Vec<Time>,
    done: Vec<Time>,
}

impl Cumulative {
    /// Of a whole trace.
    pub fn new(trace: &Trace) -> Cumulative {
        let mut stages: Map<MessageId, Stage> = Map::new();
        let mut counts = Counts::default();
        let mut made = Cumulative::default();
        let mut came = Vec::new();
        for event in &trace.events {
            let Some((message, next)) = step(&event.what, &stages) else { continue };
            let before = stages.insert(message, next);
            if let Some(before) = before {
                counts[before as usize] -= 1;
            }
            counts[next as usize] += 1;
            match made.changes.last_mut() {
                Some((at, known)) if *at == event.at => *known = counts,
                _ => made.changes.push((event.at, counts)),
            }
            let was_out = matches!(before, None | Some(Stage::Shed));
            if was_out && next != Stage::Shed {
                came.push((message, event.at));
            }
            if next == Stage::Done {
                made.done.push(event.at);
            }
        }
        // What came and is dropped later leaves no line to wait for. What came again counts from then on.
        let mut stays = |message| stages.remove(message).is_some_and(|stage| stage != Stage::Shed);
        made.came = came.into_iter().rev().filter_map(|(message, at)| stays(message).then_some(at)).collect();
        made.came.reverse();
        made
    }

    /// The counts after everything that happens in a moment.
    fn at(&self, moment: Time) -> Counts {
        let next = self.changes.partition_point(|(at, _)| *at <= moment);
        next.checked_sub(1).map_or(Counts::default(), |n| self.changes[n].1)
    }
}

/// What an event makes of its message; nothing if it stays what it was.
fn step(what: &What, stages: &Map<MessageId, Stage>) -> Option<(MessageId, Stage)> {
    let (message, next) = match what {
        What::Stored { message, .. } => (*message, Stage::Waiting),
        What::Started { message, .. } => (*message, Stage::Begun),
        What::Applied { message, .. } => (*message, Stage::Done),
        What::Refused { message, why, .. } => match (stages.get(*message), why) {
            // A copy that was taken before is still there when a second one is turned away.
            (Some(_), Refusal::Full | Refusal::TooFew | Refusal::DroppedNewest | Refusal::GaveUp) => {
                return None;
            }
            _ => (*message, Stage::Shed),
        },
        What::DeadLettered { message, .. } => (*message, Stage::Shed),
        _ => return None,
    };
    let goes_on = match stages.get(message) {
        None => true,
        Some(Stage::Done) => false,
        // Handed out again it is begun all the same.
        Some(Stage::Begun) => matches!(next, Stage::Done | Stage::Shed),
        Some(before) => *before != next,
    };
    goes_on.then_some((message, next))
}

/// The chart at a moment. Places are parts of its width and height, 0 to 1, the height from below.
#[derive(Clone, Debug, PartialEq)]
pub struct CumulativeFlow {
    /// The playhead; what lies to the right of it is to come, and drawn faintly.
    pub now: f32,
    /// How many messages the chart's top stands for.
    pub most: u32,
    /// The counts at moments equally far apart, the first at the beginning, the last at the end.
    pub samples: Vec<Counts>,
    /// The counts at the playhead.
    pub counts: Counts,
    /// How far the line of what is done lies behind that of what came; `None` before the first is done.
    pub gap: Option<Gap>,
    /// At most so many messages are waiting or in work; drawn from the line of what is done upward.
    pub bound: Option<u64>,
    /// What theory says came in, and is done: corners of two broken lines, as places.
    pub fluid: [Vec<(f32, f32)>; 2],
    /// Moments for the axis, round numbers.
    pub ticks: Vec<(f32, Time)>,
    /// Counts for the axis, round numbers.
    pub rungs: Vec<(f32, u32)>,
}

/// A horizontal gap between what came in and what is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// When as many had come as are done now.
    pub from: f32,
    /// How many that are.
    pub level: f32,
    /// How long that was ago.
    pub span: Time,
}

impl CumulativeFlow {
    /// The upper edge of a stage's area at a sample, as a place.
    pub fn edge(&self, sample: &Counts, stage: Stage) -> f32 {
        self.height(sample[..=stage as usize].iter().sum())
    }

    /// The stages that this run has areas of, from the top to the bottom: most runs turn nothing away.
    pub fn stages(&self) -> impl Iterator<Item = Stage> {
        let sheds = self.samples.last().is_some_and(|last| last[Stage::Shed as usize] > 0);
        Stage::ALL.into_iter().rev().filter(move |stage| *stage != Stage::Shed || sheds)
    }

    /// A count as a place.
    pub fn height(&self, count: u32) -> f32 {
        count as f32 / self.most as f32
    }

    /// What the playhead's place says, as a sentence.
    pub fn words(&self) -> String {
        let [done, begun, waiting, shed] = self.counts.map(|count| count.to_string());
        let mut words = [&*done, " done, ", &begun, " in work, ", &waiting, " waiting"].concat();
        if self.counts[Stage::Shed as usize] > 0 {
            words += &[", ", &*shed, " shed"].concat();
        }
        if let Some(gap) = self.gap {
            words += &["; it runs ", &*gap.span.short(), " behind"].concat();
        }
        words
    }
}

/// The chart of a run that ends at `end`, at the moment `now`, in so many steps of time.
pub(crate) fn chart(
    cumulative: &Cumulative,
    end: Time,
    now: Time,
    fluid: &Fluid,
    steps: usize,
) -> CumulativeFlow {
    let most = cumulative.at(end).iter().sum::<u32>().max(1);
    let moment = |n: usize| Time((u128::from(end.0) * n as u128 / steps.max(1) as u128) as u64);
    let place = fraction(now, end);
    let done = cumulative.done.partition_point(|at| *at <= now);
    let gap = done.checked_sub(1).and_then(|n| {
        let (came, left) = (*cumulative.came.get(n)?, cumulative.done[n]);
        (came <= left).then(|| Gap {
            from: fraction(came, end),
            level: done as f32 / most as f32,
            span: left.since(came),
        })
    });
    let line = |corners: &[(Time, f64)]| {
        corners.iter().map(|(at, count)| (fraction(*at, end), *count as f32 / most as f32)).collect()
    };
    let time_step = round_step(end.0, 8);
    let count_step = round_step(u64::from(most), 5);
    CumulativeFlow {
        now: place,
        most,
        samples: (0..=steps).map(|n| cumulative.at(moment(n))).collect(),
        counts: cumulative.at(now),
        gap,
        bound: fluid.bound,
        fluid: [line(&fluid.came), line(&fluid.done)],
        ticks: rounds(end.0, time_step).map(|at| (fraction(Time(at), end), Time(at))).collect(),
        rungs: rounds(most.into(), count_step).map(|n| (n as f32 / most as f32, n as u32)).collect(),
    }
}

fn rounds(to: u64, step: u64) -> impl Iterator<Item = u64> {
    (0..=to / step).map(move |n| n * step).take(16)
}
