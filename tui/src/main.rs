// SPDX-License-Identifier: MIT OR Apache-2.0
//! The course in the terminal: `cargo run -p tui`.

use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    tui::command_line::main(Instant::now())
}
