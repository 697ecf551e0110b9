// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the tests read: the files of the project and cargo's own account of its packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The rooms whose results are the same bytes everywhere, so that nothing of the outside may reach them.
pub(crate) const DETERMINISTIC_ROOMS: [&str; 5] = ["trace", "sim", "stage", "queues", "course"];

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace's folder").to_owned()
}

/// The project's files, as paths from the workspace's folder: what git keeps or would keep, so no build output.
pub(crate) fn files() -> Vec<String> {
    let listed = output(Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]));
    let mut files: Vec<String> = listed.lines().map(str::to_owned).collect();
    files.retain(|file| root().join(file).is_file());
    assert!(
        files.iter().any(|file| file == "Cargo.toml"),
        "git lists no Cargo.toml: the tests need a git checkout"
    );
    files
}

/// The text of a file of the project.
pub(crate) fn text(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("cannot read {file}: {error}"))
}

/// `cargo metadata`; without the packages of others unless `all`, and then for every target, built here or not.
pub(crate) fn metadata(all: bool) -> Value {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version=1"]);
    if !all {
        cargo.arg("--no-deps");
    }
    serde_json::from_str(&output(&mut cargo)).expect("cargo metadata writes JSON")
}

/// The text that `command` writes when run in the workspace's folder.
pub(crate) fn output(command: &mut Command) -> String {
    let output = command.current_dir(root()).output().expect("the command starts");
    assert!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("the command writes text")
}

/// Fails with every fault on a line of its own, under a sentence that says what would be right.
#[track_caller]
pub(crate) fn assert_no_faults(right: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{right}\n  {}\n", faults.join("\n  "));
}
