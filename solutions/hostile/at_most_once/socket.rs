// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a caller home.
//!
//! Comes out as: crashed

use std::net::TcpStream;

use kit::at_most_once::prelude::*;

struct Consumer;

impl AtMostOnce for Consumer {
    fn start() -> Consumer {
        Consumer
    }

    fn on_message(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let _ = TcpStream::connect("127.0.0.1:80");
        out.delete(receipt);
        drop(message);
    }

    fn on_delete(&mut self, _: Receipt, _: Deleted, _: &mut Out) {}
}

exam!(at_most_once => Consumer);
