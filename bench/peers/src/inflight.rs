// SPDX-License-Identifier: MIT OR Apache-2.0
//! The queue in our engine: one node, with a timer for the next arrival and one for each busy server; trace off.
//!
//! Also the same work as a loop around the engine's agenda and samplers alone: what lies between the two is the price of the
//! world (nodes behind `dyn`, contexts, incarnations, bounds).

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use sim::{Agenda, Bounds, Context, Dist, Node, Off, Payload, Stream, World};
use trace::{Ending, NodeId, Role, Time};

use crate::workload::{INTERARRIVAL_NS, Outcome, Run, SERVERS, SERVICE_NS, Waits};

const INTERARRIVAL: Dist = Dist::Exponential { mean: Time(INTERARRIVAL_NS as u64) };
const SERVICE: Dist = Dist::Exponential { mean: Time(SERVICE_NS as u64) };

/// What a timer is for; also the purpose of the stream that its delay is drawn from.
const ARRIVAL: u64 = 0;
const DEPARTURE: u64 = 1;

/// Nothing travels: the queue and its servers are one node.
#[derive(Clone)]
enum NoPacket {}

impl Payload for NoPacket {
    type Record = ();
    const KINDS: &'static [&'static str] = &[];

    fn kind(&self) -> &'static str {
        match *self {}
    }
}

struct Station {
    waiting: VecDeque<Time>,
    busy: u64,
    to_come: u64,
    events: u64,
    waits: Waits,
    /// Where the books go at the end: the world owns its nodes and drops them.
    books: Rc<RefCell<Option<(u64, Waits)>>>,
}

impl Station {
    fn new(run: Run, books: Rc<RefCell<Option<(u64, Waits)>>>) -> Self {
        Station {
            waiting: VecDeque::new(),
            busy: 0,
            to_come: run.customers,
            events: 0,
            waits: Waits::new(run),
            books,
        }
    }

    fn expect_arrival(&self, context: &mut Context<'_, NoPacket, Off>) {
        let delay = INTERARRIVAL.sample(context.stream(ARRIVAL as u8));
        context.timer(delay, ARRIVAL);
    }
}

impl Node<NoPacket, Off> for Station {
    fn start(&mut self, context: &mut Context<'_, NoPacket, Off>) {
        self.expect_arrival(context);
    }

    fn receive(&mut self, _: NodeId, packet: NoPacket, _: &mut Context<'_, NoPacket, Off>) {
        match packet {}
    }

    fn timer(&mut self, token: u64, context: &mut Context<'_, NoPacket, Off>) {
        self.events += 1;
        if token == ARRIVAL {
            self.to_come -= 1;
            if self.to_come > 0 {
                self.expect_arrival(context);
            }
            self.waiting.push_back(context.now());
        } else {
            self.busy -= 1;
        }
        if self.busy < SERVERS
            && let Some(arrived) = self.waiting.pop_front()
        {
            self.busy += 1;
            self.waits.note((context.now().0 - arrived.0) as f64);
            let span = SERVICE.sample(context.stream(DEPARTURE as u8));
            context.work(span, DEPARTURE);
        }
        if self.to_come == 0 && self.busy == 0 {
            *self.books.borrow_mut() = Some((self.events, self.waits.clone()));
        }
    }
}

/// Runs the queue as a node in a world.
pub fn simulate(run: Run) -> Outcome {
    let books = Rc::new(RefCell::new(None));
    let bounds = Bounds { steps: 2 * run.customers + 1, time: Time::MAX, ..Bounds::default() };
    let mut world = World::new(run.seed, bounds, Off);
    world.add("station", Role::Queue, {
        let books = books.clone();
        move || Station::new(run, books.clone())
    });
    assert_eq!(world.run(), Ending::Finished, "the bounds leave room for every customer");
    let (events, waits) = books.take().expect("the last customer has left");
    Outcome { events, waits, unit: SERVICE_NS }
}

/// Runs the queue as a loop around the agenda.
pub fn simulate_bare(run: Run) -> Outcome {
    let mut arrivals = Stream::new(run.seed, "station", ARRIVAL, 0);
    let mut services = Stream::new(run.seed, "station", DEPARTURE, 0);
    let mut agenda = Agenda::default();
    let mut waiting: VecDeque<Time> = VecDeque::new();
    let mut waits = Waits::new(run);
    let (mut events, mut to_come, mut busy) = (0, run.customers, 0);

    agenda.insert(INTERARRIVAL.sample(&mut arrivals), ARRIVAL);
    while let Some((now, _, what)) = agenda.pop() {
        events += 1;
        if what == ARRIVAL {
            to_come -= 1;
            if to_come > 0 {
                agenda.insert(now + INTERARRIVAL.sample(&mut arrivals), ARRIVAL);
            }
            waiting.push_back(now);
        } else {
            busy -= 1;
        }
        if busy < SERVERS
            && let Some(arrived) = waiting.pop_front()
        {
            busy += 1;
            waits.note((now.0 - arrived.0) as f64);
            agenda.insert(now + SERVICE.sample(&mut services), DEPARTURE);
        }
    }
    Outcome { events, waits, unit: SERVICE_NS }
}
