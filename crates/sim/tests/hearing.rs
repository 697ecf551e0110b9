// SPDX-License-Identifier: MIT OR Apache-2.0
//! When a node is told that a peer is silent, and that it is heard again.

use std::cell::RefCell;
use std::rc::Rc;

use sim::{Bounds, Context, FaultScript, Kept, Node, Payload, Sink, World};
use trace::{Ending, NodeId, Role, Time};

#[derive(Clone, Debug)]
struct Nothing;

impl Payload for Nothing {
    type Record = ();
    const KINDS: &'static [&'static str] = &["nothing"];
    fn kind(&self) -> &'static str {
        "nothing"
    }
}

type Diary = Rc<RefCell<Vec<String>>>;

/// Listens to a peer, waits for 100 ms, and writes down what it is told.
struct Ear {
    peer: NodeId,
    diary: Diary,
}

impl Ear {
    fn note(&self, what: &str, now: Time) {
        self.diary.borrow_mut().push(format!("{what} {now}"));
    }
}

impl<S: Sink> Node<Nothing, S> for Ear {
    fn start(&mut self, context: &mut Context<'_, Nothing, S>) {
        context.listen(self.peer, Time::millis(100));
    }

    fn receive(&mut self, _: NodeId, _: Nothing, _: &mut Context<'_, Nothing, S>) {}

    fn timer(&mut self, _: u64, _: &mut Context<'_, Nothing, S>) {}

    fn silent(&mut self, _: NodeId, context: &mut Context<'_, Nothing, S>) {
        self.note("silent", context.now());
    }

    fn heard(&mut self, _: NodeId, context: &mut Context<'_, Nothing, S>) {
        self.note("heard", context.now());
    }
}

/// What `a` is told of `b`.
fn told(script: &str) -> Vec<String> {
    let (diary, other) = (Diary::default(), Diary::default());
    let mut world = World::<Nothing, Kept>::new(1, Bounds::default(), Kept::at_most(100));
    let noted = diary.clone();
    world.add("a", Role::Other, move || Ear { peer: NodeId(1), diary: noted.clone() });
    world.add("b", Role::Other, move || Ear { peer: NodeId(0), diary: other.clone() });
    world.inject(&script.parse::<FaultScript>().expect(script)).expect(script);
    assert_eq!(world.run(), Ending::Finished, "{script}");
    diary.take()
}

#[test]
fn a_peer_that_is_well_is_never_silent_and_the_run_ends() {
    assert!(told("").is_empty());
}

#[test]
fn a_dead_or_standing_or_cut_off_peer_is_silent_after_the_patience() {
    for fault in
        ["crash:b@10ms", "crash-machine:b@10ms", "pause:b@10ms", "cut:a/b@10ms", "cut-one-way:b/a@10ms"]
    {
        assert_eq!(told(fault), ["silent 110ms"], "{fault}");
    }
    assert!(told("cut-one-way:a/b@10ms").is_empty(), "the way from the peer is what counts");
}

#[test]
fn a_peer_that_comes_back_in_time_was_never_silent() {
    for script in ["crash:b@10ms;restart:b@60ms", "pause:b@10ms;resume:b@60ms", "cut:a/b@10ms;heal@109ms"] {
        assert!(told(script).is_empty(), "{script}");
    }
    assert_eq!(told("cut:a/b@10ms;heal@90ms;cut:a/b@91ms"), ["silent 191ms"]);
}

#[test]
fn a_silent_peer_is_heard_when_it_can_be() {
    assert_eq!(told("crash:b@10ms;restart:b@300ms"), ["silent 110ms", "heard 300ms"]);
    assert_eq!(told("cut:a/b@10ms;crash:b@20ms;heal@200ms;restart:b@250ms"), ["silent 110ms", "heard 250ms"]);
}

#[test]
fn who_stood_still_finds_out_when_it_goes_on() {
    assert_eq!(told("pause:a@5ms;crash:b@10ms;resume:a@400ms"), ["silent 400ms"]);
    // What came meanwhile waits for it.
    assert!(told("pause:a@5ms;cut:a/b@10ms;heal@300ms;resume:a@400ms").is_empty());
    assert_eq!(told("cut:a/b@10ms;pause:a@150ms;heal@200ms;resume:a@400ms"), ["silent 110ms", "heard 400ms"]);
}

#[test]
fn who_restarts_begins_anew() {
    assert_eq!(told("cut:a/b@10ms;crash:a@50ms;restart:a@80ms"), ["silent 180ms"]);
}
