// SPDX-License-Identifier: MIT OR Apache-2.0
//! Seeded randomness: a stream of its own for every component.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};

/// A stream of random numbers.
///
/// Each component (a node's purpose, a link, a message's service time) draws from its own, so that one more draw in
/// one of them moves no other: a fault added to a run does not change the luck of those it does not touch.
///
/// Xoshiro256++, because rand promises that its values never change (rand 0.10, `rngs::Xoshiro256PlusPlus`); golden
/// vectors in this crate's tests hold it to that.
#[derive(Clone, Debug)]
pub struct Stream(Xoshiro256PlusPlus);

impl Stream {
    /// The stream of one component: `name` says which, `a` and `b` tell its siblings apart.
    pub fn new(seed: u64, name: &str, a: u64, b: u64) -> Stream {
        Stream::keyed(stream_key(seed, name), a, b)
    }

    /// The same as [`Stream::new`] for a name whose [`stream_key`] is at hand.
    pub(crate) fn keyed(key: u64, a: u64, b: u64) -> Stream {
        Stream(Xoshiro256PlusPlus::seed_from_u64(mix(mix(key ^ mix(a)) ^ b.rotate_left(32))))
    }

    /// The next 64 bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A whole number in `0..bound`; 0 when `bound` is 0. The bias is below 2^-40 for every bound this course uses.
    #[inline]
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(bound)) >> 64) as u64
    }

    /// A float in (0, 1]: never 0, so that its logarithm is finite.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        ((self.bits() >> 11) + 1) as f64 * (1.0 / (1u64 << 53) as f64)
    }
}

/// Folds a seed and a component's name into one number.
pub(crate) fn stream_key(seed: u64, name: &str) -> u64 {
    mix(seed ^ trace::hash_bytes(name.as_bytes()))
}

/// SplitMix64's finaliser: neighbouring inputs give unrelated outputs (Steele, Lea, Flood 2014).
fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
