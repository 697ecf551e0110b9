// SPDX-License-Identifier: MIT OR Apache-2.0
//! The books about every message of a run: what both the judge and the counts of situations read.

use trace::{Event, Map, MessageId, What};

const TOLD_GONE: &str = "it is told that a message is gone: ";

/// What the process notes when a call of `gone` begins: traces have no event of their own for it.
pub(super) fn told_gone(message: MessageId) -> String {
    format!("{TOLD_GONE}{message}")
}

/// The message of such a note.
pub(super) fn is_told_gone(text: &str) -> Option<MessageId> {
    text.strip_prefix(TOLD_GONE)?.parse().ok().map(MessageId)
}

/// What is known of one message.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    pub key: u32,
    pub seq: u64,
    pub stored: bool,
    /// How often the learner's code was given it.
    pub given: u32,
    /// How many copies of it the learner's code holds now.
    pub held: u32,
    /// How often the queue handed it out.
    pub handed: u32,
    pub emitted: bool,
    /// The queue let go of it.
    pub acked: bool,
    pub dead: bool,
    /// The event after which nobody had it any more, if that is so now.
    pub lost_at: Option<usize>,
    /// The event with which the learner's code let go of it last.
    let_go_at: usize,
}

/// A fold over events.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    pub messages: Map<MessageId, Entry>,
    /// The messages of each key, by their place.
    pub keys: Map<u32, Vec<MessageId>>,
    /// How many copies of messages the learner's code holds.
    pub held: usize,
    /// Events seen.
    pub seen: usize,
    /// The event with which the last call of the learner's code began.
    called_at: usize,
}

impl Ledger {
    pub fn observe(&mut self, event: &Event) {
        match event.what {
            What::Offered { message, seq, key, .. } => {
                self.messages.insert(message, Entry { key, seq, ..Entry::default() });
                self.keys.or_default(key).push(message);
            }
            What::Stored { message, .. } => self.change(message, |entry| entry.stored = true),
            What::Handed { message, .. } => self.change(message, |entry| entry.handed += 1),
            What::Started { message, .. } => {
                self.held += 1;
                self.called_at = self.seen;
                self.change(message, |entry| {
                    entry.given += 1;
                    entry.held += 1;
                });
            }
            What::Finished { message, .. } => {
                self.held = self.held.saturating_sub(1);
                let seen = self.seen;
                self.change(message, |entry| {
                    entry.held = entry.held.saturating_sub(1);
                    entry.let_go_at = seen;
                });
            }
            What::Applied { message, .. } => self.change(message, |entry| entry.emitted = true),
            What::Acked { message, .. } => self.change(message, |entry| entry.acked = true),
            What::DeadLettered { message, .. } => self.change(message, |entry| entry.dead = true),
            What::Note { ref text, .. } if is_told_gone(text).is_some() => self.called_at = self.seen,
            // Only the learner's process crashes in this exam.
            What::Crashed { .. } => self.crash(),
            _ => {}
        }
        self.seen += 1;
    }

    fn crash(&mut self) {
        self.held = 0;
        for entry in self.messages.values_mut() {
            entry.held = 0;
            // What the last call let go of may have stood in a commit on its way to the disk: lost only now.
            if entry.let_go_at > self.called_at {
                entry.lost_at = None;
            }
            entry.note_loss(self.seen);
        }
    }

    /// The first message of a key that was neither emitted nor put aside.
    pub fn missing(&self, key: u32) -> Option<(MessageId, &Entry)> {
        let line = self.keys.get(key)?;
        line.iter().map(|id| (*id, &self.messages[*id])).find(|(_, entry)| !entry.emitted && !entry.dead)
    }

    /// A message that is held although everything before it in its key is emitted. Where a dead letter stands before it
    /// nothing is said: its holder may not know yet, or may look at what it heard when the message comes again.
    pub fn held_in_turn(&self) -> Option<MessageId> {
        self.keys.values().find_map(|line| {
            let first = line.iter().find(|id| !self.messages[**id].emitted)?;
            (self.messages[*first].held > 0).then_some(*first)
        })
    }

    /// Messages the learner's code was given that wait for an earlier one of their key.
    pub fn waiting_behind_a_gap(&self) -> usize {
        self.keys
            .keys()
            .filter_map(|key| self.missing(key).map(|(id, _)| (key, id)))
            .map(|(key, gap)| {
                let behind = self.keys[key].iter().filter(|id| **id > gap);
                behind.filter(|id| self.messages[**id].given > 0 && !self.messages[**id].emitted).count()
            })
            .sum()
    }

    fn change(&mut self, message: MessageId, change: impl FnOnce(&mut Entry)) {
        let seen = self.seen;
        if let Some(entry) = self.messages.get_mut(message) {
            change(entry);
            entry.note_loss(seen);
        }
    }
}

impl Entry {
    fn note_loss(&mut self, now: usize) {
        let lost = self.acked && !self.emitted && self.held == 0;
        self.lost_at = if lost { self.lost_at.or(Some(now)) } else { None };
    }

    /// Whether nothing is left to do about it.
    pub fn is_settled(&self) -> bool {
        self.dead || (self.emitted && self.acked)
    }
}
