// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broken run of this exam in a dozen lines.

use trace::{Event, MessageId, Set, Trace, What};

use super::ledger::is_told_gone;
use crate::reproducible::Breach;
use crate::story::{Tale, Weight, Words};
use crate::verdict::StoryLine;

const WORDS: Words = Words {
    message: |message, key, seq| format!("message {message} (key {key}, seq {seq})"),
    packet: |kind| match kind {
        "deliver" => "delivery of",
        "ack" => "ack of",
        "nack" => "nack of",
        "publish" => "publish of",
        "confirm" => "confirm of",
        "gone" => "news of the end of",
        "gone-heard" => "answer to the news of",
        _ => "packet about",
    },
    restarted: "it starts again, with what it committed",
};

/// What led to a breach: what the learner's code was given and did, and every fault; at most this many lines.
pub(super) fn tell(trace: &Trace, breach: &Breach, most: usize) -> Vec<StoryLine> {
    let mut given = Set::new();
    Tale::tell(trace, breach, WORDS, most, |tale, n, event| {
        let at = event.at;
        match &event.what {
            What::Sent { kind, message: Some(message), .. } => match kind.as_str() {
                "ack" => tale.together(at, "it acks", *message, Weight::Turns),
                "nack" => tale.together(at, "it gives back", *message, Weight::Back),
                _ => {}
            },
            What::Started { message, attempt, .. } => {
                let what = becomes_of(trace, n, *message, *attempt);
                let again = if given.insert(*message) { "" } else { " again" };
                tale.alone(at, *message, Weight::Routine, |m| {
                    format!("the resequencer is given {m}{again}{what}")
                });
            }
            What::Applied { message, .. } => tale.together(at, "it emits", *message, Weight::Turns),
            What::DeadLettered { message, .. } => {
                tale.alone(at, *message, Weight::Turns, |m| {
                    format!("the queue puts {m} aside: it will never come")
                });
            }
            What::LeaseExpired { message, .. } => {
                tale.together(at, "a lease runs out, that of", *message, Weight::Routine);
            }
            What::Note { text, .. } => {
                if let Some(message) = is_told_gone(text) {
                    tale.alone(at, message, Weight::Gone, |m| format!("it hears that {m} is gone"));
                    return true;
                }
            }
            _ => {}
        }
        false
    })
}

/// What the code does with a message that it was just given, where the lines to come do not say it: it holds it, or
/// lets go of it and says nothing.
fn becomes_of(trace: &Trace, n: usize, message: MessageId, attempt: u32) -> &'static str {
    let (at, behind) = (trace.events[n].at, &trace.events[n + 1..]);
    // Until the next call, or the end of the process, what happens is about this call.
    let ends = |event: &&Event| match &event.what {
        What::Started { .. } | What::Crashed { .. } | What::Ended { .. } => true,
        What::Note { text, .. } => is_told_gone(text).is_some(),
        _ => false,
    };
    let call = behind.iter().position(|event| ends(&event)).unwrap_or(behind.len());
    let (call, end) = (&behind[..call], behind.get(call));
    let let_go = |event: &Event| matches!(event.what, What::Finished { message: m, attempt: a, .. } if m == message && a == attempt);
    if !call.iter().take_while(|event| event.at == at).any(let_go) {
        // A call that panics holds nothing and lets go of nothing: it never came to its end.
        let panics = matches!(call.first().map(|event| &event.what), Some(What::Note { text, .. }) if text.ends_with(" panics"));
        return if panics { "" } else { " and holds it" };
    }
    let answered = call.iter().any(|event| match &event.what {
        What::Sent { kind, message: Some(m), .. } => {
            *m == message && (kind.as_str() == "ack" || kind.as_str() == "nack")
        }
        What::Applied { message: m, .. } => *m == message,
        _ => false,
    });
    let crashes = end.is_some_and(|event| matches!(event.what, What::Crashed { .. }));
    if answered || crashes { "" } else { " and drops it, with neither ack nor nack" }
}

#[cfg(test)]
mod tests;
