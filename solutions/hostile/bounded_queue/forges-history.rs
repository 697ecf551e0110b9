// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a forger: it has no queue, and tells the grader itself what threads are to have done.
//!
//! Comes out as: did not compile

use kit::lockstep::serve;

fn main() {
    // Behind the number: a record, at rest, after no steps, without a panic.
    serve(|order| Some(vec![order[0], 0, 1, 0, 0]));
}
