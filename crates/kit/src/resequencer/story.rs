// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broken run in a dozen lines.

use std::collections::BTreeSet;

use trace::{DropReason, Event, MessageId, PacketId, Time, Trace, Verdict, What};

use super::ledger::Ledger;
use crate::simulated::Run;
use crate::verdict::StoryLine;

/// A line with what it takes to choose among lines.
struct Line {
    at: Time,
    text: String,
    /// The keys it is about; none for what concerns everybody.
    keys: BTreeSet<u32>,
}

/// Tells what led to the break: the lines of the key in question, and every fault.
pub(super) fn tell(run: &Run, promise: &str, most: usize) -> Vec<StoryLine> {
    let finding = run.findings.iter().find(|finding| finding.promise == promise);
    let (sentence, event) = match finding.map(|finding| &finding.verdict) {
        Some(Verdict::Broken { sentence, event }) => (Some(sentence.clone()), *event),
        _ => (run.survived.clone(), run.trace.events.len()),
    };
    let mut teller = Teller::new(&run.trace);
    for (n, happened) in run.trace.events.iter().enumerate().take(event + 1) {
        teller.take(n, happened);
    }
    let at = run.trace.events.get(event).map_or(Time::ZERO, |event| event.at);
    let mut lines = teller.lines;
    let room = most - usize::from(sentence.is_some());
    if lines.len() > room {
        let key = run.trace.events.get(event).and_then(|event| event.what.message());
        if let Some(entry) = key.and_then(|message| teller.books.messages.get(&message)) {
            lines.retain(|line| line.keys.is_empty() || line.keys.contains(&entry.key));
        }
    }
    let mut story = shortened(lines, room);
    if let Some(sentence) = sentence {
        story.push(StoryLine { at: at.short(), text: format!("so {promise} is broken: {sentence}") });
    }
    story
}

/// The beginning and the end, with one line that stands for what is left out.
fn shortened(lines: Vec<Line>, most: usize) -> Vec<StoryLine> {
    let line = |line: &Line| StoryLine { at: line.at.short(), text: line.text.clone() };
    if lines.len() <= most {
        return lines.iter().map(line).collect();
    }
    let tail = most / 2;
    let head = most - tail - 1;
    let left_out = lines.len() - head - tail;
    let between = StoryLine { at: String::new(), text: format!("… {left_out} steps more of this kind") };
    let (first, last) = (&lines[..head], &lines[lines.len() - tail..]);
    first.iter().map(line).chain([between]).chain(last.iter().map(line)).collect()
}

struct Teller<'a> {
    trace: &'a Trace,
    books: Ledger,
    lines: Vec<Line>,
    named: BTreeSet<MessageId>,
    /// Packets whose loss or arrival is worth a word.
    packets: std::collections::BTreeMap<PacketId, (&'a str, MessageId)>,
}

impl<'a> Teller<'a> {
    fn new(trace: &'a Trace) -> Teller<'a> {
        Teller {
            trace,
            books: Ledger::default(),
            lines: Vec::new(),
            named: BTreeSet::new(),
            packets: std::collections::BTreeMap::new(),
        }
    }

    fn take(&mut self, n: usize, event: &'a Event) {
        self.books.observe(event);
        let said = match &event.what {
            What::Sent { packet, kind, message: Some(message), .. } => {
                self.packets.insert(*packet, (kind.as_str(), *message));
                match kind.as_str() {
                    "ack" => self.about(*message, |m| format!("it acks {m}")),
                    "nack" => self.about(*message, |m| format!("it gives {m} back")),
                    _ => return,
                }
            }
            What::Arrived { packet } => match self.packets.get(packet) {
                Some(("gone", message)) => {
                    let message = *message;
                    self.about(message, |m| format!("it hears that {m} is gone"))
                }
                _ => return,
            },
            What::Dropped { packet, why: DropReason::Script } => match self.packets.get(packet) {
                Some(&("deliver", message)) => self.about(message, |m| format!("the delivery of {m} is lost")),
                Some(&(kind, message)) => self.about(message, |m| format!("the {kind} of {m} is lost")),
                None => return,
            },
            What::Started { message, attempt, .. } => {
                let again = if *attempt > 1 { format!(", delivery {attempt}") } else { String::new() };
                self.about(*message, |m| format!("the resequencer is given {m}{again}"))
            }
            What::Applied { message, .. } => self.about(*message, |m| format!("it emits {m}")),
            What::DeadLettered { message, .. } => self.about(*message, |m| format!("the queue puts {m} aside")),
            What::LeaseExpired { message, .. } => self.about(*message, |m| format!("the lease of {m} runs out")),
            What::Crashed { machine, .. } => (self.crash(n, *machine), BTreeSet::new()),
            What::Restarted { .. } => ("it starts again, with what it committed".to_owned(), BTreeSet::new()),
            What::Paused { .. } => ("it stands still".to_owned(), BTreeSet::new()),
            What::Resumed { .. } => ("it goes on".to_owned(), BTreeSet::new()),
            What::Note { text, .. } => (text.clone(), BTreeSet::new()),
            _ => return,
        };
        let (text, keys) = said;
        self.lines.push(Line { at: event.at, text, keys });
    }

    /// A sentence about a message; its key and place are said the first time.
    fn about(&mut self, message: MessageId, say: impl FnOnce(&str) -> String) -> (String, BTreeSet<u32>) {
        let entry = self.books.messages.get(&message);
        let keys = entry.map(|entry| entry.key).into_iter().collect();
        let text = match entry {
            Some(entry) if self.named.insert(message) => {
                say(&format!("message {message} (key {}, seq {})", entry.key, entry.seq))
            }
            _ => say(&format!("message {message}")),
        };
        (text, keys)
    }

    fn crash(&self, n: usize, machine: bool) -> String {
        let what = if machine { "its machine crashes" } else { "its process crashes" };
        // The books have seen the crash already: what was held stands in the events before it.
        let mut before = Ledger::default();
        self.trace.events[..n].iter().for_each(|event| before.observe(event));
        let held: Vec<String> = before
            .messages
            .iter()
            .filter(|(_, entry)| entry.held > 0)
            .map(|(message, _)| message.to_string())
            .collect();
        match held.as_slice() {
            [] => what.to_owned(),
            [one] => format!("{what} while it holds message {one}"),
            [most @ .., last] => format!("{what} while it holds messages {} and {last}", most.join(", ")),
        }
    }
}
