// SPDX-License-Identifier: MIT OR Apache-2.0
//! The list of what can be put beside a run of the field: nothing, or any system in any of its settings.

use pairs::{Pair, setting_of};
use queues::systems::{settings, system_of};
use ratatui::layout::Rect;

use super::Figure;
use super::panel::{Panel, heading};
use crate::control::Control;
use crate::pen::Pen;
use crate::run::Run;
use crate::turn::Turn;

impl Figure {
    pub(super) fn open_beside(&mut self) -> Turn {
        let of_field = self.runs.lead.address().is_some_and(|address| system_of(&address).is_some());
        if !of_field {
            let why = "Systems stand beside systems: search for one, or open the table of the field";
            return Turn::Say(why.to_owned());
        }
        self.panel = Some(Panel::Beside { selected: self.beside_now() });
        Turn::Redraw
    }

    /// The row of what is beside the run already.
    fn beside_now(&self) -> usize {
        let address = self.runs.second().and_then(|(run, _)| run.address());
        let here = address.as_ref().and_then(setting_of).map(|(system, setting)| (system.name, setting.name));
        let row = settings().position(|(system, setting)| Some((system.name, setting.name)) == here);
        row.map_or(0, |row| row + 1)
    }

    pub(super) fn step_beside(&mut self, selected: usize, control: Control) -> Turn {
        let rows = settings().count() + 1;
        let next = match control {
            Control::Up => selected.checked_sub(1).unwrap_or(rows - 1),
            Control::Down => (selected + 1) % rows,
            Control::Enter => return self.put_beside(selected),
            Control::Pick(row) if usize::from(row) == selected => return self.put_beside(selected),
            Control::Pick(row) => usize::from(row).min(rows - 1),
            _ => selected,
        };
        self.panel = Some(Panel::Beside { selected: next });
        Turn::if_changed(next != selected)
    }

    /// Puts what stands in this row beside the run, with its seed and its faults.
    fn put_beside(&mut self, row: usize) -> Turn {
        let chosen = row.checked_sub(1).and_then(|n| settings().nth(n));
        let Some((system, setting)) = chosen else {
            self.runs.part();
            return Turn::Redraw;
        };
        let Some(first) = self.runs.lead.address() else { return Turn::Still };
        let put = Pair::of_system(&first, system, setting).and_then(|second| {
            let run = Run::open(&second.address)?;
            Ok((run, second.refused))
        });
        let put = put.map_err(|error| error.to_string());
        match put.and_then(|(run, refused)| self.runs.put_beside(run).map(|()| refused)) {
            Ok(refused) => refused.map_or(Turn::Redraw, Turn::Say),
            Err(why) => Turn::Say(why),
        }
    }
}

/// The list, its heading on top.
pub(super) fn draw(pen: &mut Pen<'_>, selected: usize) {
    let area = pen.area;
    let rows = usize::from(area.height - 1);
    let words: Vec<String> = std::iter::once("nothing".to_owned())
        .chain(settings().map(|(system, setting)| system.called(setting)))
        .collect();
    let first = (selected + 1).saturating_sub(rows);
    let place =
        if words.len() > rows { format!("{} of {}", selected + 1, words.len()) } else { String::new() };
    heading(pen, "beside this run, on its clock, seed and faults", &place);
    for (n, y) in (first..words.len()).zip(area.y + 1..area.bottom()) {
        let style = if n == selected { pen.palette.selected() } else { pen.palette.ink() };
        pen.text(area.x + 2, y, &[" ", &*words[n], " "].concat(), style);
        pen.hot(Rect { y, height: 1, ..area }, Control::Pick(n as u16));
    }
}
