// SPDX-License-Identifier: MIT OR Apache-2.0
//! ActiveMQ Classic.

use super::{
    Assumption, DISK_OF_ONE_DIES, Documented, FAULTS_OF_ONE, Setting, System, field_scenario, rule,
    unverified,
};
use crate::scenario::Scenario;

static SCENARIO: Scenario = field_scenario!(
    "field/activemq",
    "ActiveMQ Classic: one broker; a persistent message is flushed before the sender hears of it.",
    ["durability", "writeback", "confirm-timeout"],
    [
        ("durability", "flushed"),
        ("prefetch", "1000"),
        ("requeue", "place"),
        ("lease", "none"),
        ("heartbeat", "30s"),
        ("delivery-limit", "7"),
        ("redelivery-delay", "1s"),
        ("confirm-timeout", "60s"),
        ("tries", "3"),
    ]
);

pub(super) static ACTIVEMQ: System = System {
    name: "activemq",
    title: "ActiveMQ Classic",
    version: "6.3.0",
    scenario: &SCENARIO,
    settings: &[
        Setting {
            name: "async-send",
            title: "useAsyncSend",
            changes: &[("confirm-timeout", "none"), ("tries", "1")],
            keeps: None,
        },
        Setting {
            name: "periodic",
            title: "journal flushed every second",
            changes: &[("durability", "written"), ("writeback", "1s")],
            keeps: None,
        },
        Setting {
            name: "defaults",
            title: "defaults: synchronous, flushed",
            changes: &[],
            keeps: Some(Assumption {
                sentence: "the one disk is not lost",
                violated: DISK_OF_ONE_DIES,
                covers: FAULTS_OF_ONE,
            }),
        },
    ],
};

pub(super) static DOCUMENTED: Documented = Documented {
    rules: &[
        rule(
            "A persistent message outside a transaction is sent synchronously and acked after the disk's flush.",
            "async-sends.md",
        ),
        rule(
            "KahaDB flushes each write by default (always); periodic flushes every second.",
            "kahadb.md (journalDiskSyncStrategy)",
        ),
        rule("A consumer of a queue prefetches 1000 messages.", "ActiveMQPrefetchPolicy:34"),
        rule(
            "A message is delivered again six times, each time after a second, then it goes to ActiveMQ.DLQ.",
            "RedeliveryPolicy:35-43",
        ),
        unverified(
            "A connection is taken for dead after 30 s of silence.",
            "wireFormat.maxInactivityDuration, from memory",
        ),
    ],
    left_out: &[
        "a network of brokers, and a master and slaves over a shared file system",
        "the pause before a redelivery is the broker’s here; the real one is the consumer’s, which waits meanwhile",
        "message groups, exclusive consumers and producer flow control are parameters (groups, active, bound), and not of these settings",
        "the 1,024 groups that are remembered at most",
    ],
};
