// SPDX-License-Identifier: MIT OR Apache-2.0
//! A trace turned into a scene, and the player.
