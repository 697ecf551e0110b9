// SPDX-License-Identifier: MIT OR Apache-2.0
//! What SQLite asks of its layer for files. The machine does it; where the answer is a process of its own, a line to the
//! machine does. Errors are SQLite's own codes.

use std::ffi::c_int;
use std::sync::atomic::AtomicU64;

use trace::Time;

/// An error code of SQLite.
pub(crate) type Code = c_int;

/// A piece of the memory that the connections to a write-ahead log share, as large as SQLite asks for. SQLite writes to it
/// behind our back, which atomics are made for.
pub(crate) type Region = [AtomicU64; 4096];

/// More pieces than a log on our disk has use for.
pub(crate) const MOST_REGIONS: usize = 16;
/// SQLite's locks on a file: none, and the four above it.
pub(crate) const HIGHEST_LOCK: u8 = 4;

/// An empty piece.
pub(crate) fn region() -> Box<Region> {
    Box::new([const { AtomicU64::new(0) }; 4096])
}

/// A layer for files, with the clock and the random numbers that go with it. Whoever opens a file names its handle.
pub(crate) trait Files: Send + Sync {
    fn open(&self, handle: u64, name: Option<&str>, create: bool, transient: bool) -> Result<(), Code>;
    fn close(&self, handle: u64);
    fn remove(&self, name: &str, flush_folder: bool) -> Result<(), Code>;
    fn exists(&self, name: &str) -> Result<bool, Code>;
    fn length(&self, handle: u64) -> Result<usize, Code>;
    /// Fills what it can, and says how much that was.
    fn read(&self, handle: u64, at: usize, into: &mut [u8]) -> Result<usize, Code>;
    fn write(&self, handle: u64, at: usize, bytes: &[u8]) -> Result<(), Code>;
    fn set_length(&self, handle: u64, length: usize) -> Result<(), Code>;
    fn flush(&self, handle: u64) -> Result<(), Code>;
    fn raise_lock(&self, handle: u64, to: u8) -> Result<(), Code>;
    fn lower_lock(&self, handle: u64, to: u8) -> Result<(), Code>;
    fn is_reserved(&self, handle: u64) -> Result<bool, Code>;
    /// The memory of one region of a log's index; it stays where it is as long as the layer is there.
    fn index_region(&self, handle: u64, region: usize, extend: bool) -> Result<Option<*mut u8>, Code>;
    fn lock_index(&self, handle: u64, first: usize, count: usize, alone: bool) -> Result<(), Code>;
    fn unlock_index(&self, handle: u64, first: usize, count: usize) -> Result<(), Code>;
    fn leave_index(&self, handle: u64);
    fn fill_randomly(&self, into: &mut [u8]);
    /// Nobody waits in truth: the clock goes on, and somebody else has the turn.
    fn sleep(&self, span: Time);
    fn now(&self) -> Time;
}
