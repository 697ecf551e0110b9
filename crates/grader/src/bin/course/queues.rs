// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo course queues`: nine systems, their settings, and faults.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use course::field::{self, Case, Mishap, RECORDED_SEEDS, Tally};
use queues::systems::{system, systems};

/// What `cargo course queues` is asked for.
#[derive(Args)]
pub struct Queues {
    /// Only this system, each case in full, with runs to open.
    #[arg(long)]
    system: Option<String>,
    /// Two faults at a time, each pair.
    #[arg(long)]
    pairs: bool,
    /// How many seeds each case is run with.
    #[arg(long, default_value_t = RECORDED_SEEDS, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    seeds: u64,
    /// What to count: confirmed-lost, returned-lost, stuck, duplicated, reordered, refused or unknown; else what is lost.
    #[arg(long)]
    mishap: Option<String>,
    /// One line of JSON for each case, and nothing else.
    #[arg(long)]
    json: bool,
    /// What each system is documented to do, run in the models: whether it holds, who says so, and the run to open.
    #[arg(long, conflicts_with_all = ["pairs", "json", "record", "mishap"])]
    behaviours: bool,
    /// Write the table that the book and the screens show into this file.
    #[arg(long, conflicts_with_all = ["pairs", "json", "system", "mishap"])]
    record: Option<PathBuf>,
}

pub fn queues(asked: &Queues) -> Result<ExitCode> {
    if asked.behaviours {
        return behaviours(asked.system.as_deref());
    }
    let mishap = asked.mishap.as_deref().map(mishap_of).transpose()?;
    let mut cases = if asked.record.is_some() { Case::to_record() } else { Case::all(asked.pairs) };
    if let Some(name) = &asked.system {
        cases.retain(|case| case.system.name == name);
        known_system(name)?;
    }
    if !asked.json {
        let runs = cases.len() as u64 * asked.seeds;
        println!("{} cases, {} seeds each: {runs} runs.", cases.len(), asked.seeds);
    }
    let counted = count(&cases, asked);
    if let Some(file) = &asked.record {
        let lines: String = counted.iter().map(|(case, tally)| field::line(case, tally) + "\n").collect();
        std::fs::write(file, lines).with_context(|| format!("{} cannot be written", file.display()))?;
    } else if !asked.json {
        say(&counted, asked, mishap);
    }
    Ok(ExitCode::SUCCESS)
}

fn known_system(name: &str) -> Result<()> {
    if system(name).is_none() {
        let names: Vec<&str> = systems().iter().map(|system| system.name).collect();
        bail!("there is no system `{name}`; there are: {}", names.join(", "));
    }
    Ok(())
}

fn behaviours(only: Option<&str>) -> Result<ExitCode> {
    only.map_or(Ok(()), known_system)?;
    let (text, hold) = grader::behaviours::listing(only);
    print!("{text}");
    Ok(if hold { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn mishap_of(name: &str) -> Result<Mishap> {
    Mishap::find(name).with_context(|| {
        let names: Vec<&str> = Mishap::ALL.iter().map(|mishap| mishap.name()).collect();
        format!("`{name}` is nothing that is counted; these are: {}", names.join(", "))
    })
}

fn count(cases: &[Case], asked: &Queues) -> Vec<(Case, Tally)> {
    let shows_progress = !asked.json && io::stderr().is_terminal();
    let mut counted = Vec::new();
    grader::field::count(cases, asked.seeds, |case, tally| {
        counted.push((*case, tally.clone()));
        if asked.json {
            println!("{}", grader::field::json_of(case, tally));
        } else if shows_progress {
            let name = format!("{} {} {}", case.system.name, case.setting.name, case.faults());
            eprint!("\r{} of {}  {name:<50}", counted.len(), cases.len());
            let _ = io::stderr().flush();
        }
    });
    if shows_progress {
        eprint!("\r{:<70}\r", "");
    }
    counted
}

fn say(counted: &[(Case, Tally)], asked: &Queues, mishap: Option<Mishap>) {
    if asked.system.is_some() {
        counted.iter().for_each(|(case, tally)| println!("{}", grader::field::details(case, tally)));
        return;
    }
    let what = match mishap {
        Some(mishap) => format!("messages were {}", mishap.words()),
        None => "messages that were confirmed were lost; in brackets: that were sent, where nobody asks for confirms"
            .to_owned(),
    };
    println!("In how many runs {what}.");
    if !asked.pairs {
        println!("· in none, – cannot happen");
    }
    let (table, pairs) = match asked.pairs {
        false => (grader::field::table(counted, mishap), ""),
        true => (grader::field::pairs(counted, mishap), " --pairs"),
    };
    print!("{table}");
    println!("\nOne system in full, with runs to open: cargo course queues{pairs} --system kafka");
}
