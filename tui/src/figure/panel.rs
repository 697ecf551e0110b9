// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lists and fields over the figure: parameters, actions, a seed, an address.

use queues::systems::settings;
use ratatui::layout::Rect;
use stage::{Action, Target};

use super::{Figure, beside};
use crate::control::Control;
use crate::pen::{Pen, width};
use crate::text::wrap;
use crate::turn::Turn;

/// What is open.
pub(super) enum Panel {
    /// Parameters; which row is selected, and whether the rest is listed too.
    Parameters { selected: usize, more: bool },
    /// What can be done to a thing.
    Actions { target: Target, actions: Vec<Action>, selected: usize },
    /// A seed, as far as it is typed.
    Seed(String),
    /// The address of this moment.
    Address(String),
    /// What can be put beside the run; the first row is nothing.
    Beside { selected: usize },
}

/// The longest seed has twenty digits.
const MOST_DIGITS: usize = 20;

impl Panel {
    /// Rows that it would like, its heading included, in so many columns.
    pub fn height(&self, figure: &Figure, columns: u16) -> u16 {
        let rows = match self {
            Panel::Parameters { more, .. } => {
                let (all, shown) = figure.runs.lead.parameters();
                let rows = if *more { all.len() } else { shown };
                rows + 1 + 2
            }
            Panel::Actions { actions, .. } => actions.len(),
            Panel::Seed(_) => 1,
            Panel::Beside { .. } => settings().count() + 1,
            Panel::Address(address) => wrap(address, usize::from(columns.saturating_sub(4))).len() + 1,
        };
        rows as u16 + 1
    }
}

impl Figure {
    pub(super) fn open_parameters(&mut self) -> Turn {
        if let Some(why) = self.runs.lead.fixed() {
            return Turn::Say(why.to_owned());
        }
        self.panel = Some(Panel::Parameters { selected: 0, more: false });
        Turn::Redraw
    }

    pub(super) fn open_actions(&mut self) -> Turn {
        if let Some(why) = self.runs.lead.fixed() {
            return Turn::Say(why.to_owned());
        }
        let Some(target) = self.pointing else {
            return Turn::Say("Point at a thing first: tab goes from one to the next".to_owned());
        };
        self.runs.lead.player.pause();
        let actions = self.runs.lead.actions(target);
        if actions.is_empty() {
            return Turn::Say("Nothing can be done to it now".to_owned());
        }
        self.panel = Some(Panel::Actions { target, actions, selected: 0 });
        Turn::Redraw
    }

    pub(super) fn ask_seed(&mut self) -> Turn {
        if let Some(why) = self.runs.lead.fixed() {
            return Turn::Say(why.to_owned());
        }
        self.panel = Some(Panel::Seed(String::new()));
        Turn::Redraw
    }

    pub(super) fn step_panel(&mut self, control: Control) -> Turn {
        let parameters = matches!(self.panel, Some(Panel::Parameters { .. }));
        if control == Control::Back || (parameters && control == Control::Parameters) {
            self.panel = None;
            return Turn::Redraw;
        }
        match self.panel.take() {
            Some(Panel::Parameters { selected, more }) => self.step_parameters(selected, more, control),
            Some(Panel::Actions { target, actions, selected }) => {
                self.step_actions(target, actions, selected, control)
            }
            Some(Panel::Seed(typed)) => self.step_seed(typed, control),
            Some(Panel::Beside { selected }) => self.step_beside(selected, control),
            Some(panel @ Panel::Address(_)) => {
                self.panel = Some(panel);
                Turn::if_changed(super::play(&mut self.runs.lead.player, control))
            }
            None => Turn::Still,
        }
    }

    fn step_parameters(&mut self, selected: usize, more: bool, control: Control) -> Turn {
        let (all, shown) = self.runs.lead.parameters();
        // The last row is the door to the rest.
        let rows = if more { all.len() } else { shown } + 1;
        let door = selected + 1 == rows;
        let (mut next, mut listed) = (selected, more);
        let turn = match control {
            Control::Up => {
                next = selected.checked_sub(1).unwrap_or(rows - 1);
                Turn::Redraw
            }
            Control::Down => {
                next = (selected + 1) % rows;
                Turn::Redraw
            }
            Control::Pick(row) if usize::from(row) != selected => {
                next = usize::from(row).min(rows - 1);
                Turn::Redraw
            }
            Control::Enter | Control::Pick(_) if door => {
                listed = !more;
                next = if more { shown } else { selected };
                Turn::Redraw
            }
            Control::More | Control::Less if !door => self.change(all[selected], control == Control::More),
            Control::Change(row, up) if usize::from(row) < all.len() => {
                next = row.into();
                self.change(all[next], up)
            }
            _ => self.play_or_change(control),
        };
        if self.panel.is_none() {
            let last = if listed { all.len() } else { shown };
            let chosen = all[..last].get(next).map(|known| known.name);
            self.panel = Some(Panel::Parameters { selected: self.row_of(chosen, listed), more: listed });
        }
        turn
    }

    /// The row of a parameter, or of the door; another kind of queue has other parameters.
    fn row_of(&self, chosen: Option<&str>, more: bool) -> usize {
        let (all, shown) = self.runs.lead.parameters();
        let door = if more { all.len() } else { shown };
        let row = all[..door].iter().position(|known| Some(known.name) == chosen);
        row.unwrap_or(door)
    }

    fn change(&mut self, parameter: &queues::Parameter, up: bool) -> Turn {
        match self.runs.lead.change(parameter, up) {
            Ok(true) => {
                self.forget_what_is_gone();
                Turn::Redraw
            }
            Ok(false) => Turn::Say("There is no value beyond this one".to_owned()),
            Err(why) => Turn::Say(why),
        }
    }

    fn step_actions(
        &mut self,
        target: Target,
        actions: Vec<Action>,
        selected: usize,
        control: Control,
    ) -> Turn {
        let count = actions.len();
        let next = match control {
            Control::Up => selected.checked_sub(1).unwrap_or(count - 1),
            Control::Down => (selected + 1) % count,
            Control::Pick(row) if usize::from(row) != selected => usize::from(row).min(count - 1),
            Control::Enter | Control::Pick(_) => {
                let action = &actions[selected];
                return match self.runs.lead.add_fault(&action.entry) {
                    Ok(()) => self.changed(&format!("{}: space plays on, u takes it back", action.label)),
                    Err(why) => Turn::Say(why),
                };
            }
            _ => selected,
        };
        self.panel = Some(Panel::Actions { target, actions, selected: next });
        Turn::if_changed(next != selected)
    }

    fn step_seed(&mut self, mut typed: String, control: Control) -> Turn {
        match control {
            Control::Enter if typed.is_empty() => return Turn::Redraw,
            Control::Enter => {
                return match typed.parse() {
                    Ok(seed) => self.take_seed(seed),
                    Err(_) => {
                        self.panel = Some(Panel::Seed(typed));
                        Turn::Say(format!("A seed is a whole number up to {}", u64::MAX))
                    }
                };
            }
            Control::Type(c) if c.is_ascii_digit() && typed.len() < MOST_DIGITS => typed.push(c),
            Control::Erase => {
                typed.pop();
            }
            _ => {}
        }
        self.panel = Some(Panel::Seed(typed));
        Turn::Redraw
    }
}

/// Draws the open panel into a part of the screen, its heading on top.
pub(super) fn draw(pen: &mut Pen<'_>, figure: &Figure, panel: &Panel, area: Rect) {
    pen.clear(area);
    let pen = &mut pen.within(area);
    match panel {
        Panel::Parameters { selected, more } => parameters(pen, figure, *selected, *more),
        Panel::Actions { target, actions, selected } => {
            let words = target.words(figure.runs.lead.player.timeline());
            heading(pen, &words, "");
            for (n, (action, y)) in actions.iter().zip(area.y + 1..area.bottom()).enumerate() {
                let style = if n == *selected { pen.palette.selected() } else { pen.palette.ink() };
                pen.text(area.x + 2, y, &[" ", &*action.label, " "].concat(), style);
                pen.hot(Rect { y, height: 1, ..area }, Control::Pick(n as u16));
            }
        }
        Panel::Beside { selected } => beside::draw(pen, *selected),
        Panel::Seed(typed) => {
            heading(pen, "seed", "");
            let x = pen.text(area.x + 3, area.y + 1, typed, pen.palette.strong());
            pen.put(x, area.y + 1, ' ', pen.palette.selected());
        }
        Panel::Address(address) => {
            heading(pen, "the address of this moment", "copied, where the terminal lets us");
            let room = usize::from(area.width.saturating_sub(4));
            for (line, y) in wrap(address, room).iter().zip(area.y + 1..area.bottom()) {
                pen.text(area.x + 2, y, line, pen.palette.ink());
            }
        }
    }
}

pub(super) fn heading(pen: &mut Pen<'_>, left: &str, right: &str) {
    let area = pen.area;
    pen.rule(area.y);
    pen.text(area.x + 2, area.y, &[" ", left, " "].concat(), pen.palette.strong());
    if !right.is_empty() && width(left) + width(right) + 8 <= area.width {
        pen.text_right(area.right() - 2, area.y, &[" ", right, " "].concat(), pen.palette.quiet());
    }
}

fn parameters(pen: &mut Pen<'_>, figure: &Figure, selected: usize, more: bool) {
    let area = pen.area;
    let (all, shown) = figure.runs.lead.parameters();
    let Some(plan) = figure.runs.lead.plan() else { return };
    let rows = if more { all.len() } else { shown } + 1;
    let help = 2.min(area.height.saturating_sub(3));
    let room = usize::from(area.height.saturating_sub(1 + help)).max(1);
    let first = (selected + 1).saturating_sub(room);
    let position = if rows > room { format!("{} of {rows}", selected + 1) } else { String::new() };
    heading(pen, "parameters", &position);
    let label = all.iter().map(|known| width(known.label)).max().unwrap_or(0);
    for (row, y) in (first..rows).take(room).zip(area.y + 1..) {
        let style = if row == selected { pen.palette.selected() } else { pen.palette.ink() };
        pen.hot(Rect { y, height: 1, ..area }, Control::Pick(row as u16));
        if row + 1 == rows {
            let rest = all.len() - shown;
            let words = if more { " enter: fewer ".to_owned() } else { format!(" enter: {rest} more ") };
            pen.text(area.x + 2, y, &words, style);
            continue;
        }
        let known = all[row];
        let value = known.value(plan).to_string();
        pen.text(area.x + 2, y, &format!(" {:<1$} ", known.label, usize::from(label)), style);
        let x = area.x + 2 + label + 4;
        let ends = [known.neighbour(plan, false).is_some(), known.neighbour(plan, true).is_some()];
        pen.text(x, y, if ends[0] { "‹" } else { " " }, pen.palette.quiet());
        pen.text(x + 2, y, &format!("{value:^10}"), pen.palette.strong());
        pen.text(x + 13, y, if ends[1] { "›" } else { " " }, pen.palette.quiet());
        for (from, up) in [(x, false), (x + 12, true)] {
            pen.hot(Rect { x: from, y, width: 2, height: 1 }, Control::Change(row as u16, up));
        }
    }
    if let Some(known) = all.get(selected).filter(|_| selected + 1 < rows) {
        let lines = wrap(known.help, usize::from(area.width.saturating_sub(6)));
        for (line, y) in lines.iter().zip(area.bottom() - help..area.bottom()) {
            pen.text(area.x + 3, y, line, pen.palette.quiet());
        }
    }
}
