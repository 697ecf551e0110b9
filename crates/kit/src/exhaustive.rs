// SPDX-License-Identifier: MIT OR Apache-2.0
//! Small runs searched exhaustively: every placement of one fault, then of two.
//!
//! Seeds find what goes wrong often enough. What goes wrong in one exact place is found by trying all places: after each
//! moment in which something happens, and for each packet. The places of a second fault are those of the run with the first
//! one in it, behind the first: so faults also come while the answer still recovers from one.

use std::ops::Range;

use sim::{Address, Fault, FaultScript, PacketFault};
use trace::{Set, Time, Trace, What};

use crate::breach::broken;
use crate::reproducible::{Breach, Part, Reproducible, Run};
use crate::setting;
use crate::verdict::Tried;

/// An exam's small runs, and what can befall them.
pub struct Small {
    /// Their addresses, without faults: a few messages each.
    pub runs: &'static [&'static str],
    /// The faults, of the kinds that the exam draws.
    pub perils: &'static [Peril],
}

/// A fault that can come in many places.
pub enum Peril {
    /// After a moment in which something happened: the fault, and what ends it.
    Moment(fn(Time) -> Vec<Fault>),
    /// To any packet of a kind on its way.
    Packet {
        /// Its kind.
        kind: &'static str,
        /// Its sender and its receiver.
        way: [&'static str; 2],
        /// What happens to it.
        what: PacketFault,
    },
    /// One number of a list that the address has, from 1 to its number of messages.
    Listed(&'static str),
}

/// How many placements were tried, of how many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub tried: u64,
    pub of: u64,
}

/// A run that broke.
pub(crate) struct Found {
    pub address: Address,
    pub run: Run,
    pub breach: Breach,
    /// The how-manieth it was.
    pub nth: u64,
}

/// What came out.
#[derive(Default)]
pub(crate) struct Exhausted {
    /// A run in which a safety promise broke, else one in which another did.
    pub broken: Option<Found>,
    pub runs: u64,
    pub singles: Count,
    /// Nothing is tried of these unless that was asked for.
    pub pairs: Count,
    pub steps: u64,
    /// So many steps are enough for now.
    most_steps: u64,
}

/// Beyond so many steps of the engine the rest is only counted.
const MOST_STEPS: u64 = 1_000_000;
/// And these are added for two faults, where that is asked for.
const MORE_STEPS_FOR_PAIRS: u64 = 8_000_000;
const MOST_PAIRS: u64 = 25_000;
/// A run that does not finish goes to its bound; a few of them are enough to see whether safety holds.
const STEPS_AFTER_BREACH: u64 = 400_000;

/// One place of one fault. Ordered as faults come in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// One more than the event behind which it comes; what an address lists holds from the beginning.
    event: usize,
    /// Which of the perils.
    peril: usize,
    /// The moment in nanoseconds, the packet of its kind, or the number of a list.
    which: u64,
}

/// Tries every placement of one fault, and if `pairs` of two, or as many of them as the bounds allow.
pub(crate) fn exhaust(exam: &dyn Reproducible, small: &Small, pairs: bool) -> Exhausted {
    let mut found = Exhausted { most_steps: MOST_STEPS, ..Exhausted::default() };
    let mut first_faults = Vec::new();
    for address in small.runs {
        let address: Address = address.parse().expect("an exam's own address");
        let Some(run) = found.stands(exam, &address) else { continue };
        for place in places(&address, &run.trace, small.perils, None) {
            found.singles.of += 1;
            if found.is_enough() {
                continue;
            }
            found.singles.tried += 1;
            let faulty = small.with(&address, place);
            let Some(run) = found.stands(exam, &faulty) else { continue };
            let behind = places(&faulty, &run.trace, small.perils, Some(place)).len() as u64;
            found.pairs.of += behind;
            first_faults.push((faulty, place, behind));
        }
    }
    if pairs {
        found.most_steps += MORE_STEPS_FOR_PAIRS;
        found.second_faults(exam, small, &first_faults);
    }
    found
}

impl Exhausted {
    /// What was tried, for the verdict.
    pub fn told(&self, small: &Small) -> Vec<Tried> {
        let sizes = small.runs.iter().filter_map(|run| run.parse().ok());
        let sizes: Set<u64> = sizes.map(|run| setting::written_number(&run, "messages")).collect();
        let sizes: Vec<String> = sizes.iter().map(|size| size.to_string()).collect();
        let runs = format!("small runs of {} messages", sizes.join(" and "));
        let told = |faults: &str, count: Count, required: bool| {
            let what = if count.tried == count.of {
                format!("runs with {faults}: every placement in {runs}")
            } else {
                format!("runs with {faults}, of {} placements in {runs}", count.of)
            };
            Tried { what, count: count.tried, required }
        };
        let singles = told("one fault", self.singles, true);
        let pairs = (self.pairs.tried > 0).then(|| told("two faults", self.pairs, false));
        [Some(singles), pairs].into_iter().flatten().collect()
    }

    /// Nothing more has to be tried: what broke is as bad as can be, or it took long enough.
    fn is_enough(&self) -> bool {
        let unsafe_run = |broken: &Found| broken.breach.promise.part == Part::Safety;
        self.steps >= self.most_steps || self.broken.as_ref().is_some_and(unsafe_run)
    }

    /// Runs it. Comes back with the run if nothing broke.
    fn stands(&mut self, exam: &dyn Reproducible, address: &Address) -> Option<Run> {
        let run = exam.run(address).expect("an exam's own perils");
        (self.runs, self.steps) = (self.runs + 1, self.steps + run.steps);
        let Some(breach) = broken(exam, &run) else { return Some(run) };
        let worse = breach.promise.part == Part::Safety;
        if self.broken.is_none() {
            self.most_steps = self.most_steps.min(self.steps + STEPS_AFTER_BREACH);
        }
        if self.broken.is_none() || worse {
            self.broken = Some(Found { address: address.clone(), run, breach, nth: self.runs });
        }
        None
    }

    /// Where there are too many, some that stand evenly among all.
    fn second_faults(
        &mut self,
        exam: &dyn Reproducible,
        small: &Small,
        first_faults: &[(Address, Place, u64)],
    ) {
        let (all, most) = (self.pairs.of, self.pairs.of.min(MOST_PAIRS));
        let mut before = 0;
        for (address, first, count) in first_faults {
            let chosen = chosen(before, *count, all, most);
            if !chosen.is_empty() && !self.is_enough() {
                let run = exam.run(address).expect("it was run before");
                self.steps += run.steps;
                let places = places(address, &run.trace, small.perils, Some(*first));
                for n in chosen {
                    // An answer that is not deterministic has other places each time.
                    let Some(place) = places.get((n * all / most - before) as usize) else { break };
                    if self.is_enough() {
                        break;
                    }
                    self.pairs.tried += 1;
                    self.stands(exam, &small.with(address, *place));
                }
            }
            before += count;
        }
    }
}

/// Of `most` that stand evenly among `all`, those that are among these `count` behind so many before: the nth of them has
/// the place `n * all / most`.
fn chosen(before: u64, count: u64, all: u64, most: u64) -> Range<u64> {
    (before * most).div_ceil(all)..((before + count) * most).div_ceil(all)
}

impl Small {
    /// The run with a fault more.
    fn with(&self, address: &Address, place: Place) -> Address {
        let more = match &self.perils[place.peril] {
            Peril::Moment(faults) => faults(Time(place.which)),
            Peril::Packet { kind, way: [from, to], what } => {
                let (from, to, kind) = ((*from).to_owned(), (*to).to_owned(), (*kind).to_owned());
                vec![Fault::Packet { from, to, kind, nth: place.which as u32, what: *what }]
            }
            Peril::Listed(name) => {
                let own = address.parameters.get(*name).map(|list| format!("{list},"));
                let list = own.unwrap_or_default() + &place.which.to_string();
                return address.clone().with(name, &list);
            }
        };
        let faults = FaultScript { faults: [address.faults.faults.as_slice(), &more].concat() };
        Address { faults, ..address.clone() }
    }
}

/// Where a fault can come in this run, behind another or anywhere.
fn places(address: &Address, trace: &Trace, perils: &[Peril], behind: Option<Place>) -> Vec<Place> {
    let mut places = Vec::new();
    let node = |name: &str| trace.header.nodes.iter().position(|node| node.name == name);
    for (peril, own) in perils.iter().enumerate() {
        match own {
            Peril::Moment(_) => {
                // A fault comes last in its moment: once behind all events that share one.
                let ends = trace.events.windows(2).enumerate().filter(|(_, two)| two[0].at < two[1].at);
                places.extend(ends.map(|(n, two)| Place { event: n + 1, peril, which: two[0].at.0 }));
            }
            Peril::Packet { kind, way, .. } => {
                let way = way.map(node);
                places.extend(trace.events.iter().enumerate().filter_map(|(n, event)| match &event.what {
                    What::Sent { from, to, kind: sent, nth, .. }
                        if sent.as_str() == *kind && way == [Some(from.index()), Some(to.index())] =>
                    {
                        Some(Place { event: n + 1, peril, which: u64::from(*nth) })
                    }
                    _ => None,
                }));
            }
            Peril::Listed(_) => {
                let most = setting::written_number(address, "messages");
                places.extend((1..=most).map(|which| Place { event: 0, peril, which }));
            }
        }
    }
    places.retain(|place| behind.is_none_or(|behind| *place > behind));
    places
}

#[cfg(test)]
pub(crate) mod tests;
