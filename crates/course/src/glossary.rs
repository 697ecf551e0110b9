// SPDX-License-Identifier: MIT OR Apache-2.0
//! The words of the field, a sentence each, as this course uses them.

/// A term and what it means.
#[derive(Debug)]
pub struct Term {
    /// The term, in lower case but for names.
    pub name: &'static str,
    /// What else it is called; empty if nothing.
    pub also: &'static str,
    /// What it means, a sentence without the term itself at its beginning. Plain text.
    pub sentence: &'static str,
}

impl Term {
    /// The name as addresses have it: `at least once` is `at-least-once`.
    pub fn slug(&self) -> String {
        let name = self.name.replace('’', "").to_lowercase();
        name.split(|c: char| !c.is_alphanumeric()).collect::<Vec<_>>().join("-")
    }
}

/// All terms, in the order of the alphabet.
pub fn glossary() -> &'static [Term] {
    TERMS
}

/// The term of this name, other name or slug.
pub fn find_term(name: &str) -> Option<&'static Term> {
    let named = |term: &&Term| term.name == name || term.slug() == name;
    TERMS.iter().find(named).or_else(|| TERMS.iter().find(|term| !name.is_empty() && term.also == name))
}

macro_rules! terms {
    ($($name:literal $(($also:literal))?: $sentence:literal)*) => {
        &[$(Term { name: $name, also: concat!($($also)?), sentence: $sentence }),*]
    };
}

#[rustfmt::skip]
const TERMS: &[Term] = terms! {
    "acknowledgement" ("ack"):
        "A consumer’s word to the broker that it is done with a delivery, after which the broker may forget the message."
    "address":
        "The one line of text that decides a run: scenario, seed, parameters, fault script and moment."
    "at least once":
        "The policy of handing a message out until it is acknowledged: none that was accepted is forgotten, and some take effect twice."
    "at most once":
        "The policy of never handing a message out again once it may have taken effect: none takes effect twice, and some are lost."
    "back-off":
        "A wait before the next attempt that grows with every failure, best with some jitter, so that clients do not come back together."
    "back-pressure":
        "Slowing down whoever sends, so that no more arrives than can be taken."
    "bound":
        "The most that a queue may hold; beyond it something is refused, delayed or dropped, by a rule that somebody should have chosen."
    "broker":
        "The program between producers and consumers that takes messages in, keeps them and hands them out."
    "capacity":
        "The work that can be finished in a second in the long run: with c equal consumers and a mean service time of s seconds, c ÷ s messages."
    "checker":
        "A fold over the events of a trace that says of one promise whether it held, was broken, or cannot be told."
    "competing consumers":
        "Several consumers of one queue, where each message is handed to one of them."
    "consumer":
        "A program that takes messages from a queue and acts on them."
    "consumer group":
        "Consumers that divide the partitions of a topic among themselves, so that each partition has one reader of the group at a time."
    "counterexample":
        "A run in which a promise is broken."
    "crash":
        "The end of a process without warning: what stood only in its memory is gone, and nobody else is told."
    "dead-letter queue":
        "Where a broker puts a message that it will not hand out any more, because it was delivered too often, was refused or has expired."
    "deduplication":
        "Telling by its identifier that a message was seen before, nearly always within a bounded window of time or number."
    "delivery":
        "One handing over of a message to a consumer; a message can have several."
    "depth" ("backlog"):
        "How many messages wait in a queue at a moment; systems differ on whether those in flight count."
    "durable":
        "Kept through the failures that are named with the word: the crash of a process, the crash of a machine, the loss of a disk."
    "effect":
        "The change in the world that acting on a message makes, such as a row written or a letter sent."
    "end-to-end argument":
        "What takes the knowledge of the applications at both ends to do right cannot be done completely by the system between them (Saltzer, Reed and Clark, 1984)."
    "Erlang C":
        "The probability that a message has to wait, if arrivals are Poisson, work is exponential and c consumers share one queue."
    "exactly once":
        "Each message takes effect one time; where acknowledgements can be lost no delivery alone gives it, but idempotent effects do, or one transaction around effect and acknowledgement."
    "failover":
        "Letting a spare take over the work of a part that is believed to have failed."
    "fault script":
        "The list of what goes wrong in a run and when: crashes, restarts, cuts, lost, late and repeated packets."
    "fencing token":
        "A number that grows with every grant of a lock and that the guarded store checks, so that a write by a former holder is refused."
    "FIFO" ("first in, first out"):
        "Handed out in the order of arrival; it says nothing about the order in which effects land."
    "flush" ("fsync"):
        "Making the operating system write to the disk what stands in its page cache, and waiting until the disk says that it has."
    "head-of-line blocking":
        "Work that could be done now waits behind other work that cannot."
    "history":
        "The record of what clients asked and what they were told, each with its time, from which a checker judges a real system."
    "idempotency key":
        "An identifier that the sender chooses for an operation and keeps through all retries, so that the receiver can tell a retry from a new operation."
    "idempotent":
        "Having the same effect when done several times as when done once."
    "in flight":
        "Handed to a consumer, and neither acknowledged nor returned so far; of a packet: sent, and not arrived."
    "in-sync replicas" ("ISR"):
        "The replicas that have followed the leader closely enough to count towards a confirm, and one of which takes over when it dies."
    "invariant":
        "A statement that must be true at every moment of every run."
    "jitter":
        "The variation of a delay, or randomness that is added to one on purpose."
    "journal" ("write-ahead log"):
        "A file to which changes are appended before they are acted on, so that they can be replayed after a crash."
    "key":
        "The part of a message that says among which messages order matters: those of one customer, one account, one document."
    "latency":
        "The time from the moment in which something is asked to the moment in which it is done."
    "leader":
        "The replica that takes the writes at a time and decides on their order."
    "lease":
        "A right that ends by itself unless it is renewed; its holder may have been paused, and believe in it for too long."
    "Little’s law":
        "In the long run the mean number of messages in a system is their arrival rate times the mean time that each spends there: L = λW."
    "load shedding":
        "Refusing some work early and visibly, so that what was accepted is done in time."
    "log":
        "A sequence of records that is only appended to, and that each reader reads at an offset of its own without taking anything out."
    "message":
        "A piece of data that one program sends for another to act on, once if all goes well."
    "mutex" ("lock"):
        "What lets one thread at a time go on; whoever comes next sees all that the one before it has written."
    "negative acknowledgement" ("nack"):
        "A consumer’s word that it will not finish a delivery; the broker hands the message out again, drops it or sets it aside."
    "network partition":
        "A state of the network in which some machines cannot reach others though all of them run."
    "offset":
        "The place of a record in a log, counted from its beginning; a reader’s committed offset says up to where it is done."
    "outbox":
        "A table of the producer’s database that takes a message in the same transaction as the change it tells of, to be published afterwards."
    "overtaken":
        "Said of a message when another, enqueued after it, takes effect before it."
    "page cache":
        "The operating system’s memory of file contents: what was written stands there first, outlives the process, and is lost when the machine crashes."
    "partition":
        "One of the logs that a topic is divided into; order holds within it and not between two of them."
    "percentile" ("p50, p99"):
        "The value that the given part of all measurements does not exceed: 99 of 100 lie at or below p99."
    "poison message":
        "A message whose processing always fails, so that it comes back for as long as nobody sets it aside."
    "prefetch":
        "How many unacknowledged deliveries a consumer may hold at a time."
    "producer" ("publisher"):
        "A program that puts messages into a queue."
    "publisher confirm":
        "The broker’s word to the producer that it has taken a message over; how safe the message is by then depends on the broker’s settings."
    "queue":
        "A place where messages wait between a producer and a consumer, mostly handed out in the order in which they came."
    "quorum":
        "So many replicas that any two such sets have a member in common; mostly more than half of all."
    "redelivery":
        "A further delivery of a message whose earlier one was not acknowledged in time or was returned."
    "replication":
        "Keeping copies on several machines, so that the loss of one does not lose the data."
    "resequencer":
        "A part that holds messages which came too early until the missing ones have come, or are known to be gone, and passes them on in order."
    "retry storm":
        "More load because of retries, which causes more failures and so more retries, and can keep a system down after the first cause is gone."
    "scenario":
        "A named arrangement of producers, queues and consumers, with the parameters that a run may change."
    "seed":
        "The number from which all random choices of a run are drawn; the same seed gives the same choices."
    "service time":
        "How long a consumer works on one message, waiting not included."
    "shrinking":
        "Making a failing run smaller, step by step, for as long as it still fails in the same way."
    "space–time diagram":
        "A picture with a line for each node and an arrow for each packet, in which time runs in one direction for all of them."
    "split brain":
        "Two parts of a system that each believe to be the only one in charge."
    "throughput":
        "How much work is finished in a second."
    "token bucket":
        "A limiter that gains tokens at a steady rate up to a bound and spends one for each message, so that short bursts pass and the mean rate is kept."
    "total order":
        "An order in which one of any two messages comes first, the same for whoever looks."
    "trace":
        "The list of everything that happened in a run, event by event, with its times."
    "transaction":
        "Several changes that take effect together or not at all, which nobody sees by halves, and which last once they are done."
    "two-phase commit":
        "A protocol in which every node first promises that it can do its part of a transaction and then is told whether to; between the two it must wait for whoever decides."
    "utilisation":
        "The part of their time in which consumers work: below capacity it is the arrival rate times the mean service time, divided by the number of consumers."
    "virtual time":
        "The time of a simulated run, which passes from event to event and not with any clock."
    "visibility timeout":
        "How long a delivered message stays hidden from other consumers; if it is neither acknowledged nor extended by then, it is handed out again."
    "zombie":
        "A process that was replaced because it seemed dead, and that goes on acting."
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{find_term, glossary};
    use crate::outline::chapters;

    #[test]
    fn terms_are_sorted_distinct_and_one_sentence_each() {
        let slugs: Vec<String> = glossary().iter().map(|term| term.slug()).collect();
        assert!(slugs.is_sorted(), "{slugs:#?}");
        assert_eq!(slugs.iter().collect::<BTreeSet<_>>().len(), slugs.len());
        for term in glossary() {
            assert!(term.sentence.ends_with('.'), "{}", term.name);
            assert!(!term.sentence.trim_end_matches('.').contains(". "), "{}: two sentences", term.name);
            assert!(!term.sentence.contains('\''), "{}: the typographic apostrophe is ’", term.name);
        }
    }

    #[test]
    fn a_term_is_found_by_each_of_its_names() {
        for name in ["visibility timeout", "visibility-timeout"] {
            assert_eq!(find_term(name).map(|term| term.name), Some("visibility timeout"));
        }
        assert_eq!(find_term("ack").map(|term| term.name), Some("acknowledgement"));
        assert!(find_term("").is_none() && find_term("exactly twice").is_none());
    }

    #[test]
    fn chapters_link_to_terms_that_exist() {
        for chapter in chapters() {
            let text = chapter.lesson.as_ref().map_or("", |lesson| lesson.markdown);
            for link in text.split("(glossary.md#").skip(1) {
                let slug = link.split(')').next().unwrap_or_default();
                let exists = glossary().iter().any(|term| term.slug() == slug);
                assert!(exists, "{}.md links to glossary.md#{slug}, which is no term", chapter.slug);
            }
        }
    }
}
