// SPDX-License-Identifier: MIT OR Apache-2.0
//! The field: nine queue systems under faults, as the recorded table that can be walked through.

use course::field::{Case, Mishap, RECORDED_SEEDS, Tally, at_most, find};
use queues::FaultKind;
use queues::systems::systems;
use ratatui::layout::Rect;

use crate::chrome;
use crate::control::{Control, FIELD};
use crate::pen::{Pen, width};
use crate::run::Run;
use crate::runs::Runs;
use crate::text::wrap;
use crate::turn::{Door, Turn};

/// What the columns are called; the foot says it in full.
const HEADS: [&str; 10] =
    ["none", "cons.", "broker", "mach.", "disk", "clean", "1-way", "bridge", "leader", "client"];
/// Columns of a cell.
const CELL: u16 = 7;
/// Columns of a setting's name at least.
const LEAST_NAME: u16 = 24;
/// And at most: numbers stand near what they are of.
const MOST_NAME: u16 = 56;
/// Rows below the table: what the selected cell says.
const FOOT: u16 = 6;

/// What the cells count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measure {
    /// Confirmed messages lost; in brackets those sent without a confirm.
    Lost,
    /// One mishap.
    Mishap(Mishap),
    /// Seconds a run that the queue was unavailable.
    Unavailable,
}

const MEASURES: [Measure; 7] = [
    Measure::Lost,
    Measure::Mishap(Mishap::Duplicated),
    Measure::Mishap(Mishap::Reordered),
    Measure::Mishap(Mishap::Stuck),
    Measure::Mishap(Mishap::Refused),
    Measure::Mishap(Mishap::Unknown),
    Measure::Unavailable,
];

/// A row of the table.
#[derive(Clone, Copy)]
enum Line {
    /// A system's name.
    System(usize),
    /// A setting: of which system, and its place there.
    Setting(usize, usize),
}

/// The screen.
#[derive(Default)]
pub struct Field {
    /// The selected setting, counted over all systems.
    row: usize,
    /// The selected fault.
    column: usize,
    /// What is counted.
    measure: usize,
    /// The cell that waits for another to be compared with.
    marked: Option<(usize, usize)>,
    /// How many settings a screenful has; what was drawn last.
    page: usize,
}

fn lines() -> Vec<Line> {
    let of_system = |(n, system): (usize, &&'static queues::systems::System)| {
        let settings = (0..system.settings.len()).map(move |setting| Line::Setting(n, setting));
        std::iter::once(Line::System(n)).chain(settings)
    };
    systems().iter().enumerate().flat_map(of_system).collect()
}

/// The settings of all systems: of which, and the place there.
fn settings() -> Vec<(usize, usize)> {
    let setting = |line: Line| match line {
        Line::Setting(system, setting) => Some((system, setting)),
        Line::System(_) => None,
    };
    lines().into_iter().filter_map(setting).collect()
}

/// A cell of the recorded table; none where the fault cannot happen.
fn cell((system, setting): (usize, usize), fault: FaultKind) -> Option<&'static (Case, Tally)> {
    let system = systems()[system];
    find(system.name, system.settings[setting].name, (fault, None))
}

impl Measure {
    fn words(self) -> &'static str {
        match self {
            Measure::Lost => "confirmed, and lost (in brackets: sent without confirm, and lost)",
            Measure::Mishap(mishap) => mishap.words(),
            Measure::Unavailable => "unavailable, seconds a run",
        }
    }

    fn text(self, cell: Option<&(Case, Tally)>) -> String {
        let Some((_, tally)) = cell else { return "–".to_owned() };
        let (confirmed, returned) = (tally.of(Mishap::ConfirmedLost), tally.of(Mishap::ReturnedLost));
        let number = match self {
            Measure::Unavailable => {
                return tally.unavailable_seconds().map_or("–".to_owned(), |seconds| match seconds {
                    0.0 => "·".to_owned(),
                    seconds => format!("{seconds:.1}"),
                });
            }
            Measure::Lost if confirmed == 0 && returned > 0 => return format!("({returned})"),
            Measure::Lost => confirmed,
            Measure::Mishap(mishap) => tally.of(mishap),
        };
        if number == 0 { "·".to_owned() } else { number.to_string() }
    }

    /// The seed of the run that shows it soonest; the first where none does.
    fn seed(self, tally: &Tally) -> u64 {
        let seed = match self {
            Measure::Lost => {
                tally.shortest(Mishap::ConfirmedLost).or_else(|| tally.shortest(Mishap::ReturnedLost))
            }
            Measure::Mishap(mishap) => tally.shortest(mishap),
            Measure::Unavailable => None,
        };
        seed.unwrap_or(1)
    }
}

impl Field {
    /// Does what the reader asks for.
    pub fn step(&mut self, control: Control) -> Turn {
        let (rows, columns) = (settings().len(), FaultKind::ALL.len());
        match control {
            Control::Up => self.row = self.row.saturating_sub(1),
            Control::Down => self.row = (self.row + 1).min(rows - 1),
            Control::PageUp => self.row = self.row.saturating_sub(self.page.max(1)),
            Control::PageDown => self.row = (self.row + self.page.max(1)).min(rows - 1),
            Control::First => self.row = 0,
            Control::Last => self.row = rows - 1,
            Control::Less => self.column = self.column.saturating_sub(1),
            Control::More => self.column = (self.column + 1).min(columns - 1),
            Control::Next => self.measure = (self.measure + 1) % MEASURES.len(),
            Control::Previous => self.measure = (self.measure + MEASURES.len() - 1) % MEASURES.len(),
            Control::Pick(place) => {
                let (row, column) = (usize::from(place) / columns, usize::from(place) % columns);
                if (row, column) == (self.row, self.column) {
                    return self.open(None);
                }
                (self.row, self.column) = (row.min(rows - 1), column);
            }
            Control::Enter => return self.open(None),
            Control::Beside => return self.mark(),
            Control::Back => return Turn::Back,
            _ => return Turn::Still,
        }
        Turn::Redraw
    }

    /// Marks a cell; from another one it opens both beside each other, on the marked one's seed.
    fn mark(&mut self) -> Turn {
        let here = (self.row, self.column);
        match self.marked.take() {
            Some(marked) if marked != here => self.open(Some(marked)),
            Some(_) => Turn::Say("The mark is taken away".to_owned()),
            None if self.cell_at(here).is_none() => Turn::Say("This fault cannot happen here".to_owned()),
            None => {
                self.marked = Some(here);
                Turn::Say("Marked: b on another cell opens both beside each other, on one seed".to_owned())
            }
        }
    }

    fn cell_at(&self, (row, column): (usize, usize)) -> Option<&'static (Case, Tally)> {
        cell(settings()[row], FaultKind::ALL[column])
    }

    /// Opens the run of the selected cell; beside that of another one, and on its seed, where one is named.
    fn open(&self, first: Option<(usize, usize)>) -> Turn {
        let Some((case, tally)) = self.cell_at((self.row, self.column)) else {
            return Turn::Say("This fault cannot happen here".to_owned());
        };
        let first = first.and_then(|place| self.cell_at(place));
        let seed = MEASURES[self.measure].seed(first.map_or(tally, |(_, tally)| tally));
        let open = |case: &Case| Run::open(&case.address(&case.plan(), seed)).map_err(|why| why.to_string());
        let runs = match first {
            None => open(case).map(Runs::from),
            Some((first, _)) => open(first).and_then(|lead| {
                let mut runs = Runs::from(lead);
                runs.put_beside(open(case)?).map(|()| runs)
            }),
        };
        match runs {
            Ok(runs) => Turn::Open(Door::Figure(Box::new(runs), title(case, first.map(|(first, _)| first)))),
            Err(why) => Turn::Say(why),
        }
    }

    /// Paints the screen.
    pub fn draw(&mut self, pen: &mut Pen<'_>) {
        let measure = MEASURES[self.measure];
        chrome::head(pen, "the field", &format!("of {RECORDED_SEEDS} runs each"));
        chrome::foot(pen, FIELD, false);
        let inner = chrome::inner(pen.area);
        let inner = Rect { x: inner.x + 1, width: inner.width - 2, ..inner };
        pen.text(inner.x, inner.y, measure.words(), pen.palette.strong());
        let table = Rect { y: inner.y + 1, height: inner.height - 1 - FOOT, ..inner };
        self.draw_table(pen, table, measure);
        let foot = Rect { y: inner.bottom() - FOOT, height: FOOT, ..inner };
        pen.rule(foot.y);
        self.draw_foot(pen, Rect { y: foot.y + 1, height: FOOT - 1, ..foot }, measure);
    }

    fn draw_table(&mut self, pen: &mut Pen<'_>, area: Rect, measure: Measure) {
        let faults = FaultKind::ALL.len();
        // As many columns as fit beside the names; the selected one is among them.
        let fit = usize::from((area.width - LEAST_NAME) / CELL).min(faults);
        let first = self.column.saturating_sub(fit - 1);
        let name = (area.width - fit as u16 * CELL).min(MOST_NAME);
        let right = |n: usize| area.x + name + (n - first + 1) as u16 * CELL;
        for (n, head) in HEADS.iter().enumerate().skip(first).take(fit) {
            pen.text_right(right(n), area.y, head, pen.palette.quiet());
        }
        let more = (first > 0, first + fit < faults);
        let words = match more {
            (true, true) => "‹ more ›",
            (true, false) => "‹ more",
            (false, true) => "more ›",
            (false, false) => "",
        };
        pen.text(area.x, area.y, words, pen.palette.quiet());
        let lines = lines();
        let rows = usize::from(area.height - 1);
        self.page = rows.saturating_sub(2);
        let (system, setting) = settings()[self.row];
        let at = lines
            .iter()
            .position(|line| matches!(line, Line::Setting(a, b) if (*a, *b) == (system, setting)))
            .unwrap_or(0);
        let top = (at + rows / 3 + 1).saturating_sub(rows).min(lines.len().saturating_sub(rows));
        let mut number = lines[..top].iter().filter(|line| matches!(line, Line::Setting(..))).count();
        for (line, y) in lines[top..].iter().zip(area.y + 1..area.bottom()) {
            let (system, setting) = match *line {
                Line::System(n) => {
                    pen.text(area.x, y, systems()[n].title, pen.palette.strong());
                    continue;
                }
                Line::Setting(system, setting) => (system, setting),
            };
            let title = systems()[system].settings[setting].title;
            let style = if number == self.row { pen.palette.strong() } else { pen.palette.ink() };
            pen.text_within(area.x + 2, y, title, name.saturating_sub(2), style);
            for column in first..first + fit {
                let text = measure.text(cell((system, setting), FaultKind::ALL[column]));
                let here = (number, column);
                let text = if self.marked == Some(here) { ["*", &*text].concat() } else { text };
                let style = match () {
                    () if here == (self.row, self.column) => pen.palette.selected(),
                    () if text == "·" || text == "–" => pen.palette.quiet(),
                    () => pen.palette.ink(),
                };
                let text = if here == (self.row, self.column) { [" ", &*text].concat() } else { text };
                pen.text_right(right(column), y, &text, style);
                let spot = Rect { x: right(column) - CELL, y, width: CELL, height: 1 };
                pen.hot(spot, Control::Pick((number * faults + column) as u16));
            }
            number += 1;
        }
    }

    /// The selected cell in words: what goes wrong, how likely it is at most, and what the setting claims.
    fn draw_foot(&self, pen: &mut Pen<'_>, area: Rect, measure: Measure) {
        let (system, setting) = settings()[self.row];
        let (system, fault) = (systems()[system], FaultKind::ALL[self.column]);
        let setting = &system.settings[setting];
        let title = format!("{} · {} · {}", system.title, setting.title, fault.words());
        let mut lines: Vec<String> = wrap(&title, usize::from(area.width));
        lines.truncate(1);
        lines.push(match self.cell_at((self.row, self.column)) {
            None => "cannot happen here".to_owned(),
            Some((_, tally)) => said(measure, tally),
        });
        let keeps = match &setting.keeps {
            Some(keeps) => format!("Keeps what it has confirmed if {}.", keeps.sentence),
            None => "Does not claim to keep what it has confirmed.".to_owned(),
        };
        lines.extend(wrap(&keeps, usize::from(area.width)));
        for (n, (line, y)) in lines.iter().zip(area.top()..area.bottom()).enumerate() {
            let style = if n == 0 { pen.palette.strong() } else { pen.palette.ink() };
            if width(line) > 0 {
                pen.text_within(area.x, y, line, area.width, style);
            }
        }
    }
}

/// What the run of a case is called, and that of two of them: their names stand above them, so it says what goes wrong.
fn title(case: &Case, first: Option<&Case>) -> String {
    match first {
        None => [&*case.system.called(case.setting), ": ", case.fault.words()].concat(),
        Some(first) if first.fault == case.fault => case.fault.words().to_owned(),
        Some(first) => format!("{}, and {}", first.fault.words(), case.fault.words()),
    }
}

fn said(measure: Measure, tally: &Tally) -> String {
    let mishap = match measure {
        Measure::Unavailable => {
            return match tally.unavailable_seconds() {
                Some(seconds) => format!("unavailable for {seconds:.1} s a run, on average"),
                None => "producers ask for no confirm, so nobody knows".to_owned(),
            };
        }
        Measure::Lost if tally.unavailable.is_none() => Mishap::ReturnedLost,
        Measure::Lost => Mishap::ConfirmedLost,
        Measure::Mishap(mishap) => mishap,
    };
    let k = tally.of(mishap);
    let most = 100.0 * at_most(k, tally.runs);
    format!("{k} of {} runs: {}; in at most {most:.1} % of all (95 %)", tally.runs, mishap.words())
}
