// SPDX-License-Identifier: MIT OR Apache-2.0
//! Statement and verdict as lines.

use grader::{Hint, Outcome, Verdict};

use super::{Graded, colours};
use crate::markdown::{self, Face, Piece, Plain, Row, wrap};

/// What is asked, what it is worth, where the file is.
pub fn statement(exercise: &course::Exercise, columns: usize) -> Vec<Row> {
    let mut rows = vec![vec![(exercise.title.to_owned(), Face::Strong)]];
    let about = format!(
        "{} minutes · {} points · ours took {} lines",
        exercise.minutes,
        exercise.points(),
        exercise.lines()
    );
    rows.push(vec![(about, Face::Quiet)]);
    rows.push(vec![(exercise.file(), Face::Code)]);
    rows.push(Row::new());
    rows.extend(markdown::lay_out(&exercise.statement(), columns, &mut Plain));
    rows.push(Row::new());
    let wide = exercise.parts.iter().map(|part| part.name.len()).max().unwrap_or(0);
    for part in exercise.parts {
        let head = format!("{:>4}  {:<wide$}  ", part.points, part.name);
        rows.extend(hanging((head, Face::Strong), part.sentence, Face::Plain, columns));
    }
    rows
}

/// What stands beside the statement before the first check.
pub fn nothing_yet() -> Vec<Row> {
    let step =
        |key: &str, what: &str| vec![(format!("{key}  "), Face::Strong), (what.to_owned(), Face::Plain)];
    vec![
        vec![("Your file was not checked yet.".to_owned(), Face::Quiet)],
        Row::new(),
        step("o", "opens it in your editor; each time you save it, wherever, it is checked"),
        step("c", "checks it now: it is compiled, and run with hundreds of faults"),
        step("h", "gives a hint, and a further one each time"),
    ]
}

/// What is being done, what came out, what was tried, hints; and the row of the last hint. Nothing before the first
/// check.
pub fn verdict(graded: &Graded, columns: usize) -> (Vec<Row>, Option<usize>) {
    let mut rows = Vec::new();
    if let Some(grader::Stage::Shorten(first)) = &graded.stage {
        outcome(&mut rows, first, columns);
    } else if let Some(stage) = &graded.stage {
        rows.push(vec![("◐ ".to_owned(), Face::Code), (format!("{} …", stage.words()), Face::Strong)]);
        if *stage == grader::Stage::Kit {
            paragraph(&mut rows, "The first time this takes some seconds.", Face::Quiet, columns);
        }
    } else if let Some(problem) = &graded.problem {
        rows.push(vec![("Your file could not be checked.".to_owned(), Face::Strong)]);
        problem.lines().for_each(|line| paragraph(&mut rows, line, Face::Plain, columns));
    } else if let Some(verdict) = &graded.verdict {
        outcome(&mut rows, verdict, columns);
    }
    let mut last_hint = None;
    for hint in &graded.hints {
        gap(&mut rows);
        last_hint = Some(rows.len());
        rows.push(vec![(hint_title(hint), Face::Strong)]);
        rows.extend(markdown::lay_out(&hint.text, columns, &mut Plain));
    }
    (rows, last_hint)
}

fn hint_title(hint: &Hint) -> String {
    let about = hint.promise.as_ref().map_or(String::new(), |promise| format!(" on {promise}"));
    format!("Hint {} of {}{about}", hint.level, hint.of)
}

fn outcome(rows: &mut Vec<Row>, verdict: &Verdict, columns: usize) {
    let (sign, face) = match verdict.outcome {
        Outcome::Passed => ("● ", Face::Code),
        Outcome::Unknown => ("◐ ", Face::Strong),
        _ => ("✕ ", Face::Fault),
    };
    let head = (format!("{sign}{}: ", verdict.outcome.words()), face);
    let sentence = (verdict.sentence.clone(), Face::Strong);
    rows.extend(wrap(&[head, sentence], columns));
    if let (Some(broken), Some(means)) = (&verdict.broken, verdict.promise_means()) {
        gap(rows);
        let means = format!(" ({}): {means}", broken.part);
        let promise = (broken.promise.clone(), Face::Strong);
        rows.extend(wrap(
            &[("The promise ".to_owned(), Face::Plain), promise, (means, Face::Plain)],
            columns,
        ));
    }
    if !verdict.story.is_empty() {
        gap(rows);
        let wide = verdict.story.iter().map(|line| line.at.chars().count()).max().unwrap_or(0);
        for (n, line) in verdict.story.iter().enumerate() {
            let head = format!("{:>3}. {:>wide$}  ", n + 1, line.at);
            rows.extend(hanging((head, Face::Quiet), &line.text, Face::Plain, columns));
        }
    }
    if verdict.trace_file.is_some() {
        gap(rows);
        rows.push(vec![
            ("w".to_owned(), Face::Strong),
            (" watches it, from just before it breaks".to_owned(), Face::Plain),
        ]);
    }
    if let Some(detail) = &verdict.detail {
        gap(rows);
        // As the compiler shows it: lines that are too long are cut off, not broken.
        rows.extend(detail.trim_end().lines().map(colours::pieces));
    }
    if let Some(advice) = &verdict.advice {
        gap(rows);
        paragraph(rows, advice, Face::Plain, columns);
    }
    tried(rows, verdict, columns);
    points(rows, verdict, columns);
}

fn tried(rows: &mut Vec<Row>, verdict: &Verdict, columns: usize) {
    let Some((reached, never)) = verdict.coverage() else { return };
    gap(rows);
    rows.push(vec![(format!("Tried: {}", verdict.runs.said()), Face::Strong)]);
    let wide = reached.iter().map(|tried| tried.count.to_string().len()).max().unwrap_or(0);
    for tried in reached {
        let count = (format!("{:>wide$}  ", tried.count), Face::Number);
        rows.extend(hanging(count, &tried.what, Face::Plain, columns));
    }
    if !never.is_empty() {
        paragraph(rows, &format!("Never reached: {}.", never.join("; ")), Face::Plain, columns);
    }
}

fn points(rows: &mut Vec<Row>, verdict: &Verdict, columns: usize) {
    if verdict.points.is_empty() {
        return;
    }
    gap(rows);
    let (got, of) = verdict.total();
    let total = (format!("{got} of {of} points"), Face::Strong);
    // One reason for all of them is said once.
    if let [first, rest @ ..] = &verdict.points[..]
        && got == 0
        && rest.iter().all(|part| part.why == first.why)
    {
        rows.extend(wrap(&[total, (format!(": {}", first.why), Face::Plain)], columns));
        return;
    }
    rows.push(vec![total]);
    let wide = verdict.points.iter().map(|part| part.part.len()).max().unwrap_or(0);
    for part in &verdict.points {
        let head = format!("{:>3} of {:>3}  {:<wide$}  ", part.got, part.of, part.part);
        rows.extend(hanging((head, Face::Plain), &part.why, Face::Quiet, columns));
    }
}

fn gap(rows: &mut Vec<Row>) {
    if rows.last().is_some_and(|row| !row.is_empty()) {
        rows.push(Row::new());
    }
}

fn paragraph(rows: &mut Vec<Row>, text: &str, face: Face, columns: usize) {
    rows.extend(wrap(&[(text.to_owned(), face)], columns));
}

/// A head, and a text beside it whose further lines begin below its first.
fn hanging(head: Piece, text: &str, face: Face, columns: usize) -> Vec<Row> {
    let indent = markdown::row_width(std::slice::from_ref(&head));
    let lines = wrap(&[(text.to_owned(), face)], columns.saturating_sub(indent).max(8));
    let with_head = |(n, line): (usize, Row)| {
        let before = if n == 0 { head.clone() } else { (" ".repeat(indent), Face::Plain) };
        std::iter::once(before).chain(line).collect()
    };
    lines.into_iter().enumerate().map(with_head).collect()
}
