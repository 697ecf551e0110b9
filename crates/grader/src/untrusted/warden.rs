// SPDX-License-Identifier: MIT OR Apache-2.0
//! Watches the process of one incarnation from its first moment to its last: what it may not do it does not do, and is
//! known for.
//!
//! The walls are the kernel's: the files that can be seen, the calls that can be made. Tracing adds the name of what was
//! tried. Without a tracer a call that is not an answer's fails; with its tracer an answer dies.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use nix::libc;
use nix::sys::ptrace::{self, Options};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::Pid;

use super::calls::{path_argument, purpose};
use super::jail::LIBRARIES;

/// How the process of an incarnation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It was not begun, for this reason: never the answer's doing.
    NotBegun(String),
    /// It did what no answer may: what, as it goes on after "tries to".
    Stopped(String),
    /// By itself, with this code.
    Exited(i32),
    /// It had not, when it was not waited for any more.
    Silent,
    /// By a signal.
    Killed(Signal),
}

/// What to run.
pub(super) struct Order {
    /// This program, which seals itself and becomes the answer.
    pub course: PathBuf,
    pub answer: PathBuf,
    pub socket: OwnedFd,
    pub printed: [OwnedFd; 2],
}

/// A process under watch.
pub(super) struct Watched {
    pid: Option<Pid>,
    ended: mpsc::Receiver<Ending>,
}

/// Begins a process under watch. Returns when it runs, or cannot.
pub(super) fn watch(order: Order) -> Watched {
    let (says, begun) = mpsc::channel();
    let (tells, ended) = mpsc::channel();
    // Whoever starts a process traces it: a thread of its own for each.
    thread::spawn(move || {
        let ending = match begin(order) {
            Ok(pid) => {
                let _ = says.send(pid);
                follow(pid).unwrap_or_else(|error| {
                    let _ = kill(pid, Signal::SIGKILL);
                    Ending::NotBegun(format!("it could not be watched: {error}"))
                })
            }
            Err(why) => Ending::NotBegun(why),
        };
        let _ = tells.send(ending);
    });
    Watched { pid: begun.recv().ok(), ended }
}

impl Watched {
    /// Waits until it has ended; ends what has not ended then.
    pub fn ending(&self, most: Duration) -> Ending {
        self.ended.recv_timeout(most).unwrap_or_else(|_| {
            self.end();
            Ending::Silent
        })
    }

    /// Ends it, if it has not ended.
    pub fn end(&self) {
        if let Some(pid) = self.pid {
            let _ = kill(pid, Signal::SIGKILL);
        }
    }
}

fn begin(order: Order) -> Result<Pid, String> {
    let [output, errors] = order.printed;
    let child = Command::new(&order.course)
        .arg(super::inside::SEAL)
        .arg(&order.answer)
        .env_clear()
        .stdin(Stdio::from(order.socket))
        .stdout(Stdio::from(output))
        .stderr(Stdio::from(errors))
        .spawn()
        .map_err(|error| format!("{} cannot be started: {error}", order.course.display()))?;
    let pid = Pid::from_raw(child.id() as i32);
    match waitpid(pid, None) {
        // It asked to be traced, and waits for the tracer.
        Ok(WaitStatus::Stopped(_, Signal::SIGSTOP)) => {
            let options =
                Options::PTRACE_O_TRACESECCOMP | Options::PTRACE_O_TRACEEXEC | Options::PTRACE_O_EXITKILL;
            ptrace::setoptions(pid, options)
                .and_then(|()| ptrace::cont(pid, None))
                .map_err(|error| format!("it cannot be traced: {error}"))?;
            Ok(pid)
        }
        other => Err(format!("it did not seal itself: {other:?}")),
    }
}

/// Lets it run until it ends.
fn follow(pid: Pid) -> nix::Result<Ending> {
    let mut stopped = None;
    // It becomes the answer once.
    let mut became = false;
    loop {
        match waitpid(pid, None)? {
            WaitStatus::PtraceEvent(_, _, event) if event == libc::PTRACE_EVENT_SECCOMP => {
                let call = Call::of(pid)?;
                if !became && call.number == libc::SYS_execve {
                    became = true;
                    ptrace::cont(pid, None)?;
                } else if call.loads(pid) {
                    ptrace::cont(pid, None)?;
                } else {
                    stopped.get_or_insert(call.said(pid));
                    kill(pid, Signal::SIGKILL)?;
                }
            }
            WaitStatus::PtraceEvent(..) => ptrace::cont(pid, None)?,
            WaitStatus::Stopped(_, signal) => ptrace::cont(pid, signal)?,
            WaitStatus::Exited(_, code) => return Ok(stopped.map_or(Ending::Exited(code), Ending::Stopped)),
            WaitStatus::Signaled(_, signal, _) => {
                return Ok(stopped.map_or(Ending::Killed(signal), Ending::Stopped));
            }
            _ => {}
        }
    }
}

/// A call of the kernel that is about to be made.
struct Call {
    number: i64,
    arguments: [u64; 2],
}

impl Call {
    #[cfg(target_arch = "x86_64")]
    fn of(pid: Pid) -> nix::Result<Call> {
        let registers = ptrace::getregs(pid)?;
        Ok(Call { number: registers.orig_rax as i64, arguments: [registers.rdi, registers.rsi] })
    }

    #[cfg(target_arch = "aarch64")]
    fn of(pid: Pid) -> nix::Result<Call> {
        let registers = ptrace::getregs(pid)?.regs;
        Ok(Call { number: registers[8] as i64, arguments: [registers[0], registers[1]] })
    }

    /// The file that it is about.
    fn path(&self, pid: Pid) -> Option<String> {
        path_argument(self.number).map(|place| text_at(pid, self.arguments[place]))
    }

    /// Whether it is what every program does when it is loaded. What comes of it the rules on files decide.
    fn loads(&self, pid: Pid) -> bool {
        const OWN: [&str; 4] = [
            "",
            "/etc/ld.so.preload",
            "/proc/self/maps",
            "/sys/kernel/mm/transparent_hugepage/hpage_pmd_size",
        ];
        let is_library = |path: &str| {
            let plain = Path::new(path).components().all(|part| part.as_os_str() != "..");
            plain && LIBRARIES.iter().any(|folder| Path::new(path).starts_with(folder))
        };
        self.path(pid).is_some_and(|path| OWN.contains(&path.as_str()) || is_library(&path))
    }

    fn said(&self, pid: Pid) -> String {
        match (self.path(pid), purpose(self.number)) {
            (Some(path), _) => format!("open or look at the file {path:?}"),
            (None, Some(purpose)) => purpose.to_owned(),
            (None, None) => format!("ask the kernel for what no answer needs (call {})", self.number),
        }
    }
}

/// The longest path that is read.
const MOST_PATH: usize = 256;

/// The text at this place of its memory; what cannot be read is left out.
fn text_at(pid: Pid, place: u64) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < MOST_PATH {
        let address = (place + bytes.len() as u64) as *mut libc::c_void;
        let Ok(word) = ptrace::read(pid, address) else { break };
        let word = word.to_ne_bytes();
        let end = word.iter().position(|byte| *byte == 0);
        bytes.extend(&word[..end.unwrap_or(word.len())]);
        if end.is_some() {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
