// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right: the sender asks on each connection where the receiver stands, and the receiver goes through what it reads byte by byte, as a
//! machine of three states. It answers each read, also one that completed nothing: a number that is known says nothing new.

use kit::just_tcp::prelude::*;

/// What a frame can be about: a question, or a message.
const WHERE: u8 = b'?';
const MESSAGE: u8 = b'!';

struct Asks {
    window: u64,
    /// Messages by number.
    kept: BTreeMap<u64, Vec<u8>>,
    taken: u64,
    answered: u64,
    /// The next number to be written on this connection; none before the first answer.
    writes: Option<u64>,
    answer: (u32, u32),
}

impl Asks {
    fn write_all(&mut self, socket: &mut Socket) {
        let Some(writes) = &mut self.writes else { return };
        for (number, message) in self.kept.range(*writes..) {
            let mut frame = vec![MESSAGE];
            frame.extend((message.len() as u16).to_be_bytes());
            frame.extend((*number as u32).to_be_bytes());
            frame.extend(message);
            socket.write(&frame);
            *writes = number + 1;
        }
    }
}

impl Sender for Asks {
    fn start(window: usize) -> Asks {
        let window = window as u64;
        Asks { window, kept: BTreeMap::new(), taken: 0, answered: 0, writes: None, answer: (0, 0) }
    }

    fn offer(&mut self, message: &[u8], socket: &mut Socket) -> Answer {
        if self.taken - self.answered >= self.window {
            return Answer::Full;
        }
        self.kept.insert(self.taken, message.to_vec());
        self.taken += 1;
        self.write_all(socket);
        Answer::Taken
    }

    fn connected(&mut self, socket: &mut Socket) {
        (self.writes, self.answer) = (None, (0, 0));
        socket.write(&[WHERE]);
    }

    fn bytes(&mut self, bytes: &[u8], socket: &mut Socket) {
        for byte in bytes {
            let (value, have) = self.answer;
            self.answer = (value << 8 | u32::from(*byte), have + 1);
            if have + 1 == 4 {
                let next = u64::from(std::mem::take(&mut self.answer).0);
                self.kept = self.kept.split_off(&next);
                self.answered = self.answered.max(next);
                self.writes = self.writes.or(Some(next));
                self.write_all(socket);
            }
        }
    }

    fn disconnected(&mut self) {
        self.writes = None;
    }
}

/// Where in a frame the next byte stands.
enum State {
    Kind,
    Head(Vec<u8>),
    Text { number: u64, length: usize, text: Vec<u8> },
}

struct Steps {
    next: u64,
    state: State,
    asked: bool,
}

impl Steps {
    fn take(&mut self, byte: u8, out: &mut Out) {
        match &mut self.state {
            State::Kind if byte == WHERE => self.asked = true,
            State::Kind => self.state = State::Head(Vec::new()),
            State::Head(head) => {
                head.push(byte);
                if let [a, b, c, d, e, f] = head[..] {
                    let number = u64::from(u32::from_be_bytes([c, d, e, f]));
                    let length = usize::from(u16::from_be_bytes([a, b]));
                    self.state = State::Text { number, length, text: Vec::new() };
                }
            }
            State::Text { text, .. } => text.push(byte),
        }
        if let State::Text { number, length, text } = &self.state
            && text.len() == *length
        {
            if *number == self.next {
                self.next += 1;
                out.apply(text, self.next);
            }
            self.state = State::Kind;
        }
    }
}

impl Receiver for Steps {
    fn start(next: u64) -> Steps {
        Steps { next, state: State::Kind, asked: false }
    }

    fn connected(&mut self, _: &mut Out) {
        (self.state, self.asked) = (State::Kind, false);
    }

    fn bytes(&mut self, bytes: &[u8], out: &mut Out) {
        for byte in bytes {
            self.take(*byte, out);
        }
        if self.asked {
            out.write(&(self.next as u32).to_be_bytes());
        }
    }

    fn disconnected(&mut self) {
        self.state = State::Kind;
    }
}

exam!(just_tcp => (Asks, Steps));
