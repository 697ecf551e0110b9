// SPDX-License-Identifier: MIT OR Apache-2.0
//! The answer's side of an exam elsewhere: reads an order, runs the threads, writes what they did.

use kit::lockstep::frame::{MOST, Numbers};
use kit::lockstep::last_panic;

use super::answer::Build;
use super::cast::perform;
use super::elsewhere::CALLS;
use super::world::{Closer, Terms};
use crate::lockstep::{DONE, RUN, TOO_LONG};
use crate::plan::Plan;
use crate::wire;

/// What comes back on an order; `None` for one that no exam gave.
pub(super) fn answer(order: &[u64], build: Build) -> Option<Vec<u64>> {
    let mut order = Numbers(order);
    let number = order.next()?;
    let (terms, items, plan) = read(&mut order)?;
    let record = perform(&terms, &plan, items, build);
    let mut told = vec![number, DONE];
    wire::put_record(&mut told, &record, &CALLS, last_panic().as_deref());
    Some(if told.len() > MOST { vec![number, TOO_LONG] } else { told })
}

fn read(order: &mut Numbers<'_>) -> Option<(Terms, Vec<u64>, Plan)> {
    if order.next()? != RUN {
        return None;
    }
    let [producers, consumers, bound] = [order.next()?, order.next()?, order.next()?].map(|n| n as usize);
    let closer = match order.next()? {
        0 => Closer::LastProducer,
        1 => Closer::Other,
        2 => Closer::Nobody,
        _ => return None,
    };
    let items = order.list()?;
    let terms = Terms { producers, consumers, items: items.len() as u64, bound, closer };
    let plan = wire::plan(order)?;
    order.is_empty().then_some((terms, items, plan))
}
