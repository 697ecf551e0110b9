// SPDX-License-Identifier: MIT OR Apache-2.0
//! Accounts in the scene: what they hold, what is said when they change, and what became of the money.

#[path = "support/traces.rs"]
mod support;

use std::rc::Rc;

use stage::{Counters, Form, Layout, Measure, Player, Point, Prediction, Theory, Timeline, Tone, svg};
use support::{C1, C2, P1, QUEUE, Teller, ms};
use trace::{Fluid, MessageId, NodeId, Role, Time, Trace, What};

fn balance(node: NodeId, ledger: u32, account: u32, message: Option<u64>, amount: i64) -> What {
    What::Balance { node, ledger, account, message: message.map(MessageId), amount }
}

/// `c2` keeps both accounts of one ledger; those of the other are at the queue and at `c1`. Message 1 is booked at `c2`, 2
/// at the queue and twice at `c1`, 3 at the queue alone.
fn timeline() -> Rc<Timeline> {
    let mut teller = Teller::new();
    for (node, ledger, account) in [(C2, 1, 1), (C2, 1, 2), (QUEUE, 2, 1), (C1, 2, 2)] {
        teller.at(Time::ZERO, balance(node, ledger, account, None, 100));
    }
    for message in 1..=3 {
        let (producer, seq) = (P1, message - 1);
        teller.at(ms(5), What::Offered { producer, message: MessageId(message), seq, key: 0 });
    }
    teller.at(ms(10), balance(C2, 1, 1, Some(1), 90)).at(ms(10), balance(C2, 1, 2, Some(1), 110));
    teller.at(ms(10), What::Applied { node: C2, message: MessageId(1), attempt: 1 });
    teller.at(ms(20), balance(QUEUE, 2, 1, Some(2), 90));
    teller.at(ms(25), What::Confirmed { producer: P1, message: MessageId(2) });
    for (at, attempt, amount) in [(30, 1, 110), (40, 2, 120)] {
        teller.at(ms(at), balance(C1, 2, 2, Some(2), amount));
        teller.at(ms(at), What::Applied { node: C1, message: MessageId(2), attempt });
    }
    teller.at(ms(50), balance(QUEUE, 2, 1, Some(3), 80));
    teller.at(ms(60), What::Crashed { node: C1, machine: false });
    teller.at(ms(70), What::Restarted { node: C1 }).at(ms(70), balance(C1, 2, 2, None, 120));
    Rc::new(Timeline::new(teller.trace(ms(100))))
}

fn at(moment: u64) -> Player {
    let mut player = Player::new(timeline());
    player.seek(ms(moment));
    player
}

fn money(player: &Player, node: NodeId) -> String {
    player.scene().stations.into_iter().find(|station| station.node == node).expect("it is drawn").money
}

#[test]
fn nodes_show_what_their_accounts_hold_while_one_can_ask_them() {
    assert_eq!([C2, QUEUE, C1, P1].map(|node| money(&at(0), node)), ["100 + 100 = 200", "100", "100", ""]);
    assert_eq!([C2, QUEUE, C1].map(|node| money(&at(35), node)), ["90 + 110 = 200", "90", "110"]);
    assert_eq!([65, 75].map(|moment| money(&at(moment), C1)), ["", "120"]);
    let still = svg(&timeline(), ms(35), Form::Wide, "still");
    assert!(still.contains(">90 + 110 = 200<"), "{still}");
}

#[test]
fn a_booking_is_said_once() {
    let player = at(100);
    let said: Vec<String> = player.scene().log.iter().map(|line| line.text.clone()).collect();
    assert_eq!(
        said[3..],
        [
            "c2 books 1 and holds 90 and 110",
            "q books 2 and holds 90",
            "p1 hears that q has 2",
            "c1 books 2 and holds 110",
            "c1 books 2 and holds 120: it takes effect for the second time",
            "q books 3 and holds 80",
            "c1 crashes",
            "c1 runs again, with nothing but its disk",
            "the run is over: nothing is left to happen",
        ]
    );
}

#[test]
fn counters_count_money_and_not_order_where_there_is_money() {
    let shown = |moment| -> Vec<String> {
        let rows = at(moment).scene().counters.rows();
        rows[4..Counters::ALWAYS].iter().map(|row| format!("{} {}", row.label, row.text())).collect()
    };
    assert_eq!(shown(25), ["on one node 200", "on two nodes 190", "money lost 0", "money made 0"]);
    assert_eq!(shown(50), ["on one node 200", "on two nodes 200", "money lost 0", "money made 10"]);
    assert_eq!(shown(100), ["on one node 200", "on two nodes 200", "money lost 10", "money made 10"]);
    assert_eq!(at(100).scene().counters.rows()[6].tone, Tone::Lost);
    assert!(!timeline().has_order());
}

#[test]
fn accounts_are_called_so_and_stand_beside_theory() {
    let labels = |timeline: &Timeline| timeline.columns().iter().map(|c| c.label).collect::<Vec<_>>();
    assert_eq!(labels(&timeline()), ["producer", "accounts", "accounts", "effects"]);
    let mut player = at(25);
    let predicted = Prediction::Value(195.0);
    let (label, condition) = ("money".to_owned(), String::new());
    player
        .set_theory(vec![Theory { label, predicted, measure: Measure::Sum(2), condition }], Fluid::default());
    let rows = player.scene().theory;
    assert_eq!((rows[0].predicted.as_str(), rows[0].simulated.as_str()), ("195", "190"));
}

/// One keeps both accounts, two others keep one each and speak with each other; each arrangement has its own producer.
fn two_arrangements() -> Timeline {
    let mut teller = Teller::new();
    for ends in [(0, 2), (1, 3), (3, 4)] {
        teller.send(ms(1), (NodeId(ends.0), NodeId(ends.1)), "transfer", 1, 1);
    }
    let roles = [Role::Producer, Role::Producer, Role::Queue, Role::Queue, Role::Queue];
    Timeline::new(Trace { header: support::header(&roles), ..teller.trace(ms(9)) })
}

#[test]
fn no_link_leads_through_a_node_that_it_does_not_join() {
    let timeline = two_arrangements();
    for form in [Form::Wide, Form::Tall] {
        let layout = Layout::new(&timeline, form);
        for (a, b) in [(0, 2), (1, 3), (3, 4)] {
            let (from, to) = layout.ends(NodeId(a), NodeId(b)).expect("they are linked");
            for other in (0..5).filter(|other| ![a, b].contains(other)) {
                let rect = layout.place(NodeId(other)).expect("it stands somewhere").rect;
                let on_it = |n: u16| {
                    let part = f32::from(n) / 100.0;
                    Point { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }
                };
                assert!(
                    !(0..=100).map(on_it).any(|at| rect.contains(at)),
                    "{form:?}: {a} to {b} crosses {other}"
                );
            }
        }
    }
}
