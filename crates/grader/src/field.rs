// SPDX-License-Identifier: MIT OR Apache-2.0
//! Counts the field's table on all cores, and prints it.

use std::convert::Infallible;
use std::ops::Range;

use course::field::{Case, Mishap, Tally, at_most};
use queues::FaultKind;
use serde_json::{Value, json};

use crate::in_order::{cores, in_order};

/// So many seeds are one piece of work: small enough that no core waits long for the last.
const PIECE: u64 = 125;

/// Counts cases with seeds from 1 on; `each` hears of every case when it is done, in order.
pub fn count(cases: &[Case], seeds: u64, mut each: impl FnMut(&Case, &Tally)) {
    let pieces: Vec<(usize, Range<u64>)> = (0..cases.len())
        .flat_map(|case| {
            let starts = (1..=seeds).step_by(PIECE as usize);
            starts.map(move |first| (case, first..(first + PIECE).min(seeds + 1)))
        })
        .collect();
    let mut so_far: Option<Tally> = None;
    let work = |(case, seeds): &(usize, Range<u64>)| cases[*case].count(seeds.clone());
    let done: Result<(), Infallible> = in_order(&pieces, cores(), work, |(case, seeds_of), tally| {
        match &mut so_far {
            Some(sum) => sum.merge(&tally),
            None => so_far = Some(tally),
        }
        if seeds_of.end == seeds + 1
            && let Some(sum) = so_far.take()
        {
            each(&cases[*case], &sum);
        }
        Ok(())
    });
    let Ok(()) = done;
}

/// The table in text: for each setting, in how many runs a mishap happened under each fault.
pub fn table(counted: &[(Case, Tally)], mishap: Option<Mishap>) -> String {
    let mut text = String::new();
    let mut before: Option<(&str, &str)> = None;
    for (case, _) in counted {
        let here = (case.system.name, case.setting.name);
        if before == Some(here) {
            continue;
        }
        if before.is_none_or(|(system, _)| system != case.system.name) {
            text += &format!("\n{} · {}\n", case.system.title, case.system.version);
            text += &heading();
        }
        before = Some(here);
        text += &format!("  {}\n", case.setting.title);
        text += "  ";
        for fault in FaultKind::ALL {
            let cell = counted.iter().find(|(other, _)| {
                (other.system.name, other.setting.name) == here
                    && (other.fault, other.second) == (fault, None)
            });
            text += &format!("{:>7}", cell.map_or("–".to_owned(), |(_, tally)| number(tally, mishap)));
        }
        text.push('\n');
    }
    text
}

/// Two faults at a time, in text: for each setting the pairs under which a mishap happened, and in how many runs.
pub fn pairs(counted: &[(Case, Tally)], mishap: Option<Mishap>) -> String {
    let mut text = String::new();
    let mut system = "";
    for of_setting in counted.chunk_by(|(a, _), (b, _)| std::ptr::eq(a.setting, b.setting)) {
        let case = of_setting[0].0;
        if case.system.name != system {
            system = case.system.name;
            text += &format!("\n{} · {}\n", case.system.title, case.system.version);
        }
        let mut hit: Vec<(u64, String)> = of_setting
            .iter()
            .filter(|(_, tally)| number(tally, mishap) != NONE)
            .map(|(case, tally)| {
                let runs = mishap.map_or_else(
                    || tally.of(Mishap::ConfirmedLost).max(tally.of(Mishap::ReturnedLost)),
                    |mishap| tally.of(mishap),
                );
                (runs, format!("{} {}", case.faults(), number(tally, mishap)))
            })
            .collect();
        hit.sort_by_key(|(runs, _)| std::cmp::Reverse(*runs));
        let rest = match (of_setting.len() - hit.len(), hit.len()) {
            (none, 0) => format!("in none of {none} pairs"),
            (0, _) => String::new(),
            (1, _) => "; in no run of 1 other pair".to_owned(),
            (rest, _) => format!("; in no run of {rest} other pairs"),
        };
        let hit: Vec<String> = hit.into_iter().map(|(_, text)| text).collect();
        text += &format!("  {}\n    {}{rest}\n", case.setting.title, hit.join(", "));
    }
    text
}

/// What stands where a mishap never happened.
const NONE: &str = "·";

fn heading() -> String {
    let words = ["none", "cons.", "broker", "mach.", "disk", "clean", "1-way", "bridge", "leader", "client"];
    let line: String = words.iter().map(|word| format!("{word:>7}")).collect();
    format!("  {line}\n")
}

fn number(tally: &Tally, mishap: Option<Mishap>) -> String {
    let (confirmed, returned) = (tally.of(Mishap::ConfirmedLost), tally.of(Mishap::ReturnedLost));
    match mishap {
        Some(mishap) if tally.of(mishap) > 0 => tally.of(mishap).to_string(),
        None if confirmed > 0 => confirmed.to_string(),
        None if returned > 0 => format!("({returned})"),
        _ => NONE.to_owned(),
    }
}

/// One case in full: each mishap that happened, how often, what that says, and the run that shows it soonest.
pub fn details(case: &Case, tally: &Tally) -> String {
    let plan = case.plan();
    let mut text =
        format!("{} · {} · {}: {} runs", case.system.title, case.setting.title, case.faults(), tally.runs);
    if let Some(seconds) = tally.unavailable_seconds() {
        text += &format!(", unavailable {seconds:.1} s a run");
    }
    text.push('\n');
    for mishap in Mishap::ALL {
        let k = tally.of(mishap);
        let most = 100.0 * at_most(k, tally.runs);
        match tally.shortest(mishap) {
            Some(seed) => {
                text += &format!("  {k} of {}: {}\n", tally.runs, mishap.words());
                text += &format!("    cargo run -p tui -- figure '{}'\n", case.address(&plan, seed));
            }
            None if mishap == Mishap::ConfirmedLost && tally.unavailable.is_some() => {
                text += &format!("  0 of {}: {}; at most {most:.1} % (95 %)\n", tally.runs, mishap.words());
            }
            None => {}
        }
    }
    text
}

/// One case as JSON.
pub fn json_of(case: &Case, tally: &Tally) -> Value {
    let plan = case.plan();
    let mishaps: serde_json::Map<String, Value> = Mishap::ALL
        .into_iter()
        .map(|mishap| {
            let address = tally.shortest(mishap).map(|seed| case.address(&plan, seed).to_string());
            let k = tally.of(mishap);
            let value = json!({"runs": k, "at_most": at_most(k, tally.runs), "shortest": address});
            (mishap.name().to_owned(), value)
        })
        .collect();
    json!({
        "system": case.system.name,
        "version": case.system.version,
        "setting": case.setting.name,
        "faults": case.faults(),
        "runs": tally.runs,
        "unfinished": tally.unfinished,
        "unavailable_seconds": tally.unavailable_seconds(),
        "covered": case.is_covered(),
        "mishaps": mishaps,
    })
}
