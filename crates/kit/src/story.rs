// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broken run in a dozen lines: what all exams tell in the same way, and what keeps a story short.
//!
//! An exam goes over the events, says what its own mean, and leaves the network, crashes and clocks to [`Tale`].

mod circles;
mod delays;
mod line;
mod shorten;

use trace::{DropReason, Event, Map, MessageId, PacketId, Set, Time, Trace, What};

use crate::reproducible::Breach;
use crate::traffic::Traffic;
use crate::verdict::StoryLine;
pub(crate) use delays::Delays;
pub use line::Weight;
use line::{Line, Said, joined};
use shorten::{Rank, Told};

/// The words that differ from exam to exam.
#[derive(Clone, Copy)]
pub struct Words {
    /// A message, its key and its place in it, when it is named for the first time.
    pub message: fn(MessageId, u32, u64) -> String,
    /// A packet's kind as a thing that can be lost, up to the name of its message: "delivery of".
    pub packet: fn(&str) -> &'static str,
    /// What a new incarnation does.
    pub restarted: &'static str,
}

/// A story in the making.
pub struct Tale {
    words: Words,
    /// The event with which the promise breaks.
    breaks_at: usize,
    lines: Vec<Line>,
    /// Key and place of each message.
    places: Map<MessageId, (u32, u64)>,
    named: Set<MessageId>,
    traffic: Traffic,
    delays: Delays,
    /// How many copies of each message the learner's code holds.
    held: Map<MessageId, u32>,
}

impl Tale {
    /// Tells what led to a breach, in so many lines at most: `say` says what an event means to this exam, and whether that
    /// is all there is to say of it.
    pub fn tell(
        trace: &Trace,
        breach: &Breach,
        words: Words,
        most: usize,
        mut say: impl FnMut(&mut Tale, usize, &Event) -> bool,
    ) -> Vec<StoryLine> {
        let mut tale = Tale {
            words,
            breaks_at: breach.event,
            lines: Vec::new(),
            places: Map::new(),
            named: Set::new(),
            traffic: Traffic::default(),
            delays: Delays::of(trace),
            held: Map::new(),
        };
        for (n, event) in trace.events.iter().enumerate().take(breach.event + 1) {
            if let What::Offered { message, key, seq, .. } = event.what {
                tale.places.insert(message, (key, seq));
            }
            tale.traffic.observe(event);
            if !say(&mut tale, n, event) {
                tale.say_what_befalls(n, event);
            }
            tale.keep(event);
        }
        tale.shortened(&breach.messages, most)
    }

    fn shortened(&self, messages: &[MessageId], most: usize) -> Vec<StoryLine> {
        let about: Vec<(u32, u64)> = messages.iter().filter_map(|message| self.place(*message)).collect();
        let told = |lines: &mut dyn Iterator<Item = &Line>| -> Vec<Told> {
            let lines: Vec<Told> = lines.map(|line| line.told(&about)).collect();
            // Twice, because a circle may have circles in it.
            circles::fold(&circles::fold(&lines))
        };
        let all = told(&mut self.lines.iter());
        if all.len() <= most || about.is_empty() {
            return shorten::shortened(&all, most);
        }
        // What other keys did is left out first: it also hides the circles in which this one goes.
        let of_keys = told(&mut self.lines.iter().filter(|line| line.rank(&about) <= Rank::SameKey));
        shorten::shortened(&of_keys, most)
    }

    /// What can befall any process and its packets.
    fn say_what_befalls(&mut self, n: usize, event: &Event) {
        let at = event.at;
        match &event.what {
            What::Sent { from, to, kind, nth, message: Some(message), .. } => {
                if let Some(by) = self.delays.of_packet(*from, *to, kind.as_str(), *nth) {
                    let packet = (self.words.packet)(kind.as_str());
                    self.alone(at, *message, Weight::Turns, |m| {
                        format!("the {packet} {m} is held up for {by}")
                    });
                }
            }
            What::Duplicated { packet, .. } => {
                if let Some((packet, message)) = self.packet(*packet) {
                    self.alone(at, message, Weight::Turns, |m| {
                        format!("the network makes a second {packet} {m}")
                    });
                }
            }
            What::Dropped { packet, why: DropReason::Script | DropReason::Cut } => {
                if let Some((packet, message)) = self.packet(*packet) {
                    self.alone(at, message, Weight::Turns, |m| format!("the {packet} {m} is lost"));
                }
            }
            What::Crashed { machine, .. } => self.everybody(at, self.crash(*machine)),
            What::Restarted { .. } => self.everybody(at, self.words.restarted.to_owned()),
            What::Cut { .. } => self.everybody(at, "the network is cut".to_owned()),
            What::Healed { .. } => self.everybody(at, "the cut is mended".to_owned()),
            What::Paused { .. } => self.everybody(at, "it stands still".to_owned()),
            What::Resumed { .. } => self.everybody(at, "it goes on".to_owned()),
            What::Skewed { offset_ns, .. } => self.everybody(at, skewed(*offset_ns)),
            // What breaks is said in the end anyway.
            What::Note { text, .. } if n != self.breaks_at => self.everybody(at, text.clone()),
            _ => {}
        }
    }

    /// A packet as a thing, and its message.
    fn packet(&self, packet: PacketId) -> Option<(&'static str, MessageId)> {
        let packet = self.traffic.get(packet)?;
        Some(((self.words.packet)(&packet.kind), packet.message))
    }

    /// Something that concerns everything.
    pub fn everybody(&mut self, at: Time, text: String) {
        self.lines.push(Line { at, what: Said::Alone(text), about: Vec::new(), weight: Weight::Turns });
    }

    /// Something about one message.
    pub fn alone(&mut self, at: Time, message: MessageId, weight: Weight, say: impl FnOnce(&str) -> String) {
        let text = say(&self.name(message));
        let about = self.place(message).into_iter().collect();
        self.lines.push(Line { at, what: Said::Alone(text), about, weight });
    }

    /// Joins the line before, if that says the same of another message.
    pub fn together(&mut self, at: Time, verb: &'static str, message: MessageId, weight: Weight) {
        let (name, place) = (self.name(message), self.place(message));
        if let Some(Line { what: Said::Together(said, names), about, .. }) = self.lines.last_mut()
            && *said == verb
        {
            names.push(name);
            about.extend(place);
            return;
        }
        let what = Said::Together(verb, vec![name]);
        self.lines.push(Line { at, what, about: place.into_iter().collect(), weight });
    }

    /// Its number; the first time all that is known of it.
    fn name(&mut self, message: MessageId) -> String {
        match self.place(message) {
            Some((key, seq)) if self.named.insert(message) => (self.words.message)(message, key, seq),
            _ => message.to_string(),
        }
    }

    fn place(&self, message: MessageId) -> Option<(u32, u64)> {
        self.places.get(message).copied()
    }

    fn crash(&self, machine: bool) -> String {
        let what = if machine { "its machine crashes" } else { "its process crashes" };
        let held = self.held.iter().filter(|(_, copies)| **copies > 0);
        let held: Vec<String> = held.map(|(message, _)| message.to_string()).collect();
        if held.is_empty() { what.to_owned() } else { format!("{what} while it holds {}", joined(&held)) }
    }

    fn keep(&mut self, event: &Event) {
        match event.what {
            What::Started { message, .. } => *self.held.or_default(message) += 1,
            What::Finished { message, .. } => {
                let held = self.held.or_default(message);
                *held = held.saturating_sub(1);
            }
            What::Crashed { .. } => self.held.clear(),
            _ => {}
        }
    }
}

const DAY_NS: u64 = 86_400_000_000_000;

fn skewed(offset_ns: i64) -> String {
    let by = Time(offset_ns.unsigned_abs());
    let by = match by.as_nanos() / DAY_NS {
        0 => by.short(),
        days => format!("{days} days"),
    };
    match offset_ns {
        0 => "its clock is right again".to_owned(),
        1.. => format!("its clock is set: it is {by} fast"),
        _ => format!("its clock is set: it is {by} slow"),
    }
}
