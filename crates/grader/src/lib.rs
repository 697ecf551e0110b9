// SPDX-License-Identifier: MIT OR Apache-2.0
//! Compiles and runs learners' files, reads verdicts, reports; the course command.
