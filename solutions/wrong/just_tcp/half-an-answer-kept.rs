// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: its sender keeps half an answer when the connection breaks. What it then reads on the next one is no number that anybody said.
//!
//! Breaks: no-needless-full

use kit::just_tcp::prelude::*;

/// Before each message: its length in two bytes, its number in eight.
fn frame(number: u64, message: &[u8]) -> Vec<u8> {
    let mut frame = (message.len() as u16).to_be_bytes().to_vec();
    frame.extend(number.to_be_bytes());
    frame.extend(message);
    frame
}

/// The first frame of what was read, and what comes behind it; none as long as it has not come whole.
fn parted(read: &[u8]) -> Option<(u64, &[u8], &[u8])> {
    let (length, rest) = read.split_first_chunk()?;
    let (number, rest) = rest.split_first_chunk()?;
    let (message, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
    Some((u64::from_be_bytes(*number), message, rest))
}

struct Keeper {
    window: usize,
    /// What the receiver has not said it is done with, oldest first.
    open: VecDeque<Vec<u8>>,
    /// The number of the first of these, or else of the next to come.
    first: u64,
    /// Whether it has said on this connection where it stands.
    greeted: bool,
    /// A number that has come in part.
    read: Vec<u8>,
}

impl Sender for Keeper {
    fn start(window: usize) -> Keeper {
        Keeper { window, open: VecDeque::new(), first: 0, greeted: false, read: Vec::new() }
    }

    fn offer(&mut self, message: &[u8], socket: &mut Socket) -> Answer {
        if self.open.len() == self.window {
            return Answer::Full;
        }
        if self.greeted {
            socket.write(&frame(self.first + self.open.len() as u64, message));
        }
        self.open.push_back(message.to_vec());
        Answer::Taken
    }

    // The receiver speaks first.
    fn connected(&mut self, _: &mut Socket) {}

    fn bytes(&mut self, bytes: &[u8], socket: &mut Socket) {
        self.read.extend(bytes);
        while let Some((next, rest)) = self.read.split_first_chunk() {
            let next = u64::from_be_bytes(*next);
            self.read = rest.to_vec();
            while self.first < next && !self.open.is_empty() {
                self.open.pop_front();
                self.first += 1;
            }
            if !self.greeted {
                self.greeted = true;
                for (number, message) in (self.first..).zip(&self.open) {
                    socket.write(&frame(number, message));
                }
            }
        }
    }

    fn disconnected(&mut self) {
        self.greeted = false;
    }
}

struct Doer {
    /// The number of the message that is to come next.
    next: u64,
    /// A message that has come in part.
    read: Vec<u8>,
}

impl Receiver for Doer {
    fn start(next: u64) -> Doer {
        Doer { next, read: Vec::new() }
    }

    fn connected(&mut self, out: &mut Out) {
        out.write(&self.next.to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8], out: &mut Out) {
        self.read.extend(bytes);
        let before = self.next;
        while let Some((number, message, rest)) = parted(&self.read) {
            if number == self.next {
                self.next += 1;
                out.apply(message, self.next);
            }
            self.read = rest.to_vec();
        }
        if self.next > before {
            out.write(&self.next.to_be_bytes());
        }
    }

    fn disconnected(&mut self) {
        self.read.clear();
    }
}

exam!(just_tcp => (Keeper, Doer));
