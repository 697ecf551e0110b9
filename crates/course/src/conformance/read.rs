// SPDX-License-Identifier: MIT OR Apache-2.0
//! The files of behaviours: lines `word: text`, an empty line behind each behaviour.
//!
//! ```text
//! # a comment
//! says: A released job goes before newer ones of equal priority.
//! source: job.c (job_pri_less)
//! verified: no                  if we have not read that ourselves
//! setting: binlog               of the system's settings; the first one where there is none
//! run: field/beanstalkd?messages=3&arrivals=backlog&faults=crash:consumer-1@1s
//! expect: handed 1 2 1
//! expect: effects all = 1
//! ```

use queues::Address;
use queues::systems::system;

use super::{Behaviour, Expectation};

/// Why a text is not a file of behaviours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {behaviour}{why}")]
pub struct ReadError {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The behaviour, with a colon behind it; nothing before the first one.
    pub behaviour: String,
    /// What is wrong, and what would be right.
    pub why: String,
}

/// What was read of a behaviour so far.
#[derive(Default)]
struct Draft {
    line: usize,
    says: Option<String>,
    source: Option<String>,
    unverified: bool,
    setting: Option<String>,
    run: Option<(usize, Address)>,
    expect: Vec<Expectation>,
}

/// Reads the behaviours of a system.
///
/// # Errors
/// A sentence with file, line and behaviour.
pub fn read(system_name: &str, text: &str) -> Result<Vec<Behaviour>, ReadError> {
    let file = format!("{system_name}.txt");
    let mut behaviours = Vec::new();
    let mut draft = Draft::default();
    let lines = text.lines().map(str::trim).enumerate().map(|(n, line)| (n + 1, line));
    let count = text.lines().count();
    for (number, line) in lines.chain([(count + 1, "")]) {
        let wrong = |draft: &Draft, why: String| ReadError {
            file: file.clone(),
            line: number,
            behaviour: draft.says.iter().map(|says| format!("{}: ", says.trim_end_matches('.'))).collect(),
            why,
        };
        if line.starts_with('#') {
            continue;
        }
        if !line.is_empty() {
            draft.take(number, line).map_err(|why| wrong(&draft, why))?;
        } else if draft.line > 0 {
            let says = draft.says.clone();
            let finished = std::mem::take(&mut draft).finish(system_name, &file);
            behaviours.push(finished.map_err(|why| wrong(&Draft { says, ..Draft::default() }, why))?);
        }
    }
    Ok(behaviours)
}

impl Draft {
    fn take(&mut self, number: usize, line: &str) -> Result<(), String> {
        let (word, text) = line.split_once(':').ok_or("a line is a word, a colon and a text")?;
        let text = text.trim();
        if text.is_empty() {
            return Err(format!("behind `{word}:` there is nothing"));
        }
        self.line = if self.line == 0 { number } else { self.line };
        let again = match word {
            "says" => self.says.replace(text.to_owned()).is_some(),
            "source" => self.source.replace(text.to_owned()).is_some(),
            "verified" if text == "no" => std::mem::replace(&mut self.unverified, true),
            "verified" => return Err("write `verified: no`, or leave it out".to_owned()),
            "setting" => self.setting.replace(text.to_owned()).is_some(),
            "run" => {
                let address = text.parse().map_err(|error| format!("{error}"))?;
                self.run.replace((number, address)).is_some()
            }
            "expect" => {
                let expected = Expectation::read(text, number).map_err(|error| error.to_string())?;
                self.expect.push(expected);
                false
            }
            _ => {
                return Err(format!(
                    "there is no `{word}:`; there are says, source, verified, setting, run, expect"
                ));
            }
        };
        if again {
            Err(format!("`{word}:` stands here a second time; an empty line begins a new behaviour"))
        } else {
            Ok(())
        }
    }

    /// The behaviour, its run in the setting that it names: what the run itself says comes last.
    fn finish(self, system_name: &str, file: &str) -> Result<Behaviour, String> {
        let system = system(system_name).ok_or_else(|| format!("there is no system `{system_name}`"))?;
        let says = self.says.ok_or("it has no `says:`")?;
        let source = self.source.ok_or("it has no `source:`")?;
        let (_, mut run) = self.run.ok_or("it has no `run:`")?;
        if run.scenario != system.scenario.name {
            return Err(format!("its run is of `{}`, not of `{}`", run.scenario, system.scenario.name));
        }
        if self.expect.is_empty() {
            return Err("it has no `expect:`".to_owned());
        }
        if let Some(name) = self.setting {
            let names = || system.settings.iter().map(|setting| setting.name).collect::<Vec<_>>().join(", ");
            let setting = system
                .setting(&name)
                .ok_or_else(|| format!("there is no setting `{name}`; there are {}", names()))?;
            for (parameter, value) in setting.changes {
                run.parameters.entry((*parameter).to_owned()).or_insert_with(|| (*value).to_owned());
            }
        }
        queues::plan_of(&run).map_err(|error| error.to_string())?;
        Ok(Behaviour {
            system,
            says,
            source,
            verified: !self.unverified,
            run,
            expect: self.expect,
            place: (file.to_owned(), self.line),
        })
    }
}
