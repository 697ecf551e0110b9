// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, with a table instead of a hash: a key stays where it is while its member is there, and goes to whoever has the
//! fewest keys when not. A member that joins takes keys from the fullest until it has its share.

use kit::partition_by_key::prelude::*;

#[derive(Default)]
struct Router {
    generation: u64,
    members: Vec<u64>,
    keys: BTreeMap<u32, Line>,
}

#[derive(Default)]
struct Line {
    member: Option<u64>,
    /// The generation in which the key was fenced last.
    token: u64,
    /// The store has not answered yet.
    fencing: bool,
    in_hand: VecDeque<Message>,
    waiting: VecDeque<Message>,
}

impl Line {
    fn hand_out(&mut self, out: &mut Out) {
        let Some(member) = self.member.filter(|_| !self.fencing) else { return };
        for message in self.waiting.drain(..) {
            out.hand(&message, member, self.token);
            self.in_hand.push_back(message);
        }
    }

    fn done(&mut self, last: u64, out: &mut Out) {
        let done = self.in_hand.iter().take_while(|message| message.number <= last).count();
        self.in_hand.drain(..done).for_each(|message| out.done(message));
    }

    fn goes_to(&mut self, key: u32, member: Option<u64>, generation: u64, out: &mut Out) {
        self.member = member;
        if self.fencing || !self.in_hand.is_empty() {
            (self.fencing, self.token) = (true, generation);
            out.fence(key, generation);
        }
    }
}

impl Router {
    fn keys_of(&self, member: Option<u64>) -> usize {
        self.keys.values().filter(|line| line.member == member).count()
    }

    fn emptiest(&self) -> Option<u64> {
        self.members.iter().copied().min_by_key(|member| self.keys_of(Some(*member)))
    }

    /// Moves keys one by one until nobody has two more than another.
    fn level(&mut self, out: &mut Out) {
        while let Some(emptiest) = self.emptiest() {
            let fewest = self.keys_of(Some(emptiest));
            let too_many = |line: &Line| self.keys_of(line.member) > fewest + 1;
            let Some(key) = self.keys.iter().find(|(_, line)| too_many(line)).map(|(key, _)| *key) else {
                return;
            };
            let generation = self.generation;
            if let Some(line) = self.keys.get_mut(&key) {
                line.goes_to(key, Some(emptiest), generation, out);
            }
        }
    }
}

impl PartitionByKey for Router {
    fn start() -> Router {
        Router::default()
    }

    fn on_message(&mut self, message: Message, out: &mut Out) {
        let emptiest = self.emptiest();
        let line = self.keys.entry(message.key).or_default();
        line.member = line.member.or(emptiest);
        line.waiting.push_back(message);
        line.hand_out(out);
    }

    fn on_rebalance(&mut self, generation: u64, members: &[u64], out: &mut Out) {
        (self.generation, self.members) = (generation, members.to_vec());
        let keys: Vec<u32> = self.keys.keys().copied().collect();
        for key in keys {
            let emptiest = self.emptiest();
            let Some(line) = self.keys.get_mut(&key) else { continue };
            if line.member.is_none_or(|member| !members.contains(&member)) {
                line.goes_to(key, emptiest, generation, out);
            }
        }
        self.level(out);
        self.keys.values_mut().for_each(|line| line.hand_out(out));
    }

    fn on_ack(&mut self, key: u32, number: u64, out: &mut Out) {
        self.keys.entry(key).or_default().done(number, out);
    }

    fn on_fenced(&mut self, key: u32, token: u64, last: u64, out: &mut Out) {
        let line = self.keys.entry(key).or_default();
        line.done(last, out);
        // An earlier fence leaves the hands of a later one untouched.
        if line.fencing && token == line.token {
            line.fencing = false;
            while let Some(message) = line.in_hand.pop_back() {
                line.waiting.push_front(message);
            }
            line.hand_out(out);
        }
    }
}

exam!(partition_by_key => Router);
