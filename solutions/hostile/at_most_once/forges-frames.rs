// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a forger: it answers on the socket itself, before the kit does.
//!
//! Comes out as: crashed

use std::fs::File;
use std::io::{Write, stdin};
use std::os::fd::AsFd;

use kit::at_most_once::prelude::*;

struct Consumer;

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let socket = stdin().as_fd().try_clone_to_owned().expect("a socket");
        let answer: [u64; 3] = [2, 0, 0];
        let mut frame = 3_u32.to_le_bytes().to_vec();
        frame.extend(answer.iter().flat_map(|number| number.to_le_bytes()));
        File::from(socket).write_all(&frame).expect("written");
        out.delete(receipt);
        drop(message);
    }

    fn on_delete(&mut self, _: Receipt, _: Deleted, _: &mut Out) {}
}

exam!(at_most_once => Consumer);
