// SPDX-License-Identifier: MIT OR Apache-2.0
//! Is: a forger that speaks with the grader in the kit's place: it writes noise over the database's pages, and says Done.
//!
//! Comes out as: failed

use std::fs::File;
use std::io::{Read, Write, stdin};
use std::os::fd::AsFd;

use kit_database::transfer::prelude::*;

struct Bank;

/// As the kit writes them: the outcome of a call, and an operation.
const OUTCOME: u64 = 0;
const WRITE: u64 = 7;

fn told(socket: &mut File, numbers: &[u64]) {
    let mut frame = (numbers.len() as u32).to_le_bytes().to_vec();
    frame.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    socket.write_all(&frame).expect("written");
}

/// The number of the next letter, and whether it asks for a transfer.
fn heard(socket: &mut File) -> (u64, bool) {
    let mut count = [0; 4];
    socket.read_exact(&mut count).expect("a letter");
    let mut numbers = vec![0; 8 * u32::from_le_bytes(count) as usize];
    socket.read_exact(&mut numbers).expect("a letter");
    let number = |at: usize| u64::from_le_bytes(numbers[8 * at..8 * at + 8].try_into().expect("eight bytes"));
    (number(0), number(1) == 1)
}

impl Transfer for Bank {
    fn open(_: &Connection) -> Result<()> {
        let mut socket = File::from(stdin().as_fd().try_clone_to_owned().expect("a socket"));
        // SQLite has opened the file by now, in three letters.
        told(&mut socket, &[4, OUTCOME, 2, 0, 1]);
        loop {
            let (mut number, is_call) = heard(&mut socket);
            if is_call {
                // Handle 1, from the second page on.
                let noise = [u64::MAX; 512];
                told(&mut socket, &[&[number, WRITE, 3 + 512, 1, 4096, 4096], &noise[..]].concat());
                (number, _) = heard(&mut socket);
            }
            told(&mut socket, &[number, OUTCOME, 1, 2]);
        }
    }

    fn transfer(_: &mut Connection, _: i64, _: Order) -> Result<Answered> {
        Ok(Answered::Done)
    }
}

exam!(transfer => Bank);
