// SPDX-License-Identifier: MIT OR Apache-2.0
//! Several brokers that keep one queue together: who leads, whose log is behind, and what is said of it.

use std::path::Path;
use std::rc::Rc;

use stage::{Form, Layout, Player, Replica, Timeline, space_time_svg, svg};
use trace::{
    Ending, Event, Header, MessageId, NodeId, NodeInfo, PacketId, PacketKind, Role, Time, Trace, What,
};

const P1: NodeId = NodeId(0);
const Q1: NodeId = NodeId(1);
const Q2: NodeId = NodeId(2);
const Q3: NodeId = NodeId(3);
const C1: NodeId = NodeId(5);
const C2: NodeId = NodeId(6);

/// q1 leads and is cut off with a message that only it and its producer know of; q2 leads, and q1 gives way.
fn told() -> Rc<Timeline> {
    Rc::new(Timeline::new(trace()))
}

fn trace() -> Trace {
    let mut events = Vec::new();
    let mut at = |ms: u64, what: What| events.push(Event { at: Time::millis(ms), what });
    let copy = |node: NodeId, n: u64| What::Replicated { node, message: MessageId(n) };
    let stored = |node: NodeId, n: u64| What::Stored { node, message: MessageId(n) };
    at(0, What::Leads { node: Q1, term: 1, leads: true });
    for n in 1..=3 {
        at(100 * n, What::Offered { producer: P1, message: MessageId(n), seq: n, key: 0 });
        [Q1, Q2, Q3].into_iter().filter(|q| n < 3 || *q != Q3).for_each(|q| at(100 * n, copy(q, n)));
        at(100 * n, stored(Q1, n));
    }
    at(400, What::Cut { from: vec![Q1], to: vec![Q2, Q3, C1], one_way: false });
    at(450, copy(Q1, 4));
    at(450, What::Confirmed { producer: P1, message: MessageId(4) });
    at(500, What::Leads { node: Q2, term: 2, leads: true });
    (1..=3).for_each(|n| at(500, stored(Q2, n)));
    at(600, What::Healed { from: Vec::new(), to: Vec::new(), one_way: false });
    at(700, What::Leads { node: Q1, term: 1, leads: false });
    at(700, What::Discarded { node: Q1, message: MessageId(4) });
    at(900, What::Ended { how: Ending::Finished });
    let node = |name: &str, role: Role| NodeInfo { name: name.to_owned(), role };
    let nodes = vec![
        node("producer-1", Role::Producer),
        node("queue-1", Role::Queue),
        node("queue-2", Role::Queue),
        node("queue-3", Role::Queue),
        node("controller", Role::Other),
        node("consumer-1", Role::Consumer),
        node("consumer-2", Role::Consumer),
    ];
    let header = Header {
        inflight_trace: trace::FORMAT_VERSION,
        tool: "inflight test".to_owned(),
        scenario: "cluster/told".to_owned(),
        seed: 7,
        parameters: Default::default(),
        faults: String::new(),
        nodes,
    };
    Trace { header, events }
}

/// The same with packets: both brokers are sent a copy of 4, and q2's consumers hear of 1 and 2, from q1 too, which is cut off.
fn with_packets() -> Rc<Timeline> {
    let mut trace = trace();
    let mut packets = 0;
    let mut send = |ms: u64, from: NodeId, to: NodeId, kind: &'static str, n: u64, arrives: Option<u64>| {
        let (packet, kind) = (PacketId(packets), PacketKind::new(kind));
        packets += 1;
        let message = Some(MessageId(n));
        let sent = What::Sent { packet, from, to, kind, nth: n as u32, message, attempt: 1 };
        trace.events.push(Event { at: Time::millis(ms), what: sent });
        let arrived = |ms| Event { at: Time::millis(ms), what: What::Arrived { packet } };
        trace.events.extend(arrives.map(arrived));
    };
    for n in 1..=3 {
        send(100 * n - 10, P1, Q1, "publish", n, Some(100 * n));
        send(100 * n, Q1, Q2, "append", n, Some(100 * n + 5));
        send(100 * n, Q1, Q3, "append", n, Some(100 * n + 5));
        send(100 * n + 10, Q2, Q1, "ack", n, Some(100 * n + 15));
    }
    send(440, P1, Q1, "publish", 4, Some(450));
    send(450, Q1, Q2, "append", 4, Some(610));
    send(450, Q1, Q3, "append", 4, Some(610));
    send(330, Q1, C1, "deliver", 1, Some(340));
    send(410, Q1, C1, "deliver", 2, Some(650));
    send(420, Q1, C1, "deliver", 3, Some(650));
    send(505, Q2, C2, "deliver", 2, Some(590));
    send(505, Q2, Q3, "append", 3, Some(595));
    trace.events.sort_by_key(|event| event.at);
    Rc::new(Timeline::new(trace))
}

fn replicas(ms: u64) -> Vec<Replica> {
    let mut player = Player::new(told());
    player.seek(Time::millis(ms));
    player.scene().stations.into_iter().filter_map(|station| station.replica).collect()
}

#[test]
fn a_broker_says_whether_it_leads_and_how_much_it_has() {
    let titles = |ms| -> Vec<String> { replicas(ms).iter().map(Replica::title).collect() };
    assert_eq!(titles(350), ["★ leads, term 1", "copy 3 of 3", "copy 2 of 3"]);
    assert_eq!(titles(750), ["copy 3 of 3", "★ leads, term 2", "copy 2 of 3"]);
    let notes = |ms: u64, n: usize| -> Vec<String> {
        replicas(ms)[n].notes().into_iter().map(|(_, text)| text).collect()
    };
    assert_eq!(notes(420, 2), ["⚡ cut from q1", "1 behind"]);
    assert_eq!(notes(550, 0), ["⚡ cut off", "log 4"]);
}

#[test]
fn the_log_tells_of_leaders_and_lost_copies_and_not_of_copies() {
    let mut player = Player::new(told());
    player.seek(player.end());
    let said: Vec<String> = player.scene().log.iter().map(|line| line.text.clone()).collect();
    assert!(said.contains(&"q2 leads from now on, in term 2".to_owned()), "{said:#?}");
    assert!(said.contains(&"p1 hears that 4 is kept".to_owned()), "{said:#?}");
    let lost = "q1 throws its copy of 4 away; 4 was confirmed, and nobody else has it";
    assert!(said.contains(&lost.to_owned()), "{said:#?}");
    assert!(!said.iter().any(|line| line.contains("copies") || line.starts_with("q2 takes")), "{said:#?}");
}

#[test]
fn brokers_and_their_controller_do_not_overlap() {
    for form in [Form::Wide, Form::Tall] {
        let layout = Layout::new(&told(), form);
        for (n, a) in layout.places.iter().map(|place| place.rect).enumerate() {
            let inside = a.x >= 0.0 && a.y >= 0.0 && a.x + a.w <= layout.width && a.y + a.h <= layout.height;
            assert!(inside, "{form:?} {a:?}");
            for b in layout.places[n + 1..].iter().map(|place| place.rect) {
                let apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
                assert!(apart, "{form:?}: {a:?} and {b:?} overlap");
            }
        }
    }
}

#[test]
fn stills_say_who_leads() {
    let still = svg(&told(), Time::millis(550), Form::Wide, "f");
    ["★ leads, term 2", "copy 2 of 3", "⚡ cut off"].iter().for_each(|text| assert!(still.contains(text)));
    assert!(space_time_svg(&Player::new(told()), 800.0, "f").contains("★2"));
}

#[test]
fn the_still_of_a_cut_is_the_one_that_was_looked_at() {
    let still = svg(&with_packets(), Time::millis(550), Form::Wide, "cut");
    if still != include_str!("cut.svg") {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cut.svg");
        std::fs::write(&path, &still).expect("the target folder can be written to");
        panic!("the still differs from tests/cut.svg; look at {} and copy it if it is right", path.display());
    }
}

#[test]
fn what_meets_a_cut_waits_before_it_and_goes_on_when_it_is_over() {
    let mut player = Player::new(with_packets());
    let mut places = |ms: u64| -> Vec<(f32, bool)> {
        player.seek(Time::millis(ms));
        let scene = player.scene();
        let flights = scene.flights.iter().filter(|flight| (flight.from, flight.to) == (Q1, C1));
        flights.map(|flight| (flight.progress, flight.waits)).collect()
    };
    let (early, late, after) = (places(450), places(599), places(625));
    assert_eq!(early.len(), 2);
    assert_eq!(early, late, "both stand before the cut, however long it takes");
    assert!(early.iter().all(|(progress, waits)| *waits && (0.2..0.5).contains(progress)), "{early:?}");
    assert!(after.iter().all(|(progress, waits)| !waits && (0.5..0.9).contains(progress)), "{after:?}");
    player.seek(Time::millis(550));
    let scene = player.scene();
    let piles: Vec<usize> = (0..scene.flights.len()).map(|place| scene.pile(place)).collect();
    let of = |count: usize| piles.iter().filter(|pile| **pile == count).count();
    assert_eq!((of(2), of(0)), (1, 1), "one stands for both: {piles:?}");
}

#[test]
fn ways_between_brokers_lead_past_other_brokers() {
    for (form, count) in [(Form::Wide, 3), (Form::Wide, 4), (Form::Wide, 5), (Form::Tall, 3)] {
        let timeline = all_speak(count);
        let layout = Layout::new(&timeline, form);
        for (a, b) in (0..count).flat_map(|a| (a + 1..count).map(move |b| (NodeId(a), NodeId(b)))) {
            let (from, to) = layout.ends(a, b).expect("they speak");
            for other in (0..count).map(NodeId).filter(|node| *node != a && *node != b) {
                let rect = layout.place(other).expect("it has a place").rect;
                let inside = (0..=100).map(|n| n as f32 / 100.0).any(|part| {
                    let at = stage::Point {
                        x: from.x + (to.x - from.x) * part,
                        y: from.y + (to.y - from.y) * part,
                    };
                    rect.contains(at)
                });
                assert!(!inside, "{form:?}, {count}: the way from {a:?} to {b:?} leads through {other:?}");
            }
        }
    }
}

/// So many brokers, each of which sends each other one something.
fn all_speak(count: u16) -> Rc<Timeline> {
    let mut trace = trace();
    let node = |n: u16| NodeInfo { name: format!("queue-{}", n + 1), role: Role::Queue };
    trace.header.nodes = (0..count).map(node).collect();
    let leads = What::Leads { node: NodeId(0), term: 1, leads: true };
    trace.events = vec![Event { at: Time::ZERO, what: leads }];
    for (n, (a, b)) in (0..count).flat_map(|a| (0..count).map(move |b| (a, b))).enumerate() {
        let (packet, kind) = (PacketId(n as u64), PacketKind::new("append"));
        let (from, to) = (NodeId(a), NodeId(b));
        let sent = What::Sent { packet, from, to, kind, nth: 1, message: None, attempt: 0 };
        trace.events.push(Event { at: Time::millis(1), what: sent });
    }
    Rc::new(Timeline::new(trace))
}
