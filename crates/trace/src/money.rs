// SPDX-License-Identifier: MIT OR Apache-2.0
//! Money: whether transfers only move it.

use crate::{Checker, Ending, Event, Finding, Map, MessageId, Verdict, What};

/// Watches one promise, `money-kept`: what a transfer takes from one account it adds to another, no more and no less.
///
/// Money that was taken and is not added yet is under way. It is lost for certain once the run is over; money that was made
/// is seen at once.
#[derive(Clone, Debug, Default)]
pub struct MoneyChecker {
    /// By ledger and account.
    balances: Map<(u32, u32), i64>,
    /// There are few of them, by number.
    ledgers: Vec<(u32, LedgerCounts)>,
    /// What each transfer has added less what it has taken.
    nets: Map<(u32, MessageId), i64>,
    made_first: Option<(String, usize, Option<MessageId>)>,
    seen: usize,
    ending: Option<Ending>,
}

/// The money of one ledger so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LedgerCounts {
    /// What its accounts held at first.
    pub opened: i64,
    /// What they hold now.
    pub sum: i64,
    /// Taken and not added.
    pub missing: u64,
    /// Added and not taken.
    pub made: u64,
}

impl MoneyChecker {
    /// A checker that has seen nothing yet.
    pub fn new() -> MoneyChecker {
        MoneyChecker::default()
    }

    /// The ledgers so far, by number.
    pub fn ledgers(&self) -> impl Iterator<Item = (u32, &LedgerCounts)> {
        self.ledgers.iter().map(|(number, counts)| (*number, counts))
    }

    /// The money of a ledger so far.
    pub fn counts(&self, ledger: u32) -> LedgerCounts {
        self.ledgers().find(|(number, _)| *number == ledger).map(|(_, counts)| *counts).unwrap_or_default()
    }

    /// How much of a ledger's money is lost for certain: 0 while the run goes on.
    pub fn lost(&self, ledger: u32) -> u64 {
        if self.ending == Some(Ending::Finished) { self.counts(ledger).missing } else { 0 }
    }

    fn balance(&mut self, ledger: u32, account: u32, message: Option<MessageId>, amount: i64) {
        let place = self.ledgers.partition_point(|(number, _)| *number < ledger);
        if self.ledgers.get(place).is_none_or(|(number, _)| *number != ledger) {
            self.ledgers.insert(place, (ledger, LedgerCounts::default()));
        }
        let counts = &mut self.ledgers[place].1;
        let Some(before) = self.balances.insert((ledger, account), amount) else {
            counts.opened = counts.opened.saturating_add(amount);
            counts.sum = counts.sum.saturating_add(amount);
            return;
        };
        let change = amount.saturating_sub(before);
        counts.sum = counts.sum.saturating_add(change);
        // What changes without a transfer is never made good.
        let (old, new) = match message {
            Some(message) => {
                let net = self.nets.or_default((ledger, message));
                let old = *net;
                *net = old.saturating_add(change);
                (old, *net)
            }
            None => (0, change),
        };
        let (less, more) = (|net: i64| net.min(0).unsigned_abs(), |net: i64| net.max(0).unsigned_abs());
        counts.missing = counts.missing.saturating_sub(less(old)).saturating_add(less(new));
        counts.made = counts.made.saturating_sub(more(old)).saturating_add(more(new));
        if new > 0 && self.made_first.is_none() {
            let what = match message {
                Some(message) => format!("transfer {message} added more than it took"),
                None => format!("account {account} was found to hold more than was booked"),
            };
            self.made_first = Some((format!("{what}: {new} came from nowhere"), self.seen, message));
        }
    }

    /// What is missing, in a sentence, and the transfer that it is about.
    fn missing(&self) -> Option<(String, Option<MessageId>)> {
        if let Some(((_, message), net)) = self.nets.iter().find(|(_, net)| **net < 0) {
            let sentence =
                format!("transfer {message} took more than it added: {} are gone", net.unsigned_abs());
            return Some((sentence, Some(message)));
        }
        let (_, counts) = self.ledgers.iter().find(|(_, counts)| counts.missing > 0)?;
        Some((format!("accounts were found to hold less than was booked: {} are gone", counts.missing), None))
    }
}

impl Checker for MoneyChecker {
    fn observe(&mut self, event: &Event) {
        match event.what {
            What::Balance { ledger, account, message, amount, .. } => {
                self.balance(ledger, account, message, amount);
            }
            What::Ended { how } => self.ending = Some(how),
            _ => {}
        }
        self.seen += 1;
    }

    fn findings(&self) -> Vec<Finding> {
        let over = self.ending == Some(Ending::Finished);
        let broken = match (&self.made_first, self.missing()) {
            (Some((sentence, event, message)), _) => Some((sentence.clone(), *event, *message)),
            (None, Some((sentence, message))) if over => {
                Some((sentence, self.seen.saturating_sub(1), message))
            }
            (None, Some(_)) => {
                let why = "money that was taken has not arrived yet".to_owned();
                return vec![Finding { promise: "money-kept", verdict: Verdict::Unknown { why } }];
            }
            (None, None) => None,
        };
        let verdict = match broken {
            Some((sentence, event, message)) => {
                Verdict::Broken { sentence, event, messages: message.into_iter().collect() }
            }
            None => Verdict::held_by(self.ending),
        };
        vec![Finding { promise: "money-kept", verdict }]
    }
}
