// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a process takes from itself before a stranger's code is near: files, memory, the rest of the system.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetStatus, Scope, path_beneath_rules,
};
use nix::sched::{CloneFlags, unshare};
use nix::sys::resource::{Resource, setrlimit};
use nix::unistd::close;
use serde::{Deserialize, Serialize};

/// So much memory an answer's process may map, in bytes.
pub(super) const ANSWER_MEMORY: u64 = 512 << 20;
/// And the compiler's.
const COMPILER_MEMORY: u64 = 6 << 30;
/// The largest file that the compiler may write, in bytes.
const COMPILER_FILE: u64 = 256 << 20;
/// Seconds of processor time that an incarnation has: other work on the machine takes none of it. A run takes milliseconds.
pub(super) const ANSWER_CPU_SECS: u64 = 3;
/// And the compiler.
const COMPILER_CPU_SECS: u64 = 60;
/// An answer has three open files; the loader needs one more.
const ANSWER_FILES: u64 = 16;

/// Where programs and the libraries that they load lie on Linux systems.
const SYSTEM: [&str; 6] = ["/bin", "/lib", "/lib32", "/lib64", "/usr", "/etc/ld.so.cache"];
/// Libraries alone.
pub(super) const LIBRARIES: [&str; 6] =
    ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache"];

/// Linux 6.2: files cannot be truncated against the rules.
const FILES: ABI = ABI::V3;

/// What may be seen, and what written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Sight {
    /// Read and executed, with all that is beneath.
    pub read: Vec<PathBuf>,
    /// The same, and written.
    pub write: Vec<PathBuf>,
}

impl Sight {
    /// What the compiler and its linker need of the system.
    pub fn of_system() -> Sight {
        Sight { read: SYSTEM.map(PathBuf::from).into(), write: vec!["/dev/null".into()] }
    }

    /// What a program needs to be loaded.
    pub fn of_libraries() -> Sight {
        Sight { read: LIBRARIES.map(PathBuf::from).into(), write: vec!["/dev/null".into()] }
    }

    /// Adds what may be read.
    pub fn and<P: AsRef<Path>>(mut self, more: impl IntoIterator<Item = P>) -> Sight {
        self.read.extend(more.into_iter().map(|path| path.as_ref().to_owned()));
        self
    }
}

/// From now on this process and its children see these files and no others, and no network.
///
/// # Errors
/// When the kernel cannot do all of it.
pub(super) fn see_only(sight: &Sight) -> Result<()> {
    let read = AccessFs::from_read(FILES);
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(FILES))
        .and_then(|rules| {
            // Newer kernels can do more; what an answer could do with it its filter refuses anyway.
            let rules = rules.set_compatibility(CompatLevel::BestEffort);
            rules.handle_access(AccessNet::from_all(ABI::V4))?.scope(Scope::from_all(ABI::V6))
        })
        .and_then(|rules| {
            rules
                .create()?
                .add_rules(path_beneath_rules(&sight.read, read))?
                .add_rules(path_beneath_rules(&sight.write, AccessFs::from_all(FILES)))?
                .restrict_self()
        })
        .context("this kernel's Landlock is missing or older than Linux 6.2's")?;
    if status.ruleset == RulesetStatus::NotEnforced || !status.no_new_privs {
        bail!("this kernel does not enforce Landlock");
    }
    Ok(())
}

fn limit(resource: Resource, most: u64) -> Result<()> {
    setrlimit(resource, most, most).with_context(|| format!("cannot limit {resource:?} to {most}"))
}

/// Bounds what an answer can use up.
///
/// # Errors
/// When a limit cannot be set.
pub(super) fn limit_answer() -> Result<()> {
    limit(Resource::RLIMIT_AS, ANSWER_MEMORY)?;
    limit(Resource::RLIMIT_FSIZE, 0)?;
    limit(Resource::RLIMIT_CORE, 0)?;
    limit(Resource::RLIMIT_NOFILE, ANSWER_FILES)?;
    limit(Resource::RLIMIT_CPU, ANSWER_CPU_SECS)
}

/// Bounds what the compiler can use up.
///
/// # Errors
/// When a limit cannot be set.
pub(super) fn limit_compiler() -> Result<()> {
    limit(Resource::RLIMIT_AS, COMPILER_MEMORY)?;
    limit(Resource::RLIMIT_FSIZE, COMPILER_FILE)?;
    limit(Resource::RLIMIT_CORE, 0)?;
    limit(Resource::RLIMIT_CPU, COMPILER_CPU_SECS)
}

/// Closes what was open before this program began, but for its three own: nobody else's files come along.
///
/// # Errors
/// When it cannot be seen what is open.
pub(super) fn close_others() -> Result<()> {
    let entries = fs::read_dir("/proc/self/fd").context("/proc is missing: it says which files are open")?;
    let open: Vec<i32> =
        entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    for number in open.into_iter().filter(|number| *number > 2) {
        // One of them was the folder, and is closed.
        let _ = close(number);
    }
    Ok(())
}

/// A system of its own for the children of this process: users, processes, network, mounts, what is shared. A second wall
/// behind the others; where the kernel does not let everybody build it, the others stand alone.
pub(super) fn apart() {
    let of_its_own = CloneFlags::CLONE_NEWUSER
        | CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS
        | CloneFlags::CLONE_NEWNS;
    let _ = unshare(of_its_own);
}
