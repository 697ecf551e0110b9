// SPDX-License-Identifier: MIT OR Apache-2.0
//! Kafka.

use super::{Assumption, Documented, EVERY_FAULT, Setting, System, field_scenario, rule, unverified};
use crate::scenario::Scenario;

static SCENARIO: Scenario = field_scenario!(
    "field/kafka",
    "Kafka: a log of one partition; a confirm waits for the replicas in sync, which a controller keeps the list of.",
    ["replicas", "min-insync", "confirms", "unclean"],
    [
        ("queue", "log"),
        ("partitions", "1"),
        ("replication", "in-sync"),
        ("replicas", "1"),
        ("eligible", "yes"),
        ("durability", "written"),
        ("silence", "9s"),
        ("lag", "30s"),
        ("confirm-timeout", "30s"),
        ("tries", "4"),
        ("prefetch", "500"),
        ("ack", "timer"),
        ("commit-every", "5s"),
        ("heartbeat", "45s"),
        ("lease", "300s"),
        ("dedup", "3600s"),
    ]
);

pub(super) static KAFKA: System = System {
    name: "kafka",
    title: "Kafka",
    version: "4.1 (classic consumer groups)",
    scenario: &SCENARIO,
    settings: &[
        Setting { name: "defaults", title: "defaults: one replica", changes: &[], keeps: None },
        Setting {
            name: "replicated",
            title: "three replicas, one in sync is enough",
            changes: &[("replicas", "3")],
            keeps: None,
        },
        Setting {
            name: "leader-acks",
            title: "three replicas, acks=1",
            changes: &[("replicas", "3"), ("min-insync", "2"), ("confirms", "leader")],
            keeps: None,
        },
        Setting {
            name: "unclean",
            title: "three replicas, unclean election",
            changes: &[("replicas", "3"), ("unclean", "yes")],
            keeps: None,
        },
        Setting {
            name: "before-elr",
            title: "three replicas, two in sync, to 4.0 (no ELR)",
            changes: &[("replicas", "3"), ("min-insync", "2"), ("eligible", "no"), ("ack", "last")],
            keeps: Some(Assumption {
                sentence: "no two machines lose what they have not flushed, or their disks, at the same time, and none does while it alone is in sync",
                violated: "crash:consumer-1@2s;crash:consumer-2@2s;cut:queue-1,controller,producer-1/queue-2,queue-3@10s;crash-machine:queue-1@25s;restart:queue-1@27s;heal@40s;restart:consumer-1@41s;restart:consumer-2@41s",
                covers: EVERY_FAULT,
            }),
        },
        Setting {
            name: "safest",
            title: "three replicas, two in sync, commit after work",
            changes: &[("replicas", "3"), ("min-insync", "2"), ("ack", "last")],
            keeps: Some(Assumption {
                sentence: "no two machines lose what they have not flushed, or their disks, at the same time",
                violated: "crash:queue-3@5s;crash-machine:queue-1@45s;crash-machine:queue-2@45s;restart:queue-1@46s;restart:queue-2@46s;restart:queue-3@46s",
                covers: EVERY_FAULT,
            }),
        },
    ],
};

pub(super) static DOCUMENTED: Documented = Documented {
    rules: &[
        rule(
            "With acks=all, the default, a record is confirmed when all replicas that are in sync have it; that may be one.",
            "design.html, Availability and Durability Guarantees; ProducerConfig.java, acks",
        ),
        rule(
            "Out of the box a topic has one replica, and one in sync is enough.",
            "ReplicationConfigs.java:44 (default.replication.factor=1), ServerLogConfigs.java:164 (min.insync.replicas=1)",
        ),
        rule(
            "Having a record means that it is in the page cache: nothing is flushed before a confirm.",
            "TopicConfig.java:50-62 (flush.messages: use replication instead)",
        ),
        unverified(
            "The operating system writes dirty pages back after some 30 s (Linux, vm.dirty_expire_centisecs).",
            "Linux kernel documentation, from memory",
        ),
        rule(
            "A replica that has not caught up for 30 s is no longer in sync; the leader asks the controller to say so.",
            "ReplicationConfigs.java:49 (replica.lag.time.max.ms); design.html, Replication",
        ),
        rule(
            "A leader is chosen among those in sync; when none of them lives nobody leads, unless an unclean election is allowed (not since 0.11).",
            "LogConfig.java:180 (unclean.leader.election.enable=false); design.html, Unclean leader election",
        ),
        rule(
            "The controller takes a broker for dead that it has not heard for 9 s.",
            "KRaftConfigs.java (broker.session.timeout.ms=9000)",
        ),
        rule(
            "The producer is idempotent: a record that it sends again is stored once; it tries for two minutes.",
            "ProducerConfig.java:369-511 (enable.idempotence, delivery.timeout.ms)",
        ),
        rule(
            "Consumers commit their offset every 5 s by themselves; a group goes on without a member it has not heard for 45 s.",
            "ConsumerConfig (enable.auto.commit, auto.commit.interval.ms, session.timeout.ms)",
        ),
        rule(
            "A consumer whose connection breaks is still a member until the 45 s are over: the coordinator does not hear of connections.",
            "ConsumerConfig (session.timeout.ms); KAFKA-7610",
        ),
        rule(
            "A group outlives its coordinator: who is a member stands in the offsets topic; and how far it has read a consumer knows itself.",
            "KAFKA-2017 (since 0.9); 4.1 implementation, distribution; design.html, The Consumer",
        ),
        rule(
            "A member that is told to join again commits first, and joins when that commit was answered.",
            "ConsumerCoordinator.java, onJoinPrepare",
        ),
        rule(
            "From 4.1 on, in new clusters: who leaves the list when it becomes shorter than min.insync.replicas stays eligible to lead, unless it crashes; meanwhile nothing more is committed.",
            "KIP-966; 4.1 operations, eligible-leader-replicas",
        ),
        unverified(
            "A replica's new process is off the list until it has caught up anew; what a leader says of the process before does not count.",
            "KIP-903, from memory",
        ),
    ],
    left_out: &[
        "more than one partition, and leaders spread over the brokers",
        "transactions, share groups, tiered storage",
        "of eligible leader replicas, the list of those last known to have been eligible: when nobody on either list is left, who led last leads",
        "members are told what they read at once; the real coordinator tells them when the group’s record is committed",
        "a consumer’s new process beside the session of the old one: here it takes its place at once, as with static membership (group.instance.id); without that the group waits until the old session is over",
        "followers that fetch: here the leader sends, at once, and what is on its way arrives; at a message a second a crash then finds nothing that acks=1 has confirmed and no follower is sent, which under load it would",
        "a broker with an empty disk is back by itself, and where it was the only one in sync it leads; the real one starts when a person has formatted its directory",
        "the controller is one node that keeps its state; in a cluster it is a quorum of its own",
        "retention by time and size",
        "the offsets topic: commits and the group’s members are entries of the same log here, and the partition’s leader is the group’s coordinator",
        "a consumer that has read what an unclean election takes begins where the commits end; the real one, with a reset policy, where the logs part",
    ],
};
