// SPDX-License-Identifier: MIT OR Apache-2.0
//! Steps from event to event, and two runs on one playhead: the one that leads is stepped through, the other one follows.

use std::rc::Rc;

use trace::Time;

use super::{Player, READ_FOR};
use crate::timeline::Timeline;

impl Player {
    /// Pauses, and goes on to the next moment at which something visible happens. Whether there is one.
    pub fn step_forward(&mut self) -> bool {
        self.jump(self.next_of(Timeline::steps))
    }

    /// Pauses, and goes back to the last visible moment before the playhead, or to the beginning. Whether it moved.
    pub fn step_back(&mut self) -> bool {
        let last = self.last_of(Timeline::steps);
        self.jump(last.or((self.now > Time::ZERO).then_some(Time::ZERO)))
    }

    /// Pauses, and goes to the next moment of a fault. Whether there is one.
    pub fn next_fault(&mut self) -> bool {
        self.jump(self.next_of(Timeline::fault_moments))
    }

    /// Pauses, and goes back to the last moment of a fault. Whether there is one.
    pub fn previous_fault(&mut self) -> bool {
        self.jump(self.last_of(Timeline::fault_moments))
    }

    /// Both runs, where there are two.
    fn runs(&self) -> impl Iterator<Item = &Rc<Timeline>> {
        std::iter::once(&self.timeline).chain(&self.beside)
    }

    /// The next of such moments.
    fn next_of(&self, moments: fn(&Timeline) -> &[Time]) -> Option<Time> {
        let next = |run: &Rc<Timeline>| {
            let moments = moments(run);
            moments.get(moments.partition_point(|at| *at <= self.now)).copied()
        };
        self.runs().filter_map(next).min()
    }

    /// The last of such moments before the playhead.
    fn last_of(&self, moments: fn(&Timeline) -> &[Time]) -> Option<Time> {
        let last = |run: &Rc<Timeline>| {
            let moments = moments(run);
            moments.partition_point(|at| *at < self.now).checked_sub(1).map(|n| moments[n])
        };
        self.runs().filter_map(last).max()
    }

    /// Stepping halts at what is visible in the run beside this one, too, where there is one.
    pub(crate) fn set_beside(&mut self, timeline: Option<Rc<Timeline>>) {
        self.beside = timeline;
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
