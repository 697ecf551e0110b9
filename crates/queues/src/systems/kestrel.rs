// SPDX-License-Identifier: MIT OR Apache-2.0
//! Kestrel.

use super::{Assumption, DISK_OF_ONE_DIES, Documented, FAULTS_OF_ONE, Setting, System, field_scenario, rule};
use crate::scenario::Scenario;

static SCENARIO: Scenario = field_scenario!(
    "field/kestrel",
    "Kestrel: one server, a journal that nobody flushes, and a GET that removes what it hands out.",
    ["ack", "durability", "writeback"],
    [
        ("durability", "written"),
        ("ack", "auto"),
        ("prefetch", "1"),
        ("requeue", "head"),
        ("lease", "none"),
        ("confirm-timeout", "5s"),
        ("tries", "3"),
    ]
);

pub(super) static KESTREL: System = System {
    name: "kestrel",
    title: "Kestrel",
    version: "as archived in 2016",
    scenario: &SCENARIO,
    settings: &[
        Setting { name: "defaults", title: "defaults: GET, journal not flushed", changes: &[], keeps: None },
        Setting {
            name: "production",
            title: "GET, journal flushed every 100 ms",
            changes: &[("writeback", "100ms")],
            keeps: None,
        },
        Setting {
            name: "safest",
            title: "GET/open and /close, each write flushed",
            changes: &[("ack", "last"), ("durability", "flushed"), ("writeback", "none")],
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
        rule("A plain GET removes what it returns: at most once.", "docs/guide.md"),
        rule(
            "GET/open keeps the item until /close; a connection that breaks puts it back at the head.",
            "docs/guide.md; PersistentQueue.scala (_unremove, queue.addFirst)",
        ),
        rule(
            "The journal is written and not flushed by default; the shipped production.scala flushes every 100 ms, by a timer.",
            "QueueConfig.scala:143 (syncJournal); config/production.scala; PeriodicSyncStorage.scala",
        ),
        rule(
            "STORED is answered without waiting for a periodic flush.",
            "PersistentQueue.scala:366-371 (add)",
        ),
        rule("Servers of a cluster never talk to each other: there is no replication.", "README"),
    ],
    left_out: &[
        "several servers of which a client picks one by chance",
        "read-behind above 128 MiB; maxItems, discardOldWhenFull and maxAge are parameters (bound, overflow, expiry)",
        "with syncJournal=0 even a failed flush is answered STORED",
        "a client waits for the answer to its GET for as long as it takes, and TCP brings it when a cut is over; one that gives up and connects anew has lost it, for it was removed",
        "how long a client waits, and how often it tries again, is an assumption: 5 s, three times",
    ],
};
