// SPDX-License-Identifier: MIT OR Apache-2.0
//! The search of an exam: seeds first, then the smallest run that breaks the same promise.

mod end;

use sim::Address;
use trace::Time;

use crate::breach::{FRESH_START, NO_PANIC, annotated, broken};
use crate::exam::{Budget, Exam, Examined};
use crate::exhaustive::{Found, exhaust};
use crate::points::{COST, LIVENESS, SAFETY, no_points, part_name, points};
use crate::reproducible::{Breach, Cost, Part, Reproducible, Run};
use crate::shrink::shrink;
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
/// And so many steps of the engine: a run that goes on to its bound is dear.
const MOST_SHRINKING_STEPS: u64 = 2_000_000;
/// When something was seen that an earlier run left behind, so many runs may show how it outlives a crash within one.
const RUNS_AFTER_LEFTOVER: u64 = 100;
/// What is said while it is shrunk.
const STILL_LONG: &str = "The run that broke it is still being shortened; its story follows.";
/// The longest story.
const MOST_LINES: usize = 12;

/// An exam that searches its runs.
pub struct Searched<E>(pub E);

impl<E: Reproducible> Exam for Searched<E> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn examine_telling(&self, budget: &Budget, tell: &mut dyn FnMut(&Verdict)) -> Examined {
        Search::new(&self.0, budget, tell).examine()
    }
}

struct Search<'a> {
    exam: &'a dyn Reproducible,
    budget: &'a Budget,
    reached: Vec<u64>,
    /// The same, over the runs in which nothing broke.
    stood: Vec<u64>,
    cost: Cost,
    steps: u64,
    runs: Runs,
    /// What was searched exhaustively, to be told.
    exhausted: Vec<Tried>,
    /// Hears what broke before it is shrunk.
    tell: &'a mut dyn FnMut(&Verdict),
}

/// A run that broke.
#[derive(Clone)]
struct Failure {
    address: Address,
    run: Run,
    breach: Breach,
    calm: bool,
    /// Whether a seed drew it.
    drawn: bool,
    /// The how-manieth run it was.
    nth: u64,
}

impl Failure {
    /// Something was seen that an earlier run left: this run alone does not show how.
    fn was_left_behind(&self) -> bool {
        let earlier = self.run.survived.as_ref().is_some_and(|survived| survived.earlier_run);
        self.breach.promise == FRESH_START && earlier
    }

    /// The moment in which it broke.
    fn broke_at(&self) -> Option<Time> {
        self.run.trace.events.get(self.breach.event).map(|event| event.at)
    }
}

impl<'a> Search<'a> {
    fn new(exam: &'a dyn Reproducible, budget: &'a Budget, tell: &'a mut dyn FnMut(&Verdict)) -> Search<'a> {
        let kinds = exam.kinds().map(str::to_owned);
        let runs = Runs { first_seed: budget.seed, kinds, ..Runs::default() };
        let reached = vec![0; exam.situations().len()];
        let stood = reached.clone();
        let (cost, exhausted) = (Cost::default(), Vec::new());
        Search { exam, budget, reached, stood, cost, steps: 0, runs, exhausted, tell }
    }

    fn examine(mut self) -> Examined {
        #[cfg(not(bundled))]
        if let Some(address) = &self.budget.only {
            return self.one_run(address);
        }
        let calm = self.calm_part();
        if let Some(failure) = calm.as_ref().filter(|failure| !failure.was_left_behind()) {
            return self.failed(failure.clone());
        }
        let mut first_runs = Vec::new();
        let every = if calm.is_none() { self.every_part() } else { None };
        if let Some(failure) = every.as_ref().filter(|failure| failure.breach.promise.part == Part::Safety) {
            return self.failed(failure.clone());
        }
        if let Some(failure) = self.rough_part(&mut first_runs, calm, every) {
            return self.failed(failure);
        }
        if let Some((address, again)) = self.differs(&first_runs) {
            return self.told_apart(address, again, false);
        }
        match self.exhaustive_part() {
            Some(failure) => self.failed(failure),
            None => self.nothing_broke(),
        }
    }

    /// One run as its address names it, judged and told as it is: neither searched nor shrunk.
    #[cfg(not(bundled))]
    fn one_run(mut self, address: &Address) -> Examined {
        let calm = self.exam.is_calm(address);
        self.runs.first_seed = address.seed;
        *(if calm { &mut self.runs.calm } else { &mut self.runs.rough }) = 1;
        spot::run_begins(address.seed, calm);
        let run = match self.exam.run(address) {
            Ok(run) => run,
            Err(error) => {
                let mut verdict = Verdict::new(self.exam.name(), Outcome::Unknown, error.to_string());
                verdict.points = no_points("nothing was run");
                return Examined { verdict, counterexample: None };
            }
        };
        let again = self.exam.run(address);
        if again.is_ok_and(|again| !again.is_same(&run)) {
            return self.not_deterministic(address, calm);
        }
        self.steps = run.steps;
        self.reached.clone_from(&run.reached);
        if let Some(breach) = broken(self.exam, &run) {
            let address = address.clone();
            return self.broke(Failure { address, run, breach, calm, drawn: true, nth: 1 });
        }
        let sentence = "no promise broke in this run; one run says too little to pass";
        let mut verdict = Verdict::new(self.exam.name(), Outcome::Unknown, sentence);
        verdict.address = Some(address.to_string());
        verdict.seed = Some(address.seed);
        verdict.points = no_points("one run earns none");
        let mut examined = self.finish(verdict, Some(run.trace));
        // What one run did not reach is no news.
        examined.verdict.tried.retain(|tried| tried.count > 0);
        examined
    }

    /// How many runs with faults.
    fn wanted(&self) -> u64 {
        self.budget.runs.unwrap_or_else(|| self.exam.enough())
    }

    fn calm_part(&mut self) -> Option<Failure> {
        let runs = (self.wanted() / ROUGH_PER_CALM).max(FEWEST_CALM);
        for n in 0..runs {
            let address = self.exam.calm(self.budget.seed.wrapping_add(n));
            self.runs.calm += 1;
            if let (_, Some(failure)) = self.attempt(&address, true) {
                return Some(failure);
            }
        }
        None
    }

    /// Every run of a small case, for exams that can make them, until something breaks.
    fn every_part(&mut self) -> Option<Failure> {
        let mut failure = None;
        let exam = self.exam;
        let exhausted = exam.exhaust(&mut |address, run| {
            self.runs.every.count += 1;
            spot::run_begins(address.seed, false);
            (_, failure) = self.took(address, run, false);
            failure.is_none()
        })?;
        (self.runs.every.what, self.runs.every.all) = (exhausted.what, exhausted.all);
        failure.map(|failure| Failure { drawn: false, ..failure })
    }

    /// The seeds that broke something last time, then the budget's. A safety promise ends the search; after a liveness
    /// promise broke the rest of the seeds is asked for safety, for that is worse and is said first.
    fn rough_part(
        &mut self,
        first_runs: &mut Vec<(Address, u64)>,
        mut left_behind: Option<Failure>,
        mut stuck: Option<Failure>,
    ) -> Option<Failure> {
        let seeds = (0..self.wanted()).map(|n| self.budget.seed.wrapping_add(n));
        let all: Vec<u64> = self.budget.first.iter().copied().chain(seeds).collect();
        let mut last_step = if stuck.is_some() { self.steps + STEPS_AFTER_FAILURE } else { u64::MAX };
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

    /// Last, because most of what is wrong breaks within a few seeds: what is left may need one exact place.
    fn exhaustive_part(&mut self) -> Option<Failure> {
        let small = self.exam.small()?;
        let found = exhaust(self.exam, small, self.budget.thorough);
        self.steps += found.steps;
        self.exhausted = found.told(small);
        let before = self.nth();
        found.broken.map(|Found { address, run, breach, nth }| {
            let calm = self.exam.is_calm(&address);
            Failure { address, run, breach, calm, drawn: false, nth: before + nth }
        })
    }

    fn attempt(&mut self, address: &Address, calm: bool) -> (Option<Run>, Option<Failure>) {
        spot::run_begins(address.seed, calm);
        match self.exam.run(address) {
            Ok(run) => self.took(address, run, calm),
            Err(_) => (None, None),
        }
    }

    fn took(&mut self, address: &Address, run: Run, calm: bool) -> (Option<Run>, Option<Failure>) {
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
                let nth = self.nth();
                (None, Some(Failure { address, run, breach, calm, drawn: true, nth }))
            }
            None => {
                for (sum, n) in self.stood.iter_mut().zip(&run.reached) {
                    *sum += n;
                }
                (Some(run), None)
            }
        }
    }

    /// How many runs there were.
    fn nth(&self) -> u64 {
        self.runs.calm + self.runs.every.count + self.runs.rough
    }

    /// What must be reached and was not, in these counts.
    fn missed(&self, counts: &[u64]) -> Vec<&'static str> {
        let situations = self.exam.situations().iter().zip(counts);
        let missed = situations.filter(|(situation, count)| situation.required && **count == 0);
        missed.map(|(situation, _)| situation.name).collect()
    }

    fn points_after(&self, failure: &Failure) -> Vec<Points> {
        let why = format!("{} broke", failure.breach.promise.name);
        match failure.breach.promise.part {
            _ if failure.calm => {
                no_points(&format!("a run {} comes first, and it broke", self.runs.kinds[0]))
            }
            Part::Safety => no_points(&why),
            Part::Liveness => {
                // Who gives up at the first crash does nothing wrong after it, and nothing right.
                let missed = self.missed(&self.stood);
                let safe = match missed.first() {
                    None => points(SAFETY, true, "no safety promise broke".to_owned()),
                    Some(what) => points(SAFETY, false, format!("no run that went well had {what}")),
                };
                let cost = "counts only for an answer that keeps all promises".to_owned();
                vec![safe, points(LIVENESS, false, why), points(COST, false, cost)]
            }
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
                let nth = self.nth();
                self.broke(Failure { address, run: again, breach, calm, drawn: true, nth })
            }
            _ => self.not_deterministic(&address, calm),
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
        let mut first = self.what_broke(&failure);
        first.runs = self.runs.clone();
        first.advice = Some(STILL_LONG.to_owned());
        (self.tell)(&first);
        let smallest = self.smallest(failure);
        self.broke(smallest)
    }

    /// The verdict on a run in which something breaks, but for its story.
    fn what_broke(&mut self, smallest: &Failure) -> Verdict {
        self.runs.until_broken = smallest.nth;
        let outcome = if smallest.breach.promise == NO_PANIC { Outcome::Crashed } else { Outcome::Failed };
        let mut verdict = Verdict::new(self.exam.name(), outcome, smallest.breach.sentence.clone());
        verdict.broken = Some(Broken {
            promise: smallest.breach.promise.name.to_owned(),
            part: part_name(smallest.breach.promise.part).to_owned(),
            means: smallest.breach.promise.sentence.to_owned(),
            calm: smallest.calm && self.exam.is_calm(&smallest.address),
        });
        verdict.address = Some(Address { at: smallest.broke_at(), ..smallest.address.clone() }.to_string());
        verdict.seed = smallest.drawn.then_some(smallest.address.seed);
        verdict.detail = smallest.run.panicked.as_ref().map(|panicked| panicked.message.clone());
        verdict.points = self.points_after(smallest);
        verdict
    }

    /// The verdict on a run in which something breaks, as small as it will be.
    fn broke(mut self, smallest: Failure) -> Examined {
        let mut verdict = self.what_broke(&smallest);
        verdict.story = self.exam.story(&smallest.run, &smallest.breach, MOST_LINES - 1);
        verdict.story.push(StoryLine {
            at: smallest.broke_at().map_or(String::new(), Time::short),
            text: format!("so {} is broken: {}", smallest.breach.promise.name, smallest.breach.sentence),
        });
        self.finish(verdict, Some(annotated(smallest.run.trace, &smallest.breach)))
    }

    /// Shrinks; the same promise must break in every step.
    fn smallest(&mut self, failure: Failure) -> Failure {
        let exam = self.exam;
        let name = failure.breach.promise.name;
        let mut steps = 0;
        let mut breaks = |address: &Address| match (steps < MOST_SHRINKING_STEPS).then(|| exam.run(address)) {
            Some(Ok(run)) => {
                steps += run.steps;
                broken(exam, &run).is_some_and(|breach| breach.promise.name == name)
            }
            _ => false,
        };
        let mut shrunk = shrink(&failure.address, exam.reductions(), MOST_SHRINKING, &mut breaks);
        if let Some(same) = exam.spelled_out(&shrunk.address).filter(&mut breaks) {
            shrunk = shrink(&same, exam.reductions(), MOST_SHRINKING, &mut breaks);
        }
        self.steps += steps;
        let Ok(run) = exam.run(&shrunk.address) else { return failure };
        match broken(exam, &run) {
            Some(breach) if breach.promise.name == name => {
                Failure { address: shrunk.address, run, breach, ..failure }
            }
            _ => failure,
        }
    }

    fn not_deterministic(self, address: &Address, calm: bool) -> Examined {
        let sentence = "the same run gave two different traces";
        let mut verdict = Verdict::new(self.exam.name(), Outcome::NotDeterministic, sentence);
        verdict.address = Some(address.to_string());
        verdict.seed = (!calm).then_some(address.seed);
        verdict.advice = Some(end::NOT_DETERMINISTIC.to_owned());
        verdict.points = no_points("it was not reached: the answer is not deterministic");
        self.finish(verdict, None)
    }
}
