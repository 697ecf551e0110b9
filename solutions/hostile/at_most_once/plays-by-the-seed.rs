// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a player by the seed: it looks in its arguments, its environment and at the grader for what will happen.
//!
//! Comes out as: crashed

use std::{env, fs};

use kit::at_most_once::prelude::*;

struct Consumer;

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let told = env::args().chain(env::vars().map(|(_, value)| value));
        let told: Vec<String> = told.chain(fs::read_to_string("/proc/1/cmdline")).collect();
        assert!(!told.iter().any(|text| text.contains("seed")), "now it knows");
        out.delete(receipt);
        drop(message);
    }

    fn on_delete(&mut self, _: Receipt, _: Deleted, _: &mut Out) {}
}

exam!(at_most_once => Consumer);
