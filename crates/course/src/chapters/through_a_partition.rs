// SPDX-License-Identifier: MIT OR Apache-2.0
//! "Through a partition" (Q5): what the chapter computes. The tables are the recorded ones, see [`crate::field`].

use std::collections::BTreeSet;

use queues::FaultKind;
use trace::{Fates, MessageId, Time, What};

use super::the_field::{lost, lost_cell, named, of_run, settings, tally};
use crate::chapters::Computes;
use crate::computed::{Bet, Cell, Computed, Number, Table};
use crate::field::{Case, Mishap, PAIRS, find, recorded};

const SPLIT: &str = "&faults=cut:queue-1,producer-1/queue-2,queue-3,consumer-1,consumer-2@10s;heal@130s";
const MIRRORS: &str = "field/rabbitmq?seed=1&confirm-timeout=60s&tries=3&replication=mirrors";
const QUORUM: &str = "field/rabbitmq?seed=1&confirm-timeout=60s&tries=3&replication=quorum&durability=flushed&silence=5s&\
                      delivery-limit=20&limit-counts=unheard&requeue=returned";
const SHRUNK: &str = "&faults=cut:queue-1/queue-2,queue-3@10s;crash-machine:queue-1@60s;lose-disk:queue-1@60s;\
                      restart:queue-1@70s;heal@80s";
/// Its consumers are away: what they have read is not lost with a broker.
const OUTRUN: &str = "&faults=crash:consumer-1@2s;crash:consumer-2@2s;cut:queue-1/queue-2,queue-3@10s;crash:queue-1@60s;\
                      heal@62s;restart:queue-1@100s;restart:consumer-1@110s;restart:consumer-2@110s";
const IN_TURN: &str = "field/rabbitmq?seed=1&confirm-timeout=60s&tries=3&replication=mirrors&parted=pause-minority&consumers=1&\
                       messages=6&arrivals=backlog&faults=cut:consumer-1/queue-1,queue-2,queue-3@0s;\
                       cut:queue-1/queue-2,queue-3@5s;heal:queue-1/queue-2,queue-3@80s;cut:queue-2/queue-1,queue-3@100s;\
                       heal:queue-2/queue-1,queue-3@180s;cut:queue-3/queue-1,queue-2@200s;heal@280s";
/// The last replica standing (KIP-966), before eligible leader replicas.
const STANDING: &str = "&faults=crash:consumer-1@2s;crash:consumer-2@2s;cut:queue-1,controller,producer-1/queue-2,queue-3@10s;\
                        crash-machine:queue-1@25s;restart:queue-1@27s;heal@40s;restart:consumer-1@41s;restart:consumer-2@41s";
const TWO_IN_SYNC: &str = "field/kafka?seed=1&replicas=3&min-insync=2&ack=last";
const LEADER_ACKS: &str = "field/kafka?seed=1&replicas=3&min-insync=2&confirms=leader&\
                           faults=cut:queue-1/queue-2,queue-3,controller@10s;heal@70s";

/// What parts brokers, or cuts somebody off.
const PARTED: [FaultKind; 5] =
    [FaultKind::Clean, FaultKind::OneWay, FaultKind::Bridge, FaultKind::LeaderCut, FaultKind::ClientCut];

/// All of it.
pub(crate) const COMPUTES: Computes = Computes { numbers: NUMBERS, tables: TABLES, bets: BETS, worlds: &[] };

/// The chapter's numbers.
const NUMBERS: &[Computed<Number>] = &[
    Computed { name: "mirrors-ignore-lost", make: || of_split(MIRRORS, lost_of) },
    Computed { name: "mirrors-ignore-unavailable", make: || of_split(MIRRORS, unavailable_of) },
    Computed { name: "quorum-lost", make: || of_split(QUORUM, lost_of) },
    Computed { name: "quorum-unavailable", make: || of_split(QUORUM, unavailable_of) },
    Computed { name: "kafka-shrunk-lost", make: || of_shrunk("", lost_of) },
    Computed { name: "kafka-two-lost", make: || of_shrunk("&min-insync=2", lost_of) },
    Computed { name: "kafka-two-refused", make: ever_refused },
    Computed {
        name: "kafka-unclean-lost",
        make: || of_run(&format!("field/kafka?seed=1&replicas=3&unclean=yes{OUTRUN}"), lost_of),
    },
    Computed {
        name: "kafka-clean-lost",
        make: || of_run(&format!("field/kafka?seed=1&replicas=3{OUTRUN}"), lost_of),
    },
    Computed {
        name: "elr-off-lost",
        make: || of_run(&format!("{TWO_IN_SYNC}&eligible=no{STANDING}"), lost_of),
    },
    Computed { name: "elr-on-lost", make: || of_run(&format!("{TWO_IN_SYNC}{STANDING}"), lost_of) },
    Computed { name: "pause-in-turn-lost", make: || of_run(IN_TURN, lost_of) },
    Computed { name: "acks-one-lost", make: || of_run(LEADER_ACKS, lost_of) },
    Computed { name: "field-runs", make: runs },
];

/// The chapter's tables.
const TABLES: &[Computed<Table>] = &[
    Computed { name: "field-lost-parted", make: lost_parted },
    Computed { name: "field-cost-parted", make: cost_parted },
    Computed { name: "field-lost-pairs", make: lost_pairs },
    Computed { name: "field-assumptions", make: assumptions },
];

/// The chapter's questions.
const BETS: &[Computed<Bet>] = &[Computed { name: "partition-loser", make: loser }];

fn lost_of(fates: &Fates) -> String {
    if fates.confirmed_lost == 0 { "none".to_owned() } else { fates.confirmed_lost.to_string() }
}

fn unavailable_of(fates: &Fates) -> String {
    let seconds = Time(fates.unavailable_ns).as_secs_f64().round();
    format!("{seconds} s")
}

fn of_split(run: &str, pick: fn(&Fates) -> String) -> Number {
    of_run(&format!("{run}{SPLIT}"), pick)
}

fn of_shrunk(more: &str, pick: fn(&Fates) -> String) -> Number {
    of_run(&format!("field/kafka?seed=1&replicas=3{more}{SHRUNK}"), pick)
}

/// How many messages were refused at least once; all of them were sent again, and taken when there were enough replicas.
fn ever_refused() -> Number {
    let text = format!("field/kafka?seed=1&replicas=3&min-insync=2{SHRUNK}");
    let trace =
        queues::run(&text.parse().expect("a chapter's address is valid")).expect("a chapter's run is valid");
    let refused: BTreeSet<MessageId> = trace
        .events
        .iter()
        .filter_map(|event| match event.what {
            What::Refused { message, .. } => Some(message),
            _ => None,
        })
        .collect();
    Number { shown: refused.len().to_string(), how: format!("the run {text}") }
}

fn runs() -> Number {
    let count: u64 = recorded().iter().map(|(_, tally)| tally.runs).sum();
    let shown = format!("{},{:03}", count / 1_000, count % 1_000);
    Number { shown, how: format!("{} cases of the field, a thousand seeds each", recorded().len()) }
}

fn lost_parted() -> Table {
    lost(
        &PARTED,
        "In how many of 1,000 runs with one partition confirmed messages were lost; in brackets, messages whose producer asks for \
         no confirm. A dash: there is nobody to part.",
    )
}

/// What the settings that have several brokers pay in a clean partition.
fn cost_parted() -> Table {
    let several = settings().filter_map(|(system, setting)| {
        let case = Case { system, setting, fault: FaultKind::Clean, second: None };
        let several = case.plan().replication != queues::Replication::Alone && case.plan().replicas > 1;
        several.then(|| tally(system.name, setting.name, FaultKind::Clean).map(|tally| (case, tally)))?
    });
    let rows = several.map(|(case, tally)| {
        let count = |mishap: Mishap| {
            let plan = case.plan();
            let run = tally.shortest(mishap).map(|seed| case.address(&plan, seed).to_string());
            let text = match (mishap, tally.of(mishap)) {
                (Mishap::ConfirmedLost, n @ 1..) => format!("✕\u{a0}{n}"),
                (_, n) => n.to_string(),
            };
            Cell::shown_by(text, run)
        };
        let unavailable = tally.unavailable_seconds().map_or("–".to_owned(), |mean| format!("{mean:.1} s"));
        vec![
            named(case.system, case.setting),
            count(Mishap::ConfirmedLost),
            count(Mishap::Refused),
            count(Mishap::Unknown),
            count(Mishap::Duplicated),
            Cell::from(unavailable),
        ]
    });
    let head = ["system", "lost", "refused", "given up", "twice", "took nothing, mean"];
    Table {
        caption: "What a clean partition costs: in how many of 1,000 runs messages were lost, refused, given up by their \
                  producer, or took effect twice, and for how long the queue took nothing."
            .to_owned(),
        head: head.map(str::to_owned).into(),
        rows: rows.collect(),
    }
}

/// Two faults at once, of which the second may come before the first is over.
fn lost_pairs() -> Table {
    let words = |(first, second): (FaultKind, FaultKind)| format!("{} and {}", first.words(), second.words());
    let rows = settings().filter_map(|(system, setting)| {
        let pairs = PAIRS.map(|(first, second)| find(system.name, setting.name, (first, Some(second))));
        pairs[0]?;
        let cells = pairs.map(|found| {
            found.map_or_else(|| Cell::from("–".to_owned()), |(case, tally)| lost_cell(case, tally))
        });
        let name = named(system, setting);
        Some(std::iter::once(name).chain(cells).collect())
    });
    Table {
        caption: "Two faults in one run, where there are several brokers: in how many of 1,000 runs confirmed messages were lost."
            .to_owned(),
        head: std::iter::once("system".to_owned()).chain(PAIRS.map(words)).collect(),
        rows: rows.collect(),
    }
}

/// What the settings that claim to keep everything take for granted, and a run in which it is not so.
fn assumptions() -> Table {
    let rows = settings().filter_map(|(system, setting)| {
        let keeps = setting.keeps.as_ref()?;
        let run = system.violation(setting, 1)?;
        let fates = queues::run_to_fates(&run).expect("a violation is a valid run");
        let told = match (fates.confirmed_lost, fates.stuck) {
            (0, 0) => "0".to_owned(),
            (0, stuck) => format!("{stuck} out of reach"),
            (lost, 0) => format!("✕\u{a0}{lost}"),
            (lost, stuck) => format!("✕\u{a0}{lost}, {stuck} out of reach"),
        };
        Some(vec![
            named(system, setting),
            Cell::from(keeps.sentence.to_owned()),
            Cell::shown_by(told, Some(run.to_string())),
        ])
    });
    Table {
        caption: "What the settings that lose nothing confirmed take for granted, and how many of 50 messages are gone, or on a \
                  disk that nobody can read any more, in a run in which it is not so."
            .to_owned(),
        head: ["system", "loses nothing as long as", "else"].map(str::to_owned).into(),
        rows: rows.collect(),
    }
}

fn loser() -> Bet {
    let lost = |system: &str, setting: &str| {
        let tally = tally(system, setting, FaultKind::Clean).expect("the case was recorded");
        tally.of(Mishap::ConfirmedLost)
    };
    let candidates = [
        ("one beanstalkd, in memory", lost("beanstalkd", "defaults")),
        (
            "a pair of Artemis brokers that replicate and flush, without a lock manager",
            lost("artemis", "pair"),
        ),
        ("Kafka, three replicas, one in sync is enough", lost("kafka", "replicated")),
        ("a RabbitMQ quorum queue", lost("rabbitmq", "quorum")),
    ];
    let right = (0..candidates.len()).max_by_key(|n| candidates[*n].1).unwrap_or(0);
    let counts: Vec<String> = candidates.iter().map(|(name, lost)| format!("{name}: {lost}")).collect();
    Bet {
        question: "The network falls into two parts for a while; no process dies and no disk. Which of these loses confirmed \
                   messages?"
            .to_owned(),
        options: candidates.map(|(name, _)| name.to_owned()).into(),
        right,
        answer: format!(
            "**Of 1,000 runs, so many lost something** · {}. One broker has nobody to disagree with. Two that replicate without \
             a third to ask take each other for dead, and both go on.",
            counts.join(" · ")
        ),
        run: format!("{MIRRORS}{SPLIT}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_text_says_of_the_figures() {
        assert_eq!(of_split(MIRRORS, lost_of).shown, "40", "the story's number");
        assert_eq!(of_split(QUORUM, lost_of).shown, "none");
        assert_ne!(of_shrunk("", lost_of).shown, "none");
        assert_eq!(of_shrunk("&min-insync=2", lost_of).shown, "none");
        assert_ne!(of_run(LEADER_ACKS, lost_of).shown, "none");
        let outrun =
            |unclean| of_run(&format!("field/kafka?seed=1&replicas=3{unclean}{OUTRUN}"), lost_of).shown;
        assert_ne!(outrun("&unclean=yes"), "none");
        assert_eq!(outrun(""), "none");
        assert_eq!(of_run(IN_TURN, lost_of).shown, "6", "all that waited");
        assert_ne!(of_run(&format!("{TWO_IN_SYNC}&eligible=no{STANDING}"), lost_of).shown, "none");
        assert_eq!(of_run(&format!("{TWO_IN_SYNC}{STANDING}"), lost_of).shown, "none");
    }

    /// "The rows are the same": what two settings of Kafka differ in takes two faults.
    #[test]
    fn an_unclean_election_takes_two_faults() {
        let alone = |case: &Case| case.setting.name == "unclean" && case.second.is_none();
        for (case, own) in recorded().iter().filter(|(case, _)| alone(case)) {
            let other = tally("kafka", "replicated", case.fault).expect("the case was recorded");
            assert_eq!(own.with, other.with, "{}", case.faults());
        }
    }

    #[test]
    fn each_assumption_matters() {
        for row in assumptions().rows {
            assert_ne!(row[2].text, "0", "{}: {}", row[0].text, row[1].text);
        }
    }

    /// "Whoever is one broker loses nothing in a partition"; "whoever asks one of them loses nothing".
    #[test]
    fn what_the_text_says_of_the_table() {
        use queues::{Confirms, Replication};
        for (case, tally) in recorded().iter().filter(|(case, _)| PARTED.contains(&case.fault)) {
            let plan = case.plan();
            let asks = match plan.replication {
                Replication::Alone | Replication::Quorum => true,
                Replication::InSync => plan.confirms == Confirms::All,
                Replication::Mirrors => plan.parted == queues::Parted::PauseMinority,
            };
            let name = format!("{} {} {}", case.system.name, case.setting.name, case.faults());
            if asks {
                assert_eq!(tally.of(Mishap::ConfirmedLost), 0, "{name}");
            } else if case.fault == FaultKind::Clean {
                assert!(tally.of(Mishap::ConfirmedLost) > 0, "{name}");
            }
        }
    }
}
