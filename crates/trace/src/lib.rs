// SPDX-License-Identifier: MIT OR Apache-2.0
//! What happened in a run: events, ids, time, the file format and the checkers.
