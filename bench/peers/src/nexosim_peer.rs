// SPDX-License-Identifier: MIT OR Apache-2.0
//! The queue in NeXosim: one model that schedules its own arrivals and departures, one thread.
//!
//! Written for its speed: its multi-threaded executor pays off with many heavy models and loses a factor of about a hundred
//! here, so one thread; plain methods, not async ones, since nothing is awaited; features `server` and `tracing` off.

use std::collections::VecDeque;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use nexosim::model::{BuildContext, Context, Model, ProtoModel, schedulable};
use nexosim::simulation::{Mailbox, SimInit};
use nexosim::time::MonotonicTime;
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use rand_distr::{Distribution, Exp1};
use serde::{Deserialize, Serialize};

use crate::workload::{INTERARRIVAL_NS, Outcome, Run, SERVERS, SERVICE_NS, Waits};

/// The part of the model that NeXosim would save with the bench.
#[derive(Serialize, Deserialize)]
struct Station {
    /// Times of arrival of those who wait.
    waiting: VecDeque<MonotonicTime>,
    busy: u64,
    to_come: u64,
}

/// The part that it would not: generator, tally, and where the tally goes when the last customer has left.
struct Instruments {
    rng: Xoshiro256PlusPlus,
    events: u64,
    waits: Waits,
    done: Sender<(u64, Waits)>,
}

impl Instruments {
    /// An exponential draw. At least a nanosecond, because NeXosim refuses to schedule for the present moment.
    fn exponential(&mut self, mean_ns: f64) -> Duration {
        let draw: f64 = Exp1.sample(&mut self.rng);
        Duration::from_nanos(((draw * mean_ns) as u64).max(1))
    }
}

#[Model(type Env = Instruments)]
impl Station {
    #[nexosim(init)]
    async fn init(&mut self, cx: &Context<Self>, env: &mut Instruments) {
        self.expect_arrival(cx, env);
    }

    #[nexosim(schedulable)]
    fn arrive(&mut self, _: (), cx: &Context<Self>, env: &mut Instruments) {
        env.events += 1;
        self.to_come -= 1;
        if self.to_come > 0 {
            self.expect_arrival(cx, env);
        }
        self.waiting.push_back(cx.time());
        self.serve(cx, env);
    }

    #[nexosim(schedulable)]
    fn depart(&mut self, _: (), cx: &Context<Self>, env: &mut Instruments) {
        env.events += 1;
        self.busy -= 1;
        self.serve(cx, env);
        if self.to_come == 0 && self.busy == 0 {
            // The receiver is gone only if the bench is being torn down, and then nobody wants the tally.
            let _ = env.done.send((env.events, env.waits.clone()));
        }
    }

    fn expect_arrival(&self, cx: &Context<Self>, env: &mut Instruments) {
        cx.schedule_event(env.exponential(INTERARRIVAL_NS), schedulable!(Self::arrive), ())
            .expect("a time in the future");
    }

    fn serve(&mut self, cx: &Context<Self>, env: &mut Instruments) {
        if self.busy < SERVERS
            && let Some(arrived) = self.waiting.pop_front()
        {
            self.busy += 1;
            env.waits.note(cx.time().duration_since(arrived).as_nanos() as f64);
            cx.schedule_event(env.exponential(SERVICE_NS), schedulable!(Self::depart), ())
                .expect("a time in the future");
        }
    }
}

/// Carries the instruments into the bench.
struct StationBuilder {
    station: Station,
    instruments: Instruments,
}

impl ProtoModel for StationBuilder {
    type Model = Station;

    fn build(self, _: &mut BuildContext<Self>) -> (Station, Instruments) {
        (self.station, self.instruments)
    }
}

/// Runs the queue.
pub fn simulate(run: Run) -> Outcome {
    let (done, tally) = channel();
    let builder = StationBuilder {
        station: Station { waiting: VecDeque::new(), busy: 0, to_come: run.customers },
        instruments: Instruments {
            rng: Xoshiro256PlusPlus::seed_from_u64(run.seed),
            events: 0,
            waits: Waits::new(run),
            done,
        },
    };
    let mut simulation = SimInit::with_num_threads(1)
        .add_model(builder, Mailbox::new(), "station")
        .init(MonotonicTime::EPOCH)
        .expect("the bench starts");
    simulation.run().expect("the run ends when no event is left");
    let (events, waits) = tally.recv().expect("the last customer has left");
    Outcome { events, waits, unit: SERVICE_NS }
}
