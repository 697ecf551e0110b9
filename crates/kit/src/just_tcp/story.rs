// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broken run of this exam in a dozen lines.

use trace::{DropReason, Event, Map, MessageId, NodeId, PacketId, Set, Time, Trace, What};

use super::notes;
use super::texts::texts;
use crate::reproducible::Breach;
use crate::story::{Tale, Weight, Words};
use crate::verdict::StoryLine;

const WORDS: Words = Words {
    message: |message, _, _| format!("message {message}"),
    packet: |kind| match kind {
        "bytes" => "packet with bytes of",
        "reply" => "answer about",
        _ => "packet about",
    },
    restarted: "the receiver starts again",
};

/// What led to a breach: what was taken, written, read and done, what each end knows of the connection, and every fault.
pub(super) fn tell(trace: &Trace, breach: &Breach, most: usize) -> Vec<StoryLine> {
    let mut teller = Teller::new(trace);
    Tale::tell(trace, breach, WORDS, most, |tale, n, event| teller.says(tale, event, n == breach.event))
}

struct Teller<'a> {
    trace: &'a Trace,
    texts: Vec<Vec<u8>>,
    /// Reads that follow each other: whose, since when, and of how much.
    reads: Option<(NodeId, Time, Vec<String>)>,
    /// Packets that are about no message.
    bare: Map<PacketId, String>,
    /// What was turned away already.
    refused: Option<MessageId>,
    /// What took effect.
    done: Set<MessageId>,
}

impl<'a> Teller<'a> {
    fn new(trace: &'a Trace) -> Teller<'a> {
        let messages = trace.header.parameters.get("messages").and_then(|text| text.parse().ok());
        let texts = texts(trace.header.seed, messages.unwrap_or(0));
        Teller { trace, texts, reads: None, bare: Map::new(), refused: None, done: Set::new() }
    }

    fn name(&self, node: NodeId) -> &'a str {
        self.trace.header.nodes.get(node.index()).map_or("?", |node| node.name.as_str())
    }

    fn length(&self, message: MessageId) -> String {
        notes::bytes(self.texts.get(message.0 as usize - 1).map_or(0, Vec::len))
    }

    /// Tells an event; whether that is all there is to say of it.
    fn says(&mut self, tale: &mut Tale, event: &Event, breaks: bool) -> bool {
        if let What::Note { node: Some(node), text } = &event.what
            && let Some(read) = notes::read_of(text)
        {
            self.reads(tale, event.at, *node, read);
            return true;
        }
        let told = self.tells(event);
        if told || breaks || event.what.is_fault() {
            self.close(tale);
        }
        self.say(tale, event, breaks)
    }

    /// Whether anything is said of such an event.
    fn tells(&self, event: &Event) -> bool {
        matches!(
            event.what,
            What::Stored { .. }
                | What::Applied { .. }
                | What::Note { .. }
                | What::Sent { message: Some(_), .. }
        )
    }

    fn say(&mut self, tale: &mut Tale, event: &Event, breaks: bool) -> bool {
        let at = event.at;
        match &event.what {
            What::Stored { message, .. } => {
                let length = self.length(*message);
                tale.alone(at, *message, Weight::Turns, |m| format!("the sender takes {m}: {length}"));
                self.refused = None;
            }
            What::Refused { message, .. } => {
                if self.refused.replace(*message) != Some(*message) {
                    tale.alone(at, *message, Weight::Turns, |m| format!("the sender turns {m} away: full"));
                }
            }
            What::Started { .. } | What::Finished { .. } | What::Confirmed { .. } => {}
            What::Applied { message, .. } => {
                self.done.insert(*message);
                tale.alone(at, *message, Weight::Turns, |m| format!("{m} takes effect"));
            }
            What::Sent { packet, kind, message: None, .. } => {
                _ = self.bare.insert(*packet, kind.as_str().to_owned());
                return false;
            }
            What::Sent { kind, message: Some(message), .. } => {
                let done = self.done.len();
                tale.alone(at, *message, Weight::Routine, |m| match kind.as_str() {
                    "bytes" => format!("the sender writes {m}"),
                    _ => format!("the receiver answers, with {done} done"),
                });
                // It may also be held up, which the tale says.
                return false;
            }
            What::Dropped { packet, why: DropReason::Script | DropReason::Cut } => {
                let Some(kind) = self.bare.get(*packet) else { return false };
                let what = match kind.as_str() {
                    "connect" => "a packet that asks for a connection",
                    "connected" => "a packet that says that there is a connection",
                    _ => "the word that a connection is no more",
                };
                tale.everybody(at, format!("{what} is lost"));
            }
            What::Crashed { .. } => tale.everybody(at, "the receiver crashes".to_owned()),
            What::Paused { node } => tale.everybody(at, format!("the {} stands still", self.name(*node))),
            What::Resumed { node } => tale.everybody(at, format!("the {} goes on", self.name(*node))),
            What::Note { node: Some(node), text } if !breaks => {
                if !text.starts_with(notes::NO_MESSAGE) {
                    tale.everybody(at, format!("the {} {text}", self.name(*node)));
                } else {
                    tale.everybody(at, text.clone());
                }
            }
            _ => return false,
        }
        true
    }

    fn reads(&mut self, tale: &mut Tale, at: Time, node: NodeId, read: &str) {
        if self.reads.as_ref().is_some_and(|(reader, ..)| *reader != node) {
            self.close(tale);
        }
        let (_, _, reads) = self.reads.get_or_insert_with(|| (node, at, Vec::new()));
        reads.push(read.to_owned());
    }

    /// Tells of reads that followed each other.
    fn close(&mut self, tale: &mut Tale) {
        let Some((node, at, reads)) = self.reads.take() else { return };
        let name = self.name(node);
        let text = match &reads[..] {
            [only] => format!("the {name} reads {only}"),
            [first, last] => format!("the {name} reads {first}; then {last}"),
            [first, .., last] => {
                format!("the {name} reads {first}; and so on, {} times in all, at last {last}", reads.len())
            }
            [] => return,
        };
        tale.everybody(at, text);
    }
}
