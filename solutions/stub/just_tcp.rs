// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exercise: just_tcp (chapter "Or just a socket")
//!
//! Two services and a socket between them, and nothing else. Messages are offered to the one, the other does what they say. Write both ends,
//! and what they say to each other.
//!
//! What you can count on:
//! - A connection brings what is written to it in order, once; and it says nothing of where a write ended. A read has any number of bytes, from
//!   one to everything that has arrived.
//! - It breaks now and then, also in the middle of a write. Each end is told, one of them later than the other: `disconnected`. The sender
//!   then dials until there is another: `connected`, at both ends, which says nothing of what the one before it has brought. What was
//!   written and not read is gone, and never comes on the next one.
//! - `socket.write(bytes)` and `out.write(bytes)` give bytes to the connection. Whether they arrive they do not say. Without a connection they
//!   go nowhere.
//! - `out.apply(message, next)` does what a message says, and keeps `next`, both durably or neither. It takes some milliseconds, and the next line of
//!   yours runs when it is done.
//! - The receiver's process crashes, between any two calls of `out` and within one. `start(next)` then has what was kept last, 0 at first. The
//!   sender's process lives.
//! - A message has from 0 to 1,000 bytes, and any of the 256 values may be among them.
//!
//! What is asked of you: what was `Taken` takes effect: whole, once, in the order in which it was taken, and, when the faults stop, all of it.
//! `window` messages at most are taken that you do not know to be done; as long as there are fewer you take what is offered, connected or not,
//! else say `Full`, and it comes again. On each connection a message is sent once at most, and not at all if the receiver had done it
//! when it was told of the connection. The receiver answers each `connected` and each read once at most. In bytes: no more than 16 for each answer,
//! and beside the message itself for each message; and one time 16 for each connection. In quiet runs, 12 for the answers to a message.
//!
//! Ours took 87 lines. About 45 minutes. Check it with `cargo course check just_tcp`, and when you are stuck ask
//! `cargo course hint just_tcp`.

use kit::just_tcp::prelude::*;

struct MySender;

impl Sender for MySender {
    fn start(window: usize) -> MySender {
        let _ = window;
        MySender
    }

    fn offer(&mut self, message: &[u8], socket: &mut Socket) -> Answer {
        // Yours to write. Where does this message end, for who reads it? And where is it, when the connection breaks now?
        //
        //     socket.write(message);
        //     return Answer::Taken;
        let _ = (message, socket);
        Answer::Full
    }

    fn connected(&mut self, socket: &mut Socket) {
        let _ = socket;
    }

    fn bytes(&mut self, bytes: &[u8], socket: &mut Socket) {
        let _ = (bytes, socket);
    }

    fn disconnected(&mut self) {}
}

struct MyReceiver;

impl Receiver for MyReceiver {
    fn start(next: u64) -> MyReceiver {
        let _ = next;
        MyReceiver
    }

    fn connected(&mut self, out: &mut Out) {
        let _ = out;
    }

    fn bytes(&mut self, bytes: &[u8], out: &mut Out) {
        // Yours to write. Is this one message?
        //
        //     out.apply(bytes, 0);
        let _ = (bytes, out);
    }

    fn disconnected(&mut self) {}
}

exam!(just_tcp => (MySender, MyReceiver));
