// SPDX-License-Identifier: MIT OR Apache-2.0
//! "Or just a socket" (Q15): what the chapter computes.

use queues::{Address, Costs};
use trace::{Checker, DeliveryChecker, Time, Trace, What};

use super::the_field::{calm, cost_of, each, settings};
use crate::chapters::Computes;
use crate::computed::{Bet, Cell, Computed, Number, Table};

/// Work and ways are the same on both.
const WORK: &str = "&service=5ms&variation=0&arrivals=steady&rate=4&publish-latency=500us&latency=500us";
const ONE: &str = "socket/one-message?seed=1";
const SOCKET: &str = "socket/stream?seed=1";
const QUORUM: &str = "field/rabbitmq?seed=1&producers=1&consumers=1&confirm-timeout=60s&tries=3&replication=quorum&\
                      durability=flushed&silence=5s&delivery-limit=20&limit-counts=unheard&requeue=returned&writeback=none";
/// Four messages a second, and whoever works on them is away for ten seconds.
const STREAM: &str =
    "&messages=60&rate=4&service=100ms&variation=0&arrivals=steady&publish-latency=1ms&latency=1ms";
const AWAY: &str = "&faults=crash:consumer-1@2800ms;restart:consumer-1@12800ms";
/// How often messages come in [`STREAM`], and how long [`AWAY`] lasts.
const RATE: f64 = 4.0;
const AWAY_FOR: f64 = 10.0;

/// All of it.
pub(crate) const COMPUTES: Computes = Computes { numbers: NUMBERS, tables: TABLES, bets: BETS, worlds: &[] };

/// The chapter's numbers.
const NUMBERS: &[Computed<Number>] = &[
    Computed { name: "socket-packets", make: || cost(&one(ONE), |costs| costs.hops) },
    Computed { name: "queue-packets", make: || cost(&one(QUORUM), |costs| costs.hops) },
    Computed { name: "queue-writes", make: || cost(&one(QUORUM), |costs| costs.writes) },
    Computed { name: "socket-effect", make: || spans(&one(ONE), |spans| spans.effect) },
    Computed { name: "queue-effect", make: || spans(&one(QUORUM), |spans| spans.effect) },
    Computed { name: "socket-ok", make: || spans(&one(ONE), |spans| spans.ok) },
    Computed { name: "queue-ok", make: || spans(&one(QUORUM), |spans| spans.ok) },
    Computed { name: "socket-waiting", make: waiting },
    Computed { name: "socket-waiting-theory", make: waiting_by_theory },
    Computed {
        name: "socket-producer-lost",
        make: || lost(&format!("{SOCKET}{STREAM}{}", meanwhile(PRODUCER))),
    },
    Computed {
        name: "queue-producer-lost",
        make: || lost(&format!("{QUORUM}{STREAM}{}", meanwhile(PRODUCER))),
    },
    Computed { name: "buffer-minute", make: || buffer(60, "a minute") },
    Computed { name: "buffer-hour", make: || buffer(3_600, "an hour") },
];

/// The chapter's tables.
const TABLES: &[Computed<Table>] = &[
    Computed { name: "socket-costs", make: costs },
    Computed { name: "socket-paths", make: paths },
    Computed { name: "socket-survives", make: survives },
];

/// The chapter's questions.
const BETS: &[Computed<Bet>] = &[Computed { name: "consumer-away", make: consumer_away }];

fn address(text: &str) -> Address {
    text.parse().expect("a chapter's address is valid")
}

fn run(text: &str) -> Trace {
    queues::run(&address(text)).expect("a chapter's run is valid")
}

/// One message, and nothing else.
fn one(way: &str) -> String {
    format!("{way}{WORK}&messages=1")
}

/// What a message's way costs: all that the run costs, without what it would cost with nothing to send. Connections and
/// elections are no message's cost; heartbeats there are none in so short a run.
fn costs_of_one(text: &str) -> Costs {
    let trace = run(text);
    let offered = trace.events.iter().position(|event| matches!(event.what, What::Offered { .. }));
    let since = &trace.events[offered.expect("it is offered")..];
    let count = |is: fn(&What) -> bool| since.iter().filter(|event| is(&event.what)).count() as u64;
    let flushes = count(|what| matches!(what, What::Flushed { .. }));
    Costs {
        messages: count(|what| matches!(what, What::Applied { .. })),
        hops: count(|what| matches!(what, What::Sent { .. })),
        // In these runs each write is flushed, and each flush is of one write.
        writes: since
            .iter()
            .map(|event| if let What::Flushed { writes, .. } = event.what { u64::from(writes) } else { 0 })
            .sum(),
        flushes,
    }
}

fn cost(text: &str, pick: fn(&Costs) -> u64) -> Number {
    Number { shown: pick(&costs_of_one(text)).to_string(), how: format!("counted in the run {text}") }
}

/// From the producer's having it to send.
struct Spans {
    /// To its effect.
    effect: Time,
    /// To the producer's hearing of it.
    ok: Time,
}

fn spans_of(text: &str) -> Spans {
    let trace = run(text);
    let first = |is: fn(&What) -> bool| {
        trace.events.iter().find(|event| is(&event.what)).map(|event| event.at).expect("it happens")
    };
    let offered = first(|what| matches!(what, What::Offered { .. }));
    Spans {
        effect: first(|what| matches!(what, What::Applied { .. })) - offered,
        ok: first(|what| matches!(what, What::Confirmed { .. })) - offered,
    }
}

fn millis(time: Time) -> String {
    format!("{} ms", time.0 as f64 / 1e6)
}

fn spans(text: &str, pick: fn(&Spans) -> Time) -> Number {
    Number { shown: millis(pick(&spans_of(text))), how: format!("the run {text}") }
}

/// By how many copies there are: each costs two writes, the message's and the note that it is done, and four packets: with
/// the clients for the first, with the leader for the others.
fn costs() -> Table {
    let row = |name: String, way: &str, copies: u64| {
        let text = one(way);
        let (costs, spans) = (costs_of_one(&text), spans_of(&text));
        let theory = if copies == 0 { (2, 0) } else { (4 * copies, 2 * copies) };
        let cells = [
            name,
            costs.hops.to_string(),
            theory.0.to_string(),
            costs.writes.to_string(),
            theory.1.to_string(),
            millis(spans.ok),
            millis(spans.effect),
        ];
        let mut row: Vec<Cell> = cells.map(Cell::from).into();
        row[1].run = Some(text);
        row
    };
    let copies = |n: u64, name: &str| row(name.to_owned(), &format!("{QUORUM}&replicas={n}"), n);
    let head =
        ["", "packets", "theory", "flushed writes", "theory", "the producer hears", "the work is done"];
    Table {
        caption: "One message, 5 ms of work, half a millisecond between any two nodes, one for a flush. Theory: four packets \
                  and two writes for each copy."
            .to_owned(),
        head: head.map(str::to_owned).into(),
        rows: vec![
            row("a socket".to_owned(), ONE, 0),
            copies(1, "a queue, one copy"),
            copies(3, "a queue, three copies"),
            copies(5, "a queue, five copies"),
        ],
    }
}

/// The paths that the nine systems have, and whose they are: cheapest first.
fn paths() -> Table {
    let mut paths: Vec<(Costs, [String; 3], String, Vec<String>)> = Vec::new();
    for (system, setting) in settings() {
        let costs = cost_of(system, setting);
        let shown = [costs.hops, costs.writes, costs.flushes].map(|count| each(count, &costs));
        let name = format!("{} ({})", system.title, setting.title.trim_start_matches("defaults: "));
        match paths.iter_mut().find(|path| path.1 == shown) {
            Some(path) => path.3.push(name),
            None => paths.push((costs, shown, calm(system, setting).to_string(), vec![name])),
        }
    }
    paths.sort_by_key(|(costs, ..)| (costs.flushes, costs.writes, costs.hops));
    let socket = [("2", Some(one(ONE))), ("0", None), ("0", None), ("a socket", None)];
    let socket = socket.map(|(text, run)| Cell::shown_by(text.to_owned(), run)).into();
    let rows = paths.into_iter().map(|(_, [hops, writes, flushes], run, names)| {
        vec![
            Cell::shown_by(hops, Some(run)),
            Cell::from(writes),
            Cell::from(flushes),
            Cell::from(names.join("; ")),
        ]
    });
    Table {
        caption: "What a message costs on each path of the nine systems, per message in runs of a hundred; settings that cost \
                  the same stand together."
            .to_owned(),
        head: ["packets", "disk writes", "flushes", "who"].map(str::to_owned).into(),
        rows: std::iter::once(socket).chain(rows).collect(),
    }
}

/// How many messages the producer holds when its consumer is back.
fn waiting() -> Number {
    let text = format!("{SOCKET}{STREAM}{AWAY}");
    let trace = run(&text);
    let (mut sent, mut confirmed) = (0_u64, 0_u64);
    let back = trace.events.iter().find(|event| matches!(event.what, What::Restarted { .. }));
    let back = back.map(|event| event.at).expect("it comes back");
    for event in trace.events.iter().take_while(|event| event.at <= back) {
        match event.what {
            What::Offered { .. } => sent += 1,
            What::Confirmed { .. } => confirmed += 1,
            _ => {}
        }
    }
    Number {
        shown: (sent - confirmed).to_string(),
        how: format!("not answered for at {back} in the run {text}"),
    }
}

/// What comes meanwhile; in the run there is besides what the consumer had in hand.
fn waiting_by_theory() -> Number {
    let how = format!("{RATE} messages a second for {AWAY_FOR} s");
    Number { shown: format!("{}", RATE * AWAY_FOR), how }
}

/// What happens while the consumer is away.
type Meanwhile = &'static str;
const NOTHING: Meanwhile = "";
const PRODUCER: Meanwhile = "crash:producer-1@8s;restart:producer-1@9s;";
const MACHINE: Meanwhile = "crash-machine:QUEUE@8s;restart:QUEUE@9s;";
const DISK: Meanwhile = "crash-machine:QUEUE@8s;lose-disk:QUEUE@8s;restart:QUEUE@9s;";

fn meanwhile(what: Meanwhile) -> String {
    format!("&faults=crash:consumer-1@2800ms;{what}restart:consumer-1@12800ms")
}

fn count_lost(text: &str) -> usize {
    let trace = run(text);
    let mut checker = DeliveryChecker::new();
    trace.events.iter().for_each(|event| checker.observe(event));
    checker.lost_messages().count()
}

fn lost(text: &str) -> Number {
    Number { shown: count_lost(text).to_string(), how: format!("the run {text}") }
}

fn survives() -> Table {
    let beanstalkd = "field/beanstalkd?seed=1&producers=1&consumers=1";
    let rows = [
        ("a socket", SOCKET.to_owned(), None),
        ("a broker, in memory", beanstalkd.to_owned(), Some("queue")),
        ("a broker, each write flushed", format!("{beanstalkd}&durability=flushed"), Some("queue")),
        ("a quorum of three", QUORUM.to_owned(), Some("queue-1")),
    ];
    let row = |(name, way, broker): (&str, String, Option<&str>)| {
        let cell = |what: Meanwhile| {
            let script = match (what.contains("QUEUE"), broker) {
                (true, None) => return Cell::from("–".to_owned()),
                (_, broker) => meanwhile(what).replace("QUEUE", broker.unwrap_or_default()),
            };
            let text = format!("{way}{STREAM}{script}");
            let lost = match count_lost(&text) {
                0 => "0".to_owned(),
                n => format!("✕\u{a0}{n}"),
            };
            Cell::shown_by(lost, Some(text))
        };
        let cells = [NOTHING, PRODUCER, MACHINE, DISK].map(cell);
        std::iter::once(Cell::from(name.to_owned())).chain(cells).collect()
    };
    let head =
        ["", "nothing else", "the producer crashes", "a broker’s machine crashes", "a broker’s disk is lost"];
    Table {
        caption: "The consumer is away for ten seconds, and meanwhile something else happens: how many of 60 messages are lost."
            .to_owned(),
        head: head.map(str::to_owned).into(),
        rows: rows.map(row).into(),
    }
}

/// How much memory holds what comes in so many seconds: 100 messages a second, a kilobyte each.
fn buffer(seconds: u64, name: &str) -> Number {
    let megabytes = 100 * seconds / 1_000;
    Number { shown: format!("{megabytes} MB"), how: format!("100 messages of 1 kB a second, for {name}") }
}

fn consumer_away() -> Bet {
    let text = format!("{SOCKET}{STREAM}{AWAY}");
    let lost = count_lost(&text);
    let theory = (RATE * AWAY_FOR) as usize;
    Bet {
        question: "There is no queue. Four messages a second, and their only consumer crashes and is away for ten seconds. How \
                   many messages are lost?"
            .to_owned(),
        options: vec![format!("about {theory}: all that came meanwhile"), "one: what it was working on".to_owned(), "none".to_owned()],
        right: match lost {
            0 => 2,
            1 => 1,
            _ => 0,
        },
        answer: format!(
            "**{lost} of 60.** The producer has not been told that they are done, so it has them still, and sends them when \
             somebody is there."
        ),
        run: text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_and_writes_are_what_theory_says() {
        for row in costs().rows {
            assert_eq!((&row[1].text, &row[3].text), (&row[2].text, &row[4].text), "{}", row[0].text);
        }
    }

    /// Socket: a way, and the work; an answer. Queue: publish, flush here and there, answer, deliver.
    #[test]
    fn times_are_what_theory_says() {
        let (way, flush, work) = (0.5, 1.0, 5.0);
        let of = |text: &str| {
            let spans = spans_of(&one(text));
            [spans.effect, spans.ok].map(|time| time.0 as f64 / 1e6)
        };
        assert_eq!(of(ONE), [way + work, 2.0 * way + work]);
        assert_eq!(of(QUORUM), [4.0 * way + flush + work, 4.0 * way + flush]);
    }

    #[test]
    fn what_the_text_says_of_the_runs() {
        assert_eq!(lost(&format!("{SOCKET}{STREAM}{AWAY}")).shown, "0");
        let by_theory: u64 = waiting_by_theory().shown.parse().expect("a number");
        assert_eq!(waiting().shown, (by_theory + 1).to_string());
        assert_ne!(lost(&format!("{SOCKET}{STREAM}{}", meanwhile(PRODUCER))).shown, "0");
        assert_eq!(lost(&format!("{QUORUM}{STREAM}{}", meanwhile(PRODUCER))).shown, "0");
    }
}
