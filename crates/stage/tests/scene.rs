// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a scene shows of a run told by hand.

#[path = "support/traces.rs"]
mod support;

use std::rc::Rc;

use stage::{Condition, MessageState, Player, Scene, Shape, Speed, Station, Timeline, Tone};
use support::{C1, C2, P1, QUEUE, Teller, ms, told, told_timeline};
use trace::{DropReason, MessageId, NodeId, OrderScope, PacketId, Refusal, Role, Trace, What};

fn player(at: u64) -> Player {
    let mut player = Player::new(told_timeline());
    player.seek(ms(at));
    player
}

fn station<'a, 's>(scene: &'s Scene<'a>, node: NodeId) -> &'s Station<'a> {
    scene.stations.iter().find(|station| station.node == node).expect("every node has a station")
}

fn labels<'a>(tokens: impl IntoIterator<Item = &'a stage::Token>) -> Vec<String> {
    tokens.into_iter().map(|token| token.label().to_string()).collect()
}

fn sentences(player: &Player) -> Vec<String> {
    player.scene().log.iter().map(|line| line.text.clone()).collect()
}

#[test]
fn rows_stand_in_columns_and_have_short_names() {
    let timeline = told_timeline();
    let columns: Vec<_> = timeline.columns().iter().map(|c| (c.label, c.rows.clone(), c.effects)).collect();
    assert_eq!(
        columns,
        [
            ("producer", 0..1, false),
            ("queue", 1..2, false),
            ("consumers", 2..4, false),
            ("effects", 4..4, true)
        ]
    );
    let shorts: Vec<&str> = timeline.rows().iter().map(|row| row.short.as_str()).collect();
    assert_eq!(shorts, ["p1", "q", "c1", "c2"]);
}

#[test]
fn names_that_begin_alike_keep_more_letters() {
    let mut header = support::header(&[Role::Queue, Role::Queue, Role::Other, Role::Consumer]);
    for (node, name) in header.nodes.iter_mut().zip(["main", "mirror", "42", "main-2"]) {
        node.name = name.to_owned();
    }
    let timeline = Timeline::new(Trace { header, events: Vec::new() });
    let shorts: Vec<&str> = timeline.rows().iter().map(|row| row.short.as_str()).collect();
    assert_eq!(shorts, ["ma", "mi", "42", "m2"]);
}

#[test]
fn packets_move_linearly_and_the_distance_is_the_delay() {
    let player = player(15);
    let scene = player.scene();
    let on_the_way: Vec<(String, f32, bool)> = scene
        .flights
        .iter()
        .map(|flight| {
            (flight.token.expect("about a message").label().to_string(), flight.progress, flight.carries)
        })
        .collect();
    assert_eq!(on_the_way, [("2".to_owned(), 0.5, true)]);
    assert_eq!((scene.flights[0].from, scene.flights[0].to), (P1, QUEUE));
}

#[test]
fn acks_speak_of_a_message_and_carry_none() {
    let player = player(85);
    let scene = player.scene();
    let ack = scene.flights.iter().find(|flight| flight.kind.as_str() == "ack").expect("1 is being acked");
    assert_eq!((ack.carries, ack.tone(), ack.glyph()), (false, Tone::Quiet, '·'));
}

#[test]
fn a_queue_shows_what_waits_and_what_is_leased() {
    let player = player(60);
    let scene = player.scene();
    let queue = station(&scene, QUEUE);
    assert_eq!(labels(&queue.waiting), ["3", "4", "5"]);
    assert_eq!(
        queue.leased.iter().map(|l| (l.token.message.0, l.with)).collect::<Vec<_>>(),
        [(1, C1), (2, C2)]
    );
    // Handed out at 20 for 200 ms.
    assert_eq!(queue.leased[0].left, Some(ms(160)));
    assert!((queue.leased[0].fraction - 0.8).abs() < 1e-6);
    assert_eq!((scene.counters.depth, scene.counters.in_flight), (3, 2));
}

#[test]
fn work_is_drawn_as_far_as_it_is() {
    let player = player(65);
    let scene = player.scene();
    let work = station(&scene, C1).working[0];
    // From 30 to 80.
    assert_eq!((work.token.shape, work.token.tone, work.guessed), (Shape::Half, Tone::Accent, false));
    assert!((work.progress - 0.7).abs() < 1e-6);
    assert_eq!(work.elapsed, ms(35));
}

#[test]
fn work_that_a_crash_cuts_short_looks_like_any_other_until_then() {
    let player = player(185);
    let scene = player.scene();
    let work = station(&scene, C1).working[0];
    assert!(work.guessed && work.progress > 0.0 && work.progress < 1.0, "{work:?}");
    let mut player = player;
    player.seek(ms(190));
    let scene = player.scene();
    let consumer = station(&scene, C1);
    assert_eq!((consumer.condition, consumer.working.len()), (Condition::Crashed, 0));
    assert_eq!((consumer.condition_words.as_str(), consumer.tone()), ("down", Tone::Fault));
    assert!(!consumer.is_idle());
}

#[test]
fn paused_work_does_not_go_on() {
    let mut teller = Teller::new();
    teller.publish(ms(0), 1);
    teller.hand(ms(10), C1, 1, 1);
    teller.at(ms(40), What::Paused { node: C1 });
    teller.at(ms(140), What::Resumed { node: C1 });
    teller.finish(ms(160), C1, 1, 1);
    let mut player = Player::new(Rc::new(Timeline::new(teller.trace(ms(200)))));
    // 40 ms of work: 20 before the pause, 20 after it.
    for (at, progress) in [(30, 0.25), (40, 0.5), (90, 0.5), (140, 0.5), (150, 0.75)] {
        player.seek(ms(at));
        let scene = player.scene();
        let work = station(&scene, C1).working[0];
        assert!((work.progress - progress).abs() < 1e-6, "at {at}: {work:?}");
    }
    player.seek(ms(100));
    assert_eq!(station(&player.scene(), C1).condition, Condition::Paused);
    let band = player.timeline().bands()[0].clone();
    assert_eq!((band.from, band.to, band.label.as_str()), (ms(40), ms(140), "c1 stands still"));
}

#[test]
fn a_packet_waits_at_the_door_of_a_receiver_that_stands_still() {
    let mut teller = Teller::new();
    let usual = teller.send(ms(0), (QUEUE, C1), "deliver", 1, 1);
    teller.arrive(ms(10), usual);
    teller.at(ms(20), What::Paused { node: C1 });
    let waits = teller.send(ms(30), (QUEUE, C1), "deliver", 2, 1);
    teller.at(ms(130), What::Resumed { node: C1 });
    teller.arrive(ms(130), waits);
    let mut player = Player::new(Rc::new(Timeline::new(teller.trace(ms(150)))));
    // Packets of this link take 10 ms; what was waited for does not count.
    for (at, progress) in [(30, 0.0), (34, 0.4), (40, 1.0), (120, 1.0)] {
        player.seek(ms(at));
        assert!(
            (player.scene().flights[0].progress - progress).abs() < 1e-6,
            "{at}: {:?}",
            player.scene().flights
        );
        assert_eq!(player.actions(stage::Target::Flight(1)), [], "what is in the buffer cannot be dropped");
    }
}

#[test]
fn an_overtaken_message_is_marked_wherever_it_is() {
    let player = player(155);
    let scene = player.scene();
    let held = station(&scene, C2).working[0].token;
    assert_eq!((held.shape, held.tone, &*held.label()), (Shape::Triangle, Tone::Overtaken, "2+1"));
    let leased = station(&scene, QUEUE).leased.iter().find(|l| l.token.message.0 == 2).expect("2 is leased");
    assert_eq!(leased.token.state, MessageState::Overtaken);
    assert_eq!(scene.effects.iter().map(|l| l.token.state).collect::<Vec<_>>(), [MessageState::Fresh; 2]);
}

#[test]
fn effects_keep_the_marks_they_landed_with() {
    let player = player(500);
    let scene = player.scene();
    assert_eq!(labels(scene.effects.iter().map(|l| &l.token)), ["5·2×2", "4·2+1", "5", "2+1", "3", "1"]);
    let places: Vec<usize> = scene.effects.iter().map(|landed| landed.place).collect();
    assert_eq!(places, [6, 5, 4, 3, 2, 1]);
}

#[test]
fn a_redelivery_is_a_ring_with_its_attempt() {
    // 4 comes back before anything overtakes it in this variation: without 5.
    let mut trace = told();
    trace.events.retain(|event| event.what.message() != Some(MessageId(5)));
    let mut player = Player::new(Rc::new(Timeline::new(trace)));
    player.seek(ms(365));
    let scene = player.scene();
    let deliver =
        scene.flights.iter().find(|flight| flight.kind.as_str() == "deliver").expect("4 is on its way");
    let token = deliver.token.expect("it carries 4");
    assert_eq!((token.shape, token.tone, &*token.label()), (Shape::Ring, Tone::Again, "4·2"));
}

#[test]
fn a_lost_packet_is_a_cross_for_a_moment() {
    let mut player = player(270);
    player.set_speed(Speed::NORMAL);
    let lost = |player: &Player| {
        player
            .scene()
            .flights
            .iter()
            .find(|flight| flight.lost.is_some())
            .map(|f| (f.glyph(), f.tone(), f.progress))
    };
    assert_eq!(lost(&player), Some(('✕', Tone::Lost, 1.0)));
    player.set_speed(Speed::from_place(0));
    player.seek(ms(278));
    assert!(lost(&player).is_some(), "9 ms of virtual time are 900 ms at 1/100×");
    player.seek(ms(280));
    assert_eq!(lost(&player), None);
}

#[test]
fn messages_lost_for_certain_are_counted_at_the_end() {
    let mut trace = told();
    trace.events.retain(|event| event.at < ms(360) || event.what.message() != Some(MessageId(4)));
    let timeline = Rc::new(Timeline::new(trace));
    let mut player = Player::new(Rc::clone(&timeline));
    player.seek(ms(499));
    assert_eq!(player.scene().counters.lost, 0);
    player.seek(ms(500));
    let scene = player.scene();
    assert_eq!(scene.counters.lost, 1);
    let leased = station(&scene, QUEUE).leased[0].token;
    assert_eq!((leased.state, leased.shape), (MessageState::Lost, Shape::Cross));
    assert_eq!(timeline.focus(stage::FocusKind::Loss).map(|focus| focus.at), Some(ms(500)));
}

#[test]
fn fast_links_flow_and_light_up() {
    let mut player = player(20);
    player.set_speed(Speed::NORMAL);
    player.play();
    player.tick(ms(5));
    let scene = player.scene();
    assert!(scene.flights.is_empty(), "10 ms cannot be followed: {:?}", scene.flights);
    let publish = scene.flows.iter().find(|flow| (flow.from, flow.to) == (P1, QUEUE)).expect("it flows");
    assert!(publish.carries && publish.glow == 1.0 && publish.density > 0.9, "{publish:?}");
    player.pause();
    let scene = player.scene();
    assert!(scene.flows.is_empty() && !scene.flights.is_empty(), "while it is paused there is time to look");
}

#[test]
fn a_copy_of_a_packet_flies_on_its_own() {
    let mut teller = Teller::new();
    let first = teller.send(ms(0), (P1, QUEUE), "publish", 1, 0);
    teller.arrive(ms(10), first);
    teller.at(ms(10), What::Duplicated { packet: first, copy: PacketId(99) });
    teller.at(ms(30), What::Arrived { packet: PacketId(99) });
    let mut player = Player::new(Rc::new(Timeline::new(teller.trace(ms(40)))));
    player.seek(ms(20));
    let scene = player.scene();
    assert_eq!(scene.flights.iter().map(|f| (f.copy, f.progress)).collect::<Vec<_>>(), [(true, 0.5)]);
}

#[test]
fn a_message_that_its_producer_sends_again_says_so() {
    let mut teller = Teller::new();
    for at in [0, 50] {
        let packet = teller.send(ms(at), (P1, QUEUE), "publish", 1, 0);
        teller.arrive(ms(at + 10), packet);
        teller.at(ms(at + 10), What::Stored { node: QUEUE, message: MessageId(1) });
    }
    let mut player = Player::new(Rc::new(Timeline::new(teller.trace(ms(80)))));
    player.seek(ms(50));
    assert_eq!(sentences(&player).last().map(String::as_str), Some("p1 sends 1 again"));
    assert_eq!(labels(player.scene().flights.iter().filter_map(|f| f.token.as_ref())), ["1·2"]);
    player.seek(ms(80));
    let scene = player.scene();
    assert_eq!(
        labels(&station(&scene, QUEUE).waiting),
        ["1", "1"],
        "a queue that does not deduplicate holds it twice"
    );
    assert_eq!(player.slope(9).rows.len(), 0, "nothing was handed out");
}

#[test]
fn an_acked_delivery_that_is_worked_on_later_stays_in_the_buffer() {
    let mut teller = Teller::new();
    let message = MessageId(1);
    teller.publish(ms(0), 1);
    teller.at(ms(10), What::Handed { node: QUEUE, consumer: C1, message, attempt: 1, lease_until: None });
    let packet = teller.send(ms(10), (QUEUE, C1), "deliver", 1, 1);
    teller.arrive(ms(20), packet);
    teller.at(ms(30), What::Acked { node: QUEUE, message, attempt: 1 });
    teller.at(ms(50), What::Started { node: C1, message, attempt: 1 });
    let mut player = Player::new(Rc::new(Timeline::new(teller.trace(ms(80)))));
    player.seek(ms(40));
    assert_eq!(labels(&station(&player.scene(), C1).waiting), ["1"]);
    player.seek(ms(60));
    assert_eq!(station(&player.scene(), C1).waiting_total, 0);
}

#[test]
fn what_a_consumer_refuses_does_not_wait_there() {
    let mut teller = Teller::new();
    let message = MessageId(1);
    teller.publish(ms(0), 1);
    teller.at(ms(10), What::Handed { node: QUEUE, consumer: C1, message, attempt: 1, lease_until: None });
    let packet = teller.send(ms(10), (QUEUE, C1), "deliver", 1, 1);
    teller.arrive(ms(20), packet);
    teller.at(ms(20), What::Refused { node: C1, message, why: Refusal::DroppedNewest });
    let mut player = Player::new(Rc::new(Timeline::new(teller.trace(ms(80)))));
    player.seek(ms(30));
    assert_eq!(station(&player.scene(), C1).waiting_total, 0);
}

#[test]
fn a_restarted_broker_has_what_the_trace_says_it_found() {
    let mut teller = Teller::new();
    teller.publish(ms(0), 1);
    teller.publish(ms(5), 2);
    teller.at(ms(20), What::Crashed { node: QUEUE, machine: true });
    teller.at(ms(40), What::Restarted { node: QUEUE });
    teller.at(ms(40), What::Stored { node: QUEUE, message: MessageId(2) });
    let mut player = Player::new(Rc::new(Timeline::new(teller.trace(ms(80)))));
    player.seek(ms(30));
    assert_eq!(labels(&station(&player.scene(), QUEUE).waiting), ["1", "2"]);
    player.seek(ms(40));
    assert_eq!(labels(&station(&player.scene(), QUEUE).waiting), ["2"]);
}

#[test]
fn cuts_are_drawn_until_they_are_healed() {
    let mut teller = Teller::new();
    let packet = teller.send(ms(0), (QUEUE, C1), "deliver", 1, 1);
    teller.arrive(ms(10), packet);
    teller.at(ms(20), What::Cut { from: vec![QUEUE], to: vec![C1, C2], one_way: false });
    teller.at(ms(40), What::Healed { from: vec![QUEUE], to: vec![C1], one_way: true });
    teller.at(ms(60), What::Healed { from: vec![C1, C2], to: vec![QUEUE], one_way: false });
    let lost = teller.send(ms(30), (QUEUE, C1), "deliver", 1, 2);
    teller.at(ms(30), What::Dropped { packet: lost, why: DropReason::Cut });
    let mut player = Player::new(Rc::new(Timeline::new(teller.trace(ms(100)))));
    let cuts = |player: &mut Player, at| {
        player.seek(ms(at));
        let scene = player.scene();
        scene.links.iter().map(|link| (link.a, link.b, link.cut_ab, link.cut_ba)).collect::<Vec<_>>()
    };
    assert_eq!(cuts(&mut player, 10), [(QUEUE, C1, false, false)]);
    assert_eq!(cuts(&mut player, 30), [(QUEUE, C1, true, true)]);
    assert_eq!(cuts(&mut player, 50), [(QUEUE, C1, false, true)]);
    assert_eq!(cuts(&mut player, 70), [(QUEUE, C1, false, false)]);
    let band = player.timeline().bands()[0].clone();
    assert_eq!((band.from, band.to), (ms(20), ms(60)));
    assert_eq!(band.label, "q and c1 and c2 are cut off from each other");
    player.seek(ms(30));
    assert_eq!(player.scene().flights[0].progress, 0.5);
}

#[test]
fn order_within_a_key_is_asked_for_within_the_key_only() {
    // Keys are 1, 2, 0, 1, 2: nothing of one key is overtaken by its own.
    let mut player = Player::new(Rc::new(Timeline::with_order(told(), OrderScope::PerKey)));
    player.seek(ms(500));
    assert_eq!(player.scene().counters.overtaken, 0);
    assert_eq!(player.timeline().focus(stage::FocusKind::Overtaking), None);
    assert!(!sentences(&player).iter().any(|sentence| sentence.contains("overtaken")));
    // A message without other news shows its key; one that is delivered again says that instead.
    let scene = player.scene();
    let tones: Vec<(String, Tone)> =
        scene.effects.iter().map(|l| (l.token.label().to_string(), l.token.tone)).collect();
    assert_eq!(tones[1], ("4·2".to_owned(), Tone::Again));
    assert_eq!(tones[2], ("5".to_owned(), Tone::Key(2)));
    assert_eq!(tones[5], ("1".to_owned(), Tone::Key(1)));
}
