// SPDX-License-Identifier: MIT OR Apache-2.0
//! A chapter in lines: text in a column that can be read, figures as wide as they need, notes at the end.

use std::collections::BTreeMap;

use course::{Bet, Cell, Progress, Table};

use super::laid::{Block, Laid, Line, RUN, Stop};
use super::parts::{Inline, Part, Text};
use crate::background::{Answer, Ask, Known};
use crate::figure;
use crate::markdown::{self, Face, Fill, Piece, Row};
use crate::table;
use crate::text::wrap;

/// Columns of text at most: more, and the eye loses its line.
const MOST_TEXT: usize = 72;
/// Columns of a figure at most, less what stands beside it where there is room for that.
const MOST_FIGURE: u16 = 112;
/// Columns of a table at most.
const MOST_TABLE: usize = 100;
/// Rows of a figure inside a text, without its title and the line below it.
const FIGURE_ROWS: usize = 16;

/// Whether a figure is one of two runs.
pub fn is_pair(address: &str) -> bool {
    pairs::split(address).1.is_some()
}

/// How wide a figure is on a screen of this width; two runs have the place of two where they stand beside each other.
pub fn figure_width(width: u16, pair: bool) -> u16 {
    if pair && figure::both_embedded(width) {
        return width.min(2 * MOST_FIGURE);
    }
    let beside = MOST_FIGURE + figure::BESIDE;
    if width >= beside { beside } else { width.min(MOST_FIGURE) }
}

/// Lays a chapter out.
pub fn lay_out(
    text: &Text,
    width: u16,
    known: &mut Known,
    progress: &Progress,
    bets: &BTreeMap<usize, usize>,
) -> Laid {
    // Asking changes nothing that is laid out here; an answer that comes later does.
    let version = known.version();
    let columns = usize::from(width.saturating_sub(8)).min(MOST_TEXT);
    let indent = (width - columns as u16) / 2;
    let mut setter = Setter {
        laid: Laid { width, version, ..Laid::default() },
        known,
        notes: Vec::new(),
        indent,
        columns,
        text,
    };
    for (n, part) in text.parts.iter().enumerate() {
        setter.part(n, part, progress, bets);
    }
    setter.notes();
    let mut laid = setter.laid;
    laid.stops.sort_by_key(|stop| stop.line);
    laid
}

struct Setter<'a> {
    laid: Laid,
    known: &'a mut Known,
    /// In the order in which they are referred to.
    notes: Vec<Note>,
    indent: u16,
    columns: usize,
    text: &'a Text,
}

/// What a small number in the text refers to.
#[derive(PartialEq, Eq)]
enum Note {
    /// A source, by its name.
    Source(String),
    /// A link's address.
    Link(String),
}

impl Fill for Setter<'_> {
    fn placeholder(&mut self, number: usize) -> Piece {
        match &self.text.inlines[number] {
            Inline::Number(name) => match self.known.ask(Ask::Number(name.clone())) {
                Some(Answer::Number(Ok(number))) => (number.shown.clone(), Face::Number),
                Some(Answer::Number(Err(why))) => (format!("[{name}: {why}]"), Face::Quiet),
                _ => ("…".to_owned(), Face::Quiet),
            },
            Inline::Source(name) => (format!("[{}]", self.note(Note::Source(name.clone()))), Face::Quiet),
        }
    }

    fn link_face(&mut self, address: &str) -> Face {
        self.laid.links.push(address.to_owned());
        Face::Link((self.laid.links.len() - 1) as u16)
    }

    fn link(&mut self, address: &str) -> Option<usize> {
        let outside = address.contains("://");
        outside.then(|| self.note(Note::Link(address.to_owned())))
    }
}

impl Setter<'_> {
    /// The number of a note, from 1.
    fn note(&mut self, note: Note) -> usize {
        if let Some(place) = self.notes.iter().position(|known| *known == note) {
            return place + 1;
        }
        self.notes.push(note);
        self.notes.len()
    }

    fn push(&mut self, row: Row) {
        let indent = self.indent;
        self.laid.lines.push(Line { indent, row });
    }

    fn gap(&mut self) {
        if self.laid.lines.last().is_some_and(|line| !line.row.is_empty()) {
            self.laid.lines.push(Line::default());
        }
    }

    fn markdown(&mut self, part: usize, markdown: &str) {
        let columns = self.columns;
        self.gap();
        let first_link = self.laid.links.len();
        let set = markdown::in_blocks(markdown, columns, self);
        let first = self.laid.lines.len();
        // A question has several stretches of text.
        let before = self.laid.blocks.iter().rev().take_while(|block| block.part == part).count();
        for (n, start) in set.starts.iter().enumerate() {
            self.laid.blocks.push(Block { part, block: before + n, line: first + start });
        }
        for row in set.rows {
            self.push(row);
        }
        self.link_stops(part, first, first_link);
    }

    /// Links are stops at the line in which they begin.
    fn link_stops(&mut self, part: usize, first: usize, first_link: usize) {
        let mut next = first_link;
        for line in first..self.laid.lines.len() {
            for (_, face) in &self.laid.lines[line].row {
                if *face == Face::Link(next as u16) {
                    self.laid.stops.push(Stop { line, height: 1, part, options: 0, link: Some(next) });
                    next += 1;
                }
            }
        }
    }

    /// A part that is one block begins here.
    fn begin(&mut self, part: usize) -> usize {
        self.gap();
        let line = self.laid.lines.len();
        self.laid.blocks.push(Block { part, block: 0, line });
        line
    }

    fn part(&mut self, n: usize, part: &Part, progress: &Progress, bets: &BTreeMap<usize, usize>) {
        match part {
            Part::Text(markdown) => self.markdown(n, markdown),
            Part::Figure { address, title } => self.figure(n, title, is_pair(address)),
            Part::Bet(name) => self.bet(n, name, bets.get(&n).copied()),
            Part::Exercise(name) => self.exercise(n, name, progress),
            Part::Table(ask) => self.table(n, ask),
        }
    }

    fn stop(&mut self, part: usize, first: usize, options: usize) {
        let height = self.laid.lines.len() - first;
        self.laid.stops.push(Stop { line: first, height, part, options, link: None });
    }

    fn figure(&mut self, n: usize, title: &str, pair: bool) {
        let first = self.begin(n);
        let width = figure_width(self.laid.width, pair);
        let indent = (self.laid.width - width) / 2 + 2;
        let row =
            vec![(format!(" {title} "), Face::Strong), ("  enter: full screen".to_owned(), Face::Quiet)];
        self.laid.lines.push(Line { indent, row });
        // Two runs have their names above them.
        self.laid.lines.extend((0..FIGURE_ROWS + usize::from(pair)).map(|_| Line::default()));
        let rule = "─".repeat(usize::from(width.saturating_sub(2)));
        self.laid.lines.push(Line { indent: indent - 1, row: vec![(rule, Face::Quiet)] });
        self.stop(n, first, 0);
    }

    fn bet(&mut self, n: usize, name: &str, chosen: Option<usize>) {
        let first = self.begin(n);
        self.push(vec![(" Place your bet ".to_owned(), Face::Strong)]);
        let bet = match self.known.ask(Ask::Bet(name.to_owned())) {
            Some(Answer::Bet(Ok(bet))) => bet.clone(),
            Some(Answer::Bet(Err(why))) => {
                let sentence = format!("The question {name} is {why}.");
                return self.markdown(n, &sentence);
            }
            _ => {
                self.gap();
                self.push(vec![("The simulator is working out the answer …".to_owned(), Face::Quiet)]);
                return self.stop(n, first, 0);
            }
        };
        self.markdown(n, &bet.question);
        self.gap();
        for place in 0..bet.options.len() {
            let from = self.laid.lines.len();
            self.option(&bet, place, chosen);
            self.laid.options.push((n, place as u8, from..self.laid.lines.len()));
        }
        match chosen {
            None => {
                self.gap();
                let keys = format!("Answer with 1 to {}.", bet.options.len());
                self.push(vec![(keys, Face::Quiet)]);
            }
            Some(chosen) => {
                let verdict =
                    if chosen == bet.right { "You were right." } else { "The simulator says otherwise." };
                self.markdown(n, &format!("**{verdict}** {}", bet.answer));
            }
        }
        self.stop(n, first, bet.options.len());
    }

    /// `▸ 2  A few, below 10 %`: the reader's own has an arrow, the right one a filled dot.
    fn option(&mut self, bet: &Bet, place: usize, chosen: Option<usize>) {
        let mine = if chosen == Some(place) { '▸' } else { ' ' };
        let right = if chosen.is_some() && bet.right == place { '●' } else { ' ' };
        let room = self.columns.saturating_sub(8);
        let face = if right == '●' { Face::Strong } else { Face::Plain };
        for (n, line) in wrap(&bet.options[place], room).into_iter().enumerate() {
            let head = if n == 0 { format!("{mine} {}  {right} ", place + 1) } else { " ".repeat(7) };
            self.push(vec![(head, Face::Strong), (line, face)]);
        }
    }

    fn exercise(&mut self, n: usize, name: &str, progress: &Progress) {
        let first = self.begin(n);
        let Some(exercise) = course::find_exercise(name) else {
            return self.push(vec![(format!("There is no exercise {name}."), Face::Quiet)]);
        };
        let standing = progress.standing(name);
        let about = format!("  {} minutes, {} points", exercise.minutes, exercise.points());
        self.push(vec![
            (format!(" {} Exercise {name} ", standing.dot()), Face::Strong),
            (about, Face::Quiet),
        ]);
        self.gap();
        self.markdown(n, exercise.title);
        self.push(vec![(exercise.file(), Face::Code)]);
        self.push(vec![("enter opens it here".to_owned(), Face::Quiet)]);
        self.stop(n, first, 0);
    }

    fn table(&mut self, n: usize, ask: &Ask) {
        let first = self.begin(n);
        let first_link = self.laid.links.len();
        let room = usize::from(self.laid.width.saturating_sub(6)).min(MOST_TABLE);
        let rows = match self.known.ask(ask.clone()) {
            Some(Answer::Table(Ok(table))) => {
                let caption = markdown::wrap(&[(table.caption.clone(), Face::Quiet)], room);
                let mut rows = table::lay_out(&cells(table, &mut self.laid.links), room);
                rows.push(Row::new());
                rows.extend(caption);
                rows
            }
            Some(Answer::Table(Err(why))) => vec![vec![(format!("This table is {why}."), Face::Quiet)]],
            _ => vec![vec![("The simulator is working out a table …".to_owned(), Face::Quiet)]],
        };
        let wide = rows.iter().map(|row| markdown::row_width(row)).max().unwrap_or(0) as u16;
        // A table that is wider than the text stands in the middle, like a figure.
        let indent = self.indent.min(self.laid.width.saturating_sub(wide) / 2);
        self.laid.lines.extend(rows.into_iter().map(|row| Line { indent, row }));
        self.link_stops(n, first, first_link);
    }

    fn notes(&mut self) {
        let notes = std::mem::take(&mut self.notes);
        if notes.is_empty() {
            return;
        }
        let part = self.text.parts.len();
        self.gap();
        self.laid.lines.push(Line::default());
        self.markdown(part, "## Notes");
        self.gap();
        let room = self.columns - 5;
        for (n, note) in notes.iter().enumerate() {
            let mut links = Addresses(Vec::new());
            let mut rows = match note {
                Note::Source(name) => match course::source(name) {
                    Ok(source) => markdown::lay_out(&source.note(), room, &mut links),
                    Err(_) => vec![vec![(name.clone(), Face::Plain)]],
                },
                Note::Link(address) => {
                    links.0.push(address.clone());
                    Vec::new()
                }
            };
            let addresses = links.0.iter().flat_map(|address| wrap(address, room));
            rows.extend(addresses.map(|line| vec![(line, Face::Quiet)]));
            let line = self.laid.lines.len();
            self.laid.blocks.push(Block { part, block: n + 1, line });
            for (line, row) in rows.into_iter().enumerate() {
                let head = if line == 0 { format!("{:>3}  ", n + 1) } else { " ".repeat(5) };
                self.push(std::iter::once((head, Face::Quiet)).chain(row).collect());
            }
        }
        self.laid.lines.push(Line::default());
    }
}

/// A table's cells, its head first; those that a run shows are links to it.
fn cells(table: &Table, links: &mut Vec<String>) -> Vec<Vec<Row>> {
    let mut cell = |cell: &Cell| {
        let face = match &cell.run {
            Some(run) if !cell.text.trim().is_empty() => {
                links.push([RUN, run].concat());
                Face::Link((links.len() - 1) as u16)
            }
            _ => Face::Plain,
        };
        vec![(cell.whole(), face)]
    };
    let head = table.head.iter().map(|text| vec![(text.clone(), Face::Plain)]).collect();
    let body = table.rows.iter().map(|row| row.iter().map(&mut cell).collect());
    std::iter::once(head).chain(body).collect()
}

/// Gathers the addresses of a note's links.
struct Addresses(Vec<String>);

impl Fill for Addresses {
    fn placeholder(&mut self, _: usize) -> Piece {
        (String::new(), Face::Plain)
    }

    fn link(&mut self, address: &str) -> Option<usize> {
        self.0.push(address.to_owned());
        None
    }
}
