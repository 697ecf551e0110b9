// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broken run in a dozen lines.

use std::collections::{BTreeMap, BTreeSet};

use trace::{DropReason, Event, MessageId, PacketId, Time, Trace, What};

use super::ledger::Ledger;
use crate::verdict::StoryLine;

/// What led to an event: what the learner's code was given and did, and every fault; at most this many lines.
pub(super) fn tell(trace: &Trace, event: usize, most: usize) -> Vec<StoryLine> {
    let mut teller = Teller::new(trace);
    for (n, happened) in trace.events.iter().enumerate().take(event + 1) {
        teller.take(n, happened);
    }
    let mut lines = teller.lines;
    if lines.len() > most {
        let about = trace.events.get(event).and_then(|event| event.what.message());
        if let Some(entry) = about.and_then(|message| teller.books.messages.get(&message)) {
            lines.retain(|line| line.keys.is_empty() || line.keys.contains(&entry.key));
        }
    }
    shortened(&lines, most)
}

/// The beginning and the end, with one line that stands for what is left out.
fn shortened(lines: &[Line], most: usize) -> Vec<StoryLine> {
    if lines.len() <= most {
        return lines.iter().map(Line::told).collect();
    }
    let tail = most / 2;
    let head = most - tail - 1;
    let left_out = lines.len() - head - tail;
    let between = StoryLine { at: String::new(), text: format!("… and so on, {left_out} steps more …") };
    let (first, last) = (&lines[..head], &lines[lines.len() - tail..]);
    first.iter().map(Line::told).chain([between]).chain(last.iter().map(Line::told)).collect()
}

/// A line with what it takes to choose among lines, and to join it with the one before.
struct Line {
    at: Time,
    what: Said,
    /// The keys it is about; none for what concerns everybody.
    keys: BTreeSet<u32>,
}

enum Said {
    /// Something about several messages in a row: `it emits`, and their names.
    Together(&'static str, Vec<String>),
    Alone(String),
}

impl Line {
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
        self.lines.push(Line { at, what: Said::Alone(text), keys: BTreeSet::new() });
    }

    fn alone(&mut self, at: Time, message: MessageId, say: impl FnOnce(&str) -> String) {
        let text = say(&self.name(message));
        self.lines.push(Line { at, what: Said::Alone(text), keys: self.keys(message) });
    }

    /// Joins the line before, if that says the same of another message.
    fn together(&mut self, at: Time, verb: &'static str, message: MessageId) {
        let (name, keys) = (self.name(message), self.keys(message));
        if let Some(Line { what: Said::Together(said, names), keys: of, .. }) = self.lines.last_mut() {
            if *said == verb {
                names.push(name);
                of.extend(keys);
                return;
            }
        }
        self.lines.push(Line { at, what: Said::Together(verb, vec![name]), keys });
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

    fn keys(&self, message: MessageId) -> BTreeSet<u32> {
        self.books.messages.get(&message).map(|entry| entry.key).into_iter().collect()
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
        let ends_here = events[n + 1..].iter().find(|event| event.what.message().is_none());
        let crashes = ends_here.is_some_and(|event| matches!(event.what, What::Crashed { .. }));
        if answered || crashes { "" } else { " and drops it, with neither ack nor nack" }
    }

    fn crash(&self, machine: bool) -> String {
        let what = if machine { "its machine crashes" } else { "its process crashes" };
        let held = self.books.messages.iter().filter(|(_, entry)| entry.held > 0);
        let held: Vec<String> = held.map(|(message, _)| message.to_string()).collect();
        if held.is_empty() { what.to_owned() } else { format!("{what} while it holds {}", joined(&held)) }
    }
}
