// SPDX-License-Identifier: MIT OR Apache-2.0
//! The queue in simcore: one component, its own generator, no logger installed.
//!
//! Written for its speed: callbacks, not async (its documentation puts async 10-50 % behind); payloads without fields, for
//! which `Box` does not allocate; arrivals, which come in order of time, through its ordered events and not through its heap.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use rand_distr_04::Exp;
use serde::Serialize;
use simcore::{Event, EventHandler, Simulation, SimulationContext, cast};

use crate::workload::{ARRIVALS, Outcome, Run, SERVERS, Waits};

#[derive(Clone, Serialize)]
struct Arrival {}

#[derive(Clone, Serialize)]
struct Departure {}

struct Station {
    ctx: SimulationContext,
    interarrival: Exp<f64>,
    service: Exp<f64>,
    /// Times of arrival of those who wait [mean service times].
    waiting: VecDeque<f64>,
    busy: u64,
    to_come: u64,
    events: u64,
    waits: Waits,
}

impl Station {
    fn expect_arrival(&self) {
        self.ctx.emit_ordered_self(Arrival {}, self.ctx.sample_from_distribution(&self.interarrival));
    }

    fn on_arrival(&mut self) {
        self.to_come -= 1;
        if self.to_come > 0 {
            self.expect_arrival();
        }
        self.waiting.push_back(self.ctx.time());
        self.serve();
    }

    fn on_departure(&mut self) {
        self.busy -= 1;
        self.serve();
    }

    fn serve(&mut self) {
        if self.busy < SERVERS
            && let Some(arrived) = self.waiting.pop_front()
        {
            self.busy += 1;
            self.waits.note(self.ctx.time() - arrived);
            self.ctx.emit_self(Departure {}, self.ctx.sample_from_distribution(&self.service));
        }
    }
}

impl EventHandler for Station {
    fn on(&mut self, event: Event) {
        self.events += 1;
        cast!(match event.data {
            Arrival {} => {
                self.on_arrival();
            }
            Departure {} => {
                self.on_departure();
            }
        })
    }
}

/// Runs the queue.
pub fn simulate(run: Run) -> Outcome {
    let mut simulation = Simulation::new(run.seed);
    let station = Rc::new(RefCell::new(Station {
        ctx: simulation.create_context("station"),
        interarrival: Exp::new(ARRIVALS).expect("a positive rate"),
        service: Exp::new(1.0).expect("a positive rate"),
        waiting: VecDeque::new(),
        busy: 0,
        to_come: run.customers,
        events: 0,
        waits: Waits::new(run),
    }));
    simulation.add_handler("station", station.clone());
    station.borrow().expect_arrival();
    simulation.step_until_no_events();
    let station = station.borrow();
    Outcome { events: station.events, waits: station.waits.clone(), unit: 1.0 }
}
