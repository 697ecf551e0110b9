// SPDX-License-Identifier: MIT OR Apache-2.0
//! Worlds that one node cannot tell apart, and what its choice does in each.
//!
//! ```text
//!  what the queue sees (the same events at the same moments, checked)
//!  world A: … and out of its sight …      world B: … and out of its sight …
//!  it redelivers:  one effect ●           two effects ◆
//!  it forgets:     no effect ✕            one effect ●
//! ```

use queues::Address;
use trace::{NodeId, Role, Time, Trace, What};

use crate::computed::{Cell, Table};

/// Two runs that are one to a node, up to the moment in which it has to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worlds {
    /// What the node has to decide, as a question.
    pub question: String,
    /// What the node sees, in both: moments and words.
    pub seen: Vec<(Time, String)>,
    /// What it can do.
    pub choices: [String; 2],
    /// The worlds.
    pub worlds: [World; 2],
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct World {
    /// What happens out of the node's sight.
    pub hidden: String,
    /// What each choice leads to, in the order of [`Worlds::choices`].
    pub outcomes: [Outcome; 2],
}

/// What a choice leads to in a world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How often the message took effect.
    pub effects: u64,
    /// The run that shows it.
    pub run: String,
}

impl Outcome {
    /// A sign and words, for instance `◆ two effects`.
    pub fn words(&self) -> String {
        match self.effects {
            0 => "✕ no effect".to_owned(),
            1 => "● one effect".to_owned(),
            2 => "◆ two effects".to_owned(),
            n => format!("◆ {n} effects"),
        }
    }
}

/// What makes two worlds.
pub(crate) struct Told<'a> {
    pub question: &'a str,
    /// A world: what happens in it, and its address.
    pub worlds: [(&'a str, &'a str); 2],
    /// A choice: its words, and what it adds to the address.
    pub choices: [(&'a str, &'a str); 2],
}

impl Worlds {
    /// Runs both worlds with both choices.
    ///
    /// # Panics
    /// When an address is not valid, or when the queue could tell the worlds apart: then there is nothing to show.
    pub(crate) fn run(told: &Told<'_>) -> Worlds {
        let [first, second] = told.worlds.map(|(_, address)| seen(&run(address)));
        assert_eq!(first, second, "the queue can tell the worlds apart: {}", told.question);
        let worlds = told.worlds.map(|(hidden, address)| World {
            hidden: hidden.to_owned(),
            outcomes: told.choices.map(|(_, more)| outcome(&format!("{address}{more}"))),
        });
        let choices = told.choices.map(|(words, _)| words.to_owned());
        Worlds { question: told.question.to_owned(), seen: first, choices, worlds }
    }

    /// As a table whose outcomes open their runs, for whoever cannot draw it better.
    pub fn to_table(&self) -> Table {
        let seen: Vec<String> =
            self.seen.iter().map(|(at, words)| format!("{} {words}", at.short())).collect();
        let caption = format!("{} In both worlds it sees the same: {}.", self.question, seen.join("; "));
        let hidden = self.worlds.iter().map(|world| Cell::from(world.hidden.clone()));
        let first = std::iter::once(Cell::from("out of its sight".to_owned())).chain(hidden).collect();
        let choice = |(n, choice): (usize, &String)| {
            let outcomes = self.worlds.iter().map(|world| &world.outcomes[n]);
            let cells = outcomes.map(|outcome| Cell::shown_by(outcome.words(), Some(outcome.run.clone())));
            std::iter::once(Cell::from(choice.clone())).chain(cells).collect()
        };
        let rows = std::iter::once(first).chain(self.choices.iter().enumerate().map(choice)).collect();
        Table { caption, head: ["", "world A", "world B"].map(str::to_owned).to_vec(), rows }
    }
}

fn run(address: &str) -> Trace {
    let parsed: Address = address.parse().unwrap_or_else(|error| panic!("{address}: {error}"));
    queues::run(&parsed).unwrap_or_else(|error| panic!("{address}: {error}"))
}

fn outcome(address: &str) -> Outcome {
    let applied = |event: &&trace::Event| matches!(event.what, What::Applied { .. });
    Outcome { effects: run(address).events.iter().filter(applied).count() as u64, run: address.to_owned() }
}

/// All that the queue does and is told about its message, up to the moment in which it has to decide.
fn seen(trace: &Trace) -> Vec<(Time, String)> {
    let queue = trace.header.nodes.iter().position(|node| node.role == Role::Queue).map(|n| NodeId(n as u16));
    let name = |node: NodeId| &*trace.header.nodes[node.index()].name;
    let mut seen = Vec::new();
    for event in &trace.events {
        let here = |node: NodeId| Some(node) == queue;
        let words = match event.what {
            What::Stored { node, .. } if here(node) => "it takes the message in".to_owned(),
            What::Handed { node, consumer, .. } if here(node) => {
                format!("it hands the message to {}", name(consumer))
            }
            What::Acked { node, .. } if here(node) => "it hears the ack".to_owned(),
            What::Nacked { node, .. } if here(node) => "it hears that the work failed".to_owned(),
            What::LeaseExpired { node, .. } if here(node) => {
                seen.push((event.at, "the lease runs out; no ack has come".to_owned()));
                break;
            }
            _ => continue,
        };
        seen.push((event.at, words));
    }
    seen
}
