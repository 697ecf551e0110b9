// SPDX-License-Identifier: MIT OR Apache-2.0
//! The site from the expanded chapters: one page a chapter, and nothing that no page asks for.
//!
//! mdBook's own renderer would add its scripts, its fonts and a highlighter, and knows of no claims and no notes in the
//! margin; this one takes its place behind the same trait.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result, ensure};
use handlebars::Handlebars;
use mdbook_driver::book::{BookItem, Chapter};
use mdbook_renderer::{RenderContext, Renderer};
use serde_json::{Value, json};

use super::assets::{self, Assets};
use super::content::Content;
use super::markdown;

/// mdBook's hook: writes the pages.
pub(crate) struct Site {
    /// Where claims and the chapters' announcements come from.
    pub(crate) content: Rc<dyn Content>,
    /// The folder of the WASM module, copied into the site, and its script's name there; pages without it show stills.
    pub(crate) module: Option<(PathBuf, String)>,
}

/// A chapter, or an announced one, as the contents list it.
struct Entry<'b> {
    part: Option<&'b str>,
    title: &'b str,
    /// The address of its page, from the site's root; `None` while it is not written.
    href: Option<String>,
    chapter: &'b Chapter,
}

impl Renderer for Site {
    fn name(&self) -> &str {
        "html"
    }

    fn render(&self, context: &RenderContext) -> Result<()> {
        let theme = context.config.html_config().unwrap_or_default().theme_dir(&context.root);
        let mut templates = Handlebars::new();
        templates.set_strict_mode(true);
        for name in ["index", "mark"] {
            let file = theme.join(format!("{name}.hbs"));
            templates
                .register_template_file(name, &file)
                .with_context(|| format!("cannot use {}", file.display()))?;
        }

        let out = Output::new(&context.destination);
        let assets = assets::copy(&theme, &out)?;
        let module = self.copy_module(&out)?;
        copy_exercises(&context.root, &out)?;

        let entries = entries(&context.book.items);
        for (place, entry) in entries.iter().enumerate() {
            let Some(href) = &entry.href else { continue };
            let mut data = self.page(entry, &entries[place + 1..], context)?;
            data["contents"] = self.contents(&entries, Some(place));
            self.write(&templates, data, href, &assets, module.as_deref(), context, &out)?;
        }
        let mut lost = json!({
            "title": "No such page",
            "opening": {"part": null, "title": "No such page", "lead": null, "claims": [], "minutes": null, "exercises": []},
            "content": "<p>The address leads nowhere here. The contents list every page that there is.</p>",
            "next": null,
        });
        lost["contents"] = self.contents(&entries, None);
        self.write(&templates, lost, "404.html", &assets, module.as_deref(), context, &out)?;
        out.remove_stale()
    }
}

impl Site {
    /// What the template needs of one chapter.
    fn page(&self, entry: &Entry, later: &[Entry], context: &RenderContext) -> Result<Value> {
        let body = markdown::body(&entry.chapter.content, &page_href);
        let file = entry.chapter.source_path.clone().unwrap_or_default();
        let title = body.title.as_deref().unwrap_or_default();
        ensure!(
            title == entry.title,
            "book/src/{} is headed \"{title}\", but SUMMARY.md calls it \"{}\"; they are to be the same",
            file.display(),
            entry.title
        );
        let outlined = self
            .content
            .chapter(title)
            .with_context(|| format!("the course's outline has no chapter \"{title}\""))?;
        let lesson = outlined.lesson.as_ref().with_context(|| {
            format!(
                "the course's outline says that \"{title}\" is not written, but book/src/{} is",
                file.display()
            )
        })?;
        let book = context.config.book.title.clone().unwrap_or_default();
        Ok(json!({
            "title": format!("{title} · {book}"),
            "opening": {
                "part": entry.part,
                "title": title,
                // The front page says what the book is; every other page says what it claims.
                "lead": entry.part.is_none().then_some(&context.config.book.description),
                "claims": self.claims(entry.title),
                "minutes": lesson.minutes,
                "exercises": lesson.exercises,
            },
            "content": body.html,
            "next": self.next(later),
        }))
    }

    fn claims(&self, chapter: &str) -> Value {
        let claims = self.content.chapter(chapter).map_or(&[][..], |chapter| chapter.claims);
        claims.iter().map(|claim| json!({"id": claim.id, "sentence": claim.sentence})).collect()
    }

    /// The link at the end of a page: to the next chapter that is written, else the announcement of the next one.
    fn next(&self, later: &[Entry]) -> Value {
        let Some(next) = later.iter().find(|entry| entry.href.is_some()).or(later.first()) else {
            return Value::Null;
        };
        json!({"title": next.title, "href": next.href, "shows": self.content.chapter(next.title).map(|chapter| chapter.shows)})
    }

    /// The outline: parts, their chapters, their claims; `current` is the page's own place in it.
    fn contents(&self, entries: &[Entry], current: Option<usize>) -> Value {
        let mut parts: Vec<Value> = Vec::new();
        for (place, entry) in entries.iter().enumerate() {
            let title = json!(entry.part);
            if parts.last().is_none_or(|part| part["title"] != title) {
                parts.push(json!({"title": title, "chapters": []}));
            }
            let chapter = json!({
                "title": entry.title,
                "href": entry.href,
                "current": current == Some(place),
                "claims": self.claims(entry.title),
            });
            if let Some(Value::Array(chapters)) = parts.last_mut().map(|part| &mut part["chapters"]) {
                chapters.push(chapter);
            }
        }
        Value::Array(parts)
    }

    #[expect(clippy::too_many_arguments, reason = "one place, three callers, nothing to group")]
    fn write(
        &self,
        templates: &Handlebars,
        mut data: Value,
        href: &str,
        assets: &Assets,
        module: Option<&str>,
        context: &RenderContext,
        out: &Output,
    ) -> Result<()> {
        let config = &context.config.book;
        data["root"] = json!("../".repeat(href.matches('/').count()));
        data["language"] = json!(config.language);
        data["book"] = json!(config.title);
        data["description"] = json!(config.description);
        data["assets"] = json!(assets.folder);
        data["module"] = json!(module);
        let html = templates.render("index", &data).with_context(|| format!("{href} was not rendered"))?;
        out.write(href, html.as_bytes())
    }

    /// Copies the WASM module and answers with its script's address; the query changes with the bytes, so that no
    /// cache serves an old module to a new page.
    fn copy_module(&self, out: &Output) -> Result<Option<String>> {
        let Some((folder, script)) = &self.module else { return Ok(None) };
        let hash = assets::copy_folder(folder, "wasm", out)?;
        Ok(Some(format!("wasm/{script}?v={hash}")))
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

fn entries(items: &[BookItem]) -> Vec<Entry<'_>> {
    let mut part = None;
    let mut entries = Vec::new();
    for item in items {
        match item {
            BookItem::PartTitle(title) => part = Some(title.as_str()),
            BookItem::Chapter(chapter) => {
                let href = chapter.path.as_ref().map(|path| page_href(&path.to_string_lossy()));
                entries.push(Entry { part, title: &chapter.name, href, chapter });
            }
            BookItem::Separator => part = None,
        }
    }
    entries
}

/// The address of a page from the address of its Markdown file; the introduction is the site's front page.
/// Every other address is left as it is.
fn page_href(target: &str) -> String {
    if target.contains("://") {
        return target.to_string();
    }
    let (file, fragment) = target.split_at(target.find('#').unwrap_or(target.len()));
    match file.strip_suffix(".md") {
        Some("introduction") => format!("index.html{fragment}"),
        Some(name) => format!("{name}.html{fragment}"),
        None => target.to_string(),
    }
}

/// The site's folder, and which files in it belong to this build.
pub(crate) struct Output {
    folder: PathBuf,
    written: std::cell::RefCell<BTreeSet<PathBuf>>,
}

impl Output {
    fn new(folder: &Path) -> Output {
        Output { folder: folder.to_owned(), written: Default::default() }
    }

    /// Writes a file, unless it is there already with the same bytes: a server at work never sees a half-empty site.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.folder.join(name);
        self.written.borrow_mut().insert(path.clone());
        if fs::read(&path).is_ok_and(|old| old == bytes) {
            return Ok(());
        }
        let folder = path.parent().expect("a file lies in a folder");
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
    }

    /// Removes what an earlier build left and this one did not write.
    fn remove_stale(&self) -> Result<()> {
        let written = self.written.borrow();
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            for path in assets::sorted(&folder)? {
                if !path.is_dir() {
                    if !written.contains(&path) {
                        fs::remove_file(&path)
                            .with_context(|| format!("cannot remove {}", path.display()))?;
                    }
                } else if written.iter().any(|file| file.starts_with(&path)) {
                    folders.push(path);
                } else {
                    fs::remove_dir_all(&path).with_context(|| format!("cannot remove {}", path.display()))?;
                }
            }
        }
        Ok(())
    }
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
