// SPDX-License-Identifier: MIT OR Apache-2.0
//! Two runs that are compared: what both had alike when they were put side by side stays alike, and the rest is what is
//! compared.
//!
//! ```text
//!  first ──its seed, its faults, what was equal of its parameters──► second ──► both are made, and played on one clock
//! ```
//!
//! One rule for every painter: the addresses are decided here, moments and ends by the stage.

use sim::{Address, AddressError, Fault};

use crate::fault_kind::Nodes;
use crate::plan::{Plan, Replication};
use crate::scenario::{can_run, plan_of};
use crate::systems::{Setting, System, system_of};
use crate::{Parameter, parameters};

/// What stands between the two addresses of a pair in a link: no address has a `+` in it. In words it is ` beside `.
pub const BESIDE: &str = "+beside+";

/// The one queue of a run without a cluster, and who leads a cluster at first.
const ALONE: &str = "queue";
const FIRST: &str = "queue-1";
const CONTROLLER: &str = "controller";

/// Two runs that are compared.
pub struct Pair {
    /// The addresses when they were put side by side.
    began: [Address; 2],
    /// What both had alike then.
    common: Vec<&'static Parameter>,
}

/// The second run of a pair, as it follows from the first.
pub struct Second {
    /// Its address, without a moment.
    pub address: Address,
    /// Why something of the first run's fault script cannot happen to it, where that is so; it goes without.
    pub refused: Option<String>,
}

/// The two addresses of `A beside B`, as words or as a page's link has it, or the one.
pub fn split(text: &str) -> (&str, Option<&str>) {
    let both = text.split_once(BESIDE).or_else(|| text.split_once(" beside "));
    both.map_or((text.trim(), None), |(first, second)| (first.trim(), Some(second.trim())))
}

/// Both addresses in words, as [`split`] reads them.
pub fn join(first: &Address, second: &Address) -> String {
    [&*first.to_string(), " beside ", &second.to_string()].concat()
}

impl Pair {
    /// Compares two runs from now on.
    ///
    /// # Errors
    /// What is wrong with one of the addresses.
    pub fn new(first: &Address, second: &Address) -> Result<Pair, AddressError> {
        let (one, other) = (plan_of(first)?, plan_of(second)?);
        let common = parameters().iter().filter(|known| known.value(&one) == known.value(&other)).collect();
        Ok(Pair { began: [first, second].map(|address| without_moment(address.clone())), common })
    }

    /// The second run's address, now that the first one's is this: what was changed in the first since then and was alike
    /// is changed in the second, too.
    ///
    /// # Errors
    /// What is wrong with the first one's address.
    pub fn second(&self, first: &Address) -> Result<Second, AddressError> {
        let [began, mine] = &self.began;
        let (is, was) = (plan_of(first)?, plan_of(mine)?);
        let mut address = mine.clone();
        if began.seed == mine.seed {
            address.seed = first.seed;
        }
        for known in self.common.iter().filter(|known| known.value(&is) != known.value(&was)) {
            address = address.with(known.name, &known.value(&is).to_string());
        }
        let plan = plan_of(&address)?;
        let translated = |faults: &[Fault]| -> Vec<Fault> {
            faults.iter().map(|fault| translate(fault.clone(), &plan)).collect()
        };
        let (before, now) = (translated(&began.faults.faults), translated(&first.faults.faults));
        address.faults.faults.retain(|fault| now.contains(fault) || !before.contains(fault));
        let added = now.into_iter().filter(|fault| !before.contains(fault)).collect();
        let refused = add_faults(&mut address, added);
        Ok(Second { address, refused })
    }

    /// The run of a system's setting with the seed and the faults of this one, to be put beside it.
    pub fn of_system(first: &Address, system: &System, setting: &Setting) -> Second {
        let mut address = system.address(setting, first.seed);
        let refused = plan_of(&address).map_or_else(
            |why| Some(why.to_string()),
            |plan| {
                let faults =
                    first.faults.faults.iter().map(|fault| translate(fault.clone(), &plan)).collect();
                add_faults(&mut address, faults)
            },
        );
        Second { address, refused }
    }
}

fn without_moment(address: Address) -> Address {
    Address { at: None, ..address }
}

/// Adds faults to a run: all, or those that can happen to it. Says why one cannot.
fn add_faults(address: &mut Address, faults: Vec<Fault>) -> Option<String> {
    let before = address.faults.faults.len();
    address.faults.faults.extend(faults.iter().cloned());
    can_run(address).err()?;
    address.faults.faults.truncate(before);
    let mut refused = None;
    for fault in faults {
        address.faults.faults.push(fault);
        if let Err(why) = can_run(address) {
            address.faults.faults.pop();
            refused = refused
                .or_else(|| Some(["The run beside this one cannot follow: ", &*why.to_string()].concat()));
        }
    }
    refused
}

/// A fault as it happens to the nodes of a plan: what is done to the one queue is done to who leads a cluster at first, and
/// who is cut from the queue is cut from all of the cluster.
fn translate(fault: Fault, plan: &Plan) -> Fault {
    let alone = plan.replication == Replication::Alone;
    let cluster = Nodes::of(plan).cluster();
    let one = |node: String| match &*node {
        ALONE if !alone => FIRST.to_owned(),
        FIRST if alone => ALONE.to_owned(),
        _ => node,
    };
    let side = |nodes: Vec<String>| -> Vec<String> {
        let mut there: Vec<String> = Vec::new();
        for node in &nodes {
            let brokers = node == ALONE || node == CONTROLLER || node.starts_with("queue-");
            match one(node.clone()) {
                _ if node == ALONE && !alone => there.extend(cluster.iter().cloned()),
                node if !brokers || cluster.contains(&node) => there.push(node),
                _ => {}
            }
        }
        // Nobody of it is there: the run itself says so.
        if there.is_empty() { nodes } else { there }
    };
    match fault {
        Fault::Packet { from, to, kind, nth, what } => {
            Fault::Packet { from: one(from), to: one(to), kind, nth, what }
        }
        Fault::Crash(node, at) => Fault::Crash(one(node), at),
        Fault::Restart(node, at) => Fault::Restart(one(node), at),
        Fault::CrashMachine(node, at) => Fault::CrashMachine(one(node), at),
        Fault::LoseDisk(node, at) => Fault::LoseDisk(one(node), at),
        Fault::Pause(node, at) => Fault::Pause(one(node), at),
        Fault::Resume(node, at) => Fault::Resume(one(node), at),
        Fault::Skew(node, offset, at) => Fault::Skew(one(node), offset, at),
        Fault::Slow(node, permille, at) => Fault::Slow(one(node), permille, at),
        Fault::Cut { from, to, one_way, at } => Fault::Cut { from: side(from), to: side(to), one_way, at },
        Fault::Heal { from, to, one_way, at } => Fault::Heal { from: side(from), to: side(to), one_way, at },
        Fault::Set { .. } | Fault::Fork(..) => fault,
    }
}

/// What tells two runs apart: the systems or scenarios, else the parameters in which they differ, else seed and faults.
pub fn names(first: &Address, second: &Address) -> [String; 2] {
    let both = [first, second];
    if first.scenario != second.scenario {
        return both.map(|address| named(address).unwrap_or_else(|| address.scenario.clone()));
    }
    if let (Some(one), Some(other)) = (named(first), named(second))
        && one != other
    {
        return [one, other];
    }
    let plans = both.map(|address| plan_of(address).unwrap_or_default());
    let differing: Vec<&Parameter> =
        parameters().iter().filter(|known| known.value(&plans[0]) != known.value(&plans[1])).collect();
    let said = |address: &Address, plan: &Plan| {
        let mut words: Vec<String> = differing
            .iter()
            .map(|known| [known.label, " ", &known.value(plan).to_string()].concat())
            .collect();
        if words.is_empty() && first.seed != second.seed {
            words.push(["seed ", &address.seed.to_string()].concat());
        }
        if words.is_empty() {
            let faults = address.faults.to_string();
            words.push(if faults.is_empty() { "no faults".to_owned() } else { faults });
        }
        words.join(", ")
    };
    [said(first, &plans[0]), said(second, &plans[1])]
}

/// The system and the setting whose run this is, if it is one as the list of systems has it.
fn named(address: &Address) -> Option<String> {
    setting_of(address).map(|(system, setting)| system.called(setting))
}

/// The system and the setting whose run this is, whatever goes wrong in it.
pub fn setting_of(address: &Address) -> Option<(&'static System, &'static Setting)> {
    let system = system_of(address)?;
    let plan = plan_of(address).ok()?;
    let same = |setting: &&Setting| {
        let own = plan_of(&system.address(setting, address.seed));
        own.is_ok_and(|own| parameters().iter().all(|known| known.value(&own) == known.value(&plan)))
    };
    Some((system, system.settings.iter().find(same)?))
}

#[cfg(test)]
mod tests;
