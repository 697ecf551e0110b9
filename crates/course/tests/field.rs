// SPDX-License-Identifier: MIT OR Apache-2.0
//! The field's table says what it should: what claims to keep everything does, what loses by default is seen losing, and a
//! preset that is wrong changes the table.

use course::field::{Case, Mishap, RECORDED_SEEDS, Tally, at_most, line, recorded};
use queues::FaultKind;
use queues::systems::{Setting, System, system, systems};

const SEEDS: u64 = 40;

fn case(system_name: &str, setting: &str, fault: FaultKind) -> Case {
    let system = system(system_name).expect(system_name);
    let setting = system.setting(setting).expect(setting);
    Case { system, setting, fault, second: None }
}

fn count(case: &Case) -> Tally {
    case.count(1..=SEEDS)
}

#[test]
fn settings_keep_what_they_claim_to_keep() {
    for case in Case::all(false).iter().filter(|case| case.is_covered()) {
        let tally = case.count(1..=12);
        let (system, setting, faults) = (case.system.name, case.setting.name, case.faults());
        assert_eq!(tally.of(Mishap::ConfirmedLost), 0, "{system} {setting} under {faults}");
        assert_eq!(tally.of(Mishap::Stuck), 0, "{system} {setting} under {faults}");
        assert_eq!(tally.unfinished, 0, "{system} {setting} under {faults}");
    }
}

#[test]
fn every_recorded_cell_that_claims_to_keep_everything_does() {
    for (case, tally) in recorded().iter().filter(|(case, _)| case.is_covered()) {
        let lost = tally.of(Mishap::ConfirmedLost) + tally.of(Mishap::Stuck) + tally.unfinished;
        assert_eq!(lost, 0, "{} {} under {}", case.system.name, case.setting.name, case.faults());
    }
}

#[test]
fn what_loses_by_default_is_seen_losing() {
    use FaultKind::{Clean, Consumer, Disk, LeaderCut, Machine, Process};
    for (system, setting, fault, mishap) in [
        ("kafka", "defaults", Machine, Mishap::ConfirmedLost),
        ("kafka", "defaults", Disk, Mishap::ConfirmedLost),
        ("kafka", "leader-acks", LeaderCut, Mishap::ConfirmedLost),
        ("kestrel", "defaults", Consumer, Mishap::ConfirmedLost),
        ("kestrel", "defaults", Machine, Mishap::ConfirmedLost),
        ("rabbitmq", "defaults", Machine, Mishap::ReturnedLost),
        ("rabbitmq", "confirms", Machine, Mishap::ConfirmedLost),
        ("rabbitmq", "mirrors-ignore", Clean, Mishap::ConfirmedLost),
        ("rabbitmq", "mirrors-autoheal", Clean, Mishap::ConfirmedLost),
        ("artemis", "pair", Clean, Mishap::ConfirmedLost),
        ("activemq", "async-send", Machine, Mishap::ReturnedLost),
        ("beanstalkd", "defaults", Process, Mishap::ConfirmedLost),
        ("celery", "defaults", Consumer, Mishap::ReturnedLost),
        ("celery", "redis", Process, Mishap::ConfirmedLost),
    ] {
        let tally = count(&case(system, setting, fault));
        assert!(tally.of(mishap) > 0, "{system} {setting} under {}: {}", fault.name(), mishap.name());
    }
}

/// A preset with one thing wrong, and the cell that has to show it.
#[test]
fn wrong_presets_change_the_table() {
    use FaultKind::{Clean, Disk, LeaderCut, Machine};
    let wrong: &[(&str, &str, (&str, &str), FaultKind)] = &[
        // Confirmed before the flush.
        ("beanstalkd", "safest", ("durability", "written"), Machine),
        ("rabbitmq", "quorum", ("replicas", "1"), Disk),
        // Those in sync counted wrong: the leader alone is enough.
        ("kafka", "safest", ("confirms", "leader"), LeaderCut),
        // Two leaders allowed.
        ("rabbitmq", "quorum", ("replication", "mirrors"), Clean),
    ];
    for (system_name, setting, change, fault) in wrong {
        let right = case(system_name, setting, *fault);
        assert_eq!(count(&right).of(Mishap::ConfirmedLost), 0, "{system_name} {setting}");
        let mutant = mutated(right.system, right.setting, *change);
        let tally = count(&Case { setting: mutant, ..right });
        let lost = tally.of(Mishap::ConfirmedLost);
        assert!(lost > 0, "{system_name} {setting} with {change:?} under {}", fault.name());
    }
    // A lease that never expires: what a dead consumer held is stuck.
    let right = case("ironmq", "defaults", FaultKind::Consumer);
    assert_eq!(count(&right).of(Mishap::Stuck), 0);
    let mutant = mutated(right.system, right.setting, ("lease", "none"));
    assert!(count(&Case { setting: mutant, ..right }).of(Mishap::Stuck) > 0);
}

fn mutated(_: &System, setting: &'static Setting, change: (&'static str, &'static str)) -> &'static Setting {
    let mut changes = setting.changes.to_vec();
    changes.retain(|(name, _)| *name != change.0);
    changes.push(change);
    Box::leak(Box::new(Setting {
        name: setting.name,
        title: setting.title,
        changes: Box::leak(changes.into_boxed_slice()),
        keeps: None,
    }))
}

#[test]
fn the_recorded_table_is_whole_and_reads_back() {
    let cases = Case::to_record();
    assert_eq!(recorded().len(), cases.len());
    for ((case, tally), expected) in recorded().iter().zip(&cases) {
        let name = |case: &Case| format!("{} {} {}", case.system.name, case.setting.name, case.faults());
        assert_eq!(name(case), name(expected));
        assert_eq!(tally.runs, RECORDED_SEEDS);
        assert_eq!(line(case, tally).split('\t').count(), 13);
    }
}

/// The whole table is counted again by `cargo xtask test`; here one seed of each case shows that it is of these models.
#[test]
fn recorded_runs_show_what_they_are_recorded_for() {
    for (case, tally) in recorded() {
        for mishap in [Mishap::ConfirmedLost, Mishap::ReturnedLost, Mishap::Duplicated] {
            let Some(seed) = tally.shortest(mishap) else { continue };
            let again = case.count(seed..=seed);
            let name = format!("{} {} {}", case.system.name, case.setting.name, case.faults());
            assert_eq!(again.of(mishap), 1, "{name}: {} in seed {seed}", mishap.name());
        }
    }
}

#[test]
fn pairs_are_each_pair_once() {
    let pairs = Case::all(true);
    let mut names: Vec<String> = pairs
        .iter()
        .map(|case| format!("{} {} {}", case.system.name, case.setting.name, case.faults()))
        .collect();
    names.sort();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(count > 500, "{count}");
}

/// Runs with two faults in which replicas refused each other's entries without end, members asked nobody any more, and an empty log
/// led: nothing of that, and nothing lost.
#[test]
fn what_pairs_of_faults_have_found_stays_found() {
    use FaultKind::{Clean, Disk, Machine, OneWay, Process};
    let pair = |first, second| Case { second: Some(second), ..case("kafka", "safest", first) };
    for (first, second, seed) in [(Machine, Clean, 10), (Process, OneWay, 66), (Process, Machine, 93)] {
        let tally = pair(first, second).count(seed..=seed);
        let bad = tally.of(Mishap::ConfirmedLost) + tally.of(Mishap::Stuck) + tally.unfinished;
        assert_eq!(bad, 0, "{}, seed {seed}", pair(first, second).faults());
    }
    // What the assumption without eligible leader replicas excludes: the only one in sync loses its disk.
    let without = Case { second: Some(Clean), ..case("kafka", "before-elr", Disk) };
    assert_eq!(without.count(103..=103).of(Mishap::ConfirmedLost), 1);
}

#[test]
fn the_bound_is_the_rule_of_three_and_wilsons() {
    assert!((at_most(0, 1_000) - 0.003).abs() < 1e-9);
    assert!((at_most(500, 1_000) - 0.526).abs() < 1e-3);
    assert!((at_most(1_000, 1_000) - 1.0).abs() < 1e-6);
}

#[test]
fn every_system_says_what_it_models_and_what_not() {
    for system in systems() {
        let documented = system.documented();
        assert!(
            !system.settings.is_empty() && !documented.rules.is_empty() && !documented.left_out.is_empty()
        );
        for rule in documented.rules {
            assert!(rule.says.ends_with('.') && !rule.source.is_empty(), "{}: {}", system.name, rule.says);
        }
    }
}
