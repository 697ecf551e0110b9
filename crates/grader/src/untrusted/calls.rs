// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which calls of the kernel an answer may make, which the compiler may not, and what the others are called.

use std::collections::BTreeMap;
use std::env::consts::ARCH;

use anyhow::{Context, Result};
use nix::libc;
use nix::unistd::getpid;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    apply_filter,
};

/// What a program does that computes, reads and writes what it was given, and ends. Everything else stops it.
const OF_ANSWERS: &[i64] = &[
    libc::SYS_brk,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_fstat,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_lseek,
    libc::SYS_madvise,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_ppoll,
    libc::SYS_pread64,
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_sigaltstack,
    libc::SYS_write,
    libc::SYS_writev,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_arch_prctl,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_poll,
];

/// What compiling and linking never need.
const NOT_OF_COMPILERS: &[i64] = &[
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_add_key,
    libc::SYS_bind,
    libc::SYS_bpf,
    libc::SYS_connect,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_io_uring_setup,
    libc::SYS_keyctl,
    libc::SYS_listen,
    libc::SYS_mount,
    libc::SYS_open_by_handle_at,
    libc::SYS_perf_event_open,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_ptrace,
    libc::SYS_request_key,
    libc::SYS_setns,
    libc::SYS_socket,
    libc::SYS_umount2,
    libc::SYS_unshare,
    libc::SYS_userfaultfd,
];

/// What a call is for, as it goes on after "tries to".
pub(super) fn purpose(call: i64) -> Option<&'static str> {
    let purposes: [(&[i64], &str); 6] = [
        (&[libc::SYS_socket, libc::SYS_socketpair, libc::SYS_connect, libc::SYS_bind], "open a socket"),
        (&[libc::SYS_clone, libc::SYS_clone3], "start a thread or a process"),
        (&[libc::SYS_execve, libc::SYS_execveat], "run another program"),
        (&[libc::SYS_kill, libc::SYS_tkill, libc::SYS_tgkill, libc::SYS_pidfd_send_signal], "send a signal"),
        (
            &[libc::SYS_getppid, libc::SYS_ptrace, libc::SYS_process_vm_readv, libc::SYS_pidfd_open],
            "find or reach another process",
        ),
        (
            &[
                libc::SYS_unlinkat,
                libc::SYS_mkdirat,
                libc::SYS_renameat2,
                libc::SYS_linkat,
                libc::SYS_symlinkat,
            ],
            "change files",
        ),
    ];
    #[cfg(target_arch = "x86_64")]
    if [libc::SYS_fork, libc::SYS_vfork].contains(&call) {
        return purpose(libc::SYS_clone);
    }
    #[cfg(target_arch = "x86_64")]
    if [libc::SYS_unlink, libc::SYS_mkdir, libc::SYS_rename, libc::SYS_rmdir].contains(&call) {
        return purpose(libc::SYS_unlinkat);
    }
    purposes.iter().find(|(calls, _)| calls.contains(&call)).map(|(_, purpose)| *purpose)
}

/// Which argument of a call is the path of a file that it looks at or opens, if one is.
pub(super) fn path_argument(call: i64) -> Option<usize> {
    #[cfg(target_arch = "x86_64")]
    if [libc::SYS_open, libc::SYS_access, libc::SYS_stat, libc::SYS_lstat, libc::SYS_readlink].contains(&call)
    {
        return Some(0);
    }
    let second = [
        libc::SYS_openat,
        libc::SYS_openat2,
        libc::SYS_faccessat,
        libc::SYS_faccessat2,
        libc::SYS_newfstatat,
        libc::SYS_readlinkat,
        libc::SYS_statx,
    ];
    second.contains(&call).then_some(1)
}

/// Calls that an answer may make about itself, and with which it could reach others: the call, which argument decides, and
/// what it may be.
fn with_these_arguments() -> Result<[(i64, u8, Vec<u64>); 3]> {
    // To abort is to send oneself a signal.
    let own = u64::try_from(getpid().as_raw())?;
    // The others of fcntl have signals sent, to whomever.
    let commands = [libc::F_DUPFD_CLOEXEC, libc::F_GETFD, libc::F_SETFD, libc::F_GETFL];
    let commands = commands.into_iter().map(u64::try_from).collect::<std::result::Result<_, _>>()?;
    Ok([(libc::SYS_tgkill, 0, vec![own]), (libc::SYS_prlimit64, 0, vec![0]), (libc::SYS_fcntl, 1, commands)])
}

/// From now on this process may make the calls of an answer; before any other one it stops, and whoever traces it decides.
///
/// # Errors
/// When the kernel has no such filters.
pub(super) fn only_those_of_answers() -> Result<()> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        OF_ANSWERS.iter().map(|call| (*call, Vec::new())).collect();
    for (call, argument, allowed) in with_these_arguments()? {
        let is = |value| SeccompCondition::new(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value);
        let each = allowed.into_iter().map(|value| SeccompRule::new(vec![is(value)?]));
        rules.insert(call, each.collect::<std::result::Result<_, _>>()?);
    }
    apply(rules, SeccompAction::Trace(0), SeccompAction::Allow)
}

/// From now on this process and its children may not make the calls that compiling does not need.
///
/// # Errors
/// When the kernel has no such filters.
pub(super) fn those_of_compilers() -> Result<()> {
    let rules = NOT_OF_COMPILERS.iter().map(|call| (*call, Vec::new())).collect();
    apply(rules, SeccompAction::Allow, SeccompAction::Errno(libc::EPERM as u32))
}

fn apply(rules: BTreeMap<i64, Vec<SeccompRule>>, others: SeccompAction, these: SeccompAction) -> Result<()> {
    let machine = ARCH.try_into().with_context(|| format!("there are no filters for {ARCH}"))?;
    let filter: BpfProgram = SeccompFilter::new(rules, others, these, machine)?.try_into()?;
    apply_filter(&filter).context("this kernel has no seccomp filters")
}
