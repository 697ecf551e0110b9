// SPDX-License-Identifier: MIT OR Apache-2.0
//! One end: the socket under it, which is the same for both, and the learner's code.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use queues::{Letter, Record, Wire};
use sim::{Context, Sink};
use trace::{MessageId, NodeId, Refusal, Time, What};

use super::lines::{Outside, RECEIVER, SENDER};
use super::socket::Due;
use super::{Answer, Build, Effect, End, Out, Socket, notes, tally};
use crate::host::{Exercise, Host};
use crate::spot::Call;

/// What a write takes: short, but long enough for a crash to come between an effect and the answer.
const WRITE: Time = Time::millis(2);
/// What was not taken is offered again after so long.
const OFFER_AGAIN: Time = Time::millis(20);
/// The stream that says how much a read gets.
const READS: u8 = 1;
const FLUSHED: u64 = 0;

/// How a run cuts up the stream: into pieces of at most so many bytes; as it was written, where that is 0.
#[derive(Clone, Copy)]
pub(super) struct Pieces {
    pub segment: u64,
    pub reads: u64,
}

/// What a run offers: so many messages, one each span, with so many unacknowledged at most.
#[derive(Clone, Copy)]
pub(super) struct Offers {
    pub messages: u64,
    pub each: Time,
    pub window: usize,
}

pub(super) enum Input {
    Offer,
    Connected(u32),
    Read(u32),
    Disconnected(u32),
}

pub(super) struct Socketed {
    pub(super) side: usize,
    pub(super) peer: NodeId,
    pub(super) build: Build,
    pub(super) offers: Offers,
    pub(super) pieces: Pieces,
    pub(super) outside: Rc<RefCell<Outside>>,
    /// The connection that there is, and the one that the learner's code knows of.
    pub(super) open: Option<u32>,
    pub(super) known: Option<u32>,
    /// The one that was dialled last and is not there yet.
    pub(super) dialled: Option<u32>,
    /// How long each piece is that arrived and was not read.
    pub(super) arrived: VecDeque<usize>,
    /// Messages that were not taken yet.
    pub(super) waiting: u64,
    /// What takes its time.
    pub(super) at: Option<(Option<u32>, Effect)>,
    pub(super) due: Vec<Due>,
}

impl Socketed {
    pub fn new(
        side: usize,
        peer: NodeId,
        build: Build,
        offers: Offers,
        pieces: Pieces,
        outside: Rc<RefCell<Outside>>,
    ) -> Socketed {
        let (open, known, dialled, at) = (None, None, None, None);
        let (arrived, waiting, due) = (VecDeque::new(), 0, Vec::new());
        Socketed {
            side,
            peer,
            build,
            offers,
            pieces,
            outside,
            open,
            known,
            dialled,
            arrived,
            waiting,
            at,
            due,
        }
    }

    /// Some of what has arrived goes to the learner's code.
    fn read<S: Sink>(&mut self, connection: u32, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        if self.open != Some(connection) {
            return;
        }
        let mut outside = self.outside.borrow_mut();
        let pipe = &mut outside.line(connection).pipes[1 - self.side];
        let waits = pipe.arrived - pipe.read;
        let first = self.arrived.front().copied().unwrap_or(0);
        let length = match self.pieces.reads {
            0 => first,
            most => waits.min(1 + context.stream(READS).below(most) as usize),
        };
        if length == 0 {
            return;
        }
        let bytes = pipe.bytes[pipe.read..pipe.read + length].to_vec();
        pipe.read += length;
        pipe.reads += 1;
        if length < waits && self.pieces.reads > 0 {
            host.inbox.push_back(Input::Read(connection));
        }
        outside.reached[tally::SPLIT_READS] += u64::from(length < first);
        outside.reached[tally::JOINED_READS] += u64::from(length > first);
        outside.reached[tally::SINGLE_BYTES] += u64::from(length == 1 && waits > 1);
        let before = outside.told;
        let told = outside.has_read(connection, self.side);
        drop(outside);
        self.consume(length);
        if self.pieces.reads > 0 || self.pieces.segment > 0 {
            Socketed::note(context, notes::reads(length, waits));
        }
        let producer = context.me();
        for message in before..told {
            context.record(|| What::Confirmed { producer, message: MessageId(message + 1) });
        }
        let says = ["sender.bytes({} of them)", "receiver.bytes({} of them)"][self.side];
        self.call(Call { says, input: [length as u64, 0] }, host, context, |end| match end {
            End::Sender(sender) => on_socket(|socket| sender.bytes(&bytes, socket)),
            End::Receiver(receiver) => on_out(|out| receiver.bytes(&bytes, out)),
        });
    }

    /// Pieces that were read, or parts of them.
    fn consume(&mut self, mut length: usize) {
        while let Some(first) = self.arrived.front_mut() {
            if *first > length {
                *first -= length;
                return;
            }
            length -= *first;
            self.arrived.pop_front();
        }
    }

    /// Calls the learner's code. What it writes goes to the connection that it knows of, which may be broken by then.
    fn call<S: Sink>(
        &mut self,
        call: Call,
        host: &mut Host<Self>,
        context: &mut Context<'_, Wire, S>,
        act: impl FnOnce(&mut End) -> Vec<Effect>,
    ) {
        let known = self.known;
        host.call(call, context, |end| act(end).into_iter().map(|effect| (known, effect)).collect());
    }

    /// One more message is there to be sent.
    pub(super) fn message<S: Sink>(&mut self, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        let number = self.outside.borrow().taken + self.waiting + 1;
        let (producer, message, seq) = (context.me(), MessageId(number), number - 1);
        context.record(|| What::Offered { producer, message, seq, key: 0 });
        self.waiting += 1;
        if self.waiting == 1 {
            host.inbox.push_back(Input::Offer);
        }
        if number < self.offers.messages {
            self.set(self.offers.each, Due::Message, context);
        }
    }

    fn offer<S: Sink>(&mut self, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        let (number, text, full) = {
            let outside = self.outside.borrow();
            let full = outside.taken - outside.told.min(outside.taken) >= self.offers.window as u64;
            (outside.taken, outside.texts[outside.taken as usize].clone(), full)
        };
        self.outside.borrow_mut().reached[tally::OFFERED_WHEN_FULL] += u64::from(full);
        self.outside.borrow_mut().reached[tally::OFFERED_WHEN_AWAY] += u64::from(self.open.is_none());
        let call =
            Call { says: "sender.offer(message {}, {} bytes)", input: [number + 1, text.len() as u64] };
        self.call(call, host, context, |end| match end {
            End::Sender(sender) => {
                let mut socket = Socket::new();
                let answer = sender.offer(&text, &mut socket);
                [Effect::Answer(answer)].into_iter().chain(socket.effects).collect()
            }
            End::Receiver(_) => Vec::new(),
        });
    }

    fn answered<S: Sink>(
        &mut self,
        answer: Answer,
        host: &mut Host<Self>,
        context: &mut Context<'_, Wire, S>,
    ) {
        let (node, message) = (context.me(), MessageId(self.outside.borrow().taken + 1));
        match answer {
            Answer::Taken => {
                self.outside.borrow_mut().taken += 1;
                self.waiting -= 1;
                context.record(|| What::Stored { node, message });
                let open = self.outside.borrow().open();
                if open > self.offers.window as u64 {
                    let text = format!("{}now {open} are not known to be done", notes::TAKES_TOO_MANY);
                    Socketed::note(context, text);
                }
                if self.waiting > 0 {
                    host.inbox.push_back(Input::Offer);
                }
            }
            Answer::Full => {
                context.record(|| What::Refused { node, message, why: Refusal::Full });
                self.set(OFFER_AGAIN, Due::Offer, context);
            }
        }
    }

    /// An effect is durable, and the number with it.
    fn applied<S: Sink>(&mut self, text: &[u8], next: u64, context: &mut Context<'_, Wire, S>) {
        let mut outside = self.outside.borrow_mut();
        (outside.kept, outside.applying, outside.unanswered) = (next, false, true);
        let Some(message) = self.is_of(&outside, text) else {
            let text = notes::no_message(&outside.texts, text);
            return Socketed::note(context, text);
        };
        outside.reached[tally::LONG_MESSAGES] += u64::from(text.len() > 255);
        outside.reached[tally::EMPTY_MESSAGES] += u64::from(text.is_empty());
        outside.done.insert(message);
        let (node, attempt) = (context.me(), 1);
        context.record(|| What::Applied { node, message, attempt });
        context.record(|| What::Finished { node, message, attempt });
    }

    /// Which message says this, of those that were taken.
    fn is_of(&self, outside: &Outside, text: &[u8]) -> Option<MessageId> {
        let mut taken = outside.texts.iter().take(outside.taken as usize);
        taken.position(|known| known == text).map(|place| MessageId(place as u64 + 1))
    }
}

fn on_socket(act: impl FnOnce(&mut Socket)) -> Vec<Effect> {
    let mut socket = Socket::new();
    act(&mut socket);
    socket.effects
}

fn on_out(act: impl FnOnce(&mut Out)) -> Vec<Effect> {
    let mut out = Out::new();
    act(&mut out);
    out.effects
}

impl Exercise for Socketed {
    type Answer = End;
    type Input = Input;
    /// With the connection that the learner's code knew of.
    type Effect = (Option<u32>, Effect);

    fn start<S: Sink>(&mut self, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        let (build, window) = (self.build, self.offers.window);
        if self.side == SENDER {
            if host.begin(context, || Box::new(End::Sender((build.sender)(window)))) {
                self.dial(context);
                self.set(self.offers.each, Due::Message, context);
            }
            return;
        }
        let (kept, had) = {
            let mut outside = self.outside.borrow_mut();
            let (applying, unanswered) = (outside.applying, outside.unanswered);
            (outside.applying, outside.unanswered) = (false, false);
            outside.reached[tally::CRASHED_IN_EFFECT] += u64::from(applying);
            outside.reached[tally::CRASHED_UNANSWERED] += u64::from(unanswered);
            let had = (1..).zip(&outside.connections).filter(|(_, line)| line.accepted);
            (
                outside.kept,
                had.map(|(connection, line)| (connection, line.open[RECEIVER])).collect::<Vec<_>>(),
            )
        };
        // Connections that earlier processes had: who is at the other end may believe in one still.
        for (connection, open) in had {
            if open {
                self.outside.borrow_mut().close(connection, RECEIVER);
            }
            self.reset(connection, context);
        }
        host.begin(context, || Box::new(End::Receiver((build.receiver)(kept))));
    }

    fn receive<S: Sink>(
        &mut self,
        _: NodeId,
        packet: Wire,
        host: &mut Host<Self>,
        context: &mut Context<'_, Wire, S>,
    ) {
        if let Wire::Stream(packet) = packet {
            self.hear(packet, host, context);
        }
    }

    fn timer<S: Sink>(&mut self, token: u64, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        self.falls_due(token, host, context);
    }

    fn handle<S: Sink>(&mut self, input: Input, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        let place = |connection: u32| [u64::from(connection), 0];
        match input {
            Input::Offer => self.offer(host, context),
            Input::Read(connection) => self.read(connection, host, context),
            Input::Connected(connection) => {
                self.known = Some(connection);
                if self.side == RECEIVER {
                    let mut outside = self.outside.borrow_mut();
                    outside.line(connection).stood = outside.done();
                    outside.unanswered = false;
                }
                let says = ["sender.connected() of connection {}", "receiver.connected() of connection {}"];
                let call = Call { says: says[self.side], input: place(connection) };
                self.call(call, host, context, |end| match end {
                    End::Sender(sender) => on_socket(|socket| sender.connected(socket)),
                    End::Receiver(receiver) => on_out(|out| receiver.connected(out)),
                });
            }
            Input::Disconnected(connection) => {
                self.known = None;
                let says =
                    ["sender.disconnected() of connection {}", "receiver.disconnected() of connection {}"];
                let call = Call { says: says[self.side], input: place(connection) };
                self.call(call, host, context, |end| {
                    match end {
                        End::Sender(sender) => sender.disconnected(),
                        End::Receiver(receiver) => receiver.disconnected(),
                    }
                    Vec::new()
                });
            }
        }
    }

    fn perform<S: Sink>(
        &mut self,
        effect: (Option<u32>, Effect),
        host: &mut Host<Self>,
        context: &mut Context<'_, Wire, S>,
    ) {
        match effect.1 {
            Effect::Answer(answer) => return self.answered(answer, host, context),
            Effect::Write(ref bytes) if bytes.is_empty() => return,
            Effect::Write(_) => host.wait_for(WRITE, context),
            Effect::Apply { ref message, .. } => {
                let node = context.me();
                let found = self.is_of(&self.outside.borrow(), message);
                if let Some(message) = found {
                    context.record(|| What::Started { node, message, attempt: 1 });
                    let letter = Letter { message, producer: self.peer, seq: message.0 - 1, key: 0 };
                    context.disk().write(message.0, Record::of(letter));
                }
                self.outside.borrow_mut().applying = true;
                context.flush(FLUSHED);
                host.wait();
            }
        }
        self.at = Some(effect);
    }

    fn waited<S: Sink>(&mut self, _: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        // What goes to a broken connection goes nowhere.
        if let Some((Some(connection), Effect::Write(bytes))) = self.at.take()
            && self.open == Some(connection)
        {
            self.write(connection, &bytes, context);
        }
    }

    fn flushed<S: Sink>(&mut self, host: &mut Host<Self>, context: &mut Context<'_, Wire, S>) {
        if let Some((_, Effect::Apply { message, next })) = self.at.take() {
            host.go_on();
            self.applied(&message, next, context);
        }
    }
}
