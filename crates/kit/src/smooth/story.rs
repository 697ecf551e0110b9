// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broken run in a dozen lines: bursts, rests, wake-ups, and what was sent.

use trace::{Event, MessageId, NodeInfo, Time, Trace, What};

use super::judge::Wake;
use crate::reproducible::Breach;
use crate::story::{Tale, Weight, Words};
use crate::verdict::StoryLine;

const WORDS: Words =
    Words { message: |message, _, _| message.to_string(), packet: |_| "packet about", restarted: "" };

/// A rest is worth a line when it is so many times as long as downstream works on one message.
const LONG_REST: u64 = 4;

/// What led to a breach, in so many lines at most.
pub(super) fn tell(trace: &Trace, breach: &Breach, most: usize) -> Vec<StoryLine> {
    let service = trace.header.parameters.get("service").and_then(|text| text.parse().ok()).unwrap_or(1);
    let is_shaper = |node: usize| {
        let name = |info: &NodeInfo| info.name == super::world::SHAPER;
        trace.header.nodes.get(node).is_some_and(name)
    };
    let mut quiet_since = Time::ZERO;
    // Wake-ups and rests count as much as what was sent: they are told as if they were about the last message.
    let mut last = MessageId(1);
    Tale::tell(trace, breach, WORDS, most, |tale, _, event| {
        let at = event.at;
        match &event.what {
            What::Stored { message, .. } => {
                let rest = at - quiet_since;
                if rest > Time::millis(LONG_REST * service) && quiet_since > Time::ZERO {
                    tale.alone(at, last, Weight::Turns, |_| format!("nothing comes for {}", rest.short()));
                }
                (quiet_since, last) = (at, *message);
                comes(tale, at, *message);
            }
            What::Handed { message, .. } => tale.together(at, "it sends", *message, Weight::Turns),
            What::Refused { node, message, .. } if is_shaper(node.index()) => {
                tale.together(at, "it drops", *message, Weight::Turns);
            }
            What::Finished { message, .. } => {
                tale.together(at, "downstream is done with", *message, Weight::Routine);
            }
            What::Note { .. } => match Wake::of(event) {
                Some(wake) => tale.alone(at, last, Weight::Turns, |_| woken(wake)),
                None => return false,
            },
            _ => return is_told_in_the_end(event),
        }
        true
    })
}

/// What breaks a promise is said in the last line.
fn is_told_in_the_end(event: &Event) -> bool {
    matches!(event.what, What::Refused { .. })
}

fn comes(tale: &mut Tale, at: Time, message: MessageId) {
    tale.together(at, "the shaper is given", message, Weight::Routine);
}

fn woken(wake: Wake) -> String {
    let (early, late) = (wake.early(), wake.late());
    if early > Time::ZERO {
        format!("it is woken, {} too early", early.short())
    } else if late > Time::ZERO {
        format!("it is woken, {} late", late.short())
    } else {
        "it is woken".to_owned()
    }
}
