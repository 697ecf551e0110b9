// SPDX-License-Identifier: MIT OR Apache-2.0
//! What stands in for `std::sync`: shuttle's lock and condition variable, with a record of what is done to them.
//!
//! They cannot be made in a `static`: each run of an exam begins with new ones.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

pub use std::sync::Arc;

use crate::record::Act;
use crate::recorder;

/// A lock, as [`std::sync::Mutex`]. It is never poisoned: a panic ends the run.
pub struct Mutex<T> {
    number: u16,
    inner: shuttle::sync::Mutex<T>,
}

/// What holds a lock, as [`std::sync::MutexGuard`].
#[must_use = "the lock is let go of as soon as its guard is dropped"]
pub struct MutexGuard<'a, T> {
    mutex: &'a Mutex<T>,
    /// Taken only while the guard is dropped or given to a condition variable.
    inner: Option<shuttle::sync::MutexGuard<'a, T>>,
}

impl<T> Mutex<T> {
    /// A lock around a value.
    pub fn new(value: T) -> Mutex<T> {
        Mutex { number: recorder::new_lock(), inner: shuttle::sync::Mutex::new(value) }
    }

    /// Waits until the lock is free and takes it. Whoever holds it already waits for ever.
    ///
    /// # Errors
    /// Never; `std`'s signature.
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        if recorder::asks_for(self.number) {
            halt();
        }
        let guard = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.taken(guard))
    }

    /// Takes the lock if it is free.
    ///
    /// # Errors
    /// When it is not.
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        match self.inner.try_lock() {
            Ok(guard) => Ok(self.taken(guard)),
            Err(TryLockError::Poisoned(poisoned)) => Ok(self.taken(poisoned.into_inner())),
            Err(TryLockError::WouldBlock) => {
                recorder::note(Act::Finds { lock: self.number });
                Err(TryLockError::WouldBlock)
            }
        }
    }

    fn taken<'a>(&'a self, guard: shuttle::sync::MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        recorder::note(Act::Locks { lock: self.number });
        MutexGuard { mutex: self, inner: Some(guard) }
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Mutex<T> {
        Mutex::new(T::default())
    }
}

impl<T> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lock {}", self.number)
    }
}

const HELD: &str = "a guard holds its lock until it is dropped";

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.inner.as_ref().expect(HELD)
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.inner.as_mut().expect(HELD)
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        if let Some(guard) = self.inner.take() {
            recorder::note(Act::Unlocks { lock: self.mutex.number });
            drop(guard);
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.deref().fmt(f)
    }
}

/// A place to wait in until something has changed, as [`std::sync::Condvar`]: whoever waits may also wake up without
/// having been notified.
pub struct Condvar {
    number: u16,
    inner: shuttle::sync::Condvar,
}

impl Condvar {
    /// A place in which nobody waits.
    pub fn new() -> Condvar {
        Condvar { number: recorder::new_condition(), inner: shuttle::sync::Condvar::new() }
    }

    /// Lets go of the lock, waits for a notification, and takes the lock again.
    ///
    /// # Errors
    /// Never; `std`'s signature.
    pub fn wait<'a, T>(&self, mut guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        let mutex = guard.mutex;
        let held = guard.inner.take().expect(HELD);
        let wakes_by_itself = recorder::waits(self.number, mutex.number);
        let held = if wakes_by_itself {
            drop(held);
            mutex.inner.lock()
        } else {
            self.inner.wait(held)
        };
        Ok(mutex.taken(held.unwrap_or_else(PoisonError::into_inner)))
    }

    /// Waits while the condition holds of what the lock guards.
    ///
    /// # Errors
    /// Never; `std`'s signature.
    pub fn wait_while<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> LockResult<MutexGuard<'a, T>> {
        while condition(&mut guard) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// Wakes one of those that wait here; nobody, if nobody does.
    pub fn notify_one(&self) {
        self.inner.notify_one();
        recorder::notifies(self.number, false);
    }

    /// Wakes all that wait here.
    pub fn notify_all(&self) {
        self.inner.notify_all();
        recorder::notifies(self.number, true);
    }
}

impl Default for Condvar {
    fn default() -> Condvar {
        Condvar::new()
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "condition {}", self.number)
    }
}

/// Goes no further: the run is over.
pub(crate) fn halt() -> ! {
    loop {
        shuttle::thread::yield_now();
    }
}
