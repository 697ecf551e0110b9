// SPDX-License-Identifier: MIT OR Apache-2.0
//! What lies between the two ends, and the exam's own books: connections, the bytes in them, and who knows what.
//!
//! A packet of the simulated network says which bytes it is about; the bytes themselves are here. Whether they have arrived is what TCP's own
//! acknowledgements say, which are no packets in this world.

use trace::{MessageId, Set};

use super::tally::{self, SITUATIONS};

/// Who dials and has messages.
pub(super) const SENDER: usize = 0;
/// Who is dialled and has the effects.
pub(super) const RECEIVER: usize = 1;

/// What a message may cost on a connection beyond its own bytes, and what one answer may.
pub(super) const FRAME: usize = 16;

/// One way of a connection.
#[derive(Default)]
pub(super) struct Pipe {
    /// Everything that was written.
    pub bytes: Vec<u8>,
    /// How much of it has arrived, and how much of that was read.
    pub arrived: usize,
    pub read: usize,
    /// How often it was read.
    pub reads: usize,
    /// Where each write ended, and how many messages were done by then.
    ends: Vec<(usize, u64)>,
    /// Where each began, and how many messages could have been read by then.
    begins: Vec<(usize, u64)>,
}

#[derive(Default)]
pub(super) struct Connection {
    /// Which end believes in it; and whether the sender may yet come to do so.
    pub open: [bool; 2],
    pub awaited: bool,
    /// Whether the receiver ever did.
    pub accepted: bool,
    /// By who writes.
    pub pipes: [Pipe; 2],
    /// How many messages were done when it began.
    pub stood: u64,
}

/// What outlives the processes.
pub(super) struct Outside {
    pub texts: Vec<Vec<u8>>,
    pub connections: Vec<Connection>,
    pub reached: Vec<u64>,
    /// What the receiver keeps.
    pub kept: u64,
    pub taken: u64,
    pub done: Set<MessageId>,
    /// Of how many messages the sender has read that they are done.
    pub told: u64,
    /// How many messages there were when the receiver read last, and when it wrote what the sender has read: whatever that said, it was about
    /// none after these.
    had: u64,
    heard_of: u64,
    /// The receiver is at an effect, and the last effect has not been followed by a write.
    pub applying: bool,
    pub unanswered: bool,
    /// Bytes written, by who wrote them.
    pub written: [u64; 2],
}

impl Outside {
    pub fn new(texts: Vec<Vec<u8>>) -> Outside {
        Outside {
            texts,
            connections: Vec::new(),
            reached: vec![0; SITUATIONS.len()],
            kept: 0,
            taken: 0,
            done: Set::new(),
            told: 0,
            had: 0,
            heard_of: 0,
            applying: false,
            unanswered: false,
            written: [0; 2],
        }
    }

    pub fn done(&self) -> u64 {
        self.done.len() as u64
    }

    /// The connection of this number.
    pub fn line(&mut self, connection: u32) -> &mut Connection {
        &mut self.connections[connection as usize - 1]
    }

    /// The number of one more connection.
    pub fn dial(&mut self) -> u32 {
        let stood = self.done();
        if let Some(before) = self.connections.last_mut() {
            before.awaited = false;
        }
        self.connections.push(Connection { stood, awaited: true, ..Connection::default() });
        self.reached[tally::MANY_CONNECTIONS] += u64::from(self.connections.len() == tally::MANY);
        self.connections.len() as u32
    }

    /// One end has a connection.
    pub fn begin(&mut self, connection: u32, side: usize) {
        let line = self.line(connection);
        line.open[side] = true;
        line.awaited &= side == RECEIVER;
        line.accepted |= side == RECEIVER;
    }

    /// Whether the other end believes in a connection, or may come to.
    pub fn is_believed(&mut self, connection: u32, side: usize) -> bool {
        let line = self.line(connection);
        line.open[1 - side] || (side == RECEIVER && line.awaited)
    }

    /// One end knows that a connection is over. How many bytes it had not read.
    pub fn close(&mut self, connection: u32, side: usize) -> usize {
        let line = self.line(connection);
        let first = line.open == [true; 2];
        line.open[side] = false;
        let unread = line.pipes[1 - side].arrived - line.pipes[1 - side].read;
        let lost = line.pipes.iter().any(|pipe| pipe.arrived < pipe.bytes.len());
        let within = line.pipes.iter().any(|pipe| {
            pipe.arrived < pipe.bytes.len()
                && pipe.arrived > 0
                && pipe.ends.iter().all(|(end, _)| *end != pipe.arrived)
        });
        for (situation, happened) in [
            (tally::BROKE_UNDER_WAY, first && lost),
            (tally::BROKE_WITHIN, first && within),
            (tally::BROKE_UNREAD, unread > 0),
        ] {
            self.reached[situation] += u64::from(happened);
        }
        unread
    }

    /// One end writes: where the bytes begin.
    pub fn write(&mut self, connection: u32, side: usize, bytes: &[u8]) -> usize {
        let (done, had) = (self.done(), self.had);
        self.written[side] += bytes.len() as u64;
        let pipe = &mut self.line(connection).pipes[side];
        let from = pipe.bytes.len();
        pipe.begins.push((from, had));
        pipe.bytes.extend(bytes);
        let end = pipe.bytes.len();
        // What is said in several writes counts as said with the last of them.
        match pipe.ends.last_mut() {
            Some(last) if side == RECEIVER && last.1 == done => last.0 = end,
            _ => pipe.ends.push((end, done)),
        }
        from
    }

    /// An end has read on a connection. Where it is the sender: of how many messages it then knows that they are done.
    pub fn has_read(&mut self, connection: u32, side: usize) -> u64 {
        if side == RECEIVER {
            self.had = self.taken;
            return self.told;
        }
        let pipe = &self.connections[connection as usize - 1].pipes[RECEIVER];
        let told = pipe.ends.iter().filter(|(end, _)| *end <= pipe.read).map(|(_, done)| *done);
        let heard_of = pipe.begins.iter().filter(|(begin, _)| *begin < pipe.read).map(|(_, had)| *had);
        self.told = told.fold(self.told, u64::max);
        self.heard_of = heard_of.fold(self.heard_of, u64::max);
        self.told
    }

    /// How many messages are taken that the sender cannot know to be done. It may have been told of some too early.
    pub fn open(&self) -> u64 {
        self.taken.saturating_sub(self.done().max(self.heard_of))
    }

    /// By how many bytes an end has written more on a connection than there was to say.
    pub fn excess(&mut self, connection: u32, side: usize) -> usize {
        let taken = self.taken;
        let line = &self.connections[connection as usize - 1];
        let allowed = match side {
            RECEIVER => FRAME * (line.pipes[SENDER].reads + 1),
            _ => {
                let due = self.texts.iter().take(taken as usize).skip(line.stood as usize);
                FRAME + due.map(|text| text.len() + FRAME).sum::<usize>()
            }
        };
        line.pipes[side].bytes.len().saturating_sub(allowed)
    }

    /// Which message the byte at `place` of what the sender writes is about: the one that it is part of or that comes next.
    pub fn about(&self, connection: u32, bytes: &[u8], place: usize) -> MessageId {
        let mut from = 0;
        let stood = self.connections[connection as usize - 1].stood;
        for message in stood..self.taken {
            let text = &self.texts[message as usize];
            if text.is_empty() || bytes.len() < text.len() {
                continue;
            }
            let found = bytes[from..].windows(text.len()).position(|part| part == &text[..]);
            if let Some(found) = found {
                from += found + text.len();
                if from > place {
                    return MessageId(message + 1);
                }
            }
        }
        MessageId(self.taken.max(1))
    }
}
