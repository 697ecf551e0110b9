// SPDX-License-Identifier: MIT OR Apache-2.0
//! "Rule one" (D1, D2, D3): what the chapter computes.

use queues::{AMOUNT, theory};
use trace::Time;

use crate::chapters::Computes;
use crate::computed::{Bet, Cell, Computed, Number, Table};
use crate::money_sweep::{MoneySums, MoneySweep, Side, TransferCost};

/// A sweep gives each side 10,000 transfers.
const SEEDS: u64 = 20;
const MESSAGES: u64 = 1_000;

/// How nodes that have one account each talk to each other, as the chapter names it and as an address does.
const TALK: [(&str, &str); 3] = [
    ("two nodes, the credit sent once", "lease=none"),
    ("two nodes, sent until answered", "lease=500ms"),
    ("two nodes, sent until answered and known by its id", "lease=500ms&ids=remembered"),
];

/// What goes wrong in the chapter's table.
const LOSS: &str = "loss=0.05";
const CRASHES: &str = "loss=0&crash-every=5s";

/// The run that says what a transfer costs.
const UNDISTURBED: &str = "money/transfer?seed=1&messages=1000&loss=0&lease=500ms&ids=remembered";

/// All of it.
pub(crate) const COMPUTES: Computes = Computes { numbers: NUMBERS, tables: TABLES, bets: BETS, worlds: &[] };

/// The chapter's numbers.
const NUMBERS: &[Computed<Number>] = &[
    Computed { name: "transfer-lost", make: || money(TALK[0].1, |sums| sums.lost) },
    Computed { name: "transfer-lost-within", make: || within(TALK[0].1) },
    Computed { name: "transfer-lost-count", make: lost_transfers },
    Computed { name: "transfer-lost-theory", make: || in_theory("p", |loss| loss) },
    Computed { name: "transfer-made", make: || money(TALK[1].1, |sums| sums.made) },
    Computed { name: "transfer-made-within", make: || within(TALK[1].1) },
    Computed { name: "transfer-made-theory", make: || in_theory("p/(1 − p)", theory::repeated_calls) },
    Computed { name: "transfer-halfway", make: halfway },
];

/// The chapter's tables.
const TABLES: &[Computed<Table>] = &[
    Computed { name: "transfer-both-sides", make: both_sides },
    Computed { name: "transfer-costs", make: costs },
];

/// The chapter's questions.
const BETS: &[Computed<Bet>] = &[Computed { name: "send-it-again", make: send_it_again }];

fn sweep(wrong: &str, talk: &str) -> MoneySweep {
    MoneySweep::run(&format!("money/transfer?messages={MESSAGES}&{wrong}&{talk}"), SEEDS)
}

/// A whole number as a reader sees it.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let place = digits.len().saturating_sub(3);
    match place {
        0 => digits,
        place => [&digits[..place], ",", &digits[place..]].concat(),
    }
}

fn money(talk: &str, pick: fn(&MoneySums) -> u64) -> Number {
    let sweep = sweep(LOSS, talk);
    let sums = sweep.side(Side::TwoNodes);
    Number {
        shown: grouped(pick(sums)),
        how: format!("money, of 10,000 transfers of {AMOUNT} between two nodes, in {}", sweep.how()),
    }
}

fn within(talk: &str) -> Number {
    let sweep = sweep(LOSS, talk);
    let how = format!("half the 95 % interval, from the spread between runs, in {}", sweep.how());
    Number { shown: grouped(sweep.side(Side::TwoNodes).half_width), how }
}

fn lost_transfers() -> Number {
    let sweep = sweep(LOSS, TALK[0].1);
    let lost = sweep.side(Side::TwoNodes).lost / AMOUNT as u64;
    Number { shown: grouped(lost), how: format!("transfers of 10,000 between two nodes, in {}", sweep.how()) }
}

/// For 10,000 transfers, when one packet in twenty is lost.
fn in_theory(formula: &str, share: fn(f64) -> f64) -> Number {
    let money = 10_000.0 * AMOUNT as f64 * share(0.05);
    Number { shown: grouped(money.round() as u64), how: format!("10,000 × {AMOUNT} × {formula}, p = 0.05") }
}

fn halfway() -> Number {
    let [_, two_nodes] = TransferCost::of(UNDISTURBED);
    let how = format!("the mean time from the one booking to the other, in {UNDISTURBED}");
    Number { shown: two_nodes.halfway.short(), how }
}

fn both_sides() -> Table {
    let sweeps = TALK.map(|(_, talk)| [LOSS, CRASHES].map(|wrong| (wrong, sweep(wrong, talk))));
    // What was lost and what was made, each time with a run that shows it.
    let row = |name: &str, talk: usize, side| {
        let cells = sweeps[talk].iter().flat_map(|(wrong, sweep)| {
            let run = format!("money/transfer?seed=18&{wrong}&{}", TALK[talk].1);
            let MoneySums { lost, made, .. } = *sweep.side(side);
            [Cell::shown_by(grouped(lost), Some(run)), Cell::from(grouped(made))]
        });
        std::iter::once(Cell::from(name.to_owned())).chain(cells).collect()
    };
    let one = row("one node", 0, Side::OneNode);
    let two = TALK.iter().enumerate().map(|(talk, (name, _))| row(name, talk, Side::TwoNodes));
    Table {
        caption: format!(
            "Money, of the 100,000 that 10,000 transfers of {AMOUNT} should move. Left: one packet in twenty is lost on every \
             link. Right: no packet is, and each node crashes every five seconds in the mean and is back after half a second. \
             {SEEDS} runs a cell."
        ),
        head: ["", "lost, by packets", "made, by packets", "lost, by crashes", "made, by crashes"]
            .map(str::to_owned)
            .to_vec(),
        rows: std::iter::once(one).chain(two).collect(),
    }
}

fn costs() -> Table {
    let row = |name: &str, cost: TransferCost| {
        let halfway = if cost.halfway == Time::ZERO { "never".to_owned() } else { cost.halfway.short() };
        let texts = [
            name.to_owned(),
            trace::decimal(cost.packets, 0),
            trace::decimal(cost.flushes, 0),
            cost.settled.short(),
            halfway,
        ];
        texts.map(Cell::from).to_vec()
    };
    let [one, two] = TransferCost::of(UNDISTURBED);
    let address = UNDISTURBED.parse().expect("the address is well formed");
    let plan = queues::plan_of(&address).expect("the address is valid");
    Table {
        caption: format!(
            "What one transfer costs when nothing goes wrong. A packet between producer and node takes {}, one between the \
             two nodes {}, a flush {}.",
            plan.publish_latency.short(),
            plan.latency.short(),
            plan.flush.short()
        ),
        head: ["", "packets", "flushes", "done after", "only half of it is there for"]
            .map(str::to_owned)
            .to_vec(),
        rows: vec![row("one node", one), row("two nodes", two)],
    }
}

fn send_it_again() -> Bet {
    let sweep = sweep(LOSS, TALK[1].1);
    let sums = sweep.side(Side::TwoNodes);
    let options = [
        "The sum is right: what was lost is sent again.",
        "Less is lost than before, but some is.",
        "Nothing is lost, and there is more money than before.",
        "Some is lost and some is made, and the two cancel in the mean.",
    ];
    let right = match (sums.lost > 0, sums.made > 0) {
        (false, false) => 0,
        (true, false) => 1,
        (false, true) => 2,
        (true, true) => 3,
    };
    Bet {
        question: "The first node sends each credit again, every half second, until the second has answered. One packet in \
                   twenty is lost. What becomes of the sum of both accounts?"
            .to_owned(),
        options: options.map(str::to_owned).to_vec(),
        right,
        answer: format!(
            "**{} lost and {} made, of 100,000**, in {}. No credit stays lost. But an answer can be lost as well, and then \
             the second node adds the same money again.",
            grouped(sums.lost),
            grouped(sums.made),
            sweep.how()
        ),
        run: "money/transfer?seed=18&lease=500ms".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use trace::Checker as _;

    use super::*;

    /// What the text says of its table: one node keeps the money whatever happens, two only with care on both sides.
    #[test]
    fn only_care_on_both_sides_does_what_one_node_does() {
        let wrong = |wrong: &str, talk: &str, side| {
            let sweep = sweep(wrong, talk);
            (sweep.side(side).lost > 0, sweep.side(side).made > 0)
        };
        for (setting, [once, again]) in
            [(LOSS, [(true, false), (false, true)]), (CRASHES, [(true, false), (false, true)])]
        {
            for (_, talk) in TALK {
                assert_eq!(wrong(setting, talk, Side::OneNode), (false, false), "{setting} {talk}");
            }
            assert_eq!(wrong(setting, TALK[0].1, Side::TwoNodes), once, "{setting}");
            assert_eq!(wrong(setting, TALK[1].1, Side::TwoNodes), again, "{setting}");
            assert_eq!(wrong(setting, TALK[2].1, Side::TwoNodes), (false, false), "{setting}");
        }
        assert_eq!(send_it_again().right, 2);
    }

    /// The intervals that the text prints hold what theory says.
    #[test]
    fn theory_lies_in_the_intervals_that_the_text_prints() {
        for (talk, share) in [(TALK[0].1, 0.05), (TALK[1].1, theory::repeated_calls(0.05))] {
            let sweep = sweep(LOSS, talk);
            let sums = sweep.side(Side::TwoNodes);
            let found = (sums.lost + sums.made) as f64;
            let theory = share * 10_000.0 * AMOUNT as f64;
            assert!((found - theory).abs() <= sums.half_width as f64, "{found} {theory}");
            assert_eq!(sweep.transfers, 10_000);
        }
    }

    /// "Two packets and a flush", "twice as many"; and one node is never seen halfway.
    #[test]
    fn two_nodes_cost_twice_and_are_seen_halfway() {
        let [one, two] = TransferCost::of(UNDISTURBED);
        assert_eq!((one.packets, one.flushes), (2.0, 1.0));
        assert_eq!((two.packets, two.flushes), (4.0, 2.0));
        assert_eq!(one.halfway, Time::ZERO);
        assert!(two.halfway > Time::ZERO && two.settled > one.settled);
    }

    /// The story told under the figures is that of their runs.
    #[test]
    fn figures_are_the_runs_that_the_text_tells() {
        let text = include_str!("../../../../book/src/rule-one.md");
        let money = |address: &str| {
            assert!(text.contains(&format!("{{{{#figure {address} |")), "{address}");
            let checker = queues::run_watched(
                &address.parse().expect("the figure's address is valid"),
                trace::MoneyChecker::new(),
            )
            .expect("the figure runs");
            let trace::Verdict::Broken { sentence, .. } = checker.findings().remove(0).verdict else {
                return (checker.lost(2), checker.counts(2).made, String::new());
            };
            (checker.lost(2), checker.counts(2).made, sentence)
        };
        let lost = "transfer 6 took more than it added: 10 are gone";
        assert_eq!(money("money/transfer?seed=18"), (10, 0, lost.to_owned()));
        let made = money("money/transfer?seed=18&lease=500ms");
        assert_eq!(
            (made.0, made.2.as_str()),
            (0, "transfer 4 added more than it took: 10 came from nowhere")
        );
        assert_eq!(
            money("money/transfer?seed=18&lease=500ms&ids=remembered&crash-every=2s"),
            (0, 0, String::new())
        );
    }
}
