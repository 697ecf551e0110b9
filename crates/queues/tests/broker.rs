// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the broker, its producers and its consumers promise, and what they do not.

use queues::{Address, run};
use trace::{
    Checker, DeliveryChecker, Ending, Event, MessageId, NodeId, Refusal, Time, Trace, Verdict, What,
};

fn play(text: &str) -> Trace {
    let address: Address = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    run(&address).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn delivery(trace: &Trace) -> DeliveryChecker {
    let mut checker = DeliveryChecker::new();
    trace.events.iter().for_each(|event| checker.observe(event));
    checker
}

fn verdict(trace: &Trace, promise: &str) -> Verdict {
    let found = delivery(trace).findings().into_iter().find(|finding| finding.promise == promise);
    found.expect("the checker watches this promise").verdict
}

fn count(trace: &Trace, is: impl Fn(&What) -> bool) -> usize {
    trace.events.iter().filter(|event| is(&event.what)).count()
}

fn first(trace: &Trace, is: impl Fn(&What) -> bool) -> &Event {
    trace.events.iter().find(|event| is(&event.what)).expect("it happens")
}

const BASE: &str = "order/concurrent-consumers?seed=3&messages=40";

#[test]
fn without_faults_everything_is_done_once() {
    for more in [
        "",
        "&ack=first",
        "&ack=confirmed",
        "&ack=timer&commit-every=200ms&prefetch=20",
        "&effects=async",
        "&arrivals=bursts",
        "&arrivals=closed-loop&burst=4",
        "&producers=3",
        "&arrivals=steady",
        "&arrivals=backlog",
        "&concurrency=3&prefetch=8",
        "&delay=200ms",
        "&durability=flushed",
    ] {
        let trace = play(&format!("{BASE}{more}"));
        let counts = delivery(&trace).counts();
        assert_eq!(trace.ending(), Some(Ending::Finished), "{more}");
        assert_eq!(
            (counts.offered, counts.confirmed, counts.done, counts.repeated),
            (40, 40, 40, 0),
            "{more}"
        );
    }
}

#[test]
fn ack_first_loses_what_a_dying_consumer_holds_and_ack_last_repeats_nothing_undone() {
    let crash = "&service=1s&variation=0&rate=10&faults=crash:consumer-1@1.5s;restart:consumer-1@3s";
    let first = play(&format!("{BASE}&ack=first{crash}"));
    assert!(verdict(&first, "at-least-once").is_broken());
    assert_eq!(verdict(&first, "at-most-once"), Verdict::Held);
    let last = play(&format!("{BASE}&ack=last{crash}"));
    assert_eq!(verdict(&last, "at-least-once"), Verdict::Held);
}

#[test]
fn an_ack_that_is_lost_after_the_effect_repeats_it() {
    let trace = play(&format!("{BASE}&lease=500ms&service=50ms&faults=drop:consumer-1/queue/ack/2"));
    let Verdict::Broken { sentence, event, .. } = verdict(&trace, "at-most-once") else {
        panic!("it took effect twice")
    };
    assert!(sentence.ends_with("took effect twice: attempts 1 and 2"), "{sentence}");
    assert!(matches!(trace.events[event].what, What::Applied { attempt: 2, .. }));
    assert_eq!(verdict(&trace, "at-least-once"), Verdict::Held);
}

#[test]
fn a_lease_that_is_shorter_than_the_work_repeats_it() {
    let trace = play(
        "order/concurrent-consumers?seed=3&messages=10&service=1s&variation=0&lease=300ms&delivery-limit=3",
    );
    assert!(count(&trace, |what| matches!(what, What::LeaseExpired { .. })) > 0);
    assert!(delivery(&trace).counts().repeated > 0 || delivery(&trace).counts().dead_lettered > 0);
}

#[test]
fn failed_work_comes_back_until_the_delivery_limit() {
    let trace = play(&format!("{BASE}&failures=1&delivery-limit=3"));
    assert_eq!(count(&trace, |what| matches!(what, What::DeadLettered { attempts: 3, .. })), 40);
    assert_eq!(count(&trace, |what| matches!(what, What::Nacked { .. })), 120);
    assert_eq!(delivery(&trace).counts().done, 0);
    assert_eq!(verdict(&trace, "no-loss"), Verdict::Held, "a message in the dead-letter queue is not lost");
}

#[test]
fn a_nacked_message_goes_where_the_plan_says() {
    let nack_one = |place: &str| {
        let trace = play(&format!("{BASE}&arrivals=backlog&failures=0.1&requeue={place}"));
        let What::Requeued { ahead, .. } = first(&trace, |what| matches!(what, What::Requeued { .. })).what
        else {
            unreachable!()
        };
        ahead
    };
    assert_eq!(nack_one("head"), 0);
    assert!(nack_one("tail") > 0);
}

#[test]
fn a_full_queue_does_what_the_plan_says() {
    let flood = |overflow: &str, more: &str| {
        play(&format!(
            "{BASE}&arrivals=backlog&bound=10&tries=1&confirm-timeout=60s&overflow={overflow}{more}"
        ))
    };
    let refused = |trace: &Trace, reason: Refusal| {
        count(trace, |what| matches!(what, What::Refused { why, .. } if *why == reason))
    };
    let refuse = flood("refuse", "");
    assert_eq!(refused(&refuse, Refusal::Full), 30);
    assert_eq!(verdict(&refuse, "at-least-once"), Verdict::Held, "every producer was told");
    let oldest = flood("drop-oldest", "");
    assert!(refused(&oldest, Refusal::DroppedOldest) > 0);
    assert!(verdict(&oldest, "no-loss").is_broken(), "what was confirmed and dropped is lost");
    let newest = flood("drop-newest", "");
    assert_eq!(refused(&newest, Refusal::DroppedNewest), 30);
    let block = flood("block", "");
    assert_eq!(delivery(&block).counts().done, 40, "everybody waits, nobody is refused");
}

#[test]
fn a_queue_never_holds_more_than_its_bound() {
    for overflow in ["refuse", "drop-oldest", "drop-newest", "block"] {
        let trace = play(
            &format!("{BASE}&arrivals=bursts&burst=20&rate=200&bound=7&overflow={overflow}&seed=9")
                .replacen("seed=3&", "", 1),
        );
        let mut held: i64 = 0;
        for event in &trace.events {
            held += match event.what {
                What::Stored { .. } => 1,
                What::Acked { .. } | What::DeadLettered { .. } => -1,
                What::Refused { why: Refusal::DroppedOldest, .. } => -1,
                _ => 0,
            };
            assert!(
                held <= 7 || overflow == "drop-oldest" && held <= 8,
                "{overflow}: {held} at {}",
                event.at
            );
        }
    }
}

#[test]
fn a_delayed_message_is_invisible_until_its_delay_is_over() {
    let trace = play(&format!("{BASE}&delay=700ms"));
    let stored = first(&trace, |what| matches!(what, What::Stored { message: MessageId(1), .. })).at;
    let handed = first(&trace, |what| matches!(what, What::Handed { message: MessageId(1), .. })).at;
    assert_eq!(handed.since(stored), Time::millis(700));
}

#[test]
fn what_a_crash_of_the_broker_takes_depends_on_when_it_confirms() {
    let lost = |durability: &str, fault: &str| {
        let trace = play(&format!(
            "order/concurrent-consumers?seed=3&messages=40&arrivals=backlog&service=500ms&durability={durability}\
             &faults={fault}:queue@1s;restart:queue@1.2s"
        ));
        verdict(&trace, "no-loss").is_broken()
    };
    assert!(lost("memory", "crash"));
    assert!(!lost("written", "crash"), "the page cache outlives the process");
    assert!(!lost("flushed", "crash-machine"));
    let trace = play(
        "order/concurrent-consumers?seed=3&messages=40&arrivals=backlog&durability=written\
         &faults=crash-machine:queue@50ms;restart:queue@1s",
    );
    assert!(verdict(&trace, "no-loss").is_broken(), "written is not flushed");
}

#[test]
fn a_consumer_is_never_handed_more_than_its_prefetch() {
    let trace = play(&format!("{BASE}&prefetch=5&arrivals=backlog&failures=0.2&jitter=1&lease=1s"));
    let mut held = std::collections::BTreeMap::<(MessageId, u32), NodeId>::new();
    for event in &trace.events {
        match event.what {
            What::Handed { consumer, message, attempt, .. } => {
                held.insert((message, attempt), consumer);
                let by_this = held.values().filter(|holder| **holder == consumer).count();
                assert!(by_this <= 5, "{by_this} at {}", event.at);
            }
            What::Acked { message, attempt, .. }
            | What::Nacked { message, attempt, .. }
            | What::LeaseExpired { message, attempt, .. } => {
                held.remove(&(message, attempt));
            }
            _ => {}
        }
    }
}

#[test]
fn under_loss_duplication_crashes_and_cuts_what_is_confirmed_is_done() {
    let mut crashes = 0;
    for seed in 1..=60 {
        let trace = play(&format!(
            "order/concurrent-consumers?seed={seed}&messages=60&loss=0.05&duplication=0.05&jitter=1&durability=flushed\
             &lease=1s&effects=async&faults=crash:consumer-1@0.7s;restart:consumer-1@1s;cut:queue/consumer-2@1s;\
             heal@2s;crash-machine:queue@1.3s;restart:queue@1.6s;pause:consumer-3@2s;resume:consumer-3@4s"
        ));
        crashes += count(&trace, |what| matches!(what, What::Crashed { .. }));
        assert_eq!(trace.ending(), Some(Ending::Finished), "seed {seed}");
        // An asynchronous consumer acks before the effect landed: that one may be lost, and only that.
        let lost = delivery(&trace).lost();
        assert!(lost <= 6, "seed {seed}: {lost} lost");
        let sync = play(&format!(
            "order/concurrent-consumers?seed={seed}&messages=60&loss=0.05&duplication=0.05&jitter=1\
            &durability=flushed&lease=1s&faults=crash:consumer-1@0.7s;restart:consumer-1@1s;cut:queue/consumer-2@1s;\
            heal@2s;crash-machine:queue@1.3s;restart:queue@1.6s"
        ));
        assert_eq!(verdict(&sync, "no-loss"), Verdict::Held, "seed {seed}");
    }
    assert_eq!(crashes, 120);
}

#[test]
fn errors_say_what_where_and_what_would_be_valid() {
    let error = |text: &str| {
        let address: Result<Address, _> = text.parse();
        match address {
            Err(error) => error.to_string(),
            Ok(address) => run(&address).expect_err(text).to_string(),
        }
    };
    let found: Vec<String> = [
        "",
        "order/two?seed=1",
        "order/concurrent-consumers?seed=x",
        "order/concurrent-consumers?seed=1&consumers=0",
        "order/concurrent-consumers?seed=1&consumer=3",
        "order/concurrent-consumers?seed=1&consumers=3&consumers=4",
        "order/concurrent-consumers?seed=1&faults=explode:queue@1s",
        "order/concurrent-consumers?seed=1&faults=crash:consumer-9@1s",
        "order/concurrent-consumers?seed=1&faults=crash:queue",
        "order/concurrent-consumers?seed=1&faults=crash:queue@1s;drop:queue/consumer-1/deliver",
        "order/concurrent-consumers?seed=1&faults=set:consumers=4@1s",
        "order/concurrent-consumers?seed=1&faults=set:rate=fast@1s",
        "order/concurrent-consumers?seed=1&at=now",
    ]
    .map(|text| format!("{text}\n  {}\n", error(text)))
    .into();
    let found = found.join("\n");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/address-errors.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &found).expect("the golden file can be written");
    }
    let golden = std::fs::read_to_string(path).expect("the golden file is there");
    assert_eq!(found, golden, "if the new text is right: UPDATE_GOLDEN=1 cargo test -p queues");
}

/// The packets of a kind that were sent, by message.
fn sent(trace: &Trace, kind: &str) -> usize {
    count(trace, |what| matches!(what, What::Sent { kind: sent, .. } if sent.as_str() == kind))
}

#[test]
fn a_disk_that_is_lost_during_flushes_confirms_nothing_that_it_took() {
    let trace = play(&format!(
        "{BASE}&rate=2000&durability=flushed&flush=20ms&faults=lose-disk:queue@70ms;crash:queue@3s;restart:queue@3.1s"
    ));
    // What was confirmed before the crash and not done by then must have been on the disk.
    assert_eq!(verdict(&trace, "no-loss"), Verdict::Held);
}

#[test]
fn a_closed_loop_goes_on_without_a_confirm_timeout() {
    let trace = play(&format!("{BASE}&arrivals=closed-loop&burst=4&confirm-timeout=none"));
    assert_eq!(delivery(&trace).counts().offered, 40);
    assert_eq!(delivery(&trace).counts().confirmed, 40, "a confirm is noted also where nobody waits for it");
}

#[test]
fn an_effect_that_takes_long_lands_once() {
    let trace = play(&format!("{BASE}&effects=async&effect-latency=2s"));
    assert_eq!(verdict(&trace, "at-most-once"), Verdict::Held);
    assert_eq!(delivery(&trace).counts().done, 40);
}

#[test]
fn a_restarted_broker_keeps_the_order_in_which_it_stored() {
    let crash = "&consumers=1&variation=0&producers=4&rate=50&durability=written&confirm-timeout=5s";
    let trace = play(&format!("{BASE}{crash}&faults=crash:queue@600ms;restart:queue@800ms"));
    let stored = |events: &[Event]| -> Vec<MessageId> {
        let events = events.iter();
        events
            .filter_map(|e| if let What::Stored { message, .. } = e.what { Some(message) } else { None })
            .collect()
    };
    let restart =
        trace.events.iter().position(|e| matches!(e.what, What::Restarted { .. })).expect("it restarts");
    let before = stored(&trace.events[..restart]);
    let again: Vec<MessageId> =
        stored(&trace.events[restart..]).into_iter().take_while(|m| before.contains(m)).collect();
    let kept: Vec<MessageId> =
        before.iter().copied().filter(|m| again.contains(m)).take(again.len()).collect();
    assert!(again.len() > 2);
    assert_eq!(again, kept);
}

#[test]
fn a_message_that_was_delayed_stays_so_over_a_crash() {
    let trace =
        play(&format!("{BASE}&delay=10s&durability=written&faults=crash:queue@2s;restart:queue@2.1s"));
    let handed =
        trace.events.iter().find(|event| matches!(event.what, What::Handed { .. })).expect("in the end");
    assert!(handed.at >= Time::secs(10), "{}", handed.at);
}

#[test]
fn more_room_lets_in_what_waits_in_order() {
    let trace = play(&format!(
        "{BASE}&arrivals=backlog&bound=2&overflow=block&confirm-timeout=60s&faults=set:bound=100@1s"
    ));
    let stored: Vec<(Time, u64)> = trace
        .events
        .iter()
        .filter_map(
            |e| if let What::Stored { message, .. } = e.what { Some((e.at, message.0)) } else { None },
        )
        .collect();
    assert_eq!(stored.iter().filter(|(at, _)| *at > Time::secs(1)).count(), 0, "all are let in at once");
    assert!(stored.is_sorted_by_key(|(_, message)| *message));
}

#[test]
fn less_room_drops_the_oldest_at_once() {
    let trace =
        play(&format!("{BASE}&arrivals=backlog&bound=100&overflow=drop-oldest&faults=set:bound=5@500ms"));
    let dropped = count(&trace, |what| matches!(what, What::Refused { why: Refusal::DroppedOldest, .. }));
    assert!(dropped > 20, "{dropped}");
}

#[test]
fn a_consumer_behind_a_long_cut_is_served_when_it_heals() {
    for faults in [
        "cut:queue/consumer-1@0s;heal@15s",
        "cut:queue/consumer-1@1s;crash:consumer-1@1.2s;restart:consumer-1@1.4s;heal@40s",
    ] {
        let trace = play(&format!("{BASE}&consumers=1&faults={faults}"));
        assert_eq!(delivery(&trace).counts().done, 40, "{faults}");
    }
}

#[test]
fn a_subscription_of_a_dead_process_is_given_up() {
    let trace = play(&format!("{BASE}&consumers=2&lease=none&faults=crash:consumer-1@2ms"));
    assert_eq!(delivery(&trace).counts().done, 40);
}

#[test]
fn a_producer_whose_machine_crashed_offers_nothing_twice() {
    let trace = play(&format!("{BASE}&faults=crash-machine:producer-1@1s;restart:producer-1@1.2s"));
    assert_eq!(count(&trace, |what| matches!(what, What::Offered { .. })), 40);
    assert!(sent(&trace, "publish") >= 39);
}

#[test]
fn producers_that_send_steadily_take_turns() {
    let trace = play(&format!("{BASE}&arrivals=steady&producers=4&rate=40"));
    let offered: Vec<Time> =
        trace.events.iter().filter(|e| matches!(e.what, What::Offered { .. })).map(|e| e.at).collect();
    assert!(offered.windows(2).all(|pair| pair[1] - pair[0] == Time::millis(25)), "{offered:?}");
}

#[test]
fn errors_point_at_what_was_typed() {
    for (text, position, part) in [
        ("order/concurrent-consumers?consumers=0", 28, "consumers=0"),
        (
            "order/concurrent-consumers?faults=set:rate=40@100ms;set:messages=3@1200ms&seed=3",
            53,
            "set:messages=3@1200ms",
        ),
        ("order/concurrent-consumers?faults=pause:nobody@1500ms", 35, "pause:nobody@1500ms"),
    ] {
        let address: Address = text.parse().expect("it is well formed");
        let error = run(&address).expect_err(text);
        assert_eq!((error.position, error.part.as_str()), (position, part), "{error}");
    }
}

/// An effect only behind a confirmed removal: never twice, whatever is lost or dies. An ack that is merely sent first promises
/// neither that nor the contrary. Producers send once here: what they send again is a second message to the broker.
#[test]
fn at_most_once_takes_a_confirmed_removal() {
    let faults = "crash:consumer-1@1s;restart:consumer-1@1.5s;crash:queue@2s;restart:queue@2.2s;cut:consumer-2/queue@2s;\
                  heal@3s";
    let sums = |ack: &str, confirms: &str| {
        let (mut lost, mut repeated) = (0, 0);
        for seed in 1..=60 {
            let more = format!("seed={seed}&ack={ack}&loss=0.1&confirm-timeout={confirms}&faults={faults}");
            let checker = delivery(&play(&format!("delivery/at-risk?{more}")));
            lost += checker.lost();
            repeated += checker.counts().repeated;
        }
        (lost, repeated)
    };
    let (lost, repeated) = sums("confirmed", "none");
    assert!(lost > 0 && repeated == 0, "lost {lost}, repeated {repeated}");
    let (lost, repeated) = sums("first", "none");
    assert!(lost > 0 && repeated > 0, "lost {lost}, repeated {repeated}");
    let (lost, repeated) = sums("last", "1s");
    assert!(lost == 0 && repeated > 0, "lost {lost}, repeated {repeated}");
}

/// Without a queue an answer is all that a caller has: what is turned away is not done, and a lost answer makes it call again.
#[test]
fn a_direct_call_is_done_answered_or_turned_away() {
    let trace = play("spike/direct?seed=1");
    let counts = delivery(&trace).counts();
    assert_eq!(counts.done + counts.refused, 400);
    assert_eq!((counts.confirmed, counts.repeated), (counts.done, 0));
    assert!(counts.refused > 50, "{counts:?}");
    assert_eq!(count(&trace, |what| matches!(what, What::Stored { .. } | What::Handed { .. })), 0);

    let lost = "delivery/direct-call?seed=1&faults=drop:consumer-1/producer-1/confirm/1";
    assert_eq!((delivery(&play(lost)).counts().done, delivery(&play(lost)).counts().repeated), (1, 1));
    let once = format!("{lost}&tries=1");
    assert_eq!((delivery(&play(&once)).counts().done, delivery(&play(&once)).counts().refused), (1, 1));
}
