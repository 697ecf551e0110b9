// SPDX-License-Identifier: MIT OR Apache-2.0
//! What must hold of a database: folds over the events of a run and what stood in the books meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use kit::making::First;
use trace::{Ending, MessageId, NodeId, Trace, What};

use crate::books::Page;
use crate::request::Request;
use crate::run::{ACCOUNTS, BALANCE};
use crate::world::World;

/// What can break, whatever an exam calls it.
#[derive(Default)]
pub(crate) struct Findings {
    pub readable: First,
    pub sum_kept: First,
    pub as_asked: First,
    pub no_negative: First,
    pub once: First,
    pub durable: First,
    pub refused_for_cause: First,
    pub finishes: First,
}

/// The words that differ from exam to exam.
pub(crate) struct Words {
    /// "transfer", "message".
    pub request: &'static str,
    /// Behind "transfer 3": "was answered Done".
    pub done: &'static str,
    /// Behind "transfer 3", with a moment and how often: "is never answered: by {} it was asked for {}".
    pub unanswered: &'static str,
    /// The kinds of the packets that answer.
    pub answers: [&'static str; 3],
}

struct Judge<'a> {
    words: &'a Words,
    requests: BTreeMap<u64, Request>,
    found: Findings,
    page: Page,
    done: BTreeSet<u64>,
    /// The call that each worker is in.
    calls: BTreeMap<NodeId, Open>,
    asked: BTreeMap<u64, u64>,
}

/// A call that goes on.
struct Open {
    message: u64,
    /// Whether its effect was there when it began.
    was_there: bool,
    /// The least that its payer had meanwhile.
    least: i64,
}

/// Judges a run.
pub(crate) fn judge(trace: &Trace, world: &World, words: &Words) -> Findings {
    let requests = world.lanes.iter().flat_map(|lane| &lane.requests);
    let requests = requests.map(|request| (request.message, request.clone())).collect();
    let mut judge = Judge {
        words,
        requests,
        found: Findings::default(),
        page: Page::default(),
        done: BTreeSet::new(),
        calls: BTreeMap::new(),
        asked: BTreeMap::new(),
    };
    let mut pages = world.pages.iter().peekable();
    for (n, event) in trace.events.iter().enumerate() {
        while let Some((_, page)) = pages.next_if(|(behind, _)| *behind <= n) {
            judge.turn(n.saturating_sub(1), page);
        }
        judge.take(n, &event.what);
    }
    judge.at_the_end(trace, world);
    judge.found
}

impl Judge<'_> {
    /// Another page lies open.
    fn turn(&mut self, event: usize, page: &Page) {
        self.page = page.clone();
        if let Some(why) = &page.unreadable {
            self.found.readable.note(
                format!("the database cannot be read any more: {why}"),
                event,
                Vec::new(),
            );
            return;
        }
        for call in self.calls.values_mut() {
            if let Some(request) = self.requests.get(&call.message) {
                call.least = call.least.min(funds(page, request));
            }
        }
        self.check_balances(event);
        self.check_entries(event);
        self.check_file(event);
        let done: Vec<u64> = self.done.iter().copied().collect();
        for message in done {
            self.check_done(event, message);
        }
        for request in self.requests.values() {
            let times = page.times(request);
            if times > 1 {
                let times = kit::making::times(times);
                let sentence = format!("{} {} took effect {times}", self.words.request, request.message);
                self.found.once.note(sentence, event, vec![MessageId(request.message)]);
            }
        }
    }

    fn check_balances(&mut self, event: usize) {
        let start = i128::from(ACCOUNTS) * i128::from(BALANCE);
        let sum = self.page.sum();
        if sum != start {
            let halves = self.requests.values().find(|request| {
                let paid = request.from.map(|from| self.page.changes(from, -request.amount));
                paid.is_some_and(|paid| paid != self.page.changes(request.to, request.amount))
            });
            let why = halves.map_or(String::new(), |request| {
                let half = if request.from.is_some_and(|from| self.page.changes(from, -request.amount) > 0) {
                    "was taken and not given"
                } else {
                    "was given and not taken"
                };
                format!(": the {} of {} {} {half}", request.amount, self.words.request, request.message)
            });
            let about = halves.map(|request| MessageId(request.message)).into_iter().collect();
            let sentence =
                format!("the accounts hold {sum} together, and in the beginning it was {start}{why}");
            self.found.sum_kept.note(sentence, event, about);
        }
        if let Some((account, balance)) = self.page.balances.iter().find(|(_, balance)| **balance < 0) {
            let sentence = format!("the balance of account {account} is {balance}");
            self.found.no_negative.note(sentence, event, Vec::new());
        }
    }

    /// Each entry belongs to a request.
    fn check_entries(&mut self, event: usize) {
        let known = |account: i64, change: i64| {
            self.requests.values().any(|request| {
                (request.to, request.amount) == (account, change)
                    || request.from.is_some_and(|from| (from, -request.amount) == (account, change))
            })
        };
        let strange =
            self.page.entries.iter().find(|(account, change, _)| *change != 0 && !known(*account, *change));
        if let Some((account, change, _)) = strange {
            let sentence =
                format!("account {account} changed by {change}, and no {} says so", self.words.request);
            self.found.as_asked.note(sentence, event, Vec::new());
        }
    }

    /// What was booked is what the accounts hold, and nothing is damaged.
    fn check_file(&mut self, event: usize) {
        if let Some((account, holds, booked)) = self.page.unbooked() {
            let sentence = format!("account {account} holds {holds}, and what was booked makes {booked}");
            self.found.durable.note(sentence, event, Vec::new());
        }
        if let Some(damage) = &self.page.damaged {
            self.found.readable.note(format!("the database is damaged: {damage}"), event, Vec::new());
        }
    }

    fn check_done(&mut self, event: usize, message: u64) {
        let Some(request) = self.requests.get(&message) else { return };
        if !self.page.holds(request) && self.page.unreadable.is_none() {
            let (what, done) = (self.words.request, self.words.done);
            let sentence = format!("{what} {message} {done}, and its effect is not in the database");
            self.found.durable.note(sentence, event, vec![MessageId(message)]);
        }
    }

    fn take(&mut self, n: usize, what: &What) {
        match what {
            What::Started { node, message, .. } => {
                *self.asked.entry(message.0).or_default() += 1;
                if let Some(request) = self.requests.get(&message.0) {
                    let (was_there, least) = (self.page.holds(request), funds(&self.page, request));
                    self.calls.insert(*node, Open { message: message.0, was_there, least });
                }
            }
            What::Crashed { .. } => self.calls.clear(),
            What::Sent { from, kind, message: Some(message), .. } => {
                let kind = kind.as_str();
                if kind == self.words.answers[0] {
                    self.calls.remove(from);
                    self.done.insert(message.0);
                    self.check_done(n, message.0);
                } else if kind == self.words.answers[1] {
                    self.refused(n, *from, message.0);
                }
            }
            _ => {}
        }
    }

    fn refused(&mut self, event: usize, worker: NodeId, message: u64) {
        let Some(Open { was_there, least, .. }) = self.calls.remove(&worker) else { return };
        let Some(request) = self.requests.get(&message) else { return };
        let what = self.words.request;
        let sentence = if was_there {
            format!("{what} {message} is refused, and it had taken effect before")
        } else if least >= request.amount {
            format!(
                "{what} {message} over {} is refused, and account {} had {least} at least",
                request.amount,
                request.from.unwrap_or(0)
            )
        } else {
            return;
        };
        self.found.refused_for_cause.note(sentence, event, vec![MessageId(message)]);
    }

    fn at_the_end(&mut self, trace: &Trace, world: &World) {
        let last = trace.events.len().saturating_sub(1);
        let open = world.lanes.iter().find_map(|lane| lane.requests.get(lane.answered));
        let ended = matches!(
            trace.events.last().map(|event| &event.what),
            Some(What::Ended { how: Ending::Finished })
        );
        if let Some(request) = open {
            let times = kit::making::times(self.asked.get(&request.message).copied().unwrap_or(0));
            let why = self.words.unanswered.replacen("{}", &world.now.short(), 1).replacen("{}", &times, 1);
            let sentence = format!("{} {} {why}", self.words.request, request.message);
            self.found.finishes.note(sentence, last, vec![MessageId(request.message)]);
        } else if !ended {
            let sentence = "everything is answered, and the work goes on when the run stops".to_owned();
            self.found.finishes.note(sentence, last, Vec::new());
        }
    }
}

/// What the payer of a request has.
fn funds(page: &Page, request: &Request) -> i64 {
    request.from.and_then(|from| page.balances.get(&from)).copied().unwrap_or(i64::MAX)
}
