// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broken run of this exam in a dozen lines.

use trace::{DropReason, MessageId, NodeId, Refusal, Time, Trace, What};

use super::notes::{self, Said, numbers};
use crate::reproducible::Breach;
use crate::story::{Tale, Weight, Words};
use crate::verdict::StoryLine;

const WORDS: Words = Words {
    message: |message, _, _| format!("record {message}"),
    packet: |kind| match kind {
        "publish" => "sending of",
        "copy" => "copy of",
        "confirm" | "refuse" => "answer to",
        _ => "packet about",
    },
    restarted: "it starts again, with its log",
};

/// What led to a breach: who led, who was in sync, what each log got and lost, and every fault; at most this many lines.
pub(super) fn tell(trace: &Trace, breach: &Breach, most: usize) -> Vec<StoryLine> {
    let name = |node: NodeId| trace.header.nodes.get(node.index()).map_or("?", |node| node.name.as_str());
    // The log of each node, and the epoch that it is in.
    let mut logs: Vec<Vec<MessageId>> = vec![Vec::new(); trace.header.nodes.len()];
    let mut epochs = vec![0; trace.header.nodes.len()];
    Tale::tell(trace, breach, WORDS, most, |tale, n, event| {
        let at = event.at;
        match &event.what {
            What::Started { node, message, .. } => {
                tale.alone(at, *message, Weight::Turns, |m| format!("{m} comes to {}", name(*node)));
            }
            What::Stored { node, message } => {
                logs[node.index()].push(*message);
                tale.alone(at, *message, Weight::Turns, |m| format!("{} has {m} in its log", name(*node)));
            }
            What::Sent { from, kind, message: Some(message), .. } if kind.as_str() == "confirm" => {
                tale.alone(at, *message, Weight::Turns, |m| format!("{} confirms {m}", name(*from)));
            }
            What::Refused { node, message, why } => {
                let how = if *why == Refusal::TooFewReplicas { "refuses" } else { "declares unknown" };
                tale.alone(at, *message, Weight::Turns, |m| format!("{} {how} {m}", name(*node)));
            }
            What::Crashed { node, .. } => say(tale, at, format!("{} crashes", name(*node))),
            What::Restarted { node } => say(tale, at, format!("{} starts again, with its log", name(*node))),
            What::Paused { node } => say(tale, at, format!("{} stands still", name(*node))),
            What::Resumed { node } => say(tale, at, format!("{} goes on", name(*node))),
            What::Cut { from, to, one_way } => {
                let names =
                    |side: &[NodeId]| side.iter().map(|node| name(*node)).collect::<Vec<_>>().join(" and ");
                let way = if *one_way { " in one direction" } else { "" };
                say(tale, at, format!("{} is cut off from {}{way}", names(from), names(to)));
            }
            What::Dropped { why: DropReason::Cut, .. } => {}
            What::Note { node: Some(node), text } => match notes::read(text) {
                _ if n == breach.event => {}
                // A fetch tells who holds what: it is told as news of the last record below it.
                Some(Said::Heard { follower, offset, epoch }) => {
                    let below = logs[node.index()].get((offset as usize).wrapping_sub(1));
                    let over = if epoch < epochs[node.index()] { ", which is over" } else { "" };
                    if let Some(message) = below {
                        let name = name(*node);
                        tale.alone(at, *message, Weight::Turns, |m| {
                            format!(
                                "{name} hears that replica-{follower} holds all up to {m}, in epoch {epoch}{over}"
                            )
                        });
                    }
                }
                Some(said) => {
                    match said {
                        Said::Leads(epoch) | Said::Follows(epoch) => epochs[node.index()] = epoch.into(),
                        Said::CutOff(_) => _ = logs[node.index()].pop(),
                        _ => {}
                    }
                    told(tale, at, name(*node), said);
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

fn told(tale: &mut Tale, at: Time, name: &str, said: Said) {
    match said {
        Said::Leads(epoch) => say(tale, at, format!("{name} leads, in epoch {epoch}")),
        // Who follows is said by what it then has in its log.
        Said::Follows(_) | Said::Heard { .. } => {}
        Said::InSync(epoch, replicas) => {
            let all: Vec<String> = numbers(replicas).iter().map(u64::to_string).collect();
            say(tale, at, format!("{name} hears who is in sync, in epoch {epoch}: {}", all.join(", ")));
        }
        Said::CutOff(record) => {
            tale.alone(at, record, Weight::Turns, |m| format!("{m} is cut off the log of {name}"));
        }
        Said::Unled(record) | Said::TooFew(record) => {
            tale.alone(at, record, Weight::Turns, |m| format!("{name} appends {m}"));
        }
    }
}
