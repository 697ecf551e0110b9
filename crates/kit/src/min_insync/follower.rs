// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a replica does that does not lead: it fetches, one record after the other, and cuts off what its leader does not have.

use queues::{Fetching, Role, Wire};
use sim::{Context, Sink};
use trace::{MessageId, Time, What};

use super::notes::Said;
use super::process::Log;

/// Who hears nothing for so long asks again: a leader that has nothing says so sooner.
const ASK_AGAIN: Time = Time::millis(150);

/// The follower's side of one epoch.
#[derive(Default)]
pub(super) struct Follower {
    /// When it asked for what it waits for.
    asked: Option<Time>,
}

impl Follower {
    /// Asks the leader for what stands behind its own log.
    pub fn fetch<S: Sink>(&mut self, role: Role, log: &Log, context: &mut Context<'_, Wire, S>) {
        self.asked = Some(context.now());
        let last = log.records.last().map_or(MessageId(0), |letter| letter.message);
        let offset = log.records.len() as u32;
        context.send(role.leader, Wire::Fetching(Fetching::Fetch { epoch: role.epoch, offset, last }));
    }

    /// Whether it is time to ask again.
    pub fn is_late(&self, now: Time) -> bool {
        self.asked.is_none_or(|asked| now.since(asked) >= ASK_AGAIN)
    }

    /// Takes what the leader answers: whether it is time for the next fetch.
    pub fn take<S: Sink>(
        &mut self,
        answer: Fetching,
        role: Role,
        log: &mut Log,
        context: &mut Context<'_, Wire, S>,
    ) -> bool {
        let end = log.records.len() as u32;
        let is_for_now = |epoch: u32, offset: u32| (epoch, offset) == (role.epoch, end);
        let node = context.me();
        match answer {
            Fetching::Copy { epoch, offset, letter } if is_for_now(epoch, offset) => {
                log.records.push(letter);
                context.record(|| What::Stored { node, message: letter.message });
            }
            Fetching::Nothing { epoch, offset, parted } if is_for_now(epoch, offset) => {
                if parted && let Some(letter) = log.records.pop() {
                    let text = Said::CutOff(letter.message).to_string();
                    context.record(|| What::Note { node: Some(node), text });
                }
            }
            _ => return false,
        }
        // A second copy of an answer does not make it ask twice.
        self.asked.take().is_some()
    }
}
