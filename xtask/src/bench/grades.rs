// SPDX-License-Identifier: MIT OR Apache-2.0
//! How long the grading of a class takes, and how much memory: a class is laid out of the answers that the course has.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use course::{Exercise, exercises};
use serde_json::json;

use super::section::{Align, Section, Table, grouped};
use crate::{command, workspace};

/// A few, so that nobody waits long; the variable asks for another number.
const SUBMISSIONS: usize = 20;
const VARIABLE: &str = "INFLIGHT_BENCH_SUBMISSIONS";
/// The class that is spoken of.
const WHOLE: f64 = 200.0;
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Lays out a class and grades it with the `course` command.
///
/// # Errors
/// Something did not build, or the class could not be graded.
pub(crate) fn measure() -> Result<Section> {
    let submissions = match env::var(VARIABLE) {
        Ok(asked) => asked.parse().with_context(|| format!("{VARIABLE} is `{asked}`, not a whole number"))?,
        Err(_) => SUBMISSIONS,
    };
    let root = workspace::target().join("class-bench");
    if root.exists() {
        fs::remove_dir_all(&root).with_context(|| format!("cannot remove {}", root.display()))?;
    }
    for n in 0..submissions {
        lay_out(&root.join("class"), n)?;
    }
    // What everybody has built already is not measured.
    let warm = ["course", "grade", "--exercise", "bounded", "--runs", "1"];
    command::cargo().current_dir(workspace::root()).args(warm).output().context("cargo does not start")?;
    eprintln!("a class of {submissions} submissions");
    let (seconds, peak_kb) = grade(&root)?;
    let of_200 = seconds * WHOLE / submissions.max(1) as f64;
    let mut table = Table::new(vec![("what", Align::Left), ("measured", Align::Right)]);
    table.push(vec![format!("{submissions} submissions graded, s"), format!("{seconds:.1}")]);
    table.push(vec!["200 at that pace, s".to_owned(), format!("{of_200:.0}")]);
    let memory = peak_kb.map_or("not known here".to_owned(), |kb| grouped(kb / 1024));
    table.push(vec!["memory at the most, compilers and answers included, MB".to_owned(), memory]);
    let notes = vec![format!(
        "of ten: four solutions, two other right shapes, three wrong answers, one stub; no two alike but the stubs; {VARIABLE}=200 grades 200"
    )];
    let figures = json!({
        "submissions": submissions, "seconds": seconds, "seconds_of_200": of_200, "peak_kb": peak_kb,
    });
    Ok(Section { title: "Grading a class".to_owned(), table, notes, figures })
}

/// Writes the nth submission: each learner has one for each exercise.
fn lay_out(class: &Path, n: usize) -> Result<()> {
    let all = exercises();
    let (learner, exercise) = (n / all.len(), &all[n % all.len()]);
    let source = source(exercise, learner)?;
    let mut text =
        fs::read_to_string(&source).with_context(|| format!("cannot read {}", source.display()))?;
    if learner % 10 < 9 {
        text += &format!("\n// learner {learner}\n");
    }
    let folder = class.join(format!("learner {learner:03}"));
    let place = folder.join(format!("{}.rs", exercise.name));
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&place, text))
        .with_context(|| format!("cannot write {}", place.display()))
}

/// What a learner hands in.
fn source(exercise: &Exercise, learner: usize) -> Result<PathBuf> {
    let solutions = workspace::root().join("solutions");
    let kind = match learner % 10 {
        0..=3 => return Ok(solutions.join(format!("{}/src/bin/{}.rs", exercise.package, exercise.name))),
        4..=5 => "right",
        6..=8 => "wrong",
        _ => return Ok(solutions.join(format!("stub/{}.rs", exercise.name))),
    };
    let folder = solutions.join(kind).join(exercise.name);
    let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files.get(learner % files.len().max(1)).cloned().with_context(|| format!("{} is empty", folder.display()))
}

/// Seconds, and the most memory of all processes together where that can be known.
fn grade(root: &Path) -> Result<(f64, Option<u64>)> {
    let begun = Instant::now();
    let mut child = command::cargo()
        .current_dir(workspace::root())
        .args(["course", "grade", "--csv", "--out"])
        .arg(root.join("grades.csv"))
        .arg("--results")
        .arg(root.join("results.jsonl"))
        .arg(root.join("class"))
        .stderr(Stdio::null())
        .spawn()
        .context("cargo does not start")?;
    let mut peak = None;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        peak = peak.max(memory_of(child.id()));
        thread::sleep(LOOK_EVERY);
    };
    if !status.success() {
        bail!("the class could not be graded ({status})");
    }
    Ok((begun.elapsed().as_secs_f64(), peak))
}

/// The memory of a process and of all that it started, in kB.
fn memory_of(root: u32) -> Option<u64> {
    let output = Command::new("ps").args(["-eo", "pid=,ppid=,rss="]).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let rows: Vec<[u64; 3]> = text
        .lines()
        .filter_map(|line| {
            let mut numbers = line.split_whitespace().map_while(|number| number.parse().ok());
            Some([numbers.next()?, numbers.next()?, numbers.next()?])
        })
        .collect();
    let (mut family, mut sum) = (vec![u64::from(root)], 0);
    while let Some(one) = family.pop() {
        sum += rows.iter().filter(|row| row[0] == one).map(|row| row[2]).sum::<u64>();
        family.extend(rows.iter().filter(|row| row[1] == one).map(|row| row[0]));
    }
    Some(sum).filter(|sum| *sum > 0)
}
