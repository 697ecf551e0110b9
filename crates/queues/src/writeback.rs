// SPDX-License-Identifier: MIT OR Apache-2.0
//! Flushes that nobody waits for.

use sim::{Context, Sink};
use trace::Time;

use crate::plan::{Plan, Writes};
use crate::wire::Wire;

/// The token of the timer for the next one, in every node that has a disk.
pub(crate) const WRITEBACK: u64 = 6;
/// The number of such a flush.
pub(crate) const UNASKED: u64 = 0;

/// When what was written is flushed although no confirm waits for it.
#[derive(Default)]
pub(crate) struct Writeback {
    /// Whether the timer runs.
    due: bool,
    /// When the last one was asked for.
    last: Time,
}

impl Writeback {
    /// Something was written.
    pub fn wrote<S: Sink>(&mut self, plan: &Plan, context: &mut Context<'_, Wire, S>) {
        let Some(after) = plan.writeback else { return };
        match plan.writeback_by {
            Writes::Timer if !self.due => {
                self.due = true;
                context.timeout(after, WRITEBACK);
            }
            Writes::Timer => {}
            Writes::NextWrite if context.now() >= self.last + after => self.flush(context),
            Writes::NextWrite => {}
        }
    }

    /// The timer has gone off.
    pub fn flush<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        (self.due, self.last) = (false, context.now());
        context.flush(UNASKED);
    }
}
