// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mirrors go by whom they see. What they lose is their rule's affair; that everything stands still when all is well again is
//! nobody's.

use queues::run;
use trace::{MessageId, What};

const PAUSED: &str = "field/rabbitmq?confirm-timeout=60s&parted=pause-minority&replication=mirrors&tries=3";
const PAIR: &str = "field/artemis?replicas=2&replication=mirrors";

/// How many of the messages that were offered last took effect: what comes when the faults are over.
fn done_of_last(setting: &str, seed: u64, faults: &str, last: usize) -> usize {
    let address = format!("{setting}&seed={seed}&faults={faults}");
    let trace = run(&address.parse().unwrap_or_else(|why| panic!("{address}: {why}"))).unwrap();
    let messages = |of: fn(&What) -> Option<MessageId>| -> Vec<MessageId> {
        trace.events.iter().filter_map(|event| of(&event.what)).collect()
    };
    let offered = messages(|what| match what {
        What::Offered { message, .. } => Some(*message),
        _ => None,
    });
    let applied = messages(|what| match what {
        What::Applied { message, .. } => Some(*message),
        _ => None,
    });
    offered.iter().rev().take(last).filter(|message| applied.contains(message)).count()
}

fn works_afterwards(setting: &str, faults: impl Fn(u64) -> String) {
    for seed in 1..=60 {
        let faults = faults(seed);
        assert_eq!(done_of_last(setting, seed, &faults, 3), 3, "{setting}&seed={seed}&faults={faults}");
    }
}

/// A process that is back before anybody has noticed that the one before was gone belongs to those who are seen.
#[test]
fn whoever_is_back_counts_for_the_majority() {
    works_afterwards(PAUSED, |seed| {
        let (at, other) = (5_000 + (seed * 7_919) % 9_000, 16_000 + (seed * 104_729) % 9_000);
        format!(
            "crash:queue-1@{at}ms;restart:queue-1@{}ms;crash-machine:queue-3@{other}ms;restart:queue-3@{}ms",
            at + 1_000,
            other + 8_000
        )
    });
}

/// Whoever waits for a leader hears of the one that is chosen later; and of two brokers a client asks both.
#[test]
fn whoever_waits_for_a_leader_hears_of_it() {
    works_afterwards(PAIR, |seed| {
        let at = 5_000 + (seed * 7_919) % 9_000;
        format!(
            "cut:queue-1/queue-2@{at}ms;crash-machine:queue-1@{}ms;lose-disk:queue-1@{}ms;restart:queue-1@{}ms;heal@{}ms",
            at + 2_000,
            at + 2_000,
            at + 3_000,
            at + 9_000
        )
    });
}

/// A person who comes to end a partition finds that the other side is no more, and restarts nothing.
#[test]
fn nobody_restarts_the_only_side_that_is_left() {
    works_afterwards(PAIR, |seed| {
        let at = 5_000 + (seed * 7_919) % 9_000;
        format!(
            "crash-machine:queue-1@{at}ms;restart:queue-1@{}ms;crash-machine:queue-2@{}ms;restart:queue-2@{}ms",
            at + 10_000,
            at + 17_000,
            at + 30_000
        )
    });
}
