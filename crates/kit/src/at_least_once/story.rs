// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broken run of this exam in a dozen lines.

use trace::{Set, Trace, What};

use crate::reproducible::Breach;
use crate::story::{Tale, Weight, Words};
use crate::traffic::Traffic;
use crate::verdict::StoryLine;

const WORDS: Words = Words {
    message: |message, _, _| format!("message {message}"),
    packet: |kind| match kind {
        "deliver" => "delivery of",
        "ack" => "ack of",
        "effect" => "publish of",
        "done" => "answer “stored” about",
        "refuse" => "answer “refused” about",
        _ => "packet about",
    },
    restarted: "it starts again, and knows nothing",
};

/// What led to a breach: what the learner's code was given and did, and every fault; at most this many lines.
pub(super) fn tell(trace: &Trace, breach: &Breach, most: usize) -> Vec<StoryLine> {
    let (mut given, mut stored) = (Set::new(), Set::new());
    // What this incarnation has published: answers to another one's are not heard.
    let mut published = Set::new();
    let mut traffic = Traffic::default();
    Tale::tell(trace, breach, WORDS, most, |tale, _, event| {
        let at = event.at;
        traffic.observe(event);
        match &event.what {
            What::Started { message, .. } => {
                let again = if given.insert(*message) { "" } else { " again" };
                tale.alone(at, *message, Weight::Routine, |m| format!("the relay is given {m}{again}"));
            }
            What::Sent { kind, message: Some(message), .. } => match kind.as_str() {
                "effect" if published.insert(*message) => {
                    tale.together(at, "it publishes", *message, Weight::Turns);
                }
                "effect" => tale.alone(at, *message, Weight::Turns, |m| format!("it publishes {m} again")),
                "ack" => tale.together(at, "it acks", *message, Weight::Turns),
                _ => {}
            },
            What::Arrived { packet } => {
                if let Some(packet) = traffic.get(*packet).filter(|packet| published.contains(packet.message))
                {
                    let verb = match packet.kind.as_str() {
                        "done" => "it hears “stored” about",
                        "refuse" => "it hears “refused” about",
                        _ => return false,
                    };
                    tale.together(at, verb, packet.message, Weight::Turns);
                }
            }
            What::Applied { message, .. } => {
                let again = if stored.insert(*message) { "" } else { " a second time" };
                tale.alone(at, *message, Weight::Turns, |m| format!("downstream stores {m}{again}"));
            }
            What::Refused { message, .. } => {
                tale.alone(at, *message, Weight::Turns, |m| format!("downstream has no room for {m}"));
            }
            What::Crashed { .. } => published.clear(),
            _ => {}
        }
        false
    })
}
