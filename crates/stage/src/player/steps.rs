// SPDX-License-Identifier: MIT OR Apache-2.0
//! Steps from event to event, and two runs on one playhead: the one that leads is stepped through, the other one follows.

use std::rc::Rc;

use trace::Time;

use super::{Player, READ_FOR};
use crate::timeline::Timeline;

impl Player {
    /// Pauses, and goes on to the next moment at which something visible happens. Whether there is one.
    pub fn step_forward(&mut self) -> bool {
        let next = |timeline: &Rc<Timeline>| {
            let steps = timeline.steps();
            steps.get(steps.partition_point(|step| *step <= self.now)).copied()
        };
        let other = self.beside.as_ref().and_then(next);
        self.jump(next(&self.timeline).into_iter().chain(other).min())
    }

    /// Pauses, and goes back to the last visible moment before the playhead, or to the beginning. Whether it moved.
    pub fn step_back(&mut self) -> bool {
        let last = |timeline: &Rc<Timeline>| {
            let steps = timeline.steps();
            steps.partition_point(|step| *step < self.now).checked_sub(1).map(|n| steps[n])
        };
        let last = last(&self.timeline).max(self.beside.as_ref().and_then(last));
        self.jump(last.or((self.now > Time::ZERO).then_some(Time::ZERO)))
    }

    /// Stepping halts at what is visible in the run beside this one, too.
    pub fn set_beside(&mut self, timeline: Rc<Timeline>) {
        self.beside = Some(timeline);
    }

    /// Shows the moment that another player shows, in the way in which that one shows it.
    pub fn follow(&mut self, lead: &Player) {
        (self.playing, self.speed) = (lead.playing, lead.speed);
        (self.reduced_motion, self.wall) = (lead.reduced_motion, lead.wall);
        let read = if lead.playing { self.speed.virtual_span(READ_FOR) } else { Time::ZERO };
        let at = lead.now.min(self.end());
        self.clock = at;
        self.show(at, read);
    }
}
