// SPDX-License-Identifier: MIT OR Apache-2.0
//! A chapter's Markdown as the HTML of a page.
//!
//! Ordinary Markdown, with three turns of ours: footnotes become notes in the margin, `> [!NOTE]` becomes a note
//! without a number, and a code block is coloured now instead of in the reader's browser.

use std::collections::BTreeMap;

use pulldown_cmark::{
    BlockQuoteKind, CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html,
};

use super::highlight;

/// A chapter's body.
#[derive(Debug, PartialEq)]
pub(crate) struct Body {
    /// The text of the first heading of level one, which the template sets.
    pub(crate) title: Option<String>,
    /// Everything else.
    pub(crate) html: String,
}

fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_SMART_PUNCTUATION
        | Options::ENABLE_GFM
}

/// Markdown without headings and notes, for a statement or an answer.
pub(crate) fn fragment(markdown: &str) -> String {
    let events: Vec<Event> = Parser::new_ext(markdown, options()).collect();
    render(events, &mut Notes::default())
}

/// Renders a chapter. `href` turns the target of a link between chapters (`not-in-order.md`) into the page's address.
pub(crate) fn body(markdown: &str, href: &dyn Fn(&str) -> String) -> Body {
    let mut notes = Notes::default();
    let mut blocks = Vec::new();
    for mut events in top_level_blocks(Parser::new_ext(markdown, options())) {
        for event in &mut events {
            if let Event::Start(Tag::Link { link_type, dest_url, .. }) = event
                && *link_type != LinkType::Email
            {
                *dest_url = CowStr::from(href(dest_url));
            }
        }
        match events.first() {
            Some(Event::Start(Tag::FootnoteDefinition(label))) => {
                let label = label.to_string();
                let inside = events.drain(1..events.len() - 1).collect();
                notes.texts.insert(label, inside);
            }
            _ => blocks.push(events),
        }
    }

    let mut title = None;
    let mut written: Vec<(String, Vec<Note>)> = Vec::new();
    for events in blocks {
        match events.first() {
            // The licence line and other remarks are for whoever reads the source.
            Some(Event::Start(Tag::HtmlBlock)) if is_comment(&events) => {}
            Some(Event::Start(Tag::Heading { level: HeadingLevel::H1, .. })) if title.is_none() => {
                title = Some(plain(&events));
            }
            Some(Event::Start(Tag::BlockQuote(Some(BlockQuoteKind::Note)))) => {
                let mut events = events;
                let inside = events.drain(1..events.len() - 1).collect();
                let aside = Note { number: None, html: render(inside, &mut notes) };
                match written.last_mut() {
                    Some((_, asides)) => asides.push(aside),
                    None => written.push((String::new(), vec![aside])),
                }
            }
            _ => {
                let html = render(events, &mut notes);
                written.push((html, notes.take_new()));
            }
        }
    }
    Body { title, html: written.iter().map(|(html, notes)| with_notes(html, notes)).collect() }
}

fn is_comment(block: &[Event]) -> bool {
    matches!(block.get(1), Some(Event::Html(html)) if html.trim_start().starts_with("<!--"))
        && matches!(block.iter().rev().nth(1), Some(Event::Html(html)) if html.trim_end().ends_with("-->"))
}

/// The events of a chapter, one list for each block that lies in no other.
fn top_level_blocks<'t>(parser: Parser<'t>) -> Vec<Vec<Event<'t>>> {
    let mut blocks = Vec::new();
    let mut block = Vec::new();
    let mut depth = 0;
    for event in parser {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        block.push(event);
        if depth == 0 {
            blocks.push(std::mem::take(&mut block));
        }
    }
    blocks
}

/// A note in the margin.
struct Note {
    number: Option<usize>,
    html: String,
}

/// The notes of a chapter: their texts by label, and their numbers in the order of first mention.
#[derive(Default)]
struct Notes<'t> {
    texts: BTreeMap<String, Vec<Event<'t>>>,
    numbers: BTreeMap<String, usize>,
    /// Mentioned for the first time in the block being rendered.
    new: Vec<String>,
}

impl Notes<'_> {
    /// The mark in the text. Only the first mention carries the note; a later one points to it.
    fn mark(&mut self, label: &str) -> String {
        let next = self.numbers.len() + 1;
        let number = *self.numbers.entry(label.to_string()).or_insert(next);
        let first = number == next;
        if first {
            self.new.push(label.to_string());
        }
        let id = if first { format!(" id=\"mark-{number}\"") } else { String::new() };
        format!(
            "<sup class=\"mark\"><a{id} href=\"#note-{number}\" aria-label=\"Note {number}\">{number}</a></sup>"
        )
    }

    fn take_new(&mut self) -> Vec<Note> {
        let labels = std::mem::take(&mut self.new);
        labels
            .iter()
            .map(|label| {
                let events = self.texts.remove(label).unwrap_or_default();
                Note { number: Some(self.numbers[label]), html: render(events, &mut Notes::default()) }
            })
            .collect()
    }
}

fn with_notes(block: &str, notes: &[Note]) -> String {
    if notes.is_empty() {
        return block.to_string();
    }
    let notes: String = notes
        .iter()
        .map(|note| match note.number {
            Some(number) => format!(
                "<div class=\"note\" role=\"note\" id=\"note-{number}\"><a class=\"note-number\" href=\"#mark-{number}\" \
                 aria-label=\"Back to the text at note {number}\">{number}</a>{}</div>\n",
                note.html
            ),
            None => format!("<div class=\"note\" role=\"note\">{}</div>\n", note.html),
        })
        .collect();
    format!("<div class=\"noted\">\n{block}<div class=\"notes\">\n{notes}</div>\n</div>\n")
}

fn render(events: Vec<Event<'_>>, notes: &mut Notes<'_>) -> String {
    let mut changed = Vec::with_capacity(events.len());
    let mut events = events.into_iter().peekable();
    while let Some(event) = events.next() {
        match event {
            Event::FootnoteReference(label) => changed.push(Event::InlineHtml(notes.mark(&label).into())),
            Event::Start(Tag::CodeBlock(kind)) => {
                let mut code = String::new();
                for inside in
                    events.by_ref().take_while(|event| !matches!(event, Event::End(TagEnd::CodeBlock)))
                {
                    if let Event::Text(text) = inside {
                        code.push_str(&text);
                    }
                }
                changed.push(Event::Html(code_block(&kind, &code).into()));
            }
            Event::Start(Tag::Heading { level, id: None, classes, attrs }) => {
                let id = Some(CowStr::from(slug_ahead(&events)));
                changed.push(Event::Start(Tag::Heading { level, id, classes, attrs }));
            }
            Event::Start(Tag::Table(columns)) => {
                changed.push(Event::Html(
                    "<div class=\"scrolling\" role=\"group\" aria-label=\"Table\" tabindex=\"0\">".into(),
                ));
                changed.push(Event::Start(Tag::Table(columns)));
            }
            Event::End(TagEnd::Table) => {
                changed.push(event);
                changed.push(Event::Html("</div>\n".into()));
            }
            event => changed.push(event),
        }
    }
    let mut out = String::new();
    html::push_html(&mut out, changed.into_iter());
    out
}

/// A table that may be wider than a telephone: it scrolls alone, by keyboard too.
pub(crate) fn scrolling(table: &str, label: &str) -> String {
    format!(
        "<div class=\"scrolling\" role=\"group\" aria-label=\"{}\" tabindex=\"0\">{table}</div>",
        escape(label)
    )
}

fn code_block(kind: &CodeBlockKind, code: &str) -> String {
    let language = match kind {
        CodeBlockKind::Fenced(info) => info.split([',', ' ']).next().unwrap_or_default(),
        CodeBlockKind::Indented => "",
    };
    let inside = if language == "rust" { highlight::rust(code) } else { escape(code) };
    let class = if matches!(language, "sh" | "console") { "code command" } else { "code" };
    format!("<pre class=\"{class}\" tabindex=\"0\"><code>{inside}</code></pre>\n")
}

fn plain(events: &[Event]) -> String {
    events
        .iter()
        .filter_map(|event| match event {
            Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
            Event::SoftBreak => Some(" "),
            _ => None,
        })
        .collect()
}

/// The fragment that leads to a heading: its words in lower case, joined by hyphens.
fn slug_ahead<'t>(events: &std::iter::Peekable<std::vec::IntoIter<Event<'t>>>) -> String {
    let heading: Vec<Event> =
        events.clone().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_)))).collect();
    let words = plain(&heading).to_lowercase();
    let words: Vec<&str> =
        words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-")
}

/// Text as it may stand in HTML, in an attribute's quotes too.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{body, fragment};

    fn html(markdown: &str) -> String {
        body(markdown, &|target| target.replace(".md", ".html")).html
    }

    #[test]
    fn the_first_heading_is_the_pages_title_and_not_its_text() {
        let body = body("<!-- SPDX -->\n# Not in `order`\n\nText.\n\n# Again\n", &str::to_string);
        assert_eq!(body.title.as_deref(), Some("Not in order"));
        assert_eq!(body.html, "<p>Text.</p>\n<h1 id=\"again\">Again</h1>\n");
    }

    #[test]
    fn a_footnote_is_a_note_beside_the_block_that_first_mentions_it() {
        let html =
            html("One.\n\nTwo[^b], three[^a], two[^b].\n\nFour[^a].\n\n[^a]: Of *three*.\n[^b]: Of two.\n");
        assert!(html.starts_with("<p>One.</p>\n<div class=\"noted\">\n<p>Two<sup"), "{html}");
        let (noted, rest) = html.rsplit_once("</div>\n</div>\n").unwrap();
        assert!(
            noted.contains("id=\"note-1\"") && noted.find("Of two.") < noted.find("Of <em>three</em>."),
            "{noted}"
        );
        assert_eq!(noted.matches("id=\"mark-1\"").count(), 1, "{noted}");
        assert!(rest.starts_with("<p>Four<sup class=\"mark\"><a href=\"#note-2\""), "{rest}");
    }

    #[test]
    fn an_aside_has_no_number_and_stands_beside_the_paragraph_before_it() {
        let html = html("One.\n\n> [!NOTE]\n> Aside.\n\n> Quoted.\n");
        assert!(
            html.contains(
                "<p>One.</p>\n<div class=\"notes\">\n<div class=\"note\" role=\"note\"><p>Aside.</p>"
            ),
            "{html}"
        );
        assert!(html.ends_with("<blockquote>\n<p>Quoted.</p>\n</blockquote>\n"), "{html}");
    }

    #[test]
    fn links_between_chapters_lead_to_pages() {
        assert_eq!(html("[x](not-in-order.md#top)"), "<p><a href=\"not-in-order.html#top\">x</a></p>\n");
    }

    #[test]
    fn headings_can_be_linked_to() {
        assert_eq!(html("## What to do, today?"), "<h2 id=\"what-to-do-today\">What to do, today?</h2>\n");
    }

    #[test]
    fn code_is_escaped_and_rust_is_coloured() {
        assert!(fragment("```text\na < b\n```").contains("<code>a &lt; b\n</code>"));
        assert!(fragment("```rust\nlet a = 1 < 2;\n```").contains("<b>let</b> a = 1 &lt; 2;"));
    }
}
