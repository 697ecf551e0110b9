// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broken run of this exam in a dozen lines.

use std::collections::BTreeSet;

use trace::{NodeId, Trace, What};

use super::ledger::{self, Said};
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
    let mut handed = BTreeSet::new();
    Tale::tell(trace, breach, WORDS, most, |tale, n, event| {
        let at = event.at;
        match &event.what {
            What::Handed { message, consumer, .. } => {
                let again = if handed.insert(*message) { "" } else { " again" };
                tale.alone(at, *message, Weight::Turns, |m| {
                    format!("the router hands {m} to {}{again}", name(*consumer))
                });
            }
            What::Applied { message, .. } => {
                tale.alone(at, *message, Weight::Turns, |m| format!("{m} takes effect"));
            }
            What::Acked { message, .. } => {
                tale.together(at, "the router is done with", *message, Weight::Routine)
            }
            What::Crashed { node, .. } => tale.everybody(at, format!("{} crashes", name(*node))),
            What::Restarted { node } => {
                tale.everybody(at, format!("{} starts again, and knows nothing", name(*node)));
            }
            What::Paused { node } => tale.everybody(at, format!("{} stands still", name(*node))),
            What::Resumed { node } => tale.everybody(at, format!("{} goes on", name(*node))),
            What::Cut { from, .. } => {
                let cut = from.first().map_or("?", |node| name(*node));
                tale.everybody(at, format!("{cut} is cut off from the router"));
            }
            What::Note { text, .. } => match ledger::read(text) {
                // It is said with the message it is about, or is what breaks.
                Some(Said::Refused(message)) => {
                    tale.alone(at, message, Weight::Turns, |m| format!("the store refuses {m}"));
                }
                _ if n == breach.event => {}
                _ => return false,
            },
            _ => return false,
        }
        true
    })
}
