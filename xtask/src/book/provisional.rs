// SPDX-License-Identifier: MIT OR Apache-2.0
//! PROVISIONAL until the course crate holds this data: sample values, so that the pages can be laid out.
//!
//! Nothing here was computed, and the build says so each time. The file goes when `course` answers these questions.

use super::content::{Bet, Claim, Content, Exercise, Number, Refusal, Source, Table};

/// Sample values.
pub(crate) struct Provisional;

const OUTLINE: &[(&str, &[(&str, &str)], &str)] = &[
    (
        "Rule one",
        &[
            ("D1", "Do not distribute what does not have to be distributed."),
            ("D2", "One machine gives dependable primitives: locks, threads, queues, transactions."),
            ("D3", "Leave the machine, and each of them has to be built again from the ground."),
        ],
        "The same transfer of money on one node and across two, while messages are lost.",
    ),
    (
        "Small enough?",
        &[("D4", "“Big data” is often small enough for one node.")],
        "The largest data set that one rented machine holds.",
    ),
    (
        "Computers are fast",
        &[
            ("D5", "One ordinary HTTP service has taken 50,000 requests a second."),
            ("D6", "Protocol Buffers over TCP reached 10 million events a second."),
        ],
        "Your own machine at work, stage by stage.",
    ),
    (
        "One node, a spare, a person",
        &[
            ("D7", "Ask whether one node’s guarantees would do."),
            ("D8", "Ask whether starting another node when it breaks would do."),
            ("D9", "Ask whether a person could do by hand what the distributed algorithm is for."),
        ],
        "A year of failures in ten seconds.",
    ),
    (
        "What a queue is for",
        &[
            ("Q1", "The field: Kafka, Kestrel, RabbitMQ, IronMQ, ActiveMQ, HornetQ, Beanstalk, SQS, Celery."),
            ("Q3", "They serve when work must be acknowledged now and done later."),
            ("Q4", "They carry data dependably between stateless services."),
        ],
        "A request handler that does the work, against one that enqueues it.",
    ),
    (
        "The journal",
        &[("Q2", "They journal work to disk on several nodes, for redundancy.")],
        "Bytes on their way to the platter, while you pull the plug.",
    ),
    (
        "Through a partition",
        &[("Q5", "Few keep it all through a partition.")],
        "Nine systems with the network cut where you like.",
    ),
    (
        "Not faster",
        &[("Q6", "A queue does not improve end-to-end latency.")],
        "The same message, direct and queued, side by side.",
    ),
    (
        "Not more",
        &[("Q7", "A queue does not improve mean throughput: the consumers limit it.")],
        "Arrivals and departures, as their lines part.",
    ),
    (
        "Not in order",
        &[(
            "Q8",
            "With concurrent consumers there is no total order, and consumers nearly always are concurrent.",
        )],
        "Three consumers share one queue, and its messages take effect in another order.",
    ),
    (
        "Not in order, again",
        &[("Q9", "With asynchronous consumers there is none either: side effects land out of order.")],
        "One consumer, two effects in flight, and a final value that flips.",
    ),
    (
        "At most, at least",
        &[("Q10", "Delivery is at most once or at least once.")],
        "Two worlds that the broker cannot tell apart.",
    ),
    (
        "Exactly one effect",
        &[
            ("Q11", "Exactly-once has to be recovered by controlling side effects."),
            ("Q12", "Make queued operations idempotent."),
        ],
        "A bank balance, expected against actual.",
    ),
    (
        "The spike",
        &[("Q13", "Queues do improve burst throughput: they smooth load spikes.")],
        "A burst arrives; the service line stays flat.",
    ),
    (
        "When a part dies",
        &[("Q14", "Distributed queues also improve fault tolerance, if they do not lose data.")],
        "A consumer, a broker and a disk die.",
    ),
    (
        "Or just a socket",
        &[("Q15", "Without need for fault tolerance or a large buffer, TCP is enough.")],
        "Every disk write and every hop of one message.",
    ),
    (
        "A way out",
        &[("Q16", "A queue can be the way out of a poorly chosen runtime.")],
        "An event loop that blocks, and then does not.",
    ),
    ("Oh no, queues", &[("O1", "Every queue must be bounded.")], "What a longer queue does under overload."),
];

fn unknown<T>(names: &[&str]) -> Result<T, Refusal> {
    Err(Refusal::Unknown(names.iter().map(ToString::to_string).collect()))
}

impl Content for Provisional {
    fn number(&self, name: &str) -> Result<Number, Refusal> {
        let shown = match name {
            "overtaken-3" => "25.1 %",
            "jump-3" => "4",
            _ => return unknown(&["jump-3", "overtaken-3"]),
        };
        Ok(Number { shown: shown.into(), how: "400 runs of order/two-consumers".into() })
    }
    fn source(&self, name: &str) -> Result<Source, Refusal> {
        let markdown = match name {
            "outline" => {
                "Kyle Kingsbury, [An Introduction to Distributed Systems](https://github.com/aphyr/distsys-class)."
            }
            "rabbitmq-order" => {
                "RabbitMQ promises the order of a queue for one channel and one consumer; redelivery and competing consumers change it: [Queues](https://www.rabbitmq.com/docs/queues)."
            }
            _ => return unknown(&["outline", "rabbitmq-order"]),
        };
        Ok(Source { markdown: markdown.into() })
    }
    fn bet(&self, name: &str) -> Result<Bet, Refusal> {
        if name != "more-consumers" {
            return unknown(&["more-consumers"]);
        }
        Ok(Bet {
            question: "Jobs take 40 ms on average, more or less. Of 1,000 messages, how many does a second consumer let be overtaken?".into(),
            options: vec!["none: two workers take turns".into(), "about 30".into(), "about 120".into(), "more than 200".into()],
            right: 2,
            answer: "With two consumers 118 of 1,000 messages are overtaken, and the largest jump is 2.".into(),
        })
    }
    fn exercise(&self, name: &str) -> Result<Exercise, Refusal> {
        if name != "resequencer" {
            return unknown(&["resequencer"]);
        }
        Ok(Exercise {
            title: "Put each key’s messages back in order".into(),
            statement: "Messages of many keys arrive out of order, some of them twice. Emit each key’s messages in the order of their numbers, in a buffer that holds at most `B` of them.\n\nThe process may crash between any two steps; what was not written durably is gone.".into(),
            file: "exercises/queues/src/bin/resequencer.rs".into(),
            command: "cargo course check resequencer".into(),
            points: vec![("safety: nothing out of order, nothing twice, nothing lost".into(), 60), ("liveness: finishes when quiet".into(), 25), ("cost: flushes and buffer".into(), 15)],
        })
    }
    fn table(&self, name: &str) -> Result<Table, Refusal> {
        if name != "overtaken-by-consumers" {
            return unknown(&["overtaken-by-consumers"]);
        }
        let row = |cells: [&str; 4]| cells.map(String::from).to_vec();
        Ok(Table {
            caption: "Messages overtaken, by number of consumers".into(),
            head: ["consumers", "overtaken, jobs vary", "overtaken, jobs alike", "largest jump"]
                .map(String::from)
                .to_vec(),
            rows: vec![
                row(["1", "0 %", "0 %", "0"]),
                row(["2", "11.8 %", "0 %", "2"]),
                row(["4", "31.0 %", "0 %", "6"]),
                row(["8", "52.4 %", "0 %", "13"]),
            ],
        })
    }
    fn still(&self, _address: &str, title: &str) -> Result<String, Refusal> {
        let mut svg = format!(
            r#"<svg viewBox="0 0 800 300" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">"#,
            super::markdown::escape(title)
        );
        for (from, to) in [0usize, 2, 1, 3, 6, 4, 5, 7].iter().enumerate() {
            let tone = if from > *to { "--overtaken" } else { "--ink" };
            let (y, z) = (20 + from * 36, 20 + to * 36);
            svg += &format!(
                "<path d=\"M200 {y} L600 {z}\" style=\"stroke:var({tone});stroke-width:1.6;fill:none\"/><circle cx=\"200\" cy=\"{y}\" r=\"6\" style=\"fill:var({tone})\"/><circle cx=\"600\" cy=\"{z}\" r=\"6\" style=\"fill:var({tone})\"/><text x=\"178\" y=\"{}\" text-anchor=\"end\" style=\"fill:var(--quiet);font:15px var(--sans)\">{}</text>",
                y + 5,
                from + 1
            );
        }
        Ok(svg + "</svg>")
    }
    fn claims(&self, chapter: &str) -> Vec<Claim> {
        let found = OUTLINE.iter().find(|(title, ..)| *title == chapter);
        found
            .map(|(_, claims, _)| {
                claims
                    .iter()
                    .map(|(id, sentence)| Claim { id: id.to_string(), sentence: sentence.to_string() })
                    .collect()
            })
            .unwrap_or_default()
    }
    fn shows(&self, chapter: &str) -> Option<String> {
        OUTLINE.iter().find(|(title, ..)| *title == chapter).map(|(_, _, shows)| shows.to_string())
    }
}
