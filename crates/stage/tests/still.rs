// SPDX-License-Identifier: MIT OR Apache-2.0
//! The still: compared with the one that was looked at, and what makes it accessible.

#[path = "support/traces.rs"]
mod support;

use std::path::Path;

use stage::{Form, Layout, Player, flow_svg, space_time_svg, svg};
use support::{C1, C2, P1, QUEUE, ms, told_timeline};

#[test]
fn the_still_is_the_one_that_was_looked_at() {
    let still = svg(&told_timeline(), ms(265), Form::Wide, "still");
    let known = include_str!("told.svg");
    if still != known {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("told.svg");
        std::fs::write(&path, &still).expect("the target folder can be written to");
        panic!(
            "the still differs from tests/told.svg; look at {} and copy it if it is right",
            path.display()
        );
    }
}

#[test]
fn the_still_says_in_words_what_it_shows() {
    let still = svg(&told_timeline(), ms(155), Form::Wide, "figure-1");
    assert!(still.contains("role=\"img\""));
    assert!(still.contains("aria-labelledby=\"figure-1-title figure-1-desc\""));
    assert!(still.contains("<title id=\"figure-1-title\">order/told, seed 7</title>"));
    assert!(still.contains(
        "<desc id=\"figure-1-desc\">At 155 ms of 500 ms: c1 finishes 3 while c2 still holds 2: 2 is \
         overtaken. sent 5, done 2, lost 0, twice 0, overtaken 1 (33 %), largest jump 1, in flight 2, depth 2.</desc>"
    ));
}

#[test]
fn colours_are_variables_that_a_page_may_set() {
    let still = svg(&told_timeline(), ms(155), Form::Wide, "f");
    assert!(still.contains("var(--overtaken,#9C5D00)"));
    for place in ["fill=\"#", "stroke=\"#", "style=\"fill"] {
        assert!(!still.contains(place), "{place}");
    }
}

#[test]
fn nodes_do_not_overlap_and_lie_on_the_plane() {
    for form in [Form::Wide, Form::Tall] {
        let layout = Layout::new(&told_timeline(), form);
        let rects: Vec<_> = layout.places.iter().map(|place| place.rect).collect();
        for (n, a) in rects.iter().enumerate() {
            assert!(
                a.x >= 0.0 && a.y >= 0.0 && a.x + a.w <= layout.width && a.y + a.h <= layout.height,
                "{form:?} {a:?}"
            );
            for b in &rects[n + 1..] {
                let apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
                assert!(apart, "{form:?}: {a:?} and {b:?} overlap");
            }
        }
    }
}

#[test]
fn packets_of_both_directions_pass_each_other() {
    let layout = Layout::new(&told_timeline(), Form::Wide);
    let (there, back) = (layout.on_the_way(QUEUE, C1, 0.25), layout.on_the_way(C1, QUEUE, 0.75));
    let (there, back) = (there.expect("they talk"), back.expect("they talk"));
    let distance = ((there.x - back.x).powi(2) + (there.y - back.y).powi(2)).sqrt();
    assert!((distance - Layout::APART).abs() < 0.01, "{there:?} {back:?}");
    assert!(there.y < back.y, "what goes right is above");
    assert_eq!(layout.on_the_way(P1, C2, 0.5), None, "they never talk");
}

#[test]
fn what_does_not_fit_is_counted() {
    let layout = Layout::new(&told_timeline(), Form::Wide);
    let grid = layout.place(QUEUE).expect("the queue has a place").waiting;
    let room = grid.len();
    assert!(room >= 6, "a queue shows some messages: {grid:?}");
    assert_eq!(grid.fit(room), (room, 0));
    assert_eq!(grid.fit(room + 1), (room - 1, 2));
    assert!(grid.at(room - 1).is_some() && grid.at(room).is_none());
}

#[test]
fn charts_have_stills_that_say_what_they_show() {
    let mut player = Player::new(told_timeline());
    player.seek(ms(150));
    let flow = flow_svg(&player, 600.0, "f");
    assert!(flow.contains("<desc id=\"f-desc\">2 done, 1 in work, 2 waiting; it runs 130 ms behind</desc>"));
    assert_eq!(flow.matches(">waiting</text>").count(), 1);
    let diagram = space_time_svg(&player, 600.0, "d");
    assert!(diagram.contains("<title>c1 is down</title>"), "a crash is told in words");
    assert_eq!(diagram.matches(">✕</text>").count(), 1, "one ack is lost");
    for still in [flow, diagram] {
        assert!(still.starts_with("<svg ") && still.ends_with("</svg>\n") && !still.contains("NaN"));
        assert_eq!(still.matches("<text").count(), still.matches("</text>").count());
    }
}
