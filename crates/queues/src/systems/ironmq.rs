// SPDX-License-Identifier: MIT OR Apache-2.0
//! IronMQ.

use super::{
    Assumption, DISK_OF_ONE_DIES, Documented, FAULTS_OF_ONE, Setting, System, field_scenario, rule,
    unverified,
};
use crate::scenario::Scenario;

static SCENARIO: Scenario = field_scenario!(
    "field/ironmq",
    "IronMQ: a service behind HTTP; a reservation of 60 s, and then somebody else gets the message.",
    ["lease", "delivery-limit"],
    [
        ("durability", "flushed"),
        ("prefetch", "1"),
        ("requeue", "place"),
        ("disconnect", "wait"),
        ("lease", "60s"),
        ("delivery-limit", "10"),
        ("confirm-timeout", "10s"),
        ("tries", "3"),
    ]
);

pub(super) static IRONMQ: System = System {
    name: "ironmq",
    title: "IronMQ",
    version: "v3 (documentation of 2026)",
    scenario: &SCENARIO,
    settings: &[Setting {
        name: "defaults",
        title: "as documented: one shard, persistent",
        changes: &[],
        keeps: Some(Assumption {
            sentence: "a message is on disk before the answer, and that disk is not lost: neither can be verified",
            violated: DISK_OF_ONE_DIES,
            covers: FAULTS_OF_ONE,
        }),
    }],
};

pub(super) static DOCUMENTED: Documented = Documented {
    rules: &[
        rule(
            "A reservation ends after 60 s by default; then the message is handed out again.",
            "dev-deprecated.iron.io/mq/reference/environment (v2)",
        ),
        rule("A message is put aside after 10 reservations.", "dev.iron.io/mq/3/Glossary (max_reservations)"),
        unverified("Messages are persistent by design.", "blog.iron.io, IronMQ v3, at second hand"),
        unverified("One queue lives on one shard.", "post-mortem of June 2013, blog.iron.io, at second hand"),
    ],
    left_out: &[
        "replication, and what a partition inside the service does: nothing is documented publicly",
        "workers that ask for the next message when they are done: here the queue hands it out, and takes a worker whose reservation has run out for free. One that is cut off for long is handed several, and comes to do again more than it would",
        "push queues; delays and expiry are parameters (delay, expiry), without their defaults of none and seven days",
        "how long a client waits, and how often it tries again, is an assumption: 10 s, three times",
    ],
};
