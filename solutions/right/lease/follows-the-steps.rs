// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, without timers while there is work: each so many steps of the work are a heartbeat. Only what waits for an answer has a timer.

use kit::lease::prelude::*;

/// A step comes every 30 ms on the average, and 50 at the latest.
const STEPS: u32 = 3;

#[derive(Default)]
struct Kept {
    steps: u32,
    written: bool,
}

struct Stepwise {
    jobs: BTreeMap<Job, Kept>,
}

fn ask(job: Job, written: bool, out: &mut Out) {
    if written {
        out.delete_if_held(job)
    } else {
        out.write_fenced(job, job.token)
    }
    out.timer(100, job);
}

impl Worker for Stepwise {
    fn start(_: Terms) -> Stepwise {
        Stepwise { jobs: BTreeMap::new() }
    }

    fn on_job(&mut self, job: Job, out: &mut Out) {
        out.work(job);
    }

    fn on_work(&mut self, job: Job, work: Work, out: &mut Out) {
        let kept = self.jobs.entry(job).or_default();
        match work {
            Work::GoesOn => {
                kept.steps += 1;
                if kept.steps.is_multiple_of(STEPS) {
                    out.extend(job);
                }
            }
            Work::Failed => _ = self.jobs.remove(&job),
            Work::Done => ask(job, false, out),
        }
    }

    fn on_answer(&mut self, job: Job, answer: Answer, out: &mut Out) {
        let Some(kept) = self.jobs.get_mut(&job) else { return };
        match answer {
            Answer::Written if !kept.written => {
                kept.written = true;
                out.delete_if_held(job);
            }
            Answer::NotHeld if !kept.written => {}
            Answer::Fenced | Answer::NotHeld | Answer::Deleted => _ = self.jobs.remove(&job),
            _ => {}
        }
    }

    fn on_timer(&mut self, job: Job, out: &mut Out) {
        if let Some(kept) = self.jobs.get(&job) {
            ask(job, kept.written, out);
        }
    }
}

exam!(lease => Stepwise);
