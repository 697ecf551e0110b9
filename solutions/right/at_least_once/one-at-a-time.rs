// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, one message at a time: what comes while one is pending waits in line. Nothing overtakes, and one pause is enough
//! for all of them.

use kit::at_least_once::prelude::*;

struct Relay {
    /// The first is being published, the others wait.
    line: VecDeque<(Message, Receipt)>,
    pause_ms: u64,
    /// Which publish the running timer belongs to: each has a number of its own.
    publishes: u64,
}

impl Relay {
    fn publish(&mut self, out: &mut Out) {
        if let Some((message, _)) = self.line.front() {
            self.publishes += 1;
            out.publish(message.id, message);
            out.timer(self.pause_ms, self.publishes);
        }
    }
}

impl AtLeastOnce for Relay {
    fn start() -> Relay {
        Relay { line: VecDeque::new(), pause_ms: 100, publishes: 0 }
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        if self.line.iter().any(|(waits, _)| waits.id == message.id) {
            return;
        }
        self.line.push_back((message, receipt));
        if self.line.len() == 1 {
            self.publish(out);
        }
    }

    fn on_answer(&mut self, id: u64, answer: Answer, out: &mut Out) {
        let is_first = self.line.front().is_some_and(|(message, _)| message.id == id);
        if !is_first || answer == Answer::Refused {
            return;
        }
        if let Some((_, receipt)) = self.line.pop_front() {
            out.ack(receipt);
        }
        self.pause_ms = 100;
        self.publish(out);
    }

    fn on_timer(&mut self, publish: u64, out: &mut Out) {
        if publish == self.publishes && !self.line.is_empty() {
            self.pause_ms *= 2;
            self.publish(out);
        }
    }
}

exam!(at_least_once => Relay);
