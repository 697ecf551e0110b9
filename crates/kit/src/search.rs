// SPDX-License-Identifier: MIT OR Apache-2.0
//! The search of a simulated exam: seeds first, then the smallest run that breaks the same promise.

use sim::Address;
use trace::{Event, Trace, Verdict as Kept, What};

use crate::exam::{Budget, Exam, Examined};
use crate::shrink::shrink;
use crate::simulated::{Cost, Panicked, Part, Promise, Run, Simulated};
use crate::spot;
use crate::verdict::{Broken, Outcome, Points, Runs, StoryLine, Tried, Verdict};

/// One run without faults for so many with faults, and a few at least.
const ROUGH_PER_CALM: u64 = 20;
const FEWEST_CALM: u64 = 3;
/// So many runs are made once more at the end, in the opposite order, and must be the same.
const COMPARED: usize = 8;
/// A run that does not finish goes to its bound; a few of them are enough to see whether safety holds.
const STEPS_AFTER_FAILURE: u64 = 400_000;
const MOST_SHRINKING: u64 = 3_000;
/// The longest story.
const MOST_LINES: usize = 12;

const POINTS: [(&str, u32); 3] = [("safety", 60), ("liveness", 30), ("cost", 10)];

/// The promises that every exam makes for the learner's code.
const NO_PANIC: Promise =
    Promise { name: "no-panic", part: Part::Safety, sentence: "The code does not panic." };
const FRESH_START: Promise = Promise {
    name: "fresh-start",
    part: Part::Safety,
    sentence: "Nothing but the disk survives a crash: no static, no thread-local.",
};

/// An exam that searches a simulated world.
pub struct Searched<E>(pub E);

impl<E: Simulated> Exam for Searched<E> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn examine(&self, budget: &Budget) -> Examined {
        Search::new(&self.0, budget).examine()
    }
}

struct Search<'a> {
    exam: &'a dyn Simulated,
    budget: &'a Budget,
    reached: Vec<u64>,
    cost: Cost,
    steps: u64,
    runs: Runs,
}

/// A promise that broke in a run.
struct Failure {
    address: Address,
    run: Run,
    promise: Promise,
    sentence: String,
    event: usize,
    calm: bool,
    /// The how-manieth run it was.
    nth: u64,
}

impl<'a> Search<'a> {
    fn new(exam: &'a dyn Simulated, budget: &'a Budget) -> Search<'a> {
        let runs = Runs { first_seed: budget.seed, ..Runs::default() };
        let reached = vec![0; exam.situations().len()];
        Search { exam, budget, reached, cost: Cost::default(), steps: 0, runs }
    }

    fn examine(mut self) -> Examined {
        if let Some(failure) = self.calm_part() {
            return self.failed(failure);
        }
        let mut first_runs = Vec::new();
        if let Some(failure) = self.rough_part(&mut first_runs) {
            return self.failed(failure);
        }
        if let Some(address) = self.differs(&first_runs) {
            return self.not_deterministic(&address);
        }
        self.nothing_broke()
    }

    fn calm_part(&mut self) -> Option<Failure> {
        let runs = (self.budget.runs / ROUGH_PER_CALM).max(FEWEST_CALM);
        for n in 0..runs {
            let address = self.exam.calm(self.budget.seed.wrapping_add(n));
            self.runs.calm += 1;
            if let (_, Some(failure)) = self.attempt(&address, true) {
                return Some(failure);
            }
        }
        None
    }

    /// The seeds that broke something last time, then the budget's. A safety promise ends the search; after a liveness
    /// promise broke the rest of the seeds is asked for safety, for that is worse and is said first.
    fn rough_part(&mut self, first_runs: &mut Vec<(Address, Trace)>) -> Option<Failure> {
        let seeds = (0..self.budget.runs).map(|n| self.budget.seed.wrapping_add(n));
        let all: Vec<u64> = self.budget.first.iter().copied().chain(seeds).collect();
        let mut stuck: Option<Failure> = None;
        let mut last_step = u64::MAX;
        for seed in all {
            let address = self.exam.rough(seed);
            self.runs.rough += 1;
            let (run, failure) = self.attempt(&address, false);
            match failure {
                Some(failure) if failure.promise.part == Part::Safety => return Some(failure),
                Some(failure) if stuck.is_none() => {
                    last_step = self.steps + STEPS_AFTER_FAILURE;
                    stuck = Some(failure);
                }
                _ => {}
            }
            if self.steps > last_step {
                break;
            }
            if first_runs.len() < COMPARED {
                first_runs.extend(run.map(|run| (address, run.trace)));
            }
        }
        stuck
    }

    fn attempt(&mut self, address: &Address, calm: bool) -> (Option<Run>, Option<Failure>) {
        spot::run_begins(address.seed);
        let Ok(run) = self.exam.run(address) else { return (None, None) };
        self.steps += run.steps;
        self.cost += run.cost;
        for (sum, n) in self.reached.iter_mut().zip(&run.reached) {
            *sum += n;
        }
        match broken(self.exam, &run) {
            Some((promise, sentence, event)) => {
                let address = address.clone();
                let nth = self.runs.calm + self.runs.rough;
                (None, Some(Failure { address, run, promise, sentence, event, calm, nth }))
            }
            None => (Some(run), None),
        }
    }

    /// The first of these runs that comes out differently when all are made again, last first.
    fn differs(&mut self, runs: &[(Address, Trace)]) -> Option<Address> {
        for (address, trace) in runs.iter().rev() {
            let again = self.exam.run(address).ok()?;
            self.steps += again.steps;
            if again.trace != *trace {
                return Some(address.clone());
            }
        }
        None
    }

    fn failed(mut self, failure: Failure) -> Examined {
        let seed = failure.address.seed;
        self.runs.until_broken = failure.nth;
        let again = self.exam.run(&failure.address);
        let smallest = match again {
            // What survives a crash survives a run, too: no run can be made again, and none shrunk.
            _ if failure.promise == FRESH_START => failure,
            Ok(again) if again != failure.run => return self.not_deterministic(&failure.address),
            _ => self.smallest(failure),
        };
        let outcome = if smallest.promise == NO_PANIC { Outcome::Crashed } else { Outcome::Failed };
        let mut verdict = Verdict::new(self.exam.name(), outcome, smallest.sentence.clone());
        verdict.broken = Some(Broken {
            promise: smallest.promise.name.to_owned(),
            part: part_name(smallest.promise.part).to_owned(),
            means: smallest.promise.sentence.to_owned(),
            calm: smallest.address.faults.is_empty() && smallest.calm,
        });
        verdict.story = self.exam.story(&smallest.run, smallest.event, MOST_LINES - 1);
        verdict.story.push(StoryLine {
            at: smallest.run.trace.events.get(smallest.event).map_or(String::new(), |event| event.at.short()),
            text: format!("so {} is broken: {}", smallest.promise.name, smallest.sentence),
        });
        let at = smallest.run.trace.events.get(smallest.event).map(|event| event.at);
        verdict.address = Some(Address { at, ..smallest.address.clone() }.to_string());
        verdict.seed = Some(seed);
        verdict.detail = smallest.run.panicked.as_ref().map(|panicked| panicked.message.clone());
        verdict.points = points_after(&smallest);
        self.finish(verdict, Some(smallest.run.trace))
    }

    /// Shrinks; the same promise must break in every step.
    fn smallest(&mut self, failure: Failure) -> Failure {
        let exam = self.exam;
        let name = failure.promise.name;
        let mut steps = 0;
        let mut breaks = |address: &Address| match exam.run(address) {
            Ok(run) => {
                steps += run.steps;
                broken(exam, &run).is_some_and(|(promise, ..)| promise.name == name)
            }
            Err(_) => false,
        };
        let shrunk = shrink(&failure.address, exam.reductions(), MOST_SHRINKING, &mut breaks);
        self.steps += steps;
        let Ok(run) = exam.run(&shrunk.address) else { return failure };
        match broken(exam, &run) {
            Some((promise, sentence, event)) if promise.name == name => {
                Failure { address: shrunk.address, run, promise, sentence, event, ..failure }
            }
            _ => failure,
        }
    }

    fn not_deterministic(self, address: &Address) -> Examined {
        let sentence = "the same run gave two different traces";
        let mut verdict = Verdict::new(self.exam.name(), Outcome::NotDeterministic, sentence);
        verdict.address = Some(address.to_string());
        verdict.seed = Some(address.seed);
        verdict.advice = Some(NOT_DETERMINISTIC.to_owned());
        verdict.points = no_points("it was not reached: the answer is not deterministic");
        self.finish(verdict, None)
    }

    fn nothing_broke(self) -> Examined {
        let situations = self.exam.situations();
        let missed: Vec<&str> = situations
            .iter()
            .zip(&self.reached)
            .filter(|(situation, count)| situation.required && **count == 0)
            .map(|(situation, _)| situation.name)
            .collect();
        let runs = self.runs.rough;
        let name = self.exam.name();
        let mut verdict = if missed.is_empty() {
            Verdict::new(name, Outcome::Passed, format!("every promise held in {runs} runs with faults"))
        } else {
            let never = missed.join("; ");
            let sentence =
                format!("no promise broke in {runs} runs, but some things never happened: {never}");
            Verdict::new(name, Outcome::Unknown, sentence)
        };
        verdict.points = if missed.is_empty() {
            self.points_passed()
        } else {
            verdict.advice = Some(UNKNOWN.to_owned());
            no_points("too little was tried")
        };
        self.finish(verdict, None)
    }

    fn points_passed(&self) -> Vec<Points> {
        let limits = self.exam.limits(&self.cost);
        let kept = limits.iter().all(|limit| limit.was <= limit.most);
        let cost: Vec<String> = limits
            .iter()
            .map(|limit| {
                let (was, most) = (hundredths(limit.was), hundredths(limit.most));
                format!("{was} {} a message, limit {most}", limit.what)
            })
            .collect();
        let held = format!("held in {} runs", self.runs.calm + self.runs.rough);
        vec![points(0, true, held.clone()), points(1, true, held), points(2, kept, cost.join("; "))]
    }

    fn finish(self, mut verdict: Verdict, counterexample: Option<Trace>) -> Examined {
        verdict.tried = self
            .exam
            .situations()
            .iter()
            .zip(&self.reached)
            .map(|(situation, count)| Tried {
                what: situation.name.to_owned(),
                count: *count,
                required: situation.required,
            })
            .collect();
        verdict.runs = self.runs;
        verdict.steps = self.steps;
        Examined { verdict, counterexample }
    }
}

/// The first promise in the exam's order that broke in a run, with its sentence and event.
fn broken(exam: &dyn Simulated, run: &Run) -> Option<(Promise, String, usize)> {
    // What the process noted itself stands in the trace in the same words.
    let noted = |sentence: &str| {
        let says = |event: &Event| matches!(&event.what, What::Note { text, .. } if text == sentence);
        run.trace.events.iter().position(says).unwrap_or(run.trace.events.len().saturating_sub(1))
    };
    if let Some(Panicked { sentence, .. }) = &run.panicked {
        return Some((NO_PANIC, sentence.clone(), noted(sentence)));
    }
    if let Some(what) = &run.survived {
        return Some((FRESH_START, what.clone(), noted(what)));
    }
    exam.promises().iter().find_map(|promise| {
        let finding = run.findings.iter().find(|finding| finding.promise == promise.name)?;
        match &finding.verdict {
            Kept::Broken { sentence, event } => Some((*promise, sentence.clone(), *event)),
            _ => None,
        }
    })
}

fn points_after(failure: &Failure) -> Vec<Points> {
    if failure.calm {
        return no_points("a run without faults comes first, and it broke");
    }
    let why = format!("{} broke", failure.promise.name);
    match failure.promise.part {
        Part::Safety => no_points(&why),
        Part::Liveness => vec![
            points(0, true, "no safety promise broke".to_owned()),
            points(1, false, why),
            points(2, false, "counts only for an answer that finishes".to_owned()),
        ],
    }
}

fn no_points(why: &str) -> Vec<Points> {
    (0..POINTS.len()).map(|part| points(part, false, why.to_owned())).collect()
}

fn points(part: usize, earned: bool, why: String) -> Points {
    let (name, of) = POINTS[part];
    Points { part: name.to_owned(), got: if earned { of } else { 0 }, of, why }
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::Safety => "safety",
        Part::Liveness => "liveness",
    }
}

fn hundredths(n: u64) -> String {
    format!("{}.{:02}", n / 100, n % 100)
}

const NOT_DETERMINISTIC: &str = "\
A run that cannot be repeated cannot be replayed or shrunk. The usual reasons: iterating over a std HashMap or HashSet \
(use BTreeMap or BTreeSet), a static or thread-local that keeps its value from one run to the next, the system's clock \
or random numbers.";

const UNKNOWN: &str = "Allow more runs, for example --runs 500.";
