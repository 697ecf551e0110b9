// SPDX-License-Identifier: MIT OR Apache-2.0
//! What theory says of a plan: the rows that stand beside its figure.

use trace::{Fluid, Measure, Prediction, Theory, Time, three_digits};

use crate::accounts::AMOUNT;
use crate::plan::{Ack, Arrivals, Effects, Mechanism, Plan, Shape};
use crate::theory;

/// What theory says of a plan without faults. Empty where it says nothing: for work that is neither equal nor
/// exponential there is no formula, and none is made up; nor for a log, whose partitions are queues of their own, nor where
/// nothing waits.
pub fn predictions(plan: &Plan) -> Vec<Theory> {
    if plan.queue == Mechanism::Accounts {
        let mut rows = vec![one_node(plan)];
        rows.extend(two_nodes(plan));
        return rows;
    }
    if plan.queue != Mechanism::Competing {
        return Vec::new();
    }
    [overtaken(plan), utilisation(plan), wait(plan)].into_iter().flatten().chain(spike(plan)).collect()
}

/// How many messages are in work at a time.
fn servers(plan: &Plan) -> u32 {
    plan.servers() as u32
}

/// Whether a consumer is handed no more than it works on: else messages wait behind one consumer while another is idle,
/// and it is not one queue any more. With the ack on receipt there is no such limit.
fn is_one_queue(plan: &Plan) -> bool {
    (plan.prefetch <= plan.concurrency || plan.consumers == 1) && plan.ack == Ack::Last
}

/// Whether every message is worked on once: nothing fails, is lost or comes twice.
fn is_once(plan: &Plan) -> bool {
    !plan.failures.is_possible() && !plan.loss.is_possible() && !plan.duplication.is_possible()
}

/// Whether messages come at one rate, and every one joins the queue at once.
fn is_open(plan: &Plan) -> bool {
    plan.bound.is_none() && plan.delay == Time::ZERO && plan.spike.is_none()
}

fn is_exponential(plan: &Plan) -> bool {
    plan.variation_percent == 100
        && plan.shape == Shape::Gamma
        && is_one_queue(plan)
        && is_once(plan)
        && is_open(plan)
        && plan.ack_after == Time::ZERO
}

/// Poisson arrivals below capacity, or everything at once: the load under which formulas are exact.
fn load(plan: &Plan) -> Option<f64> {
    match plan.arrivals {
        Arrivals::Poisson => Some(plan.utilisation()),
        Arrivals::Backlog => Some(1.0),
        Arrivals::Steady | Arrivals::Bursts | Arrivals::ClosedLoop => None,
    }
}

fn overtaken(plan: &Plan) -> Option<Theory> {
    let certain = plan.effects == Effects::Synchronous && plan.ack == Ack::Last;
    let row = |predicted, condition: &str| Theory {
        label: "share overtaken".to_owned(),
        predicted: Prediction::Value(predicted),
        measure: Measure::OvertakenShare,
        condition: condition.to_owned(),
    };
    let equal = plan.variation_percent == 0 && plan.jitter_percent == 0;
    if certain && is_once(plan) && (servers(plan) == 1 || equal && is_one_queue(plan)) {
        return Some(row(
            0.0,
            "one message in work at a time, or equal work: order holds while nothing fails",
        ));
    }
    let load = load(plan).filter(|_| certain && is_exponential(plan))?;
    Some(row(
        theory::overtaken_share(servers(plan), load),
        "exponential work, in the long run, without network delay and faults",
    ))
}

fn utilisation(plan: &Plan) -> Option<Theory> {
    let load = load(plan).filter(|load| *load < 1.0 && is_once(plan) && is_open(plan))?;
    Some(Theory {
        label: "busy consumers".to_owned(),
        predicted: Prediction::Value(load * plan.servers() as f64 / plan.consumers as f64),
        measure: Measure::Utilisation,
        condition: "messages a second times work per message, by consumers; a short run begins and ends idle"
            .to_owned(),
    })
}

fn wait(plan: &Plan) -> Option<Theory> {
    let load = load(plan).filter(|load| *load < 1.0 && is_exponential(plan))?;
    Some(Theory {
        label: "mean wait".to_owned(),
        predicted: Prediction::Value(theory::mean_wait(servers(plan), load) * plan.service.as_secs_f64()),
        measure: Measure::MeanWait,
        condition: "Erlang C: exponential work, in the long run, without network delay".to_owned(),
    })
}

/// The money of a ledger in which nothing went wrong.
fn money(plan: &Plan) -> f64 {
    2.0 * AMOUNT as f64 * plan.transfers() as f64
}

fn sum_row(ledger: u32, label: &str, predicted: f64, condition: String) -> Theory {
    let (label, predicted) = (label.to_owned(), Prediction::Value(predicted));
    Theory { label, predicted, measure: Measure::Sum(ledger), condition }
}

fn one_node(plan: &Plan) -> Theory {
    let condition = "always: both bookings are one write, durable together or not at all";
    sum_row(1, "money on one node", money(plan), condition.to_owned())
}

/// At the end, in the mean over many runs; nothing is said of crashes that leave something to be desired between the nodes.
fn two_nodes(plan: &Plan) -> Option<Theory> {
    let loss = f64::from(plan.loss.as_millionths()) / 1e6;
    let moved = AMOUNT as f64 * plan.transfers() as f64;
    // Else transfers that nobody gets through, and credits that are put aside, count as well.
    if loss > 0.5 || plan.delivery_limit.is_some_and(|limit| limit < 10) {
        return None;
    }
    let undisturbed = plan.crash_every.is_none() && !plan.duplication.is_possible();
    // An answer in time needs the way there, the write and the way back.
    let in_time = |lease: Time| plan.jitter_percent == 0 && lease > plan.latency + plan.latency + plan.flush;
    let (change, condition) = match plan.lease {
        Some(_) if plan.ids => {
            (0.0, "at the end: credits are handed out until answered, and known by their ids")
        }
        None if undisturbed => (-loss, "at the end, in the mean: whoever loses a credit loses its money"),
        Some(lease) if undisturbed && in_time(lease) => (
            theory::repeated_calls(loss),
            "at the end, in the mean: whoever loses an answer has the credit booked again",
        ),
        _ => return None,
    };
    Some(sum_row(2, "money on two nodes", money(plan) + moved * change, condition.to_owned()))
}

/// A plan's run as a fluid, for the chart of what came and what is done. Without corners where messages do not come at rates
/// of their own, or not each is worked on once.
pub fn fluid(plan: &Plan) -> Fluid {
    let capacity = plan.capacity();
    if plan.queue != Mechanism::Competing {
        return Fluid::default();
    }
    let mut made = Fluid { bound: plan.bound, ..Fluid::default() };
    let flows = matches!(plan.arrivals, Arrivals::Poisson | Arrivals::Steady) && is_once(plan);
    if !flows || plan.delay > Time::ZERO || plan.ack != Ack::Last {
        return made;
    }
    let total = plan.messages as f64;
    let room = plan.bound.map_or(f64::INFINITY, |bound| bound as f64);
    // What is done is seen later than it is let in, by the way to the consumer and by the work.
    let (way, work) = (plan.publish_latency, plan.latency + plan.service);
    let (mut now, mut offered, mut came, mut done) = (0.0, 0.0, 0.0, 0.0);
    // Rates change at a spike's ends, where the bound is reached and where the backlog is gone: never so often.
    for _ in 0..16 {
        let at = Time((now * 1e9) as u64);
        made.came.push((at + way, came));
        made.done.push((at + way + work, done));
        let (rate, changes) = plan.rate_at(at);
        let rate = if offered < total - 1e-6 { rate as f64 } else { 0.0 };
        let backlog = came - done;
        let out = if backlog > 1e-6 { capacity } else { rate.min(capacity) };
        let inflow = if backlog >= room - 1e-6 { rate.min(out) } else { rate };
        let until = |amount: f64, speed: f64| if speed > 1e-9 { amount / speed } else { f64::INFINITY };
        let spans = [
            changes.map_or(f64::INFINITY, |change| change.as_secs_f64() - now),
            until(total - offered, rate),
            until(backlog, out - inflow),
            until(room - backlog, inflow - out),
        ];
        let span = spans.into_iter().fold(f64::INFINITY, f64::min);
        if !span.is_finite() {
            break;
        }
        now += span.max(1e-9);
        offered += rate * span;
        came += inflow * span;
        done += out * span;
    }
    made
}

/// What a spike does to the queue, as a fluid: how many wait at its end, and how long the last of them does.
fn spike(plan: &Plan) -> Vec<Theory> {
    let (Some(rate), true) = (plan.spike, matches!(plan.arrivals, Arrivals::Poisson | Arrivals::Steady))
    else {
        return Vec::new();
    };
    let (arrivals, capacity) = (plan.rate as f64, plan.capacity());
    if !is_once(plan) || plan.delay > Time::ZERO || plan.ack != Ack::Last || arrivals >= capacity {
        return Vec::new();
    }
    let fluid = theory::burst_peak(rate as f64, capacity, plan.spike_for.as_secs_f64());
    // What is in consumers' hands does not wait, and counts against the bound.
    let handed = (plan.consumers * plan.prefetch) as f64;
    let room = plan.bound.map_or(f64::INFINITY, |bound| (bound as f64 - handed).max(0.0));
    let peak = (fluid - (handed - plan.servers() as f64)).max(0.0).min(room);
    let drained = theory::drain_time(peak, arrivals, capacity);
    let row = |label: &str, predicted, measure, condition| Theory {
        label: label.to_owned(),
        predicted: Prediction::Value(predicted),
        measure,
        condition,
    };
    let bounded = if peak < room { "" } else { ", and the bound stops it" };
    let how = format!(
        "as a fluid: spike less capacity, {} a second, for {}{bounded}; drained {} after its end",
        three_digits(rate as f64 - capacity),
        plan.spike_for,
        Time((drained * 1e9) as u64).short(),
    );
    vec![
        row("most that wait", peak, Measure::PeakDepth, how),
        row(
            "longest wait",
            peak / capacity,
            Measure::LongestWait,
            "so many before it, at the capacity of all consumers".to_owned(),
        ),
    ]
}
