// SPDX-License-Identifier: MIT OR Apache-2.0
//! "Not in order" (Q8): what the chapter computes.

use queues::{Address, theory};
use trace::{OrderChecker, OrderScope};

use crate::chapters::Computes;
use crate::computed::{Bet, Cell, Computed, Number, Table};
use crate::sweep::{OrderSweep, percent};

/// The run of the chapter's first figure.
pub const FIGURE: &str = "order/concurrent-consumers?seed=7";

/// Every sweep has so many runs of so many messages: wide enough that the 95 % interval of a share is about one percent.
const SEEDS: u64 = 100;
const MESSAGES: u64 = 500;
/// Long runs, in which the idle beginning and end no longer count.
const LONG_SEEDS: u64 = 20;
/// Messages a second and consumer: four fifths of what a consumer can do.
const RATE_PER_CONSUMER: u64 = 8;
const UTILISATION: f64 = 0.8;

/// All of it.
pub(crate) const COMPUTES: Computes = Computes { numbers: NUMBERS, tables: TABLES, bets: BETS, worlds: &[] };

/// The chapter's numbers.
const NUMBERS: &[Computed<Number>] = &[
    Computed { name: "figure-overtaken", make: || figure(|counts| counts.overtaken.to_string()) },
    Computed { name: "figure-messages", make: || figure(|counts| counts.effects.to_string()) },
    Computed { name: "figure-jump", make: || figure(|counts| counts.largest_displacement.to_string()) },
    Computed { name: "one-ends", make: || ends(ONE) },
    Computed { name: "four-end", make: || ends(FOUR) },
    Computed { name: "four-overtaken", make: || run_of(FOUR, |counts| counts.overtaken.to_string()) },
    Computed { name: "overtaken-3", make: || share(&consumers(3, "")) },
    Computed { name: "overtaken-8", make: || share(&consumers(8, "")) },
    Computed { name: "theory-3", make: theory_3 },
    Computed { name: "long-3", make: || long_share("") },
    Computed { name: "long-3-without-network", make: || long_share("&latency=0s") },
    Computed { name: "busy-2", make: || busy(2) },
    Computed { name: "busy-3", make: || busy(3) },
    Computed { name: "busy-8", make: || busy(8) },
    Computed { name: "slow-one", make: || share(&slow_one()) },
    Computed { name: "jitter", make: || share(&consumers(8, "&variation=0&jitter=1")) },
    Computed { name: "log-global", make: || log_share(OrderScope::Global) },
    Computed { name: "log-key", make: || log_share(OrderScope::PerKey) },
    Computed { name: "jump-8-exponential", make: || jump(&consumers(8, "")) },
    Computed { name: "jump-8-uneven", make: || jump(&consumers(8, "&variation=2")) },
    Computed { name: "overtaken-8-uneven", make: || share(&consumers(8, "&variation=2")) },
];

/// The chapter's tables.
const TABLES: &[Computed<Table>] = &[Computed { name: "overtaken-by-consumers", make: by_consumers }];

/// The chapter's questions.
const BETS: &[Computed<Bet>] = &[Computed { name: "three-consumers", make: three_consumers }];

/// The scenario at four fifths of its capacity, whatever the number of consumers. No lease: uneven work would run into
/// it, and redelivery is another subject.
fn consumers(count: u64, more: &str) -> String {
    let rate = RATE_PER_CONSUMER * count;
    format!("order/concurrent-consumers?consumers={count}&rate={rate}&messages={MESSAGES}&lease=none{more}")
}

/// Equal work on eight consumers, one of which is a tenth slower.
fn slow_one() -> String {
    consumers(8, "&variation=0&faults=slow:consumer-1/1.1@0s")
}

fn figure(pick: impl Fn(trace::OrderCounts) -> String) -> Number {
    run_of(FIGURE, pick)
}

/// The second figure: the same messages, for one consumer and for four.
const ONE: &str = "order/concurrent-consumers?seed=7&consumers=1";
const FOUR: &str = "order/concurrent-consumers?seed=7&consumers=4";

fn run_of(run: &str, pick: impl Fn(trace::OrderCounts) -> String) -> Number {
    let address: Address = run.parse().expect("the figure's address is valid");
    let checker =
        queues::run_watched(&address, OrderChecker::new(OrderScope::Global)).expect("the figure runs");
    Number { shown: pick(checker.counts()), how: format!("the run {run}") }
}

/// When the last effect of a run lands.
fn ends(run: &str) -> Number {
    let address: Address = run.parse().expect("the figure's address is valid");
    let trace = queues::run(&address).expect("the figure runs");
    let effects = trace.events.iter().filter(|event| matches!(event.what, trace::What::Applied { .. }));
    let last = effects.map(|event| event.at).max().unwrap_or_default();
    Number { shown: last.short(), how: format!("the run {run}") }
}

fn share(address: &str) -> Number {
    let sweep = OrderSweep::run(address, SEEDS);
    let how = format!("{}; 95 % interval ± {}", sweep.how(), percent(sweep.half_width));
    Number { shown: percent(sweep.share()), how }
}

/// The share in few but long runs, to a tenth of a percent: what theory can be held against.
fn long_share(more: &str) -> Number {
    let sweep = OrderSweep::run(&long_run(more), LONG_SEEDS);
    let shown = format!("{:.1} %", sweep.share() * 100.0);
    Number { shown, how: format!("{}; 95 % interval ± {:.2} %", sweep.how(), sweep.half_width * 100.0) }
}

fn long_run(more: &str) -> String {
    format!("order/concurrent-consumers?consumers=3&rate=24&messages=10000&lease=none{more}")
}

fn theory_3() -> Number {
    let share = theory::overtaken_share(3, UTILISATION);
    let how = "calculated for M/M/3 at utilisation 0.8, not simulated".to_owned();
    Number { shown: format!("{:.1} %", share * 100.0), how }
}

fn jump(address: &str) -> Number {
    let sweep = OrderSweep::run(address, SEEDS);
    Number { shown: sweep.largest_displacement().to_string(), how: format!("the largest in {}", sweep.how()) }
}

/// How many messages of a partitioned log are overtaken, by any or by one of their key.
fn log_share(scope: OrderScope) -> Number {
    let sweep = OrderSweep::run_within("order/partitioned-log?messages=500", scope, SEEDS);
    Number { shown: percent(sweep.share()), how: sweep.how() }
}

fn calculated(share: f64, what: &str) -> Number {
    Number { shown: percent(share), how: format!("calculated for {what}, not simulated") }
}

fn busy(count: u32) -> Number {
    calculated(theory::overtaken_share(count, 1.0), &format!("{count} consumers that are never idle"))
}

fn by_consumers() -> Table {
    let rows = [1, 2, 3, 4, 8, 16].map(|count| {
        let equal = OrderSweep::run(&consumers(count, "&variation=0"), SEEDS);
        let exponential = OrderSweep::run(&consumers(count, ""), SEEDS);
        let uneven = OrderSweep::run(&consumers(count, "&variation=2"), SEEDS);
        let both = |sweep: &OrderSweep| (percent(sweep.share()), sweep.median_displacement().to_string());
        let (exponential_share, exponential_jump) = both(&exponential);
        let (uneven_share, uneven_jump) = both(&uneven);
        vec![
            count.to_string(),
            percent(equal.share()),
            exponential_share,
            percent(theory::overtaken_share(count as u32, UTILISATION)),
            exponential_jump,
            uneven_share,
            uneven_jump,
        ]
        .into_iter()
        .map(Cell::from)
        .collect()
    });
    Table {
        caption: format!(
            "Messages overtaken at four fifths of capacity: {SEEDS} runs of {MESSAGES} messages a row. The jump is the \
             largest of a run, in the middle run."
        ),
        head: [
            "consumers",
            "equal work",
            "exponential work",
            "theory",
            "largest jump",
            "uneven work (variation 2)",
            "largest jump",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: rows.to_vec(),
    }
}

fn three_consumers() -> Bet {
    let sweep = OrderSweep::run(&consumers(3, ""), SEEDS);
    let limits = [0.01, 0.10, 0.30];
    let right = limits.iter().position(|limit| sweep.share() < *limit).unwrap_or(limits.len());
    let options = [
        "Hardly any, below 1 %: the queue hands them out in order.",
        "A few, below 10 %: only when one is much slower than the next.",
        "Quite a few, below 30 %.",
        "More than that.",
    ];
    Bet {
        question: "Three consumers share a queue and are busy four fifths of the time. Work takes 100 ms on average, \
                   unevenly. Of a hundred messages, how many take effect after one that was enqueued behind them?"
            .to_owned(),
        options: options.map(str::to_owned).to_vec(),
        right,
        answer: format!(
            "**{}** of the messages, in {} runs of `{}` with seeds from 1 on. The largest jump in the middle run is {}: \
             so many later messages had taken effect before the one that waited longest.",
            percent(sweep.share()),
            sweep.seeds,
            sweep.scenario,
            sweep.median_displacement()
        ),
        run: "order/concurrent-consumers?seed=7".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The chapter's text says these things in words; the words are wrong when the simulator says otherwise.
    #[test]
    fn what_the_text_says_is_so() {
        let share = |address: &str| OrderSweep::run(address, 40).share();
        let largest = |address: &str| OrderSweep::run(address, 40).median_displacement();
        assert_eq!(share(&consumers(8, "&variation=0")), 0.0, "equal work keeps order");
        assert!(share(&slow_one()) > 0.02, "one consumer a tenth slower loses it");
        assert!(share(&consumers(8, "&variation=0&jitter=1")) > 0.05, "so does jitter");
        let (even, uneven) = (consumers(8, ""), consumers(8, "&variation=2"));
        assert!(share(&uneven) < share(&even), "very uneven work overtakes fewer messages");
        assert!(largest(&uneven) > largest(&even) * 3 / 2, "but by more");
        let short = OrderSweep::run(&consumers(16, ""), SEEDS);
        assert!(short.share() < theory::overtaken_share(16, UTILISATION), "short runs lie below theory");
    }

    #[test]
    fn one_consumer_keeps_order_and_takes_longer() {
        assert_eq!(run_of(ONE, |counts| counts.overtaken.to_string()).shown, "0");
        let overtaken = run_of(FOUR, |counts| counts.overtaken.to_string()).shown.parse::<u64>();
        assert!(overtaken.is_ok_and(|count| count > 10), "four lose it");
        let last = |run: &str| {
            let trace = queues::run(&run.parse().expect(run)).expect(run);
            trace.events.last().map(|event| event.at).unwrap_or_default()
        };
        assert!(last(ONE) > last(FOUR), "and are done sooner");
    }

    #[test]
    fn a_log_keeps_order_within_a_key_and_not_across() {
        let share = |scope| OrderSweep::run_within("order/partitioned-log?messages=500", scope, 20).share();
        assert_eq!(share(OrderScope::PerKey), 0.0);
        assert!(share(OrderScope::Global) > 0.2);
    }

    #[test]
    fn theory_and_simulation_agree_and_the_network_is_the_difference() {
        let theory = theory::overtaken_share(3, UTILISATION);
        let without = OrderSweep::run(&long_run("&latency=0s"), LONG_SEEDS);
        let with = OrderSweep::run(&long_run(""), LONG_SEEDS);
        assert!((without.share() - theory).abs() < without.half_width, "{} {theory}", without.share());
        assert!(with.share() - theory > with.half_width, "{} {theory}", with.share());
    }

    #[test]
    fn the_bet_has_one_right_answer_away_from_its_limits() {
        let sweep = OrderSweep::run(&consumers(3, ""), SEEDS);
        assert!((sweep.share() - 0.30).abs() > 3.0 * sweep.half_width);
        assert_eq!(three_consumers().right, 3);
    }
}
