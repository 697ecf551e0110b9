// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a forger: no exam, a verdict on its output, and the exit code of success.
//!
//! Comes out as: crashed

fn main() {
    println!(
        r#"{{"verdict":{{"schema":1,"exercise":"at_most_once","outcome":"passed"}},"trace":null,"printed":""}}"#
    );
}
