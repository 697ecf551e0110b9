// SPDX-License-Identifier: MIT OR Apache-2.0
//! Everything that can be chosen about a queue.

mod handing;
mod replication;

use std::cell::RefCell;

use sim::{Chance, Dist, LinkConfig};
use trace::Time;

use crate::wire::Letter;

pub use handing::{Groups, Overflow, Requeue};
pub use replication::{Confirms, Parted, Replication, Writes};

/// The settings of producers, broker, consumers and network. A scenario is a plan with a name; an address changes
/// some of it; a `set` entry of a fault script changes more while the run goes on.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// How many producers.
    pub producers: u64,
    /// How many messages they offer, together.
    pub messages: u64,
    /// When messages come.
    pub arrivals: Arrivals,
    /// Messages a second, all producers together.
    pub rate: u64,
    /// Messages a second while a spike lasts, all producers together; `None` without a spike. Poisson and steady arrivals
    /// have one, the others are spikes enough.
    pub spike: Option<u64>,
    /// When the spike begins.
    pub spike_at: Time,
    /// How long it lasts.
    pub spike_for: Time,
    /// How many messages come at once when they come in bursts, or are outstanding in a closed loop; all producers
    /// together, and one of each at least.
    pub burst: u64,
    /// How many keys the messages have, in turn.
    pub keys: u64,
    /// How long a producer waits for the broker's confirm before it sends again; `None` to send once and hope.
    pub confirm_timeout: Option<Time>,
    /// How often a producer sends a message before it gives up.
    pub tries: u64,

    /// How messages are shared out among consumers.
    pub queue: Mechanism,
    /// How many partitions a log has; 64 at most.
    pub partitions: u64,
    /// How a producer chooses a message's partition.
    pub partitioner: Partitioner,
    /// How many consumers compete, or are members of the group that reads the log.
    pub consumers: u64,
    /// How many messages one consumer works on at a time.
    pub concurrency: u64,
    /// How many messages the broker hands one consumer without hearing an ack.
    pub prefetch: u64,
    /// The mean time that one message's work takes.
    pub service: Time,
    /// How uneven the work is: coefficient of variation, in hundredths.
    pub variation_percent: u32,
    /// Which family of distributions the work has.
    pub shape: Shape,
    /// When consumers ack; in a log, when they commit their offset.
    pub ack: Ack,
    /// How long after the effect a consumer sends its ack, where it acks after the work.
    pub ack_after: Time,
    /// How often they do so, for acks by the timer.
    pub commit_every: Time,
    /// How often work fails, and the consumer says so.
    pub failures: Chance,
    /// How the work takes effect.
    pub effects: Effects,
    /// The mean time an asynchronous effect needs to land.
    pub effect_latency: Time,

    /// How long a consumer may hold a message before the broker hands it to another (visibility timeout); in a log, how
    /// long it may say nothing while it holds one, before its group goes on without it.
    pub lease: Option<Time>,
    /// Where a message goes that comes back.
    pub requeue: Requeue,
    /// Whether the broker takes back what a consumer held when its connection breaks; else only the lease does.
    pub requeue_on_disconnect: bool,
    /// After how many deliveries a message is put aside.
    pub delivery_limit: Option<u64>,
    /// How many messages the queue holds at most.
    pub bound: Option<u64>,
    /// What the broker does when it is full.
    pub overflow: Overflow,
    /// How long a message stays invisible after it was stored.
    pub delay: Time,
    /// What must have happened to a message before it is confirmed.
    pub durability: Durability,
    /// How long the broker's disk needs for one flush.
    pub flush: Time,

    /// The mean time a packet is under way between the broker and the consumers.
    pub latency: Time,
    /// The same between producers and broker: producers often sit farther away.
    pub publish_latency: Time,
    /// How uneven that is: coefficient of variation, in hundredths.
    pub jitter_percent: u32,
    /// How often a packet is lost.
    pub loss: Chance,
    /// How often a packet arrives twice.
    pub duplication: Chance,
    /// How many calls wait at whoever is called while it is busy, where there is no queue; it turns away the others.
    pub receive_buffer: u64,
    /// Whether packets that meet a cut are sent again when it heals, as TCP does; else the cut takes them.
    pub tcp: bool,

    /// Who gets messages of one key (message groups).
    pub groups: Groups,
    /// Whether consumers take turns; else only the first is handed anything, and the next when that one is gone (exclusive
    /// consumer, single active consumer).
    pub turns: bool,
    /// Whether messages of a smaller key are handed out before all others.
    pub priorities: bool,
    /// How many messages may be handed out and not settled at once, with all consumers together.
    pub in_flight_limit: Option<u64>,
    /// How long a message waits at most; then it is dropped.
    pub expiry: Option<Time>,
    /// How long a message whose work failed waits before it is handed out again.
    pub redelivery_delay: Time,
    /// Whether a consumer acks what has failed.
    pub acks_failures: bool,
    /// Whether an ack of a delivery that is over counts while the message waits to be handed out again.
    pub late_acks: bool,
    /// Whether failed work counts for the delivery limit; else only deliveries of which nothing was heard.
    pub counts_failures: bool,
    /// Whether what is handed out counts for the bound.
    pub bound_counts_all: bool,
    /// How many of the messages that it stored a queue remembers, where it remembers a number and not a time.
    pub dedup_count: Option<u64>,
    /// How long a queue remembers what it stored, and does not store it again when it is published again; `None` if it
    /// stores everything.
    pub dedup: Option<Time>,
    /// Whether a member of a majority that comes back brings copies with it of what was done with while it was away.
    pub stale_copies: bool,
    /// How several brokers keep the same queue; `None` for one broker alone.
    pub replication: Replication,
    /// How many brokers there are, where a queue is replicated.
    pub replicas: u64,
    /// How many replicas must be in sync before a message is taken (Kafka: `min.insync.replicas`).
    pub min_insync: u64,
    /// Which copies a confirm waits for.
    pub confirms: Confirms,
    /// Whether a replica that is not in sync may lead when no other can (Kafka: `unclean.leader.election.enable`).
    pub unclean: bool,
    /// Whether who left the list when it became too short may still lead (Kafka: eligible leader replicas, KIP-966).
    pub eligible: bool,
    /// How long brokers, and their controller, wait for each other's heartbeats before they take each other for dead.
    pub silence: Time,
    /// How long a follower may lag behind before it is no longer in sync (Kafka: `replica.lag.time.max.ms`).
    pub lag: Time,
    /// What mirrors do when they find that they were parted (RabbitMQ: `cluster_partition_handling`).
    pub parted: Parted,
    /// How long after a partition a person restarts the brokers of one side, where nobody else settles it.
    pub operator: Time,
    /// After how long what was written is flushed although no confirm waits for it; `None` if it never is.
    pub writeback: Option<Time>,
    /// What makes the broker flush it.
    pub writeback_by: Writes,
    /// How long broker and client wait for each other's heartbeats before they take the connection for broken; `None`
    /// without heartbeats.
    pub heartbeat: Option<Time>,

    /// Whether the node of the account that is paid knows a transfer that it has booked already.
    pub ids: bool,
    /// The mean time from crash to crash of a node that keeps accounts; `None` if it only crashes when a fault script says so.
    pub crash_every: Option<Time>,
}

/// When messages come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrivals {
    /// Independently of each other: exponential gaps.
    Poisson,
    /// One after the other in equal gaps.
    Steady,
    /// Several at once, then a pause; the mean rate is kept.
    Bursts,
    /// A new one when an earlier one was confirmed: producers wait for the broker.
    ClosedLoop,
    /// All of them at the beginning.
    Backlog,
}

/// The family of distributions that service times have; each covers every variation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Gamma: constant at variation 0, exponential at 1.
    Gamma,
    /// Log-normal: what measured service times often look like.
    LogNormal,
}

/// How messages are shared out among consumers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// One queue; each message goes to whoever is free.
    Competing,
    /// None: producers call consumers, one after the other, and wait for the answer.
    Direct,
    /// A log of several partitions; each partition goes to one member of the group, in order.
    Log,
    /// Not a queue, but what one is measured by: accounts, both on one node and again one on each of two.
    Accounts,
}

/// How a producer chooses a message's partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partitioner {
    /// By the key: messages of one key stay together.
    Key,
    /// One partition after the other, whatever the key.
    RoundRobin,
}

/// When a consumer acks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ack {
    /// On receipt, before the work: a crash loses the message. An ack that is lost repeats it. A consumer of a log waits until
    /// it knows that its commit was taken.
    First,
    /// On receipt, and the work waits for the broker's answer that it has let go of the message: it is done at most once.
    Confirmed,
    /// Never: the broker lets go of what it hands out (RabbitMQ's automatic ack, Kestrel's plain `GET`).
    Auto,
    /// When the work begins: a crash loses what is in work, and repeats what was handed out and not begun (Celery).
    Start,
    /// After the work: a crash repeats it.
    Last,
    /// After the work, and only now and then: a crash repeats everything since.
    Timer,
}

impl Ack {
    /// Whether the message is let go of before its work.
    pub fn is_before_work(self) -> bool {
        matches!(self, Ack::First | Ack::Confirmed | Ack::Auto)
    }
}

/// How work takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effects {
    /// With the end of the work.
    Synchronous,
    /// Some time after it: the consumer sends the effect to a store and goes on with the next message.
    Asynchronous,
}

/// When the broker confirms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// As soon as the message is in memory.
    Memory,
    /// When it is written: it survives a crash of the process, not of the machine.
    Written,
    /// When it is flushed.
    Flushed,
}

impl Default for Plan {
    /// One producer, one queue, one consumer at four fifths of its capacity; nothing goes wrong.
    fn default() -> Plan {
        Plan {
            producers: 1,
            messages: 60,
            arrivals: Arrivals::Poisson,
            rate: 8,
            spike: None,
            spike_at: Time::secs(2),
            spike_for: Time::secs(1),
            burst: 10,
            keys: 4,
            confirm_timeout: Some(Time::secs(1)),
            tries: 10,
            queue: Mechanism::Competing,
            partitions: 4,
            partitioner: Partitioner::Key,
            consumers: 1,
            concurrency: 1,
            prefetch: 1,
            service: Time::millis(100),
            variation_percent: 100,
            shape: Shape::Gamma,
            ack: Ack::Last,
            ack_after: Time::ZERO,
            commit_every: Time::secs(5),
            failures: Chance::NEVER,
            effects: Effects::Synchronous,
            effect_latency: Time::millis(40),
            lease: Some(Time::secs(5)),
            requeue: Requeue::Head,
            requeue_on_disconnect: true,
            delivery_limit: None,
            bound: None,
            overflow: Overflow::Refuse,
            delay: Time::ZERO,
            durability: Durability::Memory,
            flush: Time::millis(1),
            latency: Time::millis(5),
            publish_latency: Time::millis(50),
            jitter_percent: 0,
            loss: Chance::NEVER,
            duplication: Chance::NEVER,
            receive_buffer: 0,
            tcp: false,
            groups: Groups::Free,
            turns: true,
            priorities: false,
            in_flight_limit: None,
            expiry: None,
            redelivery_delay: Time::ZERO,
            acks_failures: false,
            late_acks: false,
            counts_failures: true,
            bound_counts_all: true,
            dedup_count: None,
            dedup: None,
            stale_copies: false,
            replication: Replication::Alone,
            replicas: 3,
            min_insync: 1,
            confirms: Confirms::All,
            unclean: false,
            eligible: false,
            silence: Time::secs(9),
            lag: Time::secs(30),
            parted: Parted::Ignore,
            operator: Time::secs(60),
            writeback: None,
            writeback_by: Writes::Timer,
            heartbeat: None,
            ids: false,
            crash_every: None,
        }
    }
}

impl Plan {
    /// Whether a broker tells producers that it has a message. Where producers send without waiting for it, over a connection
    /// (AMQP without confirms), it does not.
    pub fn asks_for_confirms(&self) -> bool {
        self.confirm_timeout.is_some() || !self.tcp
    }

    /// How packets travel between broker and consumers.
    pub fn link(&self) -> LinkConfig {
        LinkConfig {
            latency: Dist::with_variation(self.latency, self.jitter_percent),
            loss: self.loss,
            duplication: self.duplication,
            reorders: false,
            retransmits: self.tcp,
        }
    }

    /// How packets travel between producers and broker.
    pub fn publish_link(&self) -> LinkConfig {
        LinkConfig { latency: Dist::with_variation(self.publish_latency, self.jitter_percent), ..self.link() }
    }

    /// How effects travel to the store: each on its own, so that a later one may land first.
    pub fn effect_link(&self) -> LinkConfig {
        LinkConfig { latency: Dist::Exponential { mean: self.effect_latency }, reorders: true, ..self.link() }
    }

    /// How long one message's work takes.
    pub fn work(&self) -> Dist {
        match self.shape {
            Shape::LogNormal if self.variation_percent > 0 => {
                Dist::LogNormal { mean: self.service, variation_percent: self.variation_percent }
            }
            _ => Dist::with_variation(self.service, self.variation_percent),
        }
    }

    /// Messages a second at this moment, and the moment in which that changes next.
    pub fn rate_at(&self, now: Time) -> (u64, Option<Time>) {
        let end = self.spike_at + self.spike_for;
        match self.spike {
            Some(_) if now < self.spike_at => (self.rate, Some(self.spike_at)),
            Some(spike) if now < end => (spike, Some(end)),
            _ => (self.rate, None),
        }
    }

    /// Messages a second that all consumers together can do. One that is handed no more than it works on is idle until its ack
    /// has travelled and the next message has come.
    pub fn capacity(&self) -> f64 {
        let away = 2.0 * self.latency.as_secs_f64() + self.ack_after.as_secs_f64();
        let idle = if self.prefetch <= self.concurrency { away } else { 0.0 };
        self.servers() as f64 / (self.service.as_secs_f64() + idle)
    }

    /// How many transfers each of the two arrangements of accounts is given, at most.
    pub fn transfers(&self) -> u64 {
        self.messages.div_ceil(2)
    }

    /// Utilisation: work that comes in by work that can be done, both per second. Above 1 the queue grows.
    pub fn utilisation(&self) -> f64 {
        self.rate as f64 * self.service.as_secs_f64() / self.servers() as f64
    }

    /// How many messages can be in work at a time: no consumer works on more than it was handed, and none of a log without a
    /// partition.
    pub fn servers(&self) -> u64 {
        let most = if self.queue == Mechanism::Log { self.partitions } else { self.consumers };
        self.consumers.min(most) * self.concurrency.min(self.prefetch)
    }

    /// How long a consumer may hold a message: where acks come by the timer, as much longer as that makes them wait.
    pub fn longest_hold(&self) -> Option<Time> {
        let waits = if self.ack == Ack::Timer { self.commit_every } else { Time::ZERO };
        self.lease.map(|lease| lease + waits)
    }

    /// The partition that a message belongs to. Everybody knows the rule, so that no packet has to carry it. A key's
    /// remainder, where real clients take the remainder of its hash: keys are numbers here, dealt out in turn.
    pub fn partition_of(&self, letter: &Letter) -> u64 {
        match self.partitioner {
            Partitioner::Key => u64::from(letter.key) % self.partitions,
            Partitioner::RoundRobin => letter.seq % self.partitions,
        }
    }
}

/// Changes a plan that several nodes share; each of them hears of the change, and making it twice is harmless.
pub(crate) fn change(plan: &RefCell<Plan>, name: &str, value: &str) {
    if let Some(parameter) = crate::parameter(name) {
        // The value was read once when the fault script was taken; it is valid.
        let _ = parameter.set(&mut plan.borrow_mut(), value);
    }
}
