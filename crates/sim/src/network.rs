// SPDX-License-Identifier: MIT OR Apache-2.0
//! Links between nodes.

use trace::Time;

use crate::random::stream_key;
use crate::{Chance, Dist, PacketFault, Stream};

/// How a link behaves, one way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinkConfig {
    /// How long a packet is under way.
    pub latency: Dist,
    /// How likely a packet is lost.
    pub loss: Chance,
    /// How likely a second packet arrives.
    pub duplication: Chance,
    /// Whether a packet may overtake another on this link. A TCP connection does not reorder; separate ones do.
    pub reorders: bool,
    /// Whether what meets a cut is sent again until it arrives, as TCP does, and lost only with the process at either end
    /// or the connection ([`crate::Context::hang_up`]); else a cut takes it.
    pub retransmits: bool,
}

impl Default for LinkConfig {
    /// A quiet local network: a constant half millisecond, nothing lost, order kept.
    fn default() -> LinkConfig {
        LinkConfig {
            latency: Dist::Constant(Time::micros(500)),
            loss: Chance::NEVER,
            duplication: Chance::NEVER,
            reorders: false,
            retransmits: false,
        }
    }
}

/// One direction between two nodes.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub config: LinkConfig,
    /// How many cuts lie on it; packets pass at 0.
    pub cuts: u32,
    stream: Stream,
    key: u64,
    last_arrival: Time,
    kinds: Vec<(&'static str, u32)>,
    scripted: Vec<Scripted>,
}

#[derive(Clone, Debug)]
pub(crate) struct Scripted {
    pub kind: String,
    pub nth: u32,
    pub what: PacketFault,
}

/// What a link decides about one packet when it is sent.
pub(crate) struct Passage {
    pub nth: u32,
    /// When it arrives, or where it is lost.
    pub ends: Time,
    pub fate: Fate,
    /// When a second packet arrives that the network made; it travels beside the first.
    pub beside: Option<Time>,
    /// How long a second packet is under way that a script made; it sets out where the first arrives.
    pub behind: Option<Time>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Arrives,
    Lost,
    /// Lost at the very end, so that nothing before that moment differs from the run without this entry.
    LostByScript,
}

/// How a packet is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sending {
    /// Once; it may be lost.
    Once,
    /// Again and again until it arrives, by a layer below: the link's loss does not take it.
    UntilItArrives,
}

impl Link {
    pub fn new(config: LinkConfig, seed: u64, index: u64) -> Link {
        let key = stream_key(seed, "link");
        Link {
            config,
            cuts: 0,
            stream: Stream::keyed(key, index, 0),
            key: key ^ index,
            last_arrival: Time::ZERO,
            kinds: Vec::new(),
            scripted: Vec::new(),
        }
    }

    /// When something arrives that is sent once more now, behind everything that was sent before.
    pub fn pass_again(&mut self, now: Time) -> Time {
        let ends = (now + self.config.latency.sample(&mut self.stream)).max(self.last_arrival);
        self.last_arrival = ends;
        ends
    }

    pub fn fork(&mut self, seed: u64, index: u64) {
        self.key = stream_key(seed, "link") ^ index;
        self.stream = Stream::keyed(stream_key(seed, "link"), index, 0);
    }

    pub fn add_scripted(&mut self, scripted: Scripted) {
        self.scripted.push(scripted);
    }

    /// Decides what becomes of a packet sent now. Draws the same numbers whatever the script says.
    #[inline]
    pub fn pass(&mut self, now: Time, kind: &'static str, sending: Sending) -> Passage {
        let nth = self.count(kind);
        let config = self.config;
        let whole_way = config.latency.sample(&mut self.stream);
        let lost = config.loss.happens(&mut self.stream);
        let copied = config.duplication.happens(&mut self.stream);
        let beside = copied.then(|| now + config.latency.sample(&mut self.stream));
        let mut passage = Passage { nth, ends: now + whole_way, fate: Fate::Arrives, beside, behind: None };
        if lost {
            // Somewhere on its way, in the middle half, so that one can see it go.
            let some_way = Time(whole_way.0 / 4 + self.stream.below(whole_way.0 / 2 + 1));
            if sending == Sending::Once {
                (passage.ends, passage.fate) = (now + some_way, Fate::Lost);
            }
        }
        if !self.scripted.is_empty() {
            self.apply_script(kind, now, &mut passage);
        }
        // What meets a cut never enters the line, and holds nobody up.
        if !config.reorders && self.cuts == 0 {
            self.keep_order(&mut passage);
        }
        passage
    }

    /// Nobody arrives before those that were sent earlier. A packet that a script takes counts as if it arrived: those
    /// behind it must not be earlier for its loss.
    #[inline]
    fn keep_order(&mut self, passage: &mut Passage) {
        if passage.fate != Fate::Lost {
            passage.ends = passage.ends.max(self.last_arrival);
            self.last_arrival = passage.ends;
        }
        if let Some(beside) = &mut passage.beside {
            *beside = (*beside).max(self.last_arrival);
            self.last_arrival = *beside;
        }
    }

    fn apply_script(&mut self, kind: &str, now: Time, passage: &mut Passage) {
        for entry in self.scripted.iter().filter(|entry| entry.nth == passage.nth && entry.kind == kind) {
            match entry.what {
                PacketFault::Drop if passage.fate == Fate::Arrives => passage.fate = Fate::LostByScript,
                PacketFault::Drop => {}
                PacketFault::Delay(by) => passage.ends += by,
                PacketFault::Duplicate => {
                    // A stream of its own: the link's luck must not depend on the script.
                    let mut own = Stream::keyed(self.key, u64::from(passage.nth), now.0);
                    passage.behind = Some(self.config.latency.sample(&mut own));
                }
            }
        }
    }

    #[inline]
    fn count(&mut self, kind: &'static str) -> u32 {
        match self.kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => {
                *count += 1;
                *count
            }
            None => {
                self.kinds.push((kind, 1));
                1
            }
        }
    }
}
