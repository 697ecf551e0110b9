// SPDX-License-Identifier: MIT OR Apache-2.0
//! The same address gives the same bytes of trace, today and after the next change of the engine.
//!
//! `cargo xtask test` compares fresh processes and the WASM module on many more addresses; here a few are pinned, so that
//! a change of what addresses mean is seen for what it is.

use queues::{Address, run};
use trace::{FileError, Trace};

const PINNED: [&str; 9] = [
    "order/concurrent-consumers?seed=7",
    "order/concurrent-consumers?seed=7&consumers=8&rate=64&variation=0.5",
    "order/concurrent-consumers?seed=18446744073709551615&loss=0.05&duplication=0.05&jitter=1&lease=500ms&effects=async",
    "order/concurrent-consumers?seed=1&faults=crash:consumer-1@1s;restart:consumer-1@2s;cut:queue/consumer-2@0.5s;heal@3s",
    "order/concurrent-consumers?seed=1&durability=flushed&faults=crash-machine:queue@1s;restart:queue@1.5s;fork:3@2s",
    "order/one-redelivery?seed=7&faults=drop:queue/consumer-1/deliver/8",
    "order/partitioned-log?seed=7&loss=0.05&duplication=0.05&jitter=1",
    "delivery/log-rebalance?seed=7&faults=crash:consumer-1@2.5s;restart:consumer-1@3s",
    "money/transfer?seed=7&lease=500ms&duplication=0.05&jitter=1&crash-every=2s",
];

fn trace(text: &str) -> Trace {
    let address: Address = text.parse().expect(text);
    run(&address).expect(text)
}

/// The hash of what happens. The header lists every parameter there is: a new one would change it and nothing else.
fn events_hash(text: &str) -> u64 {
    let mut trace = trace(text);
    trace.header.parameters.clear();
    trace.hash()
}

#[test]
fn pinned_addresses_keep_their_bytes() {
    let found: String = PINNED.iter().map(|text| format!("{:016x} {text}\n", events_hash(text))).collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/trace-hashes.txt");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &found).expect("the golden file can be written");
    }
    let golden = std::fs::read_to_string(path).expect("the golden file is there");
    assert_eq!(
        found, golden,
        "if addresses may mean other runs from now on: UPDATE_GOLDEN=1 cargo test -p queues"
    );
}

#[test]
fn the_first_run_and_the_hundredth_are_the_same() {
    let first = trace(PINNED[2]).to_json_lines();
    for _ in 0..100 {
        assert_eq!(trace(PINNED[2]).to_json_lines(), first);
    }
}

#[test]
fn a_trace_file_reads_back() {
    for text in PINNED {
        let written = trace(text);
        assert_eq!(Trace::from_json_lines(&written.to_json_lines()), Ok(written), "{text}");
    }
}

#[test]
fn a_damaged_file_is_refused_with_its_line() {
    let text = trace("order/concurrent-consumers?seed=1&messages=3").to_json_lines();
    let lines: Vec<&str> = text.lines().collect();
    let with = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        change(&mut lines);
        Trace::from_json_lines(&lines.join("\n")).expect_err("it is damaged")
    };
    assert_eq!(Trace::from_json_lines(""), Err(FileError::Empty));
    assert!(matches!(with(&|lines| lines[0] = "{}".to_owned()), FileError::Header(_)));
    assert_eq!(
        with(&|lines| lines[0] = "{\"inflight_trace\":9}".to_owned()),
        FileError::Version { found: 9 }
    );
    assert!(matches!(with(&|lines| lines[4].truncate(20)), FileError::Damaged { line: 5, .. }));
    assert!(matches!(
        with(&|lines| lines[6] = lines[6].replace("at\":\"", "at\":\"x")),
        FileError::Damaged { line: 7, .. }
    ));
    assert!(matches!(
        with(&|lines| {
            lines.pop();
        }),
        FileError::CutOff { .. }
    ));
    assert!(matches!(with(&|lines| lines.swap(2, 30)), FileError::Backwards { .. }));
    let unknown = with(&|lines| lines[1] = "{\"at\":\"0\",\"event\":\"restarted\",\"node\":99}".to_owned());
    assert_eq!(
        unknown.to_string(),
        "line 2 of the trace file speaks of node 99; the header lists 5 nodes, from 0"
    );
}
