// SPDX-License-Identifier: MIT OR Apache-2.0
//! How a log travels from its leader to its followers. The same under every rule.

use sim::{Context, Sink};
use trace::Time;

use super::packet::Packet;
use super::replica::{RESEND, Replica, Rule};
use crate::plan::Durability;
use crate::wire::Wire;

/// What was not answered is sent again after this long, after twice as long, and so on.
const AGAIN: Time = Time::millis(500);
const AGAIN_AT_MOST: Time = Time::secs(10);
/// So often without an answer; from then on a follower says when it is back.
const TRIES: u32 = 30;

/// A follower, as its leader sees it.
#[derive(Clone, Copy, Default)]
pub(super) struct Follower {
    /// Up to which index it has the leader's log, as durable as it has to be.
    pub matched: u32,
    /// What it is sent next.
    next: u32,
    /// Whether it is sent anything.
    pub streams: bool,
    /// Whether it has answered in this term.
    pub greeted: bool,
    /// From where it asked for more last, as long as nothing has fitted since; and whether it had to ask again, further
    /// back.
    asked: Option<(u32, bool)>,
}

impl Replica {
    pub(super) fn begin_streaming(&mut self) {
        let last = self.journal.last();
        for place in self.others() {
            let streams = match &self.rule {
                Rule::Mirrors(mirrors) => mirrors.side.has(place),
                _ => true,
            };
            self.followers[place] = Follower { next: last + 1, streams, ..Follower::default() };
        }
    }

    pub(super) fn stop_streaming<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        self.followers.iter_mut().for_each(|follower| follower.streams = false);
        self.resend.take().into_iter().for_each(|timer| context.cancel(timer));
    }

    /// Tells followers who leads; they answer how far they are.
    pub(super) fn greet_followers<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        for place in self.others() {
            if self.followers[place].streams {
                self.greet(place, context);
            }
        }
    }

    pub(super) fn greet<S: Sink>(&mut self, place: usize, context: &mut Context<'_, Wire, S>) {
        let last = self.journal.last();
        self.followers[place].asked = None;
        self.tell(place, self.append_packet(last, false), context);
        self.followers[place].next = last + 1;
        self.send_again_later(context);
    }

    fn append_packet(&self, prev: u32, with_entry: bool) -> Packet {
        Packet::Append {
            term: self.journal.term().term,
            prev,
            prev_term: self.journal.term_at(prev).unwrap_or(0),
            committed: self.committed,
            entry: self.journal.get(prev + 1).filter(|_| with_entry),
        }
    }

    /// A follower that joins gets what comes behind this index.
    pub(super) fn stream_from<S: Sink>(
        &mut self,
        place: usize,
        base: u32,
        context: &mut Context<'_, Wire, S>,
    ) {
        self.followers[place] =
            Follower { matched: base, next: base + 1, streams: true, greeted: true, asked: None };
        self.stream(place, u32::MAX, context);
    }

    pub(super) fn stream_to_all<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        for place in self.others() {
            self.stream(place, u32::MAX, context);
        }
    }

    /// Sends a follower what it was not sent, at most so many entries.
    fn stream<S: Sink>(&mut self, place: usize, most: u32, context: &mut Context<'_, Wire, S>) {
        let end = self.journal.last();
        let follower = &mut self.followers[place];
        if !follower.streams {
            return;
        }
        let first = follower.next.max(self.journal.base() + 1);
        let last = end.min(first.saturating_add(most - 1));
        follower.next = last + 1;
        for index in first..=last {
            self.tell(place, self.append_packet(index - 1, true), context);
        }
        self.send_again_later(context);
    }

    fn is_behind(&self, place: usize) -> bool {
        let follower = &self.followers[place];
        follower.streams && follower.matched < self.journal.last() && !self.silent.has(place)
    }

    fn send_again_later<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        if self.resend.is_none() && self.resends < TRIES && self.others().any(|place| self.is_behind(place)) {
            let pause = Time(AGAIN.0 << self.resends.min(8)).min(AGAIN_AT_MOST);
            self.resend = Some(context.timer(pause, RESEND));
        }
    }

    pub(super) fn stream_again<S: Sink>(&mut self, context: &mut Context<'_, Wire, S>) {
        self.resend = None;
        self.resends += 1;
        for place in self.others() {
            if self.is_behind(place) {
                // One, to see whether it answers; the rest comes with the answer.
                self.followers[place].asked = None;
                self.followers[place].next = self.followers[place].matched + 1;
                self.stream(place, 1, context);
            }
        }
        self.send_again_later(context);
    }

    /// Whether entries of this broker count in this term.
    fn follows<S: Sink>(&mut self, from: usize, term: u32, context: &mut Context<'_, Wire, S>) -> bool {
        match self.rule {
            // Who leads in which epoch the controller says, and nobody else.
            Rule::InSync(_) => self.leader == Some(from) && self.journal.term().term == term && !self.leads(),
            Rule::Mirrors(_) => self.follows_mirror(from, term, context),
            Rule::Quorum(_) => self.follows_member(from, term, context),
        }
    }

    /// A leader's entry has come.
    pub(super) fn appends<S: Sink>(
        &mut self,
        from: usize,
        packet: Packet,
        context: &mut Context<'_, Wire, S>,
    ) {
        let Packet::Append { term, prev, prev_term, committed, entry } = packet else { return };
        if !self.follows(from, term, context) {
            return;
        }
        let fits = prev == self.journal.base() || self.journal.term_at(prev) == Some(prev_term);
        if prev < self.journal.base() || !fits {
            let have = self.committed.min(prev.saturating_sub(1));
            let refusal = Packet::Appended { term: self.journal.term().term, have, fits: false };
            return self.tell(from, refusal, context);
        }
        let mut have = prev;
        if let Some(entry) = entry {
            have += 1;
            if self.journal.get(have) != Some(entry) {
                self.truncate(prev, context);
                self.write(entry, context);
            }
        } else if matches!(self.rule, Rule::InSync(_))
            && self.journal.term_at(prev + 1).is_some_and(|of| of < term)
        {
            // The leader's log ended here when its epoch began (KIP-101).
            self.truncate(prev, context);
        }
        self.committed = self.committed.max(committed.min(have));
        let flush = self.plan.borrow().durability == Durability::Flushed;
        if flush && self.journal.durable < have {
            self.journal.flush(context);
        } else {
            self.say_have(from, have, context);
        }
        self.caught_up(committed);
    }

    pub(super) fn say_have<S: Sink>(&self, leader: usize, have: u32, context: &mut Context<'_, Wire, S>) {
        let term = self.journal.term().term;
        self.tell(leader, Packet::Appended { term, have, fits: true }, context);
    }

    /// Asks a leader for what comes behind what is known to be the same in both logs.
    pub(super) fn ask_for_more<S: Sink>(&self, leader: usize, context: &mut Context<'_, Wire, S>) {
        let (term, have) = (self.journal.term().term, self.committed);
        self.tell(leader, Packet::Appended { term, have, fits: false }, context);
    }

    /// Where its log ends, for what a follower has beyond that is nobody's.
    fn tell_end<S: Sink>(&self, follower: usize, context: &mut Context<'_, Wire, S>) {
        if matches!(self.rule, Rule::InSync(_)) {
            self.tell(follower, self.append_packet(self.journal.last(), false), context);
        }
    }

    /// A follower's process is a new one: what it had not flushed may be gone. What it has it will say.
    pub(super) fn follower_is_new<S: Sink>(&mut self, place: usize, context: &mut Context<'_, Wire, S>) {
        (self.followers[place].matched, self.followers[place].greeted) = (0, false);
        self.resends = 0;
        self.greet(place, context);
    }

    /// A follower's answer has come.
    pub(super) fn appended<S: Sink>(
        &mut self,
        from: usize,
        term: u32,
        have: u32,
        fits: bool,
        context: &mut Context<'_, Wire, S>,
    ) {
        let own = self.journal.term().term;
        if matches!(self.rule, Rule::Quorum(_)) && term > own {
            self.set_term(term, context);
            return self.is_deposed(context);
        }
        if !self.leads() || term != own || !self.followers[from].streams {
            return;
        }
        self.resends = 0;
        self.followers[from].greeted = true;
        if !fits {
            let have = have.clamp(self.journal.base(), self.journal.last());
            let follower = &mut self.followers[from];
            // All that was on its way behind an entry that did not fit does not fit either, and says nothing new.
            if follower.asked.is_some_and(|(asked, _)| have > asked) {
                return;
            }
            let further_back = follower.asked.is_some();
            follower.asked = Some((have, further_back));
            (follower.matched, follower.next) = (have, have + 1);
            if further_back {
                // Where the logs part is looked for one entry at a time; the rest comes with the one that fits.
                return self.stream(from, 1, context);
            }
            self.stream(from, u32::MAX, context);
            return self.tell_end(from, context);
        }
        let follower = &mut self.followers[from];
        follower.matched = follower.matched.max(have.min(self.journal.last()));
        let was_further_back = follower.asked.take().is_some_and(|(_, further_back)| further_back);
        self.stream(from, u32::MAX, context);
        if was_further_back {
            self.tell_end(from, context);
        }
        if matches!(self.rule, Rule::InSync(_)) {
            self.follower_has_more(from, context);
        }
        self.advance(context);
    }
}
