// SPDX-License-Identifier: MIT OR Apache-2.0
//! beanstalkd.

use super::{Assumption, DISK_OF_ONE_DIES, Documented, FAULTS_OF_ONE, Setting, System, field_scenario, rule};
use crate::scenario::Scenario;

static SCENARIO: Scenario = field_scenario!(
    "field/beanstalkd",
    "beanstalkd: one server, in memory; with -b a log that is flushed at most every 50 ms, by the next write.",
    ["durability", "writeback", "lease"],
    [
        ("durability", "memory"),
        ("prefetch", "1"),
        ("requeue", "place"),
        ("late-ack", "counts"),
        ("lease", "60s"),
        ("confirm-timeout", "5s"),
        ("tries", "3"),
    ]
);

pub(super) static BEANSTALKD: System = System {
    name: "beanstalkd",
    title: "beanstalkd",
    version: "1.13",
    scenario: &SCENARIO,
    settings: &[
        Setting { name: "defaults", title: "defaults: memory only", changes: &[], keeps: None },
        Setting {
            name: "binlog",
            title: "-b: flushed every 50 ms, by the next write",
            changes: &[("durability", "written"), ("writeback", "50ms"), ("writeback-by", "next-write")],
            keeps: None,
        },
        Setting {
            name: "safest",
            title: "-b -f0: each write flushed",
            changes: &[("durability", "flushed")],
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
        rule("Jobs are in memory; -b writes a log.", "doc/beanstalkd.ronn"),
        rule(
            "With -b the log is flushed at most once every 50 ms, and the next write is what does it: the last ones before a pause are not.",
            "doc/beanstalkd.ronn; walg.c (walsync), seen by strace",
        ),
        rule("With -f0 the flush comes before the answer.", "seen by strace, 1.12"),
        rule("A job that comes back goes before all newer jobs of its priority.", "job.c:175 (job_pri_less)"),
        rule("A connection that closes releases its jobs at once.", "prot.c (enqueue_reserved_jobs)"),
        rule(
            "A delete that comes after the time to run is over succeeds while the job is ready again, and not while another worker has it.",
            "doc/protocol.txt; seen with 1.12",
        ),
        rule("There is no delivery limit and no limit of length.", "doc/protocol.txt"),
    ],
    left_out: &[
        "priorities and delays are the queue’s here (priority, delay), and not chosen put by put; bury and kick",
        "DEADLINE_SOON and touch",
        "workers that ask for the next message when they are done: here the queue hands it out, and takes a worker whose time to run has run out for free. One that is cut off for long is handed several, and comes to do again more than it would",
        "a write of the log that fails switches the log off, and the service goes on",
        "how long a client waits (5 s, three times) and the TTR that it chooses (60 s) are assumptions",
    ],
};
