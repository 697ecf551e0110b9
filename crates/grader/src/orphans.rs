// SPDX-License-Identifier: MIT OR Apache-2.0
//! Programs whose parent was killed, and could end nothing itself.
//!
//! A shell beside this process is told the number of each group that is begun and of each that is over. It reads them from a pipe
//! that only this process holds open to write. Whatever way this process goes, the system closes the pipe; the shell kills the
//! groups that it knows and goes, too. A signal that the system sends to a child instead (Linux has one) would reach the compiler
//! and not its linker, needs unsafe code, and follows the thread that started the child, not the process.

#[cfg(unix)]
pub(crate) use on_unix::{begun, over};

#[cfg(unix)]
mod on_unix {
    use std::io::Write;
    use std::os::unix::process::CommandExt;
    use std::process::{ChildStdin, Command, Stdio};
    use std::sync::{Mutex, PoisonError};

    /// What every Unix has, whatever the `PATH` is.
    const SHELL: &str = "/bin/sh";
    const WATCHES: &str = "
        going=
        while read -r what leader; do
            rest=
            for one in $going; do [ \"$one\" = \"$leader\" ] || rest=\"$rest $one\"; done
            going=$rest
            [ \"$what\" = over ] || going=\"$going $leader\"
        done
        for one in $going; do kill -s KILL -- \"-$one\"; done
    ";

    /// What the shell reads.
    static TOLD: Mutex<Option<ChildStdin>> = Mutex::new(None);

    /// A group that is to end with this process. Where no shell can be started it does not, and nothing else is lost.
    pub(crate) fn begun(leader: u32) {
        let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
        if !tell(&mut told, "begun", leader) {
            // The first, or somebody ended the shell: what it knew is forgotten, what begins now is not.
            *told = start();
            tell(&mut told, "begun", leader);
        }
    }

    /// A group whose leader has ended: its number may soon be another's.
    pub(crate) fn over(leader: u32) {
        tell(&mut TOLD.lock().unwrap_or_else(PoisonError::into_inner), "over", leader);
    }

    fn tell(told: &mut Option<ChildStdin>, what: &str, leader: u32) -> bool {
        // In one piece: half a line would be another number.
        let line = format!("{what} {leader}\n");
        told.as_mut().is_some_and(|told| told.write_all(line.as_bytes()).is_ok())
    }

    fn start() -> Option<ChildStdin> {
        let nothing = Stdio::null;
        let mut shell = Command::new(SHELL);
        // In a group of its own, so that what a terminal or a script sends to ours does not reach it; and in no folder of
        // anybody's.
        shell.args(["-c", WATCHES]).current_dir("/").process_group(0);
        shell.stdin(Stdio::piped()).stdout(nothing()).stderr(nothing()).spawn().ok()?.stdin
    }
}

#[cfg(not(unix))]
pub(crate) fn begun(_leader: u32) {}

#[cfg(not(unix))]
pub(crate) fn over(_leader: u32) {}
