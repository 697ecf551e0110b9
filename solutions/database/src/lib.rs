// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reference answers to exercises/database.
