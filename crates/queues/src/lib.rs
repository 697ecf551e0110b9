// SPDX-License-Identifier: MIT OR Apache-2.0
//! The queue models: mechanisms, producers, consumers, scenarios.
