// SPDX-License-Identifier: MIT OR Apache-2.0
//! The table as it was counted last: a line for each case, fields apart by tabs.

use std::sync::OnceLock;

use queues::FaultKind;
use queues::systems::system;
use trace::Time;

use super::{Case, Mishap, Tally};

/// How many seeds each case of the recorded table has.
pub const RECORDED_SEEDS: u64 = 1_000;

const TABLE: &str = include_str!("table.tsv");

/// The recorded table: [`Case::to_record`], [`RECORDED_SEEDS`] seeds each. A test counts it again.
///
/// # Panics
/// When the file is damaged; a test reads it.
pub fn recorded() -> &'static [(Case, Tally)] {
    static RECORDED: OnceLock<Vec<(Case, Tally)>> = OnceLock::new();
    RECORDED
        .get_or_init(|| TABLE.lines().map(|line| read(line).expect("the recorded table is whole")).collect())
}

/// The recorded case of a setting, by names, under one fault or two; `None` if there is none.
pub fn find(
    system: &str,
    setting: &str,
    faults: (FaultKind, Option<FaultKind>),
) -> Option<&'static (Case, Tally)> {
    recorded().iter().find(|(case, _)| {
        (case.system.name, case.setting.name, (case.fault, case.second)) == (system, setting, faults)
    })
}

/// A line of the table: system, setting, fault or two, runs, in how many of them each mishap happened and the seed and end of the
/// shortest, unavailable time, runs that reached a bound.
pub fn line(case: &Case, tally: &Tally) -> String {
    let mut fields = vec![
        case.system.name.to_owned(),
        case.setting.name.to_owned(),
        case.faults(),
        tally.runs.to_string(),
    ];
    for mishap in Mishap::ALL {
        let run = tally.shortest[mishap as usize].map(|(end, seed)| format!("/{seed}/{}", end.0));
        fields.push(format!("{}{}", tally.of(mishap), run.unwrap_or_default()));
    }
    fields.push(tally.unavailable.map_or("-".to_owned(), |sum| sum.0.to_string()));
    fields.push(tally.unfinished.to_string());
    fields.join("\t")
}

fn read(line: &str) -> Option<(Case, Tally)> {
    let fields: Vec<&str> = line.split('\t').collect();
    let system = system(fields.first()?)?;
    let setting = system.setting(fields.get(1)?)?;
    let kind = |name: &str| FaultKind::ALL.into_iter().find(|fault| fault.name() == name);
    let mut faults = fields.get(2)?.split('+');
    let fault = kind(faults.next()?)?;
    let second = match faults.next() {
        Some(name) => Some(kind(name)?),
        None => None,
    };
    let mut tally = Tally { runs: fields.get(3)?.parse().ok()?, ..Tally::default() };
    for mishap in Mishap::ALL {
        let mut parts = fields.get(4 + mishap as usize)?.split('/');
        tally.with[mishap as usize] = parts.next()?.parse().ok()?;
        if let (Some(seed), Some(end)) = (parts.next(), parts.next()) {
            tally.shortest[mishap as usize] = Some((Time(end.parse().ok()?), seed.parse().ok()?));
        }
    }
    tally.unavailable = match *fields.get(11)? {
        "-" => None,
        sum => Some(Time(sum.parse().ok()?)),
    };
    tally.unfinished = fields.get(12)?.parse().ok()?;
    Some((Case { system, setting, fault, second }, tally))
}
