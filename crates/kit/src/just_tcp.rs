// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exercise `just_tcp`: what the learner's file sees of it.
//!
//! ```text
//!  somebody ──offer──► [ your sender ] ══write══► a connection ══bytes══► [ your receiver ] ──apply──► effect + next
//!           ◄─Full─────                ◄═bytes═══ or none      ◄═write═══                              (one transaction)
//! ```
//!
//! Both ends are the learner's, and so is what they say to each other. A connection brings bytes in order, once, and says nothing
//! of where a write ended. When it breaks, one end learns of it before the other, and neither learns how far the bytes came. The
//! next connection begins with nothing.
//!
//! Where the receiver stands has to come over the connection, like everything else: were it an argument of `connected`, the exam would
//! know something on the sender's behalf that no socket knows.

mod draw;
mod exam;
mod judge;
mod lines;
mod lockstep;
mod notes;
mod process;
mod socket;
mod story;
mod tally;
#[cfg(test)]
mod tests;
mod texts;
mod world;

use std::process::ExitCode;

use crate::held;

/// The end that has messages to send. Its process does not crash.
pub trait Sender {
    /// The run begins; there is no connection. `window` is how many messages you may have taken that the receiver has not said it
    /// is done with.
    fn start(window: usize) -> Self
    where
        Self: Sized;

    /// Somebody has a message to send, whether or not you are connected. What you take you see to. When you are full say so, and the
    /// same message is offered again a little later.
    fn offer(&mut self, message: &[u8], socket: &mut Socket) -> Answer;

    /// There is a connection. What was written on the one before it, and has not been read, is gone.
    fn connected(&mut self, socket: &mut Socket);

    /// Some of what the receiver wrote: at least one byte, and otherwise any number of them.
    fn bytes(&mut self, bytes: &[u8], socket: &mut Socket);

    /// The connection is broken.
    fn disconnected(&mut self);
}

/// The end that does what the messages say. Its process may crash, and starts again.
pub trait Receiver {
    /// A new incarnation: at the very beginning, and after every crash. There is no connection.
    ///
    /// `next` is what the last incarnation kept with [`Out::apply`]; 0 at first.
    fn start(next: u64) -> Self
    where
        Self: Sized;

    /// There is a connection. The sender may know of it already, or not yet.
    fn connected(&mut self, out: &mut Out);

    /// Some of what the sender wrote: at least one byte, and otherwise any number of them.
    fn bytes(&mut self, bytes: &[u8], out: &mut Out);

    /// The connection is broken. This may be the first you hear of it although the sender has been writing on the next one.
    fn disconnected(&mut self);
}

/// What somebody hears who offers a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is yours now.
    Taken,
    /// Not now.
    Full,
}

/// The sender's hands.
pub struct Socket {
    effects: Vec<Effect>,
}

/// The receiver's hands: everything that it does, in the order in which it calls it.
pub struct Out {
    effects: Vec<Effect>,
}

/// What a handler asked for; the process performs one after the other.
enum Effect {
    Write(Vec<u8>),
    Apply { message: Vec<u8>, next: u64 },
    Answer(Answer),
}

/// No answer writes so much in one call.
const MOST_BYTES: usize = 1 << 18;
const ASKED: &str = "writes and effects";

fn write(effects: &mut Vec<Effect>, bytes: &[u8]) {
    let length = |effect: &Effect| match effect {
        Effect::Write(bytes) | Effect::Apply { message: bytes, .. } => bytes.len(),
        Effect::Answer(_) => 0,
    };
    let all = effects.iter().map(length).sum::<usize>() + bytes.len();
    assert!(all <= MOST_BYTES, "more than {MOST_BYTES} bytes in one call");
    held::ask(effects, Effect::Write(bytes.to_vec()), ASKED);
}

impl Socket {
    fn new() -> Socket {
        Socket { effects: Vec::new() }
    }

    /// Gives these bytes to the connection. That they were written does not say that they will be read. Without a connection they
    /// go nowhere.
    pub fn write(&mut self, bytes: &[u8]) {
        write(&mut self.effects, bytes);
    }
}

impl Out {
    fn new() -> Out {
        Out { effects: Vec::new() }
    }

    /// Does what a message says, and keeps `next` with it: both are durable when the next line runs, or neither is. It takes some
    /// milliseconds.
    pub fn apply(&mut self, message: &[u8], next: u64) {
        held::ask(&mut self.effects, Effect::Apply { message: message.to_vec(), next }, ASKED);
    }

    /// Gives these bytes to the connection. Without one they go nowhere.
    pub fn write(&mut self, bytes: &[u8]) {
        write(&mut self.effects, bytes);
    }
}

/// What `exam!` is given: the types of both ends.
#[doc(hidden)]
pub trait Ends {
    /// That of the one.
    type Sender: Sender + 'static;
    /// That of the other.
    type Receiver: Receiver + 'static;
}

impl<S: Sender + 'static, R: Receiver + 'static> Ends for (S, R) {
    type Sender = S;
    type Receiver = R;
}

/// One end, in its process.
enum End {
    Sender(Box<dyn Sender>),
    Receiver(Box<dyn Receiver>),
}

/// Makes incarnations of the learner's types.
#[derive(Clone, Copy)]
struct Build {
    sender: fn(usize) -> Box<dyn Sender>,
    receiver: fn(u64) -> Box<dyn Receiver>,
}

impl Build {
    fn of<A: Ends>() -> Build {
        Build {
            sender: |window| Box::new(A::Sender::start(window)),
            receiver: |next| Box::new(A::Receiver::start(next)),
        }
    }
}

/// What `exam!(just_tcp => (Type, Type))` makes of the file's `main`.
#[doc(hidden)]
pub fn main<A: Ends>() -> ExitCode {
    let build = Build::of::<A>();
    #[cfg(not(bundled))]
    if crate::lockstep::desk::is_wanted() {
        return crate::lockstep::desk::sit(lockstep::Calls(build));
    }
    crate::runner::main(&crate::search::Searched(exam::of(build)))
}

/// The exam of an answer that is led through it call by call, in processes of its own.
pub(crate) fn in_lockstep() -> impl crate::reproducible::Reproducible {
    exam::of(Build::of::<(lockstep::FarSender, lockstep::FarReceiver)>())
}

/// What an answer needs: `use kit::just_tcp::prelude::*;`.
pub mod prelude {
    pub use super::{Answer, Out, Receiver, Sender, Socket};
    pub use crate::prelude::*;
}
