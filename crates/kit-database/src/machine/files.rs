// SPDX-License-Identifier: MIT OR Apache-2.0
//! What SQLite asks of its layer for files. Errors are its own codes.

use rusqlite::ffi;
use trace::{Event, NodeId, Time, What};

use super::{Code, FLUSH, Handle, LOCK, Machine, READ, SNAPSHOT, WORKER, WRITE};
use crate::locks::LOG_LOCKS;
use crate::world::DISK;

impl Machine {
    pub fn open(&self, handle: u64, name: Option<&str>, create: bool, transient: bool) -> Result<(), Code> {
        self.operate(LOCK, |state| {
            let own = name.map_or_else(|| format!("transient-{handle}"), str::to_owned);
            let (of_snapshot, own) = match own.strip_prefix(SNAPSHOT) {
                Some(rest) => (true, rest.to_owned()),
                None => (name.is_none(), own),
            };
            let file =
                state.disk(of_snapshot).open(&own, create || name.is_none()).ok_or(ffi::SQLITE_CANTOPEN)?;
            let transient = transient.then_some(own);
            state.handles.insert(handle, Handle { file, of_snapshot, transient });
            Ok(())
        })
    }

    pub fn close(&self, handle: u64) {
        let mut state = self.state();
        if let Some(own) = state.handles.remove(&handle) {
            state.locks(&own).forget(handle);
            if let Some(name) = own.transient {
                state.disk(own.of_snapshot).remove(&name, false);
            }
        }
    }

    pub fn remove(&self, name: &str, flush_folder: bool) -> Result<(), Code> {
        self.operate(if flush_folder { FLUSH } else { WRITE }, |state| {
            let (of_snapshot, own) = named(name);
            state.world.count.flushes += u64::from(flush_folder && !of_snapshot);
            let was_there = state.disk(of_snapshot).remove(own, flush_folder);
            if was_there { Ok(()) } else { Err(ffi::SQLITE_IOERR_DELETE_NOENT) }
        })
    }

    pub fn exists(&self, name: &str) -> Result<bool, Code> {
        self.operate(READ, |state| {
            let (of_snapshot, own) = named(name);
            Ok(state.disk(of_snapshot).exists(own))
        })
    }

    pub fn length(&self, handle: u64) -> Result<usize, Code> {
        self.operate(Time::ZERO, |state| {
            let own = state.handle(handle)?;
            Ok(state.disk(own.of_snapshot).length(own.file))
        })
    }

    pub fn read(&self, handle: u64, at: usize, into: &mut [u8]) -> Result<usize, Code> {
        self.operate(READ, |state| {
            let own = state.handle(handle)?;
            Ok(state.disk(own.of_snapshot).read(own.file, at, into))
        })
    }

    pub fn write(&self, handle: u64, at: usize, bytes: &[u8]) -> Result<(), Code> {
        self.operate(WRITE, |state| {
            let own = state.handle(handle)?;
            state.world.count.writes += u64::from(!own.of_snapshot);
            state.disk(own.of_snapshot).write(own.file, at, bytes);
            Ok(())
        })
    }

    pub fn set_length(&self, handle: u64, length: usize) -> Result<(), Code> {
        self.operate(WRITE, |state| {
            let own = state.handle(handle)?;
            state.disk(own.of_snapshot).set_length(own.file, length);
            Ok(())
        })
    }

    pub fn flush(&self, handle: u64) -> Result<(), Code> {
        self.operate(FLUSH, |state| {
            let own = state.handle(handle)?;
            let before = state.world.disk.unflushed();
            state.disk(own.of_snapshot).flush(own.file);
            let writes = before - state.world.disk.unflushed();
            if !own.of_snapshot {
                state.world.count.flushes += 1;
                if writes > 0 {
                    let node = NodeId(DISK);
                    let event = Event { at: state.world.now, what: What::Flushed { node, writes } };
                    state.world.events.push(event);
                }
            }
            Ok(())
        })
    }

    pub fn raise_lock(&self, handle: u64, to: u8) -> Result<(), Code> {
        self.operate(LOCK, |state| {
            let own = state.handle(handle)?;
            if state.locks(&own).raise(handle, to) { Ok(()) } else { Err(ffi::SQLITE_BUSY) }
        })
    }

    pub fn lower_lock(&self, handle: u64, to: u8) -> Result<(), Code> {
        self.operate(LOCK, |state| {
            let own = state.handle(handle)?;
            state.locks(&own).lower(handle, to);
            Ok(())
        })
    }

    pub fn is_reserved(&self, handle: u64) -> Result<bool, Code> {
        self.operate(LOCK, |state| {
            let own = state.handle(handle)?;
            Ok(state.locks(&own).is_reserved())
        })
    }

    /// The memory of one region of a log's index; it stays where it is as long as the machine is there.
    pub fn index_region(&self, handle: u64, region: usize, extend: bool) -> Result<Option<*mut u8>, Code> {
        self.operate(LOCK, |state| {
            let own = state.handle(handle)?;
            let regions = state.indexes.entry((own.of_snapshot, own.file)).or_default();
            while extend && regions.len() <= region {
                regions.push(Box::new([0; 4096]));
            }
            Ok(regions.get_mut(region).map(|region| region.as_mut_ptr().cast::<u8>()))
        })
    }

    pub fn lock_index(&self, handle: u64, first: usize, count: usize, alone: bool) -> Result<(), Code> {
        self.operate(LOCK, |state| {
            let own = state.handle(handle)?;
            if state.locks(&own).take_log(handle, first, count, alone) {
                Ok(())
            } else {
                Err(ffi::SQLITE_BUSY)
            }
        })
    }

    pub fn unlock_index(&self, handle: u64, first: usize, count: usize) -> Result<(), Code> {
        self.operate(LOCK, |state| {
            let own = state.handle(handle)?;
            state.locks(&own).leave_log(handle, first, count);
            Ok(())
        })
    }

    pub fn leave_index(&self, handle: u64) {
        let mut state = self.state();
        if let Ok(own) = state.handle(handle) {
            state.locks(&own).leave_log(handle, 0, LOG_LOCKS);
        }
    }

    pub fn fill_randomly(&self, into: &mut [u8]) {
        let mut state = self.state();
        for byte in into {
            *byte = state.random.below(256) as u8;
        }
    }

    /// Nobody waits in truth: the clock goes on, and somebody else has the turn.
    pub fn sleep(&self, span: Time) {
        let mut state = self.state();
        if let Some(worker) = WORKER.get()
            && !state.off
        {
            state.world.count.operations += 1;
            state.workers[worker].wakes_at = state.world.now + span;
            drop(self.pause(state, worker));
        }
    }

    pub fn now(&self) -> Time {
        self.state().world.now
    }
}

fn named(name: &str) -> (bool, &str) {
    name.strip_prefix(SNAPSHOT).map_or((false, name), |own| (true, own))
}
