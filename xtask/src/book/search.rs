// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the pages' search reads: every section's words. It is fetched when a reader first searches.

use serde_json::{Value, json};

use super::markdown::Section;

/// The sections of all pages, gathered while the pages are made.
#[derive(Default)]
pub(super) struct Index {
    sections: Vec<Value>,
}

impl Index {
    /// Adds a page. Short names, for they are repeated for every section: the address, page, heading and words.
    pub(super) fn add(&mut self, href: &str, page: &str, sections: &[Section]) {
        for Section { id, title, text } in sections {
            let place = if id.is_empty() { href.to_owned() } else { format!("{href}#{id}") };
            self.sections.push(json!({"a": place, "p": page, "h": title, "w": text}));
        }
    }

    /// The file.
    pub(super) fn json(&self) -> String {
        Value::Array(self.sections.clone()).to_string()
    }
}
