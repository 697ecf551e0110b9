// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broken run in a dozen lines.

use std::collections::{BTreeMap, BTreeSet};

use sim::{Fault, FaultScript, PacketFault};
use trace::{DropReason, Event, MessageId, NodeId, PacketId, Time, Trace, What};

use super::ledger::{Ledger, is_told_gone};
use super::shorten::{self, Rank, Told};
use crate::simulated::Breach;
use crate::verdict::StoryLine;

/// So many rounds are told as one; fewer tell themselves.
const FEWEST_ROUNDS: usize = 3;
/// The most steps of a circle.
const LONGEST_CIRCLE: usize = 8;
/// The most messages that one line names.
const MOST_NAMES: usize = 6;
/// How a line begins that stands for rounds.
const AGAIN: &str = "… the same again";

/// What led to a breach: what the learner's code was given and did, and every fault; at most this many lines.
pub(super) fn tell(trace: &Trace, breach: &Breach, most: usize) -> Vec<StoryLine> {
    let mut teller = Teller::new(trace, breach.event);
    for (n, happened) in trace.events.iter().enumerate().take(breach.event + 1) {
        teller.take(n, happened);
    }
    let about: Vec<(u32, u64)> =
        breach.messages.iter().filter_map(|message| teller.place(*message)).collect();
    let told = |lines: &mut dyn Iterator<Item = &Line>| -> Vec<Told> {
        let lines: Vec<Told> = lines.map(|line| line.told(&about)).collect();
        // Twice, because a circle may have circles in it.
        fold(&fold(&lines))
    };
    let all = told(&mut teller.lines.iter());
    if all.len() <= most || about.is_empty() {
        return shorten::shortened(&all, most);
    }
    // What other keys did is left out first: it also hides the circles in which this one goes.
    let of_keys = told(&mut teller.lines.iter().filter(|line| line.rank(&about) <= Rank::SameKey));
    shorten::shortened(&of_keys, most)
}

/// Steps that come round and round are told once, with how often they come again: an answer that waits for ever goes
/// in circles, and the circle is the story.
fn fold(lines: &[Told]) -> Vec<Told> {
    let same = |a: &[Told], b: &[Told]| {
        a.iter().zip(b).all(|(a, b)| {
            a.line.text == b.line.text || [a, b].iter().all(|told| told.line.text.starts_with(AGAIN))
        })
    };
    let mut told = Vec::new();
    let mut rest = lines;
    while let Some(first) = rest.first() {
        let rounds = |period: usize| {
            let circle = rest.get(..period).unwrap_or_default();
            rest.chunks_exact(period).take_while(|round| same(round, circle)).count()
        };
        let circle = (1..=LONGEST_CIRCLE).map(|period| (period, rounds(period)));
        let Some((period, rounds)) = circle.clone().find(|(_, rounds)| *rounds >= FEWEST_ROUNDS) else {
            told.push(first.clone());
            rest = &rest[1..];
            continue;
        };
        let (all, behind) = rest.split_at(period * rounds);
        told.extend_from_slice(&all[..period]);
        let (again, last) = (rounds - 1, &all[all.len() - 1]);
        let line = StoryLine { at: last.line.at.clone(), text: format!("{AGAIN}, {again} times …") };
        told.push(Told { line, rank: all.iter().map(|told| told.rank).min().unwrap_or(Rank::Other) });
        rest = behind;
    }
    told
}

/// A line with what it takes to choose among lines, and to join it with the one before.
struct Line {
    at: Time,
    what: Said,
    /// The messages it is about, by key and place; none for what concerns everybody.
    about: Vec<(u32, u64)>,
    weight: Weight,
}

/// How much a line changes what comes after it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// News of a dead letter, which concerns all that stand behind it in its key.
    Gone,
    /// Faults, dead letters, emits and acks.
    Turns,
    /// A message is handed over, or its lease runs out.
    Routine,
    /// A message goes back.
    Back,
}

enum Said {
    /// Something about several messages in a row: `it emits`, and their names.
    Together(&'static str, Vec<String>),
    Alone(String),
}

impl Line {
    /// How much the story needs it: what a breach is about comes first, and what turned its course.
    fn rank(&self, about: &[(u32, u64)]) -> Rank {
        let any = |near: &dyn Fn((u32, u64), (u32, u64)) -> bool| {
            self.about.iter().any(|own| about.iter().any(|other| near(*own, *other)))
        };
        let turns = matches!(self.weight, Weight::Turns | Weight::Gone);
        let gone = self.weight == Weight::Gone && any(&|a, b| a.0 == b.0);
        if self.about.is_empty() || gone || (turns && any(&|a, b| a == b)) {
            Rank::Decisive
        } else if self.weight == Weight::Routine && any(&|a, b| a == b) {
            Rank::Itself
        } else if turns && any(&|a, b| a.0 == b.0) {
            Rank::KeyTurns
        } else if any(&|a, b| a.0 == b.0 && a.1.abs_diff(b.1) <= 1) {
            Rank::Neighbour
        } else if any(&|a, b| a.0 == b.0) {
            Rank::SameKey
        } else if turns {
            Rank::OtherTurns
        } else {
            Rank::Other
        }
    }

    fn told(&self, about: &[(u32, u64)]) -> Told {
        let text = match &self.what {
            Said::Alone(text) => text.clone(),
            Said::Together(verb, names) => format!("{verb} {}", joined(names)),
        };
        Told { line: StoryLine { at: self.at.short(), text }, rank: self.rank(about) }
    }
}

/// `a`, `a and b`, `a, b and c`; of many the first and the last.
fn joined(names: &[String]) -> String {
    match names {
        [first, second, .., last] if names.len() > MOST_NAMES => {
            format!("{first}, {second}, {} more and {last}", names.len() - 3)
        }
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

struct Teller<'a> {
    trace: &'a Trace,
    /// The event with which the promise breaks.
    breaks_at: usize,
    books: Ledger,
    lines: Vec<Line>,
    named: BTreeSet<MessageId>,
    /// Packets whose loss or arrival is worth a word.
    packets: BTreeMap<PacketId, (&'a str, MessageId)>,
    /// Delays that the fault script orders; the trace shows only that a packet arrives late.
    delays: Vec<Delay>,
}

/// `delay:queue/resequencer/deliver/3/200ms`, read.
struct Delay {
    from: NodeId,
    to: NodeId,
    kind: String,
    nth: u32,
    by: Time,
}

impl<'a> Teller<'a> {
    fn new(trace: &'a Trace, breaks_at: usize) -> Teller<'a> {
        let node = |name: &str| {
            let place = trace.header.nodes.iter().position(|node| node.name == name)?;
            u16::try_from(place).ok().map(NodeId)
        };
        let script: FaultScript = trace.header.faults.parse().unwrap_or_default();
        let delays = script.faults.into_iter().filter_map(|fault| match fault {
            Fault::Packet { from, to, kind, nth, what: PacketFault::Delay(by) } => {
                Some(Delay { from: node(&from)?, to: node(&to)?, kind, nth, by })
            }
            _ => None,
        });
        Teller {
            trace,
            breaks_at,
            books: Ledger::default(),
            lines: Vec::new(),
            named: BTreeSet::new(),
            packets: BTreeMap::new(),
            delays: delays.collect(),
        }
    }

    fn take(&mut self, n: usize, event: &'a Event) {
        let at = event.at;
        match &event.what {
            What::Sent { packet, from, to, kind, nth, message: Some(message), .. } => {
                let kind = kind.as_str();
                self.packets.insert(*packet, (kind, *message));
                match kind {
                    "ack" => self.together(at, "it acks", *message, Weight::Turns),
                    "nack" => self.together(at, "it gives back", *message, Weight::Back),
                    _ => {}
                }
                let ordered = |d: &&Delay| d.from == *from && d.to == *to && d.kind == kind && d.nth == *nth;
                if let Some(by) = self.delays.iter().find(ordered).map(|delay| delay.by.short()) {
                    self.alone(at, *message, Weight::Turns, |m| {
                        format!("the {} of {m} is held up for {by}", carried(kind))
                    });
                }
            }
            What::Duplicated { packet, copy } => {
                if let Some((kind, message)) = self.packets.get(packet).copied() {
                    self.packets.insert(*copy, (kind, message));
                    self.alone(at, message, Weight::Turns, |m| {
                        format!("the network makes a second {} of {m}", carried(kind))
                    });
                }
            }
            What::Dropped { packet, why: DropReason::Script } => {
                if let Some((kind, message)) = self.packets.get(packet).copied() {
                    self.alone(at, message, Weight::Turns, |m| {
                        format!("the {} of {m} is lost", carried(kind))
                    });
                }
            }
            What::Started { message, attempt, .. } => {
                let what = self.becomes_of(n, *message, *attempt);
                let again = self.books.messages.get(message).is_some_and(|entry| entry.given > 0);
                let again = if again { " again" } else { "" };
                self.alone(at, *message, Weight::Routine, |m| {
                    format!("the resequencer is given {m}{again}{what}")
                });
            }
            What::Applied { message, .. } => self.together(at, "it emits", *message, Weight::Turns),
            What::DeadLettered { message, .. } => {
                self.alone(at, *message, Weight::Turns, |m| {
                    format!("the queue puts {m} aside: it will never come")
                });
            }
            What::LeaseExpired { message, .. } => {
                self.together(at, "a lease runs out, that of", *message, Weight::Routine);
            }
            What::Crashed { machine, .. } => self.everybody(at, self.crash(*machine)),
            What::Restarted { .. } => {
                self.everybody(at, "it starts again, with what it committed".to_owned())
            }
            What::Paused { .. } => self.everybody(at, "it stands still".to_owned()),
            What::Resumed { .. } => self.everybody(at, "it goes on".to_owned()),
            What::Skewed { offset_ns, .. } => self.everybody(at, skewed(*offset_ns)),
            What::Note { text, .. } => match is_told_gone(text) {
                Some(message) => {
                    self.alone(at, message, Weight::Gone, |m| format!("it hears that {m} is gone"));
                }
                // What breaks is said in the end anyway.
                None if n == self.breaks_at => {}
                None => self.everybody(at, text.clone()),
            },
            _ => {}
        }
        self.books.observe(event);
    }

    fn everybody(&mut self, at: Time, text: String) {
        self.lines.push(Line { at, what: Said::Alone(text), about: Vec::new(), weight: Weight::Turns });
    }

    fn alone(&mut self, at: Time, message: MessageId, weight: Weight, say: impl FnOnce(&str) -> String) {
        let text = say(&self.name(message));
        let about = self.place(message).into_iter().collect();
        self.lines.push(Line { at, what: Said::Alone(text), about, weight });
    }

    /// Joins the line before, if that says the same of another message.
    fn together(&mut self, at: Time, verb: &'static str, message: MessageId, weight: Weight) {
        let (name, place) = (self.name(message), self.place(message));
        if let Some(Line { what: Said::Together(said, names), about, .. }) = self.lines.last_mut()
            && *said == verb
        {
            names.push(name);
            about.extend(place);
            return;
        }
        let what = Said::Together(verb, vec![name]);
        self.lines.push(Line { at, what, about: place.into_iter().collect(), weight });
    }

    /// Its number; the first time also its key and its place.
    fn name(&mut self, message: MessageId) -> String {
        match self.books.messages.get(&message) {
            Some(entry) if self.named.insert(message) => {
                format!("message {message} (key {}, seq {})", entry.key, entry.seq)
            }
            _ => message.to_string(),
        }
    }

    fn place(&self, message: MessageId) -> Option<(u32, u64)> {
        self.books.messages.get(&message).map(|entry| (entry.key, entry.seq))
    }

    /// What the code does with a message that it was just given, where the lines to come do not say it: it holds it, or
    /// lets go of it and says nothing.
    fn becomes_of(&self, n: usize, message: MessageId, attempt: u32) -> &'static str {
        let (at, behind) = (self.trace.events[n].at, &self.trace.events[n + 1..]);
        // Until the next call, or the end of the process, what happens is about this call.
        let ends = |event: &&Event| match &event.what {
            What::Started { .. } | What::Crashed { .. } | What::Ended { .. } => true,
            What::Note { text, .. } => is_told_gone(text).is_some(),
            _ => false,
        };
        let call = behind.iter().position(|event| ends(&event)).unwrap_or(behind.len());
        let (call, end) = (&behind[..call], behind.get(call));
        let let_go = |event: &Event| matches!(event.what, What::Finished { message: m, attempt: a, .. } if m == message && a == attempt);
        if !call.iter().take_while(|event| event.at == at).any(let_go) {
            // A call that panics holds nothing and lets go of nothing: it never came to its end.
            let panics = matches!(call.first().map(|event| &event.what), Some(What::Note { text, .. }) if text.ends_with(" panics"));
            return if panics { "" } else { " and holds it" };
        }
        let answered = call.iter().any(|event| match &event.what {
            What::Sent { kind, message: Some(m), .. } => {
                *m == message && (kind.as_str() == "ack" || kind.as_str() == "nack")
            }
            What::Applied { message: m, .. } => *m == message,
            _ => false,
        });
        let crashes = end.is_some_and(|event| matches!(event.what, What::Crashed { .. }));
        if answered || crashes { "" } else { " and drops it, with neither ack nor nack" }
    }

    fn crash(&self, machine: bool) -> String {
        let what = if machine { "its machine crashes" } else { "its process crashes" };
        let held = self.books.messages.iter().filter(|(_, entry)| entry.held > 0);
        let held: Vec<String> = held.map(|(message, _)| message.to_string()).collect();
        if held.is_empty() { what.to_owned() } else { format!("{what} while it holds {}", joined(&held)) }
    }
}

/// A packet's kind as a thing that can be lost.
fn carried(kind: &str) -> &str {
    match kind {
        "deliver" => "delivery",
        "confirm" => "confirm",
        "gone" => "news of the end",
        "gone-heard" => "answer to the news",
        other => other,
    }
}

const DAY_NS: u64 = 86_400_000_000_000;

fn skewed(offset_ns: i64) -> String {
    let by = Time(offset_ns.unsigned_abs());
    let by = match by.as_nanos() / DAY_NS {
        0 => by.short(),
        days => format!("{days} days"),
    };
    match offset_ns {
        0 => "its clock is right again".to_owned(),
        1.. => format!("its clock is set: it is {by} fast"),
        _ => format!("its clock is set: it is {by} slow"),
    }
}

#[cfg(test)]
mod tests;
