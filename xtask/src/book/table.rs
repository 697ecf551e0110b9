// SPDX-License-Identifier: MIT OR Apache-2.0
//! A computed table as HTML. One whose rows belong to groups never scrolls: style sheets make room for its words, so that its
//! head can stay in sight.

use std::fmt::Write;

use course::{Cell, Table};

use super::markdown::{self, escape};

/// The table, in what it scrolls in if it does; `href` turns a run's address into a link.
pub(crate) fn html(table: &Table, href: &dyn Fn(&str) -> String) -> String {
    let parts = groups(&table.rows);
    let grouped = parts.iter().any(|rows| group(rows).is_some());
    let page = Page { table, columns: Columns::of(table), grouped, href };
    let class = if grouped { " class=\"grouped\"" } else { "" };
    let body: String = parts.into_iter().map(|rows| page.body(rows)).collect();
    let html = format!(
        "<table{class}{}><caption>{}</caption>{}{body}</table>",
        page.role("table"),
        escape(&table.caption),
        page.head()
    );
    if grouped { html } else { markdown::scrolling(&html, &table.caption) }
}

/// A table being written.
struct Page<'t> {
    table: &'t Table,
    columns: Columns,
    grouped: bool,
    href: &'t dyn Fn(&str) -> String,
}

impl Page<'_> {
    /// Style sheets take parts of a grouped table out of its layout, and with it browsers would take their meaning.
    fn role(&self, role: &str) -> String {
        if self.grouped { format!(" role=\"{role}\"") } else { String::new() }
    }

    fn head(&self) -> String {
        let mut html = format!("<thead{}><tr{}>", self.role("rowgroup"), self.role("row"));
        for (place, head) in self.table.head.iter().enumerate() {
            let (role, class) = (self.role("columnheader"), self.columns.class(place));
            let _ = write!(html, "<th scope=\"col\"{role}{class}>{}</th>", escape(head));
        }
        html + "</tr></thead>"
    }

    fn body(&self, rows: &[Vec<Cell>]) -> String {
        let mut html = format!("<tbody{}>", self.role("rowgroup"));
        if let Some(name) = group(rows) {
            let (columns, name) = (self.table.head.len(), escape(name));
            let _ = write!(
                html,
                "<tr class=\"group\" role=\"row\"><th scope=\"rowgroup\" role=\"rowheader\" colspan=\"{columns}\">{name}</th></tr>"
            );
        }
        for row in rows {
            let cells: String = row.iter().enumerate().map(|(place, cell)| self.cell(place, cell)).collect();
            let _ = write!(html, "<tr{}>{cells}</tr>", self.role("row"));
        }
        html + "</tbody>"
    }

    fn cell(&self, place: usize, cell: &Cell) -> String {
        let (class, text) = (self.columns.class(place), content(cell, self.href));
        if place == 0 {
            return format!("<th scope=\"row\"{}{class}>{text}</th>", self.role("rowheader"));
        }
        // Words stand on a line of their own where there is no room for columns.
        let head = match self.grouped && class.is_empty() {
            true => format!(" data-head=\"{}\"", escape(&self.table.head[place])),
            false => String::new(),
        };
        format!("<td{}{head}{class}>{text}</td>", self.role("cell"))
    }
}

/// What rows are all one of.
fn group(rows: &[Vec<Cell>]) -> Option<&'static str> {
    rows.first()?.first()?.of
}

/// Rows that follow each other and are of one group.
fn groups(rows: &[Vec<Cell>]) -> Vec<&[Vec<Cell>]> {
    let of = |row: &Vec<Cell>| row.first().and_then(|cell| cell.of);
    rows.chunk_by(|a, b| of(a) == of(b)).collect()
}

fn content(cell: &Cell, href: &dyn Fn(&str) -> String) -> String {
    let text = told(&cell.text);
    match &cell.run {
        Some(run) => {
            let class = if cell.text == "0" { " class=\"nothing\"" } else { "" };
            format!("<a{class} href=\"{}\">{text}</a>", href(run))
        }
        None => text,
    }
}

/// A text as HTML. One that begins with a message's sign has the colour of what became of the message; a bracket behind a
/// number takes no room, so that the digits stand under each other.
fn told(text: &str) -> String {
    let tone = match text.chars().next() {
        Some('✕') => "lost",
        Some('◆') => "again",
        Some('(') if is_figure(text) && text.ends_with(')') => {
            return format!("{}<span class=\"hanging\">)</span>", escape(text.trim_end_matches(')')));
        }
        _ => return escape(text),
    };
    format!("<span class=\"{tone}\">{}</span>", escape(text))
}

/// A dash, or it starts with a digit behind whatever sign it has.
fn is_figure(text: &str) -> bool {
    let number = text.trim_start_matches(['-', '\u{2212}', '<', '(', '✕', '\u{a0}']).trim_start();
    text == "–" || number.starts_with(|c: char| c.is_ascii_digit())
}

/// Which columns hold numbers.
struct Columns(Vec<bool>);

impl Columns {
    fn of(table: &Table) -> Columns {
        let figures = |place: usize| {
            !table.rows.is_empty()
                && table.rows.iter().all(|row| row.get(place).is_some_and(|cell| is_figure(&cell.text)))
        };
        Columns((0..table.head.len()).map(figures).collect())
    }

    /// A column of numbers is set flush right.
    fn class(&self, place: usize) -> &'static str {
        if self.0.get(place) == Some(&true) { " class=\"figures\"" } else { "" }
    }
}

#[cfg(test)]
mod tests {
    use course::{Cell, Table};

    fn table(of: [Option<&'static str>; 3]) -> String {
        let row = |(n, of): (usize, Option<&'static str>)| {
            let name = Cell { of, ..Cell::from(format!("r{n}")) };
            vec![name, Cell::from("much".to_owned()), Cell::from(["0", "(3)", "✕\u{a0}12"][n].to_owned())]
        };
        let rows = of.into_iter().enumerate().map(row).collect();
        let head = ["who", "what", "lost"].map(str::to_owned).into();
        super::html(&Table { caption: "C".to_owned(), head, rows }, &str::to_owned)
    }

    #[test]
    fn rows_of_one_group_stand_below_its_name() {
        let html = table([Some("A"), Some("A"), Some("B")]);
        assert_eq!(html.matches("scope=\"rowgroup\"").count(), 2, "{html}");
        assert!(html.contains(
            "colspan=\"3\">A</th></tr><tr role=\"row\"><th scope=\"row\" role=\"rowheader\">r0</th>"
        ));
        assert!(html.contains("<td role=\"cell\" data-head=\"what\">much</td>"), "{html}");
    }

    #[test]
    fn a_table_without_groups_scrolls_in_a_place_of_its_own() {
        let html = table([None; 3]);
        assert!(html.starts_with("<div class=\"scrolling\""), "{html}");
        assert!(!html.contains("rowgroup") && !html.contains("role=\"row\""), "{html}");
    }

    #[test]
    fn numbers_stand_under_each_other() {
        let html = table([None; 3]);
        assert!(html.contains("<th scope=\"col\" class=\"figures\">lost</th>"), "{html}");
        assert!(html.contains("(3<span class=\"hanging\">)</span>"), "{html}");
        assert!(html.contains("<span class=\"lost\">✕\u{a0}12</span>"), "{html}");
    }
}
