// SPDX-License-Identifier: MIT OR Apache-2.0
//! The words and counters of a run told by hand.

#[path = "support/traces.rs"]
mod support;

use std::rc::Rc;

use stage::{BandKind, Condition, Player, Scene, Speed, Station, Timeline, Tone};
use support::{C1, C2, P1, QUEUE, Teller, ms, told_timeline};
use trace::{DropReason, Ending, Event, MessageId, NodeId, Role, Trace, What};

fn player(at: u64) -> Player {
    let mut player = Player::new(told_timeline());
    player.seek(ms(at));
    player
}

fn station<'a, 's>(scene: &'s Scene<'a>, node: NodeId) -> &'s Station<'a> {
    scene.stations.iter().find(|station| station.node == node).expect("every node has a station")
}

fn sentences(player: &Player) -> Vec<String> {
    player.scene().log.iter().map(|line| line.text.clone()).collect()
}

#[test]
fn sentences_have_a_subject_and_a_verb() {
    let player = player(500);
    let said = sentences(&player);
    for wanted in [
        "p1 has 5 to send",
        "q takes 5 in",
        "q hands 1 to c1",
        "c1 starts on 1",
        "c1 finishes 1",
        "q hears the ack of 1 and is done with it",
        "c1 finishes 3 while c2 still holds 2: 2 is overtaken",
        "c1 crashes while it works on 4",
        "c2 finishes 2, after 1 message that came later",
        "c2 finishes 5 while q still waits for the ack of 4: 4 is overtaken",
        "the network loses the ack of 5 on its way to q",
        "c1 runs again, with nothing but its disk",
        "the lease of 4 runs out at q",
        "4 goes back to the queue, at its head",
        "q hands 4 to c2 for the second time",
        "c1 finishes 5: it takes effect for the second time",
        "the run is over: nothing is left to happen",
    ] {
        assert!(said.iter().any(|sentence| sentence == wanted), "{wanted} is not in {said:#?}");
    }
    assert!(said.iter().filter(|s| s.starts_with("c1 finishes 1")).count() == 1, "effect and end are one");
}

#[test]
fn the_weightiest_of_a_moment_is_its_sentence() {
    let player = player(190);
    let line = player.scene().sentence.cloned().expect("something happened");
    assert_eq!(
        (line.text.as_str(), line.tone, line.at),
        ("c1 crashes while it works on 4", Tone::Fault, ms(190))
    );
}

#[test]
fn a_sentence_stays_while_time_passes_until_one_can_have_read_it() {
    let mut player = player(140);
    player.set_speed(Speed::NORMAL);
    player.set_focus(stage::FocusKind::Loss);
    player.play();
    player.tick(ms(30));
    let text = |player: &Player| player.scene().sentence.map(|line| line.text.clone()).unwrap_or_default();
    assert!(text(&player).contains("2 is overtaken"), "{}", text(&player));
    player.seek(ms(170));
    assert_eq!(text(&player), "c1 starts on 4");
}

#[test]
fn counters_have_the_words_of_the_look() {
    let player = player(500);
    let rows = player.scene().counters.rows();
    let texts: Vec<String> =
        rows.iter().map(|counter| format!("{} {}", counter.label, counter.text())).collect();
    assert_eq!(
        texts[..stage::Counters::ALWAYS],
        [
            "sent 5",
            "done 5",
            "lost 0",
            "twice 1",
            "overtaken 2 (40 %)",
            "largest jump 1",
            "in flight 0",
            "depth 0"
        ]
    );
    assert_eq!(rows[4].tone, Tone::Overtaken);
}

/// What connections and elections cost before there is a message is not the message's cost.
#[test]
fn where_one_message_is_all_its_costs_stand_in_the_place_of_order() {
    let mut teller = Teller::new();
    teller.at(ms(0), What::Flushed { node: QUEUE, writes: 1 });
    teller.publish(ms(100), 1);
    teller.at(ms(111), What::Flushed { node: QUEUE, writes: 1 });
    teller.hand(ms(120), C1, 1, 1);
    teller.finish(ms(200), C1, 1, 1);
    let mut player = Player::new(Rc::new(Timeline::new(teller.trace(ms(300)))));
    let costs = |player: &Player| -> Vec<String> {
        let rows = player.scene().counters.rows();
        rows[4..6].iter().map(|counter| format!("{} {}", counter.label, counter.text())).collect()
    };
    player.seek(ms(50));
    assert_eq!(costs(&player), ["packets 0", "flushes 0"]);
    player.seek(ms(300));
    assert_eq!(costs(&player), ["packets 3", "flushes 1"]);
}

/// What its producer sends once more, on the same try, waits under the number that the picture gave it; it is one message all
/// the same.
#[test]
fn what_waits_at_whom_it_was_sent_to_waits_until_it_is_started_on() {
    let mut teller = Teller::new();
    let offered = What::Offered { producer: P1, message: MessageId(1), seq: 1, key: 0 };
    teller.at(ms(10), offered);
    for at in [10, 50] {
        let packet = teller.send(ms(at), (P1, C1), "call", 1, 1);
        match at {
            10 => teller.at(ms(20), What::Dropped { packet, why: DropReason::Down }),
            _ => teller.arrive(ms(60), packet),
        };
    }
    teller.at(ms(100), What::Started { node: C1, message: MessageId(1), attempt: 1 });
    let mut player = Player::new(Rc::new(Timeline::new(teller.trace(ms(300)))));
    player.seek(ms(80));
    assert_eq!(station(&player.scene(), C1).waiting.len(), 1);
    player.seek(ms(120));
    assert_eq!(station(&player.scene(), C1).waiting.len(), 0);
}

#[test]
fn a_wrong_clock_and_slow_work_are_said() {
    let mut teller = Teller::new();
    teller.at(ms(10), What::Skewed { node: C1, offset_ns: -500_000_000 });
    teller.at(ms(10), What::Slowed { node: C2, permille: 1500 });
    teller.at(ms(20), What::Slowed { node: C2, permille: 4000 });
    teller.at(ms(30), What::Slowed { node: C2, permille: 1000 });
    let mut player = Player::new(Rc::new(Timeline::new(teller.trace(ms(100)))));
    player.seek(ms(15));
    let scene = player.scene();
    assert_eq!(station(&scene, C1).clock_words, "clock 500 ms behind");
    assert_eq!(station(&scene, C2).condition, Condition::Slow(1500));
    assert_eq!(station(&scene, C2).condition_words, "slow ×1.5");
    player.seek(ms(100));
    assert_eq!(station(&player.scene(), C2).condition, Condition::Up);
    assert_eq!(
        sentences(&player)[..4],
        [
            "c1's clock is 500 ms behind from now on",
            "c2 works 1.5 times as long on everything",
            "c2 works at a quarter of its speed",
            "c2 works at its own speed",
        ]
    );
    let bands: Vec<_> = player.timeline().bands().iter().map(|b| (b.from, b.to, b.kind)).collect();
    assert_eq!(
        bands,
        [
            (ms(10), ms(20), BandKind::Slow),
            (ms(10), ms(100), BandKind::Skew),
            (ms(20), ms(30), BandKind::Slow),
        ]
    );
}

#[test]
fn an_unfinished_run_says_so() {
    let how = Ending::Unfinished(trace::Bound::Time);
    let events = vec![Event { at: ms(10), what: What::Ended { how } }];
    let trace = Trace { header: support::header(&[Role::Queue]), events };
    let mut player = Player::new(Rc::new(Timeline::new(trace)));
    player.seek(ms(10));
    let scene = player.scene();
    assert_eq!(scene.bar.unfinished, "the run stops unfinished, at its bound of time");
    assert_eq!(scene.sentence.map(|line| line.text.as_str()), Some(scene.bar.unfinished.as_str()));
}
