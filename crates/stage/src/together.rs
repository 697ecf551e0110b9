// SPDX-License-Identifier: MIT OR Apache-2.0
//! Two runs on one playhead: one leads, the other one is always where that is, and both have one end.

use std::rc::Rc;

use trace::Time;

use crate::player::Player;
use crate::timeline::Timeline;

/// Keeps two players together. What the two runs are is not its business: whoever made them makes them again.
#[derive(Clone, Debug)]
pub struct Together {
    /// The runs as they were brought together last, the one that leads and the one that follows; none after they parted.
    brought: Option<[Rc<Timeline>; 2]>,
}

impl Together {
    /// Brings a player to the moment of one that leads from now on.
    pub fn new(lead: &mut Player, other: &mut Player) -> Together {
        let brought = Some(one_end(lead, other));
        other.follow(lead);
        Together { brought }
    }

    /// Whether the run that leads was made again since the two were brought together: then the other one has to be, too.
    pub fn is_behind(&self, lead: &Player) -> bool {
        !self.has_brought(0, lead)
    }

    /// Brings the one that follows to the other's moment; where a run was made again, both get one end anew.
    pub fn follow(&mut self, lead: &mut Player, other: &mut Player) {
        if self.is_behind(lead) || !self.has_brought(1, other) {
            self.brought = Some(one_end(lead, other));
        }
        other.follow(lead);
    }

    fn has_brought(&self, place: usize, player: &Player) -> bool {
        self.brought.as_ref().is_some_and(|runs| Rc::ptr_eq(&runs[place], player.timeline()))
    }

    /// Leaves the one that led to itself: with its own end, and its own steps. It may be followed again.
    pub fn part(&mut self, lead: &mut Player) {
        self.brought = None;
        end_at(lead, over(lead));
        lead.set_beside(None);
    }
}

/// When the last thing happens.
fn over(player: &Player) -> Time {
    player.timeline().trace().events.last().map_or(Time::ZERO, |event| event.at)
}

fn end_at(player: &mut Player, end: Time) {
    if player.end() != end {
        let trace = player.timeline().trace().clone();
        player.replace(Rc::new(Timeline::until(trace, end)));
    }
}

/// Gives both the end of the longer one, and to the one that leads the other's steps.
fn one_end(lead: &mut Player, other: &mut Player) -> [Rc<Timeline>; 2] {
    let end = over(lead).max(over(other));
    end_at(lead, end);
    end_at(other, end);
    lead.set_beside(Some(Rc::clone(other.timeline())));
    [lead, other].map(|player| Rc::clone(player.timeline()))
}
