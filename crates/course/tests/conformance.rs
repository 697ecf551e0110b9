// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the systems are documented to do, the models do.

use course::conformance::behaviours;

#[test]
fn every_behaviour_holds() {
    let mut sentences = Vec::new();
    for behaviour in behaviours() {
        let failures = behaviour.check().unwrap_or_else(|error| panic!("{behaviour}: {error}"));
        sentences.extend(failures.iter().map(|failure| format!("{failure}\n    {}", behaviour.run)));
    }
    assert!(sentences.is_empty(), "{} do not hold:\n{}", sentences.len(), sentences.join("\n"));
}
