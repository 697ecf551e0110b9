// SPDX-License-Identifier: MIT OR Apache-2.0
//! Nodes: names and conditions, what a queue holds, what consumers work on, what took effect.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use stage::{Condition, Scene, Station, Tone, Working};

use super::geometry::Place;
use crate::pen::{Pen, token_width, width};

/// The bar of one work, in columns: at least this many.
const LEAST_BAR: u16 = 4;
/// A time such as `1.25 s` or `840 ms`, in columns.
const TIME: u16 = 7;

/// A node's short name with a sign where something is wrong with it; the column after it.
pub fn name(pen: &mut Pen<'_>, station: &Station<'_>, place: Place, pointed: bool) -> u16 {
    let mut style = pen.palette.tone(station.tone()).add_modifier(Modifier::BOLD);
    if pointed {
        style = style.add_modifier(Modifier::REVERSED);
    }
    let x = pen.text(place.area.x, place.area.y, station.short, style);
    if station.condition == Condition::Up {
        x
    } else {
        pen.text(x, place.area.y, "⚡", pen.palette.tone(Tone::Fault))
    }
}

/// A consumer: what it works on, how far it is, how long it took so far, and what it has in store.
pub fn consumer(pen: &mut Pen<'_>, station: &Station<'_>, place: Place, pointed: bool) {
    let area = place.area;
    let names = width(station.short).max(3) + 2;
    name(pen, station, place, pointed);
    let rows = Rect { x: area.x + names, width: area.width.saturating_sub(names), ..area };
    let pen = &mut pen.within(rows);
    if station.condition == Condition::Crashed {
        pen.text(rows.x, rows.y, &station.condition_words, pen.palette.tone(Tone::Fault));
        return;
    }
    if !station.money.is_empty() && rows.height > 1 {
        pen.text(rows.x, rows.y + 1, &station.money, pen.palette.ink());
    }
    if station.is_idle() && station.condition_words.is_empty() {
        pen.text(rows.x, rows.y, "idle", pen.palette.quiet());
        return;
    }
    let condition = u16::from(!station.condition_words.is_empty());
    let buffer = u16::from(station.waiting_total > 0 && rows.height > 1);
    let spare = rows.height.saturating_sub(buffer + condition.min(rows.height - 1)).max(1);
    let mut y = rows.y;
    for (n, work) in station.working.iter().take(spare.into()).enumerate() {
        let more = station.working.len().saturating_sub(spare.into());
        let last = n + 1 == usize::from(spare);
        draw_work(pen, work, y, if last { more } else { 0 });
        y += 1;
    }
    if buffer > 0 {
        let x = pen.text(rows.x, y, "next ", pen.palette.quiet());
        row_of_tokens(pen, x, y, rows.right(), station);
        y += 1;
    } else if station.waiting_total > 0 && station.working.is_empty() {
        row_of_tokens(pen, rows.x, y, rows.right(), station);
    }
    if condition > 0 && (y < rows.bottom() || station.working.is_empty()) {
        let row = y.min(rows.bottom() - 1);
        pen.text(rows.x, row, &station.condition_words, pen.palette.tone(Tone::Fault));
    }
}

/// `●14  ███▌░░   60 ms`, and `+2` where more works go on than there are rows.
fn draw_work(pen: &mut Pen<'_>, work: &Working, y: u16, more: usize) {
    let area = pen.area;
    pen.token(area.x, y, &work.token, Style::new());
    let token = token_width(&work.token).max(5) + 1;
    let right = area.right();
    let more = if more > 0 { format!(" +{more}") } else { String::new() };
    let time_right = right - width(&more).min(right);
    pen.text_right(right, y, &more, pen.palette.quiet());
    let bar = (time_right.saturating_sub(area.x + token)).saturating_sub(TIME + 1).min(14);
    if bar >= LEAST_BAR {
        progress(pen, area.x + token, y, bar, work.progress);
    }
    let bar = if bar >= LEAST_BAR { bar + 1 } else { 0 };
    let end = (area.x + token + bar + TIME).min(time_right);
    let time = work.elapsed.short();
    if end.saturating_sub(width(&time)) >= area.x + token + bar {
        pen.text_right(end, y, &time, pen.palette.quiet());
    }
}

/// A bar in eighths of a column.
pub fn progress(pen: &mut Pen<'_>, x: u16, y: u16, columns: u16, part: f32) {
    const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    let eighths = (f32::from(columns) * 8.0 * part.clamp(0.0, 1.0)).round() as u16;
    for n in 0..columns {
        let filled = eighths.saturating_sub(n * 8);
        let (glyph, style) = match filled {
            0 => ('░', pen.palette.quiet()),
            1..8 => (EIGHTHS[usize::from(filled)], pen.palette.accent()),
            _ => ('█', pen.palette.accent()),
        };
        pen.put(x + n, y, glyph, style);
    }
}

/// The head first, then how many more.
fn row_of_tokens(pen: &mut Pen<'_>, from: u16, y: u16, right: u16, station: &Station<'_>) {
    let mut x = from;
    for (n, token) in station.waiting.iter().enumerate() {
        let left = station.waiting_total - n;
        let more = format!("+{left}");
        let reserve = if left > 1 { width(&more) + 1 } else { 0 };
        if x + token_width(token) + reserve > right {
            pen.text_within(x, y, &more, right.saturating_sub(x), pen.palette.quiet());
            return;
        }
        x = pen.token(x, y, token, Style::new()) + 1;
    }
}

/// A queue, a store or a controller: walls, and what it holds between them. The head of the queue is at the right, where
/// messages leave; it fills row by row.
pub fn broker(pen: &mut Pen<'_>, scene: &Scene<'_>, station: &Station<'_>, place: Place, pointed: bool) {
    let area = place.area;
    let wrong = station.condition != Condition::Up;
    let mut wall = if wrong { pen.palette.tone(Tone::Fault) } else { pen.palette.quiet() };
    if pointed {
        wall = wall.add_modifier(Modifier::REVERSED);
    }
    for y in area.top()..area.bottom() {
        pen.put(area.x, y, if wrong { '┆' } else { '│' }, wall);
        pen.put(area.right() - 1, y, if wrong { '┆' } else { '│' }, wall);
    }
    let inside = Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..area };
    let mut pen = pen.within(inside);
    let mut rows = inside;
    let mut style = pen.palette.tone(station.tone());
    if pointed {
        style = style.add_modifier(Modifier::REVERSED);
    }
    if scene.cluster {
        let head = replica(&mut pen, station, rows, style);
        rows.y += head;
        rows.height -= head;
    } else if !station.money.is_empty() {
        rows.height -= money(&mut pen, station, rows, style);
    } else if wrong || pointed {
        let words = if wrong {
            ["⚡", station.short, " ", &station.condition_words].concat()
        } else {
            station.short.to_owned()
        };
        pen.text(rows.x, rows.bottom() - 1, &words, style);
        rows.height -= 1;
    }
    if station.dead_total > 0 && rows.height > 2 {
        put_aside(&mut pen, station, rows.bottom() - 1);
        rows.height -= 1;
    }
    let leased = leased_rows(station, rows.height);
    if leased > 0 {
        let y = rows.bottom() - leased;
        leases(&mut pen, scene, station, Rect { y, height: leased, ..rows });
        rows.height -= leased;
    }
    waiting(&mut pen, station, rows);
}

/// A broker of a cluster: its name, whether it leads or how much it has a copy of, and below that what else there is to say.
/// Answers with the rows that this takes.
fn replica(pen: &mut Pen<'_>, station: &Station<'_>, rows: Rect, name: Style) -> u16 {
    if rows.height == 0 {
        return 0;
    }
    let x = pen.text(rows.x, rows.y, station.short, name) + 1;
    let room = rows.right().saturating_sub(x);
    let Some(replica) = &station.replica else {
        if !station.condition_words.is_empty() {
            let words = ["⚡", &*station.condition_words].concat();
            pen.text_within(x, rows.y, &words, room, pen.palette.tone(Tone::Fault));
        }
        return 1;
    };
    let titles = [replica.title(), replica.short_title()];
    let title = titles.iter().find(|title| width(title) <= room).unwrap_or(&titles[1]);
    let style = pen.palette.tone(replica.tone());
    let style = if replica.leads.is_some() { style.add_modifier(Modifier::BOLD) } else { style };
    pen.text_within(x, rows.y, title, room, style);
    let mut notes = replica.notes();
    if !station.condition_words.is_empty() {
        notes.insert(0, (Tone::Fault, ["⚡ ", &*station.condition_words].concat()));
    }
    if rows.height < 2 || notes.is_empty() {
        return 1;
    }
    let mut x = rows.x;
    for (tone, text) in notes {
        if x > rows.x && x + width(&text) > rows.right() {
            break;
        }
        x = pen.text_within(x, rows.y + 1, &text, rows.right().saturating_sub(x), pen.palette.tone(tone)) + 1;
    }
    2
}

/// The name and what its accounts hold, at the bottom: in one row, or in two where it is narrow. Answers with how many.
fn money(pen: &mut Pen<'_>, station: &Station<'_>, rows: Rect, name: Style) -> u16 {
    let wide = width(station.short) + 2;
    // Where it does not fit the sum has to be made in one's head.
    let amounts = station.money.split(" = ").next().unwrap_or_default();
    let money = [&*station.money, amounts].into_iter().find(|text| wide + width(text) <= rows.width);
    let below = rows.bottom() - 1;
    if let Some(money) = money {
        pen.text(rows.x, below, station.short, name);
        pen.text(rows.x + wide, below, money, pen.palette.ink());
        return 1;
    }
    pen.text_within(rows.x, below, amounts, rows.width, pen.palette.ink());
    if rows.height > 1 {
        pen.text(rows.x, below - 1, station.short, name);
    }
    rows.height.min(2)
}

/// How many rows the leased messages get, their heading included: at most half, and none in a low queue.
fn leased_rows(station: &Station<'_>, height: u16) -> u16 {
    match (station.leased_total as u16, height) {
        (0, _) | (_, 0..4) => 0,
        (total, height) => (total + 1).min(height / 2),
    }
}

fn waiting(pen: &mut Pen<'_>, station: &Station<'_>, rows: Rect) {
    let mut tokens = station.waiting.iter().enumerate().peekable();
    for y in rows.top()..rows.bottom() {
        let mut right = rows.right();
        let last = y + 1 == rows.bottom();
        while let Some((n, token)) = tokens.peek() {
            let left = station.waiting_total - n;
            let more = format!("+{left}");
            let reserve = if last && left > 1 { width(&more) + 1 } else { 0 };
            let wide = token_width(token);
            if rows.x + wide + reserve > right {
                if last && right > rows.x {
                    pen.text_right(right, y, &more, pen.palette.quiet());
                }
                break;
            }
            pen.token(right - wide, y, token, Style::new());
            right = right.saturating_sub(wide + 1);
            tokens.next();
        }
    }
}

/// `leased 3`, then `●14 c1  4.8 s`, the oldest first.
fn leases(pen: &mut Pen<'_>, scene: &Scene<'_>, station: &Station<'_>, rows: Rect) {
    let total = station.leased_total;
    pen.text(rows.x, rows.y, &format!("leased {total}"), pen.palette.quiet());
    let short = |node| scene.stations.iter().find(|other| other.node == node).map_or("", |other| other.short);
    for (lease, y) in station.leased.iter().zip(rows.y + 1..rows.bottom()) {
        let x = pen.token(rows.x, y, &lease.token, Style::new());
        let left = lease.left.map_or_else(String::new, |left| left.short());
        let from = pen.area.right().saturating_sub(width(&left));
        let with = short(lease.with);
        if x + 1 + width(with) < from {
            pen.text(x + 1, y, with, pen.palette.quiet());
        }
        if x < from {
            pen.text_right(rows.right(), y, &left, pen.palette.quiet());
        }
    }
}

fn put_aside(pen: &mut Pen<'_>, station: &Station<'_>, y: u16) {
    let text = format!("aside {}", station.dead_total);
    let mut x = pen.text(pen.area.x, y, &text, pen.palette.quiet()) + 1;
    for token in &station.dead {
        if x + token_width(token) > pen.area.right() {
            return;
        }
        x = pen.token(x, y, token, Style::new()) + 1;
    }
}

/// What took effect, newest on top; numbers stand below each other.
pub fn effects(pen: &mut Pen<'_>, scene: &Scene<'_>, area: Rect) {
    let mut pen = pen.within(area);
    let digits =
        scene.effects.iter().map(|landed| width(&landed.token.message.to_string())).max().unwrap_or(1);
    for (landed, y) in scene.effects.iter().zip(area.top()..area.bottom()) {
        let more = scene.effects_total > usize::from(area.height) && y + 1 == area.bottom();
        if more {
            pen.text(area.x, y, "…", pen.palette.quiet());
            return;
        }
        let token = &landed.token;
        let style = pen.palette.token(token);
        pen.put(area.x, y, token.shape.glyph(), style);
        let number = token.message.to_string();
        let x = area.x + 1 + digits - width(&number);
        let newest = if y == area.top() { pen.palette.strong() } else { pen.palette.ink() };
        let x = pen.text(x, y, &number, newest);
        pen.text(x + 1, y, token.marks().as_str(), style);
    }
}
