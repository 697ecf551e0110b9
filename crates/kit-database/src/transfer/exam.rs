// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam `transfer`: its parts put together.

use kit::making::{Choices, CostLimit, Part, Promise, Words as Names};
use trace::Role;

use crate::exam::{Exam, Parts};
use crate::judge::Words;
use crate::request::Code;
use crate::run::{Kind, NUMBERS};
use crate::story::Telling;
use crate::tally;

const ANSWERS: [&str; 3] = ["done", "refused", "error"];

const PROMISES: &[Promise] = &[
    Promise {
        name: "sum-kept",
        part: Part::Safety,
        sentence: "All accounts together hold as much as in the beginning.",
    },
    Promise { name: "no-negative", part: Part::Safety, sentence: "No balance falls below 0." },
    Promise { name: "applied-once", part: Part::Safety, sentence: "No transfer moves its money twice." },
    Promise {
        name: "done-is-durable",
        part: Part::Safety,
        sentence: "A transfer that was answered Done is in the database, whatever happens afterwards.",
    },
    Promise {
        name: "refused-for-cause",
        part: Part::Safety,
        sentence: "Only a transfer is refused for which there is not enough money, and which was not done before.",
    },
    Promise {
        name: "readable",
        part: Part::Safety,
        sentence: "The database can be read after every restart.",
    },
    Promise {
        name: "finishes",
        part: Part::Liveness,
        sentence: "When faults stop, every transfer is answered.",
    },
];

static PARTS: Parts = Parts {
    name: "transfer",
    kind: Kind {
        choices: Choices { scenario: "exam/transfer", numbers: NUMBERS, lists: &[] },
        process: "bank",
        client: ("client", Role::Producer),
        worker: "teller",
        request: "transfer",
        answers: ANSWERS,
        call: "transfer(…, {}, …)",
        has_payer: true,
    },
    words: Words {
        request: "transfer",
        done: "was answered Done",
        unanswered: "is never answered: by {} it was asked for {}",
        answers: ANSWERS,
    },
    telling: Telling {
        words: Names {
            message: |message, _, _| format!("transfer {message}"),
            packet: |kind| match kind {
                "transfer" => "request for",
                "done" => "answer Done for",
                "refused" => "answer Refused for",
                "error" => "error about",
                _ => "packet about",
            },
            restarted: "it starts again",
        },
        details: |request| {
            format!(
                ", {} from account {} to {}",
                request.amount,
                request.from.unwrap_or_default(),
                request.to
            )
        },
        begins: "is asked for",
        answers: ["it answers Done for", "it answers Refused for", "it answers with an error for"],
        applied: "in the database is the effect of",
    },
    promises: PROMISES,
    findings: |found| {
        let all = [
            &found.sum_kept,
            &found.no_negative,
            &found.once,
            &found.durable,
            &found.refused_for_cause,
            &found.readable,
            &found.finishes,
        ];
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
