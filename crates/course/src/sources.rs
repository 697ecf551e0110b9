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
