// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: its heartbeats say that the process lives, and not that the work goes on. Work that is stuck is held for ever.
//!
//! Breaks: lets-go

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
}

impl Worker for Keeper {
    fn start(terms: Terms) -> Keeper {
        Keeper { beat_ms: terms.lease_ms / 3, jobs: BTreeMap::new() }
    }

    fn on_job(&mut self, job: Job, out: &mut Out) {
        self.jobs.insert(job, State::Works { heard: false });
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
            Work::Done => {
                // Also when it was let go of before: the token says what it is worth.
                out.write_fenced(job, job.token);
                self.jobs.insert(job, State::Writes);
            }
        }
    }

    fn on_answer(&mut self, job: Job, answer: Answer, out: &mut Out) {
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
                let _ = heard;
            }
            Some(State::Writes) => out.write_fenced(job, job.token),
            Some(State::Deletes) => out.delete_if_held(job),
        }
        out.extend(job);
        out.timer(self.beat_ms, job);
    }
}

exam!(lease => Keeper);
