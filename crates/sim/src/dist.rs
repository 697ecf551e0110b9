// SPDX-License-Identifier: MIT OR Apache-2.0
//! How long things take, and how likely they are.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use trace::Time;

use crate::Stream;

/// A distribution of time spans. The same stream gives the same spans on every target: transcendental functions come
/// from `libm`, everything else is exact in IEEE 754.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Dist {
    /// Always the same.
    Constant(Time),
    /// Anything between two spans, both included, equally likely.
    Uniform {
        /// The shortest.
        from: Time,
        /// The longest.
        to: Time,
    },
    /// Memoryless: how long it has lasted says nothing about how long it still will.
    Exponential {
        /// The mean.
        mean: Time,
    },
    /// Gamma: one family from constant (variation 0) over Erlang and exponential (1) to very uneven (above 1).
    Gamma {
        /// The mean.
        mean: Time,
        /// The coefficient of variation, standard deviation by mean, in hundredths.
        variation_percent: u32,
    },
    /// Log-normal: what measured service times often look like.
    LogNormal {
        /// The mean.
        mean: Time,
        /// The coefficient of variation in hundredths.
        variation_percent: u32,
    },
}

impl Dist {
    /// A gamma distribution in the simplest form that is the same: constant at variation 0, exponential at 100.
    pub fn with_variation(mean: Time, variation_percent: u32) -> Dist {
        match variation_percent {
            0 => Dist::Constant(mean),
            100 => Dist::Exponential { mean },
            _ => Dist::Gamma { mean, variation_percent },
        }
    }

    /// The mean.
    pub fn mean(&self) -> Time {
        match *self {
            Dist::Constant(span) => span,
            Dist::Uniform { from, to } => Time(from.0 + (to.0.saturating_sub(from.0)) / 2),
            Dist::Exponential { mean } | Dist::Gamma { mean, .. } | Dist::LogNormal { mean, .. } => mean,
        }
    }

    /// The next span.
    #[inline]
    pub fn sample(&self, stream: &mut Stream) -> Time {
        match *self {
            Dist::Constant(span) => span,
            Dist::Uniform { from, to } => Time(from.0 + stream.below(to.0.saturating_sub(from.0) + 1)),
            Dist::Exponential { mean } => round(mean.0 as f64 * exponential(stream)),
            Dist::Gamma { mean, variation_percent } => {
                round(mean.0 as f64 * gamma(stream, variation_percent))
            }
            Dist::LogNormal { mean, variation_percent } => {
                round(mean.0 as f64 * log_normal(stream, variation_percent))
            }
        }
    }
}

fn round(ns: f64) -> Time {
    // `as` saturates and takes NaN to 0, the same on every target. By way of i64, because the hardware converts to
    // signed numbers only: 292 years are enough.
    Time((ns + 0.5) as i64 as u64)
}

/// The layers of the ziggurat (Marsaglia and Tsang, "The Ziggurat Method", 2000).
struct Ziggurat {
    /// Of 2^53 equal steps across a layer, how many lie under the curve for certain.
    keep: [u64; 256],
    /// How wide such a step is.
    step: [f64; 256],
    /// The density where each layer ends.
    density: [f64; 257],
}

/// Where the tail begins, and the area of each layer.
const TAIL: f64 = 7.697_117_470_131_05;
const LAYER_AREA: f64 = 0.003_949_659_822_581_557;
const STEPS: f64 = (1u64 << 53) as f64;

fn ziggurat() -> &'static Ziggurat {
    static TABLES: OnceLock<Ziggurat> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut x = [0.0; 257];
        x[0] = LAYER_AREA / libm::exp(-TAIL);
        x[1] = TAIL;
        for i in 2..256 {
            x[i] = -libm::log(LAYER_AREA / x[i - 1] + libm::exp(-x[i - 1]));
        }
        Ziggurat {
            keep: std::array::from_fn(|i| (x[i + 1] / x[i] * STEPS) as u64),
            step: std::array::from_fn(|i| x[i] / STEPS),
            density: x.map(|x| libm::exp(-x)),
        }
    })
}

/// Exponential with mean 1. Ninety-nine draws in a hundred need one random number, one comparison of integers and one
/// multiplication.
#[inline]
fn exponential(stream: &mut Stream) -> f64 {
    let tables = ziggurat();
    let bits = stream.bits();
    let (layer, steps) = layer_and_steps(bits);
    let x = steps as f64 * tables.step[layer];
    if steps < tables.keep[layer] { x } else { near_the_edge(tables, layer, x, stream) }
}

/// The low 8 bits and the high 53, which have none in common.
#[inline]
fn layer_and_steps(bits: u64) -> (usize, u64) {
    ((bits & 0xff) as usize, bits >> 11)
}

/// The rare rest. Out of line, or its registers would slow the common case.
#[cold]
#[inline(never)]
fn near_the_edge(tables: &Ziggurat, mut layer: usize, mut x: f64, stream: &mut Stream) -> f64 {
    loop {
        if layer == 0 {
            return TAIL - libm::log(stream.unit());
        }
        let (top, bottom) = (tables.density[layer + 1], tables.density[layer]);
        if bottom + (top - bottom) * stream.unit() < libm::exp(-x) {
            return x;
        }
        let (next, steps) = layer_and_steps(stream.bits());
        layer = next;
        x = steps as f64 * tables.step[layer];
        if steps < tables.keep[layer] {
            return x;
        }
    }
}

/// Standard normal (Box and Muller 1958); the second value is thrown away to keep one draw from depending on another.
fn normal(stream: &mut Stream) -> f64 {
    let radius = libm::sqrt(2.0 * exponential(stream));
    radius * libm::cos(std::f64::consts::TAU * stream.unit())
}

/// Gamma with mean 1 (Marsaglia and Tsang 2000). At most 64 rounds: each succeeds with probability above 0.95.
fn gamma(stream: &mut Stream, variation_percent: u32) -> f64 {
    let variation = f64::from(variation_percent) / 100.0;
    let shape = 1.0 / (variation * variation);
    // Below shape 1 the method draws for shape + 1 and scales by a power of a uniform.
    let (boosted, scale) =
        if shape < 1.0 { (shape + 1.0, libm::pow(stream.unit(), 1.0 / shape)) } else { (shape, 1.0) };
    let d = boosted - 1.0 / 3.0;
    let c = 1.0 / libm::sqrt(9.0 * d);
    for _ in 0..64 {
        let x = normal(stream);
        let v = 1.0 + c * x;
        if v <= 0.0 {
            continue;
        }
        let v = v * v * v;
        if libm::log(stream.unit()) < 0.5 * x * x + d - d * v + d * libm::log(v) {
            return d * v * scale / shape;
        }
    }
    1.0
}

/// Log-normal with mean 1.
fn log_normal(stream: &mut Stream, variation_percent: u32) -> f64 {
    let variation = f64::from(variation_percent) / 100.0;
    let variance = libm::log(1.0 + variation * variation);
    libm::exp(normal(stream) * libm::sqrt(variance) - variance / 2.0)
}

/// A probability as an integer, so that "does it happen" is the same comparison everywhere: millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chance {
    millionths: u32,
}

impl Chance {
    /// It never happens, and no random number is drawn for it.
    pub const NEVER: Chance = Chance { millionths: 0 };

    /// In millionths; more than a million is always.
    pub const fn millionths(millionths: u32) -> Chance {
        Chance { millionths: if millionths > 1_000_000 { 1_000_000 } else { millionths } }
    }

    /// In whole percent.
    pub const fn percent(percent: u32) -> Chance {
        Chance::millionths(percent.saturating_mul(10_000))
    }

    /// In millionths.
    pub const fn as_millionths(self) -> u32 {
        self.millionths
    }

    /// Whether it can happen at all.
    pub const fn is_possible(self) -> bool {
        self.millionths > 0
    }

    /// Whether it happens this time.
    #[inline]
    pub fn happens(self, stream: &mut Stream) -> bool {
        self.millionths > 0 && stream.below(1_000_000) < u64::from(self.millionths)
    }
}

/// As an address writes it: a share from 0 to 1, because a percent sign means something else in a web address.
impl fmt::Display for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.millionths {
            1_000_000 => f.write_str("1"),
            0 => f.write_str("0"),
            n => write!(f, "0.{}", format!("{n:06}").trim_end_matches('0')),
        }
    }
}

/// Why a text is not a probability.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a share; write a number from 0 to 1 with at most six decimals, such as 0.02")]
pub struct ChanceError(pub String);

impl FromStr for Chance {
    type Err = ChanceError;

    fn from_str(text: &str) -> Result<Chance, ChanceError> {
        let refuse = || ChanceError(text.to_owned());
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |t: &str| !t.is_empty() && t.len() <= 6 && t.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(decimals) {
            return Err(refuse());
        }
        let rest: u32 = format!("{decimals:0<6}").parse().map_err(|_| refuse())?;
        match (whole.parse::<u32>(), rest) {
            (Ok(0), rest) => Ok(Chance { millionths: rest }),
            (Ok(1), 0) => Ok(Chance { millionths: 1_000_000 }),
            _ => Err(refuse()),
        }
    }
}
