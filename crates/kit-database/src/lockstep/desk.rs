// SPDX-License-Identifier: MIT OR Apache-2.0
//! The answer's side: one connection of SQLite, whose files are at the other end of a socket.

use std::collections::BTreeMap;
use std::fs::File;
use std::panic;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use kit::lockstep::frame::{self, Numbers, put_text};
use rusqlite::ffi;
use trace::Time;

use super::envelope::*;
use super::index::Seen;
use crate::files::{self, Code, Files, Region};
use crate::life::{open, served};
use crate::request::{Answer, Outcome, Reply, Request};
use crate::vfs;

/// Whether this program was started to do so.
pub(crate) fn was_asked_to_serve() -> bool {
    std::env::args_os().nth(1).is_some_and(|first| first == kit::lockstep::FLAG)
}

/// Where the last panic was, and what it said.
static PANIC: Mutex<Option<String>> = Mutex::new(None);

/// Serves requests until the kill comes.
#[cfg(unix)]
pub(crate) fn serve(answer: Answer) -> ExitCode {
    use std::os::fd::AsFd;

    panic::set_hook(Box::new(|info| {
        if let Ok(mut place) = PANIC.lock() {
            *place = Some(info.to_string());
        }
    }));
    // One socket for both directions: what the answer prints goes elsewhere.
    let Ok(socket) = std::io::stdin().as_fd().try_clone_to_owned() else { return ExitCode::from(2) };
    let line = Line { socket: socket.into(), number: 0, regions: BTreeMap::new() };
    let wire = Arc::new(Wire(Mutex::new(line)));
    vfs::plug_in(wire.clone());
    let mut connection = None;
    let mut asked = wire.line().receive();
    loop {
        let outcome = match asked.kind {
            OPEN => open(&mut connection, answer).map(|()| connection.is_some()),
            _ => match request(&asked.body) {
                Some(request) => Err(served(&mut connection, &request, answer)),
                None => return ExitCode::from(2),
            },
        };
        asked = wire.line().exchange(OUTCOME, told(outcome));
    }
}

/// Nobody asks for it here.
#[cfg(not(unix))]
pub(crate) fn serve(_: Answer) -> ExitCode {
    eprintln!("an exam in lockstep needs a Unix system");
    ExitCode::from(2)
}

fn request(body: &[u64]) -> Option<Request> {
    let [message, attempt, has_payer, from, to, amount] = *body else { return None };
    let from = (has_payer == 1).then_some(from as i64);
    Some(Request { message, attempt: attempt as u32, from, to: to as i64, amount: amount as i64 })
}

/// What is told of an open that came back, or of a call.
fn told(outcome: Result<bool, Outcome>) -> Vec<u64> {
    match outcome {
        Ok(opened) => vec![OPENED, u64::from(opened)],
        Err(Outcome::Replied(reply)) => vec![REPLIED + reply as u64],
        Err(Outcome::Panicked { said, .. }) => {
            let mut body = vec![PANICKED];
            put_text(&mut body, &said);
            let place = PANIC.lock().ok().and_then(|mut place| place.take());
            put_text(&mut body, place.as_deref().unwrap_or(&said));
            body
        }
    }
}

impl Reply {
    /// As it travels.
    pub(super) fn of(number: u64) -> Option<Reply> {
        [Reply::Done, Reply::Refused, Reply::Failed].into_iter().find(|reply| *reply as u64 == number)
    }
}

struct Line {
    socket: File,
    /// The number of the envelope that is to be answered.
    number: u64,
    /// Regions of logs' indexes, by file, and what the grader knows of them.
    regions: BTreeMap<(u64, usize), (Box<Region>, Seen)>,
}

impl Line {
    /// The next envelope. Without one there is nobody any more to serve.
    fn receive(&mut self) -> Envelope {
        let envelope = frame::read(&mut self.socket).ok().and_then(|numbers| Envelope::read(&numbers));
        let Some(envelope) = envelope else { std::process::exit(2) };
        self.number = envelope.number;
        for Changed { file, region, words } in &envelope.changed {
            let (memory, seen) =
                self.regions.entry((*file, *region)).or_insert_with(|| (files::region(), Seen::empty()));
            if seen.take(words, memory).is_none() {
                std::process::exit(2);
            }
        }
        envelope
    }

    fn exchange(&mut self, kind: u64, body: Vec<u64>) -> Envelope {
        let told = self.regions.iter_mut();
        let changed = told.filter_map(|((file, number), (memory, seen))| seen.tell(*file, *number, memory));
        let envelope = Envelope { number: self.number, kind, body, changed: changed.collect() };
        if frame::write(&mut self.socket, &envelope.written()).is_err() {
            std::process::exit(2);
        }
        self.receive()
    }
}

/// The files at the other end.
struct Wire(Mutex<Line>);

impl Wire {
    fn line(&self) -> std::sync::MutexGuard<'_, Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has an operation done: what it brought, behind its code.
    fn operate(&self, kind: u64, body: Vec<u64>) -> Result<Vec<u64>, Code> {
        let mut came = self.line().exchange(kind, body).body;
        match came.first() {
            Some(0) => Ok(came.split_off(1)),
            Some(code) => Err(*code as Code),
            None => Err(ffi::SQLITE_IOERR),
        }
    }

    fn number(&self, kind: u64, body: Vec<u64>) -> Result<u64, Code> {
        self.operate(kind, body)?.first().copied().ok_or(ffi::SQLITE_IOERR)
    }

    fn done(&self, kind: u64, body: Vec<u64>) -> Result<(), Code> {
        self.operate(kind, body).map(drop)
    }

    fn filled(&self, kind: u64, body: Vec<u64>, into: &mut [u8]) -> Result<usize, Code> {
        let came = self.operate(kind, body)?;
        let bytes = bytes(&mut Numbers(&came), into.len()).ok_or(ffi::SQLITE_IOERR)?;
        into[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}

impl Files for Wire {
    fn open(&self, handle: u64, name: Option<&str>, create: bool, transient: bool) -> Result<(), Code> {
        let mut body = vec![handle, create.into(), transient.into(), name.is_some().into()];
        put_bytes(&mut body, name.unwrap_or_default().as_bytes());
        self.done(OPEN_FILE, body)
    }

    fn close(&self, handle: u64) {
        let _ = self.done(CLOSE, vec![handle]);
    }

    fn remove(&self, name: &str, flush_folder: bool) -> Result<(), Code> {
        let mut body = vec![flush_folder.into()];
        put_bytes(&mut body, name.as_bytes());
        self.done(REMOVE, body)
    }

    fn exists(&self, name: &str) -> Result<bool, Code> {
        let mut body = Vec::new();
        put_bytes(&mut body, name.as_bytes());
        self.number(EXISTS, body).map(|there| there == 1)
    }

    fn length(&self, handle: u64) -> Result<usize, Code> {
        self.number(LENGTH, vec![handle]).map(|length| length as usize)
    }

    fn read(&self, handle: u64, at: usize, into: &mut [u8]) -> Result<usize, Code> {
        self.filled(READ, vec![handle, at as u64, into.len() as u64], into)
    }

    fn write(&self, handle: u64, at: usize, bytes: &[u8]) -> Result<(), Code> {
        let mut body = vec![handle, at as u64];
        put_bytes(&mut body, bytes);
        self.done(WRITE, body)
    }

    fn set_length(&self, handle: u64, length: usize) -> Result<(), Code> {
        self.done(SET_LENGTH, vec![handle, length as u64])
    }

    fn flush(&self, handle: u64) -> Result<(), Code> {
        self.done(FLUSH, vec![handle])
    }

    fn raise_lock(&self, handle: u64, to: u8) -> Result<(), Code> {
        self.done(RAISE_LOCK, vec![handle, to.into()])
    }

    fn lower_lock(&self, handle: u64, to: u8) -> Result<(), Code> {
        self.done(LOWER_LOCK, vec![handle, to.into()])
    }

    fn is_reserved(&self, handle: u64) -> Result<bool, Code> {
        self.number(IS_RESERVED, vec![handle]).map(|reserved| reserved == 1)
    }

    fn index_region(&self, handle: u64, region: usize, extend: bool) -> Result<Option<*mut u8>, Code> {
        let came = self.operate(INDEX_REGION, vec![handle, region as u64, extend.into()])?;
        let Some(file) = came.first() else { return Ok(None) };
        let mut line = self.line();
        let (memory, _) =
            line.regions.entry((*file, region)).or_insert_with(|| (files::region(), Seen::empty()));
        Ok(Some(memory.as_ptr().cast_mut().cast()))
    }

    fn lock_index(&self, handle: u64, first: usize, count: usize, alone: bool) -> Result<(), Code> {
        self.done(LOCK_INDEX, vec![handle, first as u64, count as u64, alone.into()])
    }

    fn unlock_index(&self, handle: u64, first: usize, count: usize) -> Result<(), Code> {
        self.done(UNLOCK_INDEX, vec![handle, first as u64, count as u64])
    }

    fn leave_index(&self, handle: u64) {
        let _ = self.done(LEAVE_INDEX, vec![handle]);
    }

    fn fill_randomly(&self, into: &mut [u8]) {
        let _ = self.filled(RANDOM, vec![into.len() as u64], into);
    }

    fn sleep(&self, span: Time) {
        let _ = self.done(SLEEP, vec![span.as_nanos()]);
    }

    fn now(&self) -> Time {
        self.number(NOW, Vec::new()).map_or(Time::ZERO, Time)
    }
}
