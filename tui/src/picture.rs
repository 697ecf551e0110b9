// SPDX-License-Identifier: MIT OR Apache-2.0
//! The screen as a picture: an SVG of a figure, for pages about the course. `cargo xtask shots` writes the README's.

use std::fmt::Write;

use queues::{Address, AddressError};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use stage::{Material, Tone};

use crate::app::App;
use crate::memory::Memory;
use crate::palette::Environment;
use crate::run::Run;

/// A cell's width, in tenths of a pixel: six tenths of the letters' size.
const WIDTH: u32 = 84;
/// A cell's height, in pixels.
const HEIGHT: u32 = 17;
/// The letters' size, in pixels.
const LETTERS: u32 = 14;
/// From a cell's top to the foot of its letters, in pixels.
const FOOT: u32 = 13;
/// Around the screen, in pixels.
const MARGIN: u32 = 18;

/// What the README shows: messages overtaken, a consumer down, its message delivered again.
pub const README: &str =
    "order/concurrent-consumers?seed=7&faults=crash:consumer-1@600ms;restart:consumer-1@1.4s&at=900ms";
/// Columns and rows of the README's screen: wide enough for the charts beside the figure.
pub const SCREEN: (u16, u16) = (120, 36);

/// A figure at its address's moment, on a screen of this many columns and rows.
///
/// # Errors
/// What is wrong with the address.
pub fn of_figure(address: &str, (columns, rows): (u16, u16), material: Material) -> Result<String, String> {
    let parsed: Address = address.parse().map_err(|error: AddressError| error.to_string())?;
    let run = Run::open(&parsed).map_err(|error| error.to_string())?;
    let mut app = App::figure(Environment::exact(material), Memory::default(), run, "figure");
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).map_err(|error| error.to_string())?;
    terminal.draw(|frame| app.draw(frame)).map_err(|error| error.to_string())?;
    Ok(svg(terminal.backend().buffer(), material, address))
}

/// What a stretch of cells looks like.
#[derive(PartialEq)]
struct Look {
    ink: String,
    ground: Option<String>,
    bold: bool,
}

/// A screen as SVG; `title` is what a screen reader says of it.
fn svg(screen: &Buffer, material: Material, title: &str) -> String {
    let (columns, rows) = (u32::from(screen.area.width), u32::from(screen.area.height));
    let (wide, high) = (columns * WIDTH / 10 + 2 * MARGIN, rows * HEIGHT + 2 * MARGIN);
    let mut grounds = String::new();
    let mut letters = String::new();
    for row in 0..rows {
        let cell = |column: u32| &screen[(column as u16, row as u16)];
        let mut column = 0;
        while column < columns {
            let look = look(cell(column), material);
            let first = column;
            // A wide character owns the cell behind it; without a gap of two blanks, neighbours of one look stay together.
            while column < columns && self::look(cell(column), material) == look {
                column += 1;
            }
            if let Some(ground) = &look.ground {
                rectangle(&mut grounds, first, row, column - first, ground);
            }
            let text: Vec<&str> = (first..column).map(|column| cell(column).symbol()).collect();
            stretch(&mut letters, first, row, &text, &look);
        }
    }
    let (paper, ink) = (material.hex(), Tone::Ink.hex(material));
    format!(
        "<!-- SPDX-License-Identifier: CC-BY-4.0 -->\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {high}\" width=\"{wide}\" height=\"{high}\" role=\"img\">\n\
         <title>{}</title>\n\
         <rect x=\".5\" y=\".5\" width=\"{}\" height=\"{}\" rx=\"8\" fill=\"{paper}\" stroke=\"{ink}\" stroke-opacity=\".2\"/>\n\
         {grounds}<g font-family=\"ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace\" font-size=\"{LETTERS}\" \
         xml:space=\"preserve\">\n{letters}</g>\n</svg>\n",
        escape(title),
        wide - 1,
        high - 1
    )
}

fn look(cell: &Cell, material: Material) -> Look {
    let (mut ink, mut ground) = (hex(cell.fg), hex(cell.bg));
    if cell.modifier.contains(Modifier::REVERSED) {
        let plain = || Tone::Ink.hex(material).to_owned();
        let paper = ground.unwrap_or_else(|| material.hex().to_owned());
        (ink, ground) = (Some(paper), Some(ink.unwrap_or_else(plain)));
    }
    let quiet = cell.modifier.contains(Modifier::DIM);
    let plain = if quiet { Tone::Quiet } else { Tone::Ink };
    let ink = ink.unwrap_or_else(|| plain.hex(material).to_owned());
    Look { ink, ground, bold: cell.modifier.contains(Modifier::BOLD) }
}

/// Exact colours only: the palette was asked for nothing else.
fn hex(colour: Color) -> Option<String> {
    match colour {
        Color::Rgb(red, green, blue) => Some(format!("#{red:02X}{green:02X}{blue:02X}")),
        _ => None,
    }
}

/// A column's left edge.
fn x(column: u32) -> String {
    let tenths = MARGIN * 10 + column * WIDTH;
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn rectangle(out: &mut String, column: u32, row: u32, columns: u32, fill: &str) {
    let (width, y) = (columns * WIDTH, MARGIN + row * HEIGHT);
    let (whole, tenth) = (width / 10, width % 10);
    let _ = writeln!(
        out,
        "<rect x=\"{}\" y=\"{y}\" width=\"{whole}.{tenth}\" height=\"{HEIGHT}\" fill=\"{fill}\"/>",
        x(column)
    );
}

/// Writes words at their columns, whatever the width of the letters of whoever looks: each word is held to its cells.
fn stretch(out: &mut String, first: u32, row: u32, cells: &[&str], look: &Look) {
    let blank = |cell: &&str| cell.trim().is_empty();
    let mut at = 0;
    while at < cells.len() {
        if blank(&cells[at]) {
            at += 1;
            continue;
        }
        let mut end = at;
        while end < cells.len() && !(blank(&cells[end]) && cells.get(end + 1).is_none_or(&blank)) {
            end += 1;
        }
        let words = cells[at..end].concat();
        let width = (end - at) as u32 * WIDTH;
        let bold = if look.bold { " font-weight=\"700\"" } else { "" };
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{}\" fill=\"{}\"{bold} textLength=\"{}.{}\" lengthAdjust=\"spacingAndGlyphs\">{}</text>",
            x(first + at as u32),
            MARGIN + row * HEIGHT + FOOT,
            look.ink,
            width / 10,
            width % 10,
            escape(&words)
        );
        at = end;
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    #[test]
    fn words_stand_at_their_columns_and_reversed_cells_are_filled() {
        let mut screen = Buffer::empty(Rect::new(0, 0, 20, 2));
        screen.set_string(1, 0, "a < b   c", Style::new());
        screen.set_string(
            0,
            1,
            "on",
            Style::new().fg(Color::Rgb(0, 0x72, 0xB2)).add_modifier(Modifier::REVERSED),
        );
        let svg = svg(&screen, Material::Paper, "A & B");
        for expected in [
            "<title>A &amp; B</title>",
            "<text x=\"26.4\" y=\"31\" fill=\"#1F2328\" textLength=\"42.0\" lengthAdjust=\"spacingAndGlyphs\">a &lt; b</text>",
            "<text x=\"93.6\" y=\"31\" fill=\"#1F2328\" textLength=\"8.4\" lengthAdjust=\"spacingAndGlyphs\">c</text>",
            "<rect x=\"18.0\" y=\"35\" width=\"16.8\" height=\"17\" fill=\"#0072B2\"/>",
            "fill=\"#FBFAF7\" textLength=\"16.8\" lengthAdjust=\"spacingAndGlyphs\">on</text>",
        ] {
            assert!(svg.contains(expected), "{expected} is not in {svg}");
        }
    }

    #[test]
    fn a_wrong_address_is_told() {
        assert!(of_figure("order/nothing", SCREEN, Material::Night).unwrap_err().contains("order/nothing"));
    }
}
