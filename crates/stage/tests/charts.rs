// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is drawn beside the figure: slope graph, space–time diagram, curves, theory, timeline.

#[path = "support/traces.rs"]
mod support;

use std::rc::Rc;

use stage::{Fluid, Measure, Player, Prediction, Stage, Theory, Timeline, Tone};
use support::{C1, Teller, ms, told_timeline};
use trace::Time;

fn player(at: u64) -> Player {
    let mut player = Player::new(told_timeline());
    player.seek(ms(at));
    player
}

#[test]
fn the_slope_crosses_once_for_each_inversion() {
    let player = player(500);
    let slope = player.slope(10);
    let rows: Vec<_> = slope.rows.iter().map(|row| (row.token.message.0, row.left, row.right)).collect();
    assert_eq!(rows, [(1, 0, Some(0)), (2, 1, Some(2)), (3, 2, Some(1)), (4, 3, Some(4)), (5, 4, Some(3))]);
    assert_eq!(slope.crossings, 2);
    let last = player.slope(2);
    assert_eq!(
        last.rows.iter().map(|row| (row.rank_in, row.right)).collect::<Vec<_>>(),
        [(3, Some(1)), (4, Some(0))]
    );
}

#[test]
fn the_slope_goes_up_to_what_reached_a_consumer() {
    let player = player(85);
    let rows: Vec<_> = player.slope(10).rows.iter().map(|row| (row.token.message.0, row.right)).collect();
    assert_eq!(rows, [(1, Some(0)), (2, None)], "3, 4 and 5 still wait");
}

#[test]
fn space_and_time_have_a_lane_for_each_node() {
    let player = player(155);
    let diagram = player.space_time(ms(400));
    assert_eq!((diagram.from, diagram.lanes.len()), (Time::ZERO, 4));
    let deliver =
        diagram.packets.iter().find(|p| p.kind.as_str() == "deliver").expect("1 is handed out at 20");
    assert_eq!((deliver.from_lane, deliver.to_lane), (1, 2));
    assert!((deliver.from - 0.05).abs() < 1e-6 && (deliver.to - 0.075).abs() < 1e-6);
    let cut: Vec<u64> = diagram.works.iter().filter(|w| w.cut_short).map(|w| w.token.message.0).collect();
    assert_eq!(cut, [4]);
    assert_eq!(
        diagram.downs.iter().map(|d| (d.lane, d.label.as_str())).collect::<Vec<_>>(),
        [(2, "c1 is down")]
    );
    let ack = diagram.packets.iter().find(|p| p.lost).expect("an ack is lost");
    assert_eq!((ack.tone, ack.reach), (Tone::Lost, 1.0));
    assert!(
        diagram.ticks.iter().all(|(x, at)| (0.0..=1.0).contains(x) && at.0 % ms(50).0 == 0),
        "{:?}",
        diagram.ticks
    );
}

#[test]
fn the_chart_counts_where_messages_are() {
    let player = player(150);
    let chart = player.cumulative_flow(10);
    // At 150 ms 1 and 3 are done, 2 is in work, 4 and 5 wait.
    assert_eq!((chart.most, chart.counts), (5, [2, 1, 2, 0]));
    assert_eq!(chart.samples.first().zip(chart.samples.last()), Some((&[0; 4], &[5, 0, 0, 0])));
    assert_eq!(chart.edge(&chart.counts, Stage::Done), 0.4);
    assert_eq!(chart.edge(&chart.counts, Stage::Shed), 1.0);
    // The second came at 20.
    assert_eq!(chart.words(), "2 done, 1 in work, 2 waiting; it runs 130 ms behind");
    assert_eq!(chart.rungs.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
}

#[test]
fn what_is_turned_away_lies_on_top_and_theory_is_a_broken_line() {
    let mut teller = Teller::new();
    teller.publish(ms(0), 1);
    teller.refuse(ms(20), 2);
    let mut player = Player::new(Rc::new(Timeline::new(teller.trace(ms(100)))));
    let (came, done) = (vec![(ms(50), 2.0)], vec![(ms(60), 1.0)]);
    player.set_theory(Vec::new(), Fluid { bound: Some(3), came, done });
    player.seek(ms(100));
    let chart = player.cumulative_flow(10);
    assert_eq!((chart.counts, chart.gap, chart.bound), ([0, 0, 1, 1], None, Some(3)));
    assert_eq!(chart.words(), "0 done, 0 in work, 1 waiting, 1 shed");
    assert_eq!(chart.fluid, [[(0.5, 1.0)], [(0.6, 0.5)]]);
}

#[test]
fn theory_stands_beside_what_the_run_shows() {
    let mut player = player(500);
    let theory = |measure, predicted| Theory {
        label: "share overtaken".to_owned(),
        predicted,
        measure,
        condition: "when work takes exponential time".to_owned(),
    };
    player.set_theory(
        vec![
            theory(Measure::OvertakenShare, Prediction::Value(0.375)),
            theory(Measure::LargestDisplacement, Prediction::Text("no bound".to_owned())),
            theory(Measure::MeanSojourn, Prediction::Value(0.1)),
            theory(Measure::Utilisation, Prediction::Value(0.5)),
            theory(Measure::MeanDepth, Prediction::Value(0.5)),
        ],
        Fluid::default(),
    );
    let rows = player.scene().theory;
    let texts: Vec<(&str, &str)> =
        rows.iter().map(|r| (r.predicted.as_str(), r.simulated.as_str())).collect();
    // Sojourn: 80, 190, 130, 370, 220 ms. Work on c1: 50 + 50 + 20 + 30, on c2: 160 + 40 + 30 of 500 each.
    // Depth: 3 from 30 to 90 less what had not come, 4 and 5 after that.
    assert_eq!(texts[0], ("38 %", "40 %"));
    assert_eq!(texts[1], ("no bound", "1"));
    assert_eq!(texts[2], ("100 ms", "198 ms"));
    assert_eq!(texts[3], ("50 %", "38 %"));
    assert_eq!(player.measure(Measure::ArrivalRate), Some(10.0));
    player.seek(ms(10));
    assert_eq!(player.scene().theory[0].simulated, "–");
}

#[test]
fn mean_depth_is_the_integral_of_what_waits() {
    let mut teller = Teller::new();
    teller.publish(ms(0), 1);
    teller.publish(ms(20), 2);
    teller.hand(ms(60), C1, 1, 1);
    let mut player = Player::new(Rc::new(Timeline::new(teller.trace(ms(100)))));
    player.seek(ms(100));
    // One from 10 to 30, two from 30 to 60, one from 60 to 100: 20 + 60 + 40 = 120 message·ms in 100 ms.
    assert_eq!(player.measure(Measure::MeanDepth), Some(1.2));
    // Between events what goes on is counted up to the playhead: 20 + 20.
    player.seek(ms(40));
    assert_eq!(player.measure(Measure::MeanDepth), Some(1.0));
    // Started at 70, stored at 10.
    player.seek(ms(80));
    assert_eq!(player.measure(Measure::MeanWait), Some(0.06));
}

#[test]
fn marks_and_bands_tell_when_and_what() {
    let timeline = told_timeline();
    let marks: Vec<(u64, char, &str)> =
        timeline.marks().iter().map(|m| (m.at.0 / 1_000_000, m.glyph, m.label.as_str())).collect();
    assert_eq!(
        marks,
        [
            (150, '▲', "the first message is overtaken"),
            (190, '⚡', "c1 crashes"),
            (300, '⚡', "c1 restarts"),
            (450, '◆', "the first message takes effect twice"),
        ]
    );
    let band = &timeline.bands()[0];
    assert_eq!((band.from, band.to, band.from_fraction, band.to_fraction), (ms(190), ms(300), 0.38, 0.6));
}

/// A queue that drops its oldest is not behind with what it will never do.
#[test]
fn what_is_dropped_later_does_not_count_as_behind() {
    let mut teller = Teller::new();
    teller.publish(ms(0), 1);
    teller.publish(ms(100), 2);
    teller.drop_oldest(ms(120), 1);
    teller.hand(ms(130), C1, 2, 1);
    teller.finish(ms(150), C1, 2, 1);
    let mut player = Player::new(Rc::new(Timeline::new(teller.trace(ms(200)))));
    player.seek(ms(200));
    assert_eq!(
        player.cumulative_flow(10).words(),
        "1 done, 0 in work, 0 waiting, 1 shed; it runs 40.0 ms behind"
    );
}

/// What was dropped and comes again counts from its second coming, once.
#[test]
fn what_is_dropped_and_comes_again_comes_once() {
    let mut teller = Teller::new();
    teller.publish(ms(0), 1);
    teller.drop_oldest(ms(20), 1);
    teller.publish(ms(40), 1);
    teller.publish(ms(60), 2);
    teller.hand(ms(90), C1, 1, 1);
    teller.finish(ms(100), C1, 1, 1);
    teller.hand(ms(110), C1, 2, 1);
    teller.finish(ms(130), C1, 2, 1);
    let mut player = Player::new(Rc::new(Timeline::new(teller.trace(ms(200)))));
    let mut span = |at| {
        player.seek(ms(at));
        player.cumulative_flow(10).gap.map(|gap| gap.span)
    };
    // A publish takes 10 ms, and so does a delivery.
    assert_eq!((span(100), span(200)), (Some(ms(50)), Some(ms(60))));
}
