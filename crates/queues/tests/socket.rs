// SPDX-License-Identifier: MIT OR Apache-2.0
//! Without a queue: a connection, an answer after the work, and a sender that keeps what has none.

use proptest::prelude::*;
use queues::{Address, run};
use trace::{Checker, DeliveryChecker, Ending, MessageId, OrderChecker, OrderScope, Trace, What};

fn play(text: &str) -> Trace {
    let address: Address = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    run(&address).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn delivery(trace: &Trace) -> DeliveryChecker {
    let mut checker = DeliveryChecker::new();
    trace.events.iter().for_each(|event| checker.observe(event));
    checker
}

fn started(trace: &Trace) -> Vec<MessageId> {
    let of = |what: &What| if let What::Started { message, .. } = what { Some(*message) } else { None };
    trace.events.iter().filter_map(|event| of(&event.what)).collect()
}

#[test]
fn a_message_alone_takes_two_packets() {
    let trace = play("socket/one-message?seed=1");
    let sent = trace.events.iter().filter(|event| matches!(event.what, What::Sent { .. })).count();
    assert_eq!((sent, delivery(&trace).counts().done), (2, 1));
}

#[test]
fn what_comes_meanwhile_waits_in_the_receive_buffer_in_order_and_the_rest_is_turned_away() {
    let all = play("socket/stream?seed=1&rate=40");
    assert_eq!(started(&all), (1..=60).map(MessageId).collect::<Vec<_>>());
    // Ten messages in its buffer, one in work.
    let some = play("socket/stream?seed=1&arrivals=backlog&receive-buffer=10&tries=1");
    let counts = delivery(&some).counts();
    assert_eq!((counts.done, counts.refused), (11, 49));
}

/// A producer that runs again does not write to a socket that nobody listens at: what it sends then is sent once.
#[test]
fn who_runs_again_connects_first() {
    let trace = play(
        "socket/stream?seed=1&faults=crash:consumer-1@2800ms;crash:producer-1@8s;restart:producer-1@9s;\
         restart:consumer-1@12800ms",
    );
    let checker = delivery(&trace);
    assert_eq!(checker.counts().repeated, 0);
    // What waited in the producer's memory is gone: 20 of 5.2 s at four a second, what was in hand, and what came as it died.
    assert_eq!(checker.lost_messages().count(), 22);
}

proptest! {
    /// As long as the sender lives nothing is lost, whenever the receiver dies and however often; and between two
    /// connections nothing is overtaken.
    #[test]
    fn nothing_is_lost_while_the_sender_lives(
        seed in 1_u64..1_000,
        faults in prop::collection::vec((0_u32..12_000, 1_u32..9_000), 0..4),
    ) {
        let mut script = Vec::new();
        let mut at = 0;
        for (gap, span) in faults {
            script.push(format!("crash:consumer-1@{}ms;restart:consumer-1@{}ms", at + gap, at + gap + span));
            at += gap + span + 1;
        }
        let script = if script.is_empty() { String::new() } else { format!("&faults={}", script.join(";")) };
        let trace = play(&format!("socket/stream?seed={seed}&variation=1{script}"));
        let checker = delivery(&trace);
        prop_assert_eq!(trace.ending(), Some(Ending::Finished));
        prop_assert_eq!((checker.counts().done, checker.lost_messages().count()), (60, 0));
        prop_assert_eq!(checker.counts().confirmed, 60);
        let mut order = OrderChecker::new(OrderScope::Global);
        trace.events.iter().for_each(|event| order.observe(event));
        prop_assert_eq!(order.counts().overtaken_by_now().0, 0);
    }
}
