// SPDX-License-Identifier: MIT OR Apache-2.0
//! The outline: parts, chapters and the claims that they make.
//!
//! It follows two sections and one aside of Kyle Kingsbury's outline "An Introduction to Distributed Systems"
//! (github.com/aphyr/distsys-class), in our own words.

/// A part of the course.
#[derive(Debug)]
pub struct Part {
    /// Its title, as the book's contents have it.
    pub title: &'static str,
    /// Its chapters, in order.
    pub chapters: &'static [Chapter],
}

/// A chapter.
#[derive(Debug)]
pub struct Chapter {
    /// Its title.
    pub title: &'static str,
    /// The name of its file in `book/src`, without the ending; also its name on command lines.
    pub slug: &'static str,
    /// What it claims; the introduction claims nothing.
    pub claims: &'static [Claim],
    /// What it shows, in a sentence, for whoever decides whether to open it.
    pub shows: &'static str,
    /// Its text and what it takes; `None` until it is written.
    pub lesson: Option<Lesson>,
}

/// A claim of the outline, in our words.
#[derive(Debug)]
pub struct Claim {
    /// Its short name, such as `Q8`.
    pub id: &'static str,
    /// The claim, a sentence.
    pub sentence: &'static str,
}

/// What a written chapter has.
#[derive(Debug)]
pub struct Lesson {
    /// The chapter's text: Markdown with directives, see [`crate::chapter`].
    pub markdown: &'static str,
    /// How long it takes to read and play, in minutes; the exercises come on top.
    pub minutes: u32,
    /// The run its first figure shows.
    pub figure: Option<&'static str>,
    /// The names of its exercises.
    pub exercises: &'static [&'static str],
}

macro_rules! claims {
    ($($id:literal $sentence:literal),* $(,)?) => { &[$(Claim { id: $id, sentence: $sentence }),*] };
}

const fn planned(
    title: &'static str,
    slug: &'static str,
    claims: &'static [Claim],
    shows: &'static str,
) -> Chapter {
    Chapter { title, slug, claims, shows, lesson: None }
}

const PARTS: &[Part] = &[
    Part {
        title: "Before you begin",
        chapters: &[Chapter {
            title: "Introduction",
            slug: "introduction",
            claims: &[],
            shows: "What this course is, and what you can do with it in ten minutes.",
            lesson: Some(Lesson {
                markdown: include_str!("../../../book/src/introduction.md"),
                minutes: 4,
                figure: Some("order/concurrent-consumers?seed=7"),
                exercises: &[],
            }),
        }],
    },
    Part {
        title: "Part I · Don’t distribute",
        chapters: &[
            Chapter {
                title: "Rule one",
                slug: "rule-one",
                claims: claims!(
                    "D1" "Do not distribute what does not have to be distributed.",
                    "D2" "One machine gives dependable primitives: locks, threads, queues, transactions.",
                    "D3" "Leave the machine, and each of them has to be built again from the ground.",
                ),
                shows: "The same transfer of money on one node and across two, while messages are lost.",
                lesson: Some(Lesson {
                    markdown: include_str!("../../../book/src/rule-one.md"),
                    minutes: 11,
                    figure: Some("money/transfer?seed=18"),
                    exercises: &["bounded_queue", "transfer"],
                }),
            },
            planned(
                "Small enough?",
                "small-enough",
                claims!("D4" "“Big data” is often small enough for one node."),
                "The largest data set that one rented machine holds.",
            ),
            planned(
                "Computers are fast",
                "computers-are-fast",
                claims!(
                    "D5" "One ordinary HTTP service has taken 50,000 requests a second, parsed, journaled and shipped.",
                    "D6" "Protocol Buffers over TCP reached 10 million events a second, in memory.",
                ),
                "Your own machine at work, stage by stage.",
            ),
            planned(
                "One node, a spare, a person",
                "one-node-a-spare-a-person",
                claims!(
                    "D7" "Ask whether one node’s guarantees would do.",
                    "D8" "Ask whether starting another node when it breaks would do.",
                    "D9" "Ask whether a person could do by hand what the distributed algorithm is for.",
                ),
                "A year of failures in ten seconds.",
            ),
        ],
    },
    Part {
        title: "Part II · Distributed queues",
        chapters: &[
            planned(
                "What a queue is for",
                "what-a-queue-is-for",
                claims!(
                    "Q3" "They serve when work must be acknowledged now and done later.",
                    "Q4" "They carry data dependably between stateless services.",
                ),
                "A request handler that does the work, against one that enqueues it.",
            ),
            Chapter {
                title: "The field",
                slug: "the-field",
                claims: claims!(
                    "Q1" "The field: Kafka, Kestrel, RabbitMQ, IronMQ, ActiveMQ, HornetQ, Beanstalk, SQS, Celery.",
                ),
                shows: "Nine systems, what their “ok” means, and what is left when a plug is pulled.",
                lesson: Some(Lesson {
                    markdown: include_str!("../../../book/src/the-field.md"),
                    minutes: 8,
                    figure: Some("field/beanstalkd?seed=1&faults=crash:queue@30s;restart:queue@31s"),
                    exercises: &[],
                }),
            },
            planned(
                "The journal",
                "the-journal",
                claims!("Q2" "They journal work to disk on several nodes, for redundancy."),
                "Bytes on their way to the platter, while you pull the plug.",
            ),
            Chapter {
                title: "Through a partition",
                slug: "through-a-partition",
                claims: claims!("Q5" "Few keep it all through a partition."),
                shows: "Nine systems, with the network cut where you like.",
                lesson: Some(Lesson {
                    markdown: include_str!("../../../book/src/through-a-partition.md"),
                    minutes: 14,
                    figure: Some(
                        "field/rabbitmq?seed=1&confirm-timeout=60s&tries=3&replication=mirrors&faults=cut:queue-1,producer-1/\
                         queue-2,queue-3,consumer-1,consumer-2@10s;heal@130s",
                    ),
                    exercises: &["min_insync"],
                }),
            },
            planned(
                "Not faster",
                "not-faster",
                claims!("Q6" "A queue does not improve end-to-end latency."),
                "The same message, direct and queued, side by side.",
            ),
            planned(
                "Not more",
                "not-more",
                claims!("Q7" "A queue does not improve mean throughput: the consumers limit it."),
                "Arrivals and departures, as their lines part.",
            ),
            Chapter {
                title: "Not in order",
                slug: "not-in-order",
                claims: claims!(
                    "Q8" "With concurrent consumers there is no total order, and consumers nearly always are concurrent."
                ),
                shows: "Three consumers share one queue, and its messages take effect in another order.",
                lesson: Some(Lesson {
                    markdown: include_str!("../../../book/src/not-in-order.md"),
                    minutes: 10,
                    figure: Some("order/concurrent-consumers?seed=7"),
                    exercises: &["resequencer", "partition_by_key"],
                }),
            },
            planned(
                "Not in order, again",
                "not-in-order-again",
                claims!("Q9" "With asynchronous consumers there is none either: side effects land out of order."),
                "One consumer, two effects in flight, and a final value that flips.",
            ),
            Chapter {
                title: "At most, at least",
                slug: "at-most-at-least",
                claims: claims!("Q10" "Delivery is at most once or at least once."),
                shows: "Two worlds that the broker cannot tell apart.",
                lesson: Some(Lesson {
                    markdown: include_str!("../../../book/src/at-most-at-least.md"),
                    minutes: 12,
                    figure: Some("delivery/one-message?seed=1"),
                    exercises: &["at_most_once", "at_least_once", "idempotent_consumer"],
                }),
            },
            planned(
                "Exactly one effect",
                "exactly-one-effect",
                claims!(
                    "Q11" "Exactly-once has to be recovered by controlling side effects.",
                    "Q12" "Make queued operations idempotent.",
                ),
                "A bank balance, expected against actual.",
            ),
            Chapter {
                title: "The spike",
                slug: "the-spike",
                claims: claims!("Q13" "Queues do improve burst throughput: they smooth load spikes."),
                shows: "A burst arrives; the service line stays flat.",
                lesson: Some(Lesson {
                    markdown: include_str!("../../../book/src/the-spike.md"),
                    minutes: 10,
                    figure: Some("spike/queue?seed=1"),
                    exercises: &["smooth", "bounded"],
                }),
            },
            Chapter {
                title: "When a part dies",
                slug: "when-a-part-dies",
                claims: claims!("Q14" "Distributed queues also improve fault tolerance, if they do not lose data."),
                shows: "A consumer, a broker and a disk die.",
                lesson: Some(Lesson {
                    markdown: include_str!("../../../book/src/when-a-part-dies.md"),
                    minutes: 9,
                    figure: Some("field/beanstalkd?seed=1"),
                    exercises: &["lease"],
                }),
            },
            Chapter {
                title: "Or just a socket",
                slug: "or-just-a-socket",
                claims: claims!("Q15" "Without need for fault tolerance or a large buffer, TCP is enough."),
                shows: "Every disk write and every hop of one message.",
                lesson: Some(Lesson {
                    markdown: include_str!("../../../book/src/or-just-a-socket.md"),
                    minutes: 8,
                    figure: Some("socket/one-message?seed=1"),
                    exercises: &["just_tcp"],
                }),
            },
            planned(
                "A way out",
                "a-way-out",
                claims!("Q16" "A queue can be the way out of a poorly chosen runtime."),
                "An event loop that blocks, and then does not.",
            ),
        ],
    },
    Part {
        title: "Bonus · Production",
        chapters: &[planned(
            "Oh no, queues",
            "oh-no-queues",
            claims!("O1" "Every queue must be bounded, and a longer queue does not help."),
            "What a longer queue does under overload.",
        )],
    },
];

/// The whole outline, in order.
pub fn outline() -> &'static [Part] {
    PARTS
}

/// All chapters, in order.
pub fn chapters() -> impl Iterator<Item = &'static Chapter> {
    PARTS.iter().flat_map(|part| part.chapters)
}

/// The chapter of this title or slug.
pub fn find_chapter(name: &str) -> Option<&'static Chapter> {
    chapters().find(|chapter| chapter.title == name || chapter.slug == name)
}
