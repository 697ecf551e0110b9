// SPDX-License-Identifier: MIT OR Apache-2.0
//! The search of a simulated exam: seeds first, then the smallest run that breaks the same promise.

use sim::Address;
use trace::{Event, Time, Trace, Verdict as Kept, What};

use crate::exam::{Budget, Exam, Examined, MIN_RUNS_TO_PASS};
use crate::shrink::shrink;
use crate::simulated::{Breach, Cost, Part, Promise, Run, Simulated};
use crate::spot;
use crate::verdict::{Broken, Outcome, Points, Runs, StoryLine, Tried, Verdict};

/// One run without faults for so many with faults, and a few at least.
const ROUGH_PER_CALM: u64 = 20;
const FEWEST_CALM: u64 = 3;
/// So many runs are made once more at the end, in the opposite order, and must be the same.
const COMPARED: usize = 100;
/// A run that does not finish goes to its bound; a few of them are enough to see whether safety holds.
const STEPS_AFTER_FAILURE: u64 = 400_000;
const MOST_SHRINKING: u64 = 3_000;
/// When something was seen that an earlier run left behind, so many runs may show how it outlives a crash within one.
const RUNS_AFTER_LEFTOVER: u64 = 100;
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

/// A run that broke.
#[derive(Clone)]
struct Failure {
    address: Address,
    run: Run,
    breach: Breach,
    calm: bool,
    /// The how-manieth run it was.
    nth: u64,
}

impl Failure {
    /// Something was seen that an earlier run left: this run alone does not show how.
    fn was_left_behind(&self) -> bool {
        let earlier = self.run.survived.as_ref().is_some_and(|survived| survived.earlier_run);
        self.breach.promise == FRESH_START && earlier
    }
}

impl<'a> Search<'a> {
    fn new(exam: &'a dyn Simulated, budget: &'a Budget) -> Search<'a> {
        let runs = Runs { first_seed: budget.seed, ..Runs::default() };
        let reached = vec![0; exam.situations().len()];
        Search { exam, budget, reached, cost: Cost::default(), steps: 0, runs }
    }

    fn examine(mut self) -> Examined {
        let calm = self.calm_part();
        if let Some(failure) = calm.as_ref().filter(|failure| !failure.was_left_behind()) {
            return self.failed(failure.clone());
        }
        let mut first_runs = Vec::new();
        if let Some(failure) = self.rough_part(&mut first_runs, calm) {
            return self.failed(failure);
        }
        if let Some((address, again)) = self.differs(&first_runs) {
            return self.told_apart(address, again, false);
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
    fn rough_part(
        &mut self,
        first_runs: &mut Vec<(Address, u64)>,
        mut left_behind: Option<Failure>,
    ) -> Option<Failure> {
        let seeds = (0..self.budget.runs).map(|n| self.budget.seed.wrapping_add(n));
        let all: Vec<u64> = self.budget.first.iter().copied().chain(seeds).collect();
        let mut stuck: Option<Failure> = None;
        let mut last_step = u64::MAX;
        let mut last_run = if left_behind.is_some() { RUNS_AFTER_LEFTOVER } else { u64::MAX };
        for seed in all {
            let address = self.exam.rough(seed);
            self.runs.rough += 1;
            let (run, failure) = self.attempt(&address, false);
            match failure {
                // Whatever else breaks then may come of what an earlier run left, and says nothing.
                Some(failure) if failure.was_left_behind() && left_behind.is_none() => {
                    last_run = self.runs.rough + RUNS_AFTER_LEFTOVER;
                    left_behind = Some(failure);
                }
                Some(failure) if left_behind.is_some() => {
                    let shows_how = failure.breach.promise == FRESH_START && !failure.was_left_behind();
                    if shows_how {
                        return Some(failure);
                    }
                }
                Some(failure) if failure.breach.promise.part == Part::Safety => return Some(failure),
                Some(failure) if stuck.is_none() => {
                    last_step = self.steps + STEPS_AFTER_FAILURE;
                    stuck = Some(failure);
                }
                _ => {}
            }
            if self.steps > last_step || self.runs.rough >= last_run {
                break;
            }
            if first_runs.len() < COMPARED {
                first_runs.extend(run.map(|run| (address, run.trace.hash())));
            }
        }
        left_behind.or(stuck)
    }

    fn attempt(&mut self, address: &Address, calm: bool) -> (Option<Run>, Option<Failure>) {
        spot::run_begins(address.seed);
        let Ok(run) = self.exam.run(address) else { return (None, None) };
        self.steps += run.steps;
        if calm {
            // What faults cost is not the answer's doing.
            self.cost += run.cost;
        }
        for (sum, n) in self.reached.iter_mut().zip(&run.reached) {
            *sum += n;
        }
        match broken(self.exam, &run) {
            Some(breach) => {
                let address = address.clone();
                let nth = self.runs.calm + self.runs.rough;
                (None, Some(Failure { address, run, breach, calm, nth }))
            }
            None => (Some(run), None),
        }
    }

    /// The first of these runs that comes out differently when all are made again, last first.
    fn differs(&mut self, runs: &[(Address, u64)]) -> Option<(Address, Run)> {
        for (address, hash) in runs.iter().rev() {
            let again = self.exam.run(address).ok()?;
            self.steps += again.steps;
            if again.trace.hash() != *hash {
                return Some((address.clone(), again));
            }
        }
        None
    }

    /// A run came out differently when it was made again. If something was seen in it that only an earlier run can have
    /// left, that is the reason, and a better answer than the symptom.
    fn told_apart(self, address: Address, again: Run, calm: bool) -> Examined {
        match broken(self.exam, &again) {
            Some(breach) if breach.promise == FRESH_START => {
                let nth = self.runs.calm + self.runs.rough;
                self.broke(Failure { address, run: again, breach, calm, nth })
            }
            _ => self.not_deterministic(&address),
        }
    }

    fn failed(mut self, failure: Failure) -> Examined {
        // What survives a crash survives a run, too: no run can be made again, and none shrunk.
        if failure.breach.promise == FRESH_START {
            return self.broke(failure);
        }
        if let Ok(again) = self.exam.run(&failure.address)
            && !again.is_same(&failure.run)
        {
            return self.told_apart(failure.address, again, failure.calm);
        }
        let smallest = self.smallest(failure);
        self.broke(smallest)
    }

    /// The verdict on a run in which something breaks, as small as it will be.
    fn broke(mut self, smallest: Failure) -> Examined {
        self.runs.until_broken = smallest.nth;
        let outcome = if smallest.breach.promise == NO_PANIC { Outcome::Crashed } else { Outcome::Failed };
        let mut verdict = Verdict::new(self.exam.name(), outcome, smallest.breach.sentence.clone());
        verdict.broken = Some(Broken {
            promise: smallest.breach.promise.name.to_owned(),
            part: part_name(smallest.breach.promise.part).to_owned(),
            means: smallest.breach.promise.sentence.to_owned(),
            calm: smallest.address.faults.is_empty() && smallest.calm,
        });
        let broke_at = smallest.run.trace.events.get(smallest.breach.event).map(|event| event.at);
        verdict.story = self.exam.story(&smallest.run, &smallest.breach, MOST_LINES - 1);
        verdict.story.push(StoryLine {
            at: broke_at.map_or(String::new(), Time::short),
            text: format!("so {} is broken: {}", smallest.breach.promise.name, smallest.breach.sentence),
        });
        verdict.address = Some(Address { at: broke_at, ..smallest.address.clone() }.to_string());
        verdict.seed = Some(smallest.address.seed);
        verdict.detail = smallest.run.panicked.as_ref().map(|panicked| panicked.message.clone());
        verdict.points = points_after(&smallest);
        self.finish(verdict, Some(annotated(smallest.run.trace, &smallest.breach)))
    }

    /// Shrinks; the same promise must break in every step.
    fn smallest(&mut self, failure: Failure) -> Failure {
        let exam = self.exam;
        let name = failure.breach.promise.name;
        let mut steps = 0;
        let mut breaks = |address: &Address| match exam.run(address) {
            Ok(run) => {
                steps += run.steps;
                broken(exam, &run).is_some_and(|breach| breach.promise.name == name)
            }
            Err(_) => false,
        };
        let shrunk = shrink(&failure.address, exam.reductions(), MOST_SHRINKING, &mut breaks);
        self.steps += steps;
        let Ok(run) = exam.run(&shrunk.address) else { return failure };
        match broken(exam, &run) {
            Some(breach) if breach.promise.name == name => {
                Failure { address: shrunk.address, run, breach, ..failure }
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
        let mut verdict = if self.budget.runs < MIN_RUNS_TO_PASS {
            // Many wrong answers survive a few runs; seeds that are tried first do not make up for it.
            let sentence = format!("no promise broke in {runs} runs; it takes {MIN_RUNS_TO_PASS} to pass");
            Verdict::new(name, Outcome::Unknown, sentence)
        } else if missed.is_empty() {
            Verdict::new(name, Outcome::Passed, format!("every promise held in {runs} runs with faults"))
        } else {
            let never = missed.join("; ");
            let sentence =
                format!("no promise broke in {runs} runs, but some things never happened: {never}");
            Verdict::new(name, Outcome::Unknown, sentence)
        };
        verdict.points = if verdict.outcome == Outcome::Passed {
            self.points_passed()
        } else {
            verdict.advice = Some(unknown_advice());
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
        let cost = format!("without faults: {}", cost.join("; "));
        vec![points(0, true, held.clone()), points(1, true, held), points(2, kept, cost)]
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

/// The trace with a note where the promise breaks: who plays it should see what was judged, and when.
fn annotated(mut trace: Trace, breach: &Breach) -> Trace {
    let last = trace.events.len().saturating_sub(1);
    let Some(at) = trace.events.get(breach.event).map(|event| event.at) else { return trace };
    let text = format!("{} is broken: {}", breach.promise.name, breach.sentence);
    // `Ended` stays the last event: what breaks only in the end is noted before it.
    let place = (breach.event + 1).min(last);
    trace.events.insert(place, Event { at, what: What::Note { node: None, text } });
    trace
}

/// The first promise in the exam's order that broke in a run.
fn broken(exam: &dyn Simulated, run: &Run) -> Option<Breach> {
    let events = &run.trace.events;
    let last = events.len().saturating_sub(1);
    // What the process noted itself stands in the trace in the same words.
    let noted = |note: &str| {
        let says = |event: &Event| matches!(&event.what, What::Note { text, .. } if text == note);
        events.iter().position(says).unwrap_or(last)
    };
    if let Some(panicked) = &run.panicked {
        let mut crashes = events.iter().enumerate().filter(|(_, e)| matches!(e.what, What::Crashed { .. }));
        let event = match panicked.crash {
            Some(before) => crashes.nth(before as usize).map_or(last, |(n, _)| n),
            None => noted(&panicked.note()),
        };
        // The call that panics is the last one to be given a message, if it was given one.
        let given = events[..event].last().and_then(|event| match event.what {
            What::Started { message, .. } => Some(message),
            _ => None,
        });
        let messages = given.into_iter().collect();
        return Some(Breach { promise: NO_PANIC, sentence: panicked.sentence(), event, messages });
    }
    if let Some(survived) = &run.survived {
        let (sentence, messages) = (survived.sentence.clone(), vec![survived.message]);
        return Some(Breach { promise: FRESH_START, event: noted(&sentence), sentence, messages });
    }
    exam.promises().iter().find_map(|promise| {
        let finding = run.findings.iter().find(|finding| finding.promise == promise.name)?;
        match finding.verdict.clone() {
            Kept::Broken { sentence, event, messages } => {
                Some(Breach { promise: *promise, sentence, event, messages })
            }
            _ => None,
        }
    })
}

fn points_after(failure: &Failure) -> Vec<Points> {
    if failure.calm {
        return no_points("a run without faults comes first, and it broke");
    }
    let why = format!("{} broke", failure.breach.promise.name);
    match failure.breach.promise.part {
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

fn unknown_advice() -> String {
    format!("Allow more runs: --runs {MIN_RUNS_TO_PASS}, which is what a check without --runs does.")
}
