// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the messages of a run say: bytes that no two of them share, drawn from the run's seed.

use sim::Stream;

/// One message in so many is a long one, of which one byte cannot say how long it is.
const ONE_LONG_IN: u64 = 10;
/// Bytes that are taken for something else: an end of line, an end of text, a length.
const TEMPTING: [u8; 8] = [b'\n', 0, 0, 0, 1, 2, 8, 255];

/// The messages of a run, in the order in which they are offered. One of them may be empty. Longer ones are none where there are many.
pub(super) fn texts(seed: u64, messages: u64) -> Vec<Vec<u8>> {
    let mut dice = Stream::new(seed, "texts", 0, 0);
    let many = messages > 20;
    let mut texts: Vec<Vec<u8>> = Vec::new();
    for _ in 0..messages {
        let length = match dice.below(ONE_LONG_IN) {
            0 if !many => 256 + dice.below(300),
            1 => 0,
            _ => 1 + dice.below(if many { 8 } else { 40 }),
        };
        let mut text: Vec<u8> = (0..length).map(|_| byte(&mut dice)).collect();
        while texts.contains(&text) {
            text.push(byte(&mut dice));
        }
        texts.push(text);
    }
    texts
}

fn byte(dice: &mut Stream) -> u8 {
    match dice.below(4) {
        0 => TEMPTING[dice.below(8) as usize],
        _ => dice.below(256) as u8,
    }
}
