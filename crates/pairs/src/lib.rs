// SPDX-License-Identifier: MIT OR Apache-2.0
//! Two runs that are compared: what both had alike when they were put side by side stays alike, and the rest is what is
//! compared.
//!
//! ```text
//!  first ──its seed, its faults, what was equal of its parameters──► second ──► both are made, and played on one clock
//! ```
//!
//! One rule for every painter: addresses are decided here, moments and ends by the stage, which knows no addresses. In a room of
//! its own because a page's copy of it is compiled for size, and the models are not.

use queues::systems::{Setting, System, system_of};
use queues::{Address, AddressError, FaultScript, Plan, Replication, can_run, find, parameters, plan_of};

/// What stands between the two addresses of a pair in a link: no address has a `+` in it. In words it is ` beside `.
pub const BESIDE: &str = "+beside+";

/// The one queue of a run without a cluster; brokers of a cluster are numbered.
const ALONE: &str = "queue";
const NUMBERED: &str = "queue-";
const CONTROLLER: &str = "controller";

/// Two runs that are compared: their addresses when they were put side by side.
pub struct Pair {
    first: Address,
    second: Address,
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
    pub fn new(first: Address, second: Address) -> Pair {
        Pair { first, second }
    }

    /// The second run's address, now that the first one's is this: what was changed in the first since then and was alike
    /// is changed in the second, too.
    ///
    /// # Errors
    /// What is wrong with one of the addresses.
    pub fn second(&self, first: &Address) -> Result<Second, AddressError> {
        let (is, was, mine) = (plan_of(first)?, plan_of(&self.first)?, plan_of(&self.second)?);
        let mut address = self.second.clone();
        address.at = None;
        if self.first.seed == address.seed {
            address.seed = first.seed;
        }
        for known in parameters() {
            let (value, own) = (known.value(&is), known.value(&mine));
            if known.value(&was) == own && value != own {
                address.parameters.insert(known.name.to_owned(), value.to_string());
            }
        }
        add_faults(address, &self.first, first)
    }

    /// The run of a system's setting with the seed and the faults of this one, to be put beside it.
    ///
    /// # Errors
    /// None: a test asks every setting.
    pub fn of_system(first: &Address, system: &System, setting: &Setting) -> Result<Second, AddressError> {
        add_faults(system.address(setting, first.seed), &Address::new("", 0), first)
    }
}

/// Gives a run the faults that another one has now and had not before, as they happen to its own nodes, and takes away those that
/// were taken from that one. What cannot happen to it is left out, and said.
///
/// Entries are compared and translated as they are written: a page has less to load than if each kind were taken apart.
fn add_faults(mut address: Address, before: &Address, now: &Address) -> Result<Second, AddressError> {
    let plan = plan_of(&address)?;
    let (before, now) = (entries(before, &plan), entries(now, &plan));
    for fault in std::mem::take(&mut address.faults.faults) {
        let entry = fault.to_string();
        if now.contains(&entry) || !before.contains(&entry) {
            address.faults.faults.push(fault);
        }
    }
    let mut refused = None;
    for entry in now {
        let Ok(script) = entry.parse::<FaultScript>() else { continue };
        if before.contains(&entry) {
            continue;
        }
        address.faults.faults.extend(script.faults);
        if let Err(why) = can_run(&address) {
            address.faults.faults.pop();
            if refused.is_none() {
                refused = Some(["The run beside this one cannot follow: ", &*why.to_string()].concat());
            }
        }
    }
    Ok(Second { address, refused })
}

/// The fault script of a run, entry by entry, as it happens to the nodes of a plan.
fn entries(address: &Address, plan: &Plan) -> Vec<String> {
    let mut entries = Vec::new();
    for fault in &address.faults.faults {
        entries.push(translate(&fault.to_string(), plan));
    }
    entries
}

/// An entry of a fault script as it happens to the nodes of a plan: what is done to the one queue is done to who leads a
/// cluster at first, and who is cut from the queue is cut from all of the cluster.
fn translate(entry: &str, plan: &Plan) -> String {
    let group = entry.starts_with("cut") || entry.starts_with("heal");
    let (mut out, mut begins) = (String::new(), 0);
    let (mut side, mut node) = (0, 0);
    // The end is a mark like any other.
    for (at, mark) in entry.bytes().chain([b'@']).enumerate() {
        if !matches!(mark, b':' | b'/' | b',' | b'@') {
            continue;
        }
        put(&mut out, begins, &entry[node..at], group, plan);
        node = at + 1;
        if mark == b',' {
            continue;
        }
        // Nobody of this side is there: the run itself says so.
        if out.len() == begins {
            out.push_str(&entry[side..at]);
        }
        if at < entry.len() {
            out.push(char::from(mark));
        }
        (begins, side) = (out.len(), node);
    }
    out
}

/// Writes who stands for a node among those of a plan, behind what begins at a place: itself, where it is no broker.
fn put(out: &mut String, begins: usize, node: &str, group: bool, plan: &Plan) {
    let brokers = if plan.replication == Replication::Alone { 0 } else { plan.replicas };
    let controller = plan.replication == Replication::InSync;
    let mut write = |node: &str| {
        if out.len() > begins {
            out.push(',');
        }
        out.push_str(node);
    };
    let numbered = |n: u64| [NUMBERED, &*n.to_string()].concat();
    if node == ALONE && brokers > 0 {
        for n in 1..=if group { brokers } else { 1 } {
            write(&numbered(n));
        }
        if group && controller {
            write(CONTROLLER);
        }
        return;
    }
    let Some(number) = node.strip_prefix(NUMBERED) else {
        if node != CONTROLLER || controller || !group {
            write(node);
        }
        return;
    };
    if brokers == 0 && number == "1" {
        write(ALONE);
    } else if !group || number.parse::<u64>().is_ok_and(|n| n <= brokers) {
        write(node);
    }
}

/// What tells two runs apart: the systems or scenarios, else the parameters in which they differ, else seed and faults.
pub fn names(first: &Address, second: &Address) -> [String; 2] {
    [name(first, second), name(second, first)]
}

fn name(own: &Address, other: &Address) -> String {
    if let (Some((system, setting)), Some((_, its))) = (setting_of(own), setting_of(other))
        && !std::ptr::eq(setting, its)
    {
        return system.called(setting);
    }
    if own.scenario != other.scenario {
        let called = setting_of(own).map(|(system, setting)| system.called(setting));
        return called.unwrap_or_else(|| own.scenario.clone());
    }
    let mut name = String::new();
    if let (Ok(plan), Ok(its), Ok(scenario)) = (plan_of(own), plan_of(other), find(own)) {
        // What the scenario is about comes first: of a long name the beginning is read.
        for about in [true, false] {
            for known in parameters() {
                let value = known.value(&plan);
                if scenario.shown.contains(&known.name) == about && value != known.value(&its) {
                    if !name.is_empty() {
                        name.push_str(", ");
                    }
                    name.push_str(&[known.label, " ", &*value.to_string()].concat());
                }
            }
        }
    }
    if !name.is_empty() {
        return name;
    }
    if own.seed != other.seed {
        return ["seed ", &*own.seed.to_string()].concat();
    }
    let faults = own.faults.to_string();
    ["faults: ", if faults.is_empty() { "none" } else { &*faults }].concat()
}

/// The system and the setting whose run this is, whatever goes wrong in it and however much there is to do: in all in which
/// the system's settings differ it is as this one.
pub fn setting_of(address: &Address) -> Option<(&'static System, &'static Setting)> {
    let system = system_of(address)?;
    let has = |name: &str, value: &str| address.parameters.get(name).is_some_and(|given| given == value);
    let decides = |name: &str| {
        system.settings.iter().any(|setting| setting.changes.iter().any(|(known, _)| *known == name))
    };
    let given = address.parameters.keys().filter(|name| decides(name)).count();
    let same = |setting: &&Setting| {
        setting.changes.len() == given && setting.changes.iter().all(|(name, value)| has(name, value))
    };
    Some((system, system.settings.iter().find(same)?))
}

#[cfg(test)]
mod tests;
