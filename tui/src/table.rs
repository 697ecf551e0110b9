// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tables as lines of a terminal: aligned columns, a rule under the head, no box.

use crate::markdown::{Face, Row, longest_word, row_width, wrap};

/// Columns between two columns of a table.
const GAP: usize = 2;

/// Lays rows of cells out, the head first, in so many columns. Numbers stand at the right of their column.
pub fn lay_out(cells: &[Vec<Row>], room: usize) -> Vec<Row> {
    let Some(head) = cells.first() else { return Vec::new() };
    let widths = widths(cells, room);
    if widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1) > room {
        return stacked(head, &cells[1..], room);
    }
    let numeric: Vec<bool> = (0..widths.len()).map(|n| is_numeric(&cells[1..], n)).collect();
    let mut rows = Vec::new();
    let bold: Vec<Row> =
        head.iter().map(|cell| cell.iter().map(|(text, _)| (text.clone(), Face::Strong)).collect()).collect();
    push_row(&mut rows, &bold, &widths, &numeric, true);
    let rule = widths.iter().map(|width| "─".repeat(*width)).collect::<Vec<_>>().join(&" ".repeat(GAP));
    rows.push(vec![(rule, Face::Quiet)]);
    for row in &cells[1..] {
        push_row(&mut rows, row, &widths, &numeric, false);
    }
    rows
}

/// A table that is too wide: each row as a list, its first cell above the others with their heads.
fn stacked(head: &[Row], body: &[Vec<Row>], room: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for cells in body {
        if !rows.is_empty() {
            rows.push(Row::new());
        }
        for (n, cell) in cells.iter().enumerate() {
            let strong = |(text, _): &(String, Face)| (text.clone(), Face::Strong);
            let mut line: Row = match head.get(n).filter(|_| n > 0) {
                Some(head) => head.iter().map(|(text, _)| (text.clone(), Face::Quiet)).collect(),
                None => Row::new(),
            };
            if !line.is_empty() {
                line.push((": ".to_owned(), Face::Quiet));
            }
            line.extend(if n == 0 { cell.iter().map(strong).collect() } else { cell.clone() });
            let indent = if n == 0 { 0 } else { 2 };
            let lines = wrap(&line, room.saturating_sub(indent).max(1));
            rows.extend(lines.into_iter().map(|line| {
                let before = (" ".repeat(indent), Face::Plain);
                std::iter::once(before).chain(line).collect::<Row>()
            }));
        }
    }
    rows
}

/// A column is one of numbers if every cell that says something begins with a digit or a sign.
fn is_numeric(body: &[Vec<Row>], column: usize) -> bool {
    let texts = body.iter().filter_map(|row| row.get(column)?.first()).map(|(text, _)| text.trim());
    let mut said = texts.filter(|text| !text.is_empty() && *text != "–").peekable();
    said.peek().is_some()
        && said.all(|text| text.starts_with(|c: char| c.is_ascii_digit() || "+-−".contains(c)))
}

/// What each column needs; where that is too much, the widest are narrowed, but not below their longest word.
fn widths(cells: &[Vec<Row>], room: usize) -> Vec<usize> {
    let columns = cells.iter().map(Vec::len).max().unwrap_or(0);
    let of = |n: usize, measure: fn(&Row) -> usize| {
        cells.iter().filter_map(|row| row.get(n)).map(measure).max().unwrap_or(1).max(1)
    };
    let mut widths: Vec<usize> = (0..columns).map(|n| of(n, |cell| row_width(cell))).collect();
    let least: Vec<usize> = (0..columns).map(|n| of(n, |cell| longest_word(cell))).collect();
    let gaps = GAP * columns.saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > room {
        let widest = (0..columns).filter(|n| widths[*n] > least[*n]).max_by_key(|n| widths[*n]);
        match widest {
            Some(n) => widths[n] -= 1,
            None => break,
        }
    }
    widths
}

/// One row of the table; a cell that is broken takes several lines. Heads stand at the bottom of theirs.
fn push_row(rows: &mut Vec<Row>, cells: &[Row], widths: &[usize], numeric: &[bool], head: bool) {
    let wrapped: Vec<Vec<Row>> = cells.iter().zip(widths).map(|(cell, width)| wrap(cell, *width)).collect();
    let height = wrapped.iter().map(Vec::len).max().unwrap_or(0);
    for line in 0..height {
        let mut row = Row::new();
        for (n, cell) in wrapped.iter().enumerate() {
            let above = if head { height - cell.len() } else { 0 };
            let empty = Row::new();
            let text = line.checked_sub(above).and_then(|line| cell.get(line)).unwrap_or(&empty);
            let pad = widths[n].saturating_sub(row_width(text));
            let (before, after) = if numeric[n] { (pad, 0) } else { (0, pad) };
            let gap = if n > 0 { GAP } else { 0 };
            row.push((" ".repeat(gap + before), Face::Plain));
            row.extend(text.iter().cloned());
            row.push((" ".repeat(after), Face::Plain));
        }
        rows.push(row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_texts(head: &[String], body: &[Vec<String>], room: usize) -> Vec<Row> {
        let row = |texts: &[String]| texts.iter().map(|text| vec![(text.clone(), Face::Plain)]).collect();
        let mut cells: Vec<Vec<Row>> = vec![row(head)];
        cells.extend(body.iter().map(|texts| row(texts)));
        lay_out(&cells, room)
    }

    fn shown(rows: &[Row]) -> Vec<String> {
        let text = |row: &Row| row.iter().map(|(text, _)| text.as_str()).collect::<String>();
        rows.iter().map(|row| text(row).trim_end().to_owned()).collect()
    }

    #[test]
    fn numbers_stand_below_each_other() {
        let head = ["who".to_owned(), "share".to_owned()];
        let body = [vec!["a".to_owned(), "5 %".to_owned()], vec!["bcd".to_owned(), "12 %".to_owned()]];
        assert_eq!(
            shown(&of_texts(&head, &body, 40)),
            ["who  share", "───  ─────", "a      5 %", "bcd   12 %"]
        );
    }

    #[test]
    fn a_table_that_does_not_fit_becomes_lists() {
        let head = ["system".to_owned(), "guarantee".to_owned(), "configuration".to_owned()];
        let body = [
            vec!["a".to_owned(), "everything".to_owned(), "min.insync.replicas=2".to_owned()],
            vec!["b".to_owned(), "nothing".to_owned(), "none".to_owned()],
        ];
        let rows = shown(&of_texts(&head, &body, 24));
        assert_eq!(
            rows,
            [
                "a",
                "  guarantee: everything",
                "  configuration:",
                "  min.insync.replicas=2",
                "",
                "b",
                "  guarantee: nothing",
                "  configuration: none",
            ]
        );
    }

    #[test]
    fn long_heads_are_broken_and_stand_on_the_rule() {
        let head = ["n".to_owned(), "uneven work".to_owned()];
        let body = [vec!["1".to_owned(), "7 %".to_owned()]];
        assert_eq!(shown(&of_texts(&head, &body, 9)), ["   uneven", "n    work", "─  ──────", "1     7 %"]);
    }
}
