// SPDX-License-Identifier: MIT OR Apache-2.0
//! The engine against queueing theory, and against itself.

use std::collections::VecDeque;

use sim::{Bounds, Context, Counting, Dist, Node, Off, Payload, Sink, World};
use trace::{NodeId, Role, Time};

const SERVERS: usize = 10;
const ARRIVAL: u64 = u64::MAX;

#[derive(Clone)]
struct Nothing;

impl Payload for Nothing {
    type Record = ();
    const KINDS: &'static [&'static str] = &["nothing"];
    fn kind(&self) -> &'static str {
        "nothing"
    }
}

/// Ten servers behind one queue, and their customers.
#[derive(Default)]
struct Station {
    customers: u64,
    left: u64,
    busy: usize,
    waiting: VecDeque<Time>,
    waited_ns: std::rc::Rc<std::cell::Cell<u128>>,
}

impl Station {
    fn serve<S: Sink>(&mut self, since: Time, context: &mut Context<'_, Nothing, S>) {
        self.waited_ns.set(self.waited_ns.get() + u128::from(context.now().since(since).0));
        let service = Dist::Exponential { mean: Time::secs(1) }.sample(context.stream(1));
        context.work(service, 0);
    }

    fn next_arrival<S: Sink>(&mut self, context: &mut Context<'_, Nothing, S>) {
        if self.left > 0 {
            self.left -= 1;
            let gap = Dist::Exponential { mean: Time(1_000_000_000 / 9) }.sample(context.stream(0));
            context.timer(gap, ARRIVAL);
        }
    }
}

impl<S: Sink> Node<Nothing, S> for Station {
    fn start(&mut self, context: &mut Context<'_, Nothing, S>) {
        self.left = self.customers;
        self.next_arrival(context);
    }

    fn receive(&mut self, _: NodeId, _: Nothing, _: &mut Context<'_, Nothing, S>) {}

    fn timer(&mut self, token: u64, context: &mut Context<'_, Nothing, S>) {
        let now = context.now();
        if token == ARRIVAL {
            self.next_arrival(context);
            if self.busy < SERVERS {
                self.busy += 1;
                self.serve(now, context);
            } else {
                self.waiting.push_back(now);
            }
        } else {
            match self.waiting.pop_front() {
                Some(since) => self.serve(since, context),
                None => self.busy -= 1,
            }
        }
    }
}

/// Mean wait in service times, and steps taken.
fn run<S: Sink + 'static>(seed: u64, customers: u64, sink: S) -> (f64, u64) {
    let waited_ns = std::rc::Rc::new(std::cell::Cell::new(0));
    let bounds = Bounds { steps: u64::MAX, time: Time::MAX, ..Bounds::default() };
    let mut world = World::<Nothing, S>::new(seed, bounds, sink);
    let shared = waited_ns.clone();
    world.add("station", Role::Other, move || Station {
        customers,
        waited_ns: shared.clone(),
        ..Station::default()
    });
    world.run();
    (waited_ns.get() as f64 / 1e9 / customers as f64, world.steps())
}

#[test]
fn mean_wait_agrees_with_erlang_c() {
    let means: Vec<f64> = (1..=8).map(|seed| run(seed, 200_000, Off).0).collect();
    let mean = means.iter().sum::<f64>() / 8.0;
    let variance = means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / 7.0;
    // Student's t, 7 degrees of freedom, 99.9 %: 5.41.
    let half_width = 5.41 * (variance / 8.0).sqrt();
    let erlang_c = 0.668_731;
    assert!((mean - erlang_c).abs() < half_width, "{mean} ± {half_width}, theory {erlang_c}");
    assert!(half_width < 0.1, "the interval is too wide to mean anything: {half_width}");
}

#[test]
fn two_steps_a_customer_whatever_the_sink() {
    assert_eq!(run(1, 1_000, Off).1, 2_000);
    assert_eq!(run(1, 1_000, Counting::default()).0, run(1, 1_000, Off).0);
}
