// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is found in a folder, and what is passed over and why.

use super::*;

/// A folder with these files in it, removed in the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Folder {
        let folder = Folder(std::env::temp_dir().join(format!("gather-{name}-{}", std::process::id())));
        for (file, text) in files {
            folder.write(file, text);
        }
        folder
    }

    fn write(&self, file: &str, text: &str) {
        let place = self.0.join(file);
        fs::create_dir_all(place.parent().expect("inside")).expect("a folder for files that do not last");
        fs::write(place, text).expect("it was made");
    }

    fn found(&self) -> (Vec<String>, Vec<String>) {
        let gathered = gather(&self.0).expect("it can be read");
        let one = |one: &Submission| format!("{}|{}|{}", one.learner, one.exercise.name, one.file);
        let skipped = |one: &Skipped| format!("{}: {}", one.file, one.why);
        (gathered.submissions.iter().map(one).collect(), gathered.skipped.iter().map(skipped).collect())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn each_learner_has_a_folder_or_a_file() {
    let folder = Folder::new(
        "layout",
        &[
            ("Zoë/resequencer.rs", "1"),
            ("Zoë/week 2/mine/bounded.rs", "2"),
            ("李雷/resequencer.rs", "3"),
            ("Ada Lovelace_77_at_most_once.rs", "4"),
            ("resequencer.rs", "5"),
            ("Zoë/notes.md", "6"),
            ("Zoë/reseqencer.rs", "7"),
            ("Zoë/.resequencer.rs", "8"),
        ],
    );
    let (found, skipped) = folder.found();
    assert_eq!(
        found,
        [
            "Ada Lovelace_77|at_most_once|Ada Lovelace_77_at_most_once.rs",
            "Zoë|bounded|Zoë/week 2/mine/bounded.rs",
            "Zoë|resequencer|Zoë/resequencer.rs",
            "李雷|resequencer|李雷/resequencer.rs",
        ]
    );
    assert_eq!(
        skipped,
        [
            "Zoë/reseqencer.rs: no exercise has this name; `cargo course list` shows them",
            "resequencer.rs: lies in no learner's folder",
        ]
    );
}

#[test]
fn of_several_for_one_exercise_one_is_taken_and_said_to_be() {
    let course = "a/inflight/exercises/queues/src/bin/resequencer.rs";
    let folder = Folder::new(
        "several",
        &[(course, "1"), ("a/old/resequencer.rs", "2"), ("a/inflight/solutions/stub/resequencer.rs", "3")],
    );
    let (found, skipped) = folder.found();
    assert_eq!(found, [format!("a|resequencer|{course}")]);
    assert_eq!(skipped, [format!("a/old/resequencer.rs: {course} was taken for resequencer")]);
    let folder = Folder::new("depths", &[("a/b/c/bounded.rs", "1"), ("a/z/bounded.rs", "2")]);
    assert_eq!(folder.found().0, ["a|bounded|a/z/bounded.rs"]);
}

#[test]
fn what_is_too_large_is_not_read_and_another_takes_its_place() {
    let folder = Folder::new("large", &[("a/b/bounded.rs", "small")]);
    folder.write("a/bounded.rs", &"x".repeat(MOST_BYTES as usize + 1));
    let (found, skipped) = folder.found();
    assert_eq!(found, ["a|bounded|a/b/bounded.rs"]);
    assert_eq!(skipped, ["a/bounded.rs: is larger than 262144 bytes"]);
}

#[test]
fn folders_in_folders_come_to_an_end() {
    let deep = format!("a/{}bounded.rs", "d/".repeat(40));
    let folder = Folder::new("deep", &[(&deep, "1")]);
    let (found, skipped) = folder.found();
    assert!(found.is_empty());
    assert_eq!(skipped.len(), 1);
    assert!(skipped[0].ends_with("lies deeper than 16 folders"), "{skipped:?}");
}

#[test]
fn only_so_many_are_named() {
    let folder = Folder::new("many", &[]);
    for n in 0..MOST_NAMED + 3 {
        folder.write(&format!("a/{n}.rs"), "");
    }
    let gathered = gather(&folder.0).expect("it can be read");
    assert_eq!((gathered.skipped.len(), gathered.more_skipped), (MOST_NAMED, 3));
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let folder = Folder::new("links", &[("a/notes.txt", "1"), ("secret/bounded.rs", "2")]);
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(folder.0.join(to), folder.0.join(name));
    link("secret/bounded.rs", "a/bounded.rs").expect("links are known here");
    link("secret", "b").expect("links are known here");
    link("", "a/up").expect("links are known here");
    let (found, skipped) = folder.found();
    assert_eq!(found, ["secret|bounded|secret/bounded.rs"]);
    assert_eq!(skipped.len(), 3);
    assert!(skipped.iter().all(|line| line.ends_with("is a link; links are not followed")), "{skipped:?}");
}

#[test]
fn sums_are_those_of_everybody() {
    assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
