// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exam against small answers, one right and some wrong in one way each.
