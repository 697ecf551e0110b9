// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where statements about real systems come from, with version and date.

use crate::computed::Source;

/// All sources, by name.
pub const SOURCES: &[Source] = &[
    Source {
        name: "outline",
        markdown: "Kyle Kingsbury, [An Introduction to Distributed Systems](https://github.com/aphyr/distsys-class), \
                   section “Distributed queues”. The section entered the outline in September 2016.",
    },
    Source {
        name: "rabbitmq-order",
        markdown: "RabbitMQ 4.3 documentation, [Queues](https://www.rabbitmq.com/docs/queues), “Message Ordering”: order \
                   is that of one channel; priorities, redelivery and several consumers change what is observed. Read \
                   August 2026.",
    },
    Source {
        name: "rabbitmq-requeue",
        markdown: "RabbitMQ 4.3 documentation, [Consumer Acknowledgements](https://www.rabbitmq.com/docs/confirms): a \
                   requeued message goes to its old place if it can, else closer to the head. Quorum queues keep returned \
                   messages apart, in the order of their return. Read August 2026.",
    },
    Source {
        name: "rabbitmq-sac",
        markdown: "RabbitMQ 4.3 documentation, [Consumers](https://www.rabbitmq.com/docs/consumers), “Single Active \
                   Consumer”. Read August 2026.",
    },
    Source {
        name: "sqs-standard",
        markdown: "AWS, [Amazon SQS standard queues](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/\
                   SQSDeveloperGuide/standard-queues.html): order is best effort. A service without versions; read \
                   November 2026.",
    },
    Source {
        name: "sqs-fifo",
        markdown: "AWS, [FIFO queue delivery logic](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/\
                   SQSDeveloperGuide/FIFO-queues-understanding-logic.html): order holds within a message group; one \
                   receive may return several messages of a group, and no other consumer gets that group meanwhile. Read \
                   November 2026.",
    },
    Source {
        name: "sqs-fifo-dlq",
        markdown: "AWS, [Using dead-letter queues in Amazon SQS](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/\
                   SQSDeveloperGuide/sqs-dead-letter-queues.html): do not put one behind a FIFO queue whose exact order \
                   matters. Read November 2026.",
    },
    Source {
        name: "kafka-order",
        markdown: "Total order in Kafka is that of one partition: Jepsen, [Bufstream 0.1.0](https://jepsen.io/analyses/\
                   bufstream-0.1.0), section 1, 2024.",
    },
    Source {
        name: "kafka-share",
        markdown: "Apache Kafka 4.2, [KafkaShareConsumer](https://kafka.apache.org/42/javadoc/org/apache/kafka/clients/\
                   consumer/KafkaShareConsumer.html): share groups acknowledge record by record, at the expense of their \
                   order. Early access in 4.0, production in 4.2.",
    },
    Source {
        name: "activemq-groups",
        markdown: "ActiveMQ Classic documentation, [Message Groups](https://activemq.apache.org/components/classic/\
                   documentation/message-groups): the default map remembers 1,024 groups, and the oldest lose their order \
                   beyond that. Read August 2026.",
    },
    Source {
        name: "ramanujan-q",
        markdown: "Donald Knuth, *The Art of Computer Programming*, volume 1, section 1.2.11.3: Ramanujan’s Q function. The \
                   derivation for queues is ours; it stands with its tests in `crates/queues/src/theory.rs`.",
    },
];
