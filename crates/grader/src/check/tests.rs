// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a learner reads of each of the seven outcomes, from small answers that are compiled and examined as any other. After
//! a change that is meant: `INSTA_UPDATE=always cargo test -p grader`.

use std::sync::OnceLock;

use super::*;
use crate::{report, schema};

/// Examines a file of `tests/answers/`; the verdict conforms to the schema that is published.
fn verdict_on(name: &str, runs: Option<u64>) -> Verdict {
    static COMPILER: OnceLock<(Workspace, Compiler)> = OnceLock::new();
    let (workspace, compiler) = COMPILER.get_or_init(|| {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let workspace = Workspace::find(here).expect("the course's own folder");
        let compiler = Compiler::for_package(&workspace, "queues").expect("the kit builds");
        (workspace, compiler.for_a_class())
    });
    let exercise = course::find_exercise("bounded").expect("it is one of the course's");
    let bench = compiler.bench("seven").expect("a folder for files that do not last");
    let source = bench.place(&format!("{name}.rs"));
    let answer = workspace.root().join(format!("crates/grader/tests/answers/{name}.rs"));
    fs::copy(answer, &source).expect("it is there");
    let (trace, output) = (bench.place("trace"), bench.place("printed"));
    let answer =
        Answer { exercise, source: &source, first: &[], trace: &trace, output: &output, strict: false };
    let options = Options { runs, ..Options::default() };
    let mut told = Vec::new();
    let mut listen = |stage| {
        told.extend(match stage {
            Stage::Shorten(first) => Some(first),
            _ => None,
        })
    };
    let mut verdict =
        examine(workspace, compiler, &answer, &options, &mut listen).expect("it can be examined");
    only_what_breaks_is_told_first(&told, &verdict);
    schema::conforms("verdict-v1", &verdict.to_json());
    // The folder is another one each time.
    let folder = workspace.short(&source).with_file_name("").display().to_string();
    verdict.detail = verdict.detail.map(|detail| detail.replace(&folder, ""));
    verdict
}

/// What is told while the story is still to come says what the verdict says in the end.
fn only_what_breaks_is_told_first(told: &[Box<Verdict>], verdict: &Verdict) {
    let [first] = told else {
        // The run may be over before anybody looks; what has no story is not told before its time.
        assert!(told.is_empty());
        return;
    };
    assert!(first.story.is_empty() && !verdict.story.is_empty());
    assert_eq!((first.promise(), first.outcome), (verdict.promise(), verdict.outcome));
    assert_eq!((&first.points, &first.runs), (&verdict.points, &verdict.runs));
    schema::conforms("verdict-v1", &first.to_json());
}

/// The report on an answer that must come out so.
fn report_on(name: &str, runs: Option<u64>, outcome: Outcome) -> String {
    let verdict = verdict_on(name, runs);
    assert_eq!(verdict.outcome, outcome, "{}", verdict.sentence);
    assert!(verdict.story.len() <= 12, "a story is a dozen lines at most");
    report(&verdict)
}

#[test]
fn passed() {
    insta::assert_snapshot!(report_on("passed", None, Outcome::Passed));
}

#[test]
fn failed() {
    insta::assert_snapshot!(report_on("failed", None, Outcome::Failed));
}

#[test]
fn unknown() {
    insta::assert_snapshot!(report_on("passed", Some(3), Outcome::Unknown));
}

#[test]
fn not_deterministic() {
    insta::assert_snapshot!(report_on("not_deterministic", None, Outcome::NotDeterministic));
}

#[test]
fn did_not_compile() {
    let mut verdict = verdict_on("did_not_compile", None);
    assert_eq!(verdict.outcome, Outcome::DidNotCompile);
    // The rest of the message is the compiler's, and changes with it.
    let first = |detail: String| detail.lines().take(2).collect::<Vec<_>>().join("\n");
    verdict.detail = verdict.detail.map(first);
    insta::assert_snapshot!(report(&verdict));
}

#[test]
fn timed_out() {
    insta::assert_snapshot!(report_on("timed_out", None, Outcome::TimedOut));
}

#[test]
fn crashed() {
    insta::assert_snapshot!(report_on("crashed", None, Outcome::Crashed));
}

#[test]
fn the_schema_takes_no_other_outcome_and_no_number_for_a_string() {
    let good = Verdict::new("bounded", Outcome::Passed, "all is well").to_json();
    schema::conforms("verdict-v1", &good);
    for (from, to) in
        [("\"passed\"", "\"great\""), ("\"steps\":\"0\"", "\"steps\":0"), ("\"schema\":1", "\"schema\":2")]
    {
        assert!(!schema::takes("verdict-v1", &good.replace(from, to)), "{from} became {to}");
    }
}
