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
        "ack" => "delete of",
        "removed" => "answer “removed” about",
        "not-held" => "answer “not held” about",
        "publish" => "publish of",
        "confirm" => "confirm of",
        _ => "packet about",
    },
    restarted: "it starts again, and knows nothing",
};

/// What led to a breach: what the learner's code was given and did, and every fault; at most this many lines.
pub(super) fn tell(trace: &Trace, breach: &Breach, most: usize) -> Vec<StoryLine> {
    let (mut given, mut acted_on) = (Set::new(), Set::new());
    let mut of_this_incarnation = Set::new();
    let mut traffic = Traffic::default();
    Tale::tell(trace, breach, WORDS, most, |tale, _, event| {
        let at = event.at;
        traffic.observe(event);
        match &event.what {
            What::Started { message, .. } => {
                of_this_incarnation.insert(*message);
                let again = if given.insert(*message) { "" } else { " again" };
                tale.alone(at, *message, Weight::Routine, |m| format!("the consumer is given {m}{again}"));
            }
            What::Sent { kind, message: Some(message), .. } if kind.as_str() == "ack" => {
                tale.together(at, "it asks the queue to delete", *message, Weight::Turns);
            }
            What::Acked { message, .. } => tale.together(at, "the queue removes", *message, Weight::Turns),
            What::Arrived { packet } => {
                let answer =
                    traffic.get(*packet).filter(|packet| of_this_incarnation.contains(packet.message));
                if let Some(packet) = answer {
                    let verb = match packet.kind.as_str() {
                        "removed" => "it hears “removed” about",
                        "not-held" => "it hears “not held” about",
                        _ => return false,
                    };
                    tale.together(at, verb, packet.message, Weight::Turns);
                }
            }
            What::Applied { message, .. } => {
                let again = if acted_on.insert(*message) { "" } else { " again" };
                tale.alone(at, *message, Weight::Turns, |m| format!("it acts on {m}{again}"));
            }
            What::LeaseExpired { message, .. } => {
                tale.together(at, "a lease runs out, that of", *message, Weight::Routine);
            }
            What::Crashed { .. } => of_this_incarnation.clear(),
            _ => {}
        }
        false
    })
}
