// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam `idempotent_consumer`: its parts put together.

use kit::making::{Choices, CostLimit, Part, Promise, Words as Names};
use trace::Role;

use crate::exam::{Exam, Parts};
use crate::judge::Words;
use crate::request::Code;
use crate::run::{Kind, NUMBERS};
use crate::story::Telling;
use crate::tally;

/// Nothing is ever refused here: the second of them is not sent.
const ANSWERS: [&str; 3] = ["ack", "reject", "nack"];

const PROMISES: &[Promise] = &[
    Promise { name: "applied-once", part: Part::Safety, sentence: "No message takes effect twice." },
    Promise {
        name: "as-delivered",
        part: Part::Safety,
        sentence: "An account changes by what a message says, and by nothing else.",
    },
    Promise {
        name: "acked-is-applied",
        part: Part::Safety,
        sentence: "The effect of a message that was acknowledged is in the database, whatever happens afterwards.",
    },
    Promise {
        name: "readable",
        part: Part::Safety,
        sentence: "The database can be read after every restart.",
    },
    Promise {
        name: "finishes",
        part: Part::Liveness,
        sentence: "When faults stop, every message is acknowledged.",
    },
];

static PARTS: Parts = Parts {
    name: "idempotent_consumer",
    kind: Kind {
        choices: Choices { scenario: "exam/idempotent-consumer", numbers: NUMBERS, lists: &[] },
        process: "consumers",
        client: ("queue", Role::Queue),
        worker: "consumer",
        request: "deliver",
        answers: ANSWERS,
        call: "on_message(…, message {})",
        has_payer: false,
    },
    words: Words {
        request: "message",
        done: "was acknowledged",
        unanswered: "is never acknowledged: by {} it was delivered {}",
        answers: ANSWERS,
    },
    telling: Telling {
        words: Names {
            message: |message, _, _| format!("message {message}"),
            packet: |kind| match kind {
                "deliver" => "delivery of",
                "ack" => "ack of",
                "nack" => "nack of",
                _ => "packet about",
            },
            restarted: "it starts again",
        },
        details: |request| format!(", {} for account {}", request.amount, request.to),
        begins: "is given",
        answers: ["it acknowledges", "it rejects", "it fails, and so gives back"],
        applied: "in the database is the effect of",
    },
    promises: PROMISES,
    findings: |found| {
        let all = [&found.once, &found.as_asked, &found.durable, &found.readable, &found.finishes];
        PROMISES.iter().zip(all).map(|(promise, first)| first.finding(promise.name)).collect()
    },
    situations: tally::SITUATIONS,
    reached: tally::reached,
    limits: [CostLimit { what: "flushes", most: 250 }, CostLimit { what: "writes", most: 1_000 }],
};

/// The exam of this code.
pub(super) fn of(code: impl Into<Code>) -> Exam {
    Exam { parts: &PARTS, code: code.into() }
}
