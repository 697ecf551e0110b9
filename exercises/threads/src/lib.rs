// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exercises about threads, locks and waiting.
