// SPDX-License-Identifier: MIT OR Apache-2.0
//! RabbitMQ.

use super::{
    Assumption, Documented, EVERY_FAULT, Setting, System, TWO_DISKS_DIE, field_scenario, rule, unverified,
};
use crate::scenario::Scenario;

static SCENARIO: Scenario = field_scenario!(
    "field/rabbitmq",
    "RabbitMQ: a classic queue on one node, its mirrors of old, or a quorum queue.",
    ["replication", "parted", "confirm-timeout", "ack"],
    [
        ("durability", "written"),
        ("prefetch", "1000"),
        ("requeue", "place"),
        ("bound-counts", "waiting"),
        ("lease", "none"),
        ("heartbeat", "60s"),
        ("silence", "60s"),
        ("confirm-timeout", "none"),
        ("tries", "1"),
    ]
);

pub(super) static RABBITMQ: System = System {
    name: "rabbitmq",
    title: "RabbitMQ",
    version: "4.3 (mirrors: 3.13)",
    scenario: &SCENARIO,
    settings: &[
        Setting {
            name: "defaults",
            title: "defaults: classic queue, no confirms",
            changes: &[],
            keeps: None,
        },
        Setting {
            name: "confirms",
            title: "classic queue, confirms",
            changes: &[("confirm-timeout", "60s"), ("tries", "3")],
            keeps: None,
        },
        Setting {
            name: "mirrors-ignore",
            title: "mirrors (to 3.13), partitions ignored",
            changes: &[("confirm-timeout", "60s"), ("tries", "3"), ("replication", "mirrors")],
            keeps: None,
        },
        Setting {
            name: "mirrors-pause",
            title: "mirrors (to 3.13), pause_minority",
            changes: &[
                ("confirm-timeout", "60s"),
                ("tries", "3"),
                ("replication", "mirrors"),
                ("parted", "pause-minority"),
            ],
            keeps: None,
        },
        Setting {
            name: "mirrors-autoheal",
            title: "mirrors (to 3.13), autoheal",
            changes: &[
                ("confirm-timeout", "60s"),
                ("tries", "3"),
                ("replication", "mirrors"),
                ("parted", "autoheal"),
            ],
            keeps: None,
        },
        Setting {
            name: "quorum",
            title: "quorum queue, confirms",
            changes: &[
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
        rule(
            "Without publisher confirms a publisher learns nothing of what became of its message.",
            "docs/confirms.md",
        ),
        rule(
            "A classic queue confirms a persistent message when it is written; it does not flush it first.",
            "blog, 2025-01-17, How are the messages stored, lines 93-110 (confirms.md says otherwise)",
        ),
        rule("A consumer that sets no prefetch has no limit.", "docs/confirms.md:440-464"),
        rule(
            "What was handed out and not acked goes back when its connection breaks, to its place if that is possible.",
            "docs/confirms.md:365",
        ),
        rule(
            "A quorum queue confirms when a majority has flushed the message; the minority takes nothing.",
            "docs/quorum-queues, data safety",
        ),
        rule(
            "From 4.0 on a quorum queue drops a message after 20 deliveries, if it has no dead-letter target; from 4.3 on what a consumer has given back does not count.",
            "docs/quorum-queues, poison message handling",
        ),
        rule(
            "A quorum queue hands out what came back in the order in which it did, before what it never handed out.",
            "docs/quorum-queues, returned messages",
        ),
        rule(
            "No queue knows a message again: what a publisher sends again, for it has heard no confirm, is another one.",
            "docs/reliability.md, publisher side; rabbitmq-server issue 3843 (de-duplication for quorum queues, open)",
        ),
        rule("A limit of length counts what is ready, and not what is handed out.", "docs/maxlength"),
        rule(
            "Nodes take each other for dead after net_ticktime, 60 s; what to do then is cluster_partition_handling, ignore by default; 4.3 has none of it.",
            "versions 3.13 and 4.2, partitions.md; release notes 4.3.0",
        ),
        rule(
            "When a partition is over, what changed on the losing side is lost.",
            "versions 3.13 and 4.2, partitions.md",
        ),
        unverified(
            "The mirror that has been one longest leads when the leader is gone; a new mirror gets what comes from then on.",
            "ha.md of 3.13, read as a copy",
        ),
        unverified("Members of a quorum queue take a leader for dead after some 5 s.", "inferred"),
    ],
    left_out: &[
        "exchanges, routing and unroutable messages (mandatory)",
        "streams and dead-letter exchanges; priorities, expiry, length limits and single active consumers are parameters (priority, expiry, bound, active)",
        "delivery counts that survive a change of leader",
        "clients are connected to the leader; a real client is connected to any node, which passes on what it says. So a leader that is cut from its mirrors, and not from the clients, loses nothing here: they all stay with it. On a real cluster some would be on the other side, and one side’s messages would be lost",
        "with pause_minority one cut loses nothing here, and three of different brokers in turn lose everything that waits (there is a run among the behaviours). Kingsbury’s test of 2014 parted five nodes in halves for a minute, again and again, with mirrors that synchronised by themselves (ha-sync-mode automatic), and lost messages: that is another mechanism, and it is not here",
        "a node that stands still does so in the moment in which it sees no majority, and sees the others go all at once",
        "a channel that sends on by itself to a new leader, which knows its numbers: here the publisher sends again, and what the old leader had already spread is there twice",
        "in ignore mode a person restarts the side with fewer clients a minute after the partition",
    ],
};
