// SPDX-License-Identifier: MIT OR Apache-2.0
//! Ends a check from another thread.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A wish that a check should end; copies are one wish.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Ends whatever was begun with this, soon.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether that was said.
    pub fn is_said(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// # Errors
    /// [`Stopped`], if it was said.
    pub(crate) fn check(&self) -> Result<(), Stopped> {
        if self.is_said() { Err(Stopped) } else { Ok(()) }
    }
}

/// The check was ended before it was over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the check was ended before it was over")
    }
}

impl std::error::Error for Stopped {}
