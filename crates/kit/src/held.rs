// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a learner's code holds: messages, and the receipts that come with them.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use queues::Letter;
use trace::{MessageId, NodeId};

/// What tells the queue which delivery is acked or nacked. Good for one answer. When a message comes again, the
/// receipt that comes with it is the one that counts.
#[must_use = "a receipt that is neither acked nor nacked keeps its message in flight"]
pub struct Receipt {
    pub(crate) message: MessageId,
    pub(crate) attempt: u32,
    pub(crate) incarnation: u64,
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "receipt of message {}, delivery {}", self.message, self.attempt)
    }
}

/// Where the messages of one incarnation report that they were let go of.
#[derive(Default)]
pub(crate) struct Hands {
    pub incarnation: u64,
    let_go: RefCell<Vec<(MessageId, u32)>>,
}

impl Hands {
    /// Those of this incarnation.
    pub fn of(incarnation: u64) -> Rc<Hands> {
        Rc::new(Hands { incarnation, ..Hands::default() })
    }

    /// The deliveries that were let go of since this was asked last.
    pub fn take_let_go(&self) -> Vec<(MessageId, u32)> {
        self.let_go.take()
    }
}

/// The part of a message that only the exam can make.
pub(crate) struct Body {
    pub letter: Letter,
    pub attempt: u32,
    /// Whose message it is: that of this incarnation, unless something survived a crash.
    pub owner: Rc<Hands>,
}

impl Body {
    /// What stands for a message where the exam is elsewhere, which knows the message by this number.
    pub fn stand_in(token: u64, owner: &Rc<Hands>) -> Body {
        let letter = Letter { message: MessageId(token), producer: NodeId(0), seq: 0, key: 0 };
        Body { letter, attempt: 1, owner: owner.clone() }
    }
}

impl Drop for Body {
    fn drop(&mut self) {
        self.owner.let_go.borrow_mut().push((self.letter.message, self.attempt));
    }
}

/// No answer asks for as much in one call; a loop that does not end soon does.
pub(crate) const MOST_EFFECTS: usize = 10_000;

/// Notes what a handler asked for. A loop without an end that does something to the world would else end with the
/// machine's memory.
pub(crate) fn ask<E>(effects: &mut Vec<E>, effect: E, what: &str) {
    if effects.len() >= MOST_EFFECTS {
        // Not while another panic is on its way: that would end the process without a word.
        assert!(std::thread::panicking(), "more than {MOST_EFFECTS} {what} in one call");
        return;
    }
    effects.push(effect);
}
