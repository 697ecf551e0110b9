// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broken run of a database in a dozen lines.

use std::collections::BTreeSet;

use kit::making::{Breach, Run, Tale, Weight, Words};
use kit::verdict::StoryLine;
use trace::{NodeId, What};

use crate::run::{Kind, request};
use crate::world::WORKERS;

/// How an exam tells its runs.
pub(crate) struct Telling {
    pub words: Words,
    /// What the code is asked for, behind "teller-1 is asked for transfer 3": its amount and accounts.
    pub details: fn(&crate::request::Request) -> String,
    /// What a worker does when a call begins, in front of the request's number.
    pub begins: &'static str,
    /// For each kind of answer, what is said in front of the request's number.
    pub answers: [&'static str; 3],
    /// What is said in front of a request whose effect is in the database.
    pub applied: &'static str,
}

/// What led to a breach; at most this many lines.
pub(crate) fn tell(
    run: &Run,
    breach: &Breach,
    kind: &Kind,
    telling: &Telling,
    most: usize,
) -> Vec<StoryLine> {
    let name = |node: NodeId| run.trace.header.nodes.get(node.index()).map_or("", |node| node.name.as_str());
    let first_worker = NodeId(WORKERS as u16);
    let mut asked = BTreeSet::new();
    Tale::tell(&run.trace, breach, telling.words, most, |tale, _, event| {
        let at = event.at;
        match &event.what {
            What::Started { node, message, .. } => {
                let details = match asked.insert(*message) {
                    true => (telling.details)(&request(run.trace.header.seed, message.0, kind)),
                    false => " again".to_owned(),
                };
                let who = name(*node).to_owned();
                tale.alone(at, *message, Weight::Turns, |m| format!("{who} {} {m}{details}", telling.begins));
            }
            What::Applied { message, .. } => tale.together(at, telling.applied, *message, Weight::Turns),
            What::Sent { kind: packet, message: Some(message), .. } => {
                let answer = kind.answers.iter().position(|answer| *answer == packet.as_str());
                let Some(answer) = answer else { return false };
                tale.alone(at, *message, Weight::Turns, |m| format!("{} {m}", telling.answers[answer]));
                // It may be held up, which is told, too.
                return false;
            }
            What::Crashed { node, machine } => {
                if *node == first_worker {
                    let what = if *machine { "the machine loses power" } else { "the process is killed" };
                    tale.everybody(at, what.to_owned());
                }
            }
            What::Restarted { node } => {
                if *node == first_worker {
                    tale.everybody(at, "it starts again".to_owned());
                }
            }
            What::Paused { node } => tale.everybody(at, format!("{} stands still", name(*node))),
            What::Resumed { node } => tale.everybody(at, format!("{} goes on", name(*node))),
            _ => return false,
        }
        true
    })
}
