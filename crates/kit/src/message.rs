// SPDX-License-Identifier: MIT OR Apache-2.0
//! A message that passes through a learner's code, which does not look inside.

use std::fmt;
use std::rc::Rc;

use queues::Letter;
use trace::MessageId;

use crate::held::{Body, Hands};

/// A message on its way. It cannot be copied: as long as one lives in your fields you hold it, and whoever drops it has
/// lost it.
pub struct Message {
    /// Names it: messages are numbered from 1, in the order in which they were made.
    pub number: u64,
    body: Body,
}

/// A message that left the learner's hands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passed {
    pub letter: Letter,
    /// Whose it was: this incarnation's, unless something outlived a run.
    pub incarnation: u64,
}

impl Message {
    pub(crate) fn new(letter: Letter, owner: &Rc<Hands>) -> Message {
        Message { number: letter.message.0, body: Body { letter, attempt: 1, owner: owner.clone() } }
    }

    /// What stands for the message of this number where the exam is elsewhere: `token` names it there.
    pub(crate) fn stand_in(number: u64, token: u64, owner: &Rc<Hands>) -> Message {
        Message { number, body: Body::stand_in(token, owner) }
    }

    /// Takes it out of the learner's hands, whatever number was written on it.
    pub(crate) fn pass(self) -> Passed {
        Passed { letter: self.body.letter, incarnation: self.body.owner.incarnation }
    }
}

/// What a call let go of, but for what it passed on: dropped, and lost.
pub(crate) fn dropped(hands: &Hands, passed: impl Fn(MessageId) -> bool) -> Vec<MessageId> {
    let let_go = hands.take_let_go().into_iter().map(|(message, _)| message);
    let_go.filter(|message| !passed(*message)).collect()
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "message {}", self.number)
    }
}
