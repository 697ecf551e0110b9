// SPDX-License-Identifier: MIT OR Apache-2.0
//! Corners of the engine's promises: what a pause, a cut, a lost disk or a dead process means for what is under way.

use std::cell::RefCell;
use std::rc::Rc;

use sim::{
    Bounds, Chance, Context, Dist, FaultScript, Kept, LinkConfig, Node, Payload, Sink, TimerId, World,
};
use trace::{DropReason, Ending, Event, NodeId, Role, Time, What};

#[derive(Clone, Debug)]
struct Ping(u64);

impl Payload for Ping {
    type Record = u64;
    const KINDS: &'static [&'static str] = &["ping", "bye"];
    fn kind(&self) -> &'static str {
        if self.0 == 0 { "bye" } else { "ping" }
    }
}

type Diary = Rc<RefCell<Vec<(u64, String)>>>;

/// Cancels its timer when it is pinged, asks for a flush with each ping, watches whoever pings it.
struct Busy {
    diary: Diary,
    alarm: Option<TimerId>,
}

impl Busy {
    fn note<S: Sink>(&self, what: String, context: &Context<'_, Ping, S>) {
        self.diary.borrow_mut().push((context.now().0 / 1_000_000, what));
    }
}

impl<S: Sink> Node<Ping, S> for Busy {
    fn start(&mut self, context: &mut Context<'_, Ping, S>) {
        self.alarm = Some(context.timer(Time::millis(30), 7));
    }

    fn receive(&mut self, from: NodeId, ping: Ping, context: &mut Context<'_, Ping, S>) {
        self.note(format!("ping {}", ping.0), context);
        if let Some(alarm) = self.alarm.take() {
            context.cancel(alarm);
        }
        context.watch(from);
        context.disk().write(ping.0, ping.0);
        context.flush(ping.0);
    }

    fn timer(&mut self, token: u64, context: &mut Context<'_, Ping, S>) {
        self.note(format!("timer {token}"), context);
    }

    fn flushed(&mut self, token: u64, context: &mut Context<'_, Ping, S>) {
        self.note(format!("flushed {token}"), context);
    }

    fn flush_failed(&mut self, token: u64, context: &mut Context<'_, Ping, S>) {
        self.note(format!("flush {token} failed"), context);
    }

    fn disconnected(&mut self, _: NodeId, context: &mut Context<'_, Ping, S>) {
        self.note("disconnected".to_owned(), context);
    }

    fn parameter(&mut self, name: &str, value: &str, context: &mut Context<'_, Ping, S>) {
        self.note(format!("{name} is {value}"), context);
    }
}

/// Pings at these moments, in milliseconds, with 1, 2, 3, …
struct Pinger(NodeId, &'static [u64]);

impl<S: Sink> Node<Ping, S> for Pinger {
    fn start(&mut self, context: &mut Context<'_, Ping, S>) {
        for (n, at) in self.1.iter().enumerate() {
            context.timer(Time::millis(*at), n as u64 + 1);
        }
    }
    fn restart(&mut self, _: &mut Context<'_, Ping, S>) {}
    fn receive(&mut self, _: NodeId, _: Ping, _: &mut Context<'_, Ping, S>) {}
    fn timer(&mut self, token: u64, context: &mut Context<'_, Ping, S>) {
        context.send(self.0, Ping(token));
    }
}

fn play(pings: &'static [u64], link: LinkConfig, script: &str) -> (Vec<(u64, String)>, Vec<Event>) {
    let diary = Diary::default();
    let mut world = World::<Ping, Kept>::new(3, Bounds::default(), Kept::at_most(100_000));
    let noted = diary.clone();
    let busy = world.add("busy", Role::Consumer, move || Busy { diary: noted.clone(), alarm: None });
    let pinger = world.add("pinger", Role::Producer, move || Pinger(busy, pings));
    world.link(pinger, busy, link);
    world.inject(&script.parse::<FaultScript>().expect(script)).expect(script);
    assert_eq!(world.run(), Ending::Finished, "{script}");
    let diary = diary.borrow().clone();
    (diary, world.into_sink().events)
}

fn two_ms() -> LinkConfig {
    LinkConfig { latency: Dist::Constant(Time::millis(2)), ..LinkConfig::default() }
}

fn said(pings: &'static [u64], script: &str) -> Vec<(u64, String)> {
    play(pings, two_ms(), script).0
}

fn line(at: u64, what: &str) -> (u64, String) {
    (at, what.to_owned())
}

#[test]
fn a_timer_that_fell_due_during_a_pause_can_still_be_taken_back() {
    // The ping waits before the alarm, and cancels it when both are let through.
    let told = said(&[20], "pause:busy@10ms;resume:busy@50ms");
    assert_eq!(told, [line(50, "ping 1"), line(51, "flushed 1")]);
    // Without the ping it goes off, late.
    assert_eq!(said(&[], "pause:busy@10ms;resume:busy@50ms"), [line(50, "timer 7")]);
}

#[test]
fn a_cut_does_not_reach_into_a_socket_buffer() {
    let told = said(&[20], "pause:busy@10ms;cut:busy/pinger@30ms;resume:busy@50ms");
    assert_eq!(told[0], line(50, "ping 1"), "it had arrived before the cut");
}

#[test]
fn a_node_that_stands_still_hears_of_changes_when_it_goes_on() {
    let told = said(&[], "pause:busy@10ms;set:rate=5@20ms;resume:busy@25ms");
    assert_eq!(told, [line(25, "rate is 5"), line(30, "timer 7")]);
}

#[test]
fn a_disk_makes_one_flush_after_the_other_and_a_slow_one_takes_its_time() {
    let flushes = |script| -> Vec<u64> {
        said(&[10, 10, 10], script)
            .iter()
            .filter(|(_, what)| what.starts_with("flushed"))
            .map(|(at, _)| *at)
            .collect()
    };
    assert_eq!(flushes(""), [13, 14, 15]);
    assert_eq!(flushes("slow:busy/4@5ms"), [16, 20, 24]);
}

#[test]
fn a_flush_that_loses_its_disk_fails_and_later_ones_do_not() {
    let told = said(&[10, 10, 20], "lose-disk:busy@12ms");
    assert!(told.contains(&line(13, "flush 1 failed")), "{told:?}");
    assert!(told.contains(&line(14, "flush 2 failed")), "{told:?}");
    assert!(told.contains(&line(23, "flushed 3")), "{told:?}");
}

#[test]
fn a_watch_is_of_the_process_that_the_packet_came_from() {
    // The pinger dies while its packet is under way: what is watched then is dead already, and its machine says so.
    let told = said(&[20], "crash:pinger@21ms");
    assert_eq!(told, [line(22, "ping 1"), line(23, "flushed 1"), line(24, "disconnected")]);
    assert!(
        !said(&[20], "crash-machine:pinger@21ms").contains(&line(22, "disconnected")),
        "nobody is there to say so"
    );
}

#[test]
fn a_connection_that_a_cut_kept_from_being_made_is_heard_of_when_it_heals() {
    let told = said(&[20], "cut-one-way:busy/pinger@10ms;heal@60ms");
    assert_eq!(told, [line(22, "ping 1"), line(23, "flushed 1"), line(62, "disconnected")]);
}

#[test]
fn a_machine_that_goes_down_after_its_process_is_told_of() {
    let (_, events) = play(&[], two_ms(), "crash:busy@10ms;crash-machine:busy@20ms;crash-machine:busy@25ms");
    let crashes: Vec<bool> = events
        .iter()
        .filter_map(|event| if let What::Crashed { machine, .. } = event.what { Some(machine) } else { None })
        .collect();
    assert_eq!(crashes, [false, true]);
}

#[test]
fn no_time_passes_for_the_timers_of_a_dead_process() {
    let (_, events) = play(&[], two_ms(), "crash:busy@10ms");
    assert_eq!(events.last().map(|event| event.at), Some(Time::millis(10)), "its alarm was set for 30 ms");
}

#[test]
fn a_packet_that_a_script_takes_holds_up_those_behind_it_as_if_it_came() {
    let jitter = LinkConfig { latency: Dist::Exponential { mean: Time::millis(8) }, ..LinkConfig::default() };
    let pings: &[u64] = &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    let (_, plain) = play(pings, jitter, "");
    for nth in 1..=12u32 {
        let (_, faulty) = play(pings, jitter, &format!("drop:pinger/busy/ping/{nth}"));
        let taken = faulty
            .iter()
            .position(|event| matches!(event.what, What::Dropped { why: DropReason::Script, .. }))
            .expect("the script takes one");
        assert_eq!(faulty[..taken], plain[..taken], "nothing before the loss of {nth} differs");
    }
}

#[test]
fn copies_keep_the_order_of_a_connection() {
    let link = LinkConfig {
        latency: Dist::Exponential { mean: Time::millis(8) },
        duplication: Chance::percent(50),
        ..LinkConfig::default()
    };
    let (diary, _) = play(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], link, "");
    let order: Vec<u64> =
        diary.iter().filter_map(|(_, what)| what.strip_prefix("ping ")?.parse().ok()).collect();
    assert!(order.len() > 16, "some came twice");
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn a_kind_of_packet_that_there_is_not_is_refused_with_those_there_are() {
    let mut world = World::<Ping, Kept>::new(1, Bounds::default(), Kept::at_most(10));
    let to = world.add("a", Role::Other, || Pinger(NodeId(0), &[]));
    world.add("b", Role::Other, move || Pinger(to, &[]));
    let script: FaultScript = "drop:a/b/pnig/3".parse().expect("it is well formed");
    let error = world.inject(&script).expect_err("there is no such kind").to_string();
    assert_eq!(
        error,
        "`drop:a/b/pnig/3` names pnig, which this run does not have; its kinds of packet are ping, bye, reset"
    );
}
