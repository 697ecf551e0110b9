// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broken run in a dozen lines.

use std::collections::{BTreeMap, BTreeSet};

use trace::{DropReason, Event, MessageId, PacketId, Time, Trace, What};

use super::ledger::{Entry, Ledger};
use crate::simulated::Breach;
use crate::verdict::StoryLine;

/// So many rounds are told as one; fewer tell themselves.
const FEWEST_ROUNDS: usize = 3;
/// The most steps of a circle.
const LONGEST_CIRCLE: usize = 8;
/// How a line begins that stands for rounds.
const AGAIN: &str = "… the same again";

/// What led to a breach: what the learner's code was given and did, and every fault; at most this many lines.
pub(super) fn tell(trace: &Trace, breach: &Breach, most: usize) -> Vec<StoryLine> {
    let mut teller = Teller::new(trace);
    for (n, happened) in trace.events.iter().enumerate().take(breach.event + 1) {
        teller.take(n, happened);
    }
    let known = |message| teller.books.messages.get(message);
    let about: Vec<&Entry> = breach.messages.iter().filter_map(known).collect();
    // As much as there is room for: everything, the keys of the messages it is about, their neighbours.
    let all = folded(&teller.lines);
    if all.len() <= most || about.is_empty() {
        return shortened(all, most);
    }
    let near = |span: u64| {
        folded(teller.lines.iter().filter(|line| about.iter().any(|entry| line.is_near(entry, span))))
    };
    let of_keys = near(u64::MAX);
    shortened(if of_keys.len() <= most { of_keys } else { near(1) }, most)
}

/// Lines told, circles only once.
fn folded<'a>(lines: impl IntoIterator<Item = &'a Line>) -> Vec<StoryLine> {
    let lines: Vec<StoryLine> = lines.into_iter().map(Line::told).collect();
    // Twice, because a circle may have circles in it.
    fold(&fold(&lines))
}

/// Steps that come round and round are told once, with how often they come again: an answer that waits for ever goes
/// in circles, and the circle is the story.
fn fold(lines: &[StoryLine]) -> Vec<StoryLine> {
    let same = |a: &[StoryLine], b: &[StoryLine]| {
        a.iter()
            .zip(b)
            .all(|(a, b)| a.text == b.text || [a, b].iter().all(|line| line.text.starts_with(AGAIN)))
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
        told.push(StoryLine { at: last.at.clone(), text: format!("{AGAIN}, {again} times …") });
        rest = behind;
    }
    told
}

/// The beginning and the end, with one line that stands for what is left out.
fn shortened(lines: Vec<StoryLine>, most: usize) -> Vec<StoryLine> {
    if lines.len() <= most {
        return lines;
    }
    let tail = most / 2;
    let head = most - tail - 1;
    let left_out = lines.len() - head - tail;
    let between = StoryLine { at: String::new(), text: format!("… {left_out} steps more …") };
    let (first, last) = (&lines[..head], &lines[lines.len() - tail..]);
    [first, &[between], last].concat()
}

/// A line with what it takes to choose among lines, and to join it with the one before.
struct Line {
    at: Time,
    what: Said,
    /// The messages it is about, by key and place; none for what concerns everybody.
    about: Vec<(u32, u64)>,
}

enum Said {
    /// Something about several messages in a row: `it emits`, and their names.
    Together(&'static str, Vec<String>),
    Alone(String),
}

impl Line {
    /// Whether it is about a message of this one's key, at most so many places away.
    fn is_near(&self, entry: &Entry, span: u64) -> bool {
        let near = |(key, seq): &(u32, u64)| *key == entry.key && seq.abs_diff(entry.seq) <= span;
        self.about.is_empty() || self.about.iter().any(near)
    }

    fn told(&self) -> StoryLine {
        let text = match &self.what {
            Said::Alone(text) => text.clone(),
            Said::Together(verb, names) => format!("{verb} {}", joined(names)),
        };
        StoryLine { at: self.at.short(), text }
    }
}

/// `a`, `a and b`, `a, b and c`.
fn joined(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

struct Teller<'a> {
    trace: &'a Trace,
    books: Ledger,
    lines: Vec<Line>,
    named: BTreeSet<MessageId>,
    /// Packets whose loss or arrival is worth a word.
    packets: BTreeMap<PacketId, (&'a str, MessageId)>,
}

impl<'a> Teller<'a> {
    fn new(trace: &'a Trace) -> Teller<'a> {
        let books = Ledger::default();
        Teller { trace, books, lines: Vec::new(), named: BTreeSet::new(), packets: BTreeMap::new() }
    }

    fn take(&mut self, n: usize, event: &'a Event) {
        let at = event.at;
        match &event.what {
            What::Sent { packet, kind, message: Some(message), .. } => {
                self.packets.insert(*packet, (kind.as_str(), *message));
                match kind.as_str() {
                    "ack" => self.together(at, "it acks", *message),
                    "nack" => self.together(at, "it gives back", *message),
                    _ => {}
                }
            }
            What::Arrived { packet } => {
                if let Some(("gone", message)) = self.packets.get(packet).copied() {
                    self.alone(at, message, |m| format!("it hears that {m} is gone"));
                }
            }
            What::Dropped { packet, why: DropReason::Script } => match self.packets.get(packet).copied() {
                Some(("deliver", message)) => {
                    self.alone(at, message, |m| format!("the delivery of {m} is lost"))
                }
                Some((kind, message)) => self.alone(at, message, |m| format!("the {kind} of {m} is lost")),
                None => {}
            },
            What::Started { message, attempt, .. } => {
                let what = self.becomes_of(n, *message, *attempt);
                let again = if *attempt > 1 { " again" } else { "" };
                self.alone(at, *message, |m| format!("the resequencer is given {m}{again}{what}"));
            }
            What::Applied { message, .. } => self.together(at, "it emits", *message),
            What::DeadLettered { message, .. } => {
                self.alone(at, *message, |m| format!("the queue puts {m} aside: it will never come"));
            }
            What::LeaseExpired { message, .. } => self.together(at, "a lease runs out, that of", *message),
            What::Crashed { machine, .. } => self.everybody(at, self.crash(*machine)),
            What::Restarted { .. } => {
                self.everybody(at, "it starts again, with what it committed".to_owned())
            }
            What::Paused { .. } => self.everybody(at, "it stands still".to_owned()),
            What::Resumed { .. } => self.everybody(at, "it goes on".to_owned()),
            What::Note { text, .. } => self.everybody(at, text.clone()),
            _ => {}
        }
        self.books.observe(event);
    }

    fn everybody(&mut self, at: Time, text: String) {
        self.lines.push(Line { at, what: Said::Alone(text), about: Vec::new() });
    }

    fn alone(&mut self, at: Time, message: MessageId, say: impl FnOnce(&str) -> String) {
        let text = say(&self.name(message));
        self.lines.push(Line { at, what: Said::Alone(text), about: self.place(message) });
    }

    /// Joins the line before, if that says the same of another message.
    fn together(&mut self, at: Time, verb: &'static str, message: MessageId) {
        let (name, place) = (self.name(message), self.place(message));
        if let Some(Line { what: Said::Together(said, names), about, .. }) = self.lines.last_mut()
            && *said == verb
        {
            names.push(name);
            about.extend(place);
            return;
        }
        self.lines.push(Line { at, what: Said::Together(verb, vec![name]), about: place });
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

    fn place(&self, message: MessageId) -> Vec<(u32, u64)> {
        self.books.messages.get(&message).map(|entry| (entry.key, entry.seq)).into_iter().collect()
    }

    /// What the code does with a message that it was just given, where the lines to come do not say it: it holds it, or
    /// lets go of it and says nothing.
    fn becomes_of(&self, n: usize, message: MessageId, attempt: u32) -> &'static str {
        let events = &self.trace.events;
        let at = events[n].at;
        let let_go = |event: &&Event| matches!(event.what, What::Finished { message: m, attempt: a, .. } if m == message && a == attempt);
        let mut same_moment = events[n + 1..].iter().take_while(|event| event.at == at);
        if !same_moment.any(|event| let_go(&event)) {
            return " and holds it";
        }
        // Until the next call, or the end of the process, its answers are about this one.
        let before_next = events[n + 1..]
            .iter()
            .take_while(|event| !matches!(event.what, What::Started { .. } | What::Crashed { .. }));
        let answered = before_next.into_iter().any(|event| match &event.what {
            What::Sent { kind, message: Some(m), .. } => {
                *m == message && (kind.as_str() == "ack" || kind.as_str() == "nack")
            }
            What::Applied { message: m, .. } => *m == message,
            _ => false,
        });
        let next = events[n + 1..]
            .iter()
            .find(|event| matches!(event.what, What::Started { .. } | What::Crashed { .. }));
        let crashes = next.is_some_and(|event| matches!(event.what, What::Crashed { .. }));
        if answered || crashes { "" } else { " and drops it, with neither ack nor nack" }
    }

    fn crash(&self, machine: bool) -> String {
        let what = if machine { "its machine crashes" } else { "its process crashes" };
        let held = self.books.messages.iter().filter(|(_, entry)| entry.held > 0);
        let held: Vec<String> = held.map(|(message, _)| message.to_string()).collect();
        if held.is_empty() { what.to_owned() } else { format!("{what} while it holds {}", joined(&held)) }
    }
}
