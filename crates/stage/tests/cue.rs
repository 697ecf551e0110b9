// SPDX-License-Identifier: MIT OR Apache-2.0
//! What captions wait for, on a run told by hand.

#[path = "support/traces.rs"]
mod support;

use std::rc::Rc;

use stage::{Cue, Player};
use support::told_timeline;
use trace::{MessageId, Time, What};

fn first(cue: &str) -> Option<Time> {
    Cue::parse(cue).expect(cue).first(&told_timeline())
}

/// The moment of the nth of the events that fit.
fn nth(n: usize, fits: fn(&What) -> bool) -> Option<Time> {
    let timeline = told_timeline();
    timeline.trace().events.iter().filter(|event| fits(&event.what)).nth(n).map(|event| event.at)
}

#[test]
fn events_are_counted_and_told_apart_by_their_message() {
    let applied = |what: &What| matches!(what, What::Applied { .. });
    assert_eq!(first("applied"), nth(0, applied));
    assert_eq!(first("applied 2"), nth(1, applied));
    let of_two = |what: &What| matches!(what, What::Started { message: MessageId(2), .. });
    assert!(first("started #2").is_some());
    assert_eq!(first("started #2"), nth(0, of_two));
    assert_eq!(first("applied 99"), None);
    assert_eq!(first("applied #99"), None);
    assert_eq!(first("vanished"), None);
}

#[test]
fn counters_are_reached_once_they_are_so_high() {
    let timeline = told_timeline();
    for (cue, least) in [("done 2", 2), ("in-flight 2", 2), ("sent 3", 3)] {
        let at = first(cue).expect(cue);
        let mut player = Player::new(Rc::clone(&timeline));
        let mut value = |at| {
            player.seek(at);
            let rows = player.scene().counters.rows();
            rows.iter().find(|row| cue.starts_with(&row.label.replace(' ', "-"))).expect(cue).value
        };
        assert!(value(at) >= least, "{cue}");
        let before = timeline.steps().iter().copied().rfind(|step| *step < at);
        assert!(before.is_none_or(|before| value(before) < least), "{cue}");
    }
}

#[test]
fn what_is_no_cue_is_refused_with_what_would_be() {
    for wrong in ["", "overtaken three", "overtaken 0", "applied #", "applied # 3", "in flight 2", "lost -1"]
    {
        let said = Cue::parse(wrong).expect_err(wrong);
        assert!(said.contains("`overtaken 3`"), "{said}");
    }
}
