// SPDX-License-Identifier: MIT OR Apache-2.0
//! The built book as the checks see it: its files, and what each page names.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use crate::workspace;

/// The built site.
pub(super) struct Dist {
    /// The content of every file, by its path from the site's root, with `/` between folders.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    /// What the HTML files among them name.
    pub(super) pages: BTreeMap<String, Page>,
}

/// What one page names.
#[derive(Default)]
pub(super) struct Page {
    /// What a link may lead to within the page.
    pub(super) anchors: BTreeSet<String>,
    /// Whatever the page refers to, as written.
    pub(super) references: Vec<Reference>,
}

/// One `href` or `src`.
pub(super) struct Reference {
    /// As written in the page, entities resolved.
    pub(super) address: String,
    /// Whether the browser fetches it to show the page; else the reader may follow it.
    pub(super) fetched: bool,
}

/// The folder that the book is built into.
pub(super) fn folder() -> PathBuf {
    workspace::root().join("book/dist")
}

impl Dist {
    /// Reads the built book.
    ///
    /// # Errors
    /// There is none, or a file cannot be read.
    pub(super) fn read() -> Result<Dist> {
        let root = folder();
        let mut files = BTreeMap::new();
        collect(&root, "", &mut files)?;
        ensure!(files.contains_key("index.html"), "{} holds no index.html", root.display());
        Ok(Dist::new(files))
    }

    pub(super) fn new(files: BTreeMap<String, Vec<u8>>) -> Dist {
        let html = files.iter().filter(|(path, _)| path.ends_with(".html"));
        let pages =
            html.map(|(path, bytes)| (path.clone(), Page::parse(&String::from_utf8_lossy(bytes)))).collect();
        Dist { files, pages }
    }
}

fn collect(root: &Path, inside: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    let folder = root.join(inside);
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        let name =
            entry.file_name().into_string().ok().context("a file's name in the built book is not text")?;
        let path = if inside.is_empty() { name } else { format!("{inside}/{name}") };
        if entry.file_type()?.is_dir() {
            collect(root, &path, files)?;
        } else {
            let bytes = fs::read(root.join(&path))
                .with_context(|| format!("cannot read {path} of the built book"))?;
            files.insert(path, bytes);
        }
    }
    Ok(())
}

impl Page {
    pub(super) fn parse(html: &str) -> Page {
        let tokenizer = Tokenizer::new(Reader::default(), TokenizerOpts::default());
        let input = BufferQueue::default();
        input.push_back(html.into());
        // Scripts are not run, so the tokenizer never stops before the end.
        let _ = tokenizer.feed(&input);
        tokenizer.end();
        tokenizer.sink.page.into_inner()
    }
}

#[derive(Default)]
struct Reader {
    page: RefCell<Page>,
}

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        if let Token::TagToken(tag) = token
            && tag.kind == TagKind::StartTag
        {
            self.page.borrow_mut().add(&tag);
        }
        TokenSinkResult::Continue
    }
}

impl Page {
    fn add(&mut self, tag: &Tag) {
        let attribute = |name: &str| {
            let found = tag.attrs.iter().find(|attribute| &*attribute.name.local == name);
            found.map(|attribute| attribute.value.to_string())
        };
        let element = &*tag.name;
        self.anchors.extend(attribute("id"));
        if element == "a" {
            self.anchors.extend(attribute("name"));
        }
        // Of <link> only some kinds are fetched; `rel="next"` and the like are there to be followed.
        let relation = attribute("rel").unwrap_or_default();
        let loads = ["stylesheet", "icon", "preload", "modulepreload", "manifest"];
        let fetched =
            element != "a" && (element != "link" || relation.split(' ').any(|word| loads.contains(&word)));
        for name in ["href", "src", "poster", "xlink:href"] {
            if let Some(address) = attribute(name) {
                self.references.push(Reference { address, fetched });
            }
        }
    }
}
