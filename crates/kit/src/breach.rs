// SPDX-License-Identifier: MIT OR Apache-2.0
//! What broke in a run: the exam's own promises, and those that every exam makes.

use trace::{Event, Trace, Verdict, What};

use crate::reproducible::{Breach, Part, Promise, Reproducible, Run};

/// Also what a panic comes out as.
pub(crate) const NO_PANIC: Promise =
    Promise { name: "no-panic", part: Part::Safety, sentence: "The code does not panic." };
/// The process crashes with the machine it runs on, and so must everything of it.
pub(crate) const FRESH_START: Promise = Promise {
    name: "fresh-start",
    part: Part::Safety,
    sentence: "Nothing but the disk survives a crash: no static, no thread-local.",
};

/// The trace with a note where the promise breaks: who plays it should see what was judged, and when.
pub(crate) fn annotated(mut trace: Trace, breach: &Breach) -> Trace {
    let last = trace.events.len().saturating_sub(1);
    let Some(at) = trace.events.get(breach.event).map(|event| event.at) else { return trace };
    let text = format!("{} is broken: {}", breach.promise.name, breach.sentence);
    // `Ended` stays the last event: what breaks only in the end is noted before it.
    let place = (breach.event + 1).min(last);
    trace.events.insert(place, Event { at, what: What::Note { node: None, text } });
    trace
}

/// The first promise in the exam's order that broke in a run.
pub(crate) fn broken(exam: &dyn Reproducible, run: &Run) -> Option<Breach> {
    let events = &run.trace.events;
    let last = events.len().saturating_sub(1);
    // What the process noted itself stands in the trace in the same words.
    let noted = |note: &str| {
        let says = |event: &Event| matches!(&event.what, What::Note { text, .. } if text == note);
        events.iter().position(says).unwrap_or(last)
    };
    if let Some(panicked) = &run.panicked {
        let mut crashes = events.iter().enumerate().filter(|(_, e)| matches!(e.what, What::Crashed { .. }));
        let event = match panicked.crash {
            Some(before) => crashes.nth(before as usize).map_or(last, |(n, _)| n),
            None => noted(&panicked.note()),
        };
        // The call that panics is the last one to be given a message, if it was given one.
        let given = events[..event].last().and_then(|event| match event.what {
            What::Started { message, .. } => Some(message),
            _ => None,
        });
        let messages = given.into_iter().collect();
        return Some(Breach { promise: NO_PANIC, sentence: panicked.sentence(), event, messages });
    }
    if let Some(survived) = &run.survived {
        let (sentence, messages) = (survived.sentence.clone(), vec![survived.message]);
        return Some(Breach { promise: FRESH_START, event: noted(&sentence), sentence, messages });
    }
    exam.promises().iter().find_map(|promise| {
        let finding = run.findings.iter().find(|finding| finding.promise == promise.name)?;
        match finding.verdict.clone() {
            Verdict::Broken { sentence, event, messages } => {
                Some(Breach { promise: *promise, sentence, event, messages })
            }
            _ => None,
        }
    })
}
