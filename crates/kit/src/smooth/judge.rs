// SPDX-License-Identifier: MIT OR Apache-2.0
//! What must hold: a fold over the events of a run.

use std::collections::VecDeque;
use std::fmt;

use trace::{Checker, Event, Finding, MessageId, NodeId, Time, Trace, What};

use super::tally::Tally;
use super::world::Terms;
use crate::reproducible::{First, Part, Promise};

pub(super) const PROMISES: &[Promise] = &[
    Promise {
        name: "no-overload",
        part: Part::Safety,
        sentence: "Downstream never gets a message for which it has no place.",
    },
    Promise {
        name: "first-in-first-out",
        part: Part::Safety,
        sentence: "Messages are sent in the order in which they came.",
    },
    Promise {
        name: "nothing-dropped",
        part: Part::Safety,
        sentence: "Every message that is let go of was sent.",
    },
    Promise { name: "in-time", part: Part::Liveness, sentence: "Every message is sent before its deadline." },
    Promise {
        name: "no-busy-waiting",
        part: Part::Liveness,
        sentence: "It is woken no more than twice for each message that came, and ten times more.",
    },
];

/// So many wake-ups are allowed for each message, and so many in all; those that come too early do not count.
const WAKES_PER_MESSAGE: u64 = 2;
const WAKES_IN_ALL: u64 = 10;

/// A wake-up: when it was due, and when it came. Traces have no event of their own for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wake {
    pub due: Time,
    pub came: Time,
}

const WOKEN: &str = "it is woken";

impl fmt::Display for Wake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Wake { due, came } = *self;
        match due.cmp(&came) {
            std::cmp::Ordering::Equal => f.write_str(WOKEN),
            std::cmp::Ordering::Less => write!(f, "{WOKEN} {} late", came - due),
            std::cmp::Ordering::Greater => write!(f, "{WOKEN} {} too early", due - came),
        }
    }
}

impl Wake {
    /// Reads what this event notes, if it notes a wake-up.
    pub fn of(event: &Event) -> Option<Wake> {
        let What::Note { text, .. } = &event.what else { return None };
        let rest = text.strip_prefix(WOKEN)?.trim_start();
        let came = event.at;
        if rest.is_empty() {
            return Some(Wake { due: came, came });
        }
        let late = rest.strip_suffix(" late").and_then(|span| span.parse().ok());
        let early = rest.strip_suffix(" too early").and_then(|span| span.parse::<Time>().ok());
        late.map(|late: Time| came - late).or(early.map(|early| came + early)).map(|due| Wake { due, came })
    }

    /// How much too early it came, or zero.
    pub fn early(&self) -> Time {
        self.due - self.came
    }

    /// How late it came, or zero.
    pub fn late(&self) -> Time {
        self.came - self.due
    }
}

/// Everything that is found out about a trace.
pub(super) fn judge(trace: &Trace, terms: &Terms, shaper: NodeId) -> (Vec<Finding>, Tally) {
    let mut judge = Judge::new(terms, shaper);
    for event in &trace.events {
        judge.observe(event);
    }
    (judge.findings(), judge.tally)
}

struct Judge {
    tally: Tally,
    shaper: NodeId,
    places: usize,
    deadline: Time,
    /// What came and was not sent, with its moment.
    waiting: VecDeque<(MessageId, Time)>,
    came: u64,
    wakes: u64,
    /// Events seen.
    seen: usize,
    overload: First,
    disorder: First,
    dropped: First,
    late: First,
    busy: First,
}

impl Judge {
    fn new(terms: &Terms, shaper: NodeId) -> Judge {
        Judge {
            tally: Tally::new(terms),
            shaper,
            places: terms.places as usize,
            deadline: terms.deadline(),
            waiting: VecDeque::new(),
            came: 0,
            wakes: 0,
            seen: 0,
            overload: First::default(),
            disorder: First::default(),
            dropped: First::default(),
            late: First::default(),
            busy: First::default(),
        }
    }

    fn sent(&mut self, message: MessageId) {
        if let Some((first, _)) = self.waiting.front()
            && *first != message
        {
            let sentence = format!("message {message} is sent before message {first}, which came earlier");
            self.disorder.note(sentence, self.seen, vec![message, *first]);
        }
        self.waiting.retain(|(waits, _)| *waits != message);
    }

    /// The one that waits longest, if it waits too long by now.
    fn time_passes(&mut self, now: Time, ended: bool) {
        let Some((message, came)) = self.waiting.front().copied() else { return };
        let due = came + self.deadline;
        let came = came.short();
        let sentence = if now > due {
            format!("message {message} came at {came}, was to be sent by {} and still waits", due.short())
        } else if ended {
            format!("message {message} came at {came} and is never sent: no wake-up was asked for")
        } else {
            return;
        };
        self.late.note(sentence, self.seen, vec![message]);
    }

    fn woken(&mut self, wake: Wake) {
        self.wakes += u64::from(wake.early() == Time::ZERO);
        let most = WAKES_PER_MESSAGE * self.came + WAKES_IN_ALL;
        if self.wakes > most {
            let messages =
                if self.came == 1 { "one message".to_owned() } else { format!("{} messages", self.came) };
            let sentence =
                format!("it was woken {} times by now, for {messages}; {most} times are allowed", self.wakes);
            self.busy.note(sentence, self.seen, Vec::new());
        }
    }
}

impl Checker for Judge {
    fn observe(&mut self, event: &Event) {
        self.time_passes(event.at, matches!(event.what, What::Ended { .. }));
        self.tally.observe(event, self.waiting.len());
        match &event.what {
            What::Stored { message, .. } => {
                self.came += 1;
                self.waiting.push_back((*message, event.at));
            }
            What::Handed { message, .. } => self.sent(*message),
            What::Refused { node, message, .. } if *node == self.shaper => {
                let sentence = format!("message {message} is dropped and was never sent");
                self.dropped.note(sentence, self.seen, vec![*message]);
                self.waiting.retain(|(waits, _)| waits != message);
            }
            What::Refused { message, .. } => {
                let places = if self.places == 1 { "its one place is" } else { "all its places are" };
                let sentence = format!("message {message} reaches downstream while {places} taken");
                self.overload.note(sentence, self.seen, vec![*message]);
            }
            What::Note { .. } => {
                if let Some(wake) = Wake::of(event) {
                    self.woken(wake);
                }
            }
            _ => {}
        }
        self.seen += 1;
    }

    fn findings(&self) -> Vec<Finding> {
        vec![
            self.overload.finding("no-overload"),
            self.disorder.finding("first-in-first-out"),
            self.dropped.finding("nothing-dropped"),
            self.late.finding("in-time"),
            self.busy.finding("no-busy-waiting"),
        ]
    }
}
