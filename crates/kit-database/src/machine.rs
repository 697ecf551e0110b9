// SPDX-License-Identifier: MIT OR Apache-2.0
//! The machine that a database runs on: its files, its clock, its power switch, and one processor.
//!
//! ```text
//!  worker's thread ─► SQLite ─► vfs ─► Machine: does the operation, moves the clock, and now and then gives up the turn
//!  scheduler       ◄───────────────────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! One thread runs at a time; who goes on is drawn from the seed. So a run with several connections follows from its address
//! like any other, and waiting costs nothing: the clock jumps. When the power is off every operation fails, and the code that
//! asks for more finds no disk any more.

mod files;

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::ffi;
use sim::Stream;
use trace::Time;

use crate::disk::Disk;
use crate::files::{Code, Region};
use crate::locks::Locks;
use crate::request::{Outcome, Request};
use crate::world::{WORKERS, World};

/// What operations take.
const READ: Time = Time::micros(5);
const LOCK: Time = Time::micros(5);
const WRITE: Time = Time::micros(100);
const FLUSH: Time = Time::micros(400);
/// Who is not let in gives up the processor, and comes back after this long; after twice as long the next time, up to so many
/// times. So one that asks without end leaves time to pass, and one that meets another for a moment loses a moment.
const DENIED: Time = Time::micros(200);
const MOST_DOUBLINGS: u32 = 8;
/// One operation of so many is followed by a change of turns.
const TURN_EVERY: u64 = 6;
/// The most operations of a run: what is not done by then goes round in circles.
const MOST_OPERATIONS: u64 = 6_000;
const OPERATIONS_PER_REQUEST: u64 = 20;
/// So many operations without power, and the code that asks for them is left standing for ever.
const MOST_IN_VAIN: u64 = 5_000;

thread_local! {
    /// Which worker this thread is.
    static WORKER: Cell<Option<usize>> = const { Cell::new(None) };
}

pub(crate) struct Machine {
    state: Mutex<State>,
    /// Where the scheduler waits for its turn, and where each worker does.
    scheduler: Condvar,
    workers: [Condvar; WORKERS],
}

pub(crate) struct State {
    pub world: World,
    /// When the power or the process goes.
    pub ends_at: Option<Time>,
    /// Nothing works any more.
    pub off: bool,
    /// Somebody was writing when it went off: connections that find it out close, and their locks are gone.
    pub off_while_writing: bool,
    pub workers: Vec<Worker>,
    snapshot: Disk,
    /// The exam reads: every name leads to the snapshot, those that a file itself holds, too.
    observing: bool,
    handles: BTreeMap<u64, Handle>,
    /// By file, of the disk and of the snapshot.
    locks: BTreeMap<(bool, u64), Locks>,
    /// The index of a write-ahead log, by its database's file: memory that connections share.
    indexes: BTreeMap<(bool, u64), Vec<Box<Region>>>,
    turn: Option<usize>,
    /// Whom a worker's own look has found to go on.
    chosen: Option<usize>,
    in_vain: u64,
    turns_dice: Stream,
    /// Who goes on, where several could.
    schedule: Stream,
    random: Stream,
}

/// A worker, as the scheduler sees it.
#[derive(Default)]
pub(crate) struct Worker {
    pub inbox: VecDeque<Request>,
    /// What it works on.
    pub running: Option<Request>,
    pub outcome: Option<Outcome>,
    pub wakes_at: Time,
    /// How often it was not let in since it began with its request.
    denied: u32,
    /// Its thread has ended, or stands still for ever.
    pub gone: bool,
}

#[derive(Clone)]
struct Handle {
    file: u64,
    of_snapshot: bool,
    /// Removed when it is closed.
    transient: Option<String>,
}

impl State {
    fn disk(&mut self, of_snapshot: bool) -> &mut Disk {
        if of_snapshot { &mut self.snapshot } else { &mut self.world.disk }
    }

    fn handle(&self, handle: u64) -> Result<Handle, Code> {
        self.handles.get(&handle).cloned().ok_or(ffi::SQLITE_IOERR)
    }

    fn locks(&mut self, handle: &Handle) -> &mut Locks {
        self.locks.entry((handle.of_snapshot, handle.file)).or_default()
    }

    /// Of the workers that can go on, one that the dice name.
    pub fn next_worker(&mut self) -> Option<usize> {
        if let Some(chosen) = self.chosen.take() {
            return Some(chosen);
        }
        let ready = (0..WORKERS).filter(|n| {
            let worker = &self.workers[*n];
            let has_work = worker.running.is_some() || !worker.inbox.is_empty();
            has_work && !worker.gone && worker.wakes_at <= self.world.now && !self.world.is_paused(*n)
        });
        let ready: Vec<usize> = ready.collect();
        (!ready.is_empty()).then(|| ready[self.schedule.below(ready.len() as u64) as usize])
    }

    /// When something happens next.
    pub fn next_moment(&self) -> Option<Time> {
        let wakes =
            self.workers.iter().filter(|worker| worker.running.is_some()).map(|worker| worker.wakes_at);
        let wakes = wakes.filter(|at| *at > self.world.now);
        wakes.chain(self.world.next_due()).chain(self.ends_at).min()
    }

    /// What the scheduler would do when this worker gives up its turn, done here while it is no more than waiting: handing
    /// the turn from thread to thread is what a run spends its time in. Whether the turn comes back to the same worker.
    fn keeps_its_turn(&mut self, worker: usize) -> bool {
        loop {
            let now = self.world.now;
            let happens = self.world.next_due().into_iter().chain(self.ends_at).min();
            if self.off || self.is_at_its_bound() || happens.is_some_and(|at| at <= now) {
                return false;
            }
            self.chosen = self.next_worker();
            match (self.chosen, self.next_moment()) {
                (Some(chosen), _) if chosen == worker => {
                    self.chosen = None;
                    return true;
                }
                (None, Some(next)) => self.world.now = next.max(now),
                _ => return false,
            }
        }
    }

    /// Whether the run has gone on for too long.
    pub fn is_at_its_bound(&mut self) -> bool {
        self.world.unfinished |= self.world.count.operations > MOST_OPERATIONS;
        self.world.unfinished
    }

    /// A piece of the index of a log on the disk, by its database's file.
    pub fn region_of_workers(&self, file: u64, region: usize) -> Option<&Region> {
        self.indexes.get(&(false, file))?.get(region).map(Box::as_ref)
    }

    /// From now on nothing works any more.
    pub fn switch_off(&mut self) {
        if !self.off {
            self.off = true;
            self.off_while_writing = self.is_writing();
        }
    }

    /// Whether any connection of the workers has begun to write and has not ended.
    fn is_writing(&self) -> bool {
        self.locks
            .iter()
            .any(|((of_snapshot, _), locks)| !of_snapshot && (locks.is_reserved() || locks.log_is_written()))
    }
}

impl Machine {
    pub fn new(world: World, ends_at: Option<Time>) -> Machine {
        let (seed, incarnation) = (world.seed, world.incarnation);
        let workers = (0..WORKERS).map(|_| Worker::default()).collect();
        let state = State {
            world,
            ends_at,
            off: false,
            off_while_writing: false,
            workers,
            snapshot: Disk::default(),
            observing: false,
            handles: BTreeMap::new(),
            locks: BTreeMap::new(),
            indexes: BTreeMap::new(),
            turn: None,
            chosen: None,
            in_vain: 0,
            schedule: Stream::new(seed, "schedule", incarnation, 0),
            turns_dice: Stream::new(seed, "turns", incarnation, 0),
            random: Stream::new(seed, "random", incarnation, 0),
        };
        Machine { state: Mutex::new(state), scheduler: Condvar::new(), workers: Default::default() }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is left when nobody runs any more.
    pub fn take_world(&self) -> World {
        std::mem::take(&mut self.state().world)
    }

    /// Waits until the turn is this worker's again.
    fn wait<'a>(&self, mut state: MutexGuard<'a, State>, worker: usize) -> MutexGuard<'a, State> {
        while state.turn != Some(worker) {
            state = self.workers[worker].wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state
    }

    /// Lets a worker run until it gives up its turn.
    pub fn give_turn(&self, worker: usize) {
        let mut state = self.state();
        state.turn = Some(worker);
        self.workers[worker].notify_one();
        while state.turn.is_some() {
            state = self.scheduler.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// A worker's thread begins.
    pub fn enter(&self, worker: usize) {
        WORKER.set(Some(worker));
        drop(self.wait(self.state(), worker));
    }

    /// A worker's thread ends.
    pub fn leave(&self, worker: usize) {
        let mut state = self.state();
        state.workers[worker].gone = true;
        state.turn = None;
        self.scheduler.notify_one();
    }

    /// The next request of a worker, which has done the one before; none when the machine is off.
    pub fn next_request(&self, worker: usize) -> Option<Request> {
        let mut state = self.state();
        loop {
            if state.off {
                return None;
            }
            if let Some(request) = state.workers[worker].inbox.pop_front() {
                let same =
                    |own: &Worker| own.running.as_ref().is_some_and(|other| other.message == request.message);
                let twice = state.workers.iter().any(same);
                state.world.count.twice_at_once += u64::from(twice);
                state.workers[worker].running = Some(request.clone());
                state.workers[worker].denied = 0;
                // A call that fails at once asks for no operation, and must not go on for ever either.
                state.world.count.operations += OPERATIONS_PER_REQUEST;
                state.world.begins(worker, &request);
                return Some(request);
            }
            state = self.give_up_turn(state, worker);
        }
    }

    /// A worker has done its request.
    pub fn done(&self, worker: usize, outcome: Outcome) {
        let mut state = self.state();
        if !state.off {
            state.workers[worker].outcome = Some(outcome);
            drop(self.give_up_turn(state, worker));
        }
    }

    /// Somebody else may go on.
    fn pause<'a>(&'a self, mut state: MutexGuard<'a, State>, worker: usize) -> MutexGuard<'a, State> {
        if state.keeps_its_turn(worker) { state } else { self.give_up_turn(state, worker) }
    }

    fn give_up_turn<'a>(&'a self, mut state: MutexGuard<'a, State>, worker: usize) -> MutexGuard<'a, State> {
        state.turn = None;
        self.scheduler.notify_one();
        self.wait(state, worker)
    }

    /// One operation: takes its time, and fails when the machine is off by then.
    fn operate<T>(&self, takes: Time, act: impl FnOnce(&mut State) -> Result<T, Code>) -> Result<T, Code> {
        let mut state = self.state();
        let Some(worker) = WORKER.get() else { return act(&mut state) };
        state = self.go_on(state, worker, takes)?;
        let result = act(&mut state);
        let busy = matches!(result, Err(ffi::SQLITE_BUSY));
        if busy {
            state.world.count.busy += 1;
            let denied = &mut state.workers[worker].denied;
            let wait = Time(DENIED.as_nanos() << (*denied).min(MOST_DOUBLINGS));
            *denied += 1;
            state.workers[worker].wakes_at = state.world.now + wait;
        }
        if busy || state.turns_dice.below(TURN_EVERY) == 0 || state.world.is_paused(worker) {
            drop(self.pause(state, worker));
        }
        result
    }

    fn go_on<'a>(
        &'a self,
        mut state: MutexGuard<'a, State>,
        worker: usize,
        takes: Time,
    ) -> Result<MutexGuard<'a, State>, Code> {
        if !state.off {
            state.world.now += takes;
            state.world.count.operations += 1;
            let bound = state.is_at_its_bound();
            let end = state.ends_at.filter(|end| state.world.now >= *end);
            if let Some(end) = end {
                state.world.now = end;
            }
            if bound || end.is_some() {
                state.switch_off();
            }
        }
        if !state.off {
            return Ok(state);
        }
        state.in_vain += 1;
        if state.in_vain > MOST_IN_VAIN {
            state.workers[worker].gone = true;
            // The turn never comes back to it.
            loop {
                state = self.give_up_turn(state, worker);
            }
        }
        Err(ffi::SQLITE_IOERR)
    }

    /// Takes a snapshot and reads it, while no worker runs.
    pub fn observe<T>(&self, read: impl FnOnce() -> T) -> T {
        let mut state = self.state();
        state.snapshot = state.world.disk.snapshot();
        state.locks.retain(|(of_snapshot, _), _| !of_snapshot);
        state.indexes.retain(|(of_snapshot, _), _| !of_snapshot);
        state.observing = true;
        drop(state);
        let read = read();
        self.state().observing = false;
        read
    }
}
