// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can be pointed at, and the fault script's entries that the buttons stand for.

#[path = "support/traces.rs"]
mod support;

use std::rc::Rc;

use stage::{Player, Target, Timeline};
use support::{C1, C2, P1, QUEUE, Teller, ms, told_timeline};
use trace::{Time, What};

fn player(at: Time) -> Player {
    let mut player = Player::new(told_timeline());
    player.seek(at);
    player
}

fn buttons(player: &Player, target: Target) -> Vec<(String, String)> {
    player.actions(target).into_iter().map(|action| (action.label, action.entry)).collect()
}

fn pair(label: &str, entry: &str) -> (String, String) {
    (label.to_owned(), entry.to_owned())
}

#[test]
fn targets_stand_in_the_order_of_the_picture() {
    let player = player(ms(15));
    let words: Vec<String> = player.targets().iter().map(|target| target.words(player.timeline())).collect();
    assert_eq!(words, ["p1", "q", "c1", "c2", "p1 to q", "q to c1", "q to c2", "2 on its way to q",]);
}

#[test]
fn a_consumer_can_be_crashed_paused_slowed_and_set_wrong() {
    assert_eq!(
        buttons(&player(Time::micros(151_500)), Target::Node(C1)),
        [
            pair("Crash c1", "crash:consumer-1@151.5ms"),
            pair("Pause c1", "pause:consumer-1@151.5ms"),
            pair("Slow c1 to a quarter", "slow:consumer-1/4@151.5ms"),
            pair("Set the clock of c1 500 ms ahead", "skew:consumer-1/500ms@151.5ms"),
            pair("Set the clock of c1 500 ms behind", "skew:consumer-1/-500ms@151.5ms"),
        ]
    );
}

#[test]
fn what_is_down_can_only_be_restarted() {
    assert_eq!(buttons(&player(ms(200)), Target::Node(C1)), [pair("Restart c1", "restart:consumer-1@200ms")]);
}

#[test]
fn what_is_wrong_can_be_put_right() {
    let mut teller = Teller::new();
    teller.at(ms(10), What::Paused { node: C1 });
    teller.at(ms(10), What::Slowed { node: C1, permille: 4000 });
    teller.at(ms(10), What::Skewed { node: C1, offset_ns: -5 });
    let mut player = Player::new(Rc::new(Timeline::new(teller.trace(ms(100)))));
    player.seek(ms(20));
    assert_eq!(
        buttons(&player, Target::Node(C1)),
        [
            pair("Crash c1", "crash:consumer-1@20ms"),
            pair("Let c1 go on", "resume:consumer-1@20ms"),
            pair("Let c1 work at its own speed", "slow:consumer-1/1@20ms"),
            pair("Set the clock of c1 right", "skew:consumer-1/0s@20ms"),
        ]
    );
}

#[test]
fn a_brokers_machine_can_crash_and_its_disk_can_be_lost() {
    let entries: Vec<String> =
        player(ms(20)).actions(Target::Node(QUEUE)).into_iter().map(|a| a.entry).collect();
    assert!(entries.contains(&"crash-machine:queue@20ms".to_owned()), "{entries:?}");
    let mut teller = Teller::new();
    teller.at(ms(10), What::Crashed { node: QUEUE, machine: true });
    let mut player = Player::new(Rc::new(Timeline::new(teller.trace(ms(100)))));
    player.seek(ms(20));
    assert_eq!(
        buttons(&player, Target::Node(QUEUE)),
        [pair("Restart q", "restart:queue@20ms"), pair("Lose the disk of q", "lose-disk:queue@20ms"),]
    );
}

#[test]
fn links_are_cut_and_healed() {
    assert_eq!(
        buttons(&player(ms(20)), Target::Link(P1, QUEUE)),
        [
            pair("Cut p1 from q", "cut:producer-1/queue@20ms"),
            pair("Let nothing from p1 reach q", "cut-one-way:producer-1/queue@20ms"),
            pair("Let nothing from q reach p1", "cut-one-way:queue/producer-1@20ms"),
        ]
    );
    let mut teller = Teller::new();
    teller.at(ms(10), What::Cut { from: vec![QUEUE], to: vec![C2], one_way: true });
    let mut player = Player::new(Rc::new(Timeline::new(teller.trace(ms(100)))));
    player.seek(ms(20));
    assert_eq!(
        buttons(&player, Target::Link(QUEUE, C2)),
        [
            pair("Heal q and c2", "heal:queue/consumer-2@20ms"),
            pair("Let nothing from c2 reach q", "cut-one-way:consumer-2/queue@20ms"),
        ]
    );
}

#[test]
fn a_packet_is_dropped_delayed_or_copied_by_its_number() {
    let player = player(ms(265));
    let ack =
        player.targets().into_iter().find(|target| matches!(target, Target::Flight(_))).expect("5's ack");
    assert_eq!(
        buttons(&player, ack),
        [
            pair("Drop the ack of 5 on its way to q", "drop:consumer-2/queue/ack/2"),
            pair("Delay the ack of 5 on its way to q by 100 ms", "delay:consumer-2/queue/ack/2/100ms"),
            pair("Duplicate the ack of 5 on its way to q", "duplicate:consumer-2/queue/ack/2"),
        ]
    );
}

#[test]
fn what_is_not_there_cannot_be_changed() {
    let player = player(ms(100));
    assert_eq!(player.actions(Target::Flight(0)), [], "it has arrived");
    assert_eq!(player.actions(Target::Flight(usize::MAX)), []);
    assert_eq!(player.actions(Target::Node(trace::NodeId(99))), []);
}

#[test]
fn a_fork_names_its_future_and_moment() {
    assert_eq!(player(Time::micros(1_250)).fork(2), "fork:2@1.25ms");
}
