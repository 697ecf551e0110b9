// SPDX-License-Identifier: MIT OR Apache-2.0
//! The site from the expanded chapters: one page a chapter, all of them once more in one page for paper, and nothing that
//! no page asks for.
//!
//! mdBook's own renderer would add its scripts, its fonts and a highlighter, and knows of no claims and no notes in the
//! margin; this one takes its place behind the same trait.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result, ensure};
use handlebars::Handlebars;
use mdbook_renderer::{RenderContext, Renderer};
use serde_json::{Value, json};

use super::appendix::Below;
use super::assets;
use super::content::Content;
use super::contents::{self, Entry, chapter_of, page_href};
use super::markdown::{self, Body};
use super::output::Output;
use super::search::Index;
use super::workshop::Workshop;

/// mdBook's hook: writes the pages.
pub(crate) struct Site {
    /// Where claims and the chapters' announcements come from.
    pub(crate) content: Rc<dyn Content>,
    /// The folder of the WASM module, copied into the site, and its script's name there; pages without it show stills.
    pub(crate) module: Option<(PathBuf, String)>,
    /// What the exercises' editors need; pages without it name the file and the command.
    pub(crate) workshop: Option<Workshop>,
}

/// Where all chapters stand in one page.
const SHEETS: &str = "print.html";

impl Renderer for Site {
    fn name(&self) -> &str {
        "html"
    }

    fn render(&self, context: &RenderContext) -> Result<()> {
        let theme = context.config.html_config().unwrap_or_default().theme_dir(&context.root);
        let out = Output::new(&context.destination);
        let entries = contents::entries(&context.book.items);
        let pages = self.pages(&entries, context)?;

        let mut index = Index::default();
        for page in &pages {
            index.add(&page.href, page.entry.title, &page.body.sections);
            index.add(&page.href, page.entry.title, &page.below.sections);
        }
        let index = index.json();
        out.write("search.json", index.as_bytes())?;
        copy_exercises(&context.root, &out)?;
        let config = &context.config.book;
        let press = Press {
            templates: templates(&theme)?,
            common: json!({
                "root": "",
                "language": config.language,
                "book": config.title,
                "assets": assets::copy(&theme, &out)?.folder,
                "module": self.copy_module(&out)?,
                "workshop": self.workshop.as_ref().map(|workshop| workshop.write(&out)).transpose()?,
                "search": format!("search.json?v={}", assets::hash_of(index.as_bytes())),
                "sheets": SHEETS,
            }),
        };

        for page in &pages {
            let here = Some((page.place, &page.body.sections[..]));
            let mut data = page.data.clone();
            data["contents"] = contents::contents(&entries, &*self.content, here);
            out.write(&page.href, press.print("index", data)?.as_bytes())?;
        }
        let mut lost = lost();
        lost["contents"] = contents::contents(&entries, &*self.content, None);
        out.write("404.html", press.print("index", lost)?.as_bytes())?;
        let sheets = self.sheets(&pages, context);
        out.write(SHEETS, press.print("print", sheets)?.as_bytes())?;
        // A worker answers for what lies below its own file.
        out.write("offline-worker.js", &assets::read(&theme.join("offline-worker.js"))?)?;
        out.write("offline.json", json!({"files": out.names()}).to_string().as_bytes())?;
        out.remove_stale()
    }
}

/// A written page, before it is set.
struct Page<'b> {
    entry: &'b Entry<'b>,
    /// Its place among the entries.
    place: usize,
    href: String,
    body: Body,
    below: Below,
    /// What the template needs of it.
    data: Value,
}

/// The templates, and what is the same on every page.
struct Press {
    templates: Handlebars<'static>,
    common: Value,
}

impl Press {
    fn print(&self, template: &str, mut data: Value) -> Result<String> {
        for (name, value) in self.common.as_object().into_iter().flatten() {
            data[name] = value.clone();
        }
        self.templates
            .render(template, &data)
            .with_context(|| format!("the page {} was not rendered", data["title"]))
    }
}

fn templates(theme: &Path) -> Result<Handlebars<'static>> {
    let mut templates = Handlebars::new();
    templates.set_strict_mode(true);
    for name in ["index", "print", "head", "opening", "colophon", "mark"] {
        let file = theme.join(format!("{name}.hbs"));
        templates
            .register_template_file(name, &file)
            .with_context(|| format!("cannot use {}", file.display()))?;
    }
    Ok(templates)
}

impl Site {
    fn pages<'b>(&self, entries: &'b [Entry<'b>], context: &RenderContext) -> Result<Vec<Page<'b>>> {
        let mut pages = Vec::new();
        for (place, entry) in entries.iter().enumerate() {
            let Some(href) = entry.href.clone() else { continue };
            let body = markdown::body(&entry.chapter.content, &page_href, "");
            let below = entry.appendix.map(|appendix| (appendix.below)(&*self.content)).unwrap_or_default();
            let mut data = self.data(entry, &body, context)?;
            data["content"] = json!(body.html.clone() + &below.html);
            data["next"] = match entry.appendix {
                Some(_) => Value::Null,
                None => contents::next(&entries[place + 1..], &*self.content),
            };
            pages.push(Page { entry, place, href, body, below, data });
        }
        Ok(pages)
    }

    /// What stands above the text of a page, and what machines are told of it.
    fn data(&self, entry: &Entry, body: &Body, context: &RenderContext) -> Result<Value> {
        let file = entry.chapter.source_path.clone().unwrap_or_default();
        let file = format!("book/src/{}", file.display());
        let title = body.title.as_deref().unwrap_or_default();
        ensure!(
            title == entry.title,
            "{file} is headed \"{title}\", but SUMMARY.md calls it \"{}\"; they are to be the same",
            entry.title
        );
        let config = &context.config.book;
        let book = config.title.clone().unwrap_or_default();
        let mut opening = json!({"part": entry.part, "title": title, "lead": null, "claims": [], "minutes": null, "exercises": []});
        let mut description = config.description.clone().unwrap_or_default();
        let mut slug = Value::Null;
        if let Some(appendix) = entry.appendix {
            opening["lead"] = json!(appendix.shows);
            description = appendix.shows.to_owned();
        } else {
            let outlined = self
                .content
                .chapter(title)
                .with_context(|| format!("the course's outline has no chapter \"{title}\""))?;
            let lesson = outlined.lesson.as_ref().with_context(|| {
                format!("the course's outline says that \"{title}\" is not written, but {file} is")
            })?;
            // The front page says what the book is; every other page says what it claims.
            if entry.part.is_none() {
                opening["lead"] = json!(description);
            } else {
                description = outlined.shows.to_owned();
            }
            opening["claims"] = contents::claims(&*self.content, title);
            opening["minutes"] = json!(lesson.minutes);
            opening["exercises"] = json!(lesson.exercises);
            slug = json!(outlined.slug);
        }
        let name = if entry.part.is_none() { book } else { format!("{title} · {book}") };
        Ok(json!({"title": name, "description": description, "slug": slug, "opening": opening}))
    }

    /// All pages in one, for paper: every id begins with its chapter's name, and links between chapters stay in the page.
    fn sheets(&self, pages: &[Page], context: &RenderContext) -> Value {
        let chapters: Vec<Value> = pages
            .iter()
            .map(|page| {
                let name = name_of(page.entry);
                let href = |target: &str| sheet_href(target, &name);
                let body = markdown::body(&page.entry.chapter.content, &href, &format!("{name}-"));
                json!({"id": name, "opening": page.data["opening"], "content": body.html + &page.below.html})
            })
            .collect();
        json!({
            "title": format!("All chapters · {}", context.config.book.title.as_deref().unwrap_or_default()),
            "description": context.config.book.description,
            "slug": null,
            "chapters": chapters,
        })
    }

    /// Copies the WASM module and answers with its script's address; the query changes with the bytes, so that no
    /// cache serves an old module to a new page.
    fn copy_module(&self, out: &Output) -> Result<Option<String>> {
        let Some((folder, script)) = &self.module else { return Ok(None) };
        let hash = assets::copy_folder(folder, "wasm", out)?;
        Ok(Some(format!("wasm/{script}?v={hash}")))
    }
}

fn lost() -> Value {
    json!({
        "title": "No such page",
        "description": "The address leads nowhere.",
        "slug": null,
        "opening": {"part": null, "title": "No such page", "lead": null, "claims": [], "minutes": null, "exercises": []},
        "content": "<p>The address leads nowhere here: what it meant was moved or never written. The contents list every page \
                    that there is, and <a href=\"index.html\">the introduction</a> is the first of them.</p>",
        "next": null,
    })
}

/// The file's name without its ending.
fn name_of(entry: &Entry) -> String {
    let path = entry.chapter.path.as_ref().and_then(|path| path.file_stem());
    path.unwrap_or_default().to_string_lossy().into_owned()
}

/// Where a link leads in the page that holds all chapters; `name` is the chapter that the link stands in.
fn sheet_href(target: &str, name: &str) -> String {
    match (chapter_of(target), target.strip_prefix('#')) {
        // Terms and sources keep their names: nothing else is called so.
        (Some(("glossary" | "sources", fragment)), _) if !fragment.is_empty() => fragment.to_owned(),
        (Some((chapter, fragment)), _) => format!("#{chapter}{}", fragment.replacen('#', "-", 1)),
        // An exercise's place has the same name everywhere.
        (None, Some(place)) if !place.starts_with("exercise-") => format!("#{name}-{place}"),
        (None, _) => target.to_owned(),
    }
}

/// The exercises' files, for readers who have no checkout at hand; as text, because hosts disagree on what `.rs` is.
fn copy_exercises(book: &Path, out: &Output) -> Result<()> {
    let root = book.parent().context("the book lies in the workspace's folder")?;
    for package in assets::sorted(&root.join("exercises"))? {
        let binaries = package.join("src/bin");
        if !binaries.is_dir() {
            continue;
        }
        for file in assets::sorted(&binaries)? {
            let name =
                file.strip_prefix(root).expect("it was found there").to_string_lossy().replace('\\', "/");
            out.write(&super::exercise_file_url(&name), &assets::read(&file)?)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::sheet_href;

    #[test]
    fn links_between_chapters_stay_in_the_sheets() {
        assert_eq!(sheet_href("not-in-order.md", "introduction"), "#not-in-order");
        assert_eq!(sheet_href("not-in-order.md#build-it", "introduction"), "#not-in-order-build-it");
        assert_eq!(sheet_href("#build-it", "not-in-order"), "#not-in-order-build-it");
        assert_eq!(sheet_href("#exercise-resequencer", "not-in-order"), "#exercise-resequencer");
        assert_eq!(sheet_href("glossary.md#lease", "not-in-order"), "#lease");
        assert_eq!(sheet_href("https://example.org/a.md", "x"), "https://example.org/a.md");
    }
}
