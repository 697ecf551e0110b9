// SPDX-License-Identifier: MIT OR Apache-2.0
//! The scheduler that follows a plan.

use std::collections::{BTreeMap, BTreeSet};

use shuttle::scheduler::{PctScheduler, RandomScheduler, Schedule, Scheduler, Task, TaskId};

use crate::plan::{MOST_STEPS, Plan, Policy};
use crate::record::{Choice, End};
use crate::recorder;

/// The scheduler of one run. The thread that started the others watches over them: it goes on when no other can.
pub(crate) struct Watch {
    wakes: BTreeSet<u64>,
    runs_left: u32,
    chooser: Chooser,
}

enum Chooser {
    Given(BTreeMap<u64, usize>),
    Drawn(Box<dyn Scheduler + Send>),
    Chosen { first: Vec<usize>, most_switches: usize },
}

impl Watch {
    pub fn over(plan: &Plan) -> Watch {
        let seed = plan.seed;
        let (chooser, runs_left) = match &plan.policy {
            Policy::Given(switches) => (Chooser::Given(switches.clone()), 1),
            Policy::Random => (Chooser::Drawn(Box::new(RandomScheduler::new_from_seed(seed, 1))), 1),
            // Its first run only counts the steps among which it draws.
            Policy::Pct(depth) => (Chooser::Drawn(Box::new(PctScheduler::new_from_seed(seed, *depth, 2))), 2),
            Policy::Chosen { first, most_switches } => {
                (Chooser::Chosen { first: first.clone(), most_switches: *most_switches }, 1)
            }
        };
        Watch { wakes: plan.wakes.clone(), runs_left, chooser }
    }
}

const WATCHER: usize = 0;

fn id(task: &Task) -> usize {
    usize::from(task.id())
}

impl Scheduler for Watch {
    fn new_execution(&mut self) -> Option<Schedule> {
        let left = self.runs_left.checked_sub(1);
        self.runs_left = left.unwrap_or(0);
        if left.is_some() {
            recorder::begin(&self.wakes);
        }
        match &mut self.chooser {
            // Asked once more than there are runs: it says so when it is dropped without having heard of the end.
            Chooser::Drawn(scheduler) => scheduler.new_execution(),
            Chooser::Given(_) | Chooser::Chosen { .. } => left.map(|_| Schedule::new(0)),
        }
    }

    fn next_task(&mut self, runnable: &[&Task], current: Option<TaskId>, yields: bool) -> Option<TaskId> {
        if recorder::ended().is_some() {
            return None;
        }
        // Who panics goes on: two threads that panic at once would end the process.
        if std::thread::panicking() {
            return current;
        }
        let others: Vec<&Task> = runnable.iter().copied().filter(|task| id(task) != WATCHER).collect();
        if others.is_empty() || !recorder::has_started() {
            return Some(TaskId::from(WATCHER));
        }
        let step = recorder::steps() + 1;
        if step > MOST_STEPS {
            recorder::ends(End::Steps);
            return None;
        }
        let expected = expected(&others, current.map_or(WATCHER, usize::from), yields);
        let chosen = match &mut self.chooser {
            Chooser::Given(switches) => {
                let given = switches.get(&step).map(|thread| thread + 1);
                given.filter(|given| others.iter().any(|task| id(task) == *given)).unwrap_or(expected)
            }
            Chooser::Drawn(scheduler) => usize::from(scheduler.next_task(&others, current, yields)?),
            Chooser::Chosen { first, most_switches } => {
                let mut could: Vec<usize> = others.iter().map(|task| id(task) - 1).collect();
                if recorder::switches() >= *most_switches {
                    could.retain(|thread| thread + 1 == expected);
                }
                let told = first.get(step as usize - 1).filter(|told| could.contains(told));
                let went = told.or(could.first()).copied().unwrap_or(expected - 1);
                let could = could.iter().fold(0, |could, thread| could | 1 << thread);
                recorder::chooses(Choice { could, went });
                went + 1
            }
        };
        // Threads are numbered from 0, and the watcher is none.
        recorder::turn(chosen - 1, expected - 1);
        Some(TaskId::from(chosen))
    }

    fn next_u64(&mut self) -> u64 {
        // Nobody asks: answers have no access to shuttle's random numbers.
        0
    }
}

/// Who goes on when nothing is decided: who is at it, else the next in turn.
fn expected(others: &[&Task], current: usize, yields: bool) -> usize {
    let mut ids = others.iter().map(|task| id(task));
    if !yields && ids.clone().any(|own| own == current) {
        return current;
    }
    let first = ids.clone().next().unwrap_or(WATCHER);
    ids.find(|own| *own > current).unwrap_or(first)
}
