// SPDX-License-Identifier: MIT OR Apache-2.0
//! Compiles and runs learners' files, reads verdicts, keeps progress.
//!
//! ```text
//!  learner's file ──► compile ──► program ──► run ──► Verdict ──► journal (.inflight/)
//!       cargo builds the kit once,      with a limit on time,     attempts, passes, seeds that broke something
//!       rustc the one file              output kept aside
//! ```
//!
//! The library prints nothing: the `course` command and the terminal application show what it returns. The terminal
//! links it, so nothing heavy belongs here.

mod advice;
pub mod behaviours;
mod bench;
mod check;
mod child;
mod compile;
pub mod field;
pub mod grade;
mod hint;
mod in_order;
mod journal;
mod keep;
mod lines;
mod list;
mod orphans;
mod refuse;
mod reset;
mod run;
#[cfg(test)]
mod schema;
mod stop;
mod transfer;
#[cfg(target_os = "linux")]
pub mod untrusted;
#[cfg(not(target_os = "linux"))]
#[path = "untrusted/elsewhere.rs"]
pub mod untrusted;
pub mod verify;
pub mod watch;
mod workspace;

pub use check::{Options, Stage, check, counterexample, examine_file, last_verdict, output};
pub use compile::{Compiled, Compiler, Refused};
pub use hint::{Hint, hint};
pub use in_order::{cores, in_order};
pub use journal::{journal_file, note_reading, progress};
pub use keep::{keep, kept, replace};
pub use kit::report::{report, report_within};
pub use kit::verdict::{Broken, Outcome, Points, Runs, StoryLine, Tried, Verdict};
pub use list::{Last, Listed, list};
pub use reset::reset;
pub use stop::{Stop, Stopped};
pub use transfer::{Imported, export, import, import_text};
pub use workspace::Workspace;
