// SPDX-License-Identifier: MIT OR Apache-2.0
//! An exercise: untouched, being checked, failed, passed.

use grader::{Broken, Hint, Outcome, Points, Runs, Stage, StoryLine, Tried, Verdict};
use insta::assert_snapshot;
use tui::Effect;
use tui::desk::News;

use crate::screen::{LARGE, SMALL, Screen};

const NAME: &str = "resequencer";

fn exercise(size: (u16, u16)) -> Screen {
    let mut screen = Screen::contents(size);
    screen.press("tab tab enter");
    screen
}

fn over(screen: &mut Screen, verdict: Verdict) {
    screen.app.hear_of_check(NAME, News::Over(Box::new(Ok(verdict))));
    screen.draw();
}

fn failed() -> Verdict {
    let line = |at: &str, text: &str| StoryLine { at: at.to_owned(), text: text.to_owned() };
    Verdict {
        broken: Some(Broken {
            promise: "in order".to_owned(),
            part: "safety".to_owned(),
            means: "Of each key, messages are emitted in their order.".to_owned(),
            calm: true,
        }),
        story: vec![
            line(
                "4.00 ms",
                "the resequencer is given 2 (key 0, seq 1) and emits it at once, before it has seen 1",
            ),
            line("12.5 ms", "it is given 1 (key 0, seq 0) and emits it"),
        ],
        address: Some("exam/resequencer?seed=3&at=12.5ms".to_owned()),
        trace_file: Some(".inflight/traces/resequencer.jsonl".to_owned()),
        points: [("safety", 60), ("liveness", 30)]
            .map(|(part, of)| Points { part: part.to_owned(), got: 0, of, why: "a promise broke".to_owned() })
            .to_vec(),
        ..Verdict::new(NAME, Outcome::Failed, "message 1 (key 0, seq 0) is emitted after 2 (key 0, seq 1)")
    }
}

#[test]
fn untouched() {
    let mut screen = exercise(SMALL);
    screen.shows("○ untouched");
    screen.shows("exercises/queues/src/bin/resequencer.rs");
    assert_eq!(screen.press("h"), Effect::Hint(NAME));
    assert_eq!(screen.press("o"), Effect::Edit(NAME));
    screen.press("w");
    screen.shows("There is nothing to watch before a check");
}

#[test]
fn being_checked() {
    let mut screen = exercise(SMALL);
    assert_eq!(screen.press("c"), Effect::Check(NAME));
    screen.shows("building the kit …");
    screen.app.hear_of_check(NAME, News::Stage(Stage::Run));
    screen.draw();
    screen.shows("running the exam …");
    assert_eq!(screen.press("c"), Effect::Redraw, "one check at a time");
    screen.shows("Your file is being checked");
}

#[test]
fn what_broke_is_shown_before_its_story() {
    let mut screen = exercise(LARGE);
    screen.press("c");
    let mut first = failed();
    first.story.clear();
    first.advice = Some("The story follows.".to_owned());
    screen.app.hear_of_check(NAME, News::Stage(Stage::Shorten(Box::new(first))));
    screen.draw();
    screen.shows("✕ failed");
    screen.shows("The story follows.");
    screen.press("c");
    screen.shows("Your file is being checked");
    let whole = failed();
    let end = whole.story.last().expect("it has a story").text.clone();
    over(&mut screen, whole);
    screen.shows(end.split(',').next().unwrap_or(&end));
    assert!(!screen.text().contains("The story follows."));
}

#[test]
fn exercise_failed() {
    let mut screen = exercise(SMALL);
    screen.press("c");
    over(&mut screen, failed());
    let hint = Hint {
        promise: Some("in order".to_owned()),
        level: 1,
        of: 3,
        text: "What is to happen with a message whose key waits for another one?".to_owned(),
    };
    screen.app.hear_hint(NAME, hint);
    screen.draw();
    // Neither the statement below nor how long it is: it may change.
    let text = screen.text();
    let (verdict, _) = text.split_once("Put the messages").expect("the statement is below");
    let verdict: Vec<&str> = verdict.lines().skip(1).collect();
    assert_snapshot!(verdict.join("\n"));
    let watch = Effect::Watch(NAME);
    assert_eq!(screen.press("w"), watch);
}

#[test]
fn a_verdict_has_a_column_of_its_own_where_there_is_room() {
    let mut screen = exercise(LARGE);
    over(&mut screen, failed());
    let first = screen.line(2);
    assert!(first.contains("Put the messages") && first.contains("✕ failed"), "{first}");
}

#[test]
fn passed() {
    let mut screen = exercise(SMALL);
    let tried = |what: &str, count| Tried { what: what.to_owned(), count, required: true };
    let verdict = Verdict {
        runs: Runs { calm: 25, rough: 500, ..Runs::default() },
        tried: vec![tried("crashes before an ack", 212), tried("losses of a disk", 0)],
        points: vec![Points { part: "safety".to_owned(), got: 60, of: 60, why: "held".to_owned() }],
        ..Verdict::new(NAME, Outcome::Passed, "every promise held in 500 runs")
    };
    over(&mut screen, verdict);
    screen.shows("● passed: every promise held in 500 runs");
    screen.shows("Tried: 25 runs without faults, 500 with");
    screen.shows("212  crashes before an ack");
    screen.shows("Never reached: losses of a disk.");
    screen.shows("60 of 60 points");
    screen.press("esc");
    screen.shows("passed");
}

#[test]
fn what_the_compiler_says_keeps_its_columns() {
    let mut screen = exercise(SMALL);
    let detail =
        "error[E0308]: mismatched types\n --> src/bin/resequencer.rs:9:5\n  |\n9 |\tlet a: u8 = \"\";\n";
    let verdict = Verdict {
        detail: Some(detail.to_owned()),
        ..Verdict::new(NAME, Outcome::DidNotCompile, "the compiler refuses your file")
    };
    over(&mut screen, verdict);
    screen.shows("✕ did not compile: the compiler refuses your file");
    screen.shows("  9 | let a: u8");
}

#[test]
fn a_check_that_cannot_be_made_says_why() {
    let mut screen = exercise(SMALL);
    let problem = "cargo is not found\n\nis it on the path?".to_owned();
    screen.app.hear_of_check(NAME, News::Over(Box::new(Err(problem))));
    screen.draw();
    screen.shows("Your file could not be checked.");
    screen.shows("is it on the path?");
}

#[test]
fn a_saved_file_is_checked_in_place_of_the_text_before_it() {
    let mut screen = exercise(SMALL);
    assert_eq!(screen.app.exercise(), Some(NAME));
    assert_eq!(screen.app.saved(), Effect::Check(NAME));
    // While that goes on it is saved again.
    assert_eq!(screen.app.saved(), Effect::Check(NAME));
    screen.draw();
    screen.shows("building the kit …");
    screen.press("esc");
    assert_eq!(screen.app.exercise(), None);
    assert_eq!(screen.app.saved(), Effect::None);
}

#[test]
fn the_stub_comes_back_when_it_is_asked_for_twice() {
    let mut screen = exercise(SMALL);
    screen.press("x");
    screen.shows("x once more");
    screen.press("down");
    screen.press("x");
    screen.shows("x once more");
    assert_eq!(screen.press("x"), Effect::Reset(NAME));
}

#[test]
fn n_leads_to_the_next_exercise_that_is_not_passed() {
    let mut screen = exercise(SMALL);
    let next = grader::watch::next_exercise(course::find_exercise(NAME), screen.app.progress());
    screen.press("n");
    assert_eq!(screen.app.exercise(), next.map(|next| next.name));
    assert_ne!(screen.app.exercise(), Some(NAME));
}

#[test]
fn what_the_compiler_says_has_its_colours_and_no_escape_sequences() {
    let mut screen = exercise(SMALL);
    let mut verdict = Verdict::new(NAME, Outcome::DidNotCompile, "the compiler refused the file");
    verdict.detail = Some("\u{1b}[1m\u{1b}[91merror\u{1b}[0m: expected `;`\n".to_owned());
    over(&mut screen, verdict);
    screen.shows("error: expected `;`");
    assert!(!screen.text().contains("[91m"));
}
