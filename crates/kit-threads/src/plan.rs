// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who goes on at each step: a plan, and the scheduler that follows it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

use shuttle::scheduler::{DfsScheduler, PctScheduler, RandomScheduler, Schedule, Scheduler, Task, TaskId};

use crate::record::{self, End};

/// The most steps of a run: one that does not rest by then goes in circles.
pub(crate) const MOST_STEPS: u64 = 2_000;

/// Everything that decides a run but the learner's code.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub seed: u64,
    pub policy: Policy,
    /// The waits, by number from 1, that end by themselves: whoever waits on a condition variable may wake up so.
    pub wakes: BTreeSet<u64>,
}

/// How it is decided which thread goes on.
#[derive(Clone)]
pub(crate) enum Policy {
    /// A thread goes on until it waits, ends or yields, and then the next one does; but at these steps this thread goes on.
    Given(BTreeMap<u64, usize>),
    /// shuttle's random scheduler, from the plan's seed.
    Random,
    /// shuttle's scheduler after Burckhardt and others, "A Randomized Scheduler with Probabilistic Guarantees of Finding
    /// Bugs" (2010), from the plan's seed: the thread with the highest drawn priority goes on, and at one step less than
    /// this depth its priority becomes the lowest.
    Pct(usize),
    /// The next schedule of shuttle's depth-first search.
    Next(Search),
}

/// A depth-first search that goes on from run to run.
#[derive(Clone)]
pub(crate) struct Search {
    scheduler: Rc<RefCell<DfsScheduler>>,
    most_switches: usize,
}

impl Search {
    /// A search of at most so many schedules, among those in which it happens no more often that a thread goes on which
    /// would not, had nothing been decided. Few such switches show most mistakes (Musuvathi and Qadeer, "Iterative Context
    /// Bounding for Systematic Testing of Multithreaded Programs", 2007), and their number is small enough to try all.
    pub fn of_at_most(schedules: usize, most_switches: usize) -> Search {
        let scheduler = Rc::new(RefCell::new(DfsScheduler::new(Some(schedules), false)));
        Search { scheduler, most_switches }
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Policy::Given(switches) => write!(f, "given {switches:?}"),
            Policy::Random => f.write_str("random"),
            Policy::Pct(depth) => write!(f, "pct {depth}"),
            Policy::Next(_) => f.write_str("next"),
        }
    }
}

/// The scheduler of one run. The thread that started the others watches over them: it goes on when no other can.
pub(crate) struct Watch {
    wakes: BTreeSet<u64>,
    runs_left: u32,
    chooser: Chooser,
}

enum Chooser {
    Given(BTreeMap<u64, usize>),
    Drawn(Box<dyn Scheduler + Send>),
    Next(Search),
}

impl Watch {
    pub fn over(plan: &Plan) -> Watch {
        let seed = plan.seed;
        let (chooser, runs_left) = match &plan.policy {
            Policy::Given(switches) => (Chooser::Given(switches.clone()), 1),
            Policy::Random => (Chooser::Drawn(Box::new(RandomScheduler::new_from_seed(seed, 1))), 1),
            // Its first run only counts the steps among which it draws.
            Policy::Pct(depth) => (Chooser::Drawn(Box::new(PctScheduler::new_from_seed(seed, *depth, 2))), 2),
            Policy::Next(search) => (Chooser::Next(search.clone()), 1),
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
            record::begin(&self.wakes);
        }
        match &mut self.chooser {
            // Asked once more than there are runs: it says so when it is dropped without having heard of the end.
            Chooser::Drawn(scheduler) => scheduler.new_execution(),
            Chooser::Given(_) => left.map(|_| Schedule::new(0)),
            Chooser::Next(search) => left.and_then(|_| search.scheduler.borrow_mut().new_execution()),
        }
    }

    fn next_task(&mut self, runnable: &[&Task], current: Option<TaskId>, yields: bool) -> Option<TaskId> {
        if record::ended().is_some() {
            return None;
        }
        // Who panics goes on: two threads that panic at once would end the process.
        if std::thread::panicking() {
            return current;
        }
        let others: Vec<&Task> = runnable.iter().copied().filter(|task| id(task) != WATCHER).collect();
        if others.is_empty() || !record::has_started() {
            return Some(TaskId::from(WATCHER));
        }
        let step = record::steps() + 1;
        if step > MOST_STEPS {
            record::ends(End::Steps);
            return None;
        }
        let expected = expected(&others, current.map_or(WATCHER, usize::from), yields);
        let chosen = match &mut self.chooser {
            Chooser::Given(switches) => {
                let given = switches.get(&step).map(|thread| thread + 1);
                given.filter(|given| others.iter().any(|task| id(task) == *given)).unwrap_or(expected)
            }
            Chooser::Drawn(scheduler) => usize::from(scheduler.next_task(&others, current, yields)?),
            Chooser::Next(search) => {
                let mut choice = others.clone();
                if record::switches() >= search.most_switches {
                    choice.retain(|task| id(task) == expected);
                }
                usize::from(search.scheduler.borrow_mut().next_task(&choice, current, yields)?)
            }
        };
        // Threads are numbered from 0, and the watcher is none.
        record::turn(chosen - 1, expected - 1);
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
