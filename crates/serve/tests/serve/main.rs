// SPDX-License-Identifier: MIT OR Apache-2.0
//! The server as a program, asked as a browser and as an attacker would, over the loopback. Learners' files are shell
//! scripts here that a stand-in for the compiler copies, but in `real`, which takes the compiler that is installed.
#![cfg(unix)]

mod browser;
mod course;
mod files;
mod opening;
mod progress;
mod real;
mod runs;
mod safety;
mod site;
mod slow;
