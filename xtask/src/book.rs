// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo xtask book`: the site, built into `book/dist`.
//!
//! ```text
//!  book/src/*.md ─mdBook─► chapters ─directives─► Markdown with values ─site─► pages
//!                                        ▲                                  ▲
//!                                     content (course, simulator)        book/theme, WASM module
//! ```

mod appendix;
mod assets;
mod content;
mod contents;
mod directives;
mod highlight;
mod markdown;
mod output;
mod search;
mod serve;
mod site;
mod table;
#[cfg(test)]
mod tests;
mod workshop;

use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context, Result};
use mdbook_driver::MDBook;

use crate::{editor_build, wasm_build, workspace};
use content::Content;
use workshop::Workshop;

/// Builds the site; with `serve`, then serves it on this machine and builds it again when a source changes.
///
/// # Errors
/// A chapter asks for what is not there, the WASM module cannot be built, or a file cannot be read or written.
pub(crate) fn run(serve: bool) -> Result<()> {
    let site = make()?;
    println!("{}", site.display());
    if serve { serve::serve(&site) } else { Ok(()) }
}

/// Builds the site and answers with its folder.
///
/// # Errors
/// As [`run`].
pub(crate) fn make() -> Result<PathBuf> {
    let module = wasm_build::build()?;
    let script =
        module.script.file_name().context("the module's script has a name")?.to_string_lossy().into_owned();
    let book = workspace::root().join("book");
    let workshop = Workshop { root: workspace::root(), editor: editor_build::build()? };
    build(&book, Rc::new(content::Course::default()), Some((module.folder, script)), Some(workshop))?;
    Ok(book.join("dist"))
}

/// Builds the book that lies in the folder `book`; without `module` its figures stay stills, without `workshop` its exercises
/// are for other editors.
fn build(
    book: &Path,
    content: Rc<dyn Content>,
    module: Option<(PathBuf, String)>,
    workshop: Option<Workshop>,
) -> Result<()> {
    let mut mdbook = MDBook::load(book)?;
    mdbook.with_preprocessor(directives::Directives { content: content.clone() });
    mdbook.with_renderer(site::Site { content, module, workshop });
    mdbook.build()
}

/// Where the site keeps a copy of an exercise's file.
fn exercise_file_url(file: &str) -> String {
    format!("{file}.txt")
}
