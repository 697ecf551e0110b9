// SPDX-License-Identifier: MIT OR Apache-2.0
//! What people read of each of the seven outcomes. After a change that is meant: `INSTA_UPDATE=always cargo test -p kit`.

use kit::report::report;
use kit::verdict::{Broken, Outcome, Points, Runs, StoryLine, Tried, Verdict};

fn verdict(outcome: Outcome, sentence: &str) -> Verdict {
    Verdict::new("resequencer", outcome, sentence)
}

fn points(part: &str, got: u32, of: u32, why: &str) -> Points {
    Points { part: part.to_owned(), got, of, why: why.to_owned() }
}

fn tried(count: u64, what: &str) -> Tried {
    Tried { what: what.to_owned(), count, required: true }
}

fn line(at: &str, text: &str) -> StoryLine {
    StoryLine { at: at.to_owned(), text: text.to_owned() }
}

#[test]
fn passed() {
    let mut verdict = verdict(Outcome::Passed, "every promise held in 500 runs with faults");
    verdict.runs = Runs { first_seed: 1, calm: 25, rough: 500, ..Runs::default() };
    verdict.tried =
        vec![tried(333, "crashes of the process"), tried(4_956, "early messages"), tried(0, "pauses")];
    verdict.points = vec![
        points("safety", 60, 60, "held in 525 runs"),
        points("liveness", 30, 30, "held in 525 runs"),
        points("cost", 0, 10, "without faults: 2.87 hand-outs a message, limit 2.00"),
    ];
    insta::assert_snapshot!(report(&verdict));
}

#[test]
fn failed() {
    let mut verdict =
        verdict(Outcome::Failed, "message 2 (key 0, seq 1) is emitted although message 1 was not");
    verdict.broken = Some(Broken {
        promise: "no-gap".to_owned(),
        part: "safety".to_owned(),
        means: "No message is skipped unless the queue has put it aside.".to_owned(),
        calm: true,
    });
    verdict.story = vec![
        line("12.0 ms", "the delivery of message 1 (key 0, seq 0) is lost"),
        line("", "… 8 steps more …"),
        line("1.07 s", "so no-gap is broken: message 2 is emitted although message 1 was not"),
    ];
    verdict.address = Some("exam/resequencer?seed=3&messages=2&at=1.07s".to_owned());
    verdict.seed = Some(3);
    verdict.points = vec![points("safety", 0, 60, "no-gap broke"), points("liveness", 0, 30, "no-gap broke")];
    insta::assert_snapshot!(report(&verdict));
}

#[test]
fn unknown() {
    let mut verdict = verdict(Outcome::Unknown, "no promise broke in 10 runs; it takes 500 to pass");
    verdict.runs = Runs { first_seed: 37, calm: 3, rough: 10, ..Runs::default() };
    verdict.tried = vec![tried(2, "crashes of the process"), tried(0, "acks lost")];
    verdict.advice = Some("Allow more runs: --runs 500.".to_owned());
    verdict.points = vec![points("safety", 0, 60, "too little was tried")];
    insta::assert_snapshot!(report(&verdict));
}

#[test]
fn not_deterministic() {
    let mut verdict = verdict(Outcome::NotDeterministic, "the same run gave two different traces");
    verdict.address = Some("exam/resequencer?seed=90&messages=20".to_owned());
    verdict.seed = Some(90);
    verdict.advice = Some("A run that cannot be repeated cannot be replayed or shrunk.".to_owned());
    insta::assert_snapshot!(report(&verdict));
}

#[test]
fn did_not_compile() {
    let mut verdict = verdict(Outcome::DidNotCompile, "the compiler refused the file; its message is below");
    verdict.detail =
        Some("error[E0308]: mismatched types\n --> exercises/queues/src/bin/resequencer.rs:3:1\n".to_owned());
    insta::assert_snapshot!(report(&verdict));
}

#[test]
fn timed_out() {
    let mut verdict = verdict(Outcome::TimedOut, "on(message of key 0, seq 15) did not come back within 2 s");
    verdict.seed = Some(3);
    verdict.advice =
        Some("Look for a loop in this handler that does not end. The run is of seed 3.".to_owned());
    insta::assert_snapshot!(report(&verdict));
}

#[test]
fn crashed() {
    let mut verdict =
        verdict(Outcome::Crashed, "on(message of key 0, seq 0) panics: attempt to subtract with overflow");
    verdict.broken = Some(Broken {
        promise: "no-panic".to_owned(),
        part: "safety".to_owned(),
        means: "The code does not panic.".to_owned(),
        calm: false,
    });
    verdict.story = vec![line("27.5 ms", "the resequencer is given 1 again")];
    verdict.detail = Some("panicked at resequencer.rs:54:40:\nattempt to subtract with overflow".to_owned());
    verdict.address = Some("exam/resequencer?seed=1&messages=1&at=27.52668ms".to_owned());
    verdict.seed = Some(1);
    insta::assert_snapshot!(report(&verdict));
}
