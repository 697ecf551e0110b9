// SPDX-License-Identifier: MIT OR Apache-2.0
//! What one can point at, and what one can do to it: buttons' words and the fault script's entries.

use trace::{NodeId, Role, Time};

use crate::sentence::{number, packet_words, skew};
use crate::state::State;
use crate::timeline::Timeline;

/// A thing in the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A node.
    Node(NodeId),
    /// Two nodes that send each other packets.
    Link(NodeId, NodeId),
    /// A packet on its way: its place in [`Timeline::packets`].
    Flight(usize),
}

/// What a button does to a target. Whether the node would go on as before, because it reads no clock or does no work, the
/// scene does not know: that is its model's to say (`queues::heeds`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The button's words: `Crash c1`.
    pub label: String,
    /// The fault script's entry that does it: `crash:consumer-1@1.25s`. Added to the script of the run, it leaves
    /// everything that is in the picture as it is, but for packets: what is done to a packet is done when it leaves, so
    /// the run is the same up to that moment, and a drop changes nothing before the packet would have arrived.
    pub entry: String,
}

/// So many packets can be pointed at; the earliest sent come first.
const MOST_FLIGHTS: usize = 64;
/// A wrong clock is off by so much.
const SKEW: i64 = 500_000_000;

pub(crate) fn targets(timeline: &Timeline, state: &State) -> Vec<Target> {
    let nodes = timeline.rows().iter().map(|row| Target::Node(row.node));
    let links = crate::compose::links(timeline, state).into_iter().map(|link| Target::Link(link.a, link.b));
    let packets = state.under_way.iter().map(|n| n as usize);
    let flights =
        packets.filter(|n| can_be_changed(timeline, state, *n)).take(MOST_FLIGHTS).map(Target::Flight);
    nodes.chain(links).chain(flights).collect()
}

impl Target {
    /// What it is called: `c1`, `q to c2`, `17 on its way to c2`.
    pub fn words(self, timeline: &Timeline) -> String {
        let name = |node| timeline.name(node);
        match self {
            Target::Node(node) => name(node).to_owned(),
            Target::Link(a, b) => [name(a), " to ", name(b)].concat(),
            Target::Flight(packet) => match timeline.packets().get(packet) {
                Some(packet) => packet_words(timeline, packet),
                None => String::new(),
            },
        }
    }
}

pub(crate) fn fork(now: Time, future: u64) -> String {
    ["fork:", &*number(future), "@", &now.to_string()].concat()
}

pub(crate) fn actions(timeline: &Timeline, state: &State, now: Time, target: Target) -> Vec<Action> {
    match target {
        Target::Node(node) => node_actions(timeline, state, now, node),
        Target::Link(a, b) => link_actions(timeline, state, now, a, b),
        Target::Flight(packet) => flight_actions(timeline, state, packet),
    }
}

fn node_actions(timeline: &Timeline, state: &State, now: Time, node: NodeId) -> Vec<Action> {
    let Some(here) = state.nodes.get(node.index()) else { return Vec::new() };
    let (name, script) = (timeline.name(node), timeline.trace().name(node));
    let role = crate::state::role(timeline.trace(), node);
    let at = now.to_string();
    let mut actions = Vec::new();
    let mut add = |words: &[&str], verb: &str, argument: &str| {
        actions
            .push(Action { label: words.concat(), entry: [verb, ":", script, argument, "@", &at].concat() });
    };
    if here.crashed {
        add(&["Restart ", name], "restart", "");
        if role == Some(Role::Queue) {
            add(&["Lose the disk of ", name], "lose-disk", "");
        }
        return actions;
    }
    add(&["Crash ", name], "crash", "");
    if role == Some(Role::Queue) {
        add(&["Crash the machine of ", name], "crash-machine", "");
    }
    if here.paused {
        add(&["Let ", name, " go on"], "resume", "");
    } else {
        add(&["Pause ", name], "pause", "");
    }
    match here.permille {
        0 | 1000 => add(&["Slow ", name, " to a quarter"], "slow", "/4"),
        _ => add(&["Let ", name, " work at its own speed"], "slow", "/1"),
    }
    match here.offset_ns {
        0 => {
            add(&["Set the clock of ", name, " ", &skew(SKEW)], "skew", "/500ms");
            add(&["Set the clock of ", name, " ", &skew(-SKEW)], "skew", "/-500ms");
        }
        _ => add(&["Set the clock of ", name, " right"], "skew", "/0s"),
    }
    actions
}

fn link_actions(timeline: &Timeline, state: &State, now: Time, a: NodeId, b: NodeId) -> Vec<Action> {
    let (left, right) = (timeline.name(a), timeline.name(b));
    let at = now.to_string();
    let entry = |verb: &str, from: NodeId, to: NodeId| {
        let script = |node| timeline.trace().name(node);
        [verb, ":", script(from), "/", script(to), "@", &at].concat()
    };
    let cut = |from: NodeId, to: NodeId| state.severed.contains((from, to));
    let mut actions = Vec::new();
    let mut add = |label: String, entry: String| actions.push(Action { label, entry });
    if cut(a, b) || cut(b, a) {
        add(["Heal ", left, " and ", right].concat(), entry("heal", a, b));
    }
    if !cut(a, b) && !cut(b, a) {
        add(["Cut ", left, " from ", right].concat(), entry("cut", a, b));
    }
    for (from, to, from_name, to_name) in [(a, b, left, right), (b, a, right, left)] {
        if !cut(from, to) {
            let label = ["Let nothing from ", from_name, " reach ", to_name].concat();
            add(label, entry("cut-one-way", from, to));
        }
    }
    if state.severed.len() > 2 {
        add("Heal everything".to_owned(), ["heal@", &*at].concat());
    }
    actions
}

/// Whether a packet can still meet another fate. A copy has no number of its own; what lies in the buffer of a receiver
/// that stands still has arrived as far as the network knows.
fn can_be_changed(timeline: &Timeline, state: &State, place: usize) -> bool {
    let Some(packet) = timeline.packets().get(place) else { return false };
    let receiver_paused = state.nodes.get(packet.to.index()).is_some_and(|node| node.paused);
    let buffered = receiver_paused && timeline.index().waits_since(packet).is_some();
    state.under_way.contains(place as u32) && !packet.copy && !buffered
}

fn flight_actions(timeline: &Timeline, state: &State, place: usize) -> Vec<Action> {
    let Some(packet) = timeline.packets().get(place).filter(|_| can_be_changed(timeline, state, place))
    else {
        return Vec::new();
    };
    let words = packet_words(timeline, packet);
    let name = |node| timeline.trace().name(node);
    let nth = number(u64::from(packet.nth));
    let which = [name(packet.from), "/", name(packet.to), "/", packet.kind.as_str(), "/", &nth].concat();
    let usual = timeline.index().links.get((packet.from, packet.to)).copied().unwrap_or_default();
    let by = delay(timeline, usual);
    vec![
        Action { label: ["Drop ", &words].concat(), entry: ["drop:", &*which].concat() },
        Action {
            label: ["Delay ", &words, " by ", &by.short()].concat(),
            entry: ["delay:", &which, "/", &by.to_string()].concat(),
        },
        Action { label: ["Duplicate ", &words].concat(), entry: ["duplicate:", &*which].concat() },
    ]
}

/// About ten times what packets usually take on the link, one significant digit; at least a hundredth of the run.
fn delay(timeline: &Timeline, usual: Time) -> Time {
    let wanted = usual.0.saturating_mul(10).max(timeline.end().0 / 100).max(1);
    let decade = 10u64.pow(wanted.ilog10());
    Time((wanted / decade) * decade)
}
