// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right: messages carry a length of two bytes and no number. The receiver says at the beginning of a connection which one is to come, and
//! a connection brings them in order: so both can count. After that an answer is one byte: how many more are done.

use kit::just_tcp::prelude::*;

struct Counts {
    window: usize,
    kept: VecDeque<Vec<u8>>,
    /// How many are done, as far as the receiver has said.
    done: u64,
    /// What has come of the greeting; the connection is in use when it is complete.
    greeting: Vec<u8>,
}

const GREETING: usize = 8;

fn frame(message: &[u8]) -> Vec<u8> {
    [&(message.len() as u16).to_le_bytes(), message].concat()
}

impl Counts {
    fn done(&mut self, more: u64) {
        self.done += more;
        self.kept.drain(..more as usize);
    }
}

impl Sender for Counts {
    fn start(window: usize) -> Counts {
        Counts { window, kept: VecDeque::new(), done: 0, greeting: Vec::new() }
    }

    fn offer(&mut self, message: &[u8], socket: &mut Socket) -> Answer {
        if self.kept.len() >= self.window {
            return Answer::Full;
        }
        self.kept.push_back(message.to_vec());
        if self.greeting.len() == GREETING {
            socket.write(&frame(message));
        }
        Answer::Taken
    }

    fn connected(&mut self, _: &mut Socket) {
        self.greeting.clear();
    }

    fn bytes(&mut self, bytes: &[u8], socket: &mut Socket) {
        for byte in bytes {
            if self.greeting.len() == GREETING {
                self.done(u64::from(*byte));
                continue;
            }
            self.greeting.push(*byte);
            if let Ok(stands) = <[u8; GREETING]>::try_from(&self.greeting[..]) {
                self.done(u64::from_le_bytes(stands) - self.done);
                let all: Vec<Vec<u8>> = self.kept.iter().map(|message| frame(message)).collect();
                socket.write(&all.concat());
            }
        }
    }

    fn disconnected(&mut self) {
        self.greeting.clear();
    }
}

struct Follows {
    next: u64,
    rest: Vec<u8>,
}

impl Receiver for Follows {
    fn start(next: u64) -> Follows {
        Follows { next, rest: Vec::new() }
    }

    fn connected(&mut self, out: &mut Out) {
        self.rest.clear();
        out.write(&self.next.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8], out: &mut Out) {
        self.rest.extend(bytes);
        let (mut at, mut more) = (0, 0);
        while let Some((head, rest)) = self.rest[at..].split_first_chunk::<2>() {
            let length = usize::from(u16::from_le_bytes(*head));
            let Some(message) = rest.get(..length) else { break };
            self.next += 1;
            more += 1;
            out.apply(message, self.next);
            at += 2 + length;
        }
        self.rest.drain(..at);
        if more > 0 {
            out.write(&[more]);
        }
    }

    fn disconnected(&mut self) {
        self.rest.clear();
    }
}

exam!(just_tcp => (Counts, Follows));
