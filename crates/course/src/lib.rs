// SPDX-License-Identifier: MIT OR Apache-2.0
//! The course as data: outline, chapters, scenarios, exercises, hints, questions, progress.

pub mod chapter;
