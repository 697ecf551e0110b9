// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, and modest: what it hears that it does not hold any more it lets go of, also when the work on it is nearly done. And what it has
//! deleted once it leaves to the queue, which hands it out again should that not have arrived.

use kit::lease::prelude::*;

struct Modest {
    beat_ms: u64,
    /// What it works on, and how many heartbeats there were since the work said something.
    working: BTreeMap<Job, u32>,
    writing: BTreeSet<Job>,
}

impl Worker for Modest {
    fn start(terms: Terms) -> Modest {
        Modest { beat_ms: terms.lease_ms / 4, working: BTreeMap::new(), writing: BTreeSet::new() }
    }

    fn on_job(&mut self, job: Job, out: &mut Out) {
        self.working.insert(job, 0);
        out.work(job);
        out.timer(self.beat_ms, job);
    }

    fn on_work(&mut self, job: Job, work: Work, out: &mut Out) {
        match work {
            Work::GoesOn => {
                if let Some(silent) = self.working.get_mut(&job) {
                    *silent = 0;
                }
            }
            Work::Failed => _ = self.working.remove(&job),
            Work::Done => {
                if self.working.remove(&job).is_some() {
                    self.writing.insert(job);
                    out.write_fenced(job, job.token);
                }
            }
        }
    }

    fn on_answer(&mut self, job: Job, answer: Answer, out: &mut Out) {
        match answer {
            Answer::Extended | Answer::Deleted => {}
            Answer::Written => {
                if self.writing.remove(&job) {
                    out.delete_if_held(job);
                }
            }
            Answer::NotHeld | Answer::Fenced => {
                self.working.remove(&job);
                self.writing.remove(&job);
            }
        }
    }

    fn on_timer(&mut self, job: Job, out: &mut Out) {
        if let Some(silent) = self.working.get_mut(&job) {
            *silent += 1;
            if *silent > 2 {
                self.working.remove(&job);
                return;
            }
        } else if self.writing.contains(&job) {
            out.write_fenced(job, job.token);
        } else {
            return;
        }
        out.extend(job);
        out.timer(self.beat_ms, job);
    }
}

exam!(lease => Modest);
