// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exams whose runs can be made again: an address names a run, a run leaves a trace, folds over the trace judge it.
//!
//! Most run on the simulator. What else follows from an address and the learner's code alone, such as a schedule of threads,
//! is searched, shrunk and told in the same way.

use std::cell::RefCell;

use sim::{Address, AddressError};
use trace::{Finding, MessageId, Trace, Verdict};

use crate::exam::MIN_RUNS_TO_PASS;
use crate::exhaustive::Small;
use crate::host::Mishaps;
use crate::shrink::Reduction;
use crate::spot::Call;
use crate::verdict::{StoryLine, USUAL_KINDS};

/// Which part of the points a promise belongs to. Safety comes first: without it the others earn nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Nothing bad happens.
    Safety,
    /// Something good happens in the end.
    Liveness,
}

/// Something that must hold in every run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// Its name, the same everywhere.
    pub name: &'static str,
    /// Its part of the points.
    pub part: Part,
    /// What it asks, in a sentence.
    pub sentence: &'static str,
}

/// Something that was done to the learner's code, or happened to it, and is counted over all runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Situation {
    /// What, as the end of a count: "212 crashes after an emit and before its ack".
    pub name: &'static str,
    /// Whether an exam that never reached it says too little to pass anybody.
    pub required: bool,
}

/// What an exam must reach.
pub const fn must(name: &'static str) -> Situation {
    Situation { name, required: true }
}

/// What an exam may reach.
pub const fn may(name: &'static str) -> Situation {
    Situation { name, required: false }
}

/// The learner's code panicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panicked {
    /// In which call. Two panics are the same when their calls are: what they say may hold addresses or times.
    pub call: Call,
    /// What it said.
    pub message: String,
    /// For a panic while the code was dropped: how many crashes there were before the one that did it.
    pub crash: Option<u64>,
}

impl Panicked {
    /// What the trace says where it happened.
    pub fn note(&self) -> String {
        format!("{} panics", self.call)
    }

    /// The same, and the first line of what it said.
    pub fn sentence(&self) -> String {
        let first = self.message.lines().next().unwrap_or_default();
        format!("{} panics: {first}", self.call)
    }
}

/// Something outlived a crash that cannot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survived {
    /// What: the trace holds a note of the same words.
    pub sentence: String,
    /// The message that it was about.
    pub message: MessageId,
    /// It was left by another run: this one alone cannot show how.
    pub earlier_run: bool,
}

/// A small case whose runs were made one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exhausted {
    /// What was counted: "schedules of one producer and two items".
    pub what: String,
    /// Whether these were all; else the bound was reached first.
    pub all: bool,
}

/// What a run cost, to be added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Messages that took effect.
    pub messages: u64,
    /// How often each of [`Reproducible::limits`] was spent, in that order.
    pub spent: [u64; 2],
}

impl std::ops::AddAssign for Cost {
    fn add_assign(&mut self, other: Cost) {
        self.messages += other.messages;
        for (sum, n) in self.spent.iter_mut().zip(other.spent) {
            *sum += n;
        }
    }
}

/// A limit on a cost; keeping all of them earns the points for cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CostLimit {
    /// What is counted, per message.
    pub what: &'static str,
    /// How much it may be, in hundredths.
    pub most: u64,
}

/// One run and what the checkers found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What happened.
    pub trace: Trace,
    /// What the checkers say of each promise.
    pub findings: Vec<Finding>,
    /// How often each situation was reached, in the order of [`Reproducible::situations`].
    pub reached: Vec<u64>,
    /// What it cost.
    pub cost: Cost,
    /// Steps of the engine.
    pub steps: u64,
    /// The learner's code panicked.
    pub panicked: Option<Panicked>,
    /// Something survived a crash that cannot.
    pub survived: Option<Survived>,
}

impl Run {
    /// A run that was judged, and what else the exam learned in it.
    pub(crate) fn of(
        (trace, steps): (Trace, u64),
        findings: Vec<Finding>,
        reached: Vec<u64>,
        cost: Cost,
        mishaps: &RefCell<Mishaps>,
    ) -> Run {
        let Mishaps { panicked, survived, .. } = mishaps.take();
        Run { trace, findings, reached, cost, steps, panicked, survived }
    }

    /// Whether this and another are one run, made twice.
    pub fn is_same(&self, other: &Run) -> bool {
        let call = |run: &Run| run.panicked.as_ref().map(|panicked| panicked.call);
        self.trace == other.trace && self.survived == other.survived && call(self) == call(other)
    }
}

/// A promise that broke in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Which.
    pub promise: Promise,
    /// How, in a sentence.
    pub sentence: String,
    /// The event that broke it: its place in the trace, from 0.
    pub event: usize,
    /// The messages that it is about; none, if it is about the whole run.
    pub messages: Vec<MessageId>,
}

/// An exam whose runs can be made again. Everything about a run follows from its address and the learner's code.
pub trait Reproducible {
    /// The exercise's name.
    fn name(&self) -> &'static str;
    /// What must hold. When several are broken in one run, the first of this list is the one reported.
    fn promises(&self) -> &'static [Promise];
    /// What is counted.
    fn situations(&self) -> &'static [Situation];
    /// A run without faults, drawn from a seed.
    fn calm(&self, seed: u64) -> Address;
    /// A run with faults, drawn from a seed: which kinds of faults, how many, when.
    fn rough(&self, seed: u64) -> Address;
    /// Parameters that are a fault in themselves where they are not 0 and not empty: no calm run has them.
    fn disturbing(&self) -> &'static [&'static str] {
        &[]
    }
    /// Whether nothing goes wrong in the run of an address, whoever wrote it.
    fn is_calm(&self, address: &Address) -> bool {
        let is_quiet = |name: &&str| address.parameters.get(*name).is_none_or(|value| value == "0");
        address.faults.is_empty() && self.disturbing().iter().all(is_quiet)
    }
    /// Runs an address.
    ///
    /// # Errors
    /// For an address that is not one of this exam's: what, where, and what would be right.
    fn run(&self, address: &Address) -> Result<Run, AddressError>;
    /// Makes every run of a small case, up to a bound, one after the other, until `take` says that it has seen enough; says
    /// what they were. An exam that cannot do so makes none.
    fn exhaust(&self, take: &mut dyn FnMut(&Address, Run) -> bool) -> Option<Exhausted> {
        let _ = take;
        None
    }
    /// The same run by another address, in which more stands and less is drawn from the seed, so that more of it can be
    /// dropped; if there is one.
    fn spelled_out(&self, address: &Address) -> Option<Address> {
        let _ = address;
        None
    }
    /// How an address of this exam gets smaller, beyond dropping faults and making them earlier.
    fn reductions(&self) -> &'static [Reduction];
    /// A broken run in words: what happened up to the event that broke it, at most this many lines.
    fn story(&self, run: &Run, breach: &Breach, most: usize) -> Vec<StoryLine>;
    /// What costs, and how much it may.
    fn limits(&self) -> [CostLimit; 2];
    /// Small runs to be searched exhaustively, where there are any.
    fn small(&self) -> Option<&'static Small> {
        None
    }
    /// How many runs with faults it takes to pass.
    fn enough(&self) -> u64 {
        MIN_RUNS_TO_PASS
    }
    /// What sets the runs of [`Reproducible::calm`] and of [`Reproducible::rough`] apart, as it follows the word "runs".
    fn kinds(&self) -> [&'static str; 2] {
        USUAL_KINDS
    }
}

/// What an exam on the simulator is made of; `B` makes an incarnation of the learner's code.
pub(crate) struct Parts<B> {
    pub name: &'static str,
    pub promises: &'static [Promise],
    pub situations: &'static [Situation],
    pub calm: fn(u64) -> Address,
    pub rough: fn(u64) -> Address,
    pub disturbing: &'static [&'static str],
    pub run: fn(&Address, B) -> Result<Run, AddressError>,
    pub reductions: &'static [Reduction],
    pub story: fn(&Trace, &Breach, usize) -> Vec<StoryLine>,
    pub limits: [CostLimit; 2],
    pub small: Small,
}

/// An exam put together of its parts, for one learner's code.
pub(crate) struct Assembled<B: 'static> {
    pub parts: &'static Parts<B>,
    pub build: B,
}

impl<B: Copy> Reproducible for Assembled<B> {
    fn name(&self) -> &'static str {
        self.parts.name
    }

    fn promises(&self) -> &'static [Promise] {
        self.parts.promises
    }

    fn situations(&self) -> &'static [Situation] {
        self.parts.situations
    }

    fn calm(&self, seed: u64) -> Address {
        (self.parts.calm)(seed)
    }

    fn rough(&self, seed: u64) -> Address {
        (self.parts.rough)(seed)
    }

    fn disturbing(&self) -> &'static [&'static str] {
        self.parts.disturbing
    }

    fn run(&self, address: &Address) -> Result<Run, AddressError> {
        (self.parts.run)(address, self.build)
    }

    fn reductions(&self) -> &'static [Reduction] {
        self.parts.reductions
    }

    fn story(&self, run: &Run, breach: &Breach, most: usize) -> Vec<StoryLine> {
        (self.parts.story)(&run.trace, breach, most)
    }

    fn limits(&self) -> [CostLimit; 2] {
        self.parts.limits
    }

    fn small(&self) -> Option<&'static Small> {
        Some(&self.parts.small)
    }
}

/// The first thing that broke a promise: a sentence, the event, the messages it is about.
#[derive(Clone, Debug, Default)]
pub struct First(Option<(String, usize, Vec<MessageId>)>);

impl First {
    /// Whether nothing has broken it yet.
    pub fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// Notes it, unless something broke the promise before.
    pub fn note(&mut self, sentence: String, event: usize, messages: Vec<MessageId>) {
        self.0.get_or_insert((sentence, event, messages));
    }

    /// What is found out about the promise of this name.
    pub fn finding(&self, promise: &'static str) -> Finding {
        let verdict = match self.0.clone() {
            Some((sentence, event, messages)) => Verdict::Broken { sentence, event, messages },
            None => Verdict::Held,
        };
        Finding { promise, verdict }
    }
}

/// How often, in words.
pub fn times(n: u64) -> String {
    match n {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    }
}
