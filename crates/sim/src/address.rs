// SPDX-License-Identifier: MIT OR Apache-2.0
//! One address for a run: scenario, seed, parameters, fault script, moment.
//!
//! ```text
//! order/concurrent-consumers?seed=7&consumers=3&faults=crash:consumer-1@1.2s;restart:consumer-1@3s&at=1.25s
//! ```
//!
//! Every character of it may stand in the fragment of a web address as it is.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use trace::Time;

use crate::{Fault, FaultScript};

/// The longest address that is read.
pub const MAX_ADDRESS_LENGTH: usize = 16_384;
/// The longest value of a parameter, in bytes: some are lists.
const MAX_VALUE_LENGTH: usize = 1_024;

/// Names a run, and a moment in it. Equal addresses give equal runs, wherever they are opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The scenario, such as `order/concurrent-consumers`.
    pub scenario: String,
    /// The seed of all randomness; 1 when the address names none.
    pub seed: u64,
    /// The parameters that were given; what is not here has its default.
    pub parameters: BTreeMap<String, String>,
    /// What goes wrong.
    pub faults: FaultScript,
    /// The moment to look at, if it matters.
    pub at: Option<Time>,
    /// How it was written, so that an error can point at the place. Says nothing about the run.
    pub written: Written,
}

/// The text that an address was read from; nothing for one that was made by a program. All are equal.
#[derive(Clone, Debug, Default)]
pub struct Written(Option<String>);

impl PartialEq for Written {
    fn eq(&self, _: &Written) -> bool {
        true
    }
}

impl Eq for Written {}

/// Why a text is not an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{part}` at character {position} of the address: {why}")]
pub struct AddressError {
    /// Where the part begins, in characters from 1.
    pub position: usize,
    /// The part that is wrong.
    pub part: String,
    /// What is wrong with it, and what would be right.
    pub why: String,
}

impl Address {
    /// A scenario's run with all defaults.
    pub fn new(scenario: &str, seed: u64) -> Address {
        Address {
            scenario: scenario.to_owned(),
            seed,
            parameters: BTreeMap::new(),
            faults: FaultScript::NONE,
            at: None,
            written: Written::default(),
        }
    }

    /// The same run, one parameter changed.
    pub fn with(mut self, name: &str, value: &str) -> Address {
        self.parameters.insert(name.to_owned(), value.to_owned());
        self
    }

    /// An error about one parameter of this address, with its place as it was written.
    pub fn parameter_error(&self, name: &str, why: String) -> AddressError {
        let value = self.parameters.get(name).map_or("", String::as_str);
        self.error_at(&[format!("{name}={value}"), format!("{name}=")], why)
    }

    /// An error about one entry of this address's fault script, with its place as it was written.
    pub fn fault_error(&self, fault: &Fault, why: String) -> AddressError {
        #[cfg(not(bundled))]
        let written = {
            let same = |entry: &&str| {
                entry.parse::<FaultScript>().is_ok_and(|script| script.faults == std::slice::from_ref(fault))
            };
            let parts = self.written.0.iter().flat_map(|text| text.split(['?', '&', ';']));
            parts.map(|part| part.strip_prefix("faults=").unwrap_or(part)).find(same)
        };
        // Nobody wrote an address of a bundle.
        #[cfg(bundled)]
        let written: Option<&str> = None;
        let canonical = fault.to_string();
        self.error_at(&[written.unwrap_or(&canonical).to_owned(), canonical], why)
    }

    /// An error about the first of these parts that stands in the address.
    fn error_at(&self, parts: &[String], why: String) -> AddressError {
        let text = self.written.0.clone().unwrap_or_else(|| self.to_string());
        let begins = |at: usize| at == 0 || text[..at].ends_with(['?', '&', '=', ';']);
        let place =
            |part: &String| text.match_indices(part.as_str()).map(|(at, _)| at).find(|at| begins(*at));
        let found = parts.iter().find_map(|part| Some((place(part)?, part)));
        let (at, part) = found.map_or((0, &parts[0]), |(at, part)| (at, part));
        AddressError { position: text[..at].chars().count() + 1, part: part.clone(), why }
    }

    /// An error about the scenario's name.
    pub fn scenario_error(&self, why: String) -> AddressError {
        AddressError { position: 1, part: self.scenario.clone(), why }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}?seed={}", self.scenario, self.seed)?;
        for (name, value) in &self.parameters {
            write!(f, "&{name}={value}")?;
        }
        if !self.faults.is_empty() {
            write!(f, "&faults={}", self.faults)?;
        }
        match self.at {
            Some(at) => write!(f, "&at={at}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Address, AddressError> {
        let error = |offset: usize, part: &str, why: String| AddressError {
            position: text.get(..offset).map_or(0, |before| before.chars().count()) + 1,
            part: part.to_owned(),
            why,
        };
        if text.len() > MAX_ADDRESS_LENGTH {
            return Err(error(0, "…", format!("an address has at most {MAX_ADDRESS_LENGTH} characters")));
        }
        let (scenario, query) = text.split_once('?').unwrap_or((text, ""));
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '/';
        if scenario.is_empty() || !scenario.chars().all(fits) {
            let why = "an address begins with a scenario, such as order/concurrent-consumers?seed=7";
            return Err(error(0, scenario, why.to_owned()));
        }
        let mut address = Address::new(scenario, 1);
        address.written = Written(Some(text.to_owned()));
        let mut offset = scenario.len() + 1;
        let mut seen: Vec<&str> = Vec::new();
        for pair in query.split('&') {
            let here = offset;
            offset += pair.len() + 1;
            if pair.is_empty() {
                continue;
            }
            let Some((name, value)) = pair.split_once('=') else {
                return Err(error(here, pair, "write name=value, such as seed=7 or consumers=3".to_owned()));
            };
            let name_fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if name.is_empty() || !name.chars().all(name_fits) {
                let why = "here should be a parameter's name of small letters, digits and hyphens".to_owned();
                return Err(error(here, name, why));
            }
            if seen.contains(&name) {
                return Err(error(here, pair, format!("`{name}` stands in this address twice")));
            }
            seen.push(name);
            let value_at = here + name.len() + 1;
            match name {
                "seed" => {
                    let why = || "a seed is a whole number from 0 to 18446744073709551615".to_owned();
                    address.seed = value.parse().map_err(|_| error(value_at, value, why()))?;
                }
                "faults" => {
                    address.faults = value.parse().map_err(|e: crate::ScriptError| {
                        let before = text.get(..value_at).map_or(0, |t| t.chars().count());
                        AddressError { position: before + e.position, part: e.part, why: e.why }
                    })?;
                }
                "at" => {
                    address.at = Some(
                        value.parse().map_err(|e: trace::TimeError| error(value_at, value, e.to_string()))?,
                    )
                }
                _ => {
                    let plain = |c: char| {
                        c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '%' | ',' | '/' | ':' | '_')
                    };
                    if value.is_empty() || value.len() > MAX_VALUE_LENGTH || !value.chars().all(plain) {
                        return Err(error(value_at, value, format!("this cannot be the value of `{name}`")));
                    }
                    address.parameters.insert(name.to_owned(), value.to_owned());
                }
            }
        }
        Ok(address)
    }
}
