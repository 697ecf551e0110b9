// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broken run in a dozen lines: answers, pulls, and the consumer's pace.

use trace::{MessageId, Refusal, Trace, What};

use super::process::{EMPTY_HANDED, is_kept};
use crate::reproducible::Breach;
use crate::story::{Tale, Weight, Words};
use crate::verdict::StoryLine;

const WORDS: Words =
    Words { message: |message, _, _| message.to_string(), packet: |_| "packet about", restarted: "" };

/// What led to a breach, in so many lines at most.
pub(super) fn tell(trace: &Trace, breach: &Breach, most: usize) -> Vec<StoryLine> {
    // A pace counts as much as what was accepted: it is told as if it were about the last message.
    let mut last = MessageId(1);
    Tale::tell(trace, breach, WORDS, most, |tale, _, event| {
        let at = event.at;
        match &event.what {
            What::Stored { message, .. } => {
                last = *message;
                tale.together(at, "it accepts", *message, Weight::Turns);
            }
            What::Refused { message, why, .. } => {
                let verb = if *why == Refusal::Full { "it sheds" } else { "it drops" };
                tale.together(at, verb, *message, Weight::Turns);
            }
            What::Handed { message, .. } => {
                tale.alone(at, *message, Weight::Turns, |m| format!("the consumer pulls {m}"));
            }
            What::Slowed { permille, .. } => tale.alone(at, last, Weight::Turns, |_| pace(*permille)),
            What::Note { text, .. } if is_kept(text).is_some() => {}
            What::Note { text, .. } if text == EMPTY_HANDED => {
                tale.alone(at, last, Weight::Turns, |_| EMPTY_HANDED.to_owned());
            }
            _ => return false,
        }
        true
    })
}

fn pace(permille: u32) -> String {
    match permille {
        1_000 => "the consumer works at its usual pace again".to_owned(),
        _ => {
            let (whole, hundredths) = (permille / 1_000, permille % 1_000 / 10);
            format!("from now on the consumer's work takes {whole}.{hundredths:02} times as long")
        }
    }
}
