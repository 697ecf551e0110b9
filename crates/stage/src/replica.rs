// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broker of several that keep a queue together: whether it leads, and how much of the leader's log it has.

use trace::{NodeId, Role};

use crate::meaning::Tone;
use crate::rows::Row;
use crate::sentence::number;
use crate::state::{State, role};
use crate::timeline::Timeline;

/// A broker's part in a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replica {
    /// The term in which it leads, if it does.
    pub leads: Option<u32>,
    /// How many messages its log holds.
    pub log: usize,
    /// How many of the leader's messages it has a copy of, and how many the leader has. None where it leads itself, or
    /// where nobody does.
    pub copies: Option<(usize, usize)>,
    /// How many messages its log holds that the leader's does not.
    pub astray: usize,
    /// How it is cut off from other brokers, in a word or two; empty where it is not.
    pub cut: String,
}

impl Replica {
    /// What stands behind its name: `★ leads, term 2`, `copy 12 of 14`.
    pub fn title(&self) -> String {
        let n = |n: usize| number(n as u64);
        match (self.leads, self.copies) {
            (Some(term), _) => ["★ leads, term ", &*number(term.into())].concat(),
            (None, Some((have, of))) => ["copy ", &*n(have), " of ", &n(of)].concat(),
            (None, None) => ["copy ", &*n(self.log)].concat(),
        }
    }

    /// The same where there is little room: `★ term 2`, `12 of 14`.
    pub fn short_title(&self) -> String {
        let title = self.title();
        match self.leads {
            Some(_) => title.replace("leads, ", ""),
            None if self.copies.is_some() => title.replace("copy ", ""),
            None => title,
        }
    }

    /// The title's colour.
    pub fn tone(&self) -> Tone {
        if self.leads.is_some() { Tone::Accent } else { Tone::Quiet }
    }

    /// What stands below that, the most important first: `cut off`, `2 behind`, `3 astray`, of a leader `log 14`.
    pub fn notes(&self) -> Vec<(Tone, String)> {
        let mut notes = Vec::new();
        let mut note = |tone: Tone, n: usize, words: &str| {
            if n > 0 {
                notes.push((tone, [&*number(n as u64), words].concat()));
            }
        };
        let behind = self.copies.map_or(0, |(have, of)| of - have);
        note(Tone::Quiet, behind, " behind");
        note(Tone::Fault, self.astray, " astray");
        if self.leads.is_some() {
            notes.push((Tone::Quiet, ["log ", &*number(self.log as u64)].concat()));
        }
        if !self.cut.is_empty() {
            notes.insert(0, (Tone::Fault, ["⚡ ", &*self.cut].concat()));
        }
        notes
    }
}

/// A node's part in the cluster, if there is one and it is a broker that runs: nobody can ask one that does not.
pub(crate) fn replica(timeline: &Timeline, state: &State, row: &Row) -> Option<Replica> {
    let node = &state.nodes[row.node.index()];
    if !timeline.is_cluster() || row.role != Role::Queue || node.crashed {
        return None;
    }
    let leading = state.nodes.iter().filter(|other| other.leads.is_some());
    let leader = leading.max_by_key(|other| other.leads).filter(|_| node.leads.is_none());
    let copies = leader.map(|leader| {
        (leader.log.iter().filter(|message| node.log.contains(*message)).count(), leader.log.len())
    });
    Some(Replica {
        leads: node.leads,
        log: node.log.len(),
        copies,
        astray: copies.map_or(0, |(have, _)| node.log.len() - have),
        cut: cut(timeline, state, row.node),
    })
}

/// How a broker is cut off from the others.
fn cut(timeline: &Timeline, state: &State, node: NodeId) -> String {
    if state.severed.is_empty() {
        return String::new();
    }
    let brokers = (0..state.nodes.len()).map(|n| NodeId(n as u16));
    let others: Vec<NodeId> = brokers
        .filter(|other| *other != node && role(timeline.trace(), *other) == Some(Role::Queue))
        .collect();
    let unheard = |other: &&NodeId| state.severed.contains((**other, node));
    let unreached = |other: &&NodeId| state.severed.contains((node, **other));
    let all = others.len();
    let (hears_not, not_heard) =
        (others.iter().filter(unheard).count(), others.iter().filter(unreached).count());
    let names: Vec<&str> = others
        .iter()
        .filter(|other| unheard(other) || unreached(other))
        .map(|other| timeline.name(*other))
        .collect();
    if names.is_empty() {
        String::new()
    } else if (hears_not, not_heard) == (all, all) {
        "cut off".to_owned()
    } else if (hears_not, not_heard) == (all, 0) {
        "hears none".to_owned()
    } else if (hears_not, not_heard) == (0, all) {
        "unheard".to_owned()
    } else {
        ["cut from ", &names.join(", ")].concat()
    }
}
