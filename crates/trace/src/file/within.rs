// SPDX-License-Identifier: MIT OR Apache-2.0
//! Events and times within the data of others, such as what a process hands to its successor: an event as its line of the
//! trace file, a time as its nanoseconds, both as text. JavaScript loses whole numbers above 2^53.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::line;
use crate::{Event, Time};

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = String::new();
        line::put_event(&mut text, self);
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Event, D::Error> {
        line::take_event(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Time).map_err(|_| {
            D::Error::custom(format!(
                "`{text}` should be nanoseconds as a string of digits, such as \"1200\""
            ))
        })
    }
}
