// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an exam's address can choose, read and written.

use std::collections::BTreeMap;

use sim::{Address, AddressError, Fault};

/// A whole number that an address of an exam can choose, with limits and default.
pub struct Choice {
    /// The parameter.
    pub name: &'static str,
    /// Its smallest value.
    pub least: u64,
    /// Its largest.
    pub most: u64,
    /// Its value where an address does not say.
    pub usual: u64,
}

/// A list of numbers from 1 that an address of an exam can choose; none by default.
pub struct ListChoice {
    /// The parameter.
    pub name: &'static str,
    /// What the numbers count, for errors.
    pub of: &'static str,
}

/// Everything that the addresses of an exam can choose.
pub struct Choices {
    /// The scenario's name in addresses.
    pub scenario: &'static str,
    /// Its numbers.
    pub numbers: &'static [Choice],
    /// Its lists.
    pub lists: &'static [ListChoice],
}

/// What one address chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    numbers: Vec<(&'static str, u64)>,
    lists: Vec<(&'static str, Vec<u64>)>,
}

impl Choices {
    /// Reads an address.
    ///
    /// # Errors
    /// For an address that is not one of this exam's: what, where, and what would be right.
    pub fn read(&self, address: &Address) -> Result<Setting, AddressError> {
        if address.scenario != self.scenario {
            return Err(address.scenario_error(format!("this exam's runs are called {}", self.scenario)));
        }
        let names =
            self.numbers.iter().map(|choice| choice.name).chain(self.lists.iter().map(|list| list.name));
        let names: Vec<&str> = names.collect();
        if let Some(name) = address.parameters.keys().find(|name| !names.contains(&name.as_str())) {
            let why = format!("there is no such parameter; there are {}", names.join(", "));
            return Err(address.parameter_error(name, why));
        }
        if let Some(fault) = address.faults.faults.iter().find(|fault| matches!(fault, Fault::Set { .. })) {
            return Err(
                address.parameter_error("faults", format!("`{fault}`: nothing can be set in an exam"))
            );
        }
        let numbers = self.numbers.iter().map(|choice| Ok((choice.name, choice.read(address)?)));
        let lists = self.lists.iter().map(|list| Ok((list.name, list.read(address)?)));
        Ok(Setting { numbers: numbers.collect::<Result<_, _>>()?, lists: lists.collect::<Result<_, _>>()? })
    }
}

impl Choice {
    fn read(&self, address: &Address) -> Result<u64, AddressError> {
        let Some(text) = address.parameters.get(self.name) else { return Ok(self.usual) };
        text.parse::<u64>().ok().filter(|n| (self.least..=self.most).contains(n)).ok_or_else(|| {
            let why = format!("`{}` is a whole number from {} to {}", self.name, self.least, self.most);
            address.parameter_error(self.name, why)
        })
    }
}

impl ListChoice {
    fn read(&self, address: &Address) -> Result<Vec<u64>, AddressError> {
        let Some(text) = address.parameters.get(self.name) else { return Ok(Vec::new()) };
        let mut list: Vec<u64> = Vec::new();
        for part in text.split(',') {
            let Some(number) = part.parse::<u64>().ok().filter(|n| *n > 0 && *n < 1 << 32) else {
                let why = format!("`{}` is a list of {} from 1, such as 3,7", self.name, self.of);
                return Err(address.parameter_error(self.name, why));
            };
            list.push(number);
        }
        list.sort_unstable();
        list.dedup();
        Ok(list)
    }
}

impl Setting {
    /// The number of this name.
    ///
    /// # Panics
    /// When the exam has no such choice.
    pub fn number(&self, name: &str) -> u64 {
        let number = self.numbers.iter().find(|(own, _)| *own == name);
        number.map(|(_, number)| *number).expect("an exam asks for its own choices")
    }

    /// The list of this name, ascending, each number once.
    ///
    /// # Panics
    /// When the exam has no such choice.
    pub fn list(&self, name: &str) -> Vec<u64> {
        let list = self.lists.iter().find(|(own, _)| *own == name);
        list.map(|(_, list)| list.clone()).expect("an exam asks for its own choices")
    }

    /// Every choice as an address writes it.
    pub fn parameters(&self) -> BTreeMap<String, String> {
        let numbers = self.numbers.iter().map(|(name, number)| ((*name).to_owned(), number.to_string()));
        let lists = self.lists.iter().filter(|(_, list)| !list.is_empty());
        numbers.chain(lists.map(|(name, list)| ((*name).to_owned(), written(list)))).collect()
    }
}

/// A number as an address writes it; 0 where it writes none.
pub(crate) fn written_number(address: &Address, name: &str) -> u64 {
    address.parameters.get(name).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0)
}

/// A list as an address writes it.
pub fn written<'a>(list: impl IntoIterator<Item = &'a u64>) -> String {
    list.into_iter().map(u64::to_string).collect::<Vec<_>>().join(",")
}
