// SPDX-License-Identifier: MIT OR Apache-2.0
//! Captions beside a figure that are ticked when the figure comes to what they talk about: each once.

use js_sys::Function;
use stage::{Cue, Player};
use wasm_bindgen::JsValue;

/// What captions wait for, and who is told.
#[derive(Default)]
pub struct Cues {
    /// Each with its place in the text, until it is told.
    open: Vec<(u32, Cue)>,
    told: Option<Function>,
}

impl Cues {
    /// Reads cues; what is none is never told, and the book's build refuses it before.
    pub fn new(texts: &[String], told: Function) -> Cues {
        let open = (0..).zip(texts).filter_map(|(n, text)| Some((n, Cue::parse(text).ok()?))).collect();
        Cues { open, told: Some(told) }
    }

    /// Tells what the run has come to and was not told yet.
    pub fn tell(&mut self, player: &Player) {
        let Some(told) = &self.told else { return };
        self.open.retain(|(n, cue)| {
            let met = player.meets(cue);
            if met {
                // The page's own function; should it throw, the caption stays unticked.
                let _ = told.call1(&JsValue::NULL, &JsValue::from(*n));
            }
            !met
        });
    }
}
