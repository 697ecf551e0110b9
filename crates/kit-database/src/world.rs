// SPDX-License-Identifier: MIT OR Apache-2.0
//! Everything about a run but the process that runs the learner's code: clients, packets, the disk, and what has happened.
//!
//! It is plain data. A process that is killed loses all but this, and another one goes on with it.

mod outage;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sim::{Fault, FaultScript, PacketFault};
use trace::{DropReason, Event, MessageId, NodeId, PacketId, PacketKind, Time, What};

use crate::books::Page;
use crate::disk::Disk;
use crate::request::{Reply, Request};

/// How many connections there are, each with a thread of its own; and how many clients, one for each.
pub(crate) const WORKERS: usize = 2;
/// The node of the disk: behind the clients and the workers.
pub(crate) const DISK: u16 = 2 * WORKERS as u16;

/// What a packet takes.
const LATENCY: Time = Time::micros(200);
/// How long a client waits for an answer before it asks again.
const TIMEOUT: Time = Time::millis(200);
/// How long it waits after an error, and after a restart.
const BACKOFF: Time = Time::millis(10);

#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct World {
    pub seed: u64,
    pub now: Time,
    /// How often the process was started, from 1.
    pub incarnation: u64,
    pub disk: Disk,
    pub lanes: Vec<Lane>,
    /// What is under way, or will be due.
    agenda: Vec<(Time, u64, Due)>,
    pub words: Protocol,
    /// The fault script.
    pub faults: String,
    pauses: Vec<Pause>,
    pub events: Vec<Event>,
    /// What stood in the database, and behind which event it was read.
    pub pages: Vec<(usize, Page)>,
    /// The version of the disk that the last page was read from.
    pub seen_version: Option<u64>,
    pub count: Count,
    /// A bound was reached.
    pub unfinished: bool,
    /// The call that panicked, and its words.
    pub panicked: Option<(Option<Request>, String)>,
    next_packet: u64,
    sequence: u64,
    sent: BTreeMap<String, u32>,
}

/// How this exam calls things.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Protocol {
    /// Clients and workers, without their numbers.
    pub client: String,
    pub worker: String,
    /// Whether clients are queues, which hand out and hear acks.
    pub hands_out: bool,
    /// The packet that asks.
    pub request: String,
    /// Those that answer: done, refused, failed.
    pub answers: [String; 3],
}

/// A client and what it wants done, one after the other.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Lane {
    pub requests: Vec<Request>,
    /// How many of them are answered.
    pub answered: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Due {
    Asked { worker: usize, packet: u64, request: Request },
    Answered { lane: usize, packet: u64, request: Request, reply: Reply },
    Again { lane: usize, message: u64, attempt: u32 },
}

#[derive(Debug, Serialize, Deserialize)]
struct Pause {
    worker: usize,
    from: Time,
    to: Time,
    told: u8,
}

/// What was done to the code, and what it cost.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Count {
    pub operations: u64,
    pub writes: u64,
    pub flushes: u64,
    pub busy: u64,
    /// Ends of the process.
    pub crashes: u64,
    pub kills: u64,
    pub crashes_in_transaction: u64,
    /// Losses of power.
    pub losses: u64,
    pub losses_at_risk: u64,
    pub torn: u64,
    pub lost_writes: u64,
    /// Requests that came again when their effect was there.
    pub again_after_effect: u64,
    /// Requests that began while the same one was being worked on.
    pub twice_at_once: u64,
    pub pauses: u64,
}

impl World {
    /// Nothing has happened yet.
    pub fn new(seed: u64) -> World {
        World { seed, ..World::default() }
    }

    fn node_of_client(lane: usize) -> NodeId {
        NodeId(lane as u16)
    }

    fn node_of_worker(worker: usize) -> NodeId {
        NodeId((WORKERS + worker) as u16)
    }

    pub fn event(&mut self, what: What) {
        self.events.push(Event { at: self.now, what });
    }

    fn script(&self) -> FaultScript {
        self.faults.parse().unwrap_or_default()
    }

    /// The clients ask for the first time.
    pub fn begin(&mut self) {
        let script = self.script();
        for fault in &script.faults {
            if let Fault::Pause(node, from) = fault
                && let Some(worker) =
                    (0..WORKERS).find(|n| *node == format!("{}-{}", self.words.worker, n + 1))
            {
                let ends =
                    |end: &&Fault| matches!(end, Fault::Resume(other, to) if other == node && to > from);
                let to = script.faults.iter().find(ends).and_then(Fault::at).unwrap_or(Time::MAX);
                self.pauses.push(Pause { worker, from: *from, to, told: 0 });
            }
        }
        for lane in 0..self.lanes.len() {
            self.ask(lane, 1);
        }
    }

    fn current(&self, lane: usize) -> Option<&Request> {
        let lane = &self.lanes[lane];
        lane.requests.get(lane.answered)
    }

    fn due(&mut self, at: Time, due: Due) {
        self.sequence += 1;
        self.agenda.push((at, self.sequence, due));
    }

    /// When the next packet arrives or a client loses patience.
    pub fn next_due(&self) -> Option<Time> {
        let pauses = self
            .pauses
            .iter()
            .filter(|pause| pause.told < 2)
            .map(|pause| if pause.told == 0 { pause.from } else { pause.to });
        self.agenda.iter().map(|(at, _, _)| *at).chain(pauses).min()
    }

    pub fn is_paused(&self, worker: usize) -> bool {
        self.pauses
            .iter()
            .any(|pause| pause.worker == worker && pause.from <= self.now && self.now < pause.to)
    }

    /// A client asks for what it wants next, or again.
    fn ask(&mut self, lane: usize, attempt: u32) {
        let Some(request) = self.current(lane).cloned() else { return };
        let request = Request { attempt, ..request };
        if attempt == 1 {
            let (producer, message) = (World::node_of_client(lane), MessageId(request.message));
            let seq = self.lanes[lane].answered as u64;
            self.event(What::Offered { producer, message, seq, key: lane as u32 });
        }
        if self.words.hands_out {
            let (node, consumer) = (World::node_of_client(lane), World::node_of_worker(lane));
            let message = MessageId(request.message);
            if attempt == 1 {
                self.event(What::Stored { node, message });
            }
            self.event(What::Handed { node, consumer, message, attempt, lease_until: None });
        }
        let kind = self.words.request.clone();
        let (from, to) = (World::node_of_client(lane), World::node_of_worker(lane));
        let (packet, fate) = self.send(from, to, &kind, &request);
        let arrives = |delay: Time, now: Time| now + LATENCY + delay;
        match fate {
            Some(PacketFault::Drop) => {
                self.event(What::Dropped { packet: PacketId(packet), why: DropReason::Script });
            }
            other => {
                let delay = if let Some(PacketFault::Delay(by)) = other { by } else { Time::ZERO };
                let asked = |worker, packet| Due::Asked { worker, packet, request: request.clone() };
                let at = arrives(delay, self.now);
                if other == Some(PacketFault::Duplicate) {
                    self.next_packet += 1;
                    let copy = self.next_packet;
                    self.event(What::Duplicated { packet: PacketId(packet), copy: PacketId(copy) });
                    // The other connection gets the copy, and both work on it.
                    self.due(at, asked((lane + 1) % WORKERS, copy));
                }
                self.due(at, asked(lane, packet));
                if delay < TIMEOUT {
                    return;
                }
            }
        }
        self.due(self.now + TIMEOUT, Due::Again { lane, message: request.message, attempt });
    }

    /// Sends a packet: its number, and what the fault script wants of it.
    fn send(
        &mut self,
        from: NodeId,
        to: NodeId,
        kind: &str,
        request: &Request,
    ) -> (u64, Option<PacketFault>) {
        self.next_packet += 1;
        let packet = self.next_packet;
        let (from_name, to_name) = (self.name(from), self.name(to));
        let nth = self.sent.entry(format!("{from_name}/{to_name}/{kind}")).or_default();
        *nth += 1;
        let nth = *nth;
        self.event(What::Sent {
            packet: PacketId(packet),
            from,
            to,
            kind: PacketKind(kind.to_owned().into()),
            nth,
            message: Some(MessageId(request.message)),
            attempt: request.attempt,
        });
        let fate = self.script().faults.into_iter().find_map(|fault| match fault {
            Fault::Packet { from, to, kind: of, nth: n, what }
                if from == from_name && to == to_name && of == kind && n == nth =>
            {
                Some(what)
            }
            _ => None,
        });
        (packet, fate)
    }

    /// The name of a node.
    pub fn name(&self, node: NodeId) -> String {
        match node.0 as usize {
            n if n < WORKERS => format!("{}-{}", self.words.client, n + 1),
            n if n < 2 * WORKERS => format!("{}-{}", self.words.worker, n - WORKERS + 1),
            _ => "disk".to_owned(),
        }
    }

    /// Lets everything happen that is due by now; what workers are asked for comes back.
    pub fn happen(&mut self) -> Vec<(usize, Request)> {
        let mut asked = Vec::new();
        self.tell_pauses();
        while let Some(place) = self.first_due() {
            match self.agenda.swap_remove(place).2 {
                Due::Asked { worker, packet, request } => {
                    self.event(What::Arrived { packet: PacketId(packet) });
                    asked.push((worker, request));
                }
                Due::Answered { lane, packet, request, reply } => {
                    self.event(What::Arrived { packet: PacketId(packet) });
                    self.hears(lane, &request, reply);
                }
                Due::Again { lane, message, attempt } => {
                    if self.current(lane).is_some_and(|request| request.message == message) {
                        self.ask(lane, attempt + 1);
                    }
                }
            }
        }
        asked
    }

    fn first_due(&self) -> Option<usize> {
        let due = self.agenda.iter().enumerate().filter(|(_, (at, _, _))| *at <= self.now);
        due.min_by_key(|(_, (at, sequence, _))| (*at, *sequence)).map(|(place, _)| place)
    }

    fn tell_pauses(&mut self) {
        for n in 0..self.pauses.len() {
            let Pause { worker, from, to, told } = self.pauses[n];
            let node = World::node_of_worker(worker);
            if told == 0 && from <= self.now {
                self.pauses[n].told = 1;
                self.count.pauses += 1;
                self.event(What::Paused { node });
            }
            if self.pauses[n].told == 1 && to <= self.now {
                self.pauses[n].told = 2;
                self.event(What::Resumed { node });
            }
        }
    }

    fn hears(&mut self, lane: usize, request: &Request, reply: Reply) {
        if self.current(lane).is_none_or(|current| current.message != request.message) {
            return;
        }
        let node = World::node_of_client(lane);
        if reply == Reply::Failed {
            let (message, attempt) = (request.message, request.attempt);
            if self.words.hands_out {
                self.event(What::Nacked { node, message: MessageId(message), attempt });
            }
            self.due(self.now + BACKOFF, Due::Again { lane, message, attempt });
            return;
        }
        let message = MessageId(request.message);
        self.event(match self.words.hands_out {
            true => What::Acked { node, message, attempt: request.attempt },
            false => What::Confirmed { producer: node, message },
        });
        self.lanes[lane].answered += 1;
        self.agenda.retain(|(_, _, due)| !matches!(due, Due::Again { lane: own, .. } if *own == lane));
        self.ask(lane, 1);
    }

    /// A worker begins with a request.
    pub fn begins(&mut self, worker: usize, request: &Request) {
        let (message, attempt) = (MessageId(request.message), request.attempt);
        self.event(What::Started { node: World::node_of_worker(worker), message, attempt });
        let is_there = self.pages.last().is_some_and(|(_, page)| page.holds(request));
        self.count.again_after_effect += u64::from(is_there);
    }

    /// A worker ends with it and answers.
    pub fn ends(&mut self, worker: usize, request: &Request, reply: Reply) {
        let (message, attempt) = (MessageId(request.message), request.attempt);
        let node = World::node_of_worker(worker);
        self.event(What::Finished { node, message, attempt });
        let Some(lane) =
            self.lanes.iter().position(|lane| lane.requests.iter().any(|own| own.message == request.message))
        else {
            return;
        };
        let kind = self.words.answers[reply as usize].clone();
        let (packet, fate) = self.send(node, World::node_of_client(lane), &kind, request);
        let delay = match fate {
            Some(PacketFault::Drop) => {
                self.event(What::Dropped { packet: PacketId(packet), why: DropReason::Script });
                None
            }
            Some(PacketFault::Delay(by)) => Some(by),
            _ => Some(Time::ZERO),
        };
        if let Some(delay) = delay {
            let answered = Due::Answered { lane, packet, request: request.clone(), reply };
            self.due(self.now + LATENCY + delay, answered);
        }
        if delay.is_none_or(|delay| delay >= TIMEOUT) {
            self.due(
                self.now + TIMEOUT,
                Due::Again { lane, message: request.message, attempt: request.attempt },
            );
        }
    }
}
