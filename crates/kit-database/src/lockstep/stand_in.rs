// SPDX-License-Identifier: MIT OR Apache-2.0
//! The grader's side: stands where SQLite and the answer would be, on the thread of their worker.
//!
//! What comes from the process is a stranger's, whatever the kit in it would have written: each number is looked at before it
//! is used, and what cannot be meant ends the exam.

use std::collections::BTreeMap;
use std::sync::Arc;

use kit::lockstep::frame::{Numbers, text};
use kit::lockstep::{Halt, Incarnation};
use kit::making::Call;
use kit::verdict;
use sim::Stream;
use trace::Time;

use super::Staff;
use super::envelope::*;
use super::index::Seen;
use crate::files::{Code, Files, HIGHEST_LOCK};
use crate::life::OPENING;
use crate::locks::LOG_LOCKS;
use crate::machine::Machine;
use crate::request::{Outcome, Reply, Request};
use crate::vfs;

/// More operations than a call of a whole run: some take none of the run's time, and must not go on for ever either.
const MOST_OPERATIONS: u32 = 20_000;
/// The longest that SQLite sleeps.
const LONGEST_SLEEP: Time = Time(i32::MAX as u64 * 1_000);
/// What is said of a call that the exam could not see to its end.
const OVER: &str = "the answer cannot be asked any further";

/// One connection, and the answer's code behind it.
pub(crate) struct StandIn {
    staff: Arc<Staff>,
    machine: Arc<Machine>,
    worker: u64,
    /// The call, as people read it.
    says: &'static str,
    /// Begun for the first request.
    process: Option<Process>,
}

struct Process {
    line: Box<dyn Incarnation + Send>,
    machine: Arc<Machine>,
    envelopes: u64,
    is_open: bool,
    /// The machine's handles, by the process's own.
    handles: BTreeMap<u64, u64>,
    /// Regions that it has, by file, and what it knows of them.
    regions: BTreeMap<(u64, usize), Seen>,
    random: Stream,
}

/// Why a call did not come to its end.
enum End {
    /// The process is killed, or the power is gone.
    Off,
    Halted(Halt),
}

impl StandIn {
    pub fn new(staff: Arc<Staff>, machine: Arc<Machine>, worker: usize, says: &'static str) -> StandIn {
        StandIn { staff, machine, worker: worker as u64, says, process: None }
    }

    /// Has a request done.
    pub fn serve(&mut self, request: &Request) -> Outcome {
        let mut call = OPENING;
        let ended = match self.try_to_serve(request, &mut call) {
            Ok(outcome) => return outcome,
            Err(ended) => ended,
        };
        // The kill.
        self.process = None;
        match ended {
            // Nobody hears it.
            End::Off => Outcome::Replied(Reply::Failed),
            End::Halted(halt) => {
                self.staff.change(|said| _ = said.halt.get_or_insert((halt, call)));
                Outcome::Panicked { opening: call == OPENING, said: OVER.to_owned() }
            }
        }
    }

    fn try_to_serve(&mut self, request: &Request, call: &mut Call) -> Result<Outcome, End> {
        if self.process.is_none() {
            self.process = Some(self.begin()?);
        }
        let Some(process) = &mut self.process else { return Err(End::Off) };
        if !process.is_open {
            let told = process.talk(OPEN, Vec::new())?;
            match told[..] {
                [OPENED, 0] => return Ok(Outcome::Replied(Reply::Failed)),
                [OPENED, 1] => process.is_open = true,
                _ => return self.panicked(&told, true),
            }
        }
        *call = Call { says: self.says, input: [request.message, 0] };
        let Request { message, attempt, from, to, amount } = *request;
        let payer = [from.is_some().into(), from.unwrap_or_default() as u64];
        let told = process
            .talk(CALL, vec![message, attempt.into(), payer[0], payer[1], to as u64, amount as u64])?;
        match told[..] {
            [reply] if reply >= REPLIED => {
                let reply = Reply::of(reply - REPLIED).ok_or_else(garbled)?;
                Ok(Outcome::Replied(reply))
            }
            _ => self.panicked(&told, false),
        }
    }

    fn begin(&self) -> Result<Process, End> {
        if self.staff.change(|said| said.halt.is_some()) {
            // A run of an answer that is not there any more.
            return Err(End::Halted(Halt::crashed(OVER)));
        }
        let line = (self.staff.begin)().map_err(End::Halted)?;
        let incarnation = self.machine.state().world.incarnation;
        Ok(Process {
            line,
            machine: self.machine.clone(),
            envelopes: 0,
            is_open: false,
            handles: BTreeMap::new(),
            regions: BTreeMap::new(),
            // Not the run's own: who knows them must not know its seed.
            random: Stream::new(0, "random", incarnation, self.worker),
        })
    }

    fn panicked(&self, told: &[u64], opening: bool) -> Result<Outcome, End> {
        let mut told = Numbers(told);
        let (Some(PANICKED), Some(said), Some(place), true) =
            (told.next(), text(&mut told), text(&mut told), told.is_empty())
        else {
            return Err(garbled());
        };
        self.staff.change(|all| all.panic = Some(place));
        Ok(Outcome::Panicked { opening, said })
    }
}

impl Process {
    /// Asks for an open or a call, and does operations until it has an outcome.
    fn talk(&mut self, kind: u64, body: Vec<u64>) -> Result<Vec<u64>, End> {
        let (mut kind, mut body) = (kind, body);
        for _ in 0..MOST_OPERATIONS {
            let envelope = self.exchange(kind, body)?;
            if envelope.kind == OUTCOME {
                return Ok(envelope.body);
            }
            let came = self.perform(envelope.kind, &envelope.body).ok_or_else(garbled)?;
            if self.machine.state().off {
                return Err(End::Off);
            }
            kind = CAME;
            body = match came {
                Ok(brought) => [&[0], &brought[..]].concat(),
                Err(code) => vec![code as u64],
            };
        }
        let did = format!("asks for more than {MOST_OPERATIONS} operations on files in one call");
        let advice = Some("Look for a loop that does not end.".to_owned());
        Err(End::Halted(Halt { outcome: verdict::Outcome::TimedOut, did, advice }))
    }

    fn exchange(&mut self, kind: u64, body: Vec<u64>) -> Result<Envelope, End> {
        self.envelopes += 1;
        let changed = {
            let state = self.machine.state();
            let told = self.regions.iter_mut().filter_map(|((file, number), seen)| {
                seen.tell(*file, *number, state.region_of_workers(*file, *number)?)
            });
            told.collect()
        };
        let envelope = Envelope { number: self.envelopes, kind, body, changed };
        let answered = self.line.ask(&envelope.written()).map_err(End::Halted)?;
        let envelope = Envelope::read(&answered).ok_or_else(garbled)?;
        if envelope.number != self.envelopes {
            return Err(garbled());
        }
        let state = self.machine.state();
        for Changed { file, region, words } in &envelope.changed {
            let seen = self.regions.get_mut(&(*file, *region)).ok_or_else(garbled)?;
            let memory = state.region_of_workers(*file, *region).ok_or_else(garbled)?;
            seen.take(words, memory).ok_or_else(garbled)?;
        }
        drop(state);
        Ok(envelope)
    }

    /// Does an operation: what it brings, or SQLite's code. `None` for what the kit does not ask for.
    fn perform(&mut self, kind: u64, body: &[u64]) -> Option<Result<Vec<u64>, Code>> {
        let machine = self.machine.clone();
        let nothing = |done: Result<(), Code>| done.map(|()| Vec::new());
        let number = |number: Result<u64, Code>| number.map(|number| vec![number]);
        let mut body = Numbers(body);
        let body = &mut body;
        let came = match kind {
            OPEN_FILE => nothing(self.open(body)?),
            CLOSE => {
                machine.close(self.handles.remove(&body.next()?)?);
                Ok(Vec::new())
            }
            REMOVE => {
                let flush_folder = flag(body)?;
                nothing(machine.remove(&name(body)?, flush_folder))
            }
            EXISTS => number(machine.exists(&name(body)?).map(u64::from)),
            LENGTH => number(machine.length(self.handle(body)?).map(|length| length as u64)),
            READ => {
                let (handle, at, length) = (self.handle(body)?, size(body)?, size(body)?);
                let mut into = vec![0; Some(length).filter(|length| *length <= MOST_BYTES)?];
                let read = machine.read(handle, at, &mut into);
                read.map(|length| packed(&into[..length]))
            }
            WRITE => {
                let (handle, at) = (self.handle(body)?, size(body)?);
                nothing(machine.write(handle, at, &bytes(body, MOST_BYTES)?))
            }
            SET_LENGTH => nothing(machine.set_length(self.handle(body)?, size(body)?)),
            FLUSH => nothing(machine.flush(self.handle(body)?)),
            RAISE_LOCK => nothing(machine.raise_lock(self.handle(body)?, level(body)?)),
            LOWER_LOCK => nothing(machine.lower_lock(self.handle(body)?, level(body)?)),
            IS_RESERVED => number(machine.is_reserved(self.handle(body)?).map(u64::from)),
            INDEX_REGION => self.region(body)?,
            LOCK_INDEX => {
                let (handle, (first, count)) = (self.handle(body)?, log_locks(body)?);
                nothing(machine.lock_index(handle, first, count, flag(body)?))
            }
            UNLOCK_INDEX => {
                let (handle, (first, count)) = (self.handle(body)?, log_locks(body)?);
                nothing(machine.unlock_index(handle, first, count))
            }
            LEAVE_INDEX => {
                machine.leave_index(self.handle(body)?);
                Ok(Vec::new())
            }
            RANDOM => {
                let length = size(body).filter(|length| *length <= MOST_NAME)?;
                let drawn: Vec<u8> = (0..length).map(|_| self.random.below(256) as u8).collect();
                Ok(packed(&drawn))
            }
            SLEEP => {
                machine.sleep(Time(body.next()?).min(LONGEST_SLEEP));
                Ok(Vec::new())
            }
            NOW => Ok(vec![machine.now().as_nanos()]),
            _ => return None,
        };
        body.is_empty().then_some(came)
    }

    fn open(&mut self, body: &mut Numbers<'_>) -> Option<Result<(), Code>> {
        let (own, create, transient, has_name) = (body.next()?, flag(body)?, flag(body)?, flag(body)?);
        let name = name(body)?;
        if self.handles.contains_key(&own) {
            return None;
        }
        let handle = vfs::next_handle();
        let opened = self.machine.open(handle, has_name.then_some(name.as_str()), create, transient);
        if opened.is_ok() {
            self.handles.insert(own, handle);
        }
        Some(opened)
    }

    fn region(&mut self, body: &mut Numbers<'_>) -> Option<Result<Vec<u64>, Code>> {
        let (handle, region, extend) = (self.handle(body)?, size(body)?, flag(body)?);
        Some(self.machine.find_region(handle, region, extend).map(|index| match index {
            Some((false, file)) => {
                self.regions.entry((file, region)).or_insert_with(Seen::empty);
                vec![file]
            }
            // Files without a name have no logs.
            _ => Vec::new(),
        }))
    }

    fn handle(&self, body: &mut Numbers<'_>) -> Option<u64> {
        self.handles.get(&body.next()?).copied()
    }
}

fn flag(body: &mut Numbers<'_>) -> Option<bool> {
    [false, true].get(size(body)?).copied()
}

fn size(body: &mut Numbers<'_>) -> Option<usize> {
    usize::try_from(body.next()?).ok()
}

fn name(body: &mut Numbers<'_>) -> Option<String> {
    String::from_utf8(bytes(body, MOST_NAME)?).ok()
}

fn level(body: &mut Numbers<'_>) -> Option<u8> {
    u8::try_from(body.next()?).ok().filter(|level| *level <= HIGHEST_LOCK)
}

fn log_locks(body: &mut Numbers<'_>) -> Option<(usize, usize)> {
    let (first, count) = (size(body)?, size(body)?);
    (first.checked_add(count)? <= LOG_LOCKS).then_some((first, count))
}

fn packed(bytes: &[u8]) -> Vec<u64> {
    let mut numbers = Vec::new();
    put_bytes(&mut numbers, bytes);
    numbers
}

/// The kit in the answer's process does not write what this one reads.
fn garbled() -> End {
    End::Halted(Halt::crashed("writes what the kit would not write: it speaks with the grader itself"))
}
