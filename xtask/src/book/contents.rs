// SPDX-License-Identifier: MIT OR Apache-2.0
//! The book's contents: the outline with its parts, claims and what is not written yet, and the pages beside it.

use course::Lesson;
use course::chapter::{Directive, parse_line};
use mdbook_driver::book::{BookItem, Chapter};
use serde_json::{Value, json};

use super::appendix::{self, Appendix};
use super::content::Content;
use super::markdown::Section;

/// A page, or an announced one, as the contents list it.
pub(super) struct Entry<'b> {
    /// The title of its part; none for what stands before the first part.
    pub(super) part: Option<&'b str>,
    /// Its own title.
    pub(super) title: &'b str,
    /// The address of its page, from the site's root; `None` while it is not written.
    pub(super) href: Option<String>,
    /// Its text, and where that is.
    pub(super) chapter: &'b Chapter,
    /// What it is, if it is no chapter of the course.
    pub(super) appendix: Option<&'static Appendix>,
}

/// All entries in the order of SUMMARY.md.
pub(super) fn entries(items: &[BookItem]) -> Vec<Entry<'_>> {
    let mut part = None;
    let mut entries = Vec::new();
    for item in items {
        match item {
            BookItem::PartTitle(title) => part = Some(title.as_str()),
            BookItem::Chapter(chapter) => {
                let href = chapter.path.as_ref().map(|path| page_href(&path.to_string_lossy()));
                let appendix = chapter.path.as_ref().and_then(|path| appendix::find(&path.to_string_lossy()));
                entries.push(Entry { part, title: &chapter.name, href, chapter, appendix });
            }
            BookItem::Separator => part = None,
        }
    }
    entries
}

/// The outline as the template wants it. `current` is the page's own place in it, and its headings stand below it.
pub(super) fn contents(
    entries: &[Entry],
    content: &dyn Content,
    current: Option<(usize, &[Section])>,
) -> Value {
    let mut parts: Vec<Value> = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        let title = json!(entry.part);
        if parts.last().is_none_or(|part| part["title"] != title) {
            parts.push(json!({"title": title, "chapters": []}));
        }
        let outlined = content.chapter(entry.title);
        let headings = match current {
            Some((here, sections)) if here == place => headings(sections),
            _ => json!([]),
        };
        let chapter = json!({
            "title": entry.title,
            "href": entry.href,
            "slug": outlined.filter(|_| entry.appendix.is_none()).map(|chapter| chapter.slug),
            "exercises": outlined.and_then(|chapter| chapter.lesson.as_ref()).map(|lesson| lesson.exercises),
            "bets": outlined.and_then(|chapter| chapter.lesson.as_ref()).map(|lesson| bets(lesson).join(" ")),
            "minutes": outlined.and_then(|chapter| chapter.lesson.as_ref()).map(|lesson| lesson.minutes),
            "current": current.is_some_and(|(here, _)| here == place),
            "claims": claims(content, entry.title),
            "headings": headings,
        });
        if let Some(Value::Array(chapters)) = parts.last_mut().map(|part| &mut part["chapters"]) {
            chapters.push(chapter);
        }
    }
    Value::Array(parts)
}

/// The names of a lesson's bets: a chapter is done when they are settled.
fn bets(lesson: &Lesson) -> Vec<String> {
    let directives = lesson.markdown.lines().filter_map(|line| parse_line(line).ok().flatten());
    let bet = |directive| match directive {
        Directive::Bet(name) => Some(name),
        _ => None,
    };
    directives.filter_map(bet).collect()
}

fn headings(sections: &[Section]) -> Value {
    let named = sections.iter().filter(|section| !section.id.is_empty());
    named.map(|section| json!({"id": section.id, "title": section.title})).collect()
}

/// What the chapter of this title claims.
pub(super) fn claims(content: &dyn Content, title: &str) -> Value {
    let claims = content.chapter(title).map_or(&[][..], |chapter| chapter.claims);
    claims.iter().map(|claim| json!({"id": claim.id, "sentence": claim.sentence})).collect()
}

/// The link at the end of a chapter's page: to the next chapter that is written, else the announcement of the next one.
pub(super) fn next(later: &[Entry], content: &dyn Content) -> Value {
    let mut chapters = later.iter().filter(|entry| entry.appendix.is_none());
    let Some(next) = chapters.clone().find(|entry| entry.href.is_some()).or(chapters.next()) else {
        return Value::Null;
    };
    json!({"title": next.title, "href": next.href, "shows": content.chapter(next.title).map(|chapter| chapter.shows)})
}

/// The address of a page from the address of its Markdown file; the introduction is the site's front page.
/// Every other address is left as it is.
pub(super) fn page_href(target: &str) -> String {
    match chapter_of(target) {
        Some(("introduction", fragment)) => format!("index.html{fragment}"),
        Some((name, fragment)) => format!("{name}.html{fragment}"),
        None => target.to_string(),
    }
}

/// The chapter's name and the fragment, with its `#`, in the address of a Markdown file of this book.
pub(super) fn chapter_of(target: &str) -> Option<(&str, &str)> {
    if target.contains("://") {
        return None;
    }
    let (file, fragment) = target.split_at(target.find('#').unwrap_or(target.len()));
    Some((file.strip_suffix(".md")?, fragment))
}

#[cfg(test)]
mod tests {
    use super::page_href;

    #[test]
    fn chapters_become_pages_and_other_addresses_stay() {
        assert_eq!(page_href("introduction.md#how"), "index.html#how");
        assert_eq!(page_href("not-in-order.md"), "not-in-order.html");
        assert_eq!(page_href("#here"), "#here");
        assert_eq!(page_href("https://example.org/readme.md"), "https://example.org/readme.md");
    }
}
