// SPDX-License-Identifier: MIT OR Apache-2.0
//! The threads of a run in this process: producers, consumers, and between them the learner's queue.

use std::sync::{Arc, Mutex, PoisonError};

use kit::making::Call;

use super::answer::{BoundedQueue, Build, Item};
use super::world::{CLOSE, Closer, POP, PUSH, Terms, Threads};
use crate::execute::{Cast, Role, call, execute};
use crate::plan::Plan;
use crate::record::{Act, Record};
use crate::recorder;

/// The learner's code, in this process.
pub(super) struct Here {
    pub build: Build,
}

impl Threads for Here {
    fn record(&self, terms: &Terms, plan: &Plan) -> Record {
        perform(terms, plan, (1..=terms.items).collect(), self.build)
    }
}

/// Runs the threads in this process; the items have these numbers.
pub(super) fn perform(terms: &Terms, plan: &Plan, items: Vec<u64>, build: Build) -> Record {
    let (terms, items) = (*terms, Arc::from(items));
    execute(plan, Arc::new(move || cast(&terms, &items, build)))
}

/// The threads, and what they do.
fn cast(terms: &Terms, items: &Arc<[u64]>, build: Build) -> Cast {
    let queue = build(terms.bound);
    let mut roles: Vec<Role> = Vec::new();
    let producing = Arc::new(Mutex::new(terms.producers));
    for producer in 0..terms.producers {
        let (queue, terms, producing) = (queue.clone(), *terms, producing.clone());
        let items = items.clone();
        roles.push(Box::new(move || {
            let own = (1..).zip(&*items).filter(|(nth, _)| terms.producer_of(*nth) == producer);
            own.for_each(|(_, item)| push(&*queue, *item));
            // Not the learner's lock, and never waited for: the threads take turns.
            let mut producing = producing.lock().unwrap_or_else(PoisonError::into_inner);
            *producing -= 1;
            let last = *producing == 0;
            drop(producing);
            if last && terms.closer == Closer::LastProducer {
                close(&*queue);
            }
        }));
    }
    for consumer in 0..terms.consumers {
        let queue = queue.clone();
        let most = if terms.closer == Closer::Nobody { terms.share_of(consumer) } else { u64::MAX };
        roles.push(Box::new(move || _ = (0..most).all(|_| pop(&*queue))));
    }
    if terms.closer == Closer::Other {
        let queue = queue.clone();
        roles.push(Box::new(move || close(&*queue)));
    }
    Cast { roles, shared: Box::new(queue) }
}

fn push(queue: &dyn BoundedQueue, item: u64) {
    let back = call(Call { says: PUSH, input: [item, 0] }, || queue.push(Item(item)));
    recorder::note(Act::Ends(back.err().map(Item::settle)));
}

fn pop(queue: &dyn BoundedQueue) -> bool {
    let item = call(Call { says: POP, input: [0; 2] }, || queue.pop()).map(Item::settle);
    recorder::note(Act::Ends(item));
    item.is_some()
}

fn close(queue: &dyn BoundedQueue) {
    call(Call { says: CLOSE, input: [0; 2] }, || queue.close());
    recorder::note(Act::Ends(None));
}
