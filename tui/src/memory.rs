// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the application keeps from one start to the next: the settings, and where the reader left off.

use serde::{Deserialize, Serialize};

use crate::lesson::Place;
use crate::settings::Settings;

/// All that is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// What the reader chose.
    pub settings: Settings,
    /// Where the reader left off, if anywhere.
    pub bookmark: Option<Bookmark>,
}

/// Screens on top of each other, the contents below them all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bookmark {
    /// A chapter, by its name, and the place in it.
    pub chapter: Option<(String, Place)>,
    /// An exercise, by its name.
    pub exercise: Option<String>,
    /// A figure: its address, or both where another run is beside it, and what it is called.
    pub figure: Option<(String, String)>,
}

impl Memory {
    /// Reads what was kept; nothing where it is damaged.
    pub fn of_text(text: &str) -> Memory {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// As it is kept.
    pub fn to_text(&self) -> String {
        // Plain data: there is nothing that could not be written.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Colours, Motion};

    #[test]
    fn what_is_kept_reads_back() {
        let memory = Memory {
            settings: Settings { colours: Colours::Light, motion: Motion::Steps, ..Settings::default() },
            bookmark: Some(Bookmark {
                chapter: Some(("not-in-order".to_owned(), Place { part: 2, block: 3, below: 1 })),
                exercise: None,
                figure: Some(("order/one-redelivery?seed=7&at=1.2s".to_owned(), "a figure".to_owned())),
            }),
        };
        assert_eq!(Memory::of_text(&memory.to_text()), memory);
    }

    #[test]
    fn what_is_damaged_or_missing_is_as_at_first() {
        assert_eq!(Memory::of_text(""), Memory::default());
        assert_eq!(Memory::of_text("{\"settings\":{\"colours\":\"mauve\"}}"), Memory::default());
        let one = Memory::of_text("{\"settings\":{\"motion\":\"steps\"}}");
        assert_eq!(one.settings, Settings { motion: Motion::Steps, ..Settings::default() });
    }
}
