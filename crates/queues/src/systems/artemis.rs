// SPDX-License-Identifier: MIT OR Apache-2.0
//! HornetQ, today's Artemis.

use super::{
    Assumption, DISK_OF_ONE_DIES, Documented, FAULTS_OF_ONE, Setting, System, field_scenario, rule,
    unverified,
};
use crate::scenario::Scenario;

static SCENARIO: Scenario = field_scenario!(
    "field/artemis",
    "Artemis, once HornetQ: one broker that flushes, or a primary and a backup.",
    ["replication", "replicas", "silence"],
    [
        ("durability", "flushed"),
        ("prefetch", "100"),
        ("requeue", "place"),
        ("lease", "none"),
        ("heartbeat", "60s"),
        ("delivery-limit", "10"),
        ("silence", "60s"),
        ("confirm-timeout", "30s"),
        ("tries", "3"),
    ]
);

pub(super) static ARTEMIS: System = System {
    name: "artemis",
    title: "HornetQ / Artemis",
    version: "Artemis, manual of December 2025",
    scenario: &SCENARIO,
    settings: &[
        Setting {
            name: "defaults",
            title: "defaults: one broker, flushed",
            changes: &[],
            keeps: Some(Assumption {
                sentence: "the one disk is not lost",
                violated: DISK_OF_ONE_DIES,
                covers: FAULTS_OF_ONE,
            }),
        },
        Setting {
            name: "pair",
            title: "primary and backup, no lock manager",
            changes: &[("replication", "mirrors"), ("replicas", "2")],
            keeps: None,
        },
        Setting {
            name: "locked-pair",
            title: "primary and backup, lock manager",
            changes: &[("replication", "in-sync"), ("replicas", "2"), ("silence", "18s"), ("lag", "30s")],
            keeps: Some(Assumption {
                sentence: "the disk of whoever was alone is not lost before the other has caught up",
                violated: "crash:queue-2@5s;crash-machine:queue-1@45s;lose-disk:queue-1@45s;restart:queue-1@46s;restart:queue-2@47s",
                covers: &[
                    "consumer",
                    "process",
                    "machine",
                    "disk",
                    "clean",
                    "one-way",
                    "leader-cut",
                    "client-cut",
                ],
            }),
        },
    ],
};

pub(super) static DOCUMENTED: Documented = Documented {
    rules: &[
        rule(
            "A durable send blocks until the journal is flushed.",
            "ActiveMQClient.java:86-90; send-guarantees, persistence",
        ),
        rule("With replication also until the backup has it.", "ha"),
        rule(
            "A message is put aside after 10 deliveries, or discarded where no dead-letter address is set.",
            "undelivered-messages; AddressSettings:54",
        ),
        rule(
            "A backup that hears nothing of its primary becomes active; a pair that only lost its link then has two that serve.",
            "network-isolation; ha",
        ),
        rule("A pair needs a lock manager (ZooKeeper) to keep that from happening.", "network-isolation; ha"),
        rule("A connection is taken for dead after 60 s.", "connection-ttl (connectionTtl)"),
        unverified(
            "The lock manager takes a broker for dead after 18 s.",
            "ZooKeeper's session timeout, from memory",
        ),
    ],
    left_out: &[
        "a primary whose disk is new: the real one goes on with an empty journal, here it waits for whoever led last",
        "duplicate detection by _AMQ_DUPL_ID is a parameter (dedup-count), in memory and without replication; the real one is kept on disk",
        "paging; groups and a full address are parameters (groups, bound)",
        "a primary that has lost the lock goes on handing out what was committed; the real one stops",
        "after a split a person restarts the side with fewer clients, a minute after it",
        "shared stores",
    ],
};
