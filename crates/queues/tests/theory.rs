// SPDX-License-Identifier: MIT OR Apache-2.0
//! The models against queueing theory. Each figure is a mean over independent runs with its 99.9 % interval: theory must lie in
//! it, and the interval must be narrow enough for that to say something.

use queues::{Address, run_watched, theory};
use trace::{Checker, Event, Finding, LatencyChecker, LoadChecker, Verdict};

const RUNS: u64 = 12;
/// Student's t at 0.9995 for `RUNS - 1` degrees of freedom.
const STUDENT_T: f64 = 4.437;

/// Work of 10 ms and a network without delay; `messages` is the most that an address may ask for.
const PLAIN: &str = "order/concurrent-consumers?latency=0s&publish-latency=0s&lease=none&confirm-timeout=none\
                     &messages=20000&service=10ms";

/// Both checkers over one run.
struct Both(LatencyChecker, LoadChecker);

impl Checker for Both {
    fn observe(&mut self, event: &Event) {
        self.0.observe(event);
        self.1.observe(event);
    }
    fn findings(&self) -> Vec<Finding> {
        self.1.findings()
    }
}

/// The mean of what the runs give, and half the width of its interval. Little's law is checked in every one of them.
fn mean(parameters: &str, measure: impl Fn(&Both) -> f64) -> (f64, f64) {
    let mut values = Vec::new();
    for seed in 1..=RUNS {
        let text = format!("{PLAIN}&{parameters}&seed={seed}");
        let address: Address = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        let both = run_watched(&address, Both(LatencyChecker::new(), LoadChecker::new()))
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(both.findings().iter().all(|finding| finding.verdict == Verdict::Held), "{text}");
        values.push(measure(&both));
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, STUDENT_T * (variance / n).sqrt())
}

#[track_caller]
fn agrees(what: &str, (mean, half_width): (f64, f64), theory: f64, narrow: f64) {
    assert!((mean - theory).abs() <= half_width, "{what}: {mean} ± {half_width}, theory says {theory}");
    assert!(
        half_width <= narrow * theory,
        "{what}: ± {half_width} is too wide to say anything about {theory}"
    );
}

/// The mean wait in units of the mean service time.
fn wait(parameters: &str) -> (f64, f64) {
    let (mean, half_width) = mean(parameters, |both| both.0.wait().mean());
    (mean / 0.01, half_width / 0.01)
}

#[test]
fn mm1_waits_as_theory_says() {
    for (rate, rho) in [(50, 0.5), (80, 0.8)] {
        let theory = theory::mean_wait(1, rho);
        agrees(&format!("M/M/1 at {rho}"), wait(&format!("consumers=1&rate={rate}")), theory, 0.15);
    }
}

#[test]
fn mmc_waits_as_theory_says_however_the_servers_are_grouped() {
    for grouping in
        ["consumers=8", "consumers=4&concurrency=2&prefetch=2", "consumers=1&concurrency=8&prefetch=8"]
    {
        agrees(grouping, wait(&format!("{grouping}&rate=640")), theory::mean_wait(8, 0.8), 0.25);
    }
}

#[test]
fn mg1_waits_by_mean_and_variation_alone() {
    for (parameters, variation) in [
        ("variation=0", 0.0),
        ("variation=0.5", 0.5),
        ("variation=2", 2.0),
        ("variation=2&shape=log-normal", 2.0),
    ] {
        let theory = theory::mean_wait_mg1(0.7, variation);
        agrees(parameters, wait(&format!("consumers=1&rate=70&{parameters}")), theory, 0.35);
    }
}

#[test]
fn a_bounded_queue_turns_away_the_share_that_theory_says() {
    for (rate, rho) in [(80, 0.8), (150, 1.5)] {
        let parameters = format!("consumers=1&rate={rate}&bound=5&overflow=drop-newest");
        let share = |both: &Both| {
            let counts = both.1.counts();
            counts.turned_away as f64 / (counts.turned_away + counts.arrived) as f64
        };
        agrees(&parameters, mean(&parameters, share), theory::turned_away(rho, 5), 0.1);
    }
}

#[test]
fn depth_is_arrival_rate_times_wait() {
    // Little's law is exact in each run (checked in `mean`); here the mean number in the system against theory's.
    let theory = theory::mean_wait(3, 0.8) * 2.4 + 2.4;
    agrees("M/M/3 at 0.8", mean("consumers=3&rate=240", |both| both.1.mean_in_system()), theory, 0.1);
}

#[test]
fn a_burst_piles_up_and_drains_like_a_fluid() {
    // 200 a second for a second against a capacity of 100, all equal: half of them wait at its end.
    let text = "order/concurrent-consumers?latency=0s&publish-latency=0s&lease=none&consumers=10&variation=0&service=100ms\
                &arrivals=steady&rate=50&spike=200&spike-at=1s&spike-for=1s&messages=500&seed=1";
    let load =
        run_watched(&text.parse::<Address>().expect("it is well formed"), LoadChecker::new()).expect(text);
    let peak = theory::burst_peak(200.0, 100.0, 1.0);
    assert!((load.peak_depth() as f64 - peak).abs() <= 6.0, "{} against {peak}", load.peak_depth());
    assert_eq!(theory::drain_time(peak, 50.0, 100.0), 2.0);
}

#[test]
fn quantiles_are_those_of_the_exponential_distribution() {
    // The sojourn in M/M/1 is exponential with rate mu - lambda: 99 % of messages are through after ln(100) of its means.
    let (p99, half_width) = mean("consumers=1&rate=50", |both| both.0.sojourn().quantile(0.99).as_secs_f64());
    agrees("p99 of M/M/1 at 0.5", (p99, half_width), 100f64.ln() * 0.02, 0.1);
}

/// What the rows beside the figure of the spike predict, against the runs themselves.
#[test]
fn a_spike_is_predicted_with_and_without_a_bound() {
    for more in ["", "&bound=60&overflow=drop-newest", "&consumers=5", "&arrivals=steady&variation=0"] {
        let text = format!("spike/queue?seed=1{more}");
        let address: Address = text.parse().expect("it is well formed");
        let plan = queues::plan_of(&address).expect("it is valid");
        let rows = queues::predictions(&plan);
        let predicted = |measure| {
            let row = rows.iter().find(|row| row.measure == measure).expect("it is predicted");
            let trace::Prediction::Value(value) = row.predicted else { panic!("{row:?} is a number") };
            value
        };
        let (mut peaks, runs) = (0.0, 40);
        for seed in 1..=runs {
            let address = Address { seed, ..address.clone() };
            let load = run_watched(&address, LoadChecker::new()).expect("it runs");
            peaks += load.peak_depth() as f64 / runs as f64;
        }
        let peak = predicted(trace::Measure::PeakDepth);
        // The most is a little more than the mean at the end of the spike: chance looks for the best moment.
        assert!((peaks / peak - 1.0).abs() < 0.08, "{text}: {peaks}, predicted {peak}");
        assert!(predicted(trace::Measure::LongestWait) > 0.0);
    }
}

/// The broken lines of the chart: the same fluid as the rows beside it, and the runs near it at every corner.
#[test]
fn a_run_follows_its_fluid() {
    for more in ["", "&bound=60"] {
        let text = format!("spike/queue?arrivals=steady&variation=0&seed=1{more}");
        let address: Address = text.parse().expect("it is well formed");
        let plan = queues::plan_of(&address).expect("it is valid");
        let fluid = queues::fluid(&plan);
        assert!(fluid.came.len() >= 4 && fluid.came.len() == fluid.done.len(), "{fluid:?}");
        assert!(fluid.came.is_sorted() && fluid.done.is_sorted(), "{fluid:?}");
        let trace = queues::run(&address).expect("it runs");
        let count = |until: trace::Time, is: fn(&trace::What) -> bool| {
            trace.events.iter().filter(|event| event.at <= until && is(&event.what)).count() as f64
        };
        let near = |corner: &(trace::Time, f64), is| {
            let counted = count(corner.0, is);
            assert!((counted - corner.1).abs() <= 6.0, "{text}: {counted} against {corner:?}");
        };
        fluid.came.iter().for_each(|corner| near(corner, |what| matches!(what, trace::What::Stored { .. })));
        fluid.done.iter().for_each(|corner| near(corner, |what| matches!(what, trace::What::Applied { .. })));
    }
}

/// Formulas are about one queue; a log has several, and a direct call none. Nor has either a bound to be drawn.
#[test]
fn nothing_is_predicted_where_there_is_not_one_queue() {
    for queue in ["log", "none"] {
        let text = format!("spike/queue?queue={queue}&bound=50");
        let plan = queues::plan_of(&text.parse().expect("it is well formed")).expect("it is valid");
        assert_eq!(
            (queues::predictions(&plan), queues::fluid(&plan)),
            (Vec::new(), trace::Fluid::default()),
            "{queue}"
        );
    }
}
