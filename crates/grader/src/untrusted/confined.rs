// SPDX-License-Identifier: MIT OR Apache-2.0
//! The two things that are done with a stranger's file, each behind its walls: it is compiled, and it is examined.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use kit::lockstep::frame::shown;
use kit::verdict::{Outcome, Verdict};
use nix::libc;

use super::inside::{Found, WALLS_MISSING, Work, compiling, examining, probing};
use super::jail::Sight;
use crate::compile::{fault_of_the_setup, tool};
use crate::stop::Stop;
use crate::{Compiled, Compiler, Workspace};

/// The largest source, in bytes.
const MOST_SOURCE: u64 = 1 << 20;
/// So much of what the compiler says is kept, in bytes.
const MOST_SAID: u64 = 64 << 10;
/// The largest report of an exam: a verdict and a trace.
const MOST_FOUND: u64 = 64 << 20;
/// The longest compilation.
const COMPILE_LIMIT: Duration = Duration::from_secs(60);
/// The longest exam.
const EXAM_LIMIT: Duration = Duration::from_secs(300);
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// Whether this machine can confine strangers' code.
///
/// # Errors
/// When it cannot: says what is missing.
pub(super) fn try_walls() -> Result<()> {
    let ended = run(&mut probing()?, b"", EXAM_LIMIT, MOST_SAID, &Stop::default())?;
    if !ended.status.is_some_and(|status| status.success()) {
        let missing = String::from_utf8_lossy(&ended.errors);
        bail!("--untrusted is refused, for nothing is run half confined: {}", missing.trim_end());
    }
    Ok(())
}

/// Reads a stranger's file, and not what it points to.
///
/// # Errors
/// Why it is no answer: no file, too large, not to be read.
pub(super) fn read(source: &Path) -> std::result::Result<Vec<u8>, String> {
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    let file = File::options().read(true).custom_flags(flags).open(source);
    let file = file.map_err(|error| format!("what was handed in is no file that can be read: {error}"))?;
    if !file.metadata().is_ok_and(|file| file.is_file()) {
        return Err("what was handed in is no file".to_owned());
    }
    let mut bytes = Vec::new();
    let read = file.take(MOST_SOURCE + 1).read_to_end(&mut bytes);
    read.map_err(|error| format!("the file cannot be read: {error}"))?;
    if bytes.len() as u64 > MOST_SOURCE {
        return Err(format!("the file is larger than {} KB; no answer is", MOST_SOURCE >> 10));
    }
    Ok(bytes)
}

/// Compiles a stranger's file; what the compiler refuses has its verdict.
///
/// # Errors
/// When the kernel cannot confine the compiler, or the compiler cannot be started.
pub(super) fn compile(
    compiler: &Compiler,
    workspace: &Workspace,
    exercise: &str,
    source: &[u8],
    stop: &Stop,
) -> Result<std::result::Result<Compiled, Box<Verdict>>> {
    let sysroot = sysroot(workspace)?;
    let bench = compiler.bench("untrusted")?;
    let name = format!("{exercise}.rs");
    // A copy: what is compiled is what was there, and nothing else that lies beside it.
    fs::write(bench.place(&name), source).context("cannot write into the compiler's folder")?;
    let mut rustc = compiler.command(sysroot.join("bin/rustc").as_os_str(), &bench, false, false);
    rustc.arg(&name);
    let mut sight = Sight::of_system().and([&sysroot]).and(compiler.reads());
    sight.write.push(bench.folder().to_owned());
    let mut command = compiling(&sight, &rustc)?;
    command
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("TMPDIR", bench.folder())
        .current_dir(bench.folder());
    let ended = run(&mut command, b"", COMPILE_LIMIT, MOST_SAID, stop)?;
    let refused = |sentence: &str| Verdict::new(exercise, Outcome::DidNotCompile, sentence);
    let Some(status) = ended.status else {
        let sentence = format!("the compiler was not done after {} s and was ended", COMPILE_LIMIT.as_secs());
        return Ok(Err(Box::new(refused(&sentence))));
    };
    let message = shown(&String::from_utf8_lossy(&ended.errors));
    if status.code() == Some(WALLS_MISSING.into()) {
        bail!("--untrusted is refused, nothing was compiled: {}", message.trim_end());
    }
    if status.success() {
        return Ok(Ok(Compiled::on(bench, message)));
    }
    let mut verdict = refused(refusal(&message, status));
    // The file itself can have the compiler say so: no reason to end the grading of others.
    verdict.advice =
        fault_of_the_setup(&message).map(|cause| format!("If other files fail so, too: {cause}."));
    verdict.detail = Some(message);
    Ok(Err(Box::new(verdict)))
}

/// Why the compiler refused, where it has to do with its walls.
fn refusal(message: &str, status: ExitStatus) -> &'static str {
    if message.contains("couldn't read `") {
        "the file has another file read while it is compiled; answers are one file"
    } else if message.contains("unsafe-code") {
        "the file has unsafe code, or an unsafe attribute; answers have none"
    } else if status.code() == Some(1) {
        "the compiler refused the file; its message is below"
    } else {
        "the compiler did not get to the end of the file: memory ran out, or it broke down"
    }
}

/// Where the compiler lies, and its libraries.
fn sysroot(workspace: &Workspace) -> Result<PathBuf> {
    let output = Command::new(tool("RUSTC", "rustc"))
        .args(["--print", "sysroot"])
        .current_dir(workspace.root())
        .stdin(Stdio::null())
        .output()
        .context("rustc cannot be started; is Rust installed and on the PATH?")?;
    let path = String::from_utf8(output.stdout).context("rustc's own folder has no name in text")?;
    Ok(PathBuf::from(path.trim_end()))
}

/// Has a compiled answer examined.
///
/// # Errors
/// When the kernel cannot confine it.
pub(super) fn take_exam(work: &Work, stop: &Stop) -> Result<Found> {
    let order = serde_json::to_string(work)?;
    let ended = run(&mut examining()?, order.as_bytes(), EXAM_LIMIT, MOST_FOUND, stop)?;
    let errors = String::from_utf8_lossy(&ended.errors);
    match ended.status {
        Some(status) if status.success() => {
            serde_json::from_slice(&ended.output).context("the exam's report cannot be read")
        }
        Some(status) if status.code() == Some(WALLS_MISSING.into()) => {
            bail!("--untrusted is refused, nothing was run: {}", errors.trim_end())
        }
        Some(status) => bail!("the exam broke down ({status}): {}", errors.trim_end()),
        None => {
            let sentence = format!("the exam was not over after {} s and was ended", EXAM_LIMIT.as_secs());
            let verdict = Verdict::new(&work.exercise, Outcome::TimedOut, sentence);
            Ok(Found { verdict, trace: None, printed: String::new() })
        }
    }
}

struct Ended {
    /// None, if it was ended.
    status: Option<ExitStatus>,
    output: Vec<u8>,
    errors: Vec<u8>,
}

/// Runs a command to its end, or to this limit; keeps so many bytes of what it says.
fn run(command: &mut Command, input: &[u8], limit: Duration, most: u64, stop: &Stop) -> Result<Ended> {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().with_context(
            || format!("{} cannot be started", OsString::from(command.get_program()).display()),
        )?;
    let output = child.stdout.take().map(|pipe| thread::spawn(move || kept(pipe, most)));
    let errors = child.stderr.take().map(|pipe| thread::spawn(move || kept(pipe, MOST_SAID)));
    if let Some(mut stdin) = child.stdin.take() {
        // Who does not read it says why, or ends.
        let _ = stdin.write_all(input);
    }
    let begun = Instant::now();
    let status = loop {
        match child.try_wait()? {
            Some(status) => break Some(status),
            None if begun.elapsed() > limit || stop.is_said() => {
                child.kill()?;
                child.wait()?;
                stop.check()?;
                break None;
            }
            None => thread::sleep(LOOK_EVERY),
        }
    };
    let read = |reader: Option<thread::JoinHandle<Vec<u8>>>| {
        reader.and_then(|reader| reader.join().ok()).unwrap_or_default()
    };
    Ok(Ended { status, output: read(output), errors: read(errors) })
}

/// Reads all, keeps the beginning.
fn kept(mut pipe: impl Read, most: u64) -> Vec<u8> {
    let mut kept = Vec::new();
    let _ = pipe.by_ref().take(most).read_to_end(&mut kept);
    let _ = io::copy(&mut pipe, &mut io::sink());
    kept
}
