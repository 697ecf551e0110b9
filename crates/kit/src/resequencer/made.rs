// SPDX-License-Identifier: MIT OR Apache-2.0
//! Traces written by hand, for the tests of those who read them.

use std::collections::BTreeMap;

use trace::{
    Ending, Event, FORMAT_VERSION, Header, MessageId, NodeId, NodeInfo, PacketId, PacketKind, Role, Time,
    Trace, What,
};

const QUEUE: NodeId = NodeId(0);
const PRODUCER: NodeId = NodeId(1);
const PROCESS: NodeId = NodeId(2);

/// A trace in the making: messages of one or two keys, one thing after the other, a millisecond apart.
pub(super) struct Made {
    events: Vec<Event>,
    faults: String,
    now: u64,
    packets: u64,
}

impl Made {
    /// With these messages offered and stored: each is a key and a place.
    pub fn of(messages: &[(u32, u64)]) -> Made {
        let mut made = Made { events: Vec::new(), faults: String::new(), now: 0, packets: 0 };
        for (message, (key, seq)) in (1..).map(MessageId).zip(messages) {
            made.add(What::Offered { producer: PRODUCER, message, seq: *seq, key: *key });
            made.add(What::Stored { node: QUEUE, message });
        }
        made
    }

    pub fn with_faults(mut self, faults: &str) -> Made {
        self.faults = faults.to_owned();
        self
    }

    pub fn add(&mut self, what: What) -> &mut Made {
        self.events.push(Event { at: Time::millis(self.now), what });
        self
    }

    /// From now on it is a millisecond later.
    pub fn tick(&mut self) -> &mut Made {
        self.now += 1;
        self
    }

    /// A call begins.
    pub fn given(&mut self, message: u64, attempt: u32) -> &mut Made {
        let message = MessageId(message);
        self.tick().add(What::Handed { node: QUEUE, consumer: PROCESS, message, attempt, lease_until: None });
        self.add(What::Started { node: PROCESS, message, attempt })
    }

    /// The call lets go of it.
    pub fn let_go(&mut self, message: u64, attempt: u32) -> &mut Made {
        self.add(What::Finished { node: PROCESS, message: MessageId(message), attempt })
    }

    pub fn emitted(&mut self, message: u64) -> &mut Made {
        self.tick().add(What::Applied { node: PROCESS, message: MessageId(message), attempt: 1 })
    }

    pub fn acks(&mut self, message: u64) -> &mut Made {
        self.sent("ack", PROCESS, QUEUE, message, 1);
        self.add(What::Acked { node: QUEUE, message: MessageId(message), attempt: 1 })
    }

    pub fn gives_back(&mut self, message: u64) -> &mut Made {
        self.sent("nack", PROCESS, QUEUE, message, 1)
    }

    pub fn told_gone(&mut self, message: u64) -> &mut Made {
        let text = super::ledger::told_gone(MessageId(message));
        self.tick().add(What::Note { node: Some(PROCESS), text })
    }

    pub fn dead(&mut self, message: u64) -> &mut Made {
        self.add(What::DeadLettered { node: QUEUE, message: MessageId(message), attempts: 0 })
    }

    pub fn crash(&mut self) -> &mut Made {
        self.tick().add(What::Crashed { node: PROCESS, machine: false })
    }

    /// A packet; `deliver` goes from the queue to the process.
    pub fn sent(
        &mut self,
        kind: &'static str,
        from: NodeId,
        to: NodeId,
        message: u64,
        nth: u32,
    ) -> &mut Made {
        self.packets += 1;
        let (packet, kind) = (PacketId(self.packets), PacketKind::new(kind));
        self.add(What::Sent { packet, from, to, kind, nth, message: Some(MessageId(message)), attempt: 1 })
    }

    pub fn delivery(&mut self, message: u64, nth: u32) -> &mut Made {
        self.sent("deliver", QUEUE, PROCESS, message, nth)
    }

    /// The network copies the last packet.
    pub fn copied(&mut self) -> &mut Made {
        self.packets += 1;
        let (packet, copy) = (PacketId(self.packets - 1), PacketId(self.packets));
        self.add(What::Duplicated { packet, copy })
    }

    pub fn end(&mut self) -> Trace {
        self.tick().add(What::Ended { how: Ending::Finished });
        let node = |name: &str, role| NodeInfo { name: name.to_owned(), role };
        let header = Header {
            inflight_trace: FORMAT_VERSION,
            tool: "by hand".to_owned(),
            scenario: "exam/resequencer".to_owned(),
            seed: 1,
            parameters: BTreeMap::new(),
            faults: self.faults.clone(),
            nodes: vec![
                node("queue", Role::Queue),
                node("producer-1", Role::Producer),
                node("resequencer", Role::Consumer),
            ],
        };
        Trace { header, events: self.events.clone() }
    }
}
