// SPDX-License-Identifier: MIT OR Apache-2.0
//! The pages beside the chapters, and what the course's data adds to their words.

use std::collections::BTreeSet;
use std::fmt::Write;

use course::chapter::{Directive, Piece, pieces};

use super::content::Content;
use super::markdown::{self, Section, escape};

/// A page of the book that is no chapter of the course: the terminal does not have it.
#[derive(Debug)]
pub(super) struct Appendix {
    /// Its file in `book/src`.
    file: &'static str,
    /// What it shows, in a sentence.
    pub(super) shows: &'static str,
    /// What stands below its words.
    pub(super) below: fn(&dyn Content) -> Below,
}

/// What is made from the course's data: HTML, and the same for search.
#[derive(Default)]
pub(super) struct Below {
    pub(super) html: String,
    pub(super) sections: Vec<Section>,
}

const PAGES: [Appendix; 4] = [
    Appendix {
        file: "glossary.md",
        shows: "The words of the field, a sentence each, as this course uses them.",
        below: glossary,
    },
    Appendix {
        file: "sources.md",
        shows: "Where statements about real systems come from, of which version, and which chapter cites them.",
        below: sources,
    },
    Appendix {
        file: "limits.md",
        shows: "Nine systems: what their models claim and who says so, what they leave out, and what could not be verified.",
        below: limits,
    },
    Appendix {
        file: "how-it-is-made.md",
        shows: "How its numbers are computed, what was checked, what the models leave out, and how to repeat a number.",
        below: numbers,
    },
];

/// The page that is written in this file.
pub(super) fn find(file: &str) -> Option<&'static Appendix> {
    PAGES.iter().find(|page| page.file == file)
}

fn glossary(_: &dyn Content) -> Below {
    let mut below = Below { html: "<dl class=\"glossary\">\n".to_owned(), sections: Vec::new() };
    for term in course::glossary() {
        let (slug, name, sentence) = (term.slug(), escape(term.name), escape(term.sentence));
        let also = match term.also {
            "" => String::new(),
            also => format!(" <span class=\"also\">{}</span>", escape(also)),
        };
        let _ = writeln!(below.html, "<div id=\"{slug}\"><dt>{name}{also}</dt><dd>{sentence}</dd></div>");
        below.sections.push(Section {
            id: slug,
            title: term.name.to_owned(),
            text: format!("{} {}", term.also, term.sentence).trim().to_owned(),
        });
    }
    below.html.push_str("</dl>\n");
    below
}

fn sources(_: &dyn Content) -> Below {
    let head = "<thead><tr><th scope=\"col\">Source</th><th scope=\"col\">Version and date</th><th scope=\"col\">Cited in</th></tr></thead>";
    let mut table = format!("<table class=\"sources\">{head}<tbody>");
    for source in course::sources() {
        let chapters: Vec<String> = course::citing(source.name)
            .map(|chapter| {
                let href = super::contents::page_href(&format!("{}.md", chapter.slug));
                format!("<a href=\"{}\">{}</a>", escape(&href), escape(chapter.title))
            })
            .collect();
        let _ = write!(
            table,
            "<tr id=\"{}\"><td>{}</td><td>{}</td><td>{}</td></tr>",
            source.name,
            inline(source.markdown),
            escape(source.dated),
            chapters.join(", ")
        );
    }
    table.push_str("</tbody></table>");
    Below { html: markdown::scrolling(&table, "Sources") + "\n", sections: Vec::new() }
}

/// What each system's model claims, by whose word, and what it leaves out.
fn limits(_: &dyn Content) -> Below {
    let mut below = Below::default();
    for system in queues::systems::systems() {
        let (id, title) = (system.name, escape(system.title));
        let documented = system.documented();
        let _ = writeln!(below.html, "<h2 id=\"{id}\">{title}</h2>\n<p>{}.</p>", escape(system.version));
        let head = "<thead><tr><th scope=\"col\">The model’s rule</th><th scope=\"col\">Who says so</th></tr></thead>";
        let mut table = format!("<table class=\"sources\">{head}<tbody>");
        for rule in documented.rules {
            let mark = if rule.verified { "" } else { " <em>(not verified)</em>" };
            let (says, source) = (escape(rule.says), escape(rule.source));
            let _ = write!(table, "<tr><td>{says}</td><td>{source}{mark}</td></tr>");
        }
        table.push_str("</tbody></table>");
        below.html.push_str(&markdown::scrolling(&table, system.title));
        below
            .html
            .push_str("\n<p>Settings, and what they need to lose nothing that was confirmed:</p>\n<ul>\n");
        for setting in system.settings {
            let needs = setting.keeps.as_ref().map_or("claims nothing", |keeps| keeps.sentence);
            let _ = writeln!(below.html, "<li>{}: {}.</li>", escape(setting.title), escape(needs));
        }
        below.html.push_str("</ul>\n<p>Left out:</p>\n<ul>\n");
        for left_out in documented.left_out {
            let _ = writeln!(below.html, "<li>{}.</li>", escape(left_out));
        }
        below.html.push_str("</ul>\n");
        let text: Vec<&str> = documented
            .rules
            .iter()
            .map(|rule| rule.says)
            .chain(documented.left_out.iter().copied())
            .collect();
        below.sections.push(Section {
            id: id.to_owned(),
            title: system.title.to_owned(),
            text: text.join(" "),
        });
    }
    below
}

/// Every number of the chapters, where it stands first, and what was run for it.
fn numbers(content: &dyn Content) -> Below {
    let mut below = Below::default();
    let mut seen = BTreeSet::new();
    for chapter in course::chapters() {
        let text = chapter.lesson.as_ref().map_or("", |lesson| lesson.markdown);
        let mut rows = String::new();
        for piece in pieces(chapter.slug, text).unwrap_or_default() {
            let Piece::Directive(Directive::Number(name), ..) = piece else { continue };
            // A name that does not exist has failed the build before this.
            let Some(number) = content.number(&name).ok().filter(|_| seen.insert(name.clone())) else {
                continue;
            };
            let (shown, how) = (escape(&number.shown), escape(&number.how));
            let _ = write!(
                rows,
                "<tr><th scope=\"row\"><code>{name}</code></th><td class=\"figures\">{shown}</td><td>{how}</td></tr>"
            );
        }
        if !rows.is_empty() {
            let title = escape(chapter.title);
            let head = "<thead><tr><th scope=\"col\">Name</th><th scope=\"col\" class=\"figures\">Number</th><th scope=\"col\">Computed from</th></tr></thead>";
            let table = format!(
                "<table class=\"numbers\"><caption>{title}</caption>{head}<tbody>{rows}</tbody></table>"
            );
            below.html.push_str(&markdown::scrolling(&table, chapter.title));
            below.html.push('\n');
        }
    }
    below
}

/// Markdown of one paragraph, without the paragraph.
fn inline(markdown: &str) -> String {
    let html = markdown::fragment(markdown);
    html.trim().trim_start_matches("<p>").trim_end_matches("</p>").to_owned()
}
