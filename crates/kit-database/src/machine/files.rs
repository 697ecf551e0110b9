// SPDX-License-Identifier: MIT OR Apache-2.0
//! What SQLite asks of its layer for files, done by the machine.

use rusqlite::ffi;
use trace::{Event, NodeId, Time, What};

use super::{FLUSH, Handle, LOCK, Machine, READ, WORKER, WRITE};
use crate::files::{self, Code, Files, MOST_REGIONS};
use crate::locks::LOG_LOCKS;
use crate::world::DISK;

impl Files for Machine {
    fn open(&self, handle: u64, name: Option<&str>, create: bool, transient: bool) -> Result<(), Code> {
        self.operate(LOCK, |state| {
            let own = name.map_or_else(|| format!("transient-{handle}"), str::to_owned);
            let of_snapshot = state.observing || name.is_none();
            let file =
                state.disk(of_snapshot).open(&own, create || name.is_none()).ok_or(ffi::SQLITE_CANTOPEN)?;
            let transient = transient.then_some(own);
            state.handles.insert(handle, Handle { file, of_snapshot, transient });
            Ok(())
        })
    }

    fn close(&self, handle: u64) {
        let mut state = self.state();
        if let Some(own) = state.handles.remove(&handle) {
            state.locks(&own).forget(handle);
            if let Some(name) = own.transient {
                state.disk(own.of_snapshot).remove(&name, false);
            }
        }
    }

    fn remove(&self, name: &str, flush_folder: bool) -> Result<(), Code> {
        self.operate(if flush_folder { FLUSH } else { WRITE }, |state| {
            let of_snapshot = state.observing;
            state.world.count.flushes += u64::from(flush_folder && !of_snapshot);
            let was_there = state.disk(of_snapshot).remove(name, flush_folder);
            if was_there { Ok(()) } else { Err(ffi::SQLITE_IOERR_DELETE_NOENT) }
        })
    }

    fn exists(&self, name: &str) -> Result<bool, Code> {
        self.operate(READ, |state| {
            let of_snapshot = state.observing;
            Ok(state.disk(of_snapshot).exists(name))
        })
    }

    fn length(&self, handle: u64) -> Result<usize, Code> {
        self.operate(Time::ZERO, |state| {
            let own = state.handle(handle)?;
            Ok(state.disk(own.of_snapshot).length(own.file))
        })
    }

    fn read(&self, handle: u64, at: usize, into: &mut [u8]) -> Result<usize, Code> {
        self.operate(READ, |state| {
            let own = state.handle(handle)?;
            Ok(state.disk(own.of_snapshot).read(own.file, at, into))
        })
    }

    fn write(&self, handle: u64, at: usize, bytes: &[u8]) -> Result<(), Code> {
        self.operate(WRITE, |state| {
            let own = state.handle(handle)?;
            state.world.count.writes += u64::from(!own.of_snapshot);
            let has_room = state.disk(own.of_snapshot).write(own.file, at, bytes);
            if has_room { Ok(()) } else { Err(ffi::SQLITE_FULL) }
        })
    }

    fn set_length(&self, handle: u64, length: usize) -> Result<(), Code> {
        self.operate(WRITE, |state| {
            let own = state.handle(handle)?;
            let has_room = state.disk(own.of_snapshot).set_length(own.file, length);
            if has_room { Ok(()) } else { Err(ffi::SQLITE_FULL) }
        })
    }

    fn flush(&self, handle: u64) -> Result<(), Code> {
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

    fn raise_lock(&self, handle: u64, to: u8) -> Result<(), Code> {
        self.operate(LOCK, |state| {
            let own = state.handle(handle)?;
            if state.locks(&own).raise(handle, to) { Ok(()) } else { Err(ffi::SQLITE_BUSY) }
        })
    }

    fn lower_lock(&self, handle: u64, to: u8) -> Result<(), Code> {
        self.operate(LOCK, |state| {
            let own = state.handle(handle)?;
            state.locks(&own).lower(handle, to);
            Ok(())
        })
    }

    fn is_reserved(&self, handle: u64) -> Result<bool, Code> {
        self.operate(LOCK, |state| {
            let own = state.handle(handle)?;
            Ok(state.locks(&own).is_reserved())
        })
    }

    fn index_region(&self, handle: u64, region: usize, extend: bool) -> Result<Option<*mut u8>, Code> {
        let Some(index) = self.find_region(handle, region, extend)? else { return Ok(None) };
        let state = self.state();
        let place = state.indexes.get(&index).and_then(|regions| regions.get(region));
        Ok(place.map(|region| region.as_ptr().cast_mut().cast()))
    }

    fn lock_index(&self, handle: u64, first: usize, count: usize, alone: bool) -> Result<(), Code> {
        self.operate(LOCK, |state| {
            let own = state.handle(handle)?;
            if state.locks(&own).take_log(handle, first, count, alone) {
                Ok(())
            } else {
                Err(ffi::SQLITE_BUSY)
            }
        })
    }

    fn unlock_index(&self, handle: u64, first: usize, count: usize) -> Result<(), Code> {
        self.operate(LOCK, |state| {
            let own = state.handle(handle)?;
            state.locks(&own).leave_log(handle, first, count);
            Ok(())
        })
    }

    fn leave_index(&self, handle: u64) {
        let mut state = self.state();
        if let Ok(own) = state.handle(handle) {
            state.locks(&own).leave_log(handle, 0, LOG_LOCKS);
        }
    }

    fn fill_randomly(&self, into: &mut [u8]) {
        let mut state = self.state();
        for byte in into {
            *byte = state.random.below(256) as u8;
        }
    }

    fn sleep(&self, span: Time) {
        let mut state = self.state();
        if let Some(worker) = WORKER.get()
            && !state.off
        {
            state.world.count.operations += 1;
            state.workers[worker].wakes_at = state.world.now + span;
            drop(self.pause(state, worker));
        }
    }

    fn now(&self) -> Time {
        self.state().world.now
    }
}

impl Machine {
    /// Which index a region belongs to: one of the snapshot's or not, and its database's file; none, where the region is not
    /// there and is not to be made.
    pub fn find_region(&self, handle: u64, region: usize, extend: bool) -> Result<Option<(bool, u64)>, Code> {
        self.operate(LOCK, |state| {
            let own = state.handle(handle)?;
            if region >= MOST_REGIONS {
                return Err(ffi::SQLITE_IOERR_SHMSIZE);
            }
            let index = (own.of_snapshot, own.file);
            let regions = state.indexes.entry(index).or_default();
            while extend && regions.len() <= region {
                regions.push(files::region());
            }
            Ok((region < regions.len()).then_some(index))
        })
    }
}
