// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exercise: lease (chapter "When a part dies")
//!
//! You are one of several workers at a queue. It hands jobs out under a lease: who has not been heard of when the lease is over is taken for
//! dead, and the job goes to another. Your work takes longer than that. Keep what you work on, let go of what you do not, and do no
//! harm when the queue was wrong about you.
//!
//! What you can count on:
//! - `out.work(job)` begins the work, which goes on beside everything else. It says `GoesOn` at least every `step_ms`, and `Done` or `Failed`
//!   in the end; or it is stuck, and says nothing any more.
//! - `out.extend(job)` asks the queue to let the lease begin anew. It answers `Extended`, or `NotHeld` when the job is not yours any more.
//! - `out.write(job)` writes the result into the store. `out.write_fenced(job, token)` does so unless the store has seen a larger
//!   token for this job. The answer is `Written`, or `Fenced`.
//! - `out.delete(job)` deletes the job at the queue. `out.delete_if_held(job)` does so if your lease still runs. The answer is `Deleted`, or
//!   `NotHeld`.
//! - Each time a job is handed out it has a larger `job.token`; `job.number` stays. You may have two jobs at a time, and even one job twice.
//! - Whatever you send, and each answer, may be lost, late or come twice. All is well within 25 ms.
//! - `out.timer(ms, job)` calls `on_timer(job)` later. It cannot be taken back. `out.now_ms()` is the clock on the wall, which is set now
//!   and then.
//! - Your process may stand still between any two calls of `out`, for longer than a lease, and not know it. It may crash: then `start`
//!   knows nothing.
//!
//! What is asked of you: no result of an earlier holder is written over that of a later one; a job is deleted only by who holds it, and
//! only when its result is in the store. While work goes on, and nothing fails but clocks, its lease does not run out. When work has
//! stopped without a result, its lease is extended for half a second more at most. When the faults stop, every job is done and
//! deleted, and no timer runs any more. Heartbeats cost: without faults, no more than 12 for each job, whose work takes a second on the average.
//!
//! Ours took 61 lines. About 35 minutes. Check it with `cargo course check lease`, and when you are stuck ask
//! `cargo course hint lease`.

use kit::lease::prelude::*;

struct MyWorker;

impl Worker for MyWorker {
    fn start(terms: Terms) -> MyWorker {
        let _ = terms;
        MyWorker
    }

    fn on_job(&mut self, job: Job, out: &mut Out) {
        out.work(job);
    }

    fn on_work(&mut self, job: Job, work: Work, out: &mut Out) {
        // Yours to write. Who holds the job when these two lines reach the store and the queue?
        //
        //     out.write(job);
        //     out.delete(job);
        let _ = (job, work, out);
    }

    fn on_answer(&mut self, job: Job, answer: Answer, out: &mut Out) {
        let _ = (job, answer, out);
    }

    fn on_timer(&mut self, job: Job, out: &mut Out) {
        let _ = (job, out);
    }
}

exam!(lease => MyWorker);
