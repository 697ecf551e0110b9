// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: members are added and never taken away. Who has left is handed messages for ever.
//!
//! Breaks: members-only

use std::hash::{DefaultHasher, Hash, Hasher};

use kit::partition_by_key::prelude::*;

fn route(key: u32, members: &[u64]) -> Option<u64> {
    members.iter().copied().max_by_key(|member| {
        let mut hasher = DefaultHasher::new();
        (key, member).hash(&mut hasher);
        hasher.finish()
    })
}

#[derive(Default)]
struct Router {
    generation: u64,
    members: Vec<u64>,
    keys: BTreeMap<u32, Line>,
}

#[derive(Default)]
struct Line {
    messages: VecDeque<Message>,
    /// So many of them, from the front, are in the member's hands.
    handed: usize,
    member: Option<u64>,
    /// The generation in which the member got the key.
    token: u64,
    /// The store has not answered yet.
    fencing: bool,
}

impl Line {
    fn hand_out(&mut self, out: &mut Out) {
        let Some(member) = self.member.filter(|_| !self.fencing) else { return };
        for message in self.messages.iter().skip(self.handed) {
            out.hand(message, member, self.token);
        }
        self.handed = self.messages.len();
    }

    /// Everything up to this message has taken effect, for a key's messages do so in their order.
    fn done(&mut self, last: u64, out: &mut Out) {
        while self.messages.front().is_some_and(|message| message.number <= last)
            && let Some(message) = self.messages.pop_front()
        {
            out.done(message);
            self.handed = self.handed.saturating_sub(1);
        }
    }
}

impl PartitionByKey for Router {
    fn start() -> Router {
        Router::default()
    }

    fn on_message(&mut self, message: Message, out: &mut Out) {
        let key = message.key;
        let new = || Line { member: route(key, &self.members), token: self.generation, ..Line::default() };
        let line = self.keys.entry(key).or_insert_with(new);
        line.messages.push_back(message);
        line.hand_out(out);
    }

    fn on_rebalance(&mut self, generation: u64, members: &[u64], out: &mut Out) {
        self.generation = generation;
        self.members.extend(members);
        self.members.sort_unstable();
        self.members.dedup();
        for (key, line) in &mut self.keys {
            let member = route(*key, &self.members);
            if member == line.member {
                continue;
            }
            (line.member, line.token) = (member, generation);
            if line.handed > 0 || line.fencing {
                line.fencing = true;
                out.fence(*key, generation);
            }
            line.hand_out(out);
        }
    }

    fn on_ack(&mut self, key: u32, number: u64, out: &mut Out) {
        self.keys.entry(key).or_default().done(number, out);
    }

    fn on_fenced(&mut self, key: u32, token: u64, last: u64, out: &mut Out) {
        let line = self.keys.entry(key).or_default();
        line.done(last, out);
        // An earlier fence leaves the hands of a later one untouched.
        if token == line.token {
            (line.fencing, line.handed) = (false, 0);
            line.hand_out(out);
        }
    }
}

exam!(partition_by_key => Router);
