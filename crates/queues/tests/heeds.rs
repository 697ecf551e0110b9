// SPDX-License-Identifier: MIT OR Apache-2.0
//! What nodes are said to heed is what changes their runs.

use queues::{Address, heeds};
use trace::{Event, Role, What};

/// Mechanisms, and how much a queue writes.
const RUNS: [&str; 8] = [
    "order/one-redelivery?seed=3&durability=memory",
    "order/one-redelivery?seed=3&durability=written",
    "order/one-redelivery?seed=3&durability=flushed&delay=200ms",
    "order/partitioned-log?seed=3&durability=memory",
    "order/partitioned-log?seed=3&durability=written",
    "order/partitioned-log?seed=3&durability=flushed",
    "delivery/direct-call?seed=3",
    "money/transfer?seed=3",
];

/// Everything that happens but for what the script itself says, once with the faults around an entry and once with it.
fn changes(run: &str, entry: &str, around: [&str; 2]) -> bool {
    let [before, after] = around;
    let events = |script: String| {
        let address: Address = format!("{run}&faults={script}").parse().expect("it is well formed");
        let trace = queues::run(&address).expect("it runs");
        // A run goes on as long as its script does.
        let own = |event: &Event| {
            matches!(
                event.what,
                What::Skewed { .. } | What::Slowed { .. } | What::DiskLost { .. } | What::Ended { .. }
            )
        };
        trace.events.into_iter().filter(|event| !own(event)).collect::<Vec<_>>()
    };
    events(format!("{before};{entry};{after}")) != events(format!("{before};{after}"))
}

#[test]
fn what_is_heeded_changes_a_run_and_what_is_not_does_not() {
    for run in RUNS {
        let address: Address = run.parse().expect("it is well formed");
        let plan = queues::plan_of(&address).expect("it is valid");
        let nodes = queues::run(&address).expect("it runs").header.nodes;
        for info in nodes.iter().filter(|info| info.role != Role::Other) {
            let name = &info.name;
            let crash = format!("crash:{name}@600ms");
            let restart = format!("restart:{name}@900ms");
            for what in
                ["slow:NODE/4@0s", "skew:NODE/500ms@500ms", "skew:NODE/-500ms@700ms", "lose-disk:NODE@700ms"]
            {
                let entry = what.replace("NODE", name);
                let alone = !entry.starts_with("lose") && changes(run, &entry, ["", ""]);
                let changed = alone || changes(run, &entry, [&crash, &restart]);
                let heeded = heeds(&plan, &nodes, &entry);
                // One moment shows that something changes; that nothing does, it shows for this moment.
                if changed {
                    assert!(heeded, "{entry} changes {run}");
                }
                if heeded && !entry.starts_with("skew") {
                    assert!(changed, "{entry} changes nothing in {run}");
                }
            }
            let skewed = ["500ms@500ms", "-500ms@700ms"].map(|how| {
                let entry = format!("skew:{name}/{how}");
                changes(run, &entry, [&crash, &restart])
            });
            let heeded = heeds(&plan, &nodes, &format!("skew:{name}/500ms@500ms"));
            assert_eq!(skewed.contains(&true), heeded, "the clock of {name} in {run}");
        }
    }
}

#[test]
fn what_concerns_no_single_node_is_heeded() {
    let address: Address = RUNS[3].parse().expect("it is well formed");
    let plan = queues::plan_of(&address).expect("it is valid");
    let nodes = queues::run(&address).expect("it runs").header.nodes;
    for entry in ["heal@1s", "cut:queue/consumer-1@1s", "crash:queue@1s", "fork:1@1s", "no entry at all"] {
        assert!(heeds(&plan, &nodes, entry), "{entry}");
    }
}
