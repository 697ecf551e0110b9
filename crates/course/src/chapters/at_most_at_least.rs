// SPDX-License-Identifier: MIT OR Apache-2.0
//! "At most, at least" (Q10): what the chapter computes.

use std::collections::BTreeSet;

use queues::Address;
use trace::DeliveryChecker;

use crate::chapters::Computes;
use crate::computed::{Bet, Cell, Computed, Number, Table};
use crate::single_faults::{FaultClass, Placed, every_single_fault};
use crate::sweep::DeliverySweep;
use crate::worlds::{Told, Worlds};

/// Every sweep has so many runs of so many messages.
const SEEDS: u64 = 100;
const MESSAGES: u64 = 500;

/// The policies of a consumer, as the chapter names them and as an address does.
const POLICIES: [(&str, &str); 3] =
    [("ack first", "first"), ("ack, wait, act", "confirmed"), ("ack last", "last")];

/// A consumer that dies is noticed by its lease alone, as where there is no connection to break. The work takes 100 ms
/// from 70 ms on, the ack leaves 20 ms after it.
const CRASH_BEFORE: &str =
    "delivery/one-message?seed=1&disconnect=wait&faults=crash:consumer-1@150ms;restart:consumer-1@2s";
const CRASH_AFTER: &str =
    "delivery/one-message?seed=1&disconnect=wait&faults=crash:consumer-1@180ms;restart:consumer-1@2s";

/// The run of the chapter's log.
const REBALANCE: &str = "delivery/log-rebalance?seed=1&faults=crash:consumer-2@1.9s";

/// The chapter's worlds.
const WORLDS: &[Computed<Worlds>] = &[Computed { name: "before-or-after", make: before_or_after }];

/// All of it.
pub(crate) const COMPUTES: Computes =
    Computes { numbers: NUMBERS, tables: TABLES, bets: BETS, worlds: WORLDS };

/// The chapter's numbers.
const NUMBERS: &[Computed<Number>] = &[
    Computed { name: "single-faults", make: single_faults },
    Computed { name: "first-lost", make: || lost("first", "1s") },
    Computed { name: "first-lost-clean", make: first_lost_clean },
    Computed { name: "last-twice", make: || twice("last", "1s") },
    Computed { name: "confirmed-lost", make: || lost("confirmed", "none") },
    Computed { name: "confirmed-resent-twice", make: || twice("confirmed", "1s") },
    Computed { name: "log-repeated", make: || rebalance("", |checker| checker.counts().repeated) },
    Computed { name: "log-lost", make: || rebalance("&ack=first", DeliveryChecker::lost) },
];

/// The chapter's tables.
const TABLES: &[Computed<Table>] = &[
    Computed { name: "every-single-fault", make: matrix },
    Computed { name: "lost-and-twice", make: lost_and_twice },
];

/// The chapter's questions.
const BETS: &[Computed<Bet>] = &[Computed { name: "ack-first", make: ack_first }];

fn before_or_after() -> Worlds {
    Worlds::run(&Told {
        question: "The queue must decide: hand the message out again, or forget it?",
        worlds: [
            ("the consumer crashes while it works; nothing has happened yet", CRASH_BEFORE),
            ("the consumer crashes when it is done; only the ack has not left", CRASH_AFTER),
        ],
        choices: [("it hands it out again", ""), ("it forgets it", "&delivery-limit=1")],
    })
}

fn one_message(ack: &str) -> String {
    format!("delivery/one-message?seed=1&ack={ack}")
}

/// What becomes of the messages of the chapter's log.
fn rebalance(more: &str, pick: fn(&DeliveryChecker) -> u64) -> Number {
    let text = format!("{REBALANCE}{more}");
    let address: Address = text.parse().expect("the figure's address is valid");
    let checker = queues::run_watched(&address, DeliveryChecker::new()).expect("the figure runs");
    Number { shown: pick(&checker).to_string(), how: format!("the run {text}") }
}

/// One in a hundred packets is lost on every link, and each consumer dies once.
fn at_risk(ack: &str, confirm_timeout: &str) -> String {
    format!(
        "delivery/at-risk?messages={MESSAGES}&loss=0.01&ack={ack}&confirm-timeout={confirm_timeout}&\
         faults=crash:consumer-1@5s;restart:consumer-1@6s;crash:consumer-2@12s;restart:consumer-2@13s;\
         crash:consumer-3@20s;restart:consumer-3@21s"
    )
}

fn sweep(ack: &str, confirm_timeout: &str) -> DeliverySweep {
    DeliverySweep::run(&at_risk(ack, confirm_timeout), SEEDS)
}

fn lost(ack: &str, confirm_timeout: &str) -> Number {
    let sweep = sweep(ack, confirm_timeout);
    Number { shown: sweep.lost().to_string(), how: format!("lost of 10,000 messages in {}", sweep.how()) }
}

/// What crashes alone cost whoever acks first.
fn first_lost_clean() -> Number {
    let sweep = DeliverySweep::run(&at_risk("first", "1s").replace("loss=0.01", "loss=0"), SEEDS);
    Number { shown: sweep.lost().to_string(), how: format!("lost of 10,000 messages in {}", sweep.how()) }
}

fn twice(ack: &str, confirm_timeout: &str) -> Number {
    let sweep = sweep(ack, confirm_timeout);
    let how = format!("effects beyond the first, per 10,000 messages, in {}", sweep.how());
    Number { shown: sweep.repeated().to_string(), how }
}

fn all_runs() -> [Vec<Placed>; 3] {
    POLICIES.map(|(_, ack)| every_single_fault(&one_message(ack)))
}

fn single_faults() -> Number {
    let count: usize = all_runs().iter().map(Vec::len).sum();
    let how = "runs of delivery/one-message, one without a fault and one for each place of one fault, for each policy";
    Number { shown: count.to_string(), how: how.to_owned() }
}

/// What becomes of the message in all runs of a class; the run of the last is the cell's.
fn cell(runs: &[Placed], class: FaultClass) -> Cell {
    let of: Vec<&Placed> = runs.iter().filter(|placed| placed.class == class).collect();
    let effects: BTreeSet<u64> = of.iter().map(|placed| placed.effects).collect();
    let words = effects.iter().map(|effects| match effects {
        0 => "✕\u{a0}never".to_owned(),
        1 => "●\u{a0}once".to_owned(),
        2 => "◆\u{a0}twice".to_owned(),
        n => format!("◆\u{a0}{n}\u{a0}times"),
    });
    match of.last() {
        Some(shown) => {
            let text = words.collect::<Vec<_>>().join(" or ");
            Cell::shown_by(text, Some(shown.address.to_string()))
        }
        None => Cell::from("–".to_owned()),
    }
}

fn matrix() -> Table {
    let runs = all_runs();
    let row = |class: FaultClass| {
        let cells = runs.iter().map(|runs| cell(runs, class));
        std::iter::once(Cell::from(class.words().to_owned())).chain(cells).collect()
    };
    let count: usize = runs.iter().map(Vec::len).sum();
    Table {
        caption: format!(
            "How often one message takes effect: every place for one fault, {count} runs. The queue’s lease is 1 s; \
             processes come back after half a second."
        ),
        head: std::iter::once("what goes wrong")
            .chain(POLICIES.map(|(name, _)| name))
            .map(str::to_owned)
            .collect(),
        rows: FaultClass::ALL.map(row).to_vec(),
    }
}

fn lost_and_twice() -> Table {
    let producers = [("sends once", "none"), ("sends until confirmed", "1s")];
    let rows = producers.iter().flat_map(|(producer, timeout)| {
        POLICIES.map(|(consumer, ack)| {
            let sweep = sweep(ack, timeout);
            let shown = Address { seed: 1, ..sweep.address.clone() }.to_string();
            let text = |text: String| Cell::from(text);
            vec![
                text((*producer).to_owned()),
                text(consumer.to_owned()),
                Cell::shown_by(sweep.lost().to_string(), Some(shown)),
                text(sweep.repeated().to_string()),
            ]
        })
    });
    Table {
        caption: format!(
            "Of 10,000 messages, when one packet in a hundred is lost and each of three consumers dies once a run: {SEEDS} runs \
             of {MESSAGES} messages a row."
        ),
        head: ["producer", "consumer", "lost", "effects too many"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
    }
}

fn ack_first() -> Bet {
    let sweep = sweep("first", "1s");
    let options = [
        "Neither: acking early is only a matter of speed.",
        "Some are lost, none takes effect twice: that is what at most once means.",
        "Some take effect twice, none is lost.",
        "Both happen.",
    ];
    let right = match (sweep.lost_messages > 0, sweep.effects_too_many > 0) {
        (false, false) => 0,
        (true, false) => 1,
        (false, true) => 2,
        (true, true) => 3,
    };
    Bet {
        question: "A consumer acks every message on receipt and then works on it. Now and then a packet is lost, now and then \
                   a consumer dies. What becomes of the messages?"
            .to_owned(),
        options: options.map(str::to_owned).to_vec(),
        right,
        answer: format!(
            "**{} of 10,000 lost, and {} effects too many**, in {}. A consumer that dies takes what it has acked with it; an \
             ack that is lost brings its message back.",
            sweep.lost(),
            sweep.repeated(),
            sweep.how()
        ),
        run: at_risk("first", "1s") + "&seed=1",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(runs: &[Placed], class: FaultClass) -> Vec<u64> {
        let of = runs.iter().filter(|placed| placed.class == class).map(|placed| placed.effects);
        of.collect::<BTreeSet<u64>>().into_iter().collect()
    }

    /// What the text says of the matrix.
    #[test]
    fn no_policy_gets_through_every_single_fault() {
        let [first, confirmed, last] = all_runs();
        for runs in [&first, &confirmed, &last] {
            assert_eq!(outcomes(runs, FaultClass::Nothing), [1]);
            assert!(runs.iter().any(|placed| placed.effects != 1));
        }
        assert!(confirmed.iter().all(|placed| placed.effects <= 1), "at most once");
        assert!(last.iter().all(|placed| placed.effects >= 1), "at least once");
        assert!(
            first.iter().any(|placed| placed.effects == 0) && first.iter().any(|placed| placed.effects == 2)
        );
        assert_eq!(outcomes(&last, FaultClass::ConsumerDone), [2]);
        assert_eq!(outcomes(&confirmed, FaultClass::AnswerLost), [0]);
        assert_eq!(outcomes(&first, FaultClass::AckLost), [2]);
    }

    /// "The crash follows 10 ms later", and in the other world it "comes 30 ms earlier", before the effect.
    #[test]
    fn the_crashes_stand_where_the_text_says() {
        let trace = queues::run(&CRASH_AFTER.parse().expect("it is well formed")).expect("it runs");
        let at = |is: fn(&trace::What) -> bool| {
            trace.events.iter().find(|event| is(&event.what)).map(|event| event.at)
        };
        let effect = at(|what| matches!(what, trace::What::Applied { .. })).expect("it takes effect");
        let crash = at(|what| matches!(what, trace::What::Crashed { .. })).expect("it crashes");
        assert_eq!(crash - effect, trace::Time::millis(10));
        assert!(CRASH_BEFORE.contains("@150ms") && crash == trace::Time::millis(180));
    }

    /// The numbers beside a figure are those of its run.
    #[test]
    fn figures_are_the_runs_that_the_text_counts() {
        let text = include_str!("../../../../book/src/at-most-at-least.md");
        for address in [CRASH_AFTER, REBALANCE, &ack_first().run] {
            assert!(text.contains(&format!("{{{{#figure {address} |")), "{address}");
        }
        assert_ne!(rebalance("", |checker| checker.counts().repeated).shown, "0");
        assert_eq!(
            rebalance("&ack=first", |checker| checker.counts().repeated).shown,
            "0",
            "it repeats none"
        );
        assert_ne!(rebalance("&ack=first", DeliveryChecker::lost).shown, "0");
    }

    /// Why ack first loses more than its consumers have in their hands: places blocked until the lease ends, and the
    /// backlog in the memory of the others. With a short lease there is nearly none.
    #[test]
    fn lost_packets_and_a_long_lease_pile_the_backlog_up_in_consumers() {
        let lost = |setting: &str| {
            DeliverySweep::run(&at_risk("first", "1s").replace("loss=0.01", setting), SEEDS).lost_messages
        };
        let (usual, clean) = (lost("loss=0.01"), lost("loss=0"));
        let short = lost("loss=0.01&lease=500ms");
        assert!(usual > 3 * clean && clean > 0, "{usual} {clean}");
        assert!(short < usual / 3, "{short} {usual}");
    }

    #[test]
    fn the_worlds_want_opposite_choices() {
        let worlds = before_or_after();
        let effects = worlds.worlds.each_ref().map(|world| world.outcomes.each_ref().map(|o| o.effects));
        assert_eq!(effects, [[1, 0], [2, 1]]);
        assert_eq!(worlds.seen.len(), 3, "{:?}", worlds.seen);
        let table = worlds.to_table();
        assert_eq!(table.rows[2].last().map(|cell| cell.text.as_str()), Some("● one effect"));
        assert!(table.caption.ends_with("1.05 s the lease runs out; no ack has come."), "{}", table.caption);
    }

    #[test]
    fn each_leg_of_the_way_makes_its_own_promise() {
        let counts = |ack, timeout| {
            let sweep = DeliverySweep::run(&at_risk(ack, timeout), 30);
            (sweep.lost_messages > 0, sweep.effects_too_many > 0)
        };
        assert_eq!(counts("confirmed", "none"), (true, false), "at most once on both legs");
        assert_eq!(counts("last", "1s"), (false, true), "at least once on both legs");
        assert_eq!(counts("confirmed", "1s"), (true, true), "a mixture promises neither");
        assert_eq!(counts("last", "none"), (true, true), "nor does this one");
        assert_eq!(ack_first().right, 3);
    }
}
