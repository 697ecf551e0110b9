// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an answer prints: read as it comes, so that nobody waits, and kept in part.

use std::io::{self, PipeReader, Read};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use kit::lockstep::frame::shown;

/// Who prints more than this, in bytes, does nothing else.
pub(super) const MOST_PRINTED: usize = 16 << 20;
/// So much is kept of what all incarnations print,
const MOST_KEPT: usize = 64 << 10;
/// and so much of the end of each.
const LAST: usize = 1 << 10;

/// What all incarnations of an answer printed.
#[derive(Clone, Default)]
pub(super) struct Printed(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    beginning: Vec<u8>,
    bytes: usize,
}

/// What one incarnation prints, while it does.
pub(super) struct Prints(Option<JoinHandle<Vec<u8>>>);

impl Printed {
    /// Two ends for a process to write to, and who reads them.
    ///
    /// # Errors
    /// When there is no pipe to be had.
    pub fn pipe(&self) -> io::Result<([OwnedFd; 2], Prints)> {
        let (reader, writer) = io::pipe()?;
        let ends = [writer.try_clone()?.into(), writer.into()];
        let all = self.clone();
        Ok((ends, Prints(Some(thread::spawn(move || all.read(reader))))))
    }

    fn read(&self, mut from: PipeReader) -> Vec<u8> {
        let (mut buffer, mut last) = ([0; 8 << 10], Vec::new());
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            let new = &buffer[..count];
            last.extend(new);
            last.drain(..last.len().saturating_sub(LAST));
            if let Ok(mut kept) = self.0.lock() {
                let room = MOST_KEPT.saturating_sub(kept.beginning.len());
                kept.beginning.extend(&new[..room.min(count)]);
                kept.bytes += count;
            }
        }
        last
    }

    /// Whether it is more than anybody prints who does something else.
    pub fn is_flood(&self) -> bool {
        self.0.lock().is_ok_and(|kept| kept.bytes > MOST_PRINTED)
    }

    /// The beginning of it.
    pub fn beginning(&self) -> String {
        let Ok(kept) = self.0.lock() else { return String::new() };
        let mut text = shown(&String::from_utf8_lossy(&kept.beginning));
        if kept.bytes > kept.beginning.len() {
            text +=
                &format!("\n… and {} bytes more, which were not kept\n", kept.bytes - kept.beginning.len());
        }
        text
    }
}

impl Prints {
    /// The end of it, once its process has ended.
    pub fn last_words(&mut self) -> String {
        let last = self.0.take().and_then(|reader| reader.join().ok()).unwrap_or_default();
        String::from_utf8_lossy(&last).into_owned()
    }
}
