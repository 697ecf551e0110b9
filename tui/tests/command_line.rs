// SPDX-License-Identifier: MIT OR Apache-2.0
//! The program on bad input: a sentence that says what, where and what would be right, and exit code 2.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use stage::Material;
use tui::picture;

fn tui(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tui"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the program starts")
}

/// Asserts that it ends with 2, prints nothing but a sentence, and that all of these are in it.
#[track_caller]
fn refused(arguments: &[&str], said: &[&str]) {
    let output = tui(arguments);
    let sentence = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {sentence}");
    assert!(output.stdout.is_empty(), "the screen is not touched");
    for part in said {
        assert!(sentence.contains(part), "{arguments:?} does not name {part}: {sentence}");
    }
}

/// A file with this text, for one test.
fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("the file can be written");
    path
}

#[test]
fn a_wrong_address_is_told_with_its_part_and_position() {
    refused(&["figure", "order/nothing"], &["order/nothing", "order/concurrent-consumers"]);
    refused(&["figure", "order/concurrent-consumers?consumers=0"], &["consumers", "28"]);
    refused(&["figure", "order/concurrent-consumers?colour=red"], &["colour", "28", "prefetch"]);
    refused(&["figure", "order/concurrent-consumers?seed=x"], &["`x`", "33", "a seed"]);
    refused(&["figure", "order/concurrent-consumers?faults=crash:c9@1s"], &["c9", "consumer-3"]);
    refused(&["figure", "order/concurrent-consumers?faults=crush:consumer-1@1s"], &["crush", "crash"]);
    refused(&["figure", "order/concurrent-consumers?at=soon"], &["at", "soon"]);
}

#[test]
fn the_second_of_two_runs_is_told_too() {
    let one = "order/concurrent-consumers?seed=7";
    refused(&["figure", &format!("{one} beside order/nothing")], &["The second run: ", "order/nothing"]);
    refused(&["figure", one, "beside", "order/nothing"], &["The second run: ", "order/nothing"]);
    refused(&["figure", &format!("{one} beside {one}&consumers=2")], &["The course needs a terminal"]);
    refused(&["figure", &format!("{one}+beside+{one}")], &["The course needs a terminal"]);
    refused(&["figure"], &["ADDRESS"]);
}

#[test]
fn the_run_of_an_exam_is_shown_the_way_to() {
    refused(
        &["figure", "exam/resequencer?seed=3&at=12ms"],
        &[
            "cargo course check resequencer --address 'exam/resequencer?seed=3&at=12ms'",
            "cargo run -p tui -- replay <file>",
        ],
    );
    refused(&["figure", "exam/nothing"], &["exam/nothing", "resequencer"]);
}

#[test]
fn a_wrong_file_is_told_with_its_line() {
    refused(&["replay", "no/such/file"], &["no/such/file"]);
    let text = file("empty.jsonl", "");
    refused(&["replay", &text.to_string_lossy()], &["empty.jsonl"]);
    let text = file("text.jsonl", "hello\n");
    refused(&["replay", &text.to_string_lossy()], &["text.jsonl", "line 1"]);
    let address = "order/concurrent-consumers?seed=7".parse().expect("the address is valid");
    let trace = queues::run(&address).expect("the run can be made").to_json_lines();
    let damaged = trace.replacen("\n{", "\n[", 3);
    let text = file("damaged.jsonl", &damaged);
    refused(&["replay", &text.to_string_lossy()], &["damaged.jsonl", "line 2"]);
}

#[test]
fn without_a_terminal_it_says_so() {
    let sentence = "The course needs a terminal";
    refused(&[], &[sentence]);
    refused(&["figure", "order/concurrent-consumers?seed=7"], &[sentence]);
}

#[test]
fn unknown_arguments_are_refused_and_help_is_not() {
    refused(&["dance"], &["dance"]);
    let output = tui(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(help.contains("figure") && help.contains("replay"), "{help}");
}

/// They are drawn by the program that a reader of the README starts, so they are what the reader will see.
#[test]
fn the_readmes_pictures_are_what_the_terminal_shows() {
    for (material, name) in [(Material::Paper, "light"), (Material::Night, "dark")] {
        let drawn =
            picture::of_figure(picture::README, picture::SCREEN, material).expect("the address is right");
        let path =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../docs/pictures/terminal-{name}.svg"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &drawn).expect("the picture can be written");
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == drawn, "{} is an older picture; `cargo xtask shots` makes them anew", path.display());
    }
}
