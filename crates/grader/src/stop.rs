// SPDX-License-Identifier: MIT OR Apache-2.0
//! Ends a check from another thread, with every program that it has started.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::{child, orphans};

/// A wish that a check should end; copies are one wish. The programs of a check end with it.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// Each program is put into a process group of its own, so that what it starts ends with it: a compiler's linker, too. The
    /// group ends even where this process is killed.
    groups: bool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    said: bool,
    /// The programs that go on. Nobody waits for one without this lock, so no number in it is another process's.
    running: BTreeSet<u32>,
}

/// What a signal that ends this process ends with it.
struct Everything {
    over: bool,
    loops: Vec<Weak<Shared>>,
}

static EVERYTHING: Mutex<Everything> = Mutex::new(Everything { over: false, loops: Vec::new() });

impl Stop {
    /// For whoever checks again and again while somebody types. The terminal's interrupt does not reach the programs of such
    /// a check: whoever makes one calls [`Stop::all`] when its own process is told to end. On Unix they also end soon after a
    /// process that was killed without being told.
    pub fn of_a_loop() -> Stop {
        let stop = Stop(Arc::new(Shared { groups: true, ..Shared::default() }));
        let mut everything = lock(&EVERYTHING);
        everything.loops.retain(|known| known.strong_count() > 0);
        everything.loops.push(Arc::downgrade(&stop.0));
        lock(&stop.0.state).said = everything.over;
        stop
    }

    /// Ends what every [`Stop::of_a_loop`] of this process has begun, and lets none begin: the process is about to end.
    pub fn all() {
        let mut everything = lock(&EVERYTHING);
        everything.over = true;
        everything.loops.iter().filter_map(Weak::upgrade).for_each(|shared| Stop(shared).stop());
    }

    /// Ends whatever was begun with this. When it comes back, the programs of a [`Stop::of_a_loop`] have been killed; others
    /// are by whoever waits for them, soon.
    pub fn stop(&self) {
        let mut state = lock(&self.0.state);
        state.said = true;
        if self.0.groups {
            state.running.iter().for_each(|leader| child::kill_group(*leader));
        }
    }

    /// Whether that was said.
    pub fn is_said(&self) -> bool {
        lock(&self.0.state).said
    }

    /// # Errors
    /// [`Stopped`], if it was said.
    pub(crate) fn check(&self) -> Result<(), Stopped> {
        if self.is_said() { Err(Stopped) } else { Ok(()) }
    }

    /// Starts a program that ends with this; none where it is over already.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn start(&self, command: &mut Command) -> io::Result<Option<Running>> {
        let mut state = lock(&self.0.state);
        if state.said {
            return Ok(None);
        }
        if self.0.groups {
            child::apart(command);
        }
        // Under the lock: a stop comes before it, and then it never starts, or after it, and then it is known.
        let child = command.spawn()?;
        state.running.insert(child.id());
        if self.0.groups {
            orphans::begun(child.id());
        }
        drop(state);
        Ok(Some(Running { child, stop: self.clone() }))
    }
}

/// A program that goes on.
#[derive(Debug)]
pub(crate) struct Running {
    pub child: Child,
    stop: Stop,
}

impl Running {
    /// How it ended, if it has.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        let mut state = lock(&self.stop.0.state);
        let ended = self.child.try_wait()?;
        if ended.is_some() {
            self.is_over(&mut state);
        }
        Ok(ended)
    }

    /// Ends it, and what it has started where that is known.
    ///
    /// # Errors
    /// When the system does not let us.
    pub fn end(&mut self) -> io::Result<()> {
        let mut state = lock(&self.stop.0.state);
        if self.stop.0.groups {
            child::kill_group(self.child.id());
        }
        self.child.kill()?;
        self.child.wait()?;
        self.is_over(&mut state);
        Ok(())
    }

    /// Its number may be another's now.
    fn is_over(&self, state: &mut State) {
        state.running.remove(&self.child.id());
        if self.stop.0.groups {
            orphans::over(self.child.id());
        }
    }
}

/// A thread that panicked leaves nothing half done here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_starts_after_a_stop() {
        let stop = Stop::of_a_loop();
        stop.stop();
        // A program that is not there: whoever tried to start it would get an error.
        let started = stop.start(&mut Command::new("/no/such/program"));
        assert!(started.expect("nobody tries").is_none());
        assert_eq!(stop.check(), Err(Stopped));
    }
}
