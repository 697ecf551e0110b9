// SPDX-License-Identifier: MIT OR Apache-2.0
use kit::verdict::Outcome;

use super::*;

fn over(number: u64, trace: bool) -> Event {
    let mut verdict = Verdict::new("resequencer", Outcome::Failed, "it broke");
    verdict.trace_file = trace.then(|| "a.jsonl".to_owned());
    Event::Over(number, Box::new(Ok(verdict)))
}

fn begun() -> Loop {
    let mut state = Loop::at(&exercises()[0]);
    assert_eq!(state.begin(), [Do::Begin, Do::Check(1)]);
    state
}

fn hear(state: &mut Loop, event: Event) -> Vec<Do> {
    state.hear(event, &Progress::default())
}

fn says(done: &[Do], words: &str) -> bool {
    matches!(done, [Do::Say(said)] if said.contains(words))
}

#[test]
fn a_save_during_a_check_ends_it_and_begins_another() {
    let mut state = begun();
    assert_eq!(hear(&mut state, Event::File(Change::Saved)), [Do::Stop, Do::Check(2)]);
    assert_eq!(hear(&mut state, over(1, false)), [], "of the check that was ended");
    assert_eq!(hear(&mut state, Event::Stage(1, Stage::Run)), []);
    assert_eq!(hear(&mut state, Event::Stage(2, Stage::Run)), [Do::ShowStage(Stage::Run)]);
    assert!(matches!(hear(&mut state, over(2, false))[..], [Do::ShowVerdict(_)]));
    assert!(!state.is_checking());
}

#[test]
fn a_run_can_be_watched_once_there_is_one() {
    let mut state = begun();
    assert!(says(&hear(&mut state, Event::Key('w')), "being checked"));
    hear(&mut state, over(1, false));
    assert!(says(&hear(&mut state, Event::Key('w')), "no run"));
    assert_eq!(hear(&mut state, Event::Key('c')), [Do::Check(2)]);
    hear(&mut state, over(2, true));
    assert_eq!(hear(&mut state, Event::Key('w')), [Do::Watch]);
    hear(&mut state, Event::File(Change::Saved));
    assert!(says(&hear(&mut state, Event::Key('w')), "being checked"), "the run is of an older text");
}

#[test]
fn a_reset_is_asked_for_twice() {
    let mut state = begun();
    hear(&mut state, over(1, false));
    assert!(says(&hear(&mut state, Event::Key('x')), "once more"));
    assert!(says(&hear(&mut state, Event::Key('h')), "stays as it is"));
    assert_eq!(hear(&mut state, Event::Key('h')), [Do::Hint]);
    hear(&mut state, Event::Key('x'));
    assert_eq!(hear(&mut state, Event::Key('x')), [Do::Reset]);
    hear(&mut state, Event::Key('x'));
    assert_eq!(hear(&mut state, Event::Key('q')), [Do::Quit]);
}

#[test]
fn a_file_that_is_gone_ends_the_check_and_not_the_loop() {
    let mut state = begun();
    let done = hear(&mut state, Event::File(Change::Gone));
    assert_eq!(done[0], Do::Stop);
    assert!(says(&done[1..], "is gone"));
    assert_eq!(hear(&mut state, Event::File(Change::Saved)), [Do::Check(2)]);
}

#[test]
fn next_is_what_is_not_passed() {
    let mut state = begun();
    let mut progress = Progress::default();
    progress.standings.insert(exercises()[1].name.to_owned(), Standing::Passed);
    let done = state.hear(Event::Key('n'), &progress);
    assert_eq!(done, [Do::Stop, Do::Begin, Do::Check(2)]);
    assert_eq!(state.exercise().name, exercises()[2].name);
    for exercise in exercises() {
        progress.standings.insert(exercise.name.to_owned(), Standing::Passed);
    }
    assert!(says(&state.hear(Event::Key('n'), &progress), "Every exercise is passed"));
    assert!(next_exercise(None, &progress).is_none());
    progress.standings.remove(exercises()[0].name);
    assert_eq!(
        next_exercise(Some(state.exercise()), &progress).map(|next| next.name),
        Some(exercises()[0].name)
    );
}
