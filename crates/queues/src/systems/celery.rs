// SPDX-License-Identifier: MIT OR Apache-2.0
//! Celery.

use super::{
    Assumption, Documented, EVERY_FAULT, Setting, System, TWO_DISKS_DIE, field_scenario, rule, unverified,
};
use crate::scenario::Scenario;

static SCENARIO: Scenario = field_scenario!(
    "field/celery",
    "Celery: tasks over a broker, RabbitMQ or Redis; a worker acks just before it begins, unless it is told otherwise.",
    ["ack", "durability", "lease"],
    [
        ("durability", "written"),
        ("prefetch", "4"),
        ("requeue", "place"),
        ("lease", "none"),
        ("heartbeat", "60s"),
        ("ack", "start"),
        ("on-failure", "ack"),
        ("confirm-timeout", "none"),
        ("tries", "1"),
    ]
);

pub(super) static CELERY: System = System {
    name: "celery",
    title: "Celery",
    version: "5.7.0",
    scenario: &SCENARIO,
    settings: &[
        Setting { name: "defaults", title: "defaults, over RabbitMQ: early ack", changes: &[], keeps: None },
        Setting {
            name: "redis",
            title: "over Redis as it comes: early ack",
            changes: &[
                ("durability", "memory"),
                ("writeback", "none"),
                ("lease", "600s"),
                ("disconnect", "wait"),
                ("requeue", "tail"),
                ("heartbeat", "none"),
                ("confirm-timeout", "5s"),
                ("tries", "4"),
            ],
            keeps: None,
        },
        Setting { name: "late", title: "over RabbitMQ: late ack", changes: &[("ack", "last")], keeps: None },
        Setting {
            name: "safest",
            title: "over a quorum queue: late ack, reject on lost worker, confirms",
            changes: &[
                ("ack", "last"),
                ("on-failure", "nack"),
                ("confirm-timeout", "60s"),
                ("tries", "3"),
                ("replication", "quorum"),
                ("durability", "flushed"),
                ("silence", "5s"),
                ("delivery-limit", "20"),
                ("limit-counts", "unheard"),
                ("requeue", "returned"),
            ],
            keeps: Some(Assumption {
                sentence: "no majority of the disks is lost",
                violated: TWO_DISKS_DIE,
                covers: EVERY_FAULT,
            }),
        },
    ],
};

pub(super) static DOCUMENTED: Documented = Documented {
    rules: &[
        rule("By default a task is acked just before it is executed.", "docs/userguide/tasks.rst:24-40"),
        rule("With acks_late it is acked after.", "docs/userguide/configuration.rst:638-719"),
        rule(
            "A task that fails, or whose child is killed, is acked also with acks_late.",
            "docs/userguide/tasks.rst:24-40; configuration.rst (task_acks_on_failure_or_timeout, task_reject_on_worker_lost)",
        ),
        rule("A worker prefetches four tasks a process.", "configuration.rst (worker_prefetch_multiplier)"),
        rule(
            "Over Redis a task that was not acked comes back after the visibility timeout, an hour by default.",
            "docs/getting-started/backends-and-brokers/redis.rst",
        ),
        rule("Confirms are off unless broker_transport_options ask for them.", "configuration.rst:2922-2985"),
        unverified(
            "Redis as it comes writes snapshots only: a crash loses what came since the last.",
            "redis persistence.md",
        ),
    ],
    left_out: &[
        "the consumer that crashes in the tables is a whole worker: its connection breaks, and with a late ack the task comes back. A child that is killed is work that fails here, and task_reject_on_worker_lost is on-failure=nack",
        "retries, ETA tasks, result backends",
        "the visibility timeout is 600 s here, not an hour, so that a run ends",
    ],
};
