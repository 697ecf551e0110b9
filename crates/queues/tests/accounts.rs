// SPDX-License-Identifier: MIT OR Apache-2.0
//! Accounts on one node and on two: what each arrangement promises, under everything that can go wrong.

use proptest::prelude::*;
use queues::{AMOUNT, Address, plan_of, predictions, run, run_watched};
use trace::{
    Checker, DeliveryChecker, Ending, Event, Finding, LedgerCounts, Measure, MoneyChecker, Prediction, What,
};

const ONE_NODE: u32 = 1;
const TWO_NODES: u32 = 2;

fn address(text: &str) -> Address {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn money(address: &Address) -> MoneyChecker {
    run_watched(address, MoneyChecker::new()).unwrap_or_else(|error| panic!("{address}: {error}"))
}

/// What is gone or too much on two nodes at the end of each of so many runs, in amounts per transfer.
fn changes(text: &str, runs: u64) -> Vec<f64> {
    let base = address(text);
    let per_run = |seed| {
        let address = Address { seed, ..base.clone() };
        let checker = money(&address);
        let LedgerCounts { opened, sum, .. } = checker.counts(TWO_NODES);
        let transfers = opened / (2 * AMOUNT);
        (sum - opened) as f64 / (AMOUNT * transfers) as f64
    };
    (1..=runs).map(per_run).collect()
}

#[test]
fn the_mean_of_many_runs_is_what_the_row_beside_the_figure_says() {
    for more in
        ["", "&lease=500ms", "&lease=500ms&ids=remembered", "&loss=0.2", "&loss=0.2&lease=1s", "&loss=0"]
    {
        let text = format!("money/transfer?messages=4000{more}");
        let plan = plan_of(&address(&text)).expect("it is valid");
        let moved = (AMOUNT as u64 * plan.transfers()) as f64;
        let rows = predictions(&plan);
        let row = rows.iter().find(|row| row.measure == Measure::Sum(TWO_NODES)).expect("it is predicted");
        let Prediction::Value(predicted) = row.predicted else { panic!("{row:?} is a number") };
        let theory = (predicted - 2.0 * moved) / moved;
        let found = changes(&text, 30);
        let n = found.len() as f64;
        let mean = found.iter().sum::<f64>() / n;
        let variance = found.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
        // Student's t at 0.9995 for 29 degrees of freedom.
        let half_width = 3.66 * (variance / n).sqrt();
        assert!((mean - theory).abs() <= half_width, "{text}: {mean} ± {half_width}, theory says {theory}");
        assert!(half_width <= 0.1 * theory.abs() || theory == 0.0, "{text}: ± {half_width} says nothing");
    }
}

#[test]
fn a_careless_pair_of_nodes_loses_money_and_an_obstinate_one_makes_it() {
    let sums = |more: &str| {
        let checker = money(&address(&format!("money/transfer?seed=1&messages=400{more}")));
        assert_eq!((checker.lost(ONE_NODE), checker.counts(ONE_NODE).made), (0, 0), "{more}");
        (checker.lost(TWO_NODES) > 0, checker.counts(TWO_NODES).made > 0)
    };
    assert_eq!(sums("&loss=0"), (false, false));
    assert_eq!(sums(""), (true, false));
    assert_eq!(sums("&lease=500ms"), (false, true));
    assert_eq!(sums("&lease=500ms&ids=remembered"), (false, false));
    assert_eq!(sums("&duplication=0.05&loss=0"), (false, true));
    assert_eq!(sums("&duplication=0.05&loss=0&ids=remembered"), (false, false));
    assert_eq!(sums("&loss=0&crash-every=3s"), (true, false));
    assert_eq!(sums("&loss=0&crash-every=3s&lease=500ms"), (false, true));
    assert_eq!(sums("&loss=0&crash-every=3s&lease=500ms&ids=remembered"), (false, false));
}

/// What may go wrong, and is mended after ten seconds.
fn fault() -> impl Strategy<Value = String> {
    const PACKETS: [&str; 6] = [
        "producer-1/both/publish",
        "both/producer-1/confirm",
        "producer-2/left/publish",
        "left/producer-2/confirm",
        "left/right/deliver",
        "right/left/ack",
    ];
    (0usize..9, 0usize..3, 0usize..6, 1u32..6, 1u32..4_000, 1u32..3_000).prop_map(
        |(what, who, packet, nth, at, span)| {
            let (node, until, packet) = (["both", "left", "right"][who], at + span, PACKETS[packet]);
            match what {
                0 | 1 => format!("crash:{node}@{at}ms;restart:{node}@{until}ms"),
                2 => format!("crash-machine:{node}@{at}ms;restart:{node}@{until}ms"),
                3 => format!("pause:{node}@{at}ms;resume:{node}@{until}ms"),
                4 => format!("cut:left/right@{at}ms;heal:left/right@{until}ms"),
                5 => format!("cut-one-way:right/left@{at}ms;heal:right/left@{until}ms"),
                6 => format!("drop:{packet}/{nth}"),
                7 => format!("duplicate:{packet}/{nth}"),
                _ => format!("delay:{packet}/{nth}/{span}ms"),
            }
        },
    )
}

/// Money and deliveries of the same run.
struct Checks(MoneyChecker, DeliveryChecker, Option<Ending>);

impl Checker for Checks {
    fn observe(&mut self, event: &Event) {
        self.0.observe(event);
        self.1.observe(event);
        if let What::Ended { how } = event.what {
            self.2 = Some(how);
        }
    }
    fn findings(&self) -> Vec<Finding> {
        self.0.findings()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever breaks: one node keeps the money, and so do two that hand credits out until answered and know them by their
    /// ids. Each transfer takes effect once, as long as its producer does not give up.
    #[test]
    fn care_on_both_sides_keeps_the_money(
        seed in 0u64..1_000,
        loss in 0u32..20,
        flush in prop::sample::select(vec!["0ms", "10ms", "150ms"]),
        faults in prop::collection::vec(fault(), 0..6),
    ) {
        let script = faults.iter().cloned().chain(["heal@10s".to_owned()]).collect::<Vec<_>>().join(";");
        let text = format!(
            "money/transfer?seed={seed}&messages=24&lease=400ms&ids=remembered&delivery-limit=none&tries=1000\
             &duplication=0.03&jitter=1&loss=0.{loss:02}&flush={flush}&faults={script}"
        );
        let checks = run_watched(&address(&text), Checks(MoneyChecker::new(), DeliveryChecker::new(), None)).expect("it runs");
        prop_assert_eq!(checks.2, Some(Ending::Finished), "{}", text);
        for ledger in [ONE_NODE, TWO_NODES] {
            let counts = checks.0.counts(ledger);
            prop_assert_eq!((counts.sum, counts.missing, counts.made), (counts.opened, 0, 0), "{} {}", ledger, text);
        }
        let counts = checks.1.counts();
        prop_assert_eq!((counts.done, counts.repeated), (24, 0), "{}", text);
    }

    /// One node keeps it at every moment, not only in the end.
    #[test]
    fn one_node_never_shows_half_a_transfer(seed in 0u64..1_000, faults in prop::collection::vec(fault(), 0..6)) {
        let script = faults.join(";");
        let text = format!("money/transfer?seed={seed}&messages=24&crash-every=1s&faults={script}");
        let trace = run(&address(&text)).expect("it runs");
        let mut checker = MoneyChecker::new();
        for (n, event) in trace.events.iter().enumerate() {
            checker.observe(event);
            let counts = checker.counts(ONE_NODE);
            let halfway = trace.events.get(n + 1).is_some_and(|next| {
                next.at == event.at && matches!(next.what, What::Balance { ledger: ONE_NODE, .. })
            });
            prop_assert!(halfway || counts.sum == counts.opened, "{} {}", event.at, text);
        }
    }
}

/// A crash between the write and its flush: the machine's takes the page cache, the process's does not.
#[test]
fn what_was_written_is_booked_after_a_crash_of_the_process_and_gone_after_one_of_the_machine() {
    let done = |crash: &str| {
        let text = format!(
            "money/transfer?seed=1&messages=2&loss=0&flush=100ms&confirm-timeout=none&faults={crash}:both@220ms;restart:both@2s"
        );
        let checker = run_watched(&address(&text), DeliveryChecker::new()).expect("it runs");
        checker.counts().done
    };
    assert_eq!((done("crash"), done("crash-machine")), (2, 1));
}

/// A disk that is lost takes its bookings with it, and nobody hides it.
#[test]
fn a_lost_disk_is_money_lost_on_the_one_side_and_made_on_the_other() {
    let after = |node: &str| {
        let faults = format!("crash:{node}@3s;lose-disk:{node}@3.1s;restart:{node}@3.2s");
        let checker = money(&address(&format!("money/transfer?seed=1&loss=0&messages=20&faults={faults}")));
        (checker.lost(TWO_NODES) > 0, checker.counts(TWO_NODES).made > 0)
    };
    assert_eq!(after("right"), (true, false));
    assert_eq!(after("left"), (false, true));
}
