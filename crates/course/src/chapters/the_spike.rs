// SPDX-License-Identifier: MIT OR Apache-2.0
//! "The spike" (Q13): what the chapter computes.

use queues::theory;
use trace::Time;

use crate::burst_sweep::{BurstSweep, Mean};
use crate::chapters::Computes;
use crate::computed::{Bet, Cell, Computed, Number, Table};

/// Runs of every sweep.
const SEEDS: u64 = 100;

/// All of it.
pub(crate) const COMPUTES: Computes = Computes { numbers: NUMBERS, tables: TABLES, bets: BETS, worlds: &[] };

/// The chapter's numbers.
const NUMBERS: &[Computed<Number>] = &[
    Computed { name: "spike-capacity", make: capacity },
    Computed { name: "spike-peak", make: || shown(&usual(), |s| s.peak, count) },
    Computed { name: "spike-peak-theory", make: || theory_of(|fluid| count(fluid.peak)) },
    Computed { name: "spike-wait", make: || shown(&usual(), |s| s.longest_wait, seconds) },
    Computed { name: "spike-wait-theory", make: || theory_of(|fluid| seconds(fluid.wait)) },
    Computed { name: "spike-drained", make: || shown(&usual(), |s| s.drained_after, seconds) },
    Computed { name: "spike-drained-theory", make: || theory_of(|fluid| seconds(fluid.drained)) },
    Computed { name: "spike-direct-share", make: direct_share },
    Computed { name: "spike-bound-away", make: || shown(&queue("&bound=40"), |s| s.turned_away, count) },
    Computed { name: "spike-bound-wait", make: || shown(&queue("&bound=40"), |s| s.longest_wait, seconds) },
    Computed { name: "spike-near-peak", make: || shown(&queue("&consumers=10"), |s| s.peak, count) },
    Computed { name: "spike-near-theory", make: near_theory },
    Computed { name: "spike-near-capacity", make: near_capacity },
    Computed { name: "spike-minute-peak", make: || minute(|fluid| count(fluid.peak)) },
    Computed { name: "spike-minute-wait", make: || minute(|fluid| seconds(fluid.wait)) },
    Computed { name: "spike-over-drained", make: over_drained },
];

/// The chapter's tables.
const TABLES: &[Computed<Table>] = &[
    Computed { name: "spike-by-consumers", make: by_consumers },
    Computed { name: "spike-by-bound", make: by_bound },
];

/// The chapter's questions.
const BETS: &[Computed<Bet>] = &[Computed { name: "after-the-spike", make: after_the_spike }];

/// The spike as the chapter's sentences speak of it: long enough that the usual load goes on until the queue is empty again.
fn usual() -> BurstSweep {
    by_consumer_count(4)
}

fn queue(more: &str) -> BurstSweep {
    BurstSweep::run(&format!("spike/queue?seed=1{more}"), SEEDS)
}

fn direct(more: &str) -> BurstSweep {
    BurstSweep::run(&format!("spike/direct?seed=1{more}"), SEEDS)
}

/// A number of messages: `7,385`.
fn count(value: f64) -> String {
    let digits = format!("{value:.0}");
    match digits.len().checked_sub(3) {
        Some(place @ 1..) => format!("{},{}", &digits[..place], &digits[place..]),
        _ => digits,
    }
}

fn seconds(value: f64) -> String {
    Time((value * 1e9) as u64).short()
}

fn shown(sweep: &BurstSweep, pick: fn(&BurstSweep) -> Mean, text: fn(f64) -> String) -> Number {
    let mean = pick(sweep);
    let half_width = format!("{:.2}", mean.half_width);
    Number { shown: text(mean.value), how: format!("{}; 95 % interval ± {half_width}", sweep.how()) }
}

/// A spike as a fluid; times in seconds.
struct Fluid {
    /// The most that wait.
    peak: f64,
    /// How long the last of the spike waits.
    wait: f64,
    /// From the end of the spike to an empty queue.
    drained: f64,
}

/// What the formulas say of a sweep's plan.
fn fluid(sweep: &BurstSweep) -> Fluid {
    let plan = &sweep.plan;
    let (rate, capacity) = (plan.rate as f64, plan.capacity());
    let spike = plan.spike.unwrap_or(plan.rate) as f64;
    let peak = theory::burst_peak(spike, capacity, plan.spike_for.as_secs_f64());
    Fluid { peak, wait: peak / capacity, drained: theory::drain_time(peak, rate, capacity) }
}

fn theory_of(pick: fn(&Fluid) -> String) -> Number {
    // One seed: only the plan is wanted.
    let sweep = BurstSweep::run("spike/queue?seed=1", 1);
    let how = "calculated for the settings of spike/queue, as a fluid, not simulated".to_owned();
    Number { shown: pick(&fluid(&sweep)), how }
}

fn capacity() -> Number {
    let plan = BurstSweep::run("spike/queue?seed=1", 1).plan;
    let how = "consumers by work and the way of an ack and a delivery, 4 / (50 ms + 2 ms)".to_owned();
    Number { shown: count(plan.capacity()), how }
}

fn near_theory() -> Number {
    let sweep = BurstSweep::run("spike/queue?seed=1&consumers=10", 1);
    let how = "calculated for spike/queue with 10 consumers, as a fluid, not simulated".to_owned();
    Number { shown: count(fluid(&sweep).peak), how }
}

fn near_capacity() -> Number {
    let plan = BurstSweep::run("spike/queue?seed=1&consumers=10", 1).plan;
    let how = "10 consumers by work and the way of an ack and a delivery, 10 / (50 ms + 2 ms)".to_owned();
    Number { shown: count(plan.capacity()), how }
}

/// The same spike, if it lasted a minute.
fn minute(pick: fn(&Fluid) -> String) -> Number {
    let sweep = BurstSweep::run("spike/queue?seed=1&spike-for=60s", 1);
    let how = "calculated for spike/queue with a spike of 60 s, as a fluid, not simulated".to_owned();
    Number { shown: pick(&fluid(&sweep)), how }
}

fn direct_share() -> Number {
    let sweep = direct("");
    let share = sweep.turned_away.value / sweep.plan.messages as f64;
    Number { shown: crate::percent(share), how: sweep.how() }
}

/// With a usual load just below capacity the same spike takes long to go away.
fn over_drained() -> Number {
    let sweep = queue("&rate=70&messages=6000");
    shown(&sweep, |s| s.drained_after, seconds)
}

/// Long enough that the usual load goes on until the queue is empty again.
fn by_consumer_count(consumers: u64) -> BurstSweep {
    queue(&format!("&messages=800&consumers={consumers}"))
}

fn by_consumers() -> Table {
    let rows = [3, 4, 5, 6, 8, 10].map(|consumers| {
        let sweep = by_consumer_count(consumers);
        let fluid = fluid(&sweep);
        let cell = |mean: Mean, text: fn(f64) -> String| text(mean.value);
        [
            consumers.to_string(),
            count(fluid.peak),
            format!("{} ± {:.0}", cell(sweep.peak, count), sweep.peak.half_width.max(0.5)),
            seconds(fluid.wait),
            cell(sweep.longest_wait, seconds),
            seconds(fluid.drained),
            cell(sweep.drained_after, seconds),
        ]
        .map(Cell::from)
        .to_vec()
    });
    Table {
        caption: format!(
            "200 messages a second for one second, 40 a second before and after it. Theory is the fluid; the runs are means \
             of {SEEDS} seeds, the first with its 95 % interval."
        ),
        head: [
            "consumers",
            "most that wait: theory",
            "runs",
            "longest wait: theory",
            "runs",
            "empty after: theory",
            "runs",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: rows.to_vec(),
    }
}

fn by_bound() -> Table {
    let bounds = [
        ("none", ""),
        ("120", "&bound=120"),
        ("80", "&bound=80"),
        ("40", "&bound=40"),
        ("20", "&bound=20"),
        ("8", "&bound=8"),
    ];
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (name, more) in bounds {
        let sweep = queue(more);
        let run = Some(format!("spike/queue?seed=1{more}"));
        rows.push(vec![
            Cell::shown_by(name.to_owned(), run),
            Cell::from(count(sweep.turned_away.value)),
            Cell::from(seconds(sweep.longest_wait.value)),
            Cell::from(count(sweep.done.value)),
        ]);
    }
    let sweep = direct("");
    rows.push(vec![
        Cell::shown_by("no queue".to_owned(), Some("spike/direct?seed=1".to_owned())),
        Cell::from(count(sweep.turned_away.value)),
        // There is nowhere to wait.
        Cell::from("–".to_owned()),
        Cell::from(count(sweep.done.value)),
    ]);
    Table {
        caption: format!(
            "The same spike of 400 messages in all, four consumers, by bound: means of {SEEDS} seeds."
        ),
        head: ["bound", "turned away", "longest wait", "done"].map(str::to_owned).to_vec(),
        rows,
    }
}

fn after_the_spike() -> Bet {
    let sweep = usual();
    let drained = sweep.drained_after.value;
    let (capacity, usual) = (count(sweep.plan.capacity()), sweep.plan.rate);
    let spike = sweep.plan.spike.unwrap_or(usual);
    let limits = [0.5, 1.5, 2.5];
    let right = limits.iter().position(|limit| drained < *limit).unwrap_or(limits.len());
    let options = [
        "At once: the consumers have worked all the time.",
        "After about a second, as long as the spike lasted.",
        "After about two seconds.",
        "After three seconds or more.",
    ];
    Bet {
        question: format!(
            "Four consumers can do {capacity} messages a second. Usually {usual} come. For one second {spike} a second come, \
             then it is {usual} again. How long after the spike is the queue empty?"
        ),
        options: options.map(str::to_owned).to_vec(),
        right,
        answer: format!(
            "**{}**, {}. The spike leaves a backlog of {} messages, and only what the consumers can do *beyond* the usual load \
             works it off: {capacity} − {usual} = {} a second.",
            seconds(drained),
            sweep.how(),
            count(sweep.peak.value),
            count(sweep.plan.capacity() - sweep.plan.rate as f64)
        ),
        run: "spike/queue?seed=1".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the text says in words.
    #[test]
    fn the_fluid_is_right_away_from_capacity_and_too_low_near_it() {
        for consumers in [3, 4, 5, 6] {
            let sweep = by_consumer_count(consumers);
            let fluid = fluid(&sweep);
            assert!((sweep.peak.value / fluid.peak - 1.0).abs() < 0.1, "{consumers}: {:?}", sweep.peak);
            assert!(
                (sweep.longest_wait.value / fluid.wait - 1.0).abs() < 0.1,
                "{consumers}: {:?}",
                sweep.longest_wait
            );
        }
        let near = queue("&consumers=10");
        assert!(near.peak.value > 1.5 * fluid(&near).peak, "{:?}", near.peak);
    }

    /// What the text types is how the figures are set.
    #[test]
    fn the_text_speaks_of_the_figures_settings() {
        let second = Time::secs(1);
        for scenario in ["spike/queue?seed=1", "spike/direct?seed=1", "spike/queue?seed=1&bound=40"] {
            let plan = BurstSweep::run(scenario, 1).plan;
            let set =
                (plan.consumers, plan.concurrency, plan.rate, plan.spike, plan.spike_for, plan.messages);
            assert_eq!(set, (4, 1, 40, Some(200), second, 400), "{scenario}");
            let text = include_str!("../../../../book/src/the-spike.md");
            assert!(["#figure", "beside"].iter().any(|word| text.contains(&format!("{word} {scenario} |"))));
        }
    }

    /// "The unluckiest", "most of the spike, and some before and after it", and the runs that are empty a little sooner.
    #[test]
    fn the_sentences_hold() {
        let turned_away = direct("").turned_away.value;
        let without_spike = direct("&spike=40").turned_away.value;
        assert!(without_spike > 5.0 && turned_away - without_spike > 100.0, "{turned_away} {without_spike}");
        for consumers in [3, 4, 5, 6] {
            let sweep = by_consumer_count(consumers);
            assert!(
                sweep.drained_after.value < fluid(&sweep).drained,
                "{consumers}: {:?}",
                sweep.drained_after
            );
        }
    }

    #[test]
    fn a_bound_trades_waiting_for_turning_away() {
        let (free, bounded) = (queue(""), queue("&bound=40"));
        assert_eq!(free.turned_away.value, 0.0);
        assert!(bounded.turned_away.value > 50.0 && bounded.longest_wait.value < 0.65, "{bounded:?}");
        // What is let in is worked off at the same rate: the bound costs what it turns away and nothing else.
        assert!((bounded.done.value + bounded.turned_away.value - 400.0).abs() < 1e-6);
    }

    #[test]
    fn the_bet_has_one_right_answer_away_from_its_limits() {
        let sweep = usual();
        assert_eq!(after_the_spike().right, 3);
        assert!(
            sweep.drained_after.value - 3.0 * sweep.drained_after.half_width > 2.5,
            "{:?}",
            sweep.drained_after
        );
    }
}
