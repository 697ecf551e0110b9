// SPDX-License-Identifier: MIT OR Apache-2.0
//! One thing that was measured: a table and its notes for people, the figures for programs.

use std::fmt::{self, Display, Formatter};

use serde_json::Value;

/// One thing that was measured.
pub(crate) struct Section {
    /// What was measured and how, in a line.
    pub(crate) title: String,
    /// The figures for people.
    pub(crate) table: Table,
    /// What the reader has to know to read the table, a sentence each.
    pub(crate) notes: Vec<String>,
    /// The same figures for programs, unrounded, units in the names of the fields.
    pub(crate) figures: Value,
}

impl Display for Section {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.title, self.table)?;
        self.notes.iter().try_for_each(|note| write!(f, "\n  {note}"))
    }
}

/// How the cells of a column stand.
#[derive(Clone, Copy)]
pub(crate) enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// Rows of cells under a heading.
pub(crate) struct Table {
    columns: Vec<(&'static str, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with these columns.
    pub(crate) fn new(columns: Vec<(&'static str, Align)>) -> Self {
        Table { columns, rows: Vec::new() }
    }

    /// Adds a row. It may be shorter than the heading; its last cell then runs on over the columns that are missing.
    pub(crate) fn push(&mut self, row: Vec<String>) {
        assert!(
            row.len() <= self.columns.len(),
            "a row of {} cells under {} columns",
            row.len(),
            self.columns.len()
        );
        self.rows.push(row);
    }

    /// The width of a column: of its heading or its widest cell, not counting a cell that runs on.
    fn width(&self, column: usize) -> usize {
        let runs_on = |row: &&Vec<String>| row.len() == column + 1 && row.len() < self.columns.len();
        let cells = self.rows.iter().filter(|row| !runs_on(row)).filter_map(|row| row.get(column));
        let heading = self.columns[column].0.chars().count();
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0).max(heading)
    }

    fn line(&self, cells: &[String]) -> String {
        let mut line = String::new();
        for (column, cell) in cells.iter().enumerate() {
            let runs_on = column + 1 == cells.len() && cells.len() < self.columns.len();
            let padding = " ".repeat(self.width(column).saturating_sub(cell.chars().count()));
            match self.columns[column].1 {
                Align::Right if !runs_on => line.push_str(&format!("  {padding}{cell}")),
                _ => line.push_str(&format!("  {cell}{padding}")),
            }
        }
        line.trim_end().to_owned()
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let heading: Vec<String> = self.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        write!(f, "{}", self.line(&heading))?;
        self.rows.iter().try_for_each(|row| write!(f, "\n{}", self.line(row)))
    }
}

/// A whole number with its digits in groups of three: `2 000 000`.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_left_numbers_right_and_a_short_row_runs_on() {
        let mut table =
            Table::new(vec![("peer", Align::Left), ("events", Align::Right), ("wait", Align::Right)]);
        table.push(vec!["bare loop".into(), "4 000".into(), "0.67".into()]);
        table.push(vec!["SimPy".into(), "not run: there is no python3".into()]);
        assert_eq!(
            table.to_string(),
            "  peer       events  wait\n  bare loop   4 000  0.67\n  SimPy      not run: there is no python3"
        );
    }

    #[test]
    fn digits_stand_in_threes() {
        assert_eq!([7, 999, 1_000, 2_000_000].map(grouped), ["7", "999", "1 000", "2 000 000"]);
    }
}
