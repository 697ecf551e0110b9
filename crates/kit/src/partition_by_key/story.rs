// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broken run of this exam in a dozen lines.

use trace::{Map, NodeId, Time, Trace, What};

use super::group::consumer_of;
use super::ledger::{self, Ledger, Said};
use super::world;
use crate::reproducible::Breach;
use crate::story::{Tale, Weight, Words};
use crate::verdict::StoryLine;

const WORDS: Words = Words {
    message: |message, key, _| format!("message {message} (key {key})"),
    packet: |kind| match kind {
        "deliver" => "hand-out of",
        "ack" => "ack of",
        "nack" => "return of",
        "effect" => "effect of",
        "done" | "not-held" => "store's answer to",
        _ => "packet about",
    },
    restarted: "it starts again, and knows nothing",
};

/// What led to a breach: who was a member, who was handed what, and every fault; at most this many lines.
pub(super) fn tell(trace: &Trace, breach: &Breach, most: usize) -> Vec<StoryLine> {
    let name = |node: NodeId| trace.header.nodes.get(node.index()).map_or("?", |node| node.name.as_str());
    let mut books = Ledger::of(trace);
    // The last message of each key that was handed out: what a fence of the key is about.
    let mut handed = Map::new();
    // Who was handed which key is all there is to say of the load.
    let of_load = breach.messages.is_empty();
    Tale::tell(trace, breach, WORDS, most, |tale, n, event| {
        let at = event.at;
        let of_key = |key: u32| handed.get(key).copied();
        let told = match &event.what {
            What::Handed { message, consumer, .. } => {
                let entry = books.messages.get(*message).cloned().unwrap_or_default();
                handed.insert(entry.key, *message);
                let again = if entry.handed > 0 { " again" } else { "" };
                tale.alone(at, *message, Weight::Turns, |m| {
                    format!("the router hands {m} to {}{again}", name(*consumer))
                });
                true
            }
            What::Applied { .. } | What::Arrived { .. } if of_load => true,
            What::Applied { message, .. } => {
                tale.alone(at, *message, Weight::Turns, |m| format!("{m} takes effect"));
                true
            }
            What::Arrived { packet } => {
                if let Some((message, _)) = books.acks.get(*packet) {
                    tale.together(at, "the router hears the ack of", *message, Weight::Routine);
                }
                true
            }
            // What took effect is done soon after its ack or its fence, which is told.
            What::Acked { message, .. } => {
                if books.messages.get(*message).is_none_or(|entry| !entry.applied) {
                    tale.together(at, "the router is done with", *message, Weight::Turns);
                }
                true
            }
            What::Crashed { node, .. } => say(tale, at, format!("{} crashes", name(*node))),
            What::Restarted { node } => {
                say(tale, at, format!("{} starts again, and knows nothing", name(*node)))
            }
            What::Paused { node } => say(tale, at, format!("{} stands still", name(*node))),
            What::Resumed { node } => say(tale, at, format!("{} goes on", name(*node))),
            What::Cut { from, .. } => {
                let cut = from.first().map_or("?", |node| name(*node));
                say(tale, at, format!("{cut} is cut off from the router"))
            }
            What::Note { text, .. } => match ledger::read(text) {
                _ if n == breach.event => true,
                Some(Said::Generation(generation, members)) => {
                    say(tale, at, format!("generation {generation}: {}", people(&members)))
                }
                Some(Said::Refused(message)) => {
                    tale.alone(at, message, Weight::Turns, |m| format!("the store refuses {m}"));
                    true
                }
                Some(Said::FenceAsked(key) | Said::Fenced(key, _)) => match of_key(key) {
                    Some(message) => {
                        tale.alone(at, message, Weight::Turns, |_| text.clone());
                        true
                    }
                    None => false,
                },
                _ => false,
            },
            _ => false,
        };
        books.observe(event);
        told
    })
}

fn say(tale: &mut Tale, at: Time, text: String) -> bool {
    tale.everybody(at, text);
    true
}

/// Members by the consumers that they are.
fn people(members: &[u64]) -> String {
    let said = members.iter().map(|member| {
        let consumer = consumer_of(*member) + 1;
        let again = if *member == consumer as u64 { "" } else { " come back" };
        format!("{}{again}", world::consumer(consumer as u64))
    });
    let said: Vec<String> = said.collect();
    match said.as_slice() {
        [] => "nobody is a member".to_owned(),
        [one] => format!("{one} is its only member"),
        [most @ .., last] => format!("{} and {last} are members", most.join(", ")),
    }
}
