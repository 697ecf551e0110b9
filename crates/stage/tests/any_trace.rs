// SPDX-License-Identifier: MIT OR Apache-2.0
//! What holds for every trace that the format lets through, sensible or not.

#[path = "support/traces.rs"]
mod support;

use std::rc::Rc;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use stage::{Form, Player, Speed, Timeline, svg};
use trace::{Checker, DeliveryChecker, OrderChecker, OrderScope, Time, Trace};

/// Everything a painter may ask for, as text: two equal pictures are equal here.
fn picture(player: &Player) -> String {
    let scene = player.scene();
    let details: Vec<String> = player
        .targets()
        .into_iter()
        .map(|target| format!("{target:?} {} {:?}", target.words(player.timeline()), player.actions(target)))
        .collect();
    format!("{scene:?}\n{:?}\n{:?}\n{details:?}", player.slope(12), player.space_time(player.usual_span()))
}

fn moments(trace: &Trace) -> Vec<Time> {
    let mut moments: Vec<Time> = trace.events.iter().map(|event| event.at).collect();
    moments.dedup();
    moments
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, failure_persistence: None, rng_seed: RngSeed::Fixed(8), ..ProptestConfig::default() })]

    #[test]
    fn seeking_shows_what_a_fold_from_the_beginning_shows(trace in support::any_trace(), picks in prop::collection::vec(any::<prop::sample::Index>(), 1..12)) {
        let timeline = Rc::new(Timeline::new(trace));
        let moments = moments(timeline.trace());
        let mut jumping = Player::new(Rc::clone(&timeline));
        for pick in picks {
            let at = *pick.get(&moments);
            jumping.seek(at);
            let mut fresh = Player::new(Rc::clone(&timeline));
            fresh.seek(at);
            prop_assert_eq!(picture(&jumping), picture(&fresh));
        }
    }

    #[test]
    fn a_step_forward_and_back_is_no_step(trace in support::any_trace(), pick in any::<prop::sample::Index>()) {
        let timeline = Rc::new(Timeline::new(trace));
        prop_assume!(!timeline.steps().is_empty());
        let mut player = Player::new(Rc::clone(&timeline));
        player.seek(*pick.get(timeline.steps()));
        let before = picture(&player);
        if player.step_forward() {
            prop_assert!(player.step_back());
            prop_assert_eq!(before, picture(&player));
        }
    }

    #[test]
    fn stepping_visits_every_step_and_comes_back(trace in support::any_trace()) {
        let timeline = Rc::new(Timeline::new(trace));
        let mut player = Player::new(Rc::clone(&timeline));
        let mut visited = vec![player.now()];
        while player.step_forward() {
            visited.push(player.now());
            prop_assert!(visited.len() <= timeline.steps().len() + 1);
        }
        visited.dedup();
        let mut wanted = timeline.steps().to_vec();
        if wanted.first() != Some(&Time::ZERO) {
            wanted.insert(0, Time::ZERO);
        }
        prop_assert_eq!(&visited, &wanted);
        while player.step_back() {
            visited.pop();
            prop_assert_eq!(visited.last(), Some(&player.now()));
        }
        prop_assert_eq!(player.now(), Time::ZERO);
    }

    #[test]
    fn counters_are_the_checkers(trace in support::any_trace(), pick in any::<prop::sample::Index>()) {
        let timeline = Rc::new(Timeline::new(trace));
        let at = *pick.get(&moments(timeline.trace()));
        let (mut delivery, mut order) = (DeliveryChecker::new(), OrderChecker::new(OrderScope::Global));
        for event in timeline.trace().events.iter().filter(|event| event.at <= at) {
            delivery.observe(event);
            order.observe(event);
        }
        let mut player = Player::new(timeline);
        player.seek(at);
        let counters = player.scene().counters;
        let (delivered, ordered) = (delivery.counts(), order.counts());
        prop_assert_eq!(counters.sent, delivered.offered);
        prop_assert_eq!(counters.done, delivered.done);
        prop_assert_eq!(counters.twice, delivered.repeated);
        prop_assert_eq!(counters.redelivered, delivered.redelivered);
        prop_assert_eq!(counters.dead_lettered, delivered.dead_lettered);
        prop_assert_eq!(counters.refused, delivered.refused);
        prop_assert_eq!(counters.lost, delivery.lost());
        prop_assert_eq!(counters.overtaken, ordered.overtaken_by_now().0);
        prop_assert_eq!(counters.largest_displacement, order.largest_displacement_by_now());
    }

    #[test]
    fn totals_are_what_stations_hold(trace in support::any_trace(), pick in any::<prop::sample::Index>()) {
        let timeline = Rc::new(Timeline::new(trace));
        let mut player = Player::new(Rc::clone(&timeline));
        player.seek(*pick.get(&moments(timeline.trace())));
        let scene = player.scene();
        let waiting = |s: &&stage::Station<'_>| s.role == trace::Role::Queue;
        let depth: usize = scene.stations.iter().filter(waiting).map(|s| s.waiting_total).sum();
        let leased: usize = scene.stations.iter().map(|s| s.leased_total).sum();
        prop_assert_eq!(scene.counters.depth, depth as u64);
        prop_assert_eq!(scene.counters.in_flight, leased as u64);
        prop_assert_eq!(scene.effects_total >= scene.counters.done as usize, true);
    }

    #[test]
    fn everything_stays_within_its_bounds(trace in support::any_trace(), pick in any::<prop::sample::Index>(), fast in 0..Speed::COUNT) {
        let timeline = Rc::new(Timeline::new(trace));
        let mut player = Player::new(Rc::clone(&timeline));
        player.set_speed(Speed::from_place(fast));
        player.seek(*pick.get(&moments(timeline.trace())));
        player.play();
        player.tick(Time::millis(16));
        let scene = player.scene();
        let unit = 0.0..=1.0;
        prop_assert!(unit.contains(&scene.bar.fraction));
        for flight in &scene.flights {
            prop_assert!(unit.contains(&flight.progress), "{flight:?}");
            prop_assert!(flight.lost.is_none_or(|ago| unit.contains(&ago)));
        }
        for flow in &scene.flows {
            prop_assert!(unit.contains(&flow.glow) && unit.contains(&flow.phase) && flow.density >= 0.0, "{flow:?}");
            prop_assert!((0..flow.dots()).all(|dot| unit.contains(&flow.place(dot))));
        }
        for station in &scene.stations {
            prop_assert!(station.working.iter().all(|working| unit.contains(&working.progress)));
            prop_assert!(station.leased.iter().all(|leased| unit.contains(&leased.fraction)));
            prop_assert!(station.waiting.len() <= stage::SHOWN && station.waiting.len() <= station.waiting_total);
        }
        for band in scene.bar.bands {
            prop_assert!(band.from_fraction <= band.to_fraction && band.from <= band.to, "{band:?}");
        }
        let slope = player.slope(10);
        prop_assert!(slope.rows.len() <= 10);
        let chart = player.cumulative_flow(40);
        let done = |counts: &stage::Counts| counts[stage::Stage::Done as usize];
        let known = |counts: &stage::Counts| counts.iter().sum::<u32>();
        prop_assert_eq!(chart.samples.len(), 41);
        prop_assert!(chart.samples.is_sorted_by_key(done) && chart.samples.is_sorted_by_key(known));
        prop_assert!(chart.samples.iter().all(|counts| known(counts) <= chart.most));
        prop_assert_eq!(u64::from(done(&chart.counts)), player.state().delivery().counts().done);
        prop_assert!(chart.gap.is_none_or(|gap| gap.from <= chart.now && unit.contains(&gap.level)));
    }

    #[test]
    fn a_still_is_whole(trace in support::any_trace(), pick in any::<prop::sample::Index>(), tall in any::<bool>()) {
        let timeline = Rc::new(Timeline::new(trace));
        let at = *pick.get(&moments(timeline.trace()));
        let still = svg(&timeline, at, if tall { Form::Tall } else { Form::Wide }, "f");
        prop_assert!(still.starts_with("<svg ") && still.ends_with("</svg>\n"));
        prop_assert!(!still.contains("NaN") && !still.contains("inf\""));
        prop_assert_eq!(still.matches("<text").count(), still.matches("</text>").count());
        prop_assert!(!still.contains("a <note>"), "text is escaped");
    }

    #[test]
    fn playing_comes_to_the_end_and_never_goes_back(trace in support::any_trace(), reduced in any::<bool>()) {
        let timeline = Rc::new(Timeline::new(trace));
        let mut player = Player::new(Rc::clone(&timeline));
        player.set_speed(Speed::showing(timeline.end(), Time::secs(2)));
        player.set_reduced_motion(reduced);
        player.play();
        let mut before = player.now();
        let mut ticks = 0;
        while player.playing() {
            let changed = player.tick(Time::millis(50));
            prop_assert!(player.now() >= before);
            prop_assert!(changed || player.now() == before);
            before = player.now();
            ticks += 1;
            prop_assert!(ticks < 10_000, "it does not end");
        }
        prop_assert_eq!(player.now(), timeline.end());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, rng_seed: RngSeed::Fixed(9), ..ProptestConfig::default() })]

    #[test]
    fn keyframes_change_nothing(trace in support::any_trace_of(700..1400), picks in prop::collection::vec(any::<prop::sample::Index>(), 6)) {
        let timeline = Rc::new(Timeline::new(trace));
        let moments = moments(timeline.trace());
        let (mut jumping, mut walking) = (Player::new(Rc::clone(&timeline)), Player::new(Rc::clone(&timeline)));
        let mut wanted: Vec<Time> = picks.iter().map(|pick| *pick.get(&moments)).collect();
        wanted.sort();
        // Walking folds event by event and never needs a keyframe; jumping goes backwards and always does.
        let mut walked = Vec::new();
        for at in &moments {
            walking.seek(*at);
            walked.extend(wanted.iter().filter(|wanted| *wanted == at).map(|_| picture(&walking)));
        }
        for (at, walked) in wanted.iter().zip(walked).rev() {
            jumping.seek(timeline.end());
            jumping.seek(*at);
            prop_assert_eq!(picture(&jumping), walked);
        }
    }
}
