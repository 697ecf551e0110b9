// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: it looks at the clock whether its lease still runs, and then writes and deletes without more ado. Between looking and doing, and while the
//! clock is wrong, the lease runs out.
//!
//! Breaks: no-clobber

use kit::lease::prelude::*;

/// What a job waits for.
enum State {
    /// For its work, which has said something since the last heartbeat, or not.
    Works { heard: bool },
    /// For the store's answer.
    Writes,
    /// For the queue's.
    Deletes,
}

struct Keeper {
    /// So long from one heartbeat to the next: one may get lost.
    beat_ms: u64,
    jobs: BTreeMap<Job, State>,
    lease_ms: u64,
    /// Until when it holds each job, by its clock.
    until: BTreeMap<Job, u64>,
}

impl Keeper {
    fn holds(&self, job: Job, out: &Out) -> bool {
        self.until.get(&job).is_some_and(|until| out.now_ms() < *until)
    }
}

impl Worker for Keeper {
    fn start(terms: Terms) -> Keeper {
        Keeper {
            beat_ms: terms.lease_ms / 3,
            jobs: BTreeMap::new(),
            lease_ms: terms.lease_ms,
            until: BTreeMap::new(),
        }
    }

    fn on_job(&mut self, job: Job, out: &mut Out) {
        self.jobs.insert(job, State::Works { heard: false });
        self.until.insert(job, out.now_ms() + self.lease_ms);
        out.work(job);
        out.timer(self.beat_ms, job);
    }

    fn on_work(&mut self, job: Job, work: Work, out: &mut Out) {
        match work {
            Work::GoesOn => {
                if let Some(State::Works { heard }) = self.jobs.get_mut(&job) {
                    *heard = true;
                }
            }
            Work::Failed => _ = self.jobs.remove(&job),
            Work::Done if !self.holds(job, out) => _ = self.jobs.remove(&job),
            Work::Done => {
                out.write(job);
                self.jobs.insert(job, State::Writes);
            }
        }
    }

    fn on_answer(&mut self, job: Job, answer: Answer, out: &mut Out) {
        if answer == Answer::Extended {
            self.until.insert(job, out.now_ms() + self.lease_ms);
        }
        match (self.jobs.get_mut(&job), answer) {
            (Some(state @ State::Writes), Answer::Written) => {
                *state = State::Deletes;
                out.delete_if_held(job);
            }
            // Somebody else has it, and will delete it; or it is deleted.
            (Some(State::Writes), Answer::Fenced)
            | (Some(State::Deletes), Answer::Deleted | Answer::NotHeld) => _ = self.jobs.remove(&job),
            _ => {}
        }
    }

    fn on_timer(&mut self, job: Job, out: &mut Out) {
        match self.jobs.get_mut(&job) {
            None => return,
            Some(State::Works { heard }) => {
                if !std::mem::take(heard) {
                    self.jobs.remove(&job);
                    return;
                }
            }
            Some(State::Writes) => out.write(job),
            Some(State::Deletes) => out.delete_if_held(job),
        }
        out.extend(job);
        out.timer(self.beat_ms, job);
    }
}

exam!(lease => Keeper);
