// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the exercises' editors fetch when a reader opens one: the editor, what is known of the exercise, and its exam as one
//! file for the Playground.

use std::path::PathBuf;

use anyhow::Result;
use course::Exercise;
use serde_json::{Value, json};

use super::assets;
use super::output::Output;
use crate::bundle;

/// Where the parts of it come from.
pub(crate) struct Workshop {
    /// The workspace's folder.
    pub(crate) root: PathBuf,
    /// The editor's script.
    pub(crate) editor: PathBuf,
}

impl Workshop {
    /// Writes it and answers with the name of its folder, which changes with what is in it.
    ///
    /// # Errors
    /// A source cannot be read, or a file cannot be written.
    pub(super) fn write(&self, out: &Output) -> Result<String> {
        let mut files = vec![("editor.js".to_owned(), assets::read(&self.editor)?)];
        for exercise in course::exercises() {
            files.push((format!("{}.json", exercise.name), known(exercise).to_string().into_bytes()));
        }
        for (exercise, text) in bundle::bundles(&self.root)? {
            // As text, because hosts disagree on what `.rs` is.
            files.push((format!("{}.exam.txt", exercise.name), text.into_bytes()));
        }
        assets::publish(files, "workshop", out)
    }
}

/// What a page has to know of an exercise to do without a server.
fn known(exercise: &Exercise) -> Value {
    let hints: serde_json::Map<String, Value> = exercise
        .hinted_promises()
        .map(|promise| (promise.to_owned(), json!(exercise.hints(Some(promise)))))
        .collect();
    json!({
        "name": exercise.name,
        "file": exercise.file(),
        "command": exercise.command(),
        "stub": exercise.stub,
        "solution": exercise.solution,
        "points": exercise.points(),
        "hints": hints,
        "first_hints": exercise.hints(None),
        "online": bundle::is_bundled(exercise),
    })
}

#[cfg(test)]
mod tests {
    use super::known;

    #[test]
    fn a_page_knows_the_hints_of_each_promise_and_where_it_can_be_run() {
        let of = |name: &str| known(course::find_exercise(name).expect("it is one of ours"));
        let resequencer = of("resequencer");
        assert_eq!(resequencer["online"], true);
        assert_eq!(resequencer["first_hints"].as_array().map(Vec::len), Some(3));
        assert!(resequencer["hints"].as_object().is_some_and(|hints| !hints.is_empty()));
        // Threads and databases need what the Playground does not have.
        assert_eq!(of("bounded_queue")["online"], false);
        assert_eq!(of("transfer")["online"], false);
    }
}
