// SPDX-License-Identifier: MIT OR Apache-2.0
//! The learner's own files, graded as those of a class are.

use std::fs;
use std::sync::atomic::AtomicBool;

use anyhow::Result;
use course::exercises;

use super::gather::{Skipped, Submission, submission};
use super::{GradeOptions, Row, Step, grade};
use crate::{Workspace, journal};

/// Under this name a learner's own files are graded.
const YOU: &str = "you";

/// The learner's file of each exercise, and those that cannot be read.
pub fn own_submissions(workspace: &Workspace) -> (Vec<Submission>, Vec<Skipped>) {
    let (mut submissions, mut skipped) = (Vec::new(), Vec::new());
    for exercise in exercises() {
        let file = exercise.file();
        match submission(YOU, exercise, file.clone(), workspace.file(exercise)) {
            Ok(submission) => submissions.push(submission),
            Err(why) => skipped.push(Skipped { file, why }),
        }
    }
    (submissions, skipped)
}

/// Grades the learner's own files as [`grade`] does. What was not known before is noted as a check is, but for files that
/// are still as they were handed out.
///
/// # Errors
/// As [`grade`]; and when the journal cannot be written.
pub fn own(
    workspace: &Workspace,
    submissions: &[Submission],
    options: &GradeOptions,
    stop: &AtomicBool,
    each: &mut dyn FnMut(&Step<'_>),
) -> Result<Vec<Option<Row>>> {
    let mut entries = Vec::new();
    let rows = grade(workspace, submissions, options, stop, &mut |step| {
        let source = fs::read(&step.submission.path).unwrap_or_default();
        if let (true, Ok(verdict)) = (step.fresh, step.verdict)
            && source != step.submission.exercise.stub.as_bytes()
        {
            entries.push(journal::checked(verdict, trace::hash_bytes(&source)));
        }
        each(step);
    })?;
    journal::append_all(workspace, &entries)?;
    Ok(rows)
}
