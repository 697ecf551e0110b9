// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a text beside a figure waits for, so that its caption can be ticked: `overtaken 3`, `lease-expired`, `applied #6`.

use std::rc::Rc;

use trace::{MessageId, Time};

use crate::player::Player;
use crate::timeline::Timeline;

/// Something that a run comes to, or does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cue {
    /// A counter as it is labelled, with hyphens for its blanks, or an event as the trace file calls it.
    name: String,
    /// So high the counter has to be, so often the event has to have been.
    least: u64,
    /// Only events about this message count.
    message: Option<MessageId>,
}

impl Cue {
    /// Reads a name, and behind it how many, or `#` and the number of a message; once, if nothing stands there.
    ///
    /// # Errors
    /// A sentence that says what would be right.
    pub fn parse(text: &str) -> Result<Cue, String> {
        let wrong = || {
            [
                "`",
                text,
                "` is no cue; write a counter and how high it is, as in `overtaken 3`, or an event and how often \
                 it was, or of which message, as in `lease-expired` or `applied #6`",
            ]
            .concat()
        };
        let (name, rest) = text.split_once(' ').unwrap_or((text, "1"));
        let (least, message) = match rest.strip_prefix('#') {
            Some(message) => (1, Some(MessageId(message.parse().map_err(|_| wrong())?))),
            None => (rest.parse().ok().filter(|least| *least > 0).ok_or_else(wrong)?, None),
        };
        if name.is_empty() {
            return Err(wrong());
        }
        Ok(Cue { name: name.to_owned(), least, message })
    }

    /// The first of a run's visible moments at which it is so.
    pub fn first(&self, timeline: &Rc<Timeline>) -> Option<Time> {
        let mut player = Player::new(Rc::clone(timeline));
        loop {
            if player.meets(self) {
                return Some(player.now());
            }
            if !player.step_forward() {
                return None;
            }
        }
    }
}

impl Player {
    /// Whether the run has come to this at the playhead.
    pub fn meets(&self, cue: &Cue) -> bool {
        let counters = crate::compose::counters(self.timeline(), self.state()).rows();
        let counter = counters.iter().find(|counter| {
            counter.label.len() == cue.name.len()
                && counter.label.bytes().zip(cue.name.bytes()).all(|(a, b)| a == b || (a, b) == (b' ', b'-'))
        });
        if let (Some(counter), None) = (counter, cue.message) {
            return counter.value >= cue.least;
        }
        let events = &self.timeline().trace().events[..self.state().next];
        let fits = events.iter().map(|event| &event.what).filter(|what| {
            what.name() == cue.name && cue.message.is_none_or(|message| what.message() == Some(message))
        });
        fits.take(cue.least as usize).count() as u64 == cue.least
    }
}
