// SPDX-License-Identifier: MIT OR Apache-2.0
//! Progress that goes from one machine to another: nothing is lost, nothing counts twice, damage changes nothing.

use kit::verdict::{Outcome, Verdict};

use super::*;

/// A course's folder, removed in the end.
struct Course(std::path::PathBuf, Workspace);

impl Course {
    fn new(name: &str) -> Course {
        let root = std::env::temp_dir().join(format!("transfer-{name}-{}", std::process::id()));
        for folder in ["crates/kit", "exercises/queues/src/bin"] {
            fs::create_dir_all(root.join(folder)).expect("a folder for files that do not last");
        }
        let workspace = Workspace::find(&root).expect("as made");
        for exercise in exercises() {
            let file = workspace.file(exercise);
            fs::create_dir_all(file.parent().expect("inside")).expect("made");
            fs::write(file, exercise.stub).expect("made");
        }
        Course(root, workspace)
    }

    fn checked(&self, exercise: &str, outcome: Outcome, seed: u64) {
        let mut verdict = Verdict::new(exercise, outcome, "a sentence");
        verdict.seed = Some(seed);
        journal::append(&self.1, &journal::checked(&verdict, 0)).expect("written");
    }

    fn import(&self, text: &str) -> Result<Imported> {
        let file = self.0.join("progress.json");
        fs::write(&file, text).expect("written");
        import(&self.1, &file)
    }

    fn journal(&self) -> Vec<u8> {
        fs::read(self.0.join(".inflight/journal.jsonl")).unwrap_or_default()
    }
}

impl Drop for Course {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_best_of_both_and_twice_is_once() {
    let (one, other) = (Course::new("one"), Course::new("other"));
    one.checked("resequencer", Outcome::TimedOut, 5);
    one.checked("resequencer", Outcome::Passed, 6);
    journal::note_reading(&one.1, "not-in-order", 80).expect("written");
    let text = r#"{"inflight_progress":1,"chapters":{"the-spike":{"read":10,"bets":{"spike":"2"},"open":3}},
        "exercises":{"bounded":{"standing":"passed"},"of-next-year":{"standing":"tried"}}}"#;
    one.import(text).expect("as the page writes it");
    other.checked("resequencer", Outcome::Failed, 9);
    other.checked("smooth", Outcome::Passed, 9);
    journal::note_reading(&other.1, "not-in-order", 90).expect("written");
    let exported = export(&one.1, false).expect("it is readable");
    crate::schema::conforms("progress-v1", &exported);
    let news = other.import(&exported).expect("as written").news;
    assert_eq!(
        news,
        [
            "bounded: passed",
            "of-next-year: tried",
            "resequencer: passed",
            "the-spike: 10 % read",
            "the-spike: the bet spike is settled"
        ]
    );
    let progress = journal::progress(&other.1).expect("readable");
    for exercise in ["resequencer", "bounded", "smooth"] {
        assert_eq!(progress.standing(exercise), Standing::Passed, "{exercise}");
    }
    assert_eq!(progress.read.get("not-in-order"), Some(&90));
    let record = journal::record(&other.1, "resequencer").expect("readable");
    assert_eq!((record.attempts, record.last.map(|last| last.0)), (2, Some(Outcome::Failed)));
    assert_eq!(record.seeds, [5]);
    let before = other.journal();
    assert_eq!(other.import(&exported).expect("as written"), Imported::default());
    assert_eq!(other.journal(), before);
    // And back: now both know the same.
    one.import(&export(&other.1, false).expect("readable")).expect("as written");
    let known = |course: &Course| journal::progress(&course.1).expect("readable");
    assert_eq!(known(&one), known(&other));
}

#[test]
fn what_cannot_be_read_changes_nothing() {
    let course = Course::new("damaged");
    course.checked("smooth", Outcome::Failed, 9);
    let good = export(&course.1, true).expect("readable");
    let before = course.journal();
    for cut in 0..good.trim_end().len() {
        assert!(course.import(&good[..cut]).is_err(), "cut at {cut}");
    }
    let bad = [
        ("", "it is damaged, or no JSON"),
        ("{}", "it has no field `inflight_progress`"),
        (r#"{"inflight_progress":2}"#, "it has version 2; this program reads version 1"),
        (r#"{"inflight_progress":1,"chapters":{"a":{"read":101}}}"#, "101 % of the chapter a"),
        (r#"{"inflight_progress":1,"exercises":{"a":{"seeds":["x"]}}}"#, "`x`, a seed of a, is no number"),
        (
            r#"{"inflight_progress":1,"exercises":{"a":{"passes":1}}}"#,
            "passed more often than it was checked",
        ),
        (r#"{"inflight_progress":1,"exercises":{"a":{"standing":"great"}}}"#, "unknown variant"),
        (r#"{"inflight_progress":1,"files":{"../../evil":""}}"#, "there is no such exercise"),
    ];
    for (text, why) in bad {
        let error = format!("{:#}", course.import(text).expect_err(text));
        assert!(error.starts_with("nothing was changed: ") && error.contains(why), "{text}: {error}");
    }
    let large = format!(r#"{{"inflight_progress":1,"files":{{"smooth":"{}"}}}}"#, "x".repeat(300_000));
    assert!(course.import(&large).is_err());
    assert_eq!(course.journal(), before);
}

#[test]
fn files_travel_and_none_is_written_over() {
    let (one, other) = (Course::new("files"), Course::new("files-other"));
    let file = |course: &Course, name: &str| course.1.file(course::find_exercise(name).expect("known"));
    fs::write(file(&one, "smooth"), "// mine").expect("written");
    fs::write(file(&one, "bounded"), "// mine, too").expect("written");
    fs::write(file(&other, "bounded"), "// other").expect("written");
    let exported = export(&one.1, true).expect("readable");
    crate::schema::conforms("progress-v1", &exported);
    assert!(!export(&one.1, false).expect("readable").contains("// mine"));
    let imported = other.import(&exported).expect("as written");
    assert_eq!(imported.news, ["exercises/queues/src/bin/smooth.rs is the one of the file"]);
    assert_eq!(fs::read_to_string(file(&other, "smooth")).expect("there"), "// mine");
    assert_eq!(fs::read_to_string(file(&other, "bounded")).expect("there"), "// other");
    assert_eq!(imported.beside.len(), 1);
    let beside = other.0.join(&imported.beside[0]);
    assert_eq!(fs::read_to_string(beside).expect("there"), "// mine, too");
}
