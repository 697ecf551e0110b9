// SPDX-License-Identifier: MIT OR Apache-2.0
//! The answer's side: reads a call, calls the answer, writes what it asks for and which messages it let go of.

use std::panic;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Mutex;

use super::frame::{MOST, Numbers, put_list, put_text};
use crate::held::Hands;
use crate::spot::{START as STARTS, guarded};

/// What a call is, behind its number: the answer is dropped, or begins; those of an exercise begin above.
pub(crate) const DROP: u64 = 0;
pub(crate) const START: u64 = 1;
pub(crate) const FIRST: u64 = 2;

/// What comes back, behind the number of the call.
pub(crate) const DONE: u64 = 0;
pub(crate) const PANICKED: u64 = 1;

/// How an exercise's calls are written. What is read wrongly was not written by an exam: nobody answers then.
pub(crate) trait Protocol {
    /// The learner's code: `dyn` of the exercise's trait.
    type Answer: ?Sized;

    /// Makes an incarnation of what [`START`] brings.
    fn start(&self, call: &mut Numbers<'_>) -> Option<Box<Self::Answer>>;

    /// Calls a handler, and writes what it asks for.
    fn call(
        answer: &mut Self::Answer,
        handler: u64,
        call: &mut Numbers<'_>,
        hands: &Rc<Hands>,
        asked: &mut Vec<u64>,
    ) -> Option<()>;
}

/// Answers the calls of an exam that goes on in another process, to its end.
pub(crate) fn sit(protocol: impl Protocol) -> ExitCode {
    let mut desk = Desk { protocol, answer: None, hands: Hands::of(0) };
    serve(|call| desk.answer(call))
}

/// Whether this process was started to answer calls.
pub fn is_wanted() -> bool {
    std::env::args_os().nth(1).is_some_and(|first| first == super::FLAG)
}

pub(crate) struct Desk<P: Protocol> {
    pub protocol: P,
    pub answer: Option<Box<P::Answer>>,
    pub hands: Rc<Hands>,
}

/// Where the last panic was, and what it said.
static PANIC: Mutex<Option<String>> = Mutex::new(None);

/// The same, once.
pub fn last_panic() -> Option<String> {
    PANIC.lock().ok().and_then(|mut place| place.take())
}

/// Answers calls until there are no more, or one comes that no exam made: `answer` says what comes back on each.
#[cfg(unix)]
pub fn serve(mut answer: impl FnMut(&[u64]) -> Option<Vec<u64>>) -> ExitCode {
    use std::os::fd::AsFd;

    panic::set_hook(Box::new(|info| {
        if let Ok(mut place) = PANIC.lock() {
            *place = Some(info.to_string());
        }
    }));
    // One socket for both directions: what the answer prints goes elsewhere.
    let Ok(socket) = std::io::stdin().as_fd().try_clone_to_owned() else { return ExitCode::from(2) };
    let mut socket = std::fs::File::from(socket);
    while let Ok(call) = super::frame::read(&mut socket) {
        let Some(answered) = answer(&call) else { return ExitCode::from(2) };
        if super::frame::write(&mut socket, &answered).is_err() {
            return ExitCode::from(2);
        }
    }
    // Everything that was asked is answered; what the answer still holds is the system's to take.
    std::process::exit(0)
}

/// Says that it cannot.
#[cfg(not(unix))]
pub fn serve(_: impl FnMut(&[u64]) -> Option<Vec<u64>>) -> ExitCode {
    eprintln!("an exam in lockstep needs a Unix system");
    ExitCode::from(2)
}

impl<P: Protocol> Desk<P> {
    /// What comes back on a call; `None` for one that no exam made.
    pub(crate) fn answer(&mut self, call: &[u64]) -> Option<Vec<u64>> {
        let (number, call) = call.split_first()?;
        let mut asked = Vec::new();
        match guarded(STARTS, || self.perform(call, &mut asked)) {
            Ok(understood) => {
                understood?;
                let let_go: Vec<u64> =
                    self.hands.take_let_go().into_iter().map(|(number, _)| number.0).collect();
                let mut answered = vec![*number, DONE];
                put_list(&mut answered, &let_go);
                answered.extend(asked);
                Some(if answered.len() > MOST {
                    panicked(*number, "it asks for too much in one call")
                } else {
                    answered
                })
            }
            Err(said) => Some(panicked(*number, &said)),
        }
    }

    fn perform(&mut self, call: &[u64], asked: &mut Vec<u64>) -> Option<()> {
        let mut call = Numbers(call);
        match call.next()? {
            DROP => self.answer = None,
            START => self.answer = Some(self.protocol.start(&mut call)?),
            handler => P::call(self.answer.as_deref_mut()?, handler, &mut call, &self.hands, asked)?,
        }
        call.is_empty().then_some(())
    }
}

fn panicked(number: u64, said: &str) -> Vec<u64> {
    let mut answered = vec![number, PANICKED];
    put_text(&mut answered, said);
    put_text(&mut answered, last_panic().as_deref().unwrap_or(said));
    answered
}
