// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a partitioned log and its group promise, and what they do not.

use std::collections::BTreeMap;

use proptest::prelude::*;
use queues::{Address, run};
use trace::{
    Checker, DeliveryChecker, Ending, LoadChecker, MessageId, NodeId, OrderChecker, OrderScope, PacketId,
    Trace, Verdict, What, check_all,
};

fn play(text: &str) -> Trace {
    let address: Address = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    run(&address).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn count(trace: &Trace, is: impl Fn(&What) -> bool) -> usize {
    trace.events.iter().filter(|event| is(&event.what)).count()
}

/// Every verdict about a run, by promise.
fn verdicts(trace: &Trace) -> BTreeMap<&'static str, Verdict> {
    let (mut delivery, mut load) = (DeliveryChecker::new(), LoadChecker::new());
    let (mut global, mut key) =
        (OrderChecker::new(OrderScope::Global), OrderChecker::new(OrderScope::PerKey));
    let findings = check_all(trace, &mut [&mut delivery, &mut load, &mut global, &mut key]);
    findings.into_iter().map(|finding| (finding.promise, finding.verdict)).collect()
}

fn done(trace: &Trace) -> trace::DeliveryCounts {
    let mut delivery = DeliveryChecker::new();
    trace.events.iter().for_each(|event| delivery.observe(event));
    delivery.counts()
}

/// The number of packets of a kind that were sent.
fn sent(trace: &Trace, kind: &str) -> usize {
    count(trace, |what| matches!(what, What::Sent { kind: sent, .. } if sent.as_str() == kind))
}

/// Within a generation of the group a message is handed out once at most, in the order of its partition, and offsets move
/// forward. A commit comes from the member that the message was handed to last, and is about that delivery: no other moves an
/// offset (fencing).
fn check_group(trace: &Trace) {
    let partitions: u64 = trace.header.parameters["partitions"].parse().expect("a number");
    let mut packets = BTreeMap::<PacketId, (NodeId, Option<MessageId>, u32)>::new();
    let (mut keys, mut ranks) = (BTreeMap::<MessageId, u64>::new(), BTreeMap::<MessageId, usize>::new());
    let mut reader = BTreeMap::<MessageId, (NodeId, u32)>::new();
    let (mut handed, mut acked) = (BTreeMap::<u64, usize>::new(), BTreeMap::<u64, usize>::new());
    let mut arrived = None;
    for event in &trace.events {
        let at = event.at;
        match &event.what {
            What::Offered { message, key, .. } => _ = keys.insert(*message, u64::from(*key)),
            What::Sent { packet, from, message, attempt, .. } => {
                packets.insert(*packet, (*from, *message, *attempt));
            }
            What::Duplicated { packet, copy } => _ = packets.insert(*copy, packets[packet]),
            What::Arrived { packet } => arrived = Some(packets[packet]),
            What::Stored { message, .. } => {
                let next = ranks.len();
                ranks.entry(*message).or_insert(next);
            }
            What::Handed { consumer, message, attempt, .. } => {
                let last = handed.insert(keys[message] % partitions, ranks[message]);
                assert!(last < Some(ranks[message]), "{message} is handed out behind its time, {at}");
                reader.insert(*message, (*consumer, *attempt));
            }
            What::Acked { message, attempt, .. } => {
                let last = acked.insert(keys[message] % partitions, ranks[message]);
                assert!(last < Some(ranks[message]), "the offset goes back to {message}, {at}");
                let (from, named, of) = arrived.expect("a commit arrived");
                assert_eq!(reader[message], (from, *attempt), "{message} is committed by another, {at}");
                assert!(
                    named != Some(*message) || of == *attempt,
                    "{message}: a commit of attempt {of}, {at}"
                );
            }
            // A new generation begins where the commits end.
            What::Note { .. } => handed.clear(),
            // A restarted broker stores again what is on its disk, in the order in which it stands there.
            What::Crashed { node: NodeId(0), .. } => {
                acked.clear();
                ranks.clear();
            }
            _ => {}
        }
    }
}

const BASE: &str = "order/partitioned-log?seed=3";
const REBALANCE: &str = "delivery/log-rebalance?seed=3";

#[test]
fn without_faults_everything_is_done_once_and_in_order_per_key() {
    for more in [
        "",
        "&ack=first",
        "&ack=timer",
        "&ack=timer&commit-every=10ms",
        "&consumers=1",
        "&consumers=8&partitions=3",
        "&partitions=1",
        "&prefetch=1",
        "&prefetch=100&arrivals=backlog",
        "&producers=3&arrivals=closed-loop&burst=6",
        "&durability=flushed",
        "&lease=none",
        "&jitter=1&latency=50ms",
    ] {
        let trace = play(&format!("{BASE}{more}"));
        let counts = done(&trace);
        assert_eq!(trace.ending(), Some(Ending::Finished), "{more}");
        assert_eq!(
            (counts.offered, counts.confirmed, counts.done, counts.repeated, counts.redelivered),
            (60, 60, 60, 0, 0),
            "{more}"
        );
        let found = verdicts(&trace);
        assert_eq!(found["order-per-key"], Verdict::Held, "{more}");
        assert_eq!(found["littles-law"], Verdict::Held, "{more}");
        assert_eq!(count(&trace, |what| matches!(what, What::Acked { .. })), 60, "{more}");
    }
}

#[test]
fn a_member_that_dies_repeats_what_it_did_since_its_last_commit_or_loses_what_it_had_committed() {
    let crash = |ack: &str| play(&format!("{REBALANCE}&ack={ack}&faults=crash:consumer-1@2.5s"));
    let timer = crash("timer");
    assert!(done(&timer).repeated > 10, "{:?}", done(&timer));
    assert_eq!(verdicts(&timer)["no-loss"], Verdict::Held);
    let last = crash("last");
    assert!(done(&last).repeated <= 1, "only what was in work can be done again");
    assert_eq!(verdicts(&last)["no-loss"], Verdict::Held);
    let first = crash("first");
    assert!(verdicts(&first)["no-loss"].is_broken());
    assert_eq!(verdicts(&first)["at-most-once"], Verdict::Held);
    for trace in [timer, last, first] {
        assert_eq!(count(&trace, |what| matches!(what, What::Note { .. })), 2, "two generations");
        check_group(&trace);
    }
}

#[test]
fn a_member_that_joins_later_takes_over_without_repeating_anything() {
    let trace = play(&format!("{REBALANCE}&ack=last&faults=crash:consumer-2@1ms;restart:consumer-2@2s"));
    assert_eq!(done(&trace).repeated, 0, "who is asked to hand over finishes and commits first");
    let late = count(&trace, |what| matches!(what, What::Applied { node: NodeId(3), .. }));
    assert!(late > 5, "{late} by the one that came later");
    check_group(&trace);
}

#[test]
fn a_zombie_works_on_and_commits_nothing() {
    // Paused in the midst of its work, for longer than its lease: it does not know that the group went on.
    let trace = play(&format!("{REBALANCE}&ack=last&faults=pause:consumer-1@2.5s;resume:consumer-1@9s"));
    let Verdict::Broken { event, .. } = &verdicts(&trace)["at-most-once"] else {
        panic!("it took effect twice")
    };
    let zombie = &trace.events[*event];
    assert!(matches!(zombie.what, What::Applied { attempt: 1, .. }), "{zombie:?}");
    assert_eq!(verdicts(&trace)["no-loss"], Verdict::Held);
    check_group(&trace);
    let since = trace.events[*event..].iter();
    assert!(since.clone().any(|event| matches!(event.what, What::Note { .. })), "it joins again");
}

#[test]
fn a_member_behind_a_long_cut_is_missed_and_comes_back() {
    for (cut, heal) in
        [("consumer-1/queue", 4), ("consumer-1/queue", 40), ("consumer-1,consumer-2/queue", 60)]
    {
        let trace =
            play(&format!("{REBALANCE}&ack=last&messages=80&rate=2&faults=cut:{cut}@2.5s;heal@{heal}s"));
        assert_eq!(trace.ending(), Some(Ending::Finished));
        assert_eq!(verdicts(&trace)["no-loss"], Verdict::Held, "{cut}, {heal} s");
        check_group(&trace);
    }
}

#[test]
fn a_member_that_was_cut_off_while_it_waited_hears_of_it_when_the_cut_heals() {
    let quiet = "&consumers=1&ack=last&rate=2&messages=20&service=20ms&variation=0";
    for heal in [3, 9, 40] {
        let trace = play(&format!("{REBALANCE}{quiet}&faults=cut:consumer-1/queue@1.5s;heal@{heal}s"));
        assert_eq!(verdicts(&trace)["at-least-once"], Verdict::Held, "{heal} s");
        check_group(&trace);
    }
}

#[test]
fn order_is_kept_per_key_only_where_the_key_chooses_the_partition() {
    let by_key = verdicts(&play(BASE));
    assert!(by_key["order-global"].is_broken());
    assert_eq!(by_key["order-per-key"], Verdict::Held);
    let in_turn = verdicts(&play(&format!("{BASE}&keys=5&partitioner=round-robin&rate=200")));
    assert!(in_turn["order-per-key"].is_broken());
    let one = verdicts(&play(&format!("{BASE}&partitions=1&partitioner=round-robin")));
    assert_eq!(one["order-global"], Verdict::Held, "one partition is one order, and one member works");
}

#[test]
fn a_record_whose_work_fails_holds_up_its_partition_and_nothing_overtakes_it() {
    let trace = play(&format!("{BASE}&failures=0.3"));
    assert!(count(&trace, |what| matches!(what, What::Finished { .. })) > 70);
    assert_eq!(verdicts(&trace)["order-per-key"], Verdict::Held);
    assert_eq!((done(&trace).done, done(&trace).repeated), (60, 0));
}

#[test]
fn a_message_that_is_published_again_is_stored_once() {
    let trace =
        play(&format!("{BASE}&faults=drop:queue/producer-1/confirm/5;duplicate:producer-1/queue/publish/9"));
    assert_eq!(sent(&trace, "publish"), 61);
    assert_eq!(count(&trace, |what| matches!(what, What::Stored { .. })), 60);
    assert_eq!(done(&trace).confirmed, 60);
}

#[test]
fn what_a_crash_of_the_broker_takes_depends_on_when_it_confirms() {
    let lost = |durability: &str, fault: &str| {
        let trace = play(&format!(
            "{BASE}&arrivals=backlog&service=300ms&durability={durability}&faults={fault}:queue@1s;restart:queue@1.2s"
        ));
        check_group(&trace);
        verdicts(&trace)["no-loss"].is_broken()
    };
    assert!(lost("memory", "crash"));
    assert!(!lost("written", "crash"), "the page cache outlives the process");
    assert!(lost("written", "crash-machine"));
    assert!(!lost("flushed", "crash-machine"));
}

/// What may go wrong, each once, and all mended in the end.
fn faults() -> impl Strategy<Value = String> {
    let moment = 100u32..4_000;
    let span = 1u32..3_000;
    let fault = (0usize..7, 1u32..4, moment, span).prop_map(|(what, who, at, span)| {
        let (consumer, until) = (format!("consumer-{who}"), at + span);
        match what {
            0 | 1 => format!("crash:{consumer}@{at}ms;restart:{consumer}@{until}ms"),
            2 => format!("crash-machine:{consumer}@{at}ms;restart:{consumer}@{until}ms"),
            3 => format!("pause:{consumer}@{at}ms;resume:{consumer}@{until}ms"),
            4 => format!("cut:queue/{consumer}@{at}ms;heal:queue/{consumer}@{until}ms"),
            5 => format!("cut-one-way:queue/{consumer}@{at}ms;heal:queue/{consumer}@{until}ms"),
            _ => format!("crash-machine:queue@{at}ms;restart:queue@{until}ms"),
        }
    });
    prop::collection::vec(fault, 0..4).prop_map(|faults| {
        let end = "restart:queue@10s;restart:consumer-1@10s;restart:consumer-2@10s;restart:consumer-3@10s;\
                   resume:consumer-1@10s;resume:consumer-2@10s;resume:consumer-3@10s;heal@10s";
        faults.into_iter().chain([end.to_owned()]).collect::<Vec<_>>().join(";")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn with_commits_after_the_work_what_is_confirmed_is_done(
        seed: u64, faults in faults(), ack in prop::sample::select(vec!["last", "timer"]),
        lease in prop::sample::select(vec!["700ms", "2s", "30s"]), loss in prop::sample::select(vec!["0", "0.05"]),
        prefetch in 1u32..6, concurrency in 1u32..3,
    ) {
        let trace = play(&format!(
            "order/partitioned-log?seed={seed}&ack={ack}&commit-every=700ms&lease={lease}&loss={loss}\
             &duplication={loss}&jitter=1&variation=0.5&durability=flushed&prefetch={prefetch}&concurrency={concurrency}&faults={faults}"
        ));
        prop_assert_eq!(trace.ending(), Some(Ending::Finished));
        let found = verdicts(&trace);
        prop_assert_eq!(&found["no-loss"], &Verdict::Held);
        prop_assert_eq!(&found["littles-law"], &Verdict::Held);
        check_group(&trace);
    }

    #[test]
    fn with_commits_before_the_work_nothing_is_done_twice(
        seed: u64, faults in faults(), lease in prop::sample::select(vec!["300ms", "1s", "none"]), prefetch in 1u32..6,
    ) {
        let trace = play(&format!(
            "order/partitioned-log?seed={seed}&ack=first&lease={lease}&loss=0.05&duplication=0.05&jitter=1\
             &durability=flushed&prefetch={prefetch}&faults={faults}"
        ));
        prop_assert_eq!(trace.ending(), Some(Ending::Finished));
        prop_assert_eq!(&verdicts(&trace)["at-most-once"], &Verdict::Held);
        check_group(&trace);
    }

    #[test]
    fn without_faults_each_key_keeps_its_order(
        seed: u64, partitions in 1u32..9, consumers in 1u32..9, prefetch in 1u32..20, jitter in 0u32..3,
    ) {
        let trace = play(&format!(
            "order/partitioned-log?seed={seed}&partitions={partitions}&consumers={consumers}&prefetch={prefetch}\
             &jitter={jitter}&keys=7&producers=2&rate=60&variation=2&lease=60s"
        ));
        prop_assert_eq!(&verdicts(&trace)["order-per-key"], &Verdict::Held);
        prop_assert_eq!((done(&trace).done, done(&trace).repeated), (60, 0));
        check_group(&trace);
    }
}
