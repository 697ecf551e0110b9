// SPDX-License-Identifier: MIT OR Apache-2.0
//! What this program does when it was started by itself: builds its own walls, one after the other, and goes on within.
//!
//! ```text
//!  course ─► APART ─┬─► COMPILE: sees the toolchain, the kits, one source file ─► rustc
//!                   └─► EXAMINE: the exam; sees the answer, and libraries
//!                         └─► SEAL, for each incarnation: limits, filter ─► the answer
//! ```

use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use kit::exam::Budget;
use kit::lockstep::FLAG;
use kit::verdict::Verdict;
use nix::sys::prctl::set_pdeathsig;
use nix::sys::ptrace::traceme;
use nix::sys::signal::{Signal, raise};
use serde::{Deserialize, Serialize};

use super::jail::{self, Sight};
use super::line::Maker;
use super::printed::Printed;
use super::{calls, course, exams};

/// In namespaces of its own: the rest of the arguments again.
pub(super) const APART: &str = "__apart";
/// A [`Work`] comes in, an exam is taken, [`Found`] goes out.
const EXAMINE: &str = "__examine";
/// A program and its arguments: the compiler's.
const COMPILE: &str = "__compile";
/// Nothing: whether all of it can be done.
const PROBE: &str = "__probe";
/// A program: an answer's.
pub(super) const SEAL: &str = "__seal";

/// An exam to be taken.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Work {
    pub exercise: String,
    pub answer: PathBuf,
    pub seed: u64,
    pub runs: Option<u64>,
    pub thorough: bool,
    pub address: Option<String>,
}

/// What came out.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Found {
    pub verdict: Verdict,
    /// The counterexample's, as its file is written.
    pub trace: Option<String>,
    /// The beginning of what the answer printed.
    pub printed: String,
}

/// Does what these arguments ask for, if the program was started by itself.
pub fn inside(mut arguments: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    let verb = arguments.nth(1)?;
    let rest: Vec<OsString> = arguments.collect();
    let done = match verb.to_str()? {
        APART => apart(&rest),
        EXAMINE => examine(),
        COMPILE => compile(&rest),
        PROBE => probe(),
        SEAL => seal(&rest),
        _ => return None,
    };
    Some(done.unwrap_or_else(|error| {
        eprintln!("{error:#}");
        ExitCode::from(WALLS_MISSING)
    }))
}

/// The exit code that says that no stranger's code was near.
pub(super) const WALLS_MISSING: u8 = 93;

/// The command that tries all walls.
pub(super) fn probing() -> Result<Command> {
    started(PROBE)
}

/// The command that takes an exam.
pub(super) fn examining() -> Result<Command> {
    started(EXAMINE)
}

/// The command that compiles with these walls.
pub(super) fn compiling(sight: &Sight, compiler: &Command) -> Result<Command> {
    let mut command = started(COMPILE)?;
    command.arg(serde_json::to_string(sight)?).arg(compiler.get_program()).args(compiler.get_args());
    Ok(command)
}

fn started(verb: &str) -> Result<Command> {
    let mut command = Command::new(course()?);
    command.args([APART, verb]).env_clear();
    Ok(command)
}

fn apart(rest: &[OsString]) -> Result<ExitCode> {
    end_with_parent()?;
    jail::close_others()?;
    jail::apart();
    // The first child is the first process of the new system: when it ends, all in it do.
    let status = Command::new(course()?).args(rest).status().context("cannot start itself")?;
    Ok(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(WALLS_MISSING)))
}

fn end_with_parent() -> Result<()> {
    set_pdeathsig(Signal::SIGKILL).context("cannot be ended with its parent")
}

fn examine() -> Result<ExitCode> {
    end_with_parent()?;
    let mut work = String::new();
    io::stdin().read_to_string(&mut work).context("no work came")?;
    let Work { exercise, answer, seed, runs, thorough, address } = serde_json::from_str(&work)?;
    let only = address.map(|address| address.parse()).transpose()?;
    let course = course()?;
    jail::see_only(&Sight::of_libraries().and([&course, &answer]))?;
    let printed = Printed::default();
    let maker = Maker { course, answer, printed: printed.clone() };
    let budget = Budget { seed, runs, first: Vec::new(), thorough, only };
    let Some(examined) = exams::examine(&exercise, &budget, maker) else {
        bail!("{exercise} has no exam in lockstep");
    };
    let trace = examined.counterexample.map(|trace| trace.to_json_lines());
    let found = Found { verdict: examined.verdict, trace, printed: printed.beginning() };
    io::stdout().write_all(serde_json::to_string(&found)?.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn compile(rest: &[OsString]) -> Result<ExitCode> {
    end_with_parent()?;
    let [sight, program, arguments @ ..] = rest else { bail!("nothing to compile with") };
    let sight: Sight = serde_json::from_str(sight.to_str().context("no text")?)?;
    jail::limit_compiler()?;
    jail::see_only(&sight)?;
    calls::those_of_compilers()?;
    become_(program, program, arguments)
}

fn seal(rest: &[OsString]) -> Result<ExitCode> {
    let [answer] = rest else { bail!("nothing to seal") };
    jail::limit_answer()?;
    traceable()?;
    raise(Signal::SIGSTOP).context("cannot wait for its tracer")?;
    calls::only_those_of_answers()?;
    become_(answer, OsStr::new("answer"), &[FLAG.into()])
}

fn probe() -> Result<ExitCode> {
    jail::see_only(&Sight::of_libraries())?;
    jail::limit_answer()?;
    traceable()?;
    calls::only_those_of_answers()?;
    Ok(ExitCode::SUCCESS)
}

fn traceable() -> Result<()> {
    traceme().context("this kernel does not let a process be traced")
}

fn become_(program: &OsStr, name: &OsStr, arguments: &[OsString]) -> Result<ExitCode> {
    // Where it lies is none of its business.
    let error = Command::new(program).arg0(name).args(arguments).exec();
    Err(error).with_context(|| format!("cannot become {}", program.display()))
}
