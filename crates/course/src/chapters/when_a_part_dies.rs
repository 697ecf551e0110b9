// SPDX-License-Identifier: MIT OR Apache-2.0
//! "When a part dies" (Q14): what the chapter computes.

use queues::Address;
use trace::{DeliveryChecker, Map, MessageId, Time, Trace, What};

use crate::chapters::Computes;
use crate::computed::{Bet, Cell, Computed, Number, Table};
use crate::sweep::half_width;

/// Four messages a second for fifteen seconds, a tenth of a second of work each, two consumers.
const STREAM: &str = "&messages=60&rate=4&arrivals=steady&service=100ms&variation=0&consumers=2&producers=1&\
                      publish-latency=1ms&latency=1ms";
const CALL: &str = "delivery/direct-call?seed=1&confirm-timeout=1s";
const BROKER: &str = "field/beanstalkd?seed=1&durability=flushed";
const QUORUM: &str = "field/rabbitmq?seed=1&confirm-timeout=60s&tries=3&replication=quorum&durability=flushed&silence=5s&\
                      delivery-limit=20&limit-counts=unheard&requeue=returned";
/// What takes longer than this after it was offered is late.
const IN_TIME: Time = Time::secs(1);
/// Work of a second in the mean, exponential; what comes back comes back once.
const UNEVEN: &str = "delivery/at-risk?loss=0&messages=1000&rate=4&service=1s&variation=1&delivery-limit=2&\
                      durability=memory&latency=1ms&publish-latency=1ms";
/// Who is handed a message begins at once; has its hands free, unless it does not know that its time was up; has some more
/// waiting. The last two are busy half of the time.
const AT_ONCE: &str = "&consumers=16&concurrency=8&prefetch=8";
const ONE_IN_HAND: &str = "&consumers=8&prefetch=1";
const FOUR_IN_HAND: &str = "&consumers=8&prefetch=4";
const SEEDS: u64 = 12;
/// One message of a second's work, whose first consumer dies in the middle of it, and no connection tells the queue.
const HALF_DONE: &str = "delivery/one-message?seed=1&consumers=2&service=1s&variation=0&disconnect=wait&latency=1ms&\
                         publish-latency=1ms&faults=crash:consumer-1@500ms";

/// All of it.
pub(crate) const COMPUTES: Computes = Computes { numbers: NUMBERS, tables: TABLES, bets: BETS, worlds: &[] };

/// The chapter's numbers.
const NUMBERS: &[Computed<Number>] = &[
    Computed {
        name: "call-never",
        make: || of(&away(&format!("{CALL}&tries=1"), "consumer-1"), |fate| fate.never),
    },
    Computed {
        name: "call-late",
        make: || of(&away(&format!("{CALL}&tries=20"), "consumer-1"), |fate| fate.late),
    },
    Computed { name: "queue-in-time", make: || of(&away(BROKER, "consumer-1"), |fate| fate.in_time) },
    Computed { name: "queue-late", make: || of(&away(BROKER, "queue"), |fate| fate.late) },
];

/// The chapter's tables.
const TABLES: &[Computed<Table>] =
    &[Computed { name: "parts-die", make: parts }, Computed { name: "lease-length", make: leases }];

/// The chapter's questions.
const BETS: &[Computed<Bet>] = &[Computed { name: "who-is-missed", make: missed }];

fn run(text: &str) -> Trace {
    let address: Address = text.parse().expect("a chapter's address is valid");
    queues::run(&address).expect("a chapter's run is valid")
}

/// Somebody is away for ten seconds.
fn away(way: &str, who: &str) -> String {
    format!("{way}{STREAM}&faults=crash:{who}@2800ms;restart:{who}@12800ms")
}

/// What became of the messages of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Fate {
    /// Took effect within [`IN_TIME`].
    in_time: usize,
    late: usize,
    never: usize,
}

fn fate(trace: &Trace) -> Fate {
    let mut offered: Map<MessageId, Time> = Map::new();
    let mut fate = Fate::default();
    for event in &trace.events {
        match event.what {
            What::Offered { message, .. } => {
                offered.insert(message, event.at);
            }
            What::Applied { message, .. } => {
                let Some(since) = offered.remove(message) else { continue };
                let took = event.at - since;
                if took <= IN_TIME {
                    fate.in_time += 1;
                } else {
                    fate.late += 1;
                }
            }
            _ => {}
        }
    }
    fate.never = offered.len();
    fate
}

impl Fate {
    fn words(self) -> String {
        let part = |count: usize, words: &str| (count > 0).then(|| format!("{count} {words}"));
        let parts = [part(self.in_time, "in time"), part(self.late, "late"), part(self.never, "never")];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

fn of(text: &str, pick: fn(&Fate) -> usize) -> Number {
    Number { shown: pick(&fate(&run(text))).to_string(), how: format!("of 60 messages of the run {text}") }
}

/// The ways, and which broker is away in the last column.
fn ways() -> [(&'static str, String, Option<&'static str>); 5] {
    [
        ("a call, once", format!("{CALL}&tries=1"), None),
        ("a call, again after a second", format!("{CALL}&tries=20"), None),
        ("a queue on one broker", BROKER.to_owned(), Some("queue")),
        ("a quorum of three: its leader", QUORUM.to_owned(), Some("queue-1")),
        ("a quorum of three: another", QUORUM.to_owned(), Some("queue-2")),
    ]
}

fn parts() -> Table {
    let row = |(name, way, broker): (&str, String, Option<&str>)| {
        let cell = |who: Option<&str>| {
            let Some(who) = who else { return Cell::from("–".to_owned()) };
            let text = away(&way, who);
            Cell::shown_by(fate(&run(&text)).words(), Some(text))
        };
        vec![Cell::from(name.to_owned()), cell(Some("consumer-1")), cell(broker)]
    };
    Table {
        caption: "Somebody is away for ten seconds: what becomes of 60 messages. In time is within a second."
            .to_owned(),
        head: ["", "one consumer of two", "the broker"].map(str::to_owned).into(),
        rows: ways().map(row).into(),
    }
}

/// How often the lease runs out before the work is done: in the runs, and half the width of its 95 % interval.
fn longer(lease: u64, consumers: &str) -> (f64, f64) {
    let text = format!("{UNEVEN}{consumers}&lease={lease}s&seed=1");
    let mut address: Address = text.parse().expect("it is valid");
    let shares: Vec<f64> = (1..=SEEDS)
        .map(|seed| {
            address.seed = seed;
            let counts = queues::run_watched(&address, DeliveryChecker::new()).expect("it runs").counts();
            counts.repeated as f64 / counts.done.max(1) as f64
        })
        .collect();
    (shares.iter().sum::<f64>() / shares.len() as f64, half_width(&shares))
}

/// How long nobody works on what the dead one had.
fn orphaned(lease: u64) -> (String, Time) {
    let text = format!("{HALF_DONE}&lease={lease}s");
    let trace = run(&text);
    let at = |is: fn(&What) -> bool| {
        trace.events.iter().filter(move |event| is(&event.what)).map(|event| event.at)
    };
    let died = at(|what| matches!(what, What::Crashed { .. })).next().expect("it dies");
    let again = at(|what| matches!(what, What::Started { .. })).nth(1).expect("another begins");
    (text, again - died)
}

/// Work that is exponential with a mean of a second is longer than that with this chance.
fn theory(lease: u64) -> f64 {
    (-(lease as f64)).exp()
}

fn leases() -> Table {
    let row = |lease: u64| {
        let percent = |share: f64| format!("{:.1}", share * 100.0);
        let twice = |consumers: &str| {
            let (share, within) = longer(lease, consumers);
            let run =
                format!("{UNEVEN}{consumers}&lease={lease}s&seed=1").replace("messages=1000", "messages=200");
            Cell::shown_by(format!("{} ± {} %", percent(share), percent(within)), Some(run))
        };
        let (text, orphaned) = orphaned(lease);
        vec![
            Cell::from(format!("{lease} s")),
            Cell::shown_by(format!("{:.1} s", orphaned.as_secs_f64()), Some(text)),
            Cell::from(format!("{} %", percent(theory(lease)))),
            twice(AT_ONCE),
            twice(ONE_IN_HAND),
            twice(FOUR_IN_HAND),
        ]
    };
    Table {
        caption: format!(
            "Work takes a second in the mean, exponentially distributed. For how long nobody works on what a worker had that \
             died in the middle of a second’s work; and how much work is done twice, because the lease ran out before it was \
             done: by theory, if everything is begun at once, and in {SEEDS} runs of 1,000 messages each."
        ),
        head: [
            "lease",
            "left with the dead",
            "twice: theory",
            "begun at once",
            "one in hand",
            "four in hand",
        ]
        .map(str::to_owned)
        .into(),
        rows: [2, 4, 8].map(row).into(),
    }
}

fn missed() -> Bet {
    let late = |way: &str, who: &str| {
        let fate = fate(&run(&away(way, who)));
        fate.late + fate.never
    };
    let options = [
        ("one of the two consumers", late(QUORUM, "consumer-1")),
        ("the leader of the three brokers", late(QUORUM, "queue-1")),
        ("another of the three brokers", late(QUORUM, "queue-2")),
    ];
    let right = (0..options.len()).max_by_key(|n| options[*n].1).unwrap_or(0);
    let counts: Vec<String> = options.iter().map(|(who, late)| format!("{who}: {late}")).collect();
    Bet {
        question: "A quorum queue on three brokers, two consumers with little to do. Somebody is away for ten seconds. Whose \
                   absence delays the most messages?"
            .to_owned(),
        options: options.map(|(who, _)| who.to_owned()).into(),
        right,
        answer: format!("**Of 60 messages, so many came late** · {}.", counts.join(" · ")),
        run: away(QUORUM, "queue-1"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn theory_is_within_what_the_runs_say() {
        for lease in [2, 4, 8] {
            let (share, within) = longer(lease, AT_ONCE);
            let theory = theory(lease);
            assert!((share - theory).abs() <= 1.5 * within, "{lease} s: {share} ± {within}, theory {theory}");
            let [one, four] = [ONE_IN_HAND, FOUR_IN_HAND].map(|consumers| longer(lease, consumers).0);
            assert!(four > one && (lease > 2 || one > theory), "{lease} s: {one}, {four}");
            // It had worked for half a second when it died; then come the ways.
            let left = orphaned(lease).1.as_secs_f64();
            assert!((left - (lease as f64 - 0.5)).abs() < 0.01, "{lease} s: {left}");
        }
    }

    #[test]
    fn what_the_text_says_of_the_table() {
        let [once, again, queue, leader, other] = ways().map(|(_, way, broker)| {
            [Some("consumer-1"), broker].map(|who| who.map(|who| fate(&run(&away(&way, who)))))
        });
        let all = Some(Fate { in_time: 60, ..Fate::default() });
        assert!(once[0].is_some_and(|fate| fate.never > 0 && fate.late == 0));
        assert!(again[0].is_some_and(|fate| fate.late > 0 && fate.never == 0));
        assert_eq!([queue[0], leader[0], other[0], other[1]], [all; 4]);
        assert!(
            [queue[1], leader[1]]
                .iter()
                .all(|fate| fate.is_some_and(|fate| fate.late > 0 && fate.never == 0))
        );
    }
}
