// SPDX-License-Identifier: MIT OR Apache-2.0
//! Grades as a table for people, as JSON and as CSV. Names come from strangers: no cell becomes a formula, and no terminal
//! is told what to do.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use csv::{QuoteStyle, Terminator, WriterBuilder};
use serde::Serialize;

use super::{GradeOptions, Row, Skipped};

/// The version of the JSON document.
const SCHEMA: u32 = 1;

/// All grades of a grading, and what was passed over.
#[derive(Debug, Serialize)]
pub struct Grades<'a> {
    schema: u32,
    /// Whether strangers' programs were held.
    untrusted: bool,
    /// One for each answer.
    rows: &'a [Row],
    skipped: Vec<SkippedFile<'a>>,
    /// So many more files were passed over.
    more_skipped: usize,
}

#[derive(Debug, Serialize)]
struct SkippedFile<'a> {
    file: &'a str,
    why: &'a str,
}

impl<'a> Grades<'a> {
    /// Of these rows.
    pub fn new(
        rows: &'a [Row],
        skipped: &'a [Skipped],
        more_skipped: usize,
        options: &GradeOptions,
    ) -> Grades<'a> {
        let skipped = skipped.iter().map(|one| SkippedFile { file: &one.file, why: &one.why }).collect();
        Grades { schema: SCHEMA, untrusted: options.untrusted, rows, skipped, more_skipped }
    }
}

/// One JSON document, schema v1; ends with a newline.
///
/// # Errors
/// None that is known: all of it is plain data.
pub fn to_json(grades: &Grades<'_>) -> Result<String> {
    let text = serde_json::to_string_pretty(grades).context("grades cannot be written as JSON")?;
    // JSON leaves some characters as they are that terminals obey; they mean the same escaped.
    let mut safe = String::with_capacity(text.len() + 1);
    for sign in text.chars() {
        if obeyed(sign) && sign != '\n' {
            safe += &format!("\\u{:04x}", u32::from(sign));
        } else {
            safe.push(sign);
        }
    }
    Ok(safe + "\n")
}

/// One line for each row under a heading, all cells in quotes, as RFC 4180 says.
///
/// # Errors
/// None that is known: it is written into memory.
pub fn to_csv(rows: &[Row]) -> Result<String> {
    let parts = parts(rows);
    let mut writer = WriterBuilder::new()
        .quote_style(QuoteStyle::Always)
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    let mut head: Vec<String> = ["learner", "exercise", "outcome", "points", "of"].map(str::to_owned).into();
    head.extend(parts.iter().flat_map(|part| [part.clone(), format!("{part}_of")]));
    head.extend(REST.map(str::to_owned));
    writer.write_record(&head)?;
    for row in rows {
        writer.write_record(cells(row, &parts).iter().map(|cell| harmless(cell)))?;
    }
    String::from_utf8(writer.into_inner().context("the table cannot be written")?).context("is Unicode")
}

const REST: [&str; 13] = [
    "sentence",
    "reason",
    "promise",
    "address",
    "source_sha256",
    "first_seed",
    "runs_asked",
    "calm_runs",
    "rough_runs",
    "kit",
    "course",
    "ms",
    "file",
];

/// The parts of the course's points, in its order.
fn parts(rows: &[Row]) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let known = course::exercises().iter().flat_map(|exercise| exercise.parts).map(|part| part.name);
    for part in known.chain(rows.iter().flat_map(|row| row.points.iter().map(|points| points.part.as_str())))
    {
        if !parts.iter().any(|other| other == part) {
            parts.push(part.to_owned());
        }
    }
    parts
}

fn cells(row: &Row, parts: &[String]) -> Vec<String> {
    let (got, of) = row.total();
    let mut cells = vec![
        row.learner.clone(),
        row.exercise.clone(),
        row.outcome_words().to_owned(),
        got.to_string(),
        of.to_string(),
    ];
    for part in parts {
        let points = row.points.iter().find(|points| points.part == *part);
        let (got, of) = points.map_or((0, 0), |points| (points.got, points.of));
        cells.extend([got.to_string(), of.to_string()]);
    }
    cells.extend([
        row.sentence.clone(),
        row.reason.clone(),
        row.promise.clone().unwrap_or_default(),
        row.address.clone().unwrap_or_default(),
        row.source_sha256.clone(),
        row.first_seed.clone(),
        row.runs_asked.clone().unwrap_or_default(),
        row.calm_runs.clone(),
        row.rough_runs.clone(),
        row.kit.clone(),
        row.course.clone(),
        row.ms.to_string(),
        row.file.clone(),
    ]);
    cells
}

/// What begins with one of these is a formula to a spreadsheet.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// A cell that no spreadsheet computes: an apostrophe makes it text.
fn harmless(cell: &str) -> String {
    let cell = printable(cell);
    if cell.trim_start().starts_with(FORMULA) { format!("'{cell}") } else { cell }
}

/// A text without signs that a terminal obeys; each is shown as a question mark in a box.
pub fn printable(text: &str) -> String {
    text.chars().map(|sign| if obeyed(sign) { char::REPLACEMENT_CHARACTER } else { sign }).collect()
}

/// Controls, and signs that turn the direction of text or hide in it.
fn obeyed(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A learner a line, an exercise a column, the total at the end; ends with a newline.
pub fn to_table(rows: &[Row]) -> String {
    let exercises: Vec<&str> = course::exercises()
        .iter()
        .map(|exercise| exercise.name)
        .filter(|name| rows.iter().any(|row| row.exercise == *name))
        .collect();
    let mut learners: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        learners.entry(&row.learner).or_default().push(row);
    }
    let mut lines =
        vec![["learner"].iter().chain(&exercises).chain(&["total"]).map(|&name| name.to_owned()).collect()];
    for (learner, rows) in learners {
        let points = |exercise: &&str| {
            let row = rows.iter().find(|row| row.exercise == **exercise)?;
            Some(row.outcome.map_or("?".to_owned(), |_| row.total().0.to_string()))
        };
        let cells = exercises.iter().map(|exercise| points(exercise).unwrap_or("–".to_owned()));
        let total: u32 = rows.iter().map(|row| row.total().0).sum();
        lines.push([printable(learner)].into_iter().chain(cells).chain([total.to_string()]).collect());
    }
    aligned(&lines)
}

/// One learner's grades: an exercise a line, points by part, the sum below, and why points are missing.
pub fn to_own_table(rows: &[Row]) -> String {
    let parts = parts(rows);
    let head = ["exercise", "outcome"].map(str::to_owned).into_iter();
    let mut lines: Vec<Vec<String>> =
        vec![head.chain(parts.iter().cloned()).chain(["total".to_owned()]).collect()];
    for row in rows {
        let of = |part: &String| row.points.iter().find(|points| points.part == *part);
        let said = |got: u32, of: u32| format!("{got}/{of}");
        let cells =
            parts.iter().map(|part| of(part).map_or("–".to_owned(), |points| said(points.got, points.of)));
        let (got, all) = row.total();
        let first = [row.exercise.clone(), row.outcome_words().to_owned()].into_iter();
        lines.push(first.chain(cells).chain([said(got, all)]).collect());
    }
    let (got, of) = rows.iter().map(Row::total).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let mut text = aligned(&lines);
    text += &format!("\nTotal: {got} of {of} points\n");
    for row in rows.iter().filter(|row| !row.reason.is_empty()) {
        text += &format!("  {}: {}\n", row.exercise, printable(&row.sentence));
    }
    text
}

/// The first column at the left, the others at the right.
fn aligned(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    let wide = |column: usize| {
        lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| wide(column).unwrap_or(0)).collect();
    let line = |cells: &Vec<String>| {
        let cells = cells.iter().zip(&widths).enumerate().map(|(n, (cell, &wide))| {
            if n == 0 { format!("{cell:<wide$}") } else { format!("{cell:>wide$}") }
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        format!("{}\n", line.trim_end())
    };
    lines.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kit::verdict::Outcome;

    fn row(learner: &str, exercise: &str, got: [u32; 3]) -> Row {
        let part = |(part, (got, of)): (&str, (u32, u32))| super::super::PartPoints {
            part: part.to_owned(),
            got,
            of,
        };
        Row {
            learner: learner.to_owned(),
            exercise: exercise.to_owned(),
            file: format!("{learner}/{exercise}.rs"),
            outcome: Some(Outcome::Passed),
            points: ["safety", "liveness", "cost"]
                .into_iter()
                .zip(got.into_iter().zip([60, 30, 10]))
                .map(part)
                .collect(),
            sentence: "all is \"well\", it seems".to_owned(),
            reason: String::new(),
            promise: None,
            address: None,
            source_sha256: "0".repeat(64),
            first_seed: u64::MAX.to_string(),
            runs_asked: None,
            calm_runs: "25".to_owned(),
            rough_runs: "500".to_owned(),
            kit: "0.1.0".to_owned(),
            course: "0.1.0".to_owned(),
            ms: 7,
        }
    }

    #[test]
    fn csv_reads_back_and_computes_nothing() {
        let names =
            ["=1+1", "+49", "-x", "@sum", " =1", "＝1", "a\r\n=1", "\u{1b}[31m", "\u{202e}b", "Zoë, \"李\""];
        let rows: Vec<Row> = names.iter().map(|name| row(name, "resequencer", [60, 30, 0])).collect();
        let text = to_csv(&rows).expect("plain data");
        assert!(text.lines().all(|line| line.starts_with('"')), "{text}");
        assert_eq!(text.matches("\r\n").count(), rows.len() + 1);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let head = reader.headers().expect("a heading").clone();
        let records: Vec<csv::StringRecord> =
            reader.records().map(|record| record.expect("as written")).collect();
        let learners: Vec<&str> = records.iter().map(|record| &record[0]).collect();
        let safe = ["'=1+1", "'+49", "'-x", "'@sum", "' =1", "'＝1", "a��=1", "�[31m", "�b", "Zoë, \"李\""];
        assert_eq!(learners, safe);
        let cell = |name: &str| {
            let at = head.iter().position(|column| column == name).expect("a column");
            records[0][at].to_owned()
        };
        assert_eq!(
            (cell("points"), cell("of"), cell("cost_of")),
            ("90".to_owned(), "100".to_owned(), "10".to_owned())
        );
        assert_eq!(cell("sentence"), "all is \"well\", it seems");
    }

    #[test]
    fn json_keeps_names_as_they_are_and_tells_a_terminal_nothing() {
        let names = ["\u{1b}[31m", "\u{9b}31m", "\u{202e}x", "Zoë 😀", "a\nb"];
        let rows: Vec<Row> = names.iter().map(|name| row(name, "bounded", [0, 0, 0])).collect();
        let skipped = [Skipped { file: "\u{7f}".to_owned(), why: "is a link".to_owned() }];
        let text = to_json(&Grades::new(&rows, &skipped, 1, &GradeOptions::default())).expect("plain data");
        crate::schema::conforms("grades-v1", &text);
        assert!(text.chars().all(|sign| sign == '\n' || !obeyed(sign)), "{text}");
        let read: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let learners: Vec<&str> =
            (0..names.len()).filter_map(|n| read["rows"][n]["learner"].as_str()).collect();
        assert_eq!(learners, names);
        assert_eq!(read["rows"][0]["first_seed"], u64::MAX.to_string());
    }

    #[test]
    fn the_table_has_a_learner_a_line() {
        let mut rows = vec![
            row("Zoë", "resequencer", [60, 30, 10]),
            row("Zoë", "bounded", [60, 0, 0]),
            row("b\u{7}", "bounded", [0, 0, 0]),
        ];
        rows[2].outcome = None;
        insta::assert_snapshot!(to_table(&rows));
    }

    #[test]
    fn ones_own_table_has_an_exercise_a_line_and_says_why() {
        let mut rows = vec![row("you", "resequencer", [60, 30, 10]), row("you", "bounded", [60, 0, 0])];
        rows[1].outcome = Some(Outcome::Failed);
        rows[1].sentence = "message 5 waits".to_owned();
        rows[1].reason = "liveness: it broke".to_owned();
        insta::assert_snapshot!(to_own_table(&rows));
    }
}
