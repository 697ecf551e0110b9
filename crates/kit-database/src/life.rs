// SPDX-License-Identifier: MIT OR Apache-2.0
//! One life of the process: from its start until it crashes, or until nothing is left to do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use kit::making::{Call, guarded, panic_text};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use trace::{MessageId, NodeId, Time, What};

use crate::books;
use crate::lockstep::StandIn;
use crate::machine::Machine;
use crate::request::{Answer, Code, Outcome, Reply, Request};
use crate::vfs;
use crate::world::{DISK, WORKERS, World};

/// Enough for SQLite and more.
const STACK: usize = 512 * 1024;
/// Where the learner's code is before it is asked for anything.
pub(crate) const OPENING: Call = Call { says: "open(…)", input: [0; 2] };

/// How a life ended.
#[derive(Serialize, Deserialize)]
pub(crate) struct Ended {
    pub world: World,
    /// A transaction was open that had written.
    pub in_transaction: bool,
}

/// Lives until this moment, or to the end.
pub(crate) fn live(world: World, until: Option<Time>, code: &Code, call: &'static str) -> Ended {
    let machine = Arc::new(Machine::new(world, until));
    vfs::plug_in(machine.clone());
    observe(&machine);
    let threads: Vec<Option<JoinHandle<()>>> =
        (0..WORKERS).map(|worker| work(machine.clone(), worker, code, call)).collect();
    schedule(&machine, call);
    machine.state().switch_off();
    for (worker, thread) in threads.into_iter().enumerate() {
        // What was not written by now is lost; the code may find that out, and ends.
        let _ = guarded(OPENING, || {
            while !machine.state().workers[worker].gone {
                machine.give_turn(worker);
            }
        });
        let parked = machine.state().workers[worker].running.is_some();
        if let Some(thread) = thread.filter(|thread| !parked || thread.is_finished()) {
            let _ = thread.join();
        }
    }
    let in_transaction = machine.state().off_while_writing;
    Ended { world: machine.take_world(), in_transaction }
}

/// A thread with a connection of its own, for one request after the other.
fn work(machine: Arc<Machine>, worker: usize, code: &Code, call: &'static str) -> Option<JoinHandle<()>> {
    let code = code.clone();
    let body = move || {
        machine.enter(worker);
        let mut hand = match code {
            Code::Here(answer) => Hand::Here { connection: None, answer },
            Code::Elsewhere(staff) => Hand::Elsewhere(StandIn::new(staff, machine.clone(), worker, call)),
        };
        while let Some(request) = machine.next_request(worker) {
            let outcome = hand.serve(&request);
            machine.done(worker, outcome);
        }
        drop(hand);
        machine.leave(worker);
    };
    let thread = thread::Builder::new().name(format!("worker-{}", worker + 1)).stack_size(STACK).spawn(body);
    thread.ok()
}

/// Who does a worker's requests.
enum Hand {
    Here { connection: Option<Connection>, answer: Answer },
    Elsewhere(StandIn),
}

impl Hand {
    fn serve(&mut self, request: &Request) -> Outcome {
        match self {
            Hand::Here { connection, answer } => open(connection, *answer)
                .map_or_else(|outcome| outcome, |()| served(connection, request, *answer)),
            Hand::Elsewhere(stand_in) => stand_in.serve(request),
        }
    }
}

/// Opens a worker's connection where there is none. It may not succeed.
///
/// # Errors
/// When the learner's code panics.
pub(crate) fn open(connection: &mut Option<Connection>, answer: Answer) -> Result<(), Outcome> {
    if connection.is_none() {
        let opening = || books::open().and_then(|db| (answer.open)(&db).map(|()| db));
        let opened = catch_unwind(AssertUnwindSafe(opening));
        let panicked = |payload| Outcome::Panicked { opening: true, said: panic_text(payload) };
        *connection = opened.map_err(panicked)?.ok();
    }
    Ok(())
}

/// Has a request done over a connection, if there is one.
pub(crate) fn served(connection: &mut Option<Connection>, request: &Request, answer: Answer) -> Outcome {
    let Some(db) = connection.as_mut() else { return Outcome::Replied(Reply::Failed) };
    match catch_unwind(AssertUnwindSafe(|| (answer.call)(db, request))) {
        Ok(replied) => Outcome::Replied(replied.unwrap_or(Reply::Failed)),
        Err(payload) => Outcome::Panicked { opening: false, said: panic_text(payload) },
    }
}

/// Gives turns until the machine is off or nothing is left to happen.
fn schedule(machine: &Machine, call: &'static str) {
    loop {
        let mut state = machine.state();
        for (worker, request) in state.world.happen() {
            state.workers[worker].inbox.push_back(request);
        }
        if state.off || state.is_at_its_bound() {
            return;
        }
        let Some(worker) = state.next_worker() else {
            match state.next_moment() {
                Some(next) => state.world.now = next.max(state.world.now),
                None => return,
            }
            let now = state.world.now;
            if state.ends_at.is_some_and(|end| now >= end) {
                state.switch_off();
            }
            continue;
        };
        let message = state.workers[worker].running.as_ref().or(state.workers[worker].inbox.front());
        let call = Call { says: call, input: [message.map_or(0, |request| request.message), 0] };
        drop(state);
        let _ = guarded(call, || machine.give_turn(worker));
        take_outcome(machine, worker);
    }
}

fn take_outcome(machine: &Machine, worker: usize) {
    let mut state = machine.state();
    let Some(outcome) = state.workers[worker].outcome.take() else { return };
    let Some(request) = state.workers[worker].running.take() else { return };
    drop(state);
    observe(machine);
    let mut state = machine.state();
    match outcome {
        Outcome::Replied(reply) => state.world.ends(worker, &request, reply),
        Outcome::Panicked { opening, said } => {
            state.world.panicked = Some(((!opening).then_some(request), said));
            state.switch_off();
        }
    }
}

/// Notes what stands in the database, if that has changed.
fn observe(machine: &Machine) {
    let version = machine.state().world.disk.version;
    if machine.state().world.seen_version == Some(version) {
        return;
    }
    let page = machine.observe(books::read);
    let mut state = machine.state();
    let world = &mut state.world;
    world.seen_version = Some(version);
    let before = world.pages.last().map(|(_, page)| page.clone()).unwrap_or_default();
    let requests: Vec<Request> = world.lanes.iter().flat_map(|lane| lane.requests.clone()).collect();
    for request in requests {
        for _ in before.times(&request)..page.times(&request) {
            let attempt = page.times(&request) as u32;
            world.event(What::Applied { node: NodeId(DISK), message: MessageId(request.message), attempt });
        }
    }
    if page != before {
        let behind = world.events.len();
        world.pages.push((behind, page));
    }
}
