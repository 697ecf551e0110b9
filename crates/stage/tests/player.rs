// SPDX-License-Identifier: MIT OR Apache-2.0
//! The player on a run told by hand.

#[path = "support/traces.rs"]
mod support;

use std::rc::Rc;

use stage::{FocusKind, Player, Speed, Timeline};
use support::{C1, Teller, ms, told, told_timeline};
use trace::{Ending, Event, Time, Trace, What};

fn player_at(speed: Speed) -> Player {
    let mut player = Player::new(told_timeline());
    player.set_speed(speed);
    player
}

#[test]
fn it_begins_paused_at_the_beginning() {
    let mut player = Player::new(told_timeline());
    assert_eq!((player.now(), player.playing(), player.end()), (Time::ZERO, false, ms(500)));
    assert!(!player.tick(ms(16)), "while it is paused nothing needs to be drawn");
    assert_eq!(player.now(), Time::ZERO);
}

#[test]
fn virtual_time_passes_by_the_speed() {
    let mut player = player_at(Speed::NORMAL);
    player.set_focus(FocusKind::Loss);
    player.play();
    assert!(player.tick(ms(20)));
    assert_eq!(player.now(), ms(20));
    player.slower();
    player.tick(ms(20));
    assert_eq!((player.speed().label(), player.now()), ("1/2×", ms(30)));
    player.faster();
    player.faster();
    player.tick(ms(20));
    assert_eq!((player.speed().label(), player.now()), ("2×", ms(70)));
}

#[test]
fn a_long_absence_is_not_caught_up() {
    let mut player = player_at(Speed::NORMAL);
    player.set_focus(FocusKind::Loss);
    player.play();
    player.tick(Time::secs(60));
    assert_eq!(player.now(), ms(250));
}

#[test]
fn it_stops_at_the_end_and_plays_from_the_beginning_again() {
    let mut player = player_at(Speed::from_place(Speed::COUNT));
    player.set_focus(FocusKind::Loss);
    player.play();
    assert!(player.tick(ms(100)), "the last picture is drawn");
    assert_eq!((player.now(), player.playing()), (ms(500), false));
    player.toggle();
    assert_eq!((player.now(), player.playing()), (Time::ZERO, true));
}

#[test]
fn time_slows_for_a_second_at_the_first_overtaking_and_never_again() {
    let mut player = player_at(Speed::NORMAL);
    player.play();
    player.tick(ms(140));
    assert!(!player.slowed());
    player.tick(ms(100));
    assert_eq!((player.now(), player.slowed()), (ms(150), true), "it halts at the very moment");
    assert_eq!(
        player.scene().sentence.map(|line| line.text.as_str()),
        Some("c1 finishes 3 while c2 still holds 2: 2 is overtaken")
    );
    for _ in 0..4 {
        player.tick(ms(250));
    }
    assert_eq!((player.now(), player.slowed()), (ms(250), false), "a tenth of a second in a second");
    player.reset();
    player.play();
    player.tick(ms(240));
    assert_eq!((player.now(), player.slowed()), (ms(240), false), "not a second time");
}

#[test]
fn seeking_past_it_does_not_use_it_up() {
    let mut player = player_at(Speed::NORMAL);
    player.seek(ms(400));
    player.seek(ms(100));
    player.play();
    player.tick(ms(100));
    assert_eq!((player.now(), player.slowed()), (ms(150), true));
}

#[test]
fn the_chapter_says_what_it_is_about() {
    let timeline = told_timeline();
    let moment = |kind| timeline.focus(kind).map(|focus| focus.at);
    assert_eq!(moment(FocusKind::Overtaking), Some(ms(150)));
    assert_eq!(moment(FocusKind::SecondEffect), Some(ms(450)));
    assert_eq!(moment(FocusKind::Loss), None);
    let mut player = player_at(Speed::NORMAL);
    player.set_focus(FocusKind::SecondEffect);
    player.seek(ms(300));
    player.play();
    player.tick(ms(200));
    assert_eq!((player.now(), player.slowed()), (ms(450), true));
}

#[test]
fn reduced_motion_goes_from_event_to_event() {
    let mut player = player_at(Speed::NORMAL);
    player.set_focus(FocusKind::Loss);
    player.set_reduced_motion(true);
    player.play();
    let mut shown = Vec::new();
    for _ in 0..90 {
        if player.tick(ms(7)) {
            shown.push(player.now());
        }
    }
    let steps = told_timeline().steps().to_vec();
    assert!(shown.len() >= 2, "{shown:?}");
    assert!(shown.iter().all(|at| steps.contains(at)), "{shown:?}");
    assert!(shown.len() <= 3, "at most one picture in 300 ms: {shown:?}");
    assert_eq!(shown.last(), Some(&ms(500)));
}

#[test]
fn steps_halt_at_visible_moments() {
    let mut player = Player::new(told_timeline());
    player.seek(ms(151));
    player.step_forward();
    assert_eq!(player.now(), ms(160), "the ack is heard and 4 handed out");
    player.step_back();
    assert_eq!(player.now(), ms(150));
    player.reset();
    assert!(!player.step_back(), "there is nothing before the beginning");
    player.seek(ms(500));
    assert!(!player.step_forward(), "there is nothing behind the end");
}

#[test]
fn stepping_pauses() {
    let mut player = player_at(Speed::NORMAL);
    player.play();
    player.step_forward();
    assert!(!player.playing());
}

#[test]
fn faults_are_jumped_to() {
    let mut player = Player::new(told_timeline());
    assert!(player.next_fault());
    assert_eq!(player.now(), ms(190));
    assert!(player.next_fault());
    assert_eq!(player.now(), ms(300));
    assert!(!player.next_fault());
    assert!(player.previous_fault());
    assert_eq!(player.now(), ms(190));
    assert!(!player.previous_fault());
}

#[test]
fn a_place_on_the_timeline_is_a_round_moment() {
    let mut player = Player::new(told_timeline());
    player.seek_fraction(0.33333);
    assert_eq!(player.now(), Time::micros(166_600));
    player.seek_fraction(f32::NAN);
    assert_eq!(player.now(), Time::ZERO);
    player.seek_fraction(7.0);
    assert_eq!(player.now(), ms(500));
}

#[test]
fn the_end_is_the_end_however_crooked() {
    let mut player = Player::new(Rc::new(Timeline::new(Teller::new().trace(Time(123_456_789)))));
    player.seek_fraction(1.0);
    assert_eq!(player.now(), player.end());
}

#[test]
fn another_run_is_played_from_the_same_moment() {
    let mut player = player_at(Speed::NORMAL);
    player.seek(ms(180));
    player.play();
    let mut trace = told();
    trace.events.retain(|event| !matches!(event.what, What::Crashed { .. }));
    let before = format!("{:?}", player.scene().stations);
    player.replace(Rc::new(Timeline::new(trace)));
    assert_eq!((player.now(), player.playing(), player.speed()), (ms(180), true, Speed::NORMAL));
    // The work on 4 is no longer cut short, but nobody could see that at 180 ms.
    assert_eq!(before, format!("{:?}", player.scene().stations));
}

#[test]
fn a_shorter_run_is_shown_at_its_end() {
    let mut player = Player::new(told_timeline());
    player.seek(ms(400));
    player.replace(Rc::new(Timeline::new(Teller::new().trace(ms(120)))));
    assert_eq!((player.now(), player.end()), (ms(120), ms(120)));
}

#[test]
fn the_usual_speed_lets_one_follow_a_message() {
    // 10 ms on the way should take 350 ms: 1/50× is the fastest speed that is slow enough.
    assert_eq!(Player::new(told_timeline()).speed().label(), "1/50×");
}

#[test]
fn an_empty_run_plays() {
    let ended = Event { at: Time::ZERO, what: What::Ended { how: Ending::Finished } };
    for events in [Vec::new(), vec![ended]] {
        let trace = Trace { header: support::header(&[]), events };
        let mut player = Player::new(Rc::new(Timeline::new(trace)));
        player.play();
        player.tick(ms(16));
        player.step_forward();
        player.seek_fraction(0.5);
        assert_eq!((player.now(), player.playing()), (Time::ZERO, false));
        assert_eq!(player.scene().stations.len(), 0);
    }
}

#[test]
fn long_runs_are_sought_by_keyframes() {
    let mut teller = Teller::new();
    for message in 0..2_000 {
        let at = ms(message * 10);
        teller.publish(at, message);
        teller.hand(at + ms(10), C1, message, 1);
        teller.finish(at + ms(25), C1, message, 1);
    }
    let timeline = Rc::new(Timeline::new(teller.trace(ms(30_000))));
    let mut player = Player::new(Rc::clone(&timeline));
    for at in [29_000, 3, 15_000, 14_990, 15_010, 1, 30_000] {
        player.seek(ms(at));
        let folded = timeline.trace().events.iter().filter(|event| event.at <= ms(at)).count();
        assert_eq!(player.state().events(), folded);
        let applied = timeline.landings().iter().filter(|landing| landing.at <= ms(at)).count();
        assert_eq!(player.scene().counters.done as usize, applied);
    }
}

/// Whoever judges a run notes it in nobody's name; what nodes note, and what was noted before, is not the verdict.
#[test]
fn a_judged_run_is_opened_shortly_before_its_promise_breaks() {
    let mut trace = told();
    let mut add = |at, node, text: &str| {
        let place = trace.events.partition_point(|event| event.at <= at);
        trace.events.insert(place, Event { at, what: What::Note { node, text: text.to_owned() } });
    };
    add(ms(100), None, "the code panics");
    add(ms(200), None, "no-loss is broken: message 2 is gone");
    add(ms(210), Some(C1), "is empty-handed");
    let timeline = Rc::new(Timeline::new(trace));
    let broken = timeline.broken().expect("it was judged").clone();
    assert_eq!((broken.at, broken.sentence.as_str()), (ms(200), "no-loss is broken: message 2 is gone"));
    let marks: Vec<_> = timeline.marks().iter().filter(|mark| mark.label == broken.sentence).collect();
    assert_eq!(marks.iter().map(|mark| (mark.at, mark.glyph)).collect::<Vec<_>>(), [(ms(200), '✕')]);

    let mut player = Player::new(Rc::clone(&timeline));
    player.play();
    assert!(player.lead_up_to_broken());
    let steps: Vec<Time> = timeline.steps().iter().copied().filter(|step| *step < ms(200)).collect();
    assert_eq!((player.now(), player.playing()), (steps[steps.len() - 3], false));
    let takes = player.speed().wall_span(ms(200) - player.now());
    assert!(takes >= Time::secs(3), "it would be over in {takes:?}");
    while player.now() < ms(200) && player.next_fault() {}
    assert_eq!(player.now(), ms(200));
}

#[test]
fn a_run_that_nobody_judged_is_opened_where_it_was() {
    let mut player = player_at(Speed::NORMAL);
    player.seek(ms(50));
    assert!(!player.lead_up_to_broken());
    assert_eq!(player.now(), ms(50));
}
