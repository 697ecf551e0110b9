// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where statements about real systems come from, with version and date.

use crate::chapter::{Directive, Piece, pieces};
use crate::computed::Source;
use crate::outline::{Chapter, chapters};

/// All sources, by name.
pub fn sources() -> &'static [Source] {
    SOURCES
}

/// The written chapters that cite the source of this name, in order.
pub fn citing(name: &str) -> impl Iterator<Item = &'static Chapter> {
    let cites = move |text: &str| {
        let found = pieces("", text).unwrap_or_default();
        found
            .iter()
            .any(|piece| matches!(piece, Piece::Directive(Directive::Source(cited), ..) if cited == name))
    };
    chapters().filter(move |chapter| chapter.lesson.as_ref().is_some_and(|lesson| cites(lesson.markdown)))
}

const SOURCES: &[Source] = &[
    Source {
        name: "outline",
        markdown: "Kyle Kingsbury, [An Introduction to Distributed \
                   Systems](https://github.com/aphyr/distsys-class), section “Distributed queues”.",
        dated: "the section entered the outline in September 2016",
    },
    Source {
        name: "outline-local",
        markdown: "Kyle Kingsbury, [An Introduction to Distributed \
                   Systems](https://github.com/aphyr/distsys-class), section “Don’t distribute”.",
        dated: "2014 and 2016, read November 2026",
    },
    Source {
        name: "sqlite-atomic",
        markdown: "SQLite documentation, [Atomic Commit In SQLite](https://www.sqlite.org/atomiccommit.html): a transaction \
                   happens as a whole or not at all, also when the power fails in the middle, as long as the disk does what \
                   the article assumes of it.",
        dated: "read November 2026",
    },
    Source {
        name: "sqlite-synchronous",
        markdown: "SQLite documentation, [PRAGMA synchronous](https://www.sqlite.org/pragma.html#pragma_synchronous): with a \
                   write-ahead log and `NORMAL` the database stays consistent, but a committed transaction may be gone after \
                   a loss of power; with `FULL` it is not.",
        dated: "read November 2026",
    },
    Source {
        name: "rust-sync",
        markdown: "Rust standard library, [std::sync](https://doc.rust-lang.org/std/sync/index.html): a mutex is poisoned when \
                   its holder panics; [Condvar](https://doc.rust-lang.org/std/sync/struct.Condvar.html) may wake up a thread \
                   without a reason, so that the condition has to be looked at again; \
                   [mpsc](https://doc.rust-lang.org/std/sync/mpsc/index.html) is first in, first out, and either end learns \
                   when the other is gone.",
        dated: "version 1.95, read November 2026",
    },
    Source {
        name: "etcd-lock",
        markdown: "etcd, [contrib/lock](https://github.com/etcd-io/etcd/tree/main/contrib/lock), an example after an article by \
                   Martin Kleppmann: a lock that is a lease cannot exclude others by itself, for its holder may have been \
                   paused; the storage has to check a number that grows with each grant.",
        dated: "read November 2026; the article is from 2016",
    },
    Source {
        name: "postgres-prepare",
        markdown: "PostgreSQL documentation, [PREPARE \
                   TRANSACTION](https://www.postgresql.org/docs/18/sql-prepare-transaction.html): the first half of a two-phase \
                   commit; it is for transaction managers and not for applications, and a prepared transaction keeps its \
                   locks until somebody ends it.",
        dated: "version 18, read November 2026",
    },
    Source {
        name: "spanner",
        markdown: "James C. Corbett and others, *Spanner: Google’s Globally-Distributed Database*, OSDI: a transaction over \
                   several groups of replicas is a two-phase commit among their leaders.",
        dated: "2012",
    },
    Source {
        name: "helland",
        markdown: "Pat Helland, [Life beyond Distributed Transactions: an Apostate’s \
                   Opinion](https://www.cidrdb.org/cidr2007/papers/cidr07p15.pdf), CIDR: what must change together is kept in \
                   one place; between places there are messages, which are sent again and recognised.",
        dated: "2007",
    },
    Source {
        name: "rabbitmq-order",
        markdown: "RabbitMQ documentation, [Queues](https://www.rabbitmq.com/docs/queues), “Message Ordering”: \
                   order is that of one channel; priorities, redelivery and several consumers change what is \
                   observed.",
        dated: "version 4.3, read August 2026",
    },
    Source {
        name: "rabbitmq-requeue",
        markdown: "RabbitMQ documentation, [Consumer Acknowledgements](https://www.rabbitmq.com/docs/confirms): \
                   a requeued message goes to its old place if it can, else closer to the head. Quorum queues \
                   keep returned messages apart, in the order of their return.",
        dated: "version 4.3, read August 2026",
    },
    Source {
        name: "rabbitmq-sac",
        markdown: "RabbitMQ documentation, [Consumers](https://www.rabbitmq.com/docs/consumers), “Single Active \
                   Consumer”.",
        dated: "version 4.3, read August 2026",
    },
    Source {
        name: "sqs-standard",
        markdown: "AWS, [Amazon SQS standard \
                   queues](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues.html): \
                   order is best effort.",
        dated: "a service without versions, read November 2026",
    },
    Source {
        name: "sqs-fifo",
        markdown: "AWS, [FIFO queue delivery \
                   logic](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html): \
                   order holds within a message group; one receive may return several messages of a group, and \
                   no other consumer gets that group meanwhile.",
        dated: "a service without versions, read November 2026",
    },
    Source {
        name: "sqs-fifo-dlq",
        markdown: "AWS, [Using dead-letter queues in Amazon \
                   SQS](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html): \
                   do not put one behind a FIFO queue whose exact order matters.",
        dated: "a service without versions, read November 2026",
    },
    Source {
        name: "kafka-order",
        markdown: "Total order in Kafka is that of one partition: Jepsen, [Bufstream \
                   0.1.0](https://jepsen.io/analyses/bufstream-0.1.0), section 1.",
        dated: "2024",
    },
    Source {
        name: "kafka-share",
        markdown: "Apache Kafka, \
                   [KafkaShareConsumer](https://kafka.apache.org/42/javadoc/org/apache/kafka/clients/consumer/KafkaShareConsumer.html): \
                   share groups acknowledge record by record, at the expense of their order.",
        dated: "version 4.2; early access in 4.0",
    },
    Source {
        name: "activemq-groups",
        markdown: "ActiveMQ Classic documentation, [Message \
                   Groups](https://activemq.apache.org/components/classic/documentation/message-groups): the \
                   default map remembers 1,024 groups, and the oldest lose their order beyond that.",
        dated: "read August 2026",
    },
    Source {
        name: "ramanujan-q",
        markdown: "Donald Knuth, *The Art of Computer Programming*, volume 1, section 1.2.11.3: Ramanujan’s Q \
                   function. The derivation for queues is ours; it stands with its tests in \
                   `crates/queues/src/theory.rs`.",
        dated: "third edition, 1997",
    },
    Source {
        name: "two-generals",
        markdown: "E. A. Akkoyunlu, K. Ekanadham and R. V. Huber, *Some constraints and tradeoffs in the design of network \
                   communications*, SOSP: two parties on a line that loses messages cannot come to certain \
                   agreement. The name “two generals” came later.",
        dated: "1975",
    },
    Source {
        name: "rabbitmq-acks",
        markdown: "RabbitMQ documentation, [Consumer Acknowledgements and Publisher \
                   Confirms](https://www.rabbitmq.com/docs/confirms): with automatic acknowledgement a message counts as \
                   delivered as soon as it is sent; manual acknowledgements and confirms are at least once; what was not \
                   acknowledged when its channel or connection closes is requeued.",
        dated: "version 4.3, read August 2026",
    },
    Source {
        name: "rabbitmq-maxlength",
        markdown: "RabbitMQ documentation, [Queue Length Limit](https://www.rabbitmq.com/docs/maxlength): the default \
                   overflow behaviour, once a limit is set, is `drop-head`: the oldest message is dropped or dead-lettered. \
                   `reject-publish` refuses the new one instead. Only messages that are ready count.",
        dated: "version 4.3, read August 2026",
    },
    Source {
        name: "celery-acks",
        markdown: "Celery documentation, [Tasks](https://docs.celeryq.dev/en/stable/userguide/tasks.html): a task is \
                   acknowledged just before it is executed, or after it with `acks_late`; even then one whose worker \
                   process was killed is acknowledged, unless `task_reject_on_worker_lost` is set.",
        dated: "read August 2026",
    },
    Source {
        name: "celery-redis",
        markdown: "Celery documentation, [Using \
                   Redis](https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/redis.html): the \
                   visibility timeout is one hour, and tasks that are to run later than it are executed again, in a loop.",
        dated: "read August 2026",
    },
    Source {
        name: "kafka-semantics",
        markdown: "Apache Kafka documentation, [Design](https://kafka.apache.org/documentation/#semantics), “Message \
                   Delivery Semantics”: committing the position before processing is at most once, after it at least \
                   once; exactly once holds between topics, and elsewhere only with the destination’s cooperation.",
        dated: "read at a commit of October 2024, and for 4.x on its pages in August 2026",
    },
    Source {
        name: "kafka-auto-commit",
        markdown: "Apache Kafka documentation, [Consumer configuration](https://kafka.apache.org/documentation/#consumerconfigs): \
                   `enable.auto.commit` is true unless it is changed. The documentation of \
                   [KafkaConsumer](https://kafka.apache.org/40/javadoc/org/apache/kafka/clients/consumer/KafkaConsumer.html) \
                   says when that is at least once in the Java client.",
        dated: "read August and November 2026",
    },
    Source {
        name: "sqs-visibility",
        markdown: "AWS, [Amazon SQS visibility \
                   timeout](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html) \
                   and quotas: 30 seconds by default, 12 hours at most; delivery is at least once.",
        dated: "a service without versions, read November 2026",
    },
    Source {
        name: "sqs-copies",
        markdown: "AWS, [Amazon SQS at-least-once \
                   delivery](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/standard-queues-at-least-once-delivery.html): \
                   a copy on a server that cannot be reached when a message is deleted may be received again.",
        dated: "a service without versions, read November 2026",
    },
    Source {
        name: "sqs-receive-count",
        markdown: "AWS, [Avoiding inconsistent message \
                   processing](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/avoiding-inconsistent-message-processing.html): \
                   do not set `maxReceiveCount` to 1; a receive may count although its answer was lost.",
        dated: "a service without versions, read November 2026",
    },
    Source {
        name: "sqs-fifo-once",
        markdown: "AWS, [Amazon SQS FIFO queue and message \
                   terms](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-key-terms.html): \
                   a send with the same deduplication id within five minutes is not delivered again.",
        dated: "a service without versions, read November 2026",
    },
    Source {
        name: "activemq-flow",
        markdown: "ActiveMQ Classic documentation, [Producer Flow \
                   Control](https://activemq.apache.org/components/classic/documentation/producer-flow-control): at its limits \
                   of memory and store the broker lets the producer wait, or answers with an error where \
                   `sendFailIfNoSpace` is set.",
        dated: "read August 2026",
    },
    Source {
        name: "artemis-full",
        markdown: "Artemis documentation, \
                   [Paging](https://activemq.apache.org/components/artemis/documentation/latest/paging.html): what does not fit \
                   into memory goes to page files by default; an address can be set to block, fail or drop instead.",
        dated: "read at a commit of December 2025",
    },
    Source {
        name: "ferd",
        markdown: "Fred Hébert, [Queues Don’t Fix Overload](https://ferd.ca/queues-don-t-fix-overload.html): a queue in \
                   front of a bottleneck moves the moment of failure; what helps is back-pressure or shedding.",
        dated: "2014",
    },
    Source {
        name: "rabbitmq-partitions",
        markdown: "RabbitMQ documentation, [Clustering and Network \
                   Partitions](https://www.rabbitmq.com/docs/3.13/partitions): nodes take each other for down after 60 \
                   seconds; `ignore` is the default; when a partition is ended, what changed on the other side is lost.",
        dated: "versions 3.13 and 4.2, read August 2026",
    },
    Source {
        name: "rabbitmq-clustering",
        markdown: "RabbitMQ documentation, [Clustering Guide](https://www.rabbitmq.com/docs/clustering#clustering-and-clients), \
                   “Clustering and Clients”: a client may connect to any node, and that node routes what it does to the \
                   queue’s leader.",
        dated: "version 4.2, read November 2026",
    },
    Source {
        name: "rfc793-ack",
        markdown: "[RFC 793](https://www.rfc-editor.org/rfc/rfc793#section-2.6), *Transmission Control Protocol*, section 2.6: \
                   an acknowledgment means that the receiving TCP has taken responsibility, and not that the data has reached \
                   the user. RFC 9293 replaces it and keeps the mechanism.",
        dated: "1981 and 2022",
    },
    Source {
        name: "tcp-7",
        markdown: "Linux manual pages, [tcp(7)](https://man7.org/linux/man-pages/man7/tcp.7.html): `tcp_retries2`, what is sent \
                   and not acknowledged is given up after 13 to 30 minutes; `tcp_keepalive_time`, probes begin after two \
                   hours, and only where `SO_KEEPALIVE` is set.",
        dated: "read November 2026",
    },
    Source {
        name: "http2-flow",
        markdown: "[RFC 9113](https://www.rfc-editor.org/rfc/rfc9113#section-5.2), *HTTP/2*, sections 4 and 5.2: frames, and \
                   flow control for each stream.",
        dated: "2022",
    },
    Source {
        name: "rabbitmq-quorum",
        markdown: "RabbitMQ documentation, [Quorum Queues](https://www.rabbitmq.com/docs/quorum-queues), “Data Safety”: \
                   a confirmed message is on disk at a majority; the minority takes nothing.",
        dated: "version 4.3, read August 2026",
    },
    Source {
        name: "rabbitmq-43",
        markdown: "RabbitMQ, [release notes of \
                   4.3.0](https://github.com/rabbitmq/rabbitmq-server/blob/main/release-notes/4.3.0.md): Mnesia and with \
                   it the partition handling strategies are gone. Classic queue mirroring was removed in 4.0.",
        dated: "April 2026, read August 2026",
    },
    Source {
        name: "rabbitmq-stored",
        markdown: "RabbitMQ blog, [How Are The Messages \
                   Stored?](https://www.rabbitmq.com/blog/2025/01/17/how-are-the-messages-stored): \
                   classic queues do not flush before they confirm; quorum queues do, on a majority. The page on \
                   [confirms](https://www.rabbitmq.com/docs/confirms) says that a persistent message is persisted to disk \
                   first.",
        dated: "January 2025 and version 4.3, read August 2026",
    },
    Source {
        name: "kafka-replication",
        markdown: "Apache Kafka documentation, [Design](https://kafka.apache.org/documentation/#replication), \
                   “Replication”: a record is committed when all in-sync replicas have it, and a replica that has not \
                   caught up for `replica.lag.time.max.ms`, 30 seconds by default, is not in sync.",
        dated: "read at a commit of October 2024, and for 4.x on its pages in August 2026",
    },
    Source {
        name: "kafka-session",
        markdown: "Apache Kafka, [KIP-735](https://cwiki.apache.org/confluence/display/KAFKA/KIP-735%3A+Increase+default+consumer+session+timeout): \
                   `session.timeout.ms` is 45 seconds. That the group’s coordinator is not told of broken connections says \
                   [KAFKA-7610](https://issues.apache.org/jira/browse/KAFKA-7610), of 2018.",
        dated: "since 3.0; read November 2026",
    },
    Source {
        name: "kafka-min-insync",
        markdown: "Apache Kafka documentation, [Design](https://kafka.apache.org/documentation/#design_ha), \
                   “Availability and Durability Guarantees”, and the broker’s defaults: `default.replication.factor` is \
                   1 and `min.insync.replicas` is 1.",
        dated: "read at a commit of October 2024, and for 4.x on its pages in August 2026",
    },
    Source {
        name: "kafka-acks",
        markdown: "Apache Kafka 3.0, [Notable changes](https://kafka.apache.org/30/getting-started/upgrade): a \
                   producer’s `acks` is `all` by default; before it was 1.",
        dated: "version 3.0, read November 2026",
    },
    Source {
        name: "activemq-leveldb",
        markdown: "ActiveMQ documentation, [Replicated LevelDB \
                   Store](https://activemq.apache.org/components/classic/documentation/replicated-leveldb-store): a \
                   leader elected through ZooKeeper, and a quorum of stores; unsupported since 5.14.2 and removed in \
                   5.17.",
        dated: "introduced with 5.9, read August 2026",
    },
    Source {
        name: "jepsen-kafka",
        markdown: "Kyle Kingsbury, [Jepsen: Kafka](https://aphyr.com/posts/293-jepsen-kafka): the in-sync set shrinks \
                   to the leader, the leader is lost, and with it acknowledged writes. Read as an excerpt.",
        dated: "2013, a release candidate of 0.8",
    },
    Source {
        name: "jepsen-rabbitmq",
        markdown: "Kyle Kingsbury, [Jepsen: RabbitMQ](https://aphyr.com/posts/315-call-me-maybe-rabbitmq), read as an excerpt. \
                   Settings (`pause_minority`, random halves for 60 s, `ha-sync-mode` automatic) by its \
                   [repository](https://github.com/jepsen-io/jepsen/tree/main/rabbitmq), where they are those of a later version, for RabbitMQ \
                   3.5.6.",
        dated: "2014",
    },
    Source {
        name: "kafka-elr",
        markdown: "Kafka, [Eligible Leader Replicas](https://kafka.apache.org/41/operations/eligible-leader-replicas), and \
                   [KIP-966](https://cwiki.apache.org/confluence/display/KAFKA/KIP-966%3A+Eligible+Leader+Replicas), which \
                   describes the last replica standing.",
        dated: "4.1",
    },
    Source {
        name: "beanstalkd-binlog",
        markdown: "beanstalkd, [manual page](https://github.com/beanstalkd/beanstalkd/blob/master/doc/beanstalkd.ronn): \
                   jobs are in memory; `-b` writes a log, which is flushed at most once every 50 ms by default.",
        dated: "version 1.13, read August 2026",
    },
];

#[cfg(test)]
mod tests {
    use super::{citing, sources};

    #[test]
    fn every_source_is_dated_and_cited() {
        for source in sources() {
            assert!(source.markdown.ends_with('.'), "{}", source.name);
            assert!(
                !source.dated.is_empty() && !source.dated.ends_with('.'),
                "{}: {}",
                source.name,
                source.dated
            );
            assert!(citing(source.name).next().is_some(), "no chapter cites {}", source.name);
            // Markdown takes an address with a space in it for text.
            for target in source.markdown.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                assert!(!target.contains(char::is_whitespace), "{}: {target}", source.name);
            }
        }
    }

    #[test]
    fn a_note_tells_what_and_of_when() {
        let outline = sources().iter().find(|source| source.name == "outline").unwrap();
        assert!(
            outline
                .note()
                .ends_with("“Distributed queues”. The section entered the outline in September 2016.")
        );
    }
}
