// SPDX-License-Identifier: MIT OR Apache-2.0
//! Order: the simulator against the theory that stands beside it.

use queues::{Address, run, run_watched, theory};
use trace::{Checker, DeliveryChecker, Event, OrderChecker, OrderScope, Verdict, What, check_all};

fn address(text: &str) -> Address {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn overtaken_share(text: &str) -> f64 {
    let checker =
        run_watched(&address(text), OrderChecker::new(OrderScope::Global)).expect("a valid address");
    checker.counts().overtaken_share()
}

/// Mean and half width of the 99.9 % interval over eight seeds (Student's t, 7 degrees of freedom: 5.41).
fn over_seeds(text: &str) -> (f64, f64) {
    let shares: Vec<f64> =
        (1..=8).map(|seed| overtaken_share(&text.replace("SEED", &seed.to_string()))).collect();
    let mean = shares.iter().sum::<f64>() / 8.0;
    let variance = shares.iter().map(|share| (share - mean).powi(2)).sum::<f64>() / 7.0;
    (mean, 5.41 * (variance / 8.0).sqrt())
}

#[test]
fn overtaken_share_agrees_with_theory_without_network_delay() {
    for (consumers, rate, rho) in [(2, 16, 0.8), (3, 24, 0.8), (8, 72, 0.9), (4, 12, 0.3)] {
        let text = format!(
            "order/concurrent-consumers?seed=SEED&consumers={consumers}&rate={rate}&latency=0s&messages=10000&lease=none"
        );
        let (mean, half_width) = over_seeds(&text);
        let predicted = theory::overtaken_share(consumers, rho);
        assert!(
            (mean - predicted).abs() < half_width,
            "c={consumers}: {mean} ± {half_width}, theory {predicted}"
        );
        assert!(half_width < 0.03, "too wide to mean anything: {half_width}");
    }
}

#[test]
fn busy_consumers_agree_with_the_birthday_sum() {
    for consumers in [2, 5, 8] {
        let text = format!(
            "order/concurrent-consumers?seed=SEED&consumers={consumers}&arrivals=backlog&latency=0s&messages=10000&lease=none"
        );
        let (mean, half_width) = over_seeds(&text);
        let predicted = theory::overtaken_share(consumers, 1.0);
        assert!(
            (mean - predicted).abs() < half_width,
            "c={consumers}: {mean} ± {half_width}, theory {predicted}"
        );
    }
}

#[test]
fn one_consumer_keeps_order_and_equal_work_keeps_it_too() {
    for text in [
        "order/concurrent-consumers?consumers=1&rate=8&messages=500",
        "order/concurrent-consumers?consumers=8&rate=64&variation=0&messages=500",
    ] {
        assert_eq!(overtaken_share(text), 0.0, "{text}");
    }
}

#[test]
fn one_consumer_with_one_lost_delivery_overtakes() {
    let text = "order/one-redelivery?seed=1&faults=drop:queue/consumer-1/deliver/8";
    let trace = run(&address(text)).expect("a valid address");
    let mut order = OrderChecker::new(OrderScope::Global);
    let mut delivery = DeliveryChecker::new();
    let findings = check_all(&trace, &mut [&mut order, &mut delivery]);
    assert_eq!(order.counts().overtaken, 1, "{:?}", order.counts());
    assert!(findings.iter().any(|f| f.promise == "order-global" && f.verdict.is_broken()));
    assert!(findings.iter().any(|f| f.promise == "no-loss" && f.verdict == Verdict::Held), "{findings:?}");
}

/// The buffer that a resequencer behind the consumers needs, by being one.
#[derive(Default)]
struct Resequencer {
    enqueued: Vec<u64>,
    next: usize,
    held: std::collections::BTreeSet<u64>,
    most_held: u64,
}

impl Checker for Resequencer {
    fn observe(&mut self, event: &Event) {
        match event.what {
            What::Stored { message, .. } => self.enqueued.push(message.0),
            What::Applied { message, .. } => {
                if self.enqueued.get(self.next) != Some(&message.0) {
                    self.held.insert(message.0);
                    self.most_held = self.most_held.max(self.held.len() as u64);
                    return;
                }
                self.next += 1;
                while self.enqueued.get(self.next).is_some_and(|next| self.held.remove(next)) {
                    self.next += 1;
                }
            }
            _ => {}
        }
    }

    fn findings(&self) -> Vec<trace::Finding> {
        Vec::new()
    }
}

#[test]
fn largest_displacement_is_the_buffer_of_a_resequencer() {
    for seed in 1..=20 {
        let address = address(&format!(
            "order/concurrent-consumers?seed={seed}&consumers=6&rate=50&messages=400&variation=2&lease=none"
        ));
        let buffer = run_watched(&address, Resequencer::default()).expect("a valid address");
        let order = run_watched(&address, OrderChecker::new(OrderScope::Global)).expect("a valid address");
        assert!(buffer.held.is_empty());
        assert_eq!(buffer.most_held, order.counts().largest_displacement, "seed {seed}");
    }
}

#[test]
fn a_fault_changes_nothing_before_its_moment() {
    let plain =
        "order/concurrent-consumers?seed=5&loss=0.02&duplication=0.02&jitter=0.5&effects=async&messages=40";
    let base = run(&address(plain)).expect("a valid address");
    let at = trace::Time::millis(900);
    for fault in [
        "crash:consumer-1@900ms",
        "crash-machine:queue@900ms",
        "pause:consumer-2@900ms",
        "slow:consumer-1/4@900ms",
        "cut:queue/consumer-1,consumer-2@900ms",
        "cut-one-way:consumer-1/queue@900ms",
        "set:rate=100@900ms",
        "fork:2@900ms",
        "skew:queue/-500ms@900ms",
        "lose-disk:queue@900ms",
    ] {
        let faulty = run(&address(&format!("{plain}&faults={fault}"))).expect(fault);
        let before = |trace: &trace::Trace| trace.events.iter().filter(|e| e.at <= at).count();
        let count = before(&base);
        assert!(count > 50);
        assert_eq!(base.events[..count], faulty.events[..count], "{fault}");
        assert_ne!(base.events, faulty.events, "{fault} does something");
    }
}
