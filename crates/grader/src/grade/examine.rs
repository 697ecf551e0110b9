// SPDX-License-Identifier: MIT OR Apache-2.0
//! How one submission is graded, and under which name the result is known again.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use course::Exercise;
use kit::verdict::Verdict;

use super::GradeOptions;
use super::gather::{self, Submission};
use super::ledger::Graded;
use crate::check::{Answer, Options, examine};
use crate::keep::{keep, kept};
use crate::{Compiler, Workspace, untrusted};

/// So much of a compiler's message is kept with a grade, in characters.
const MOST_DETAIL: usize = 4_000;

/// Grades submissions, several at a time if need be.
pub(super) struct Examiner<'a> {
    workspace: &'a Workspace,
    /// By package.
    compilers: BTreeMap<&'static str, Compiler>,
    /// What is asked of every answer.
    pub options: Options,
    untrusted: bool,
}

impl<'a> Examiner<'a> {
    /// Builds what these submissions link.
    ///
    /// # Errors
    /// When it does not build, or when strangers' programs cannot be held.
    pub fn new(workspace: &'a Workspace, submissions: &[Submission], grade: &GradeOptions) -> Result<Self> {
        if grade.untrusted {
            untrusted::ready()?;
        }
        let mut compilers = BTreeMap::new();
        for submission in submissions {
            let package = submission.exercise.package;
            if !compilers.contains_key(package) {
                compilers.insert(package, Compiler::for_package(workspace, package)?.for_a_class());
            }
        }
        let seed = match grade.seed {
            Some(seed) => seed,
            None if grade.untrusted => secret_seed(workspace)?,
            None => kit::exam::Budget::default().seed,
        };
        let seed = Some(seed);
        let options = Options { seed, runs: grade.runs, ..Options::default() };
        Ok(Examiner { workspace, compilers, options, untrusted: grade.untrusted })
    }

    /// All that a result follows from.
    pub fn key(&self, submission: &Submission) -> String {
        let Exercise { name, package, .. } = submission.exercise;
        let runs = self.options.runs.map_or("default".to_owned(), |runs| runs.to_string());
        let build = self.compilers.get(package).map_or("", Compiler::build);
        let seed = self.options.seed.unwrap_or_default();
        let how = if self.untrusted { "untrusted" } else { "trusted" };
        format!("{name} {} seed={seed} runs={runs} {how} kit={build}", submission.sha256)
    }

    /// Grades one.
    ///
    /// # Errors
    /// A sentence, where the grader and not the answer is at a loss.
    pub fn examine(&self, submission: &Submission) -> Result<Graded, String> {
        let begun = Instant::now();
        let mut verdict = self.verdict(submission).map_err(|error| format!("{error:#}"))?;
        // Whoever reads a grade reads no trace beside it: the run is made again from its address.
        verdict.trace_file = None;
        if let Some(detail) = &mut verdict.detail
            && let Some((cut, _)) = detail.char_indices().nth(MOST_DETAIL)
        {
            detail.truncate(cut);
        }
        Ok(Graded { verdict, ms: begun.elapsed().as_millis() as u64 })
    }

    fn verdict(&self, submission: &Submission) -> Result<Verdict> {
        let source =
            gather::read(&submission.path).map_err(|why| anyhow::anyhow!("{} {why}", submission.file))?;
        if gather::sha256(&source) != submission.sha256 {
            bail!("{} was changed while the class was graded", submission.file);
        }
        let exercise = submission.exercise;
        let compiler = self.compilers.get(exercise.package).context("its package was not built")?;
        let bench = compiler.bench("class")?;
        // What was hashed is what is compiled, whatever its name and whatever happens to the file meanwhile.
        let place = bench.place(&format!("{}.rs", exercise.name));
        fs::write(&place, source).with_context(|| format!("cannot write {}", place.display()))?;
        if self.untrusted {
            // It builds what it needs and takes nothing of the other way's.
            return untrusted::examine(self.workspace, exercise, &place, &self.options, &mut |_| {});
        }
        let (trace, output) = (bench.place("trace.jsonl"), bench.place("printed.txt"));
        let answer =
            Answer { exercise, source: &place, first: &[], trace: &trace, output: &output, strict: false };
        examine(self.workspace, compiler, &answer, &self.options, &mut |_| {})
    }
}

/// The seed that all strangers of this workspace are graded with: drawn once, so that a grading that was interrupted goes on
/// with it, and known to none of them.
fn secret_seed(workspace: &Workspace) -> Result<u64> {
    if let Some(seed) = kept(workspace, SEED).and_then(|text| text.trim().parse().ok()) {
        return Ok(seed);
    }
    let seed = RandomState::new().hash_one(SEED);
    keep(workspace, SEED, &seed.to_string())?;
    Ok(seed)
}

const SEED: &str = "class-seed.txt";
