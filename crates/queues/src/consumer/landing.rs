// SPDX-License-Identifier: MIT OR Apache-2.0
//! Asynchronous effects on their way to the store.

use sim::{Context, Sink};
use trace::Time;

use super::{Consumer, LANDING};
use crate::wire::Wire;

/// An effect is sent again when it has not landed after this long, or after so many times what one takes on average.
const LAND_AGAIN: Time = Time::secs(1);
const LAND_AGAIN_MEANS: u64 = 10;
/// So often an effect is sent. If its store cannot be reached for longer, it is lost.
const LAND_TRIES: u32 = 10;

impl Consumer {
    /// Sends an effect on its way, again and again until the store says that it landed or there were enough tries.
    pub(super) fn land<S: Sink>(&mut self, number: u64, context: &mut Context<'_, Wire, S>) {
        let (Some(store), Some((job, tries))) = (self.store, self.landing.get_mut(number)) else { return };
        if *tries == LAND_TRIES {
            self.landing.remove(number);
            return;
        }
        *tries += 1;
        context.send(store, Wire::Effect(job.letter, job.receipt.attempt));
        let usual = self.plan.borrow().effect_latency;
        context.timeout(LAND_AGAIN.max(Time(usual.0.saturating_mul(LAND_AGAIN_MEANS))), LANDING | number);
    }
}
