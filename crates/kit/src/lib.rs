// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a learner's file links: traits, prelude, exams, shrinking.
