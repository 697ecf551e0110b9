// SPDX-License-Identifier: MIT OR Apache-2.0
//! Each promise, once kept and once broken, in traces written by hand.

use std::collections::BTreeMap;

use trace::{
    Event, FORMAT_VERSION, Header, MessageId, NodeId, NodeInfo, PacketId, PacketKind, Role, Time, Trace,
    Verdict, What,
};

use super::super::ledger;
use super::{KEYS_FOR_LOAD, PROMISES, judge};

const ROUTER: NodeId = NodeId(0);
const PRODUCER: NodeId = NodeId(1);
const STORE: NodeId = NodeId(2);
/// Consumers 1, 2 and so on stand behind it.
const BEFORE_CONSUMERS: u16 = 2;
const CONSUMERS: u16 = 4;

/// A trace in the making: one thing after the other, a millisecond apart.
struct Made {
    events: Vec<Event>,
    packets: u64,
}

impl Made {
    /// Messages of these keys are offered, and the members of the first generation are these.
    fn of(keys: &[u32], members: &[u64]) -> Made {
        let mut made = Made { events: Vec::new(), packets: 0 };
        made.generation(1, members);
        for (message, (seq, key)) in (1..).map(MessageId).zip((0..).zip(keys)) {
            made.add(What::Offered { producer: PRODUCER, message, seq, key: *key });
        }
        made
    }

    /// Now.
    fn add(&mut self, what: What) -> &mut Made {
        let at = self.events.last().map_or(Time::ZERO, |event| event.at);
        self.events.push(Event { at, what });
        self
    }

    /// A millisecond later.
    fn then(&mut self, what: What) -> &mut Made {
        let at = self.events.last().map_or(Time::ZERO, |event| event.at) + Time::millis(1);
        self.events.push(Event { at, what });
        self
    }

    fn note(&mut self, text: String) -> &mut Made {
        self.then(What::Note { node: Some(ROUTER), text })
    }

    fn generation(&mut self, generation: u64, members: &[u64]) -> &mut Made {
        self.note(ledger::generation(generation, members))
    }

    fn given(&mut self, message: u64) -> &mut Made {
        self.then(What::Stored { node: ROUTER, message: MessageId(message) })
    }

    fn handed(&mut self, message: u64, consumer: u16, attempt: u32) -> &mut Made {
        let (consumer, message) = (NodeId(BEFORE_CONSUMERS + consumer), MessageId(message));
        self.add(What::Handed { node: ROUTER, consumer, message, attempt, lease_until: None })
    }

    fn applied(&mut self, message: u64, attempt: u32) -> &mut Made {
        self.then(What::Applied { node: STORE, message: MessageId(message), attempt })
    }

    /// The ack comes, and the message is done.
    fn acked(&mut self, message: u64, consumer: u16) -> &mut Made {
        self.packets += 1;
        let (packet, message) = (PacketId(self.packets), MessageId(message));
        let (from, kind) = (NodeId(BEFORE_CONSUMERS + consumer), PacketKind::new("ack"));
        let message = Some(message);
        self.then(What::Sent { packet, from, to: ROUTER, kind, nth: 1, message, attempt: 1 });
        self.then(What::Arrived { packet })
    }

    fn done(&mut self, message: u64) -> &mut Made {
        self.add(What::Acked { node: ROUTER, message: MessageId(message), attempt: 1 })
    }

    /// From the first hand-out to the end.
    fn goes_well(&mut self, message: u64, consumer: u16) -> &mut Made {
        self.given(message).handed(message, consumer, 1).applied(message, 1);
        self.acked(message, consumer).done(message)
    }

    fn end(&mut self) -> Trace {
        self.then(What::Ended { how: trace::Ending::Finished });
        let node = |name: String, role| NodeInfo { name, role };
        let mut nodes = vec![
            node("router".to_owned(), Role::Queue),
            node("producer-1".to_owned(), Role::Producer),
            node("store".to_owned(), Role::Store),
        ];
        nodes.extend((1..=CONSUMERS).map(|n| node(format!("consumer-{n}"), Role::Consumer)));
        let header = Header {
            inflight_trace: FORMAT_VERSION,
            tool: "by hand".to_owned(),
            scenario: "exam/partition-by-key".to_owned(),
            seed: 1,
            parameters: BTreeMap::new(),
            faults: String::new(),
            nodes,
        };
        Trace { header, events: self.events.clone() }
    }

    /// The promises that broke, in the order in which they are reported, and the sentence of the first.
    fn broken(&mut self) -> (Vec<&'static str>, String) {
        let trace = self.end();
        let (findings, _) = judge(&trace);
        let found = PROMISES.iter().filter_map(|promise| {
            let finding = findings.iter().find(|finding| finding.promise == promise.name);
            match &finding.expect("every promise is judged").verdict {
                Verdict::Broken { sentence, event, .. } => {
                    assert!(*event < trace.events.len());
                    Some((promise.name, sentence.clone()))
                }
                _ => None,
            }
        });
        let found: Vec<_> = found.collect();
        let first = found.first().map_or(String::new(), |(_, sentence)| sentence.clone());
        (found.iter().map(|(name, _)| *name).collect(), first)
    }
}

const NOTHING: [&str; 0] = [];

#[test]
fn what_is_right_breaks_nothing() {
    let mut made = Made::of(&[0, 1, 0], &[1, 2]);
    assert_eq!(made.goes_well(1, 1).goes_well(2, 2).goes_well(3, 1).broken().0, NOTHING);
}

#[test]
fn order_is_that_of_one_key() {
    let mut made = Made::of(&[0, 1, 0], &[1, 2]);
    made.given(1).handed(1, 1, 1).given(2).handed(2, 2, 1).given(3).handed(3, 1, 1);
    let (names, sentence) = made.applied(2, 1).applied(3, 1).applied(1, 1).broken();
    assert_eq!(names, ["order-per-key", "finishes"]);
    assert_eq!(sentence, "message 3 (key 0) takes effect before message 1");
}

#[test]
fn a_second_effect_is_one_too_many() {
    let mut made = Made::of(&[0], &[1]);
    assert_eq!(made.goes_well(1, 1).applied(1, 2).broken().0, ["at-most-once"]);
}

#[test]
fn done_is_what_took_effect_before() {
    let mut made = Made::of(&[0], &[1]);
    let (names, sentence) = made.given(1).handed(1, 1, 1).done(1).applied(1, 1).broken();
    assert_eq!(names, ["nothing-lost"]);
    assert_eq!(sentence, "message 1 (key 0) is done, and it has not taken effect");
}

#[test]
fn of_an_overtaken_message_and_a_lost_one_the_first_is_said() {
    let mut made = Made::of(&[0, 0], &[1]);
    made.given(1).handed(1, 1, 1).given(2).handed(2, 1, 1);
    let (names, _) = made.done(1).applied(2, 1).done(2).broken();
    assert_eq!(names, ["nothing-lost", "finishes"]);
}

#[test]
fn who_is_no_member_is_handed_nothing() {
    let mut made = Made::of(&[0], &[1]);
    made.goes_well(1, 1).note(ledger::no_member(MessageId(1), 3, 1));
    assert_eq!(made.broken().0, ["members-only"]);
}

#[test]
fn half_of_the_keys_is_too_much_for_one_of_five_and_not_for_one_of_four() {
    let keys: Vec<u32> = (0..KEYS_FOR_LOAD as u32).collect();
    let broken = |members: &[u64], keys: &[u32]| {
        let mut made = Made::of(keys, members);
        for message in 1..=keys.len() as u64 {
            made.goes_well(message, if message % 2 == 0 { 1 } else { 2 + message as u16 % 3 });
        }
        made.broken()
    };
    let (names, sentence) = broken(&[1, 2, 3, 4, 101], &keys);
    assert_eq!(names, ["load-shared"]);
    assert_eq!(sentence, "consumer-1 has 32 of 64 keys, and the generation has 5 members");
    assert_eq!(broken(&[1, 2, 3, 4], &keys).0, NOTHING);
    // Of fewer keys nobody has to share.
    assert_eq!(broken(&[1, 2, 3, 4, 101], &keys[1..]).0, NOTHING);
}

#[test]
fn nothing_is_kept_back_without_a_reason() {
    let kept = |made: &mut Made| made.goes_well(1, 1).given(2).broken().0;
    assert_eq!(kept(&mut Made::of(&[0, 0], &[1])), ["handed-at-once", "finishes"]);
    // Nobody is there.
    assert_eq!(Made::of(&[0], &[]).given(1).broken().0, ["finishes"]);
    // It is asked for a fence, until the answer.
    let mut made = Made::of(&[0], &[1]);
    made.note(ledger::fence_asked(0, 1)).given(1);
    assert_eq!(made.broken().0, ["finishes"]);
    let mut made = Made::of(&[0], &[1]);
    made.note(ledger::fence_asked(0, 1)).given(1).note(ledger::fenced(0, 1, MessageId(0)));
    assert_eq!(made.broken().0, ["handed-at-once", "finishes"]);
}

#[test]
fn a_key_in_other_hands_waits_for_them() {
    // The member of before still has the first message.
    let mut made = Made::of(&[0, 0], &[1]);
    made.given(1).handed(1, 1, 1).generation(2, &[1, 2]).given(2);
    assert_eq!(made.broken().0, ["finishes"]);
    // Until its ack comes.
    let mut made = Made::of(&[0, 0], &[1]);
    made.given(1).handed(1, 1, 1).generation(2, &[1, 2]).given(2).applied(1, 1).acked(1, 1).done(1);
    assert_eq!(made.broken().0, ["handed-at-once", "finishes"]);
    // In the same generation there is nothing to wait for.
    let mut made = Made::of(&[0, 0], &[1]);
    assert_eq!(made.given(1).handed(1, 1, 1).given(2).broken().0, ["handed-at-once", "finishes"]);
}
