// SPDX-License-Identifier: MIT OR Apache-2.0
//! A plan and a cast of threads become a record.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Once};

use kit::making::{Call, DROP, START, guarded, panic_text};
use shuttle::{Config, FailurePersistence, Runner};

use crate::plan::Plan;
use crate::record::{Act, Record};
use crate::recorder;
use crate::schedule::Watch;
use crate::sync::halt;

/// The stack of each thread, in bytes.
const STACK: usize = 0x4_0000;

/// What one thread does.
pub(crate) type Role = Box<dyn FnOnce() + Send>;

/// The threads of a run, and what all of them share: dropped last, when the run is over.
pub(crate) struct Cast {
    pub roles: Vec<Role>,
    pub shared: Box<dyn Any + Send>,
}

/// Runs a cast by a plan.
pub(crate) fn execute(plan: &Plan, cast: Arc<dyn Fn() -> Cast + Send + Sync>) -> Record {
    quiet();
    let mut config = Config::new();
    config.stack_size = STACK;
    config.failure_persistence = FailurePersistence::None;
    let runner = Runner::new(Watch::over(plan), config);
    // What panics here is not the learner's code, whose panics end in `call` and below.
    let runs = guarded(START, || runner.run(move || watch(&*cast)));
    match runs {
        Ok(_) => recorder::take(),
        Err(why) => panic!("{why}"),
    }
}

/// shuttle's first run installs a hook that prints at each panic. Done early, whoever comes later has the last word.
pub(crate) fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let mut config = Config::new();
        config.failure_persistence = FailurePersistence::None;
        Runner::new(shuttle::scheduler::RoundRobinScheduler::new(1), config).run(|| {});
    });
}

/// The thread that starts the others, and goes on when none of them can.
fn watch(cast: &dyn Fn() -> Cast) {
    let Some(Cast { roles, shared }) = attempt(START, cast) else { halt() };
    let threads = roles.len();
    for role in roles {
        shuttle::thread::spawn(move || {
            role();
            recorder::leaves();
        });
    }
    recorder::start(threads);
    shuttle::thread::yield_now();
    let all_ended = recorder::rests();
    if !all_ended {
        halt();
    }
    _ = attempt(DROP, move || drop(shared));
}

/// A call of the learner's code by a thread of the run. One that panics ends the run.
pub(crate) fn call<T>(call: Call, act: impl FnOnce() -> T) -> T {
    recorder::note(Act::Begins(call));
    attempt(call, act).unwrap_or_else(|| halt())
}

fn attempt<T>(call: Call, act: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(act)).map_err(|payload| recorder::panics(call, panic_text(payload))).ok()
}
