// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: its jobs stand in a static, which no crash of a simulated process takes away; a real one does. It goes on with what an earlier
//! incarnation held.
//!
//! Breaks: fresh-start

use std::sync::{Mutex, MutexGuard, PoisonError};

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
}

/// What each job waits for.
static JOBS: Mutex<BTreeMap<Job, State>> = Mutex::new(BTreeMap::new());

fn jobs() -> MutexGuard<'static, BTreeMap<Job, State>> {
    JOBS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Worker for Keeper {
    fn start(terms: Terms) -> Keeper {
        Keeper { beat_ms: terms.lease_ms / 3 }
    }

    fn on_job(&mut self, job: Job, out: &mut Out) {
        for known in jobs().keys() {
            out.extend(*known);
        }
        jobs().insert(job, State::Works { heard: false });
        out.work(job);
        out.timer(self.beat_ms, job);
    }

    fn on_work(&mut self, job: Job, work: Work, out: &mut Out) {
        match work {
            Work::GoesOn => {
                if let Some(State::Works { heard }) = jobs().get_mut(&job) {
                    *heard = true;
                }
            }
            Work::Failed => _ = jobs().remove(&job),
            Work::Done => {
                // Also when it was let go of before: the token says what it is worth.
                out.write_fenced(job, job.token);
                jobs().insert(job, State::Writes);
            }
        }
    }

    fn on_answer(&mut self, job: Job, answer: Answer, out: &mut Out) {
        let mut jobs = jobs();
        match (jobs.get_mut(&job), answer) {
            (Some(state @ State::Writes), Answer::Written) => {
                *state = State::Deletes;
                out.delete_if_held(job);
            }
            // Somebody else has it, and will delete it; or it is deleted.
            (Some(State::Writes), Answer::Fenced)
            | (Some(State::Deletes), Answer::Deleted | Answer::NotHeld) => _ = jobs.remove(&job),
            _ => {}
        }
    }

    fn on_timer(&mut self, job: Job, out: &mut Out) {
        match jobs().get_mut(&job) {
            None => return,
            Some(State::Works { heard }) => {
                if !std::mem::take(heard) {
                    return;
                }
            }
            Some(State::Writes) => out.write_fenced(job, job.token),
            Some(State::Deletes) => out.delete_if_held(job),
        }
        out.extend(job);
        out.timer(self.beat_ms, job);
    }
}

exam!(lease => Keeper);
