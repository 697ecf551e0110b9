// SPDX-License-Identifier: MIT OR Apache-2.0
//! The course's own check: stubs fail, solutions and other correct shapes pass, wrong answers are rejected for the
//! reason they are named after.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use course::{Exercise, exercises};
use kit::verdict::{Outcome, Verdict};
use serde_json::{Value, json};

use crate::check::{Answer, Options, belongs, examine};
use crate::in_order::{cores, in_order};
use crate::{Compiler, Workspace};

/// What an answer is there for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What the learner begins with: compiles, and fails.
    Stub,
    /// The reference answer: passes, with all points, and is lint-clean.
    Solution,
    /// Another correct shape: passes, without a warning.
    Right,
    /// A named mistake: must come out as it says of itself.
    Wrong(Mistake),
}

/// What a wrong answer says of itself at its head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// `//! Breaks: <promise>`.
    Breaks(String),
    /// `//! Comes out as: <outcome in words>`.
    ComesOutAs(String),
    /// Nothing: it must.
    Silent,
}

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Line {
    /// The exercise.
    pub exercise: &'static str,
    /// The answer's name: its file's.
    pub answer: String,
    /// What it is there for.
    pub kind: Kind,
    /// Whether it is what it should be.
    pub good: bool,
    /// What it is, in a few words.
    pub what: String,
    /// How many runs it took to reject it, for a wrong answer that was.
    pub runs_needed: Option<u64>,
    /// What compiling it, examining it and shrinking took, with as many others at the same time as there are cores.
    pub took: Duration,
}

impl Line {
    /// As a JSON object.
    pub fn json(&self) -> Value {
        json!({
            "exercise": self.exercise,
            "answer": self.answer,
            "kind": self.kind.word(),
            "good": self.good,
            "what": self.what,
            "runs_needed": self.runs_needed,
            "took_ms": self.took.as_millis() as u64,
        })
    }
}

/// Checks everything, or all of one exercise; `each` hears of every line as soon as it is known.
///
/// # Errors
/// When files cannot be read or the compiler cannot be started.
pub fn verify(
    workspace: &Workspace,
    only: Option<&Exercise>,
    each: &mut dyn FnMut(&Line),
) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for exercise in exercises().iter().filter(|known| only.is_none_or(|only| only.name == known.name)) {
        let compiler = Compiler::for_package(workspace, exercise.package)?;
        let mut stories = Stories::default();
        let work = |(kind, source): &(Kind, PathBuf)| {
            let begun = Instant::now();
            (verdict(workspace, &compiler, exercise, kind, source), begun.elapsed())
        };
        in_order(&answers(workspace, exercise)?, cores(), work, |(kind, source), (verdict, took)| {
            let line = Line { took, ..line(workspace, exercise, kind, source, &verdict?, &mut stories)? };
            each(&line);
            lines.push(line);
            anyhow::Ok(())
        })?;
    }
    Ok(lines)
}

fn answers(workspace: &Workspace, exercise: &Exercise) -> Result<Vec<(Kind, PathBuf)>> {
    let mut all =
        vec![(Kind::Stub, workspace.stub(exercise)), (Kind::Solution, workspace.solution(exercise))];
    all.extend(workspace.answers(exercise, "right")?.into_iter().map(|source| (Kind::Right, source)));
    for source in workspace.answers(exercise, "wrong")? {
        let text =
            fs::read_to_string(&source).with_context(|| format!("cannot read {}", source.display()))?;
        all.push((Kind::Wrong(mistake(&text)), source));
    }
    Ok(all)
}

fn mistake(text: &str) -> Mistake {
    let says = |word: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix("//! ")?.strip_prefix(word))
            .map(|rest| rest.trim().to_owned())
    };
    let breaks = says("Breaks: ").map(Mistake::Breaks);
    breaks.or_else(|| says("Comes out as: ").map(Mistake::ComesOutAs)).unwrap_or(Mistake::Silent)
}

/// The exam of one answer.
fn verdict(
    workspace: &Workspace,
    compiler: &Compiler,
    exercise: &Exercise,
    kind: &Kind,
    source: &Path,
) -> Result<Verdict> {
    let place = |extension: &str| {
        workspace.own(&format!("verify/{}/{}-{}.{extension}", exercise.name, kind.word(), stem(source)))
    };
    let (trace, output) = (place("jsonl")?, place("txt")?);
    // What the course shows as an example compiles without a warning.
    let strict = matches!(kind, Kind::Solution | Kind::Right);
    let answer = Answer { exercise, source, first: &[], trace: &trace, output: &output, strict };
    // What passes must stand all that can be tried; what is wrong must be found by what a learner waits for.
    let options = Options { thorough: strict, ..Options::default() };
    examine(workspace, compiler, &answer, &options, &mut |_| {})
}

fn stem(source: &Path) -> String {
    source.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Whether a verdict is what it should be.
fn line(
    workspace: &Workspace,
    exercise: &'static Exercise,
    kind: &Kind,
    source: &Path,
    verdict: &Verdict,
    stories: &mut Stories,
) -> Result<Line> {
    let answer = stem(source);
    let (good, what) = match kind {
        Kind::Stub => stub_is(workspace, exercise, verdict),
        Kind::Solution => solution_is(workspace, exercise, verdict)?,
        Kind::Right => passes(verdict),
        Kind::Wrong(Mistake::Breaks(promise)) if !exercise.hinted_promises().any(|own| own == promise) => {
            (false, format!("{promise} has no hints in the course; there are {}", hinted(exercise)))
        }
        // The reader of a verdict is told to make its run again.
        Kind::Wrong(_) if verdict.address.as_deref().is_some_and(|run| belongs(run, exercise).is_err()) => {
            (false, "names a run that `check --address` would not make again".to_owned())
        }
        Kind::Wrong(mistake) => match rejected(verdict, mistake) {
            (true, said) => stories.told_by(&answer, verdict).map_or((true, said), |other| {
                (false, format!("tells the same story as {other}: one of them teaches nothing new"))
            }),
            bad => bad,
        },
    };
    let broke = verdict.runs.until_broken;
    let runs_needed = (matches!(kind, Kind::Wrong(_)) && broke > 0).then_some(broke);
    Ok(Line {
        exercise: exercise.name,
        answer,
        kind: kind.clone(),
        good,
        what,
        runs_needed,
        took: Duration::ZERO,
    })
}

/// The stories told so far, each with the answer that it is about.
#[derive(Default)]
struct Stories(BTreeMap<Vec<String>, String>);

impl Stories {
    /// The answer that told this story before, if one did. Moments do not count; outcomes without a story tell none.
    fn told_by(&mut self, answer: &str, verdict: &Verdict) -> Option<String> {
        let story: Vec<String> = verdict.story.iter().map(|line| line.text.clone()).collect();
        if story.is_empty() {
            return None;
        }
        let known = self.0.get(&story).cloned();
        self.0.entry(story).or_insert_with(|| answer.to_owned());
        known
    }
}

impl Kind {
    /// In a word.
    pub fn word(&self) -> &'static str {
        match self {
            Kind::Stub => "stub",
            Kind::Solution => "solution",
            Kind::Right => "right",
            Kind::Wrong(_) => "wrong",
        }
    }
}

/// A stub must fail; and as long as the learner has not begun, the learner's file must be the stub.
fn stub_is(workspace: &Workspace, exercise: &Exercise, verdict: &Verdict) -> (bool, String) {
    let untouched = !workspace.root().join(".inflight/journal.jsonl").exists();
    let same = fs::read_to_string(workspace.file(exercise)).is_ok_and(|file| file == exercise.stub);
    if untouched && !same {
        return (false, format!("{} is not the stub", exercise.file()));
    }
    (verdict.outcome == Outcome::Failed, said(verdict))
}

fn solution_is(workspace: &Workspace, exercise: &Exercise, verdict: &Verdict) -> Result<(bool, String)> {
    let (got, of) = verdict.total();
    if verdict.outcome != Outcome::Passed || got != of {
        return Ok((false, format!("{}, {got} of {of} points", said(verdict))));
    }
    let lints = clippy(workspace, exercise)?;
    Ok(match lints {
        None => (true, format!("passed, {got} of {of} points, lint-clean")),
        Some(lints) => (false, format!("passes, but clippy says:\n{lints}")),
    })
}

/// What clippy says against a solution, if anything.
fn clippy(workspace: &Workspace, exercise: &Exercise) -> Result<Option<String>> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "clippy",
            "--quiet",
            "--no-deps",
            "--bins",
            "--package",
            &format!("solutions-{}", exercise.package),
        ])
        .args(["--", "-Dwarnings"])
        .current_dir(workspace.root())
        .stdin(Stdio::null())
        .output()
        .context("cargo cannot be started")?;
    let clean = output.status.success();
    Ok((!clean).then(|| String::from_utf8_lossy(&output.stderr).into_owned()))
}

fn passes(verdict: &Verdict) -> (bool, String) {
    let (got, of) = verdict.total();
    (verdict.outcome == Outcome::Passed, format!("{}, {got} of {of} points", said(verdict)))
}

fn rejected(verdict: &Verdict, mistake: &Mistake) -> (bool, String) {
    let (good, should) = match mistake {
        Mistake::Breaks(promise) => (verdict.promise() == Some(promise), format!("break {promise}")),
        Mistake::ComesOutAs(words) => (verdict.outcome.words() == words, format!("come out as {words}")),
        Mistake::Silent => return (false, "has no line `//! Breaks: <promise>`".to_owned()),
    };
    let said = said(verdict);
    (good, if good { said } else { format!("should {should}, but {said}") })
}

fn said(verdict: &Verdict) -> String {
    match (verdict.outcome, verdict.promise()) {
        (Outcome::Failed | Outcome::Crashed, Some(promise)) => format!("breaks {promise}"),
        (Outcome::DidNotCompile, _) => {
            let detail = verdict.detail.as_deref().unwrap_or_default();
            format!("did not compile:\n{detail}")
        }
        (outcome, _) => outcome.words().to_owned(),
    }
}

/// The promises that an answer can say it breaks.
fn hinted(exercise: &Exercise) -> String {
    exercise.hinted_promises().collect::<Vec<_>>().join(", ")
}

/// The lines in sum, exercise by exercise: how many answers of each kind are what they should be, and how many runs it took to
/// reject the wrong ones.
pub fn table(lines: &[Line]) -> String {
    let mut text = format!(
        "{:<20}{:>6}{:>10}{:>8}{:>8}{:>14}{:>8}\n",
        "exercise", "stub", "solution", "right", "wrong", "runs: median", "worst"
    );
    for own in lines.chunk_by(|one, next| one.exercise == next.exercise) {
        text += &row(own[0].exercise, own);
    }
    text + &row("all", lines)
}

fn row(name: &str, lines: &[Line]) -> String {
    let of = |kind: &str| {
        let own = lines.iter().filter(|line| line.kind.word() == kind);
        let (good, all) = own.fold((0, 0), |(good, all), line| (good + usize::from(line.good), all + 1));
        format!("{good}/{all}")
    };
    let mut needed: Vec<u64> = lines.iter().filter_map(|line| line.runs_needed).collect();
    needed.sort_unstable();
    let runs = |n: Option<&u64>| n.map_or(String::new(), u64::to_string);
    let (median, worst) = (runs(needed.get(needed.len() / 2)), runs(needed.last()));
    let (stub, solution, right, wrong) = (of("stub"), of("solution"), of("right"), of("wrong"));
    let text = format!("{name:<20}{stub:>6}{solution:>10}{right:>8}{wrong:>8}{median:>14}{worst:>8}");
    format!("{}\n", text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_counts_by_exercise_and_kind() {
        let exercise = "resequencer";
        let line = |kind: Kind, good: bool, runs_needed: Option<u64>| Line {
            exercise,
            answer: String::new(),
            kind,
            good,
            what: String::new(),
            runs_needed,
            took: Duration::ZERO,
        };
        let wrong = || Kind::Wrong(Mistake::Silent);
        let lines = [
            line(Kind::Stub, true, None),
            line(Kind::Right, true, None),
            line(wrong(), true, Some(112)),
            line(wrong(), false, None),
            line(wrong(), true, Some(3)),
            line(wrong(), true, Some(40)),
        ];
        let expected = "\
exercise              stub  solution   right   wrong  runs: median   worst
resequencer            1/1       0/0     1/1     3/4            40     112
all                    1/1       0/0     1/1     3/4            40     112
";
        assert_eq!(table(&lines), expected);
    }
}
