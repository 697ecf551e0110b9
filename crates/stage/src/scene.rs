// SPDX-License-Identifier: MIT OR Apache-2.0
//! The scene: one moment of a run as plain data. Painters put it on their material and decide nothing.

use trace::{NodeId, PacketKind, Role, Time};

use crate::bands::{Band, TimeMark};
use crate::meaning::{Token, Tone};
use crate::node_state::Condition;
use crate::replica::Replica;
use crate::rows::Column;
use crate::theory::TheoryRow;

/// So many waiting messages, leases or landed effects are in a scene at most; beyond that they are counted.
pub const SHOWN: usize = 48;
/// So many sentences the log keeps at most.
pub const LOG_LINES: usize = 40;

/// One moment of a run.
#[derive(Clone, Debug)]
pub struct Scene<'a> {
    /// The playhead.
    pub now: Time,
    /// The end of the run.
    pub end: Time,
    /// The scenario.
    pub scenario: &'a str,
    /// The seed.
    pub seed: u64,
    /// Whether time passes.
    pub playing: bool,
    /// The speed's label, `1/10×`.
    pub speed: &'static str,
    /// Whether time is slowed just now, because something the chapter is about happens.
    pub slowed: bool,
    /// Columns, from where messages come to where they go.
    pub columns: &'a [Column],
    /// Whether several brokers keep one queue together.
    pub cluster: bool,
    /// Every node: in rows, column by column.
    pub stations: Vec<Station<'a>>,
    /// Pairs of nodes that send each other packets somewhere in the run.
    pub links: Vec<Link>,
    /// Packets on their way, and those that were lost a moment ago, in order of sending.
    pub flights: Vec<Flight<'a>>,
    /// Links on which packets are too fast to follow; of their packets only lost ones are in `flights`.
    pub flows: Vec<Flow>,
    /// Effects that landed, newest first, at most [`SHOWN`].
    pub effects: Vec<Landed>,
    /// How many effects landed in all.
    pub effects_total: usize,
    /// The counters.
    pub counters: Counters,
    /// The sentence of the moment: of the last visible event, or of the weightiest where several share its moment.
    pub sentence: Option<&'a LogLine>,
    /// The last sentences, oldest first, at most [`LOG_LINES`].
    pub log: &'a [LogLine],
    /// The timeline.
    pub bar: Bar<'a>,
    /// Theory beside simulation.
    pub theory: Vec<TheoryRow<'a>>,
}

/// A node.
#[derive(Clone, Debug)]
pub struct Station<'a> {
    /// Which.
    pub node: NodeId,
    /// Its name as it is drawn and said, `c1`.
    pub short: &'a str,
    /// What it does.
    pub role: Role,
    /// How it is.
    pub condition: Condition,
    /// The condition in a word or two, empty when it is up: `down`, `paused`, `slow ×4`.
    pub condition_words: String,
    /// Its clock minus true time, in nanoseconds.
    pub clock_offset_ns: i64,
    /// The same in words, empty where its clock is right: `clock 500 ms ahead`.
    pub clock_words: String,
    /// What it works on. Consumers mostly.
    pub working: Vec<Working>,
    /// Messages that wait here, the head first, at most [`SHOWN`]: in a queue, in a consumer's buffer, or at a producer
    /// that has not sent them yet.
    pub waiting: Vec<Token>,
    /// How many wait in all.
    pub waiting_total: usize,
    /// Messages handed out and not acked, oldest first, at most [`SHOWN`]. Brokers only.
    pub leased: Vec<Leased>,
    /// How many in all.
    pub leased_total: usize,
    /// Messages put aside, newest first, at most [`SHOWN`].
    pub dead: Vec<Token>,
    /// How many in all.
    pub dead_total: usize,
    /// What its accounts hold, while one can ask it: `390`, `390 + 410 = 800`. Drawn where a condition would be.
    pub money: String,
    /// Its part in a cluster, while one can ask it. Brokers that keep a queue together only.
    pub replica: Option<Replica>,
}

impl Station<'_> {
    /// Whether it runs, holds nothing and works on nothing: drawn as `idle` where consumers stand.
    pub fn is_idle(&self) -> bool {
        let holds = self.working.len() + self.waiting_total + self.leased_total;
        holds == 0 && !matches!(self.condition, Condition::Crashed | Condition::Paused)
    }

    /// How its name is drawn: in the colour of faults while something is wrong with it.
    pub fn tone(&self) -> Tone {
        if self.condition == Condition::Up { Tone::Ink } else { Tone::Fault }
    }
}

/// A message being worked on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Working {
    /// The message.
    pub token: Token,
    /// How much of the work is done, 0 to 1. Looked up from when the work ends in the trace, less the time the consumer
    /// stands still. If it never ends (a crash, the end of the run), the consumer's usual time is taken and the bar
    /// stops short of full, see `guessed`.
    pub progress: f32,
    /// Whether `progress` is such a guess.
    pub guessed: bool,
    /// How long it has been worked on.
    pub elapsed: Time,
}

/// A message handed out and not acked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leased {
    /// The message.
    pub token: Token,
    /// Who has it.
    pub with: NodeId,
    /// What is left of the lease; `None` where a broker waits for ever.
    pub left: Option<Time>,
    /// The same as a part of the whole, 1 to 0: the frame around the token empties with it. 1 without a lease.
    pub fraction: f32,
}

/// Two nodes that send each other packets; `a` stands in an earlier column or row than `b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// One end.
    pub a: NodeId,
    /// The other.
    pub b: NodeId,
    /// Whether packets from `a` no longer reach `b`.
    pub cut_ab: bool,
    /// Whether packets from `b` no longer reach `a`.
    pub cut_ba: bool,
}

impl Link {
    /// Whether it is cut in any direction.
    pub fn is_cut(&self) -> bool {
        self.cut_ab || self.cut_ba
    }
}

/// A packet on its way, or one that was lost a moment ago.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flight<'a> {
    /// Its place in [`crate::Timeline::packets`]; a stable name for animations and for pointing.
    pub packet: usize,
    /// Who sent it.
    pub from: NodeId,
    /// To whom.
    pub to: NodeId,
    /// What kind.
    pub kind: &'a PacketKind,
    /// The message it is about; an ack, say, is drawn smaller, see `carries`.
    pub token: Option<Token>,
    /// Whether it moves a message onward. Else it speaks of one (an ack, a confirm) or of none, and is drawn small and
    /// in the tone that [`Flight::tone`] says.
    pub carries: bool,
    /// Where it is between its ends, 0 to 1, linear in virtual time: the distance is the delay.
    pub progress: f32,
    /// Whether it stands before a cut, or is lost there: of several [`Scene::pile`] says who stands for all.
    pub waits: bool,
    /// Whether the network made it as a copy of another.
    pub copy: bool,
    /// How long ago it was lost, as a part of the moment for which that is shown, 0 to 1: drawn as ✕ that fades.
    /// `None` while it travels.
    pub lost: Option<f32>,
}

impl Scene<'_> {
    /// How many messages a flight is drawn for, by its place in [`Scene::flights`]: of those that wait before the same cut, or
    /// are lost there, the first stands for all, and the others for none.
    pub fn pile(&self, place: usize) -> usize {
        let flight = &self.flights[place];
        let with = |other: &Flight<'_>| {
            other.waits
                && other.carries
                && (other.from, other.to) == (flight.from, flight.to)
                && other.lost.is_some() == flight.lost.is_some()
        };
        if !with(flight) {
            return 1;
        }
        let first = self.flights.iter().position(with) == Some(place);
        if first { self.flights.iter().filter(|other| with(other)).count() } else { 0 }
    }
}

impl Flight<'_> {
    /// What is written at one that stands for a pile: `40 wait`.
    pub fn pile_words(&self, pile: usize) -> String {
        let words = if self.lost.is_some() { " lost" } else { " wait" };
        [&*crate::sentence::number(pile as u64), words].concat()
    }

    /// Its colour.
    pub fn tone(&self) -> Tone {
        match self.token {
            _ if self.lost.is_some() => Tone::Lost,
            Some(token) if self.carries => token.tone,
            _ => Tone::Quiet,
        }
    }

    /// Its shape: small dots for packets that carry no message.
    pub fn glyph(&self) -> char {
        match self.token {
            _ if self.lost.is_some() => '✕',
            Some(token) if self.carries => token.shape.glyph(),
            _ => '·',
        }
    }
}

/// A direction of a link on which packets pass too fast to be followed.
///
/// Where many are on the way at once they are drawn as evenly spaced dots that drift, as many as there are on average.
/// Where they are few the link only lights up as they pass: a dot that shows for one picture at a random place says
/// nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flow {
    /// Who sends.
    pub from: NodeId,
    /// To whom.
    pub to: NodeId,
    /// Whether they carry messages.
    pub carries: bool,
    /// How many packets are on the way, on average.
    pub density: f32,
    /// Where the first dot is, as a part of the distance between two, 0 to 1. Drifts with wall time.
    pub phase: f32,
    /// How brightly the link is lit: 1 while a packet passes, fading to 0 after it.
    pub glow: f32,
    /// The colour of the last packet that passed.
    pub tone: Tone,
}

impl Flow {
    /// How many dots to draw; none where the packets are few.
    pub fn dots(&self) -> usize {
        if self.density < 1.5 { 0 } else { self.density.round() as usize }
    }

    /// How far along the way a dot is, 0 to 1.
    pub fn place(&self, dot: usize) -> f32 {
        (dot as f32 + self.phase) / self.dots().max(1) as f32
    }
}

/// An effect that landed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Landed {
    /// The message, marked as it was when it landed: overtaken by so many, again, twice.
    pub token: Token,
    /// When.
    pub at: Time,
    /// Where.
    pub node: NodeId,
    /// The how-manieth effect of the run, from 1.
    pub place: usize,
}

/// A sentence and its moment.
#[derive(Clone, Debug, PartialEq)]
pub struct LogLine {
    /// When.
    pub at: Time,
    /// The event: its place in the trace.
    pub event: usize,
    /// In words.
    pub text: String,
    /// How it is drawn: faults and broken order have their colours.
    pub tone: Tone,
}

/// The timeline's drawing.
#[derive(Clone, Debug)]
pub struct Bar<'a> {
    /// The playhead, 0 to 1.
    pub fraction: f32,
    /// Stretches during which something is wrong.
    pub bands: &'a [Band],
    /// Moments of faults, and of what the chapter is about.
    pub marks: &'a [TimeMark],
    /// What to write at the end where the run did not finish; empty if it did.
    pub unfinished: String,
}

/// How much of everything there was so far. Messages, unless it says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counters {
    /// That producers had to send.
    pub sent: u64,
    /// That took effect.
    pub done: u64,
    /// Lost for certain: known when the run is over.
    pub lost: u64,
    /// Effects beyond a message's first.
    pub twice: u64,
    /// That a message enqueued later has overtaken, whether they have taken effect since or not.
    pub overtaken: u64,
    /// Their share of those that took effect or were overtaken, 0 to 1.
    pub overtaken_share: f64,
    /// The largest number of later messages that took effect before one, whether that one has or not.
    pub largest_displacement: u64,
    /// Handed out and not acked.
    pub in_flight: u64,
    /// Waiting in queues.
    pub depth: u64,
    /// Handed out more than once.
    pub redelivered: u64,
    /// Put aside.
    pub dead_lettered: u64,
    /// Turned away.
    pub refused: u64,
    /// Whose producer knows that the broker has them.
    pub confirmed: u64,
    /// What its way costs, where one message is all there is.
    pub costs: Option<Costs>,
    /// The money of the first ledgers, where there is any.
    pub ledgers: [Option<Ledger>; 2],
    /// Money lost for certain, of all ledgers: known when the run is over.
    pub money_lost: u64,
    /// Money that came from nowhere, of all ledgers.
    pub money_made: u64,
}

/// What a message's way has cost so far, from the moment when its producer had it to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Costs {
    /// Packets, from node to node.
    pub packets: u64,
    /// Flushes that made something durable.
    pub flushes: u64,
}

/// The money of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// How many nodes keep its accounts.
    pub nodes: usize,
    /// What all of them hold together.
    pub sum: u64,
}

impl Ledger {
    /// What its sum is called.
    fn label(self) -> &'static str {
        match self.nodes {
            1 => "on one node",
            2 => "on two nodes",
            _ => "on all nodes",
        }
    }
}

/// A counter as it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counter {
    /// What is counted.
    pub label: &'static str,
    /// How many.
    pub value: u64,
    /// Written behind it in parentheses, in per cent.
    pub share: Option<f64>,
    /// Its colour: ink while there is nothing to report.
    pub tone: Tone,
}

impl Counter {
    /// `3 (25 %)`.
    pub fn text(&self) -> String {
        let value = crate::sentence::number(self.value);
        match self.share {
            Some(share) => [&*value, " (", &crate::theory::percent(share), ")"].concat(),
            None => value.to_string(),
        }
    }
}

impl Counters {
    /// The counters in the order in which they stand; the first [`Counters::ALWAYS`] are always shown. Where there is money
    /// it stands in the place of the order in which messages take effect, and so does what a message costs that is alone.
    pub fn rows(&self) -> [Counter; 12] {
        let row = |label, value, tone| Counter { label, value, share: None, tone };
        let if_any = |value: u64, tone: Tone| if value > 0 { tone } else { Tone::Ink };
        let share = (self.done > 0).then_some(self.overtaken_share);
        let overtaken = row("overtaken", self.overtaken, if_any(self.overtaken, Tone::Overtaken));
        let [in_flight, depth] =
            [row("in flight", self.in_flight, Tone::Ink), row("depth", self.depth, Tone::Ink)];
        let sum = |ledger: Ledger| row(ledger.label(), ledger.sum, Tone::Ink);
        let lost_or_made = [
            row("money lost", self.money_lost, if_any(self.money_lost, Tone::Lost)),
            row("money made", self.money_made, if_any(self.money_made, Tone::Again)),
        ];
        let [fifth, sixth, seventh, eighth] = match self.ledgers {
            [None, _] => {
                let [fifth, sixth] = match self.costs {
                    Some(costs) => {
                        [row("packets", costs.packets, Tone::Ink), row("flushes", costs.flushes, Tone::Ink)]
                    }
                    None => [
                        Counter { share, ..overtaken },
                        row("largest jump", self.largest_displacement, Tone::Ink),
                    ],
                };
                [fifth, sixth, in_flight, depth]
            }
            [Some(first), None] => [sum(first), in_flight, lost_or_made[0], lost_or_made[1]],
            [Some(first), Some(second)] => [sum(first), sum(second), lost_or_made[0], lost_or_made[1]],
        };
        [
            row("sent", self.sent, Tone::Ink),
            row("done", self.done, Tone::Ink),
            row("lost", self.lost, if_any(self.lost, Tone::Lost)),
            row("twice", self.twice, if_any(self.twice, Tone::Again)),
            fifth,
            sixth,
            seventh,
            eighth,
            row("redelivered", self.redelivered, if_any(self.redelivered, Tone::Again)),
            row("dead-lettered", self.dead_lettered, Tone::Ink),
            row("refused", self.refused, Tone::Ink),
            row("confirmed", self.confirmed, Tone::Ink),
        ]
    }

    /// How many of [`Counters::rows`] are always shown; the rest where there is room, or when they are not zero.
    pub const ALWAYS: usize = 8;
}
