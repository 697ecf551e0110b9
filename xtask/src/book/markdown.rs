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
    /// The same by heading, without marks: what search finds.
    pub(crate) sections: Vec<Section>,
}

/// What stands below a heading, up to the next one.
#[derive(Debug, PartialEq)]
pub(crate) struct Section {
    /// The fragment that leads here; empty for what stands before the first heading.
    pub(crate) id: String,
    /// The heading.
    pub(crate) title: String,
    /// The words of the text, without figures, bets and exercises.
    pub(crate) text: String,
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

/// Renders a chapter. `href` turns the target of a link between chapters (`not-in-order.md`) into the page's address; `prefix`
/// begins all ids, so that several chapters can stand in one page.
pub(crate) fn body(markdown: &str, href: &dyn Fn(&str) -> String, prefix: &str) -> Body {
    let mut notes = Notes { prefix, ..Notes::default() };
    let mut blocks = Vec::new();
    for mut events in top_level_blocks(Parser::new_ext(markdown, options())) {
        for event in &mut events {
            if let Event::Start(Tag::Link { link_type, dest_url, title, .. }) = event
                && *link_type != LinkType::Email
            {
                // Whoever only wonders what a word means need not leave the page.
                let term = dest_url.strip_prefix("glossary.md#").and_then(course::find_term);
                if let Some(term) = term.filter(|_| title.is_empty()) {
                    *title = CowStr::from(term.sentence);
                }
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
    let mut sections = vec![Section { id: String::new(), title: String::new(), text: String::new() }];
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
                let aside = Note::new(None, inside);
                match written.last_mut() {
                    Some((_, asides)) => asides.push(aside),
                    None => written.push((String::new(), vec![aside])),
                }
            }
            _ => {
                add_words(&mut sections, &events, prefix);
                let html = render(events, &mut notes);
                written.push((html, std::mem::take(&mut notes.new)));
            }
        }
    }
    sections.retain(|section| !section.id.is_empty() || !section.text.is_empty());
    Body { title, html: written.iter().map(|(html, notes)| with_notes(html, notes)).collect(), sections }
}

/// Adds a block's words to the section that it belongs to; a heading of level two begins one.
fn add_words(sections: &mut Vec<Section>, block: &[Event], prefix: &str) {
    let words = plain(block).split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(Event::Start(Tag::Heading { level: HeadingLevel::H2, .. })) = block.first() {
        sections.push(Section { id: slug(&words, prefix), title: words, text: String::new() });
    } else if let Some(section) = sections.last_mut() {
        if !section.text.is_empty() && !words.is_empty() {
            section.text.push(' ');
        }
        section.text.push_str(&words);
    }
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

/// A note. It stands in the page twice, and a style sheet shows one: in the margin beside its mark where there is a margin,
/// else under the block that holds the mark. Neither place can be reached from the other without script.
struct Note {
    number: Option<usize>,
    /// Its mark stands in a table, which may reach into the margin: it is shown under the table, on every page.
    of_table: bool,
    /// Phrasing content: it may stand inside a sentence.
    html: String,
}

impl Note {
    fn new(number: Option<usize>, events: Vec<Event>) -> Note {
        let html = render(events, &mut Notes::default());
        let html = html.trim().replace("</p>\n<p>", "<br>").replace("<p>", "").replace("</p>", "");
        Note { number, of_table: false, html }
    }

    fn in_element(&self, element: &str, place: &str) -> String {
        let number = self
            .number
            .map_or(String::new(), |number| format!("<span class=\"note-number\">{number}</span> "));
        format!("<{element} class=\"note {place}\" role=\"note\">{number}{}</{element}>", self.html)
    }

    fn beside(&self) -> String {
        self.in_element("span", "beside")
    }

    fn under(&self) -> String {
        self.in_element("div", if self.of_table { "under of-table" } else { "under" })
    }
}

/// The notes of a chapter: their texts by label, and their numbers in the order of first mention.
#[derive(Default)]
struct Notes<'t> {
    texts: BTreeMap<String, Vec<Event<'t>>>,
    numbers: BTreeMap<String, usize>,
    /// What all ids of the chapter begin with.
    prefix: &'t str,
    in_table: bool,
    /// First mentioned in the block being rendered.
    new: Vec<Note>,
}

impl Notes<'_> {
    /// The mark in the text. The first mention carries the note; a later one leads to the first.
    fn mark(&mut self, label: &str) -> String {
        let next = self.numbers.len() + 1;
        let number = *self.numbers.entry(label.to_string()).or_insert(next);
        let prefix = self.prefix;
        if number != next {
            return format!(
                "<sup class=\"mark\"><a href=\"#{prefix}mark-{number}\" aria-label=\"Note {number}, above\">{number}</a></sup>"
            );
        }
        let mut note = Note::new(Some(number), self.texts.remove(label).unwrap_or_default());
        note.of_table = self.in_table;
        let beside = if note.of_table { String::new() } else { note.beside() };
        let mark = format!("<sup class=\"mark\" id=\"{prefix}mark-{number}\">{number}</sup>{beside}");
        self.new.push(note);
        mark
    }
}

fn with_notes(block: &str, notes: &[Note]) -> String {
    let under: String = notes.iter().map(|note| note.under() + "\n").collect();
    // Numbered notes stand beside their marks already; one without a mark goes to the beginning of the paragraph.
    let beside: String = notes.iter().filter(|note| note.number.is_none()).map(Note::beside).collect();
    match block.strip_prefix("<p>") {
        Some(rest) if !beside.is_empty() => format!("<p>{beside}{rest}{under}"),
        _ => format!("{block}{under}"),
    }
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
                let id = Some(CowStr::from(slug(&plain_ahead(&events), notes.prefix)));
                changed.push(Event::Start(Tag::Heading { level, id, classes, attrs }));
            }
            Event::Start(Tag::Table(columns)) => {
                notes.in_table = true;
                changed.push(Event::Html(
                    "<div class=\"scrolling\" role=\"group\" aria-label=\"Table\" tabindex=\"0\">".into(),
                ));
                changed.push(Event::Start(Tag::Table(columns)));
            }
            Event::End(TagEnd::Table) => {
                notes.in_table = false;
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
            Event::SoftBreak | Event::End(TagEnd::Item | TagEnd::Paragraph | TagEnd::TableCell) => Some(" "),
            _ => None,
        })
        .collect()
}

/// The words of the heading that has begun.
fn plain_ahead<'t>(events: &std::iter::Peekable<std::vec::IntoIter<Event<'t>>>) -> String {
    let heading: Vec<Event> =
        events.clone().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_)))).collect();
    plain(&heading)
}

/// The fragment that leads to a heading: its words in lower case, joined by hyphens.
fn slug(heading: &str, prefix: &str) -> String {
    let words = heading.to_lowercase();
    let words: Vec<&str> =
        words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    format!("{prefix}{}", words.join("-"))
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
        body(markdown, &|target| target.replace(".md", ".html"), "").html
    }

    #[test]
    fn the_first_heading_is_the_pages_title_and_not_its_text() {
        let body = body("<!-- SPDX -->\n# Not in `order`\n\nText.\n\n# Again\n", &str::to_string, "");
        assert_eq!(body.title.as_deref(), Some("Not in order"));
        assert_eq!(body.html, "<p>Text.</p>\n<h1 id=\"again\">Again</h1>\n");
    }

    #[test]
    fn a_footnote_is_a_note_where_it_is_first_mentioned() {
        let html =
            html("One.\n\nTwo[^b], three[^a], two[^b].\n\nFour[^a].\n\n[^a]: Of *three*.\n[^b]: Of two.\n");
        let two = "<span class=\"note-number\">1</span> Of two.";
        let three = "<span class=\"note-number\">2</span> Of <em>three</em>.";
        assert_eq!(
            html,
            format!(
                "<p>One.</p>\n<p>Two<sup class=\"mark\" id=\"mark-1\">1</sup><span class=\"note beside\" role=\"note\">{two}</span>, \
                 three<sup class=\"mark\" id=\"mark-2\">2</sup><span class=\"note beside\" role=\"note\">{three}</span>, \
                 two<sup class=\"mark\"><a href=\"#mark-1\" aria-label=\"Note 1, above\">1</a></sup>.</p>\n\
                 <div class=\"note under\" role=\"note\">{two}</div>\n<div class=\"note under\" role=\"note\">{three}</div>\n\
                 <p>Four<sup class=\"mark\"><a href=\"#mark-2\" aria-label=\"Note 2, above\">2</a></sup>.</p>\n"
            )
        );
    }

    #[test]
    fn a_note_of_a_table_stands_under_it() {
        let html = html("| a |\n|---|\n| b[^c] |\n\n[^c]: Why.\n");
        assert!(html.contains("<td>b<sup class=\"mark\" id=\"mark-1\">1</sup></td>"), "{html}");
        assert!(html.contains("<div class=\"note under of-table\" role=\"note\">"), "{html}");
        assert!(!html.contains("beside"), "{html}");
    }

    #[test]
    fn an_aside_has_no_number_and_stands_beside_the_paragraph_before_it() {
        assert_eq!(
            html("One.\n\n> [!NOTE]\n> Aside.\n>\n> More.\n\n> Quoted.\n"),
            "<p><span class=\"note beside\" role=\"note\">Aside.<br>More.</span>One.</p>\n\
             <div class=\"note under\" role=\"note\">Aside.<br>More.</div>\n<blockquote>\n<p>Quoted.</p>\n</blockquote>\n"
        );
    }

    #[test]
    fn links_between_chapters_lead_to_pages() {
        assert_eq!(html("[x](not-in-order.md#top)"), "<p><a href=\"not-in-order.html#top\">x</a></p>\n");
    }

    #[test]
    fn a_link_to_a_term_says_what_it_means() {
        assert!(
            html("A [lease](glossary.md#lease).")
                .contains("href=\"glossary.html#lease\" title=\"A right that ends")
        );
        assert!(!html("A [lease](other.md#lease).").contains("title"));
    }

    #[test]
    fn headings_can_be_linked_to() {
        assert_eq!(html("## What to do, today?"), "<h2 id=\"what-to-do-today\">What to do, today?</h2>\n");
    }

    #[test]
    fn several_chapters_can_stand_in_one_page() {
        let text = "## What\n\nOne[^a] and again[^a].\n\n[^a]: Of one.\n";
        let html = body(text, &str::to_string, "q8-").html;
        for id in ["id=\"q8-what\"", "id=\"q8-mark-1\"", "href=\"#q8-mark-1\""] {
            assert!(html.contains(id), "{id} is not in {html}");
        }
    }

    #[test]
    fn sections_hold_the_words_below_each_heading() {
        let text = "# T\n\n## One *more*\n\nA `b`\nc.\n\n<p>tag</p>\n\n- d\n\n## Two\n";
        let sections = body(text, &str::to_string, "").sections;
        let seen: Vec<_> = sections.iter().map(|s| (&*s.id, &*s.title, &*s.text)).collect();
        assert_eq!(seen, [("one-more", "One more", "A b c. d"), ("two", "Two", "")]);
    }

    #[test]
    fn code_is_escaped_and_rust_is_coloured() {
        assert!(fragment("```text\na < b\n```").contains("<code>a &lt; b\n</code>"));
        assert!(fragment("```rust\nlet a = 1 < 2;\n```").contains("<b>let</b> a = 1 &lt; 2;"));
    }
}
