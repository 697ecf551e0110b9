// SPDX-License-Identifier: MIT OR Apache-2.0
//! Shrinking: from a run in which something breaks to the smallest one in which the same thing breaks.
//!
//! First faults are dropped, then the workload shrinks, then moments become early and round, then parameters become
//! plain; and again from the beginning, until nothing more can go. Every candidate is run; only those in which the same
//! promise breaks are kept. No randomness: the same start gives the same end.

use sim::{Address, Fault, FaultScript, PacketFault};
use trace::Time;

/// A parameter that may become smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// How much work there is: a whole number.
    Workload {
        /// The parameter.
        name: &'static str,
        /// Its smallest value.
        least: u64,
    },
    /// A list of numbers, any of which may go: faults that a script cannot say.
    List {
        /// The parameter.
        name: &'static str,
    },
    /// A whole number that is plainest when small.
    Number {
        /// The parameter.
        name: &'static str,
        /// Its smallest value.
        least: u64,
    },
}

/// What shrinking came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrunk {
    /// The smallest run that was found.
    pub address: Address,
    /// How many runs it took.
    pub tries: u64,
    /// Whether nothing more can go; else the bound on runs was reached first.
    pub smallest: bool,
}

/// Shrinks an address while `breaks` says that the same thing breaks, with at most so many runs.
pub fn shrink(
    start: &Address,
    reductions: &[Reduction],
    most_tries: u64,
    breaks: &mut dyn FnMut(&Address) -> bool,
) -> Shrunk {
    let mut shrinker = Shrinker { best: start.clone(), tries: 0, most_tries, breaks };
    loop {
        let before = shrinker.best.clone();
        shrinker.faults();
        for reduction in reductions {
            match *reduction {
                Reduction::List { name } => shrinker.list(name),
                Reduction::Workload { name, least } => shrinker.number(name, least),
                Reduction::Number { .. } => {}
            }
        }
        shrinker.moments();
        for reduction in reductions {
            if let Reduction::Number { name, least } = *reduction {
                shrinker.number(name, least);
            }
        }
        let out_of_tries = shrinker.tries >= most_tries;
        if shrinker.best == before || out_of_tries {
            let smallest = !out_of_tries;
            return Shrunk { address: shrinker.best, tries: shrinker.tries, smallest };
        }
    }
}

struct Shrinker<'a> {
    best: Address,
    tries: u64,
    most_tries: u64,
    breaks: &'a mut dyn FnMut(&Address) -> bool,
}

impl Shrinker<'_> {
    fn try_address(&mut self, candidate: Address) -> bool {
        if candidate == self.best || self.tries >= self.most_tries {
            return false;
        }
        self.tries += 1;
        let smaller = (self.breaks)(&candidate);
        if smaller {
            self.best = candidate;
        }
        smaller
    }

    fn try_faults(&mut self, units: &[Vec<Fault>]) -> bool {
        let faults = FaultScript { faults: units.concat() };
        self.try_address(Address { faults, ..self.best.clone() })
    }

    /// Drops faults: all, halves, quarters, down to single ones.
    fn faults(&mut self) {
        let mut size = units(&self.best.faults).len();
        while size > 0 {
            let mut at = 0;
            loop {
                let units = units(&self.best.faults);
                if at >= units.len() {
                    break;
                }
                let end = (at + size).min(units.len());
                let rest = [&units[..at], &units[end..]].concat();
                // What is gone needs no step: its place is taken by what stood behind it.
                if !self.try_faults(&rest) {
                    at = end;
                }
            }
            size /= 2;
        }
        self.milder();
    }

    /// A crash of the machine becomes one of the process, where that is enough.
    fn milder(&mut self) {
        for n in 0..units(&self.best.faults).len() {
            let mut units = units(&self.best.faults);
            if let Fault::CrashMachine(node, at) = units[n][0].clone() {
                units[n][0] = Fault::Crash(node, at);
                self.try_faults(&units);
            }
        }
    }

    /// Fewer items, then smaller ones: a list that names a late message keeps the workload from shrinking.
    fn list(&mut self, name: &str) {
        let mut at = 0;
        while let Some(items) = items(&self.best, name).filter(|items| at < items.len()) {
            let rest = [&items[..at], &items[at + 1..]].concat();
            let now = items[at];
            let smaller =
                smaller(now, 1).filter(|n| !items.contains(n)).map(|n| [rest.as_slice(), &[n]].concat());
            // In its place stands the next one, or itself with a smaller number: either way there is no step.
            let helped = std::iter::once(rest.clone()).chain(smaller).any(|list| self.try_list(name, list));
            if !helped {
                at += 1;
            }
        }
    }

    fn try_list(&mut self, name: &str, mut list: Vec<u64>) -> bool {
        list.sort_unstable();
        let mut candidate = self.best.clone();
        if list.is_empty() {
            candidate.parameters.remove(name);
        } else {
            let list: Vec<String> = list.iter().map(u64::to_string).collect();
            candidate.parameters.insert(name.to_owned(), list.join(","));
        }
        self.try_address(candidate)
    }

    /// A smaller value; again while it helps.
    fn number(&mut self, name: &str, least: u64) {
        let value = |address: &Address| address.parameters.get(name).and_then(|text| text.parse().ok());
        while let Some(now) = value(&self.best).filter(|now: &u64| *now > least) {
            let helped = smaller(now, least)
                .any(|step| self.try_address(self.best.clone().with(name, &step.to_string())));
            if !helped {
                return;
            }
        }
    }

    /// Early and round moments, short spans, low numbers of packets.
    fn moments(&mut self) {
        for n in 0..units(&self.best.faults).len() {
            while self.earlier(n) {}
        }
    }

    fn earlier(&mut self, n: usize) -> bool {
        let all = units(&self.best.faults);
        simpler(&all[n]).into_iter().any(|unit| {
            let mut candidate = all.clone();
            candidate[n] = unit;
            self.try_faults(&candidate)
        })
    }
}

/// Smaller numbers to try, the boldest first: the least, then half of the way to it, a quarter, an eighth, one less. Where
/// the smallest that will do lies somewhere between, it is found in few steps.
fn smaller(now: u64, least: u64) -> impl Iterator<Item = u64> {
    let way = now.saturating_sub(least);
    let parts = std::iter::successors(Some(way), |part| Some(part / 2)).take_while(|part| *part > 0);
    parts.map(move |part| now - part)
}

fn items(address: &Address, name: &str) -> Option<Vec<u64>> {
    address.parameters.get(name)?.split(',').map(|item| item.parse().ok()).collect()
}

/// A fault together with what ends it: a crash without its restart would be another fault, and a worse one.
fn units(script: &FaultScript) -> Vec<Vec<Fault>> {
    let mut units: Vec<Vec<Fault>> = Vec::new();
    for fault in &script.faults {
        let open = units.iter_mut().find(|unit| unit.len() == 1 && ends(&unit[0], fault));
        match open {
            Some(unit) => unit.push(fault.clone()),
            None => units.push(vec![fault.clone()]),
        }
    }
    units
}

fn ends(harm: &Fault, mend: &Fault) -> bool {
    match (harm, mend) {
        (Fault::Crash(a, _) | Fault::CrashMachine(a, _), Fault::Restart(b, _))
        | (Fault::Pause(a, _), Fault::Resume(b, _)) => a == b,
        (Fault::Cut { from, to, .. }, Fault::Heal { from: f, to: t, .. }) => from == f && to == t,
        _ => false,
    }
}

/// Simpler forms of one unit, simplest first. Each is smaller in an order that ends, so that this cannot go on for
/// ever.
fn simpler(unit: &[Fault]) -> Vec<Vec<Fault>> {
    match unit {
        [Fault::Packet { from, to, kind, nth, what }] => {
            let with = |nth: u32, what: PacketFault| {
                vec![Fault::Packet { from: from.clone(), to: to.clone(), kind: kind.clone(), nth, what }]
            };
            let mut forms: Vec<Vec<Fault>> =
                smaller(u64::from(*nth), 1).map(|n| with(n as u32, *what)).collect();
            if let PacketFault::Delay(by) = what {
                forms.extend(rounder(*by).into_iter().map(|by| with(*nth, PacketFault::Delay(by))));
            }
            forms
        }
        [harm, mend] => {
            let (Some(at), Some(back)) = (harm.at(), mend.at()) else { return Vec::new() };
            let span = back.since(at);
            let moved = rounder(at).into_iter().map(|at| (at, at + span));
            let shorter = rounder(span).into_iter().map(|span| (at, at + span));
            moved.chain(shorter).map(|(at, back)| vec![moved_to(harm, at), moved_to(mend, back)]).collect()
        }
        [fault] => match fault.at() {
            Some(at) => rounder(at).into_iter().map(|at| vec![moved_to(fault, at)]).collect(),
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Smaller spans: half of it, and rounded down to hundreds, tens and single milliseconds; never zero.
fn rounder(span: Time) -> Vec<Time> {
    let down = |to: Time| Time(span.0 / to.0 * to.0);
    let half = Time(span.0 / 2_000_000 * 1_000_000);
    [half, down(Time::millis(100)), down(Time::millis(10)), down(Time::millis(1))]
        .into_iter()
        .filter(|smaller| *smaller > Time::ZERO && *smaller < span)
        .collect()
}

fn moved_to(fault: &Fault, to: Time) -> Fault {
    let mut fault = fault.clone();
    match &mut fault {
        Fault::Packet { .. } => {}
        Fault::Crash(_, at)
        | Fault::Restart(_, at)
        | Fault::CrashMachine(_, at)
        | Fault::LoseDisk(_, at)
        | Fault::Pause(_, at)
        | Fault::Resume(_, at)
        | Fault::Skew(_, _, at)
        | Fault::Slow(_, _, at)
        | Fault::Cut { at, .. }
        | Fault::Heal { at, .. }
        | Fault::Set { at, .. }
        | Fault::Fork(_, at) => *at = to,
    }
    fault
}

#[cfg(test)]
mod tests;
