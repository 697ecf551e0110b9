// SPDX-License-Identifier: MIT OR Apache-2.0
//! The engine: agenda, seeded randomness, network, disk, crashes, fault scripts, nodes.
