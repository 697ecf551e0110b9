// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every fault of the script language, and every change in mid-run, against what each mechanism promises.

use std::collections::BTreeMap;

use proptest::prelude::*;
use queues::{Address, parameters, run};
use trace::{Checker, DeliveryChecker, Ending, Refusal, Trace, What};

fn play(text: &str) -> Trace {
    let address: Address = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    run(&address).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn delivery(trace: &Trace) -> DeliveryChecker {
    let mut checker = DeliveryChecker::new();
    trace.events.iter().for_each(|event| checker.observe(event));
    checker
}

/// What may go wrong with nodes and links. Whatever begins is over after ten seconds.
fn fault(durable: bool) -> impl Strategy<Value = String> {
    (0usize..12, 1u32..3, 1u32..4_000, 1u32..3_000).prop_map(move |(what, who, at, span)| {
        let (consumer, until) = (format!("consumer-{who}"), at + span);
        match what {
            0 => format!("crash:{consumer}@{at}ms;restart:{consumer}@{until}ms"),
            1 => format!("crash-machine:{consumer}@{at}ms;restart:{consumer}@{until}ms"),
            2 => format!("pause:{consumer}@{at}ms;resume:{consumer}@{until}ms"),
            3 => format!("pause:queue@{at}ms;resume:queue@{until}ms"),
            4 => format!("cut:queue/{consumer}@{at}ms;heal:queue/{consumer}@{until}ms"),
            5 => format!("cut-one-way:queue/{consumer}@{at}ms;heal:queue/{consumer}@{until}ms"),
            6 => format!("cut-one-way:{consumer}/queue@{at}ms;heal:queue/{consumer}@{until}ms"),
            7 => format!("cut:queue/producer-1@{at}ms;heal:queue/producer-1@{until}ms"),
            8 => format!("slow:{consumer}/7@{at}ms;slow:{consumer}/1@{until}ms"),
            9 => format!("skew:queue/-2s@{at}ms;skew:{consumer}/3s@{until}ms;lose-disk:{consumer}@{at}ms"),
            10 if durable => format!("crash-machine:queue@{at}ms;restart:queue@{until}ms"),
            _ => format!("crash:queue@{at}ms;restart:queue@{until}ms"),
        }
    })
}

/// What may happen to single packets between queue and consumers, and on the way of the confirms.
fn packet() -> impl Strategy<Value = String> {
    const KINDS: [(bool, &str); 14] = [
        (true, "deliver"),
        (true, "removed"),
        (true, "not-held"),
        (true, "subscribed"),
        (true, "assigned"),
        (true, "revoke"),
        (true, "parked"),
        (true, "committed"),
        (false, "ack"),
        (false, "nack"),
        (false, "subscribe"),
        (false, "fetch"),
        (false, "commit"),
        (false, "ack"),
    ];
    (0usize..14, 1u32..3, 1u32..30, 1u32..3_000, 0usize..3).prop_map(|(kind, who, nth, span, what)| {
        let (down, kind) = KINDS[kind];
        let link = if down { format!("queue/consumer-{who}") } else { format!("consumer-{who}/queue") };
        match what {
            0 => format!("drop:{link}/{kind}/{nth}"),
            1 => format!("duplicate:{link}/{kind}/{nth}"),
            _ => format!("delay:{link}/{kind}/{nth}/{span}ms"),
        }
    })
}

const MENDED: &str = "restart:queue@10s;restart:consumer-1@10s;restart:consumer-2@10s;resume:queue@10s;\
                      resume:consumer-1@10s;resume:consumer-2@10s;heal@10s";

fn script(durable: bool) -> impl Strategy<Value = String> {
    (prop::collection::vec(fault(durable), 0..4), prop::collection::vec(packet(), 0..5)).prop_map(
        |(faults, packets)| {
            faults.into_iter().chain(packets).chain([MENDED.to_owned()]).collect::<Vec<_>>().join(";")
        },
    )
}

fn of<T: Clone + std::fmt::Debug + 'static>(values: &[T]) -> impl Strategy<Value = T> + use<T> {
    prop::sample::select(values.to_vec())
}

/// Scenarios' own address, for two consumers that are busy most of the time.
fn base(queue: &str, seed: u64) -> String {
    format!(
        "order/concurrent-consumers?seed={seed}&queue={queue}&consumers=2&messages=40&rate=14&partitions=3&keys=5&jitter=1"
    )
}

/// A live change of something that takes nothing away.
fn change() -> impl Strategy<Value = String> {
    let changes = [
        "ack=last",
        "ack=timer",
        "lease=300ms",
        "lease=2s",
        "requeue=tail",
        "requeue=head",
        "disconnect=wait",
        "disconnect=requeue",
        "delay=300ms",
        "delay=0ms",
        "rate=80",
        "rate=2",
        "service=20ms",
        "service=300ms",
        "variation=0",
        "shape=log-normal",
        "ack-after=40ms",
        "ack-after=0ms",
        "commit-every=50ms",
        "commit-every=3s",
        "failures=0.3",
        "failures=0",
        "confirm-timeout=300ms",
        "burst=3",
        "bound=none",
        "bound=5",
        "overflow=block",
        "overflow=refuse",
    ];
    (of(&changes), 1u32..5_000).prop_map(|(change, at)| format!("set:{change}@{at}ms"))
}

fn changes() -> impl Strategy<Value = String> {
    prop::collection::vec(change(), 0..5)
        .prop_map(|all| all.into_iter().map(|change| change + ";").collect::<String>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Acked after the work, confirmed when durable, sent until confirmed: nothing is lost, whatever happens.
    #[test]
    fn at_least_once_holds_under_every_fault_and_change(
        seed: u64, queue in of(&["competing", "log"]), ack in of(&["last", "timer"]), loss in of(&["0", "0.05"]),
        durable: bool, prefetch in 1u32..6, concurrency in 1u32..3, faults in script(true), process_faults in script(false), changes in changes(),
    ) {
        let (durability, faults) = if durable { ("flushed", faults) } else { ("written", process_faults) };
        let text = format!(
            "{}&ack={ack}&commit-every=400ms&lease=3s&loss={loss}&duplication={loss}&durability={durability}&tries=1000\
             &prefetch={prefetch}&concurrency={concurrency}&faults={changes}set:lease=30s@12s;{faults}", base(queue, seed)
        );
        let trace = play(&text);
        prop_assert_eq!(trace.ending(), Some(Ending::Finished), "{}", text);
        let seen = delivery(&trace);
        prop_assert_eq!(seen.lost(), 0, "{}", text);
        prop_assert_eq!((seen.counts().offered, seen.counts().confirmed), (40, 40), "{}", text);
        prop_assert_eq!(seen.counts().done, 40, "{}", text);
    }

    /// Worked on only behind a removal that is confirmed, sent once: never twice, whatever happens.
    #[test]
    fn at_most_once_holds_under_every_fault(
        seed: u64, queue in of(&["competing", "log"]), loss in of(&["0", "0.05"]), lease in of(&["300ms", "3s", "none"]),
        durable: bool, prefetch in 1u32..6, concurrency in 1u32..3, faults in script(true), process_faults in script(false),
    ) {
        let (durability, faults) = if durable { ("flushed", faults) } else { ("written", process_faults) };
        let text = format!(
            "{}&ack=confirmed&lease={lease}&loss={loss}&durability={durability}&confirm-timeout=none\
             &prefetch={prefetch}&concurrency={concurrency}&faults={faults}", base(queue, seed)
        );
        let trace = play(&text);
        prop_assert_eq!(trace.ending(), Some(Ending::Finished), "{}", text);
        prop_assert_eq!(delivery(&trace).counts().repeated, 0, "{}", text);
    }

    /// When consumers ack may change at any moment: nothing is lost, stuck or done twice for that.
    #[test]
    fn a_change_of_the_ack_alone_does_no_harm(
        seed: u64, queue in of(&["competing", "log"]), first in of(&["last", "timer", "first", "confirmed"]),
        lease in of(&["none", "60s"]), prefetch in 1u32..6, concurrency in 1u32..3, after in of(&["0ms", "30ms"]),
        then in prop::collection::vec((of(&["last", "timer", "first", "confirmed"]), 1u32..4_000), 1..4),
    ) {
        let faults: Vec<String> = then.iter().map(|(ack, at)| format!("set:ack={ack}@{at}ms")).collect();
        let text = format!(
            "{}&ack={first}&ack-after={after}&commit-every=300ms&lease={lease}&prefetch={prefetch}&concurrency={concurrency}&faults={}",
            base(queue, seed), faults.join(";")
        );
        let trace = play(&text);
        let counts = delivery(&trace).counts();
        prop_assert_eq!(trace.ending(), Some(Ending::Finished), "{}", text);
        prop_assert_eq!((counts.done, counts.repeated, counts.confirmed), (40, 0, 40), "{}", text);
        let acked = trace.events.iter().filter(|event| matches!(event.what, What::Acked { .. })).count();
        prop_assert_eq!(acked, 40, "{}", text);
    }

    /// A producer with a timeout hears a confirm or gives up, and what is confirmed by whoever did the work is done.
    #[test]
    fn every_message_is_confirmed_or_given_up(
        seed: u64, queue in of(&["competing", "log", "none"]), loss in of(&["0", "0.2"]), tries in 1u32..5,
        timeout in of(&["20ms", "200ms", "2s"]), bound in of(&["1", "5", "none"]), prefetch in 1u32..4,
        overflow in of(&["refuse", "block", "drop-oldest", "drop-newest"]), faults in script(true),
        arrivals in of(&["poisson", "closed-loop", "backlog"]),
    ) {
        // Where there is no queue, nothing happens to one.
        let faults: Vec<&str> = faults.split(';').filter(|entry| queue != "none" || !entry.contains("queue")).collect();
        let text = format!(
            "{}&loss={loss}&duplication={loss}&tries={tries}&confirm-timeout={timeout}&bound={bound}&overflow={overflow}\
             &arrivals={arrivals}&prefetch={prefetch}&failures={loss}&durability=flushed&faults={}",
            base(queue, seed), faults.join(";")
        );
        let trace = play(&text);
        prop_assert_eq!(trace.ending(), Some(Ending::Finished), "{}", text);
        let settled = trace.events.iter().filter(|event| {
            matches!(event.what, What::Confirmed { .. } | What::Refused { why: Refusal::GaveUp, .. })
        });
        prop_assert_eq!(settled.count(), 40, "{}", text);
        let counts = delivery(&trace).counts();
        prop_assert_eq!(counts.offered, 40, "{}", text);
        prop_assert!(queue != "none" || counts.confirmed <= counts.done, "{}", text);
    }
}

proptest! {
    // Some of these go on for an hour of their own.
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// Whatever an address says, its run ends, and twice the same.
    #[test]
    fn every_run_ends_and_is_the_same_again(
        seed: u64, chosen in prop::collection::vec((0usize..parameters().len(), any::<prop::sample::Index>()), 0..12),
        faults in prop::sample::select(vec!["", "crash:consumer-1@1s", "pause:consumer-1@1s;resume:consumer-1@9s", "cut:consumer-1/producer-1@1s;heal@4s",
            "fork:3@1s", "lose-disk:producer-1@1s;crash:producer-1@1s;restart:producer-1@2s"]),
    ) {
        let mut values = BTreeMap::new();
        for (place, stop) in chosen {
            let stops = parameters()[place].kind.stops();
            values.insert(parameters()[place].name, stops[stop.index(stops.len())].to_string());
        }
        values.insert("messages", "25".to_owned());
        let chosen: String = values.iter().map(|(name, value)| format!("&{name}={value}")).collect();
        // Accounts have no consumer, and no link from one to a producer.
        let accounts = values.get("queue").is_some_and(|queue| queue == "accounts");
        let faults = if accounts { faults.replace("consumer-1/producer-1", "right/left").replace("consumer-1", "right") } else { faults.to_owned() };
        let text = format!("order/concurrent-consumers?seed={seed}{chosen}&faults={faults}");
        let trace = play(&text);
        prop_assert_eq!(play(&text).hash(), trace.hash(), "{}", text);
        // With a lease that is over before the work is, or when most work fails, messages go round until a bound ends it.
        let value = |name: &str| values.get(name).map(String::as_str);
        if value("lease") == Some("none") && !matches!(value("failures"), Some("0.5" | "1")) {
            prop_assert_eq!(trace.ending(), Some(Ending::Finished), "{}", text);
        } else {
            prop_assert!(trace.ending().is_some(), "{}", text);
        }
    }
}

/// A removal is durable before anybody works on its strength: else a machine that crashes hands the message out again.
#[test]
fn a_confirmed_removal_outlives_the_machine() {
    for at in [60, 64, 68, 72, 90, 150, 250] {
        let trace = play(&format!(
            "delivery/one-message?ack=confirmed&latency=5ms&durability=flushed&flush=10ms&confirm-timeout=none\
             &faults=crash-machine:queue@{at}ms;restart:queue@400ms"
        ));
        assert!(delivery(&trace).counts().done <= 1 && delivery(&trace).counts().repeated == 0, "{at} ms");
    }
    let calm = play("delivery/one-message?ack=confirmed&durability=flushed&flush=10ms");
    assert_eq!(delivery(&calm).counts().done, 1);
}

/// A second answer to a removal does not serve a copy of its delivery, whichever comes late.
#[test]
fn the_answer_to_one_removal_serves_one_effect() {
    let copies: String = (1..30)
        .map(|n| format!(";duplicate:queue/consumer-1/deliver/{n};duplicate:queue/consumer-1/removed/{n}"))
        .collect();
    for seed in 1..40 {
        let trace = play(&format!(
            "delivery/one-message?seed={seed}&messages=30&ack=confirmed&confirm-timeout=none&jitter=2&latency=40ms&service=5ms&lease=60s&faults={}",
            &copies[1..]
        ));
        let counts = delivery(&trace).counts();
        assert_eq!((counts.done, counts.repeated), (30, 0), "seed {seed}");
    }
}

#[test]
fn who_is_told_no_and_has_no_timeout_goes_on() {
    let trace = play(
        "spike/queue?queue=none&arrivals=closed-loop&burst=20&confirm-timeout=none&tries=10&messages=200&seed=3",
    );
    let settled = trace.events.iter().filter(|event| {
        matches!(event.what, What::Confirmed { .. } | What::Refused { why: Refusal::GaveUp, .. })
    });
    assert_eq!(settled.count(), 200);
}

#[test]
fn who_hands_over_waits_for_its_own_acks() {
    for seed in 1..30 {
        let trace = play(&format!(
            "delivery/log-rebalance?seed={seed}&ack=last&ack-after=150ms&faults=crash:consumer-2@1ms;restart:consumer-2@2s"
        ));
        assert_eq!(delivery(&trace).counts().repeated, 0, "seed {seed}");
    }
}

#[test]
fn acks_by_the_timer_come_before_the_lease_is_over() {
    for queue in ["competing", "log"] {
        let trace = play(&format!("order/concurrent-consumers?ack=timer&queue={queue}&commit-every=20s"));
        let counts = delivery(&trace).counts();
        assert_eq!(
            (trace.ending(), counts.done, counts.repeated),
            (Some(Ending::Finished), 60, 0),
            "{queue}"
        );
    }
}

/// What is to be seen later is to be seen when the queue's own clock says so, which counts once it had to note the moment down.
#[test]
fn a_queue_that_restarts_shows_what_was_delayed_by_its_own_clock() {
    let shown = |skew: &str| {
        let trace = play(&format!(
            "delivery/one-message?delay=3s&faults=crash:queue@1s;skew:queue/{skew}@1.1s;restart:queue@1.2s"
        ));
        trace
            .events
            .iter()
            .find(|event| matches!(event.what, What::Handed { .. }))
            .expect("it is handed out")
            .at
    };
    assert!(shown("2s") < shown("0s") && shown("0s") < shown("-2s"));
}

/// What a screen offers does something, and what does nothing is not offered.
#[test]
fn every_parameter_does_something_where_it_applies() {
    let faults = "crash:consumer-1@2s;restart:consumer-1@2.3s;pause:consumer-1@4s;resume:consumer-1@5s";
    let cut = "cut:consumer-1,producer-1";
    let alone = format!("{faults};{cut}/queue@5.2s;heal@5.8s;crash-machine:queue@6s;restart:queue@6.2s");
    let parted = format!(
        "{faults};{cut},queue-1/queue-2,queue-3@2.1s;heal@4.5s;crash-machine:queue-1@6s;restart:queue-1@6.2s;crash:queue-1@6.4s;\
         crash:queue-2@6.5s;restart:queue-2@8s;restart:queue-1@9s"
    );
    for (queue, faults) in [
        ("competing", &alone),
        ("log", &alone),
        ("none", &format!("{faults};cut:producer-1/consumer-1@5.2s;heal@5.8s")),
        ("competing&replication=mirrors", &parted),
        ("competing&replication=quorum", &format!("{parted};cut:queue-3/queue-1,queue-2@0.8s;heal@1.8s")),
        ("log&replication=in-sync", &format!("{parted};crash:queue-1@3.5s;restart:queue-1@5.2s")),
    ] {
        // Enough goes on in one of these for each parameter to matter.
        let bases = [
            "&failures=0.1&loss=0.02&bound=12&prefetch=4&effects=async&durability=flushed&flush=20ms&spike=90&rate=14",
            "&arrivals=bursts&ack=timer&commit-every=200ms&lease=400ms&bound=6&overflow=block&prefetch=3&rate=14",
            "&rate=14&bound=3&confirm-timeout=60ms&tries=2",
            "&rate=60&lease=150ms&requeue=tail&delivery-limit=2&failures=0.3",
            "&rate=14&durability=written&writeback=100ms&prefetch=8&silence=300ms&lag=300ms&operator=500ms&min-insync=2",
        ];
        let base: Address =
            format!("order/concurrent-consumers?queue={queue}").parse().expect("it is well formed");
        let plan = queues::plan_of(&base).expect("it is valid");
        for parameter in parameters().iter().filter(|known| !["queue", "replication"].contains(&known.name)) {
            // Faults name brokers, which there have to be.
            let faults = if parameter.name == "replicas" { "" } else { faults };
            let differs = bases.iter().any(|more| {
                let address = |value: &str| {
                    let text = format!(
                        "order/concurrent-consumers?seed=5&queue={queue}&consumers=3&messages=120&keys=5{more}&faults={faults}"
                    );
                    let address: Address = text.parse().expect("it is well formed");
                    run(&address.with(parameter.name, value)).expect("it runs").events
                };
                let stops = parameter.kind.stops();
                // Clusters take their time.
                let most = if queue.contains('&') { 3 } else { 8 };
                let some = stops.iter().step_by(1 + stops.len() / (most + 1)).chain(stops.last());
                let events: Vec<_> = some.map(|stop| address(&stop.to_string())).collect();
                events.windows(2).any(|pair| pair[0] != pair[1])
            });
            let name = parameter.name;
            assert_eq!(differs, parameter.applies(&plan), "`{name}` with queue={queue}");
        }
    }
}
