// SPDX-License-Identifier: MIT OR Apache-2.0
//! PROVISIONAL until the course crate announces exercises: a sample, so that the page can be laid out. The build says so.

use super::content::{Exercise, Refusal};

/// The one exercise there is going to be.
pub(crate) fn exercise(name: &str) -> Result<Exercise, Refusal> {
    if name != "resequencer" {
        return Err(Refusal::Unknown(vec!["resequencer".into()]));
    }
    eprintln!(
        "warning: what the book says of the exercise {name} is a sample (xtask/src/book/provisional.rs)"
    );
    Ok(Exercise {
        title: "Put each key’s messages back in order".into(),
        statement: "Messages of many keys arrive out of order, some of them twice. Emit each key’s messages in the order \
                    of their numbers, from a buffer that holds at most `B` of them.\n\nThe process may crash between any \
                    two steps; what was not written durably is gone."
            .into(),
        file: "exercises/queues/src/bin/resequencer.rs".into(),
        command: "cargo course check resequencer".into(),
        points: vec![
            ("safety: nothing out of order, nothing twice, nothing lost".into(), 60),
            ("liveness: finishes when quiet".into(), 25),
            ("cost: flushes and buffer".into(), 15),
        ],
    })
}
