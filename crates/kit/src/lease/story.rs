// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broken run of this exam in a dozen lines.

use trace::{NodeId, Time, Trace, What};

use super::process::Stopped;
use crate::reproducible::Breach;
use crate::story::{Tale, Weight, Words};
use crate::verdict::StoryLine;

const WORDS: Words = Words {
    message: |message, _, _| format!("job {message}"),
    packet: |kind| match kind {
        "deliver" => "handing-out of",
        "extend" => "heartbeat for",
        "extended" => "answer to a heartbeat for",
        "effect" => "result of",
        "ack" => "deletion of",
        "done" => "store's answer about",
        "not-held" | "removed" => "answer about",
        _ => "packet about",
    },
    restarted: "it starts again, and knows nothing",
};

/// What led to a breach: who held which job, what was written and deleted, and every fault; at most this many lines.
pub(super) fn tell(trace: &Trace, breach: &Breach, most: usize) -> Vec<StoryLine> {
    let name = |node: NodeId| trace.header.nodes.get(node.index()).map_or("?", |node| node.name.as_str());
    Tale::tell(trace, breach, WORDS, most, |tale, n, event| {
        let at = event.at;
        match &event.what {
            What::Handed { consumer, message, attempt, .. } => {
                tale.alone(at, *message, Weight::Turns, |m| {
                    format!("{} is handed {m}, with token {attempt}", name(*consumer))
                });
            }
            // Work begins where it is handed out, and how it ends is told.
            What::Started { .. } => {}
            What::Finished { node, message, .. } => {
                tale.alone(at, *message, Weight::Turns, |m| {
                    format!("{} is done with the work on {m}", name(*node))
                });
            }
            What::LeaseExpired { message, .. } => {
                tale.alone(at, *message, Weight::Turns, |m| format!("the lease on {m} runs out"));
            }
            What::Sent { from, kind, message: Some(message), .. } => {
                let does = match kind.as_str() {
                    "extend" => "extends its lease on",
                    "effect" => "sends the result of",
                    "ack" => "deletes",
                    _ => return false,
                };
                // What comes of it is said where it arrives.
                tale.alone(at, *message, Weight::Routine, |m| format!("{} {does} {m}", name(*from)));
                // It may also be held up, which the tale says.
                return false;
            }
            What::Applied { message, attempt, .. } => {
                tale.alone(at, *message, Weight::Turns, |m| {
                    format!("the store has the result of {m} with token {attempt}")
                });
            }
            What::Acked { message, .. } => {
                tale.alone(at, *message, Weight::Turns, |m| format!("{m} is deleted"));
            }
            What::Crashed { node, .. } => say(tale, at, format!("{} crashes", name(*node))),
            What::Restarted { node } => {
                say(tale, at, format!("{} starts again, and knows nothing", name(*node)))
            }
            What::Paused { node } => say(tale, at, format!("{} stands still", name(*node))),
            What::Resumed { node } => say(tale, at, format!("{} goes on", name(*node))),
            What::Cut { from, to, .. } => {
                let names =
                    |side: &[NodeId]| side.iter().map(|node| name(*node)).collect::<Vec<_>>().join(" and ");
                say(tale, at, format!("{} is cut off from {}", names(from), names(to)));
            }
            What::Note { node: Some(node), text } if n != breach.event => match Stopped::read(text) {
                Some(Stopped { message, fails, .. }) => {
                    let how = if fails { "fails" } else { "stops without a word" };
                    tale.alone(at, message, Weight::Turns, |m| {
                        format!("{}: the work on {m} {how}", name(*node))
                    });
                }
                None => return false,
            },
            _ => return false,
        }
        true
    })
}

fn say(tale: &mut Tale, at: Time, text: String) {
    tale.everybody(at, text);
}
