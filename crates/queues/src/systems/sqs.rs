// SPDX-License-Identifier: MIT OR Apache-2.0
//! Amazon SQS.

use super::{
    Assumption, Documented, EVERY_FAULT, Setting, System, TWO_DISKS_DIE, field_scenario, rule, unverified,
};
use crate::scenario::Scenario;

static SCENARIO: Scenario = field_scenario!(
    "field/sqs",
    "SQS: a service in three zones; a message that is received is invisible for 30 s, and then it is there again.",
    ["lease", "groups", "dedup"],
    [
        ("replication", "quorum"),
        ("replicas", "3"),
        ("durability", "flushed"),
        ("silence", "1s"),
        ("stale-copies", "brings-copies"),
        ("prefetch", "1"),
        ("requeue", "tail"),
        ("disconnect", "wait"),
        ("lease", "30s"),
        ("confirm-timeout", "10s"),
        ("tries", "3"),
    ]
);

/// What both kinds of queue need.
const KEEPS: Assumption = Assumption {
    sentence: "two zones are not lost at once, and the service does what it says: nobody outside can test it",
    violated: TWO_DISKS_DIE,
    covers: EVERY_FAULT,
};

pub(super) static SQS: System = System {
    name: "sqs",
    title: "SQS",
    version: "documentation of 2026",
    scenario: &SCENARIO,
    settings: &[
        Setting { name: "standard", title: "standard queue", changes: &[], keeps: Some(KEEPS) },
        Setting {
            name: "fifo",
            title: "FIFO queue",
            changes: &[
                ("groups", "one-at-a-time"),
                ("dedup", "300s"),
                ("stale-copies", "catches-up"),
                ("requeue", "place"),
            ],
            keeps: Some(KEEPS),
        },
    ],
};

pub(super) static DOCUMENTED: Documented = Documented {
    rules: &[
        rule(
            "A message is stored in several zones before SendMessage is answered.",
            "Developer Guide, standard queues, at-least-once delivery",
        ),
        rule(
            "A copy on a server that could not be reached may be received again after the message was deleted.",
            "Developer Guide, standard queues, at-least-once delivery",
        ),
        rule(
            "A message that was received is invisible for 30 s by default; if it is not deleted meanwhile, it is received again.",
            "Developer Guide, quotas, visibility timeout",
        ),
        rule(
            "In a FIFO queue a group is locked while one of its messages is in flight.",
            "Developer Guide, FIFO delivery logic; seen with moto 5.2",
        ),
        rule(
            "A FIFO queue takes a message once that is sent again within five minutes.",
            "Developer Guide, FIFO exactly-once processing",
        ),
        unverified("How the zones agree is not public: a majority of three is an assumption.", "none"),
    ],
    left_out: &[
        "how seldom: a copy on a server that was away comes again here each time, for every message that was deleted meanwhile; the documentation says on rare occasions, and no number. The column tells that it happens, and not how often",
        "a copy that comes again without any fault that a client could see",
        "workers that ask for the next message when they are done: here the queue hands it out, and takes a worker whose visibility timeout has run out for free. One that is cut off for long is handed several, and comes to do again more than it would",
        "short polls that ask a sample of the servers",
        "delays; retention, dead-letter queues and limits of messages in flight are parameters (expiry, delivery-limit, in-flight-limit)",
        "the order of a standard queue within the service: here it is nearly that of sending",
        "fair queues, high-throughput mode",
        "how long a client waits, and how often it tries again, is an assumption: 10 s, three times",
    ],
};
