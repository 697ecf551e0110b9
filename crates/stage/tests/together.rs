// SPDX-License-Identifier: MIT OR Apache-2.0
//! Two runs on one playhead.

#[path = "support/traces.rs"]
mod support;

use std::rc::Rc;

use stage::{Player, Timeline, Together};
use support::{Teller, ms, told, told_timeline};
use trace::Time;

/// A short run in which something else happens than in the one that is told: it ends at 310 ms.
fn short() -> Rc<Timeline> {
    let mut teller = Teller::new();
    teller.publish(ms(7), 1);
    Rc::new(Timeline::new(teller.trace(ms(310))))
}

fn pair() -> (Player, Player, Together) {
    let (mut lead, mut other) = (Player::new(short()), Player::new(told_timeline()));
    let together = Together::new(&mut lead, &mut other);
    (lead, other, together)
}

#[test]
fn both_have_one_end_and_one_moment() {
    let (mut lead, mut other, mut together) = pair();
    assert_eq!((lead.end(), other.end()), (ms(500), ms(500)));
    lead.seek(ms(400));
    together.follow(&mut lead, &mut other);
    assert_eq!(other.now(), ms(400));
    lead.play();
    lead.tick(ms(1));
    together.follow(&mut lead, &mut other);
    assert_eq!((other.playing(), other.now()), (true, lead.now()));
}

#[test]
fn stepping_halts_at_what_either_run_shows() {
    let (mut lead, other, _) = pair();
    let mut met = Vec::new();
    while lead.step_forward() {
        met.push(lead.now());
    }
    let mut steps = [lead.timeline().steps(), other.timeline().steps()].concat();
    steps.sort();
    steps.dedup();
    assert_eq!(met, steps.into_iter().filter(|at| *at > Time::ZERO).collect::<Vec<_>>());
    while lead.step_back() {
        assert!(met.pop().is_some_and(|at| at > lead.now()));
    }
}

#[test]
fn a_run_that_is_made_again_gets_the_common_end_anew() {
    let (mut lead, mut other, mut together) = pair();
    assert!(!together.is_behind(&lead));
    lead.replace(short());
    assert!(together.is_behind(&lead));
    other.replace(short());
    together.follow(&mut lead, &mut other);
    assert_eq!((lead.end(), other.end()), (ms(310), ms(310)));
    assert!(!together.is_behind(&lead));
    other.replace(Rc::new(Timeline::new(told())));
    together.follow(&mut lead, &mut other);
    assert_eq!(lead.end(), ms(500));
}

#[test]
fn one_that_is_left_has_its_own_end_and_steps_and_can_be_followed_again() {
    let (mut lead, mut other, mut together) = pair();
    together.part(&mut lead);
    assert_eq!(lead.end(), ms(310));
    let own = lead.timeline().steps().len();
    lead.seek(Time::ZERO);
    let met = std::iter::from_fn(|| lead.step_forward().then_some(())).count();
    assert!(met <= own, "{met} of {own}");
    assert!(together.is_behind(&lead));
    together.follow(&mut lead, &mut other);
    assert_eq!((lead.end(), other.now()), (ms(500), lead.now()));
}
