// SPDX-License-Identifier: MIT OR Apache-2.0
//! Exercises that need only the queue simulator.
