// SPDX-License-Identifier: MIT OR Apache-2.0
//! A group of a replicated log outlives the broker that leads it: its members go on where they are.

use queues::run;
use trace::{Ending, Trace, What};

/// What the runs differ in: one partition or more, and when a consumer commits.
const SETTINGS: [&str; 4] =
    ["ack=last", "ack=last&partitions=5", "partitions=3&prefetch=2", "ack=first&partitions=2&prefetch=3"];

const THREE: &str = "&replicas=3&min-insync=2";

fn run_with(settings: &str, seed: u64, faults: &str) -> Trace {
    let address = format!("field/kafka?seed={seed}&{settings}&faults={faults}");
    run(&address.parse().unwrap_or_else(|why| panic!("{address}: {why}"))).unwrap()
}

/// How often each message took effect, in the order of their numbers.
fn effects(trace: &Trace) -> Vec<usize> {
    let applied =
        |message| move |what: &What| matches!(what, What::Applied { message: m, .. } if *m == message);
    let offered = trace.events.iter().filter_map(|event| match event.what {
        What::Offered { message, .. } => Some(message),
        _ => None,
    });
    offered.map(|message| trace.events.iter().filter(|event| applied(message)(&event.what)).count()).collect()
}

fn generations(trace: &Trace) -> usize {
    let shared = |what: &What| matches!(what, What::Note { text, .. } if text.contains("of the group"));
    trace.events.iter().filter(|event| shared(&event.what)).count()
}

#[test]
fn when_its_leader_dies_nobody_joins_again_and_nothing_is_read_again() {
    for (n, settings) in SETTINGS.iter().enumerate() {
        for seed in 1..=100 {
            let at = 2_000 + (seed * 7_919 + n as u64 * 37) % 40_000;
            let (queue, back) = (1 + seed % 3, at + 1 + (seed * 104_729) % 20_000);
            let faults = format!("crash:queue-{queue}@{at}ms;restart:queue-{queue}@{back}ms");
            let trace = run_with(&format!("{settings}{THREE}"), seed, &faults);
            let told = format!("{settings}, seed {seed}, {faults}");
            assert!(effects(&trace).iter().all(|times| *times == 1), "{told}: {:?}", effects(&trace));
            assert_eq!(generations(&trace), 1, "{told}");
        }
    }
}

#[test]
fn when_two_leaders_die_one_after_the_other_the_third_goes_on_with_the_group() {
    for settings in SETTINGS {
        for seed in 1..=50 {
            let faults = "crash:queue-1@8s;restart:queue-1@30s;crash:queue-2@40s;restart:queue-2@70s";
            let trace = run_with(&format!("{settings}{THREE}"), seed, faults);
            assert!(effects(&trace).iter().all(|times| *times == 1), "{settings}, seed {seed}");
            assert_eq!(generations(&trace), 1, "{settings}, seed {seed}");
        }
    }
}

#[test]
fn a_member_that_dies_with_the_leader_is_missed_by_the_next_one() {
    let faults = "crash-machine:consumer-1@8s;crash:queue-1@8s;restart:queue-1@30s";
    for seed in 1..=50 {
        let trace = run_with(&format!("{}{THREE}", SETTINGS[0]), seed, faults);
        assert!(effects(&trace).iter().all(|times| *times >= 1), "seed {seed}");
        assert_eq!(generations(&trace), 2, "seed {seed}");
    }
}

/// A fetch that was on its way before a leader came to lead, and is there before its member has said how far it is, is
/// answered to nobody; what it was answered must not be skipped.
#[test]
fn whoever_is_cut_off_and_when_nothing_is_skipped() {
    let alone = ["controller,consumer-1/queue-1,producer-1,consumer-2"];
    let three = [
        "controller,queue-1,consumer-1/queue-2,queue-3,producer-1,consumer-2",
        "controller,queue-2,queue-3/queue-1,producer-1,consumer-1,consumer-2",
        "queue-1,queue-2,queue-3,producer-1/controller,consumer-1,consumer-2",
        "consumer-1/queue-1,queue-2,queue-3",
    ];
    // Of those that commit after the work: who commits first loses what it was cut off with.
    for settings in &SETTINGS[..3] {
        for seed in 1..=80 {
            let sides = if seed % 2 == 0 { &alone[..] } else { &three[..] };
            let sides = sides[seed as usize / 2 % sides.len()];
            let replicas =
                if seed % 2 == 0 { "&replicas=1&min-insync=1" } else { "&replicas=3&min-insync=2" };
            let (at, span) = (5_000 + (seed * 7_919) % 40_000, 10_000 + (seed * 104_729) % 30_000);
            let faults = format!("cut:{sides}@{at}ms;heal@{}ms", at + span);
            let trace = run_with(&format!("{settings}{replicas}"), seed, &faults);
            let is_confirmed = |what: &What| matches!(what, What::Confirmed { .. });
            let confirmed = trace.events.iter().filter(|event| is_confirmed(&event.what)).count();
            let done = effects(&trace).iter().filter(|times| **times > 0).count();
            assert!(done >= confirmed, "{settings}, seed {seed}, {faults}: {done} of {confirmed}");
        }
    }
}

/// A connection that broke says that nobody is there: a producer asks those who are, and finds the next leader at once.
#[test]
fn producers_find_the_next_leader_and_do_not_wait_for_the_dead_one() {
    for seed in 1..=50 {
        let at = 5_000 + (seed * 7_919) % 20_000;
        let faults = format!("crash:queue-1@{at}ms;restart:queue-1@{}ms", at + 40_000);
        let quorum = "replication=quorum&durability=flushed&silence=5s&confirm-timeout=60s&tries=3&arrivals=steady&rate=4";
        let address = format!("field/rabbitmq?seed={seed}&messages=160&{quorum}&faults={faults}");
        let trace = run(&address.parse().unwrap()).unwrap();
        let mut confirms: Vec<u64> = trace
            .events
            .iter()
            .filter(|event| matches!(event.what, What::Confirmed { .. }))
            .map(|event| event.at.0 / 1_000_000)
            .collect();
        confirms.dedup();
        let pause = confirms.windows(2).map(|pair| pair[1] - pair[0]).max();
        assert!(pause < Some(5_000), "{address}: {pause:?} ms without a confirm");
    }
}

fn play(address: &str) -> Trace {
    run(&address.parse().unwrap_or_else(|why| panic!("{address}: {why}"))).unwrap()
}

fn sent(trace: &Trace, of: &str) -> usize {
    let is_sent = |what: &What| matches!(what, What::Sent { kind, .. } if kind.as_str() == of);
    trace.events.iter().filter(|event| is_sent(&event.what)).count()
}

/// Without heartbeats a leader goes by connections. Who looks for the next one tries others on the way, and one of them may
/// have come to lead meanwhile, or be the one that looks for its group still.
#[test]
fn whoever_looks_for_the_next_leader_is_not_taken_for_dead() {
    let quorum = "cluster/quorum?queue=log&heartbeat=none&service=2200ms&rate=4&dedup=3600s";
    let alone = "cluster/in-sync?replicas=2&min-insync=2&eligible=yes&heartbeat=none&lease=300s&dedup=3600s";
    for settings in [quorum, alone] {
        for seed in 1..=150 {
            let (at, span) = (3_000 + (seed * 7_919) % 40_000, 1_000 + (seed * 104_729) % 30_000);
            let faults = format!("crash:queue-1@{at}ms;restart:queue-1@{}ms", at + span);
            let address = format!("{settings}&tcp=sent-again&seed={seed}&faults={faults}");
            let trace = play(&address);
            assert!(effects(&trace).iter().all(|times| *times == 1), "{address}: {:?}", effects(&trace));
            assert_eq!(generations(&trace), 1, "{address}");
        }
    }
}

/// Whoever turns to the next broker before an answer can be there asks for ever.
#[test]
fn a_leader_that_is_far_away_is_found_and_told_of_every_partition() {
    let (far, crash) = ("tcp=sent-again&latency=300ms", "faults=crash:queue-1@30s;restart:queue-1@60s");
    for seed in 1..=20 {
        for address in [
            format!("cluster/in-sync?seed={seed}&{far}&heartbeat=none"),
            format!("cluster/in-sync?seed={seed}&{far}&partitions=5&dedup=3600s&{crash}"),
        ] {
            let trace = play(&address);
            assert_eq!(trace.ending(), Some(Ending::Finished), "{address}");
            assert!(effects(&trace).iter().all(|times| *times == 1), "{address}: {:?}", effects(&trace));
        }
    }
}

#[test]
fn a_majority_of_one_leads_again_when_it_is_back() {
    for seed in 1..=20 {
        let address = format!(
            "cluster/quorum?seed={seed}&queue=log&replicas=1&tcp=sent-again&faults=crash:queue-1@20s;restart:queue-1@30s"
        );
        let trace = play(&address);
        assert_eq!(trace.ending(), Some(Ending::Finished), "{address}");
        assert!(effects(&trace).iter().all(|times| *times == 1), "{address}: {:?}", effects(&trace));
    }
}

/// A commit is in the mirrors' logs, too: who leads next knows what is done with.
#[test]
fn mirrors_of_a_log_know_its_commits() {
    for ack in ["first", "last", "timer"] {
        let address = format!(
            "cluster/mirrors?queue=log&ack={ack}&lease=30s&tcp=sent-again&faults=crash:queue-1@80s;restart:queue-1@90s"
        );
        let trace = play(&address);
        assert!(effects(&trace).iter().all(|times| *times == 1), "{address}: {:?}", effects(&trace));
    }
}

/// The one broker that it can reach says that another leads, or nobody: asked less and less often.
#[test]
fn a_producer_does_not_storm_the_one_broker_that_is_left() {
    let sides = "queue-1,queue-2/queue-3,consumer-1,consumer-2,producer-1";
    let address =
        format!("cluster/quorum?queue=log&tcp=sent-again&heartbeat=10s&faults=cut:{sides}@4800ms;heal@69s");
    let trace = play(&address);
    assert!(sent(&trace, "publish") < 2_000, "{} times", sent(&trace, "publish"));
}

/// A member that asks to be taken in where the group has gone on without it is told so as often as it asks.
#[test]
fn a_member_that_joins_in_a_session_that_is_over_begins_another() {
    let address = "cluster/quorum?seed=82681&queue=log&consumers=5&prefetch=1&dedup=3600s&lease=300s&tcp=lost\
                   &jitter=3&loss=0.02&duplication=0.05&latency=300ms";
    assert_eq!(play(address).ending(), Some(Ending::Finished));
}

/// What was committed before is done with: it does not wait at the next leader.
#[test]
fn only_what_is_left_waits_at_the_next_leader() {
    for seed in 1..=20 {
        let trace = run_with(&format!("ack=last{THREE}"), seed, "crash:queue-1@30s;restart:queue-1@60s");
        let acked = |what: &What| match what {
            What::Acked { message, .. } => Some(*message),
            _ => None,
        };
        let second = |what: &What| matches!(what, What::Leads { term, leads: true, .. } if *term > 1);
        let place = trace.events.iter().position(|event| second(&event.what)).expect("another one leads");
        let (before, after) = trace.events.split_at(place);
        // The last commit may have died with the leader.
        let mut done: Vec<_> = before.iter().filter_map(|event| acked(&event.what)).collect();
        done.pop();
        assert!(done.len() > 3, "seed {seed}: {done:?}");
        for event in after {
            if let What::Stored { message, .. } = event.what {
                assert!(!done.contains(&message), "seed {seed}: {message} waits again");
            }
        }
    }
}
