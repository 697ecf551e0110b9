// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was reached in a run, and what it cost.

use kit::making::{Situation, may, must};

use super::calls::{Asks, Called};
use super::world::Terms;
use crate::record::{Act, Record};

pub(super) const SITUATIONS: &[Situation] = &[
    must("waits because the queue was full"),
    must("waits because the queue was empty"),
    must("waits while another waited"),
    must("wake-ups without a notification"),
    may("wake-ups in vain: another was faster"),
    may("notifications that nobody waited for"),
    must("closes while a pop waited"),
    must("closes while a push waited"),
    must("items given back"),
    may("runs with three producers and three consumers"),
];

const FULL: usize = 0;
const EMPTY: usize = 1;
const TOGETHER: usize = 2;
const BY_ITSELF: usize = 3;
const IN_VAIN: usize = 4;
const UNHEARD: usize = 5;
const CLOSED_ON_POP: usize = 6;
const CLOSED_ON_PUSH: usize = 7;
const GIVEN_BACK: usize = 8;
const CROWD: usize = 9;

pub(super) struct Tally {
    pub reached: Vec<u64>,
    /// How often a lock was taken.
    pub locks: u64,
    /// How often somebody was woken and had to wait again.
    pub in_vain: u64,
}

impl Tally {
    pub fn of(terms: &Terms, record: &Record, calls: &[Called]) -> Tally {
        let mut tally = Tally { reached: vec![0; SITUATIONS.len()], locks: 0, in_vain: 0 };
        tally.reached[CROWD] = u64::from(terms.producers >= 3 && terms.consumers >= 3);
        // What each thread asks for, where it waits, and whether it was woken behind its last wait.
        let mut asks = vec![Asks::Close; record.threads.len()];
        let mut waits = vec![false; record.threads.len()];
        let mut woken: Vec<Option<bool>> = vec![None; record.threads.len()];
        let mut begun = calls.iter();
        for entry in &record.entries {
            let thread = entry.thread;
            match &entry.act {
                Act::Begins(_) => {
                    woken[thread] = None;
                    let Some(call) = begun.next() else { continue };
                    asks[thread] = call.asks;
                    if call.asks == Asks::Close {
                        tally.closes(&asks, &waits);
                    }
                }
                Act::Locks { .. } => tally.locks += 1,
                Act::Waits { .. } => {
                    match asks[thread] {
                        Asks::Push(_) => tally.reached[FULL] += 1,
                        _ => tally.reached[EMPTY] += 1,
                    }
                    tally.reached[TOGETHER] += u64::from(waits.contains(&true));
                    if let Some(by_itself) = woken[thread] {
                        tally.in_vain += 1;
                        tally.reached[IN_VAIN] += u64::from(!by_itself);
                    }
                    waits[thread] = true;
                }
                Act::Wakes { by_itself, .. } => {
                    tally.reached[BY_ITSELF] += u64::from(*by_itself);
                    waits[thread] = false;
                    woken[thread] = Some(*by_itself);
                }
                Act::Notifies { waiting, .. } => tally.reached[UNHEARD] += u64::from(waiting.is_empty()),
                Act::Ends(Some(_)) if matches!(asks[thread], Asks::Push(_)) => tally.reached[GIVEN_BACK] += 1,
                _ => {}
            }
        }
        tally
    }

    fn closes(&mut self, asks: &[Asks], waits: &[bool]) {
        let waits_to =
            |what: fn(&Asks) -> bool| asks.iter().zip(waits).any(|(asks, waits)| *waits && what(asks));
        self.reached[CLOSED_ON_POP] += u64::from(waits_to(|asks| *asks == Asks::Pop));
        self.reached[CLOSED_ON_PUSH] += u64::from(waits_to(|asks| matches!(asks, Asks::Push(_))));
    }
}
