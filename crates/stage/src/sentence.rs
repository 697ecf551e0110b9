// SPDX-License-Identifier: MIT OR Apache-2.0
//! Events in words: present tense, a subject and a verb.

use trace::{DropReason, Ending, MessageId, NodeId, Refusal, Time, Trace, What};

use crate::cluster;
use crate::index::WorkEnd;
use crate::label::Label;
use crate::packet::Packet;
use crate::rows::{Row, join, short};
use crate::state::role;
use crate::timeline::Timeline;

/// A number as text without an allocation.
pub(crate) fn number(number: u64) -> Label {
    let mut label = Label::default();
    label.number(number);
    label
}

/// How an effect stood to others when it landed: what its sentence says beyond the bare fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Remark {
    /// The event.
    pub event: u32,
    /// The first message that this effect overtakes, and who has it.
    pub overtakes: Option<(MessageId, Holder)>,
    /// How many messages are overtaken from now on that were not before.
    pub count: u32,
}

/// Where a message is that somebody overtakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// This node has it: works on it, buffers it, or has it in its queue.
    Node(NodeId),
    /// It travels.
    OnItsWay,
    /// Nobody has it: a broker waits for an ack that does not come.
    Awaited(NodeId),
    /// Nobody, as far as one can see.
    Nobody,
}

/// Whether an event is a step on its own: it has a sentence, and stepping halts at it. Sendings and arrivals are seen
/// as motion, and mostly something with a sentence happens at the same moment.
pub(crate) fn is_visible(timeline: &Timeline, event: usize) -> bool {
    match &timeline.trace().events[event].what {
        What::Sent { from, .. } => {
            let packet = timeline.index().packet_of(event).map(|n| &timeline.index().packets[n]);
            timeline.is_producer(*from) && packet.is_some_and(|packet| packet.attempt > 1)
        }
        What::Arrived { .. } | What::Flushed { .. } => false,
        What::Finished { .. } => !said_by_effect(timeline.trace(), event),
        What::Balance { node, message, .. } => {
            // What a node finds is drawn; what it books is said once, with the effect where it is one.
            let again = |what: &What| match *what {
                What::Applied { node: at, message: of, .. } => (at, Some(of)) == (*node, *message),
                _ => false,
            };
            message.is_some() && !beside(timeline.trace(), event).any(again)
        }
        _ => cluster::is_visible(timeline, event),
    }
}

/// The sentence of a visible event.
pub(crate) fn sentence(timeline: &Timeline, event: usize) -> String {
    let Some(happened) = timeline.trace().events.get(event) else { return String::new() };
    let name = |node: &NodeId| timeline.name(*node);
    let n = |message: &MessageId| number(message.0);
    match &happened.what {
        What::Offered { producer, message, .. } => {
            [name(producer), " has ", &n(message), " to send"].concat()
        }
        What::Sent { from, message, kind, .. } => match message {
            Some(message) => [name(from), " sends ", &n(message), " again"].concat(),
            None => [name(from), " sends ", kind.as_str(), " again"].concat(),
        },
        What::Dropped { why, .. } => dropped(timeline, event, *why),
        What::Duplicated { .. } => on_its_way(timeline, event, "the network copies "),
        What::Stored { node, message } => [name(node), " takes ", &n(message), " in"].concat(),
        What::Replicated { node, message } => [name(node), " copies ", &n(message)].concat(),
        What::Discarded { node, message } => cluster::discarded(timeline, event, *node, *message),
        What::Leads { node, term, leads } => cluster::leads(timeline, event, *node, *term, *leads),
        What::Confirmed { producer, message } => {
            // Without a queue the answer means that the work is done. Where there are several it may be any of them.
            let mut queues = timeline.rows().iter().filter(|row| row.role == trace::Role::Queue);
            match (queues.next(), queues.next()) {
                (Some(queue), None) => {
                    [name(producer), " hears that ", &queue.short, " has ", &n(message)].concat()
                }
                _ if timeline.is_cluster() => {
                    [name(producer), " hears that ", &n(message), " is kept"].concat()
                }
                _ => [name(producer), " hears that ", &n(message), " is done"].concat(),
            }
        }
        What::Refused { node, message, why: Refusal::Full } if is_consumer(timeline, *node) => {
            [name(node), " is busy and refuses ", &n(message)].concat()
        }
        What::Refused { node, message, why } => refused(name(node), &n(message), *why),
        What::Handed { node, consumer, message, attempt, .. } => {
            let times = ordinal_time(*attempt);
            [name(node), " hands ", &n(message), " to ", name(consumer), &times].concat()
        }
        What::Held { node, consumer, message, .. } => {
            [name(node), " hears that ", name(consumer), " has read ", &n(message)].concat()
        }
        What::Started { node, message, attempt } => {
            let times = ordinal_time(*attempt);
            [name(node), " starts on ", &n(message), &times].concat()
        }
        What::Finished { node, message, .. } => [name(node), " finishes ", &n(message)].concat(),
        What::Applied { node, message, .. } => applied(timeline, event, *node, *message),
        What::Balance { node, message, .. } => booked(timeline, event, *node, *message),
        What::Acked { node, message, .. } => {
            [name(node), " hears the ack of ", &n(message), " and is done with it"].concat()
        }
        What::Nacked { node, message, .. } => {
            [name(node), " hears that ", &n(message), " was not done"].concat()
        }
        What::LeaseExpired { node, message, .. } => {
            ["the lease of ", &n(message), " runs out at ", name(node)].concat()
        }
        What::Requeued { message, ahead, .. } => {
            let place = match ahead {
                0 => ", at its head".to_owned(),
                ahead => [", behind ", &*number(u64::from(*ahead)), " others"].concat(),
            };
            [&*n(message), " goes back to the queue", &place].concat()
        }
        What::DeadLettered { node, message, attempts } => {
            let times = times(*attempts);
            [name(node), " puts ", &n(message), " aside after ", &times].concat()
        }
        What::Crashed { node, machine } => crashed(timeline, event, *node, *machine),
        What::Restarted { node } => [name(node), " runs again, with nothing but its disk"].concat(),
        What::DiskLost { node } => [name(node), " loses everything on its disk"].concat(),
        What::Paused { node } => [name(node), " stands still and does not know"].concat(),
        What::Resumed { node } => [name(node), " goes on where it stood still"].concat(),
        What::Skewed { node, offset_ns } => {
            [name(node), "'s clock is ", &skew(*offset_ns), " from now on"].concat()
        }
        What::Slowed { node, permille } => [name(node), " works ", &slowness(*permille)].concat(),
        What::Cut { from, to, one_way } => cut_words(timeline.rows(), from, to, *one_way),
        What::Healed { from, to, .. } => heal_words(timeline.rows(), from, to),
        What::ParameterSet { name, value } => [name, " becomes ", value].concat(),
        What::Forked { future } => {
            ["from here on the dice fall differently: future ", &*number(*future)].concat()
        }
        What::Note { node: Some(node), text } => [name(node), ": ", text].concat(),
        What::Note { node: None, text } => text.clone(),
        What::Ended { how } => ended(*how),
        What::Arrived { .. } | What::Flushed { .. } => String::new(),
    }
}

fn is_consumer(timeline: &Timeline, node: NodeId) -> bool {
    role(timeline.trace(), node) == Some(trace::Role::Consumer)
}

/// How the run ended, in words.
pub(crate) fn ended(how: Ending) -> String {
    match how {
        Ending::Finished => "the run is over: nothing is left to happen".to_owned(),
        Ending::Unfinished(bound) => ["the run stops unfinished, at ", bound.words()].concat(),
    }
}

/// `c2 finishes 14 while c1 still holds 13: 13 is overtaken`.
fn applied(timeline: &Timeline, event: usize, node: NodeId, message: MessageId) -> String {
    let name = timeline.name(node);
    let label = number(message.0);
    let landing = timeline.index().landing_of(event).map(|n| &timeline.index().landings[n]);
    let (nth, displacement) = landing.map_or((1, 0), |landing| (landing.nth, landing.displacement));
    let books = beside(timeline.trace(), event)
        .any(|what| matches!(*what, What::Balance { node: at, message: of, .. } if (at, of) == (node, Some(message))));
    let fact = if books {
        booked(timeline, event, node, Some(message))
    } else if ends_work(timeline.trace(), event) {
        [name, " finishes ", &label].concat()
    } else {
        [&*label, " takes effect at ", name].concat()
    };
    if nth > 1 {
        return [&fact, ": it takes effect for the ", &ordinal(nth), " time"].concat();
    }
    if let Some((remark, late, holder)) =
        timeline.remark(event).and_then(|r| r.overtakes.map(|(m, h)| (r, m, h)))
    {
        let late = number(late.0);
        let name = |node| timeline.name(node);
        let whose = match holder {
            Holder::Node(node) => [name(node), " still holds ", &*late].concat(),
            Holder::OnItsWay => [&*late, " is still on its way"].concat(),
            Holder::Awaited(node) => [name(node), " still waits for the ack of ", &*late].concat(),
            Holder::Nobody => ["nobody has ", &*late].concat(),
        };
        let verdict = match remark.count {
            0 | 1 => [&*late, " is overtaken"].concat(),
            n => [&*late, " and ", &*number(u64::from(n) - 1), " more are overtaken"].concat(),
        };
        return [&fact, " while ", &whose, ": ", &verdict].concat();
    }
    match displacement {
        0 => fact,
        n => [&fact, ", after ", &count(n, "message"), " that came later"].concat(),
    }
}

/// `b books 3 and holds 390 and 410`: what its accounts hold after the event.
fn booked(timeline: &Timeline, event: usize, node: NodeId, message: Option<MessageId>) -> String {
    let mut text = [timeline.name(node), " books ", &number(message.map_or(0, |message| message.0))].concat();
    let mut joint = " and holds ";
    for what in beside(timeline.trace(), event) {
        if let What::Balance { node: at, message: of, amount, .. } = *what
            && (at, of) == (node, message)
        {
            text.push_str(joint);
            text.push_str(&amount.to_string());
            joint = " and ";
        }
    }
    text
}

/// Whether a consumer's effect and the end of its work are one moment: then one sentence says both.
fn ends_work(trace: &Trace, applied: usize) -> bool {
    let What::Applied { node, message, attempt } = trace.events[applied].what else { return false };
    beside(trace, applied).any(|what| *what == What::Finished { node, message, attempt })
}

/// Whether a `Finished` is said already by the effect at the same moment.
fn said_by_effect(trace: &Trace, finished: usize) -> bool {
    let What::Finished { node, message, attempt } = trace.events[finished].what else { return false };
    beside(trace, finished).any(|what| *what == What::Applied { node, message, attempt })
}

/// The events of the same moment that stand near this one.
fn beside(trace: &Trace, event: usize) -> impl Iterator<Item = &What> {
    const NEAR: usize = 8;
    let at = trace.events[event].at;
    let last = (event + NEAR).min(trace.events.len() - 1);
    trace.events[event.saturating_sub(NEAR)..=last].iter().filter(move |e| e.at == at).map(|e| &e.what)
}

/// Which of the sentences of one moment is *the* sentence: faults and broken order before the ordinary.
pub(crate) fn weight(timeline: &Timeline, event: usize) -> u8 {
    let what = &timeline.trace().events[event].what;
    let landing = |n: usize| &timeline.index().landings[n];
    match what {
        What::Ended { .. } => 0,
        // Nobody in the run says it: it is about the run.
        What::Note { node: None, .. } => 6,
        _ if what.is_fault() => 5,
        What::Applied { .. } => match timeline.index().landing_of(event).map(landing) {
            Some(landing) if landing.nth > 1 => 4,
            _ if timeline.remark(event).is_some_and(|remark| remark.overtakes.is_some()) => 4,
            Some(landing) if landing.displacement > 0 => 3,
            _ => 2,
        },
        What::Discarded { .. } if cluster::loses(timeline, event) => 4,
        What::Leads { .. } if cluster::changes_leader(timeline, event) => 4,
        What::Discarded { .. } => 3,
        What::Note { .. } | What::LeaseExpired { .. } | What::DeadLettered { .. } | What::Refused { .. } => 3,
        What::Dropped { .. } | What::Duplicated { .. } | What::Requeued { .. } | What::Nacked { .. } => 3,
        What::Started { .. } | What::Finished { .. } | What::Handed { .. } => 2,
        _ => 1,
    }
}

fn crashed(timeline: &Timeline, event: usize, node: NodeId, machine: bool) -> String {
    let name = timeline.name(node);
    let at = timeline.trace().events[event].at;
    let works = &timeline.index().works;
    // Work cut short at this very moment by this very node: what it held.
    let mut held = timeline
        .index()
        .works_within(at, at)
        .filter(|(n, work)| work.node == node && works[*n].end == WorkEnd::CutShort(at))
        .map(|(_, work)| number(work.message.0));
    let what = if machine { "'s machine crashes" } else { " crashes" };
    match (held.next(), held.count()) {
        (None, _) => [name, what].concat(),
        (Some(first), 0) => [name, what, " while it works on ", &first].concat(),
        (Some(first), more) => {
            [name, what, " while it works on ", &first, " and ", &number(more as u64), " more"].concat()
        }
    }
}

fn on_its_way(timeline: &Timeline, event: usize, verb: &str) -> String {
    match timeline.index().packet_of(event).map(|n| &timeline.index().packets[n]) {
        Some(packet) => [verb, &packet_words(timeline, packet)].concat(),
        None => [verb, "a packet"].concat(),
    }
}

/// `17 on its way to c2`, `the ack of 17 on its way to q`.
pub(crate) fn packet_words(timeline: &Timeline, packet: &Packet) -> String {
    let to = timeline.name(packet.to);
    let Some(message) = packet.message else {
        return ["a ", packet.kind.as_str(), " on its way to ", to].concat();
    };
    let label = number(message.0);
    if carries(timeline.trace(), packet) {
        [&*label, " on its way to ", to].concat()
    } else {
        ["the ", packet.kind.as_str(), " of ", &label, " on its way to ", to].concat()
    }
}

/// Whether a packet moves its message onward, or only speaks of it (an ack, a confirm): by roles, from the producers to
/// the effects.
pub(crate) fn carries(trace: &Trace, packet: &Packet) -> bool {
    let (from, to) = (role(trace, packet.from), role(trace, packet.to));
    // Between brokers messages and their acks go both ways; only the word tells them apart.
    let kind = packet.kind.as_str();
    // A copy for another broker moves nothing onward; it is drawn as small as what is said about it.
    packet.message.is_some() && (from < to || from == to && !kind.contains("ack") && kind != "append")
}

fn dropped(timeline: &Timeline, event: usize, why: DropReason) -> String {
    let verb = match why {
        DropReason::Loss => "the network loses ",
        DropReason::Script => "the fault script drops ",
        DropReason::Cut => "the cut stops ",
        DropReason::Down => {
            let Some(packet) = timeline.index().packet_of(event).map(|n| &timeline.index().packets[n]) else {
                return "a packet reaches a node that is down".to_owned();
            };
            let to = timeline.name(packet.to);
            let what = match packet.message {
                Some(message) if carries(timeline.trace(), packet) => number(message.0).to_string(),
                Some(message) => ["the ", packet.kind.as_str(), " of ", &*number(message.0)].concat(),
                None => ["a ", packet.kind.as_str()].concat(),
            };
            return [&what, " reaches ", to, ", which is down: it is lost"].concat();
        }
    };
    on_its_way(timeline, event, verb)
}

fn refused(name: &str, message: &str, why: Refusal) -> String {
    match why {
        Refusal::Full => [name, " is full and refuses ", message].concat(),
        Refusal::DroppedOldest => {
            [name, " is full and drops ", message, ", its oldest, without a word"].concat()
        }
        Refusal::DroppedNewest => {
            [name, " is full and drops ", message, " on arrival, without a word"].concat()
        }
        Refusal::Expired => [name, " drops ", message, ", which has waited for too long"].concat(),
        Refusal::TooFewReplicas => [name, " refuses ", message, ": too few replicas would have it"].concat(),
        Refusal::GaveUp => [name, " gives ", message, " up"].concat(),
    }
}

/// `2 messages`.
pub(crate) fn count(n: u64, one: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    [&*number(n), " ", one, s].concat()
}

fn times(n: u32) -> String {
    count(u64::from(n), "delivery").replace("deliverys", "deliveries")
}

fn ordinal(n: u32) -> String {
    match n {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        n => {
            let ending = match (n % 10, n % 100) {
                (_, 11..=13) => "th",
                (1, _) => "st",
                (2, _) => "nd",
                (3, _) => "rd",
                _ => "th",
            };
            [&*number(u64::from(n)), ending].concat()
        }
    }
}

fn ordinal_time(attempt: u32) -> String {
    match attempt {
        0 | 1 => String::new(),
        n => [" for the ", &ordinal(n), " time"].concat(),
    }
}

/// `at a quarter of its speed`, `at its own speed`.
pub(crate) fn slowness(permille: u32) -> String {
    let text = match permille {
        1000 => "at its own speed",
        2000 => "at half its speed",
        4000 => "at a quarter of its speed",
        10_000 => "at a tenth of its speed",
        _ => return [&factor(permille), " times as long on everything"].concat(),
    };
    text.to_owned()
}

/// A factor in thousandths as a decimal number without needless zeros: 1500 is `1.5`.
pub(crate) fn factor(permille: u32) -> String {
    let (whole, rest) = (permille / 1000, permille % 1000);
    if rest == 0 {
        return number(u64::from(whole)).to_string();
    }
    let digits = number(u64::from(rest) + 1000);
    [&*number(u64::from(whole)), ".", digits[1..].trim_end_matches('0')].concat()
}

/// `500 ms ahead`, `20.0 ms behind`, `right`.
pub(crate) fn skew(offset_ns: i64) -> String {
    match offset_ns {
        0 => "right".to_owned(),
        n => Time(n.unsigned_abs()).short() + if n > 0 { " ahead" } else { " behind" },
    }
}

/// `c1 and c2`; more than three are counted.
fn names(rows: &[Row], nodes: &[NodeId]) -> String {
    match nodes {
        [] => "nobody".to_owned(),
        few if few.len() <= 3 => join(&few.iter().map(|node| short(rows, *node)).collect::<Vec<_>>()),
        many => count(many.len() as u64, "node"),
    }
}

pub(crate) fn cut_words(rows: &[Row], from: &[NodeId], to: &[NodeId], one_way: bool) -> String {
    let (from, to) = (names(rows, from), names(rows, to));
    if one_way {
        ["nothing from ", &from, " reaches ", &to].concat()
    } else {
        [&from, " and ", &to, " are cut off from each other"].concat()
    }
}

pub(crate) fn heal_words(rows: &[Row], from: &[NodeId], to: &[NodeId]) -> String {
    if from.is_empty() && to.is_empty() {
        return "all cuts are mended".to_owned();
    }
    [&names(rows, from), " and ", &names(rows, to), " reach each other again"].concat()
}
