// SPDX-License-Identifier: MIT OR Apache-2.0
//! The world's promises: time, memory, disk, network, faults, bounds.

use std::cell::RefCell;
use std::rc::Rc;

use sim::{Bounds, Chance, Context, Dist, FaultScript, Kept, LinkConfig, Node, Payload, Sink, World};
use trace::{Bound, Ending, Event, NodeId, Role, Time, What};

#[derive(Clone, Debug, PartialEq)]
struct Ping(u64);

impl Payload for Ping {
    type Record = u64;
    const KINDS: &'static [&'static str] = &["ping"];
    fn kind(&self) -> &'static str {
        "ping"
    }
}

/// Writes down everything that happens to it, with the moment.
type Diary = Rc<RefCell<Vec<(u64, String)>>>;

struct Sender {
    to: Option<NodeId>,
    every: Time,
    left: u64,
}

impl<S: Sink> Node<Ping, S> for Sender {
    fn start(&mut self, context: &mut Context<'_, Ping, S>) {
        context.timeout(self.every, 0);
    }

    fn receive(&mut self, _: NodeId, _: Ping, _: &mut Context<'_, Ping, S>) {}

    fn timer(&mut self, _: u64, context: &mut Context<'_, Ping, S>) {
        if let Some(to) = self.to.filter(|_| self.left > 0) {
            context.send(to, Ping(self.left));
            self.left -= 1;
            context.timeout(self.every, 0);
        }
    }
}

struct Receiver {
    diary: Diary,
    in_memory: u64,
    watches: Option<NodeId>,
}

impl Receiver {
    fn note<S: Sink>(&self, what: String, context: &Context<'_, Ping, S>) {
        self.diary.borrow_mut().push((context.now().0 / 1_000_000, what));
    }
}

impl<S: Sink> Node<Ping, S> for Receiver {
    fn start(&mut self, context: &mut Context<'_, Ping, S>) {
        if let Some(peer) = self.watches {
            context.watch(peer);
        }
    }

    fn restart(&mut self, context: &mut Context<'_, Ping, S>) {
        let kept: Vec<u64> = context.disk().records().map(|(number, _)| number).collect();
        self.note(format!("restart with {kept:?}"), context);
        self.start(context);
    }

    fn receive(&mut self, _: NodeId, ping: Ping, context: &mut Context<'_, Ping, S>) {
        self.in_memory += 1;
        context.disk().write(ping.0, ping.0);
        if ping.0.is_multiple_of(2) {
            context.flush(ping.0);
        }
        self.note(
            format!("ping {}, {} in memory, clock {}", ping.0, self.in_memory, context.clock()),
            context,
        );
    }

    fn timer(&mut self, token: u64, context: &mut Context<'_, Ping, S>) {
        self.note(format!("timer {token}"), context);
    }

    fn flushed(&mut self, token: u64, context: &mut Context<'_, Ping, S>) {
        self.note(format!("flushed {token}"), context);
    }

    fn disconnected(&mut self, peer: NodeId, context: &mut Context<'_, Ping, S>) {
        self.note(format!("disconnected from {}", peer.0), context);
        context.watch(peer);
    }
}

/// A sender of one ping every 10 ms (6, 5, … 1) and a receiver, under a fault script.
fn play(script: &str, link: LinkConfig) -> (Vec<(u64, String)>, Vec<Event>) {
    let diary = Diary::default();
    let mut world = World::<Ping, Kept>::new(1, Bounds::default(), Kept::at_most(10_000));
    let noted = diary.clone();
    let receiver = world.add("receiver", Role::Consumer, move || Receiver {
        diary: noted.clone(),
        in_memory: 0,
        watches: Some(NodeId(1)),
    });
    let sender = world.add("sender", Role::Producer, move || Sender {
        to: Some(receiver),
        every: Time::millis(10),
        left: 6,
    });
    world.link(sender, receiver, link);
    world.inject(&script.parse::<FaultScript>().expect(script)).expect(script);
    assert_eq!(world.run(), Ending::Finished, "{script}");
    let events = world.into_sink().events;
    let diary = diary.borrow().clone();
    (diary, events)
}

fn pings(script: &str) -> Vec<(u64, u64)> {
    let (diary, _) = play(script, one_ms());
    let number = |text: &str| {
        text.strip_prefix("ping ").and_then(|t| t.split(',').next()).and_then(|n| n.parse().ok())
    };
    diary.iter().filter_map(|(at, text)| Some((*at, number(text)?))).collect()
}

fn one_ms() -> LinkConfig {
    LinkConfig { latency: Dist::Constant(Time::millis(1)), ..LinkConfig::default() }
}

fn said(script: &str, what: &str) -> Vec<u64> {
    play(script, one_ms())
        .0
        .into_iter()
        .filter(|(_, text)| text.starts_with(what))
        .map(|(at, _)| at)
        .collect()
}

#[test]
fn packets_arrive_after_the_latency_in_order() {
    assert_eq!(pings(""), [(11, 6), (21, 5), (31, 4), (41, 3), (51, 2), (61, 1)]);
}

#[test]
fn scripts_drop_duplicate_and_delay_the_nth_packet() {
    assert_eq!(pings("drop:sender/receiver/ping/2"), [(11, 6), (31, 4), (41, 3), (51, 2), (61, 1)]);
    assert_eq!(pings("duplicate:sender/receiver/ping/6").len(), 7);
    // The link keeps order: what was sent behind the delayed packet waits for it.
    assert_eq!(
        pings("delay:sender/receiver/ping/2/15ms"),
        [(11, 6), (36, 5), (36, 4), (41, 3), (51, 2), (61, 1)]
    );
}

#[test]
fn a_crash_takes_memory_and_leaves_the_page_cache() {
    let (diary, _) = play("crash:receiver@35ms;restart:receiver@45ms", one_ms());
    let texts: Vec<&str> = diary.iter().map(|(_, text)| text.as_str()).collect();
    assert!(texts.contains(&"restart with [4, 5, 6]"), "{texts:?}");
    assert!(texts.contains(&"ping 2, 1 in memory, clock 51ms"), "{texts:?}");
    assert!(!texts.iter().any(|text| text.starts_with("ping 3")), "it was down: {texts:?}");
}

#[test]
fn a_machine_crash_takes_what_was_not_flushed() {
    // 6 and 4 are flushed a millisecond after they arrive, and with 4 everything before it; 3 is not.
    let (diary, _) = play("crash-machine:receiver@45ms;restart:receiver@46ms", one_ms());
    assert!(diary.iter().any(|(_, text)| text == "restart with [4, 5, 6]"), "{diary:?}");
    let (diary, _) = play("lose-disk:receiver@45ms;crash:receiver@45ms;restart:receiver@46ms", one_ms());
    assert!(diary.iter().any(|(_, text)| text == "restart with []"), "{diary:?}");
}

#[test]
fn a_paused_node_takes_its_inputs_late_and_in_order() {
    assert_eq!(
        pings("pause:receiver@15ms;resume:receiver@45ms"),
        [(11, 6), (45, 5), (45, 4), (45, 3), (51, 2), (61, 1)]
    );
    // The sender's own timers wait too.
    assert_eq!(pings("pause:sender@15ms;resume:sender@45ms")[1], (46, 5));
}

#[test]
fn cuts_are_one_way_or_both_and_heal() {
    assert_eq!(pings("cut:sender/receiver@15ms;heal@35ms"), [(11, 6), (41, 3), (51, 2), (61, 1)]);
    assert_eq!(pings("cut-one-way:receiver/sender@15ms").len(), 6, "the other way is open");
    assert_eq!(pings("cut-one-way:sender/receiver@15ms;heal-one-way:sender/receiver@35ms").len(), 4);
    // What is under way when the cut begins is lost too.
    assert_eq!(pings("cut:sender/receiver@20.5ms;heal@20.6ms"), pings(""), "healed before it arrives");
    assert_eq!(pings("cut:sender/receiver@20.5ms;heal@21.5ms").len(), 5);
}

#[test]
fn a_skewed_clock_shows_another_time_and_changes_nothing_else() {
    let (diary, _) = play("skew:receiver/-5ms@15ms;skew:receiver/1s@35ms", one_ms());
    let clocks: Vec<&str> = diary.iter().filter_map(|(_, t)| t.split("clock ").nth(1)).collect();
    assert_eq!(clocks, ["11ms", "16ms", "26ms", "1.041s", "1.051s", "1.061s"]);
}

#[test]
fn a_broken_connection_is_noticed_when_it_can_be() {
    assert_eq!(said("crash:sender@15ms", "disconnected"), [16], "the machine says so at once");
    assert!(said("crash-machine:sender@15ms", "disconnected").is_empty(), "nobody is left to say so");
    assert_eq!(said("crash-machine:sender@15ms;restart:sender@30ms", "disconnected"), [31]);
    assert_eq!(
        said("cut:sender/receiver@5ms;crash:sender@15ms;restart:sender@20ms;heal@40ms", "disconnected"),
        [41]
    );
    assert_eq!(said("crash:sender@15ms;restart:sender@15ms", "disconnected").len(), 1, "once, not twice");
}

#[test]
fn loss_and_duplication_have_their_rates_and_reordering_happens_only_where_allowed() {
    let many = |link: LinkConfig| {
        let diary = Diary::default();
        let mut world = World::<Ping, Kept>::new(7, Bounds::default(), Kept::at_most(1_000_000));
        let noted = diary.clone();
        let receiver = world.add("receiver", Role::Consumer, move || Receiver {
            diary: noted.clone(),
            in_memory: 0,
            watches: None,
        });
        let sender = world.add("sender", Role::Producer, move || Sender {
            to: Some(receiver),
            every: Time::millis(1),
            left: 20_000,
        });
        world.link(sender, receiver, link);
        world.run();
        let order: Vec<u64> = diary
            .borrow()
            .iter()
            .filter_map(|(_, t)| t.strip_prefix("ping ")?.split(',').next()?.parse().ok())
            .collect();
        order
    };
    let lossy = many(LinkConfig { loss: Chance::percent(10), ..one_ms() });
    assert!((17_800..18_200).contains(&lossy.len()), "{}", lossy.len());
    let doubled = many(LinkConfig { duplication: Chance::percent(10), ..one_ms() });
    assert!((21_800..22_200).contains(&doubled.len()), "{}", doubled.len());
    let jitter = LinkConfig { latency: Dist::Exponential { mean: Time::millis(5) }, ..one_ms() };
    assert!(many(jitter).is_sorted_by(|a, b| a > b), "a connection keeps order");
    assert!(!many(LinkConfig { reorders: true, ..jitter }).is_sorted_by(|a, b| a > b));
}

/// Sets two timers for each that goes off.
struct Flood;

impl<S: Sink> Node<Ping, S> for Flood {
    fn start(&mut self, context: &mut Context<'_, Ping, S>) {
        context.timer(Time(1), 0);
    }
    fn receive(&mut self, _: NodeId, _: Ping, _: &mut Context<'_, Ping, S>) {}
    fn timer(&mut self, _: u64, context: &mut Context<'_, Ping, S>) {
        context.timer(Time(1), 0);
        context.timer(Time(2), 0);
    }
}

#[test]
fn every_bound_is_an_outcome_with_a_name() {
    let ending = |bounds: Bounds, most_events: usize| {
        let mut world = World::<Ping, Kept>::new(1, bounds, Kept::at_most(most_events));
        world.add("flood", Role::Other, || Flood);
        let ending = world.run();
        let events = world.into_sink().events;
        assert_eq!(events.last().map(|event| &event.what), Some(&What::Ended { how: ending }));
        ending
    };
    let wide = Bounds { steps: u64::MAX, time: Time::MAX, pending: usize::MAX };
    assert_eq!(ending(Bounds { steps: 1_000, ..wide }, 10), Ending::Unfinished(Bound::Steps));
    assert_eq!(ending(Bounds { pending: 1_000, ..wide }, 10), Ending::Unfinished(Bound::Pending));
    assert_eq!(ending(Bounds { time: Time(20), ..wide }, 10), Ending::Unfinished(Bound::Time));
    let mut world = World::<Ping, Kept>::new(1, wide, Kept::at_most(3));
    let receiver = NodeId(0);
    world.add("receiver", Role::Other, || Flood);
    world.add("sender", Role::Producer, move || Sender { to: Some(receiver), every: Time(1), left: 100 });
    assert_eq!(world.run(), Ending::Unfinished(Bound::Events));
}

#[test]
fn a_script_that_names_nobody_is_refused_with_the_names_there_are() {
    let mut world = World::<Ping, Kept>::new(1, Bounds::default(), Kept::at_most(10));
    world.add("a", Role::Other, || Flood);
    let script: FaultScript = "crash:a@1s;pause:b@2s".parse().expect("it is well formed");
    let error = world.inject(&script).expect_err("there is no b").to_string();
    assert_eq!(error, "`pause:b@2s` names b, which this run does not have; its nodes are a");
}
