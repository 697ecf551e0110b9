// SPDX-License-Identifier: MIT OR Apache-2.0
//! From an address to a run: producers, consumers, and between them the learner's queue.

use kit::making::{Choice, Choices, Cost, ListChoice, Run, Setting, written};
use sim::{Address, AddressError};

use super::{calls, judge, written as trace_of};
use crate::plan::{Every, Plan, Policy};
use crate::record::Record;

pub(super) const PUSH: &str = "push(item {})";
pub(super) const POP: &str = "pop()";
pub(super) const CLOSE: &str = "close()";

/// At these steps this thread goes on: the step, and the thread's number from 1 as last digit.
pub(super) const SWITCHES: &str = "switches";
/// These waits end without a notification: their numbers, in the order in which threads begin to wait.
pub(super) const WAKES: &str = "wakes";

/// What an address of this exam can choose.
pub(super) const CHOICES: Choices = Choices {
    scenario: "exam/bounded-queue",
    numbers: &[
        Choice { name: "producers", least: 1, most: 4, usual: 1 },
        Choice { name: "consumers", least: 1, most: 4, usual: 1 },
        Choice { name: "items", least: 1, most: 24, usual: 2 },
        Choice { name: "bound", least: 1, most: 8, usual: 1 },
        // 0: the last producer closes the queue when it is done. 1: a thread of its own does, whenever its turn comes.
        // 2: nobody does, and each consumer takes its share.
        Choice { name: "closer", least: 0, most: 2, usual: 0 },
        // 0: a thread goes on until it waits. 1: drawn anew at each step. From 2: priorities are drawn, and so many of
        // them less one change on the way.
        Choice { name: "schedule", least: 0, most: 8, usual: 0 },
    ],
    lists: &[
        ListChoice { name: SWITCHES, of: "switches, each a step and the number of a thread in one" },
        ListChoice { name: WAKES, of: "numbers of waits" },
    ],
};

/// How many threads take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Terms {
    pub producers: usize,
    pub consumers: usize,
    pub items: u64,
    pub bound: usize,
    pub closer: Closer,
}

/// Who closes the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closer {
    LastProducer,
    Other,
    Nobody,
}

impl Terms {
    fn of(setting: &Setting) -> Terms {
        let number = |name: &str| setting.number(name) as usize;
        Terms {
            producers: number("producers"),
            consumers: number("consumers"),
            items: setting.number("items"),
            bound: number("bound"),
            closer: match number("closer") {
                0 => Closer::LastProducer,
                1 => Closer::Other,
                _ => Closer::Nobody,
            },
        }
    }

    /// The threads by number: producers, consumers, and the closer where there is one.
    pub fn names(&self) -> Vec<String> {
        let producers = (1..=self.producers).map(|n| format!("producer-{n}"));
        let consumers = (1..=self.consumers).map(|n| format!("consumer-{n}"));
        producers
            .chain(consumers)
            .chain((self.closer == Closer::Other).then(|| "closer".to_owned()))
            .collect()
    }

    /// Whose item this is, counted from 0: the producers take turns.
    pub fn producer_of(&self, item: u64) -> usize {
        ((item - 1) % self.producers as u64) as usize
    }

    /// How many items this consumer, counted from 0, asks for where nobody closes the queue.
    pub fn share_of(&self, consumer: usize) -> u64 {
        let consumers = self.consumers as u64;
        self.items / consumers + u64::from((consumer as u64) < self.items % consumers)
    }
}

/// Who runs the threads of an address: this process, or one of a stranger's.
pub(super) trait Threads {
    /// What they do, by this plan. Items have their numbers, from 1.
    fn record(&self, terms: &Terms, plan: &Plan) -> Record;
}

/// Runs an address with the learner's code.
pub(super) fn run(address: &Address, threads: &impl Threads) -> Result<Run, AddressError> {
    let setting = read(address)?;
    let record = recorded(address, &setting, policy(&setting), threads);
    Ok(judged(address, &setting, &record))
}

/// The same run with every switch of its schedule spelled out.
pub(super) fn spelled_out(address: &Address, threads: &impl Threads) -> Option<Address> {
    let setting = read(address).ok()?;
    let record = recorded(address, &setting, policy(&setting), threads);
    Some(with_switches(address, &record))
}

/// All schedules of an address, one after the other, until there are so many or `take` says that it is enough. Whether
/// these were all.
pub(super) fn every_schedule(
    address: &Address,
    most: usize,
    most_switches: usize,
    threads: &impl Threads,
    take: &mut dyn FnMut(&Address, Run) -> bool,
) -> bool {
    let Ok(setting) = read(address) else { return false };
    let mut every = Every::of_at_most(most_switches);
    for _ in 0..most {
        let Some(policy) = every.next() else { return true };
        let record = recorded(address, &setting, policy, threads);
        let ahead = every.took(&record.choices);
        let address = with_switches(address, &record);
        let Ok(setting) = read(&address) else { continue };
        if !(take(&address, judged(&address, &setting, &record)) && ahead) {
            return false;
        }
    }
    every.next().is_none()
}

fn read(address: &Address) -> Result<Setting, AddressError> {
    let setting = CHOICES.read(address)?;
    if let Some(fault) = address.faults.faults.first() {
        let why = "nothing fails in this exam but waits that end by themselves (`wakes`)";
        return Err(address.fault_error(fault, why.to_owned()));
    }
    Ok(setting)
}

fn policy(setting: &Setting) -> Policy {
    match setting.number("schedule") {
        0 => {
            let switches = setting.list(SWITCHES).into_iter().filter(|switch| switch % 10 > 0);
            Policy::Given(switches.map(|switch| (switch / 10, (switch % 10 - 1) as usize)).collect())
        }
        1 => Policy::Random,
        depth => Policy::Pct(depth as usize),
    }
}

fn with_switches(address: &Address, record: &Record) -> Address {
    let switches: Vec<u64> =
        record.switches.iter().map(|(step, thread)| step * 10 + *thread as u64 + 1).collect();
    let mut address = address.clone().with("schedule", "0");
    if !switches.is_empty() {
        address = address.with(SWITCHES, &written(&switches));
    }
    address
}

fn recorded(address: &Address, setting: &Setting, policy: Policy, threads: &impl Threads) -> Record {
    let plan = Plan { seed: address.seed, policy, wakes: setting.list(WAKES).into_iter().collect() };
    threads.record(&Terms::of(setting), &plan)
}

fn judged(address: &Address, setting: &Setting, record: &Record) -> Run {
    let terms = Terms::of(setting);
    let calls = calls::of(record);
    let (trace, places) = trace_of::trace(address, setting, &terms, record, &calls);
    let (findings, tally) = judge::judge(&terms, record, &calls, &places);
    let cost = Cost { messages: terms.items, spent: [tally.locks, tally.in_vain] };
    Run {
        trace,
        findings,
        reached: tally.reached,
        cost,
        steps: record.steps,
        panicked: record.panicked.clone(),
        survived: None,
    }
}
