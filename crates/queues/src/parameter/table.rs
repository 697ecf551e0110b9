// SPDX-License-Identifier: MIT OR Apache-2.0
//! The table of parameters: addresses, help texts and sliders all read it.

use trace::Time;

use super::{Kind, Parameter, Value};
use crate::plan::{
    Ack, Arrivals, Confirms, Durability, Effects, Groups, Mechanism, Overflow, Parted, Partitioner,
    Replication, Requeue, Shape, Writes,
};

const MS: Time = Time::millis(1);

pub(super) static PARAMETERS: &[Parameter] = &[
    parameter!(
        "consumers",
        "consumers",
        "How many consumers share the messages.",
        Kind::Whole(1, 16),
        false,
        Whole(consumers)
    ),
    parameter!(
        "variation",
        "variation of the work",
        "How uneven the work is: standard deviation by mean. 0 is always the same, 1 is exponential.",
        Kind::Hundredths(300),
        true,
        Hundredths(variation_percent)
    ),
    parameter!(
        "rate",
        "messages a second",
        "How many messages come a second, all producers together.",
        Kind::Whole(1, 10_000),
        true,
        Whole(rate)
    ),
    parameter!(
        "service",
        "work per message",
        "The mean time that one message's work takes.",
        Kind::Span(MS, Time::secs(10)),
        true,
        Span(service)
    ),
    parameter!(
        "messages",
        "messages",
        "How many messages are offered in the whole run.",
        Kind::Whole(1, 20_000),
        false,
        Whole(messages)
    ),
    parameter!("arrivals", "arrivals", "When messages come.", false, arrivals:
        "poisson" => Arrivals::Poisson, "steady" => Arrivals::Steady, "bursts" => Arrivals::Bursts,
        "closed-loop" => Arrivals::ClosedLoop, "backlog" => Arrivals::Backlog),
    parameter!(
        "spike",
        "spike",
        "Messages a second while the spike lasts, all producers together; none for no spike.",
        Kind::OptionalWhole(1, 10_000),
        false,
        OptionalWhole(spike)
    ),
    parameter!(
        "spike-at",
        "spike begins",
        "When the spike begins.",
        Kind::Span(Time::ZERO, Time::secs(600)),
        false,
        Span(spike_at)
    ),
    parameter!(
        "spike-for",
        "spike lasts",
        "How long the spike lasts.",
        Kind::Span(MS, Time::secs(60)),
        false,
        Span(spike_for)
    ),
    parameter!(
        "burst",
        "burst",
        "How many messages come at once in a burst, or are outstanding in a closed loop, all producers together.",
        Kind::Whole(1, 1_000),
        true,
        Whole(burst)
    ),
    parameter!(
        "producers",
        "producers",
        "How many producers share the rate.",
        Kind::Whole(1, 8),
        false,
        Whole(producers)
    ),
    parameter!(
        "keys",
        "keys",
        "How many keys the messages have, in turn.",
        Kind::Whole(1, 64),
        false,
        Whole(keys)
    ),
    parameter!(
        "concurrency",
        "at a time",
        "How many messages one consumer works on at a time.",
        Kind::Whole(1, 32),
        false,
        Whole(concurrency)
    ),
    parameter!(
        "prefetch",
        "prefetch",
        "How many messages the broker hands one consumer without hearing an ack; in a log, at one fetch.",
        Kind::Whole(1, 1_000),
        false,
        Whole(prefetch)
    ),
    parameter!("shape", "shape of the work", "How uneven work is spread: the gamma family, or log-normal with rarer and longer jobs.", true,
        shape: "gamma" => Shape::Gamma, "log-normal" => Shape::LogNormal),
    parameter!("ack", "ack", "Whether a consumer acks after the work, when it begins, on receipt, on receipt and then waits for the broker's answer, now and then what is done, or not at all: then the broker lets go of what it hands out.", true, ack:
        "last" => Ack::Last, "first" => Ack::First, "confirmed" => Ack::Confirmed, "auto" => Ack::Auto, "start" => Ack::Start, "timer" => Ack::Timer),
    parameter!(
        "ack-after",
        "effect to ack",
        "How long after the effect a consumer sends its ack, where it acks after the work.",
        Kind::Span(Time::ZERO, Time::secs(10)),
        true,
        Span(ack_after)
    ),
    parameter!(
        "commit-every",
        "acks by the timer",
        "How often a consumer acks what is done, with ack=timer.",
        Kind::Span(Time::millis(10), Time::secs(60)),
        true,
        Span(commit_every)
    ),
    parameter!("queue", "kind of queue", "One queue whose messages consumers compete for, a log whose partitions a group shares out (without bound, delay, requeueing and delivery limit), none: a direct call, to which nothing of a queue applies, or accounts, between which producers move money.",
        false, queue: "competing" => Mechanism::Competing, "log" => Mechanism::Log, "none" => Mechanism::Direct,
        "accounts" => Mechanism::Accounts),
    parameter!(
        "partitions",
        "partitions",
        "How many partitions a log has; no more consumers of a group can work.",
        Kind::Whole(1, 64),
        false,
        Whole(partitions)
    ),
    parameter!("partitioner", "partition by", "How a producer chooses a message's partition.", false, partitioner:
        "key" => Partitioner::Key, "round-robin" => Partitioner::RoundRobin),
    parameter!(
        "failures",
        "failed work",
        "The share of deliveries whose work fails; the consumer sends a nack, or in a log begins again, or does not answer its caller.",
        Kind::Share,
        true,
        Share(failures)
    ),
    parameter!("effects", "effects", "Whether effects land with the work or some time after it.", false, effects:
        "sync" => Effects::Synchronous, "async" => Effects::Asynchronous),
    parameter!(
        "effect-latency",
        "time to land",
        "The mean time that an asynchronous effect needs to land.",
        Kind::Span(Time::ZERO, Time::secs(10)),
        false,
        Span(effect_latency)
    ),
    parameter!(
        "lease",
        "lease",
        "How long a consumer may hold a message before another gets it (visibility timeout); with acks by the timer, longer by that. A change counts for what is handed out from then on.",
        Kind::OptionalSpan(Time::millis(10), Time::secs(600)),
        true,
        OptionalSpan(lease)
    ),
    parameter!("requeue", "requeue to", "Where a message goes that comes back.", true, requeue:
        "head" => Requeue::Head, "tail" => Requeue::Tail, "place" => Requeue::Place, "returned" => Requeue::Returned),
    parameter!("disconnect", "on a broken connection",
        "Whether the broker takes back at once what a dead consumer held, or waits for the lease.", true,
        requeue_on_disconnect: "requeue" => true, "wait" => false),
    parameter!(
        "delivery-limit",
        "delivery limit",
        "After how many deliveries a message is put aside.",
        Kind::OptionalWhole(1, 100),
        true,
        OptionalWhole(delivery_limit)
    ),
    parameter!(
        "bound",
        "bound",
        "How many messages the queue holds at most.",
        Kind::OptionalWhole(1, 100_000),
        true,
        OptionalWhole(bound)
    ),
    parameter!("overflow", "when full", "What a full queue does with one message more.", true, overflow:
        "refuse" => Overflow::Refuse, "drop-oldest" => Overflow::DropOldest,
        "drop-newest" => Overflow::DropNewest, "block" => Overflow::Block),
    parameter!(
        "delay",
        "delay",
        "How long a message stays invisible after it was stored.",
        Kind::Span(Time::ZERO, Time::secs(60)),
        true,
        Span(delay)
    ),
    parameter!(
        "confirm-timeout",
        "confirm timeout",
        "How long a producer waits for the confirm, or a caller for the answer, before it sends again.",
        Kind::OptionalSpan(MS, Time::secs(60)),
        true,
        OptionalSpan(confirm_timeout)
    ),
    parameter!(
        "tries",
        "tries",
        "How often a producer sends a message before it gives up; without a confirm timeout, once.",
        Kind::Whole(1, 1_000),
        true,
        Whole(tries)
    ),
    parameter!("durability", "confirmed when", "What must have happened to a message before it is confirmed.", false,
        durability: "memory" => Durability::Memory, "written" => Durability::Written, "flushed" => Durability::Flushed),
    parameter!(
        "flush",
        "flush",
        "How long the broker's disk needs to make writes durable; it makes one flush after the other.",
        Kind::Span(Time::ZERO, Time::secs(10)),
        false,
        Span(flush)
    ),
    parameter!(
        "latency",
        "queue to consumer",
        "The mean time that a packet is under way between queue and consumers.",
        Kind::Span(Time::ZERO, Time::secs(5)),
        false,
        Span(latency)
    ),
    parameter!(
        "publish-latency",
        "producer to queue",
        "The mean time that a packet is under way between producers and queue.",
        Kind::Span(Time::ZERO, Time::secs(5)),
        false,
        Span(publish_latency)
    ),
    parameter!(
        "jitter",
        "jitter",
        "How uneven the latency is: standard deviation by mean.",
        Kind::Hundredths(300),
        false,
        Hundredths(jitter_percent)
    ),
    parameter!("loss", "loss", "The share of packets that are lost.", Kind::Share, false, Share(loss)),
    parameter!(
        "duplication",
        "duplicated",
        "The share of packets that arrive twice.",
        Kind::Share,
        false,
        Share(duplication)
    ),
    parameter!("groups", "messages of one key", "Whether messages of one key go to anybody, are handed out one at a time, each when the one before it is settled, or always to the same consumer.", false,
        groups: "free" => Groups::Free, "one-at-a-time" => Groups::OneAtATime, "pinned" => Groups::Pinned),
    parameter!("active", "active consumers", "Whether all consumers are handed messages, or only the first, and another one when that is gone.", false,
        turns: "all" => true, "first" => false),
    parameter!("priority", "priority", "Whether messages of a smaller key are handed out before all others.", false,
        priorities: "none" => false, "by-key" => true),
    parameter!("on-failure", "on failed work", "Whether a consumer gives back what has failed, or acks it.", true,
        acks_failures: "nack" => false, "ack" => true),
    parameter!("late-ack", "a late ack", "Whether an ack that comes after its lease counts for nothing, or for a message that waits to be handed out again.", true,
        late_acks: "nothing" => false, "counts" => true),
    parameter!("limit-counts", "delivery limit counts", "Whether every delivery counts for the limit, or only those of which nothing was heard.", true,
        counts_failures: "all" => true, "unheard" => false),
    parameter!("bound-counts", "bound counts", "Whether all that a queue holds counts for its bound, or only what waits.", true,
        bound_counts_all: "all" => true, "waiting" => false),
    parameter!(
        "in-flight-limit",
        "in flight",
        "How many messages may be handed out and not settled at once.",
        Kind::OptionalWhole(1, 120_000),
        false,
        OptionalWhole(in_flight_limit)
    ),
    parameter!(
        "dedup-count",
        "remembers",
        "How many of the messages that it stored a queue remembers, and does not store again.",
        Kind::OptionalWhole(1, 20_000),
        false,
        OptionalWhole(dedup_count)
    ),
    parameter!(
        "expiry",
        "expires after",
        "How long a message waits in a queue at most; then it is dropped.",
        Kind::OptionalSpan(Time::millis(10), Time::secs(600)),
        false,
        OptionalSpan(expiry)
    ),
    parameter!(
        "redelivery-delay",
        "redelivered after",
        "How long a message whose work failed waits before it is handed out again.",
        Kind::Span(Time::ZERO, Time::secs(60)),
        true,
        Span(redelivery_delay)
    ),
    parameter!(
        "dedup",
        "remembers for",
        "How long a queue remembers what it stored, and does not store it again when it is published again.",
        Kind::OptionalSpan(Time::millis(10), Time::secs(3_600)),
        false,
        OptionalSpan(dedup)
    ),
    parameter!("stale-copies", "who comes back", "Whether a member of a majority that comes back brings copies with it of what was done with while it was away.", false,
        stale_copies: "catches-up" => false, "brings-copies" => true),
    parameter!("replication", "replication", "How several brokers keep the same queue: one alone, a leader with followers in sync, mirrors, or a majority.", false,
        replication: "none" => Replication::Alone, "in-sync" => Replication::InSync,
        "mirrors" => Replication::Mirrors, "quorum" => Replication::Quorum),
    parameter!(
        "replicas",
        "replicas",
        "How many brokers keep the queue, where it is replicated.",
        Kind::Whole(1, 7),
        false,
        Whole(replicas)
    ),
    parameter!(
        "min-insync",
        "in sync at least",
        "How many replicas must be in sync before a message is taken.",
        Kind::Whole(1, 7),
        true,
        Whole(min_insync)
    ),
    parameter!("confirms", "confirm waits for", "Whether a confirm waits for the leader's copy or for all that the replication asks for.", true, confirms:
        "leader" => Confirms::Leader, "all" => Confirms::All),
    parameter!("unclean", "unclean election", "Whether a replica that is not in sync may lead when no other can.", true, unclean:
        "no" => false, "yes" => true),
    parameter!("eligible", "who left may lead", "Whether replicas that left the list when it became too short may lead: eligible leader replicas.",
        false, eligible: "no" => false, "yes" => true),
    parameter!(
        "silence",
        "taken for dead after",
        "How long brokers wait for each other's heartbeats before they take each other for dead.",
        Kind::Span(Time::millis(10), Time::secs(600)),
        false,
        Span(silence)
    ),
    parameter!(
        "lag",
        "out of sync after",
        "How long a follower may lag behind before it is no longer in sync.",
        Kind::Span(Time::millis(10), Time::secs(600)),
        false,
        Span(lag)
    ),
    parameter!("parted", "when parted", "What mirrors do about a partition: nothing until a person restarts one side, stand still without a majority, or restart the side with fewer clients.", false,
        parted: "ignore" => Parted::Ignore, "pause-minority" => Parted::PauseMinority, "autoheal" => Parted::AutoHeal),
    parameter!(
        "operator",
        "a person comes after",
        "How long after a partition a person restarts the brokers of one side.",
        Kind::Span(Time::ZERO, Time::secs(600)),
        false,
        Span(operator)
    ),
    parameter!(
        "writeback",
        "written back after",
        "After how long what was written is flushed although no confirm waits for it.",
        Kind::OptionalSpan(Time::millis(10), Time::secs(600)),
        false,
        OptionalSpan(writeback)
    ),
    parameter!("writeback-by", "by", "What makes the broker flush it: a timer, or the next write that comes late enough.", false,
        writeback_by: "timer" => Writes::Timer, "next-write" => Writes::NextWrite),
    parameter!(
        "heartbeat",
        "heartbeat",
        "How long broker and client wait for each other's heartbeats before they take the connection for broken.",
        Kind::OptionalSpan(Time::millis(10), Time::secs(600)),
        false,
        OptionalSpan(heartbeat)
    ),
    parameter!(
        "receive-buffer",
        "receive buffer",
        "How many calls wait at whoever is called while it is busy; it turns away the others.",
        Kind::Whole(0, 20_000),
        false,
        Whole(receive_buffer)
    ),
    parameter!("tcp", "what meets a cut", "Whether packets that meet a cut are lost, or sent again when it heals, as TCP does.", false,
        tcp: "lost" => false, "sent-again" => true),
    parameter!("ids", "a credit’s id", "Whether the node of the account that is paid knows a transfer that it has booked already.", true,
        ids: "ignored" => false, "remembered" => true),
    parameter!(
        "crash-every",
        "a node crashes every",
        "The mean time from crash to crash of a node that keeps accounts; process and machine in turn of luck, half a second down.",
        Kind::OptionalSpan(Time::millis(100), Time::secs(600)),
        false,
        OptionalSpan(crash_every)
    ),
];
