// SPDX-License-Identifier: MIT OR Apache-2.0
//! One grade, with all that it takes to make it again.

use kit::verdict::{Outcome, Verdict};
use serde::Serialize;

use super::gather::{self, Submission};
use super::ledger::Graded;
use crate::check::Options;

/// The grade of one answer. Numbers of 64 bits travel as strings, as in verdicts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Whose answer.
    pub learner: String,
    /// To what.
    pub exercise: String,
    /// In which file.
    pub file: String,
    /// What came out; none where it could not be graded.
    pub outcome: Option<Outcome>,
    /// Points by part.
    pub points: Vec<PartPoints>,
    /// What came out, in a sentence.
    pub sentence: String,
    /// Why points are missing; empty when none are.
    pub reason: String,
    /// The promise that broke.
    pub promise: Option<String>,
    /// The address of the run that shows it: `cargo course check <exercise> --address '<address>'`.
    pub address: Option<String>,
    /// SHA-256 of the file.
    pub source_sha256: String,
    /// The first seed, the same for all.
    pub first_seed: String,
    /// How many runs with faults were asked for; none where it was left to the exam.
    pub runs_asked: Option<String>,
    /// Runs without faults.
    pub calm_runs: String,
    /// Runs with faults.
    pub rough_runs: String,
    /// The version of the kit that examined.
    pub kit: String,
    /// The version of the course that graded.
    pub course: String,
    /// How long it took, in milliseconds.
    pub ms: u64,
}

/// The points of one part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartPoints {
    /// `safety`, `liveness` or `cost`.
    pub part: String,
    /// What the answer gets.
    pub got: u32,
    /// What it could get.
    pub of: u32,
}

impl Row {
    pub(super) fn graded(submission: &Submission, graded: &Graded, asked: &Options) -> Row {
        let Graded { verdict, ms } = graded;
        Row {
            outcome: Some(verdict.outcome),
            points: points(submission, verdict),
            sentence: sentence(verdict),
            reason: reason(submission, verdict),
            promise: verdict.promise().map(str::to_owned),
            address: verdict.address.clone(),
            calm_runs: verdict.runs.calm.to_string(),
            rough_runs: verdict.runs.rough.to_string(),
            kit: verdict.kit.clone(),
            ms: *ms,
            ..Row::not_graded(submission, "", asked)
        }
    }

    pub(super) fn not_graded(submission: &Submission, why: &str, asked: &Options) -> Row {
        let none = Verdict::new(submission.exercise.name, Outcome::Unknown, "");
        Row {
            learner: submission.learner.clone(),
            exercise: submission.exercise.name.to_owned(),
            file: submission.file.clone(),
            outcome: None,
            points: points(submission, &none),
            sentence: why.lines().next().unwrap_or_default().to_owned(),
            reason: "it could not be graded".to_owned(),
            promise: None,
            address: None,
            source_sha256: submission.sha256.clone(),
            first_seed: asked.seed.unwrap_or_default().to_string(),
            runs_asked: asked.runs.map(|runs| runs.to_string()),
            calm_runs: "0".to_owned(),
            rough_runs: "0".to_owned(),
            kit: none.kit,
            course: env!("CARGO_PKG_VERSION").to_owned(),
            ms: 0,
        }
    }

    /// Points got, and points there are.
    pub fn total(&self) -> (u32, u32) {
        self.points.iter().fold((0, 0), |(got, of), part| (got + part.got, of + part.of))
    }

    /// What came out, in words.
    pub fn outcome_words(&self) -> &'static str {
        self.outcome.map_or("not graded", Outcome::words)
    }
}

/// The points of a verdict. Where nothing was run it names none, and the answer gets none of what there are.
fn points(submission: &Submission, verdict: &Verdict) -> Vec<PartPoints> {
    if verdict.points.is_empty() {
        let parts = submission.exercise.parts.iter();
        return parts
            .map(|part| PartPoints { part: part.name.to_owned(), got: 0, of: part.points })
            .collect();
    }
    let part = |points: &kit::verdict::Points| PartPoints {
        part: points.part.clone(),
        got: points.got,
        of: points.of,
    };
    verdict.points.iter().map(part).collect()
}

/// The verdict's sentence. What the compiler says is not below, but its first error fits.
fn sentence(verdict: &Verdict) -> String {
    let error = verdict.detail.as_deref().unwrap_or_default().lines().find(|line| line.starts_with("error"));
    match (verdict.outcome, error) {
        (Outcome::DidNotCompile, Some(error)) => format!("the compiler refused the file: {error}"),
        _ => verdict.sentence.clone(),
    }
}

fn reason(submission: &Submission, verdict: &Verdict) -> String {
    if submission.sha256 == gather::sha256(submission.exercise.stub.as_bytes()) {
        return "the file is as it was handed out".to_owned();
    }
    let missing = verdict.points.iter().filter(|points| points.got < points.of);
    let said: Vec<String> = missing.map(|points| format!("{}: {}", points.part, points.why)).collect();
    match (said.is_empty(), verdict.outcome) {
        (false, _) | (true, Outcome::Passed) => said.join("; "),
        (true, outcome) => format!("it {}", ended(outcome)),
    }
}

/// As a sentence about an answer ends.
const fn ended(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::Unknown => "was not tried enough",
        Outcome::NotDeterministic => "is not deterministic",
        Outcome::DidNotCompile => "did not compile",
        Outcome::TimedOut => "timed out",
        Outcome::Crashed => "crashed",
    }
}
