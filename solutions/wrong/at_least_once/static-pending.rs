// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it keeps what is pending in a thread-local table, so that a crash does not lose it. A real crash takes all memory of
//! the process.
//!
//! Breaks: fresh-start

use std::cell::RefCell;

use kit::at_least_once::prelude::*;

thread_local! {
    static PENDING: RefCell<BTreeMap<u64, (Message, Receipt, u64)>> = const { RefCell::new(BTreeMap::new()) };
}

struct Relay;

impl Relay {
    fn publish(id: u64, out: &mut Out) {
        PENDING.with_borrow_mut(|pending| {
            if let Some((message, _, pause_ms)) = pending.get_mut(&id) {
                out.publish(id, message);
                out.timer(*pause_ms, id);
                *pause_ms *= 2;
            }
        });
    }
}

impl AtLeastOnce for Relay {
    fn start() -> Relay {
        Relay
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let id = message.id;
        PENDING.with_borrow_mut(|pending| {
            pending.entry(id).or_insert((message, receipt, 100));
        });
        Relay::publish(id, out);
    }

    fn on_answer(&mut self, id: u64, answer: Answer, out: &mut Out) {
        if answer == Answer::Stored
            && let Some((_, receipt, _)) = PENDING.with_borrow_mut(|pending| pending.remove(&id))
        {
            out.ack(receipt);
        }
    }

    fn on_timer(&mut self, id: u64, out: &mut Out) {
        Relay::publish(id, out);
    }
}

exam!(at_least_once => Relay);
