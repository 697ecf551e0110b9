// SPDX-License-Identifier: MIT OR Apache-2.0
//! Several brokers that keep one queue together: who leads, whose log is behind, and what is said of it.

use std::rc::Rc;

use stage::{Form, Layout, Player, Replica, Timeline, space_time_svg, svg};
use trace::{Ending, Event, Header, MessageId, NodeId, NodeInfo, Role, Time, Trace, What};

const P1: NodeId = NodeId(0);
const Q1: NodeId = NodeId(1);
const Q2: NodeId = NodeId(2);
const Q3: NodeId = NodeId(3);

/// q1 leads and is cut off with a message that only it and its producer know of; q2 leads, and q1 gives way.
fn told() -> Rc<Timeline> {
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
    at(400, What::Cut { from: vec![Q1], to: vec![Q2, Q3], one_way: false });
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
    Rc::new(Timeline::new(Trace { header, events }))
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
