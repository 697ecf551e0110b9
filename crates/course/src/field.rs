// SPDX-License-Identifier: MIT OR Apache-2.0
//! The field under faults: each setting of each system, each kind of fault, and how often it lost what.
//!
//! Counting takes a minute of two cores, so the table that chapters and screens show is a file ([`recorded`]), and a test
//! counts it again.

mod recorded;

use queues::systems::{Setting, System, systems};
use queues::{Address, FaultKind, Plan, Replication};
use trace::{Fates, Time};

pub use recorded::{RECORDED_SEEDS, find, line, recorded};

/// One cell of the table: a setting, and what goes wrong.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The system.
    pub system: &'static System,
    /// How it is run.
    pub setting: &'static Setting,
    /// What goes wrong.
    pub fault: FaultKind,
    /// What else goes wrong, independently.
    pub second: Option<FaultKind>,
}

/// What can become of a message that should not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mishap {
    /// Its producer heard that the queue has it, and nobody has.
    ConfirmedLost,
    /// Its producer sent it without asking for a confirm, and nobody has it.
    ReturnedLost,
    /// A broker has it, and hands it to nobody.
    Stuck,
    /// It took effect more than once.
    Duplicated,
    /// A later one of its key took effect before it.
    Reordered,
    /// It was refused, and its producer knows.
    Refused,
    /// Its producer gave it up without an answer.
    Unknown,
}

impl Mishap {
    /// All of them.
    pub const ALL: [Mishap; 7] = [
        Mishap::ConfirmedLost,
        Mishap::ReturnedLost,
        Mishap::Stuck,
        Mishap::Duplicated,
        Mishap::Reordered,
        Mishap::Refused,
        Mishap::Unknown,
    ];

    /// Its name on command lines and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Mishap::ConfirmedLost => "confirmed-lost",
            Mishap::ReturnedLost => "returned-lost",
            Mishap::Stuck => "stuck",
            Mishap::Duplicated => "duplicated",
            Mishap::Reordered => "reordered",
            Mishap::Refused => "refused",
            Mishap::Unknown => "unknown",
        }
    }

    /// The mishap of this name.
    pub fn find(name: &str) -> Option<Mishap> {
        Mishap::ALL.into_iter().find(|mishap| mishap.name() == name)
    }

    /// In a few words, of messages.
    pub fn words(self) -> &'static str {
        match self {
            Mishap::ConfirmedLost => "confirmed, and lost",
            Mishap::ReturnedLost => "sent without confirm, and lost",
            Mishap::Stuck => "stuck",
            Mishap::Duplicated => "took effect twice",
            Mishap::Reordered => "overtaken by a later one of its key",
            Mishap::Refused => "refused",
            Mishap::Unknown => "given up without an answer",
        }
    }
}

/// How many runs of a case had which mishap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many runs.
    pub runs: u64,
    /// In how many of them each mishap happened, in the order of [`Mishap::ALL`].
    pub with: [u64; 7],
    /// For how long the queue was unavailable, all runs together; `None` where producers ask for no confirm.
    pub unavailable: Option<Time>,
    /// Runs that reached a bound.
    pub unfinished: u64,
    /// Of each mishap the run that ends soonest: its end, and its seed.
    shortest: [Option<(Time, u64)>; 7],
}

/// Pairs of faults that replication has to fear: two of the copies at once, or one while another is cut off.
pub const PAIRS: [(FaultKind, FaultKind); 5] = [
    (FaultKind::Machine, FaultKind::Machine),
    (FaultKind::Disk, FaultKind::Disk),
    (FaultKind::Process, FaultKind::Clean),
    (FaultKind::Machine, FaultKind::Clean),
    (FaultKind::Disk, FaultKind::Clean),
];

impl Case {
    /// Every setting of every system under every fault that can happen to it, one at a time or in pairs.
    pub fn all(pairs: bool) -> Vec<Case> {
        let mut cases = Vec::new();
        for system in systems() {
            for setting in system.settings {
                let case = |fault, second| Case { system, setting, fault, second };
                let plan = case(FaultKind::Nothing, None).plan();
                let applies: Vec<FaultKind> =
                    FaultKind::ALL.into_iter().filter(|fault| fault.applies(&plan)).collect();
                if !pairs {
                    cases.extend(applies.iter().map(|fault| case(*fault, None)));
                    continue;
                }
                let harm: Vec<FaultKind> =
                    applies.into_iter().filter(|fault| *fault != FaultKind::Nothing).collect();
                for (n, first) in harm.iter().enumerate() {
                    cases.extend(harm[n..].iter().map(|second| case(*first, Some(*second))));
                }
            }
        }
        cases
    }

    /// What is recorded: every setting under every single fault, and those with several brokers under [`PAIRS`].
    pub fn to_record() -> Vec<Case> {
        let several = |case: &Case| {
            let plan = case.plan();
            plan.replication != Replication::Alone && plan.replicas > 1
        };
        let listed = |case: &Case| case.second.is_some_and(|second| PAIRS.contains(&(case.fault, second)));
        let pairs = Case::all(true).into_iter().filter(|case| listed(case) && several(case));
        Case::all(false).into_iter().chain(pairs).collect()
    }

    /// What its runs have in common.
    ///
    /// # Panics
    /// Never: a test runs every setting.
    pub fn plan(&self) -> Plan {
        queues::plan_of(&self.system.address(self.setting, 1)).expect("a setting's parameters are valid")
    }

    /// One run of it.
    pub fn address(&self, plan: &Plan, seed: u64) -> Address {
        let mut address = self.system.address(self.setting, seed);
        address.faults = self.fault.script(plan, seed, 0);
        if let Some(second) = self.second {
            address.faults.faults.extend(second.script(plan, seed, 1).faults);
        }
        address
    }

    /// Runs these seeds.
    pub fn count(&self, seeds: impl Iterator<Item = u64>) -> Tally {
        let plan = self.plan();
        let confirms = plan.confirm_timeout.is_some();
        let mut tally = Tally { unavailable: confirms.then_some(Time::ZERO), ..Tally::default() };
        for seed in seeds {
            let address = self.address(&plan, seed);
            let fates = queues::run_to_fates(&address).expect("a case's address is valid");
            tally.add(&fates, seed);
        }
        tally
    }

    /// Whether the setting claims to lose nothing confirmed in this case.
    pub fn is_covered(&self) -> bool {
        self.setting.keeps.as_ref().is_some_and(|keeps| {
            let covers =
                |fault: FaultKind| fault == FaultKind::Nothing || keeps.covers.contains(&fault.name());
            self.second.is_none() && covers(self.fault)
        })
    }

    /// What goes wrong, as a name.
    pub fn faults(&self) -> String {
        match self.second {
            None => self.fault.name().to_owned(),
            Some(second) => format!("{}+{}", self.fault.name(), second.name()),
        }
    }
}

impl Tally {
    fn add(&mut self, fates: &Fates, seed: u64) {
        let counts = [
            fates.confirmed_lost,
            fates.returned_lost,
            fates.stuck,
            fates.duplicated,
            fates.reordered,
            fates.refused,
            fates.unknown,
        ];
        self.runs += 1;
        self.unfinished += u64::from(fates.unfinished);
        if let Some(sum) = &mut self.unavailable {
            *sum += Time(fates.unavailable_ns);
        }
        for (place, count) in counts.into_iter().enumerate() {
            if count > 0 {
                self.with[place] += 1;
                let run = (fates.ended_at, seed);
                self.shortest[place] = Some(self.shortest[place].map_or(run, |known| known.min(run)));
            }
        }
    }

    /// Adds the runs of other seeds.
    pub fn merge(&mut self, other: &Tally) {
        self.runs += other.runs;
        self.unfinished += other.unfinished;
        self.unavailable = self.unavailable.zip(other.unavailable).map(|(own, more)| own + more);
        for place in 0..self.with.len() {
            self.with[place] += other.with[place];
            let both = self.shortest[place].into_iter().chain(other.shortest[place]);
            self.shortest[place] = both.min();
        }
    }

    /// In how many runs a mishap happened.
    pub fn of(&self, mishap: Mishap) -> u64 {
        self.with[mishap as usize]
    }

    /// The seed of the run in which a mishap shows soonest.
    pub fn shortest(&self, mishap: Mishap) -> Option<u64> {
        self.shortest[mishap as usize].map(|(_, seed)| seed)
    }

    /// The mean time a run that the queue was unavailable, in seconds.
    pub fn unavailable_seconds(&self) -> Option<f64> {
        self.unavailable.map(|sum| sum.as_secs_f64() / self.runs.max(1) as f64)
    }
}

/// The largest share that is still likely (95 %) when it happened in `k` of `n` runs: Wilson's upper limit, one-sided; 3/n
/// where it never happened.
pub fn at_most(k: u64, n: u64) -> f64 {
    if n == 0 {
        return 1.0;
    }
    if k == 0 {
        return (3.0 / n as f64).min(1.0);
    }
    const Z: f64 = 1.644_853_627;
    let (n, share) = (n as f64, k as f64 / n as f64);
    let middle = share + Z * Z / (2.0 * n);
    let width = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    ((middle + width) / (1.0 + Z * Z / n)).min(1.0)
}
