// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam's side: what all stand-ins have in common.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::resume_unwind;

use super::desk::{DONE, DROP, PANICKED};
use super::frame::{Numbers, text};
use super::{Begin, Halt, Incarnation};
use crate::spot::{self, Call};

/// What the exam on this thread begins incarnations with, and why it had to end, if it had to.
#[derive(Default)]
struct Hired {
    begin: Option<Begin>,
    halt: Option<(Halt, Call)>,
    panic: Option<String>,
}

thread_local! {
    /// Stand-ins are made where an answer would be: deep in a world, of a plain function, which has no other way to it.
    static HIRED: RefCell<Hired> = RefCell::default();
}

/// From now on stand-ins begin processes so.
pub(crate) fn hire(begin: Begin) {
    HIRED.set(Hired { begin: Some(begin), ..Hired::default() });
}

/// From now on they cannot. Why the answer had to end, and in which call, if it had to.
pub(crate) fn dismiss() -> Option<(Halt, Call)> {
    HIRED.take().halt
}

/// Where the last panic of the answer was, and what it said.
pub(crate) fn last_panic() -> Option<String> {
    HIRED.with_borrow_mut(|hired| hired.panic.take())
}

/// The incarnation that a stand-in stands for.
pub(crate) struct Remote {
    /// None, when it cannot be asked any further.
    incarnation: Option<Box<dyn Incarnation>>,
    /// How many calls were made: each carries its number, and so does what comes back on it.
    calls: u64,
}

/// What a call asked for: not yet read, and to be read to its end.
pub(crate) struct Asked {
    let_go: Vec<u64>,
    asked: Vec<u64>,
}

impl Remote {
    /// A new process; `call` is the answer's beginning.
    ///
    /// # Panics
    /// As [`Remote::ask`].
    pub fn start(call: &[u64]) -> Remote {
        let begun = HIRED.with_borrow_mut(|hired| match &mut hired.begin {
            Some(begin) if hired.halt.is_none() => Some(begin()),
            _ => None,
        });
        let mut remote = match begun {
            Some(Ok(incarnation)) => Remote { incarnation: Some(incarnation), calls: 0 },
            Some(Err(halt)) => halted(halt),
            None => over(),
        };
        remote.ask(call).read(|_, _| Some(()));
        remote
    }

    /// Makes a call.
    ///
    /// # Panics
    /// When the answer panicked: with what it said. When it cannot be asked any further: the exam ends with it.
    pub fn ask(&mut self, call: &[u64]) -> Asked {
        let Some(incarnation) = &mut self.incarnation else { over() };
        self.calls += 1;
        let answered = match incarnation.ask(&[&[self.calls], call].concat()) {
            Ok(answered) => answered,
            Err(halt) => {
                self.incarnation = None;
                halted(halt)
            }
        };
        let mut numbers = Numbers(&answered);
        if numbers.next() != Some(self.calls) {
            garbled();
        }
        match numbers.next() {
            Some(DONE) => {
                let let_go = numbers.list().unwrap_or_else(|| garbled());
                Asked { let_go, asked: numbers.0.to_vec() }
            }
            Some(PANICKED) => {
                let (Some(said), Some(place)) = (text(&mut numbers), text(&mut numbers)) else { garbled() };
                HIRED.with_borrow_mut(|hired| hired.panic = Some(place));
                // The panic happened elsewhere; here it goes on, without a word of the hook.
                resume_unwind(Box::new(said))
            }
            _ => garbled(),
        }
    }
}

impl Asked {
    /// Reads it: what the call asked for, with the numbers of the messages that it let go of.
    ///
    /// # Panics
    /// When it is not written as it should be.
    pub fn read<T>(self, read: impl FnOnce(&mut Numbers<'_>, &[u64]) -> Option<T>) -> T {
        let mut numbers = Numbers(&self.asked);
        match read(&mut numbers, &self.let_go) {
            Some(read) if numbers.is_empty() => read,
            _ => garbled(),
        }
    }
}

/// A crash, or the end of a run: what the answer does when it is dropped is the answer's code, too.
impl Drop for Remote {
    fn drop(&mut self) {
        if self.incarnation.is_some() && !std::thread::panicking() {
            self.ask(&[DROP]);
        }
    }
}

/// What was given to an answer, by the number that stands for it there.
pub(crate) struct Given<T> {
    last: u64,
    things: BTreeMap<u64, T>,
}

impl<T> Given<T> {
    /// Nothing yet.
    pub fn new() -> Given<T> {
        Given { last: 0, things: BTreeMap::new() }
    }

    /// Gives it a number of its own.
    pub fn give(&mut self, thing: T) -> u64 {
        self.last += 1;
        self.things.insert(self.last, thing);
        self.last
    }

    /// What stands under a number.
    ///
    /// # Panics
    /// When there is nothing: the answer forged it.
    pub fn get(&self, number: u64) -> &T {
        self.things.get(&number).unwrap_or_else(|| forged())
    }

    /// Takes back what stands under a number.
    ///
    /// # Panics
    /// As [`Given::get`].
    pub fn take(&mut self, number: u64) -> T {
        self.things.remove(&number).unwrap_or_else(|| forged())
    }

    /// The number of a thing, which is given one where it has none.
    pub fn number(&mut self, thing: T) -> u64
    where
        T: PartialEq,
    {
        let known = self.things.iter().find(|(_, known)| **known == thing).map(|(number, _)| *number);
        known.unwrap_or_else(|| self.give(thing))
    }
}

/// The answer's own code does not write what this one reads.
fn garbled() -> ! {
    halted(Halt::crashed("writes what the kit would not write: it speaks with the grader itself"))
}

pub(crate) fn forged() -> ! {
    halted(Halt::crashed("forges: it passes on a message or a receipt that it does not hold"))
}

fn halted(halt: Halt) -> ! {
    let call = spot::here();
    HIRED.with_borrow_mut(|hired| _ = hired.halt.get_or_insert((halt, call)));
    over()
}

fn over() -> ! {
    resume_unwind(Box::new("the answer cannot be asked any further".to_owned()))
}
