// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is said when the search is over.

use trace::Trace;

use super::Search;
use crate::exam::Examined;
use crate::points::{self, LIVENESS, SAFETY, no_points, points};
use crate::verdict::{Outcome, Points, Tried, Verdict};

impl Search<'_> {
    /// No promise broke, wherever it was looked.
    pub(super) fn nothing_broke(self) -> Examined {
        let missed = self.missed(&self.reached);
        let (runs, enough, kind) = (self.runs.rough, self.exam.enough(), &self.runs.kinds[1]);
        let name = self.exam.name();
        let mut verdict = if self.wanted() < enough {
            // Many wrong answers survive a few runs; seeds that are tried first do not make up for it.
            let sentence = format!("no promise broke in {runs} runs; it takes {enough} to pass");
            Verdict::new(name, Outcome::Unknown, sentence)
        } else if missed.is_empty() {
            Verdict::new(name, Outcome::Passed, format!("every promise held in {runs} runs {kind}"))
        } else {
            let never = missed.join("; ");
            let sentence =
                format!("no promise broke in {runs} runs, but some things never happened: {never}");
            Verdict::new(name, Outcome::Unknown, sentence)
        };
        verdict.points = if verdict.outcome == Outcome::Passed {
            self.points_passed()
        } else {
            verdict.advice = Some(unknown_advice(enough));
            no_points("too little was tried")
        };
        self.finish(verdict, None)
    }

    fn points_passed(&self) -> Vec<Points> {
        let held = format!("held in {} runs", self.nth());
        let cost = points::cost(&self.runs.kinds[0], &self.exam.limits(), &self.cost);
        vec![points(SAFETY, true, held.clone()), points(LIVENESS, true, held), cost]
    }

    pub(super) fn finish(self, mut verdict: Verdict, counterexample: Option<Trace>) -> Examined {
        verdict.tried = self
            .exam
            .situations()
            .iter()
            .zip(&self.reached)
            .map(|(situation, count)| Tried {
                what: situation.name.to_owned(),
                count: *count,
                required: situation.required,
            })
            .chain(self.exhausted)
            .collect();
        verdict.runs = self.runs;
        verdict.steps = self.steps;
        Examined { verdict, counterexample }
    }
}

pub(super) const NOT_DETERMINISTIC: &str = "\
A run that cannot be repeated cannot be replayed or shrunk. The usual reasons: iterating over a std HashMap or HashSet \
(use BTreeMap or BTreeSet), a static or thread-local that keeps its value from one run to the next, the system's clock \
or random numbers.";

fn unknown_advice(enough: u64) -> String {
    format!("Allow more runs: --runs {enough}, which is what a check without --runs does.")
}
