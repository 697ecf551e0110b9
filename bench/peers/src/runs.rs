// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whole runs of an address with their trace kept, as a figure makes them: what the WASM module is compared with.

use std::time::Instant;

use anyhow::{Context, Result, anyhow};
use queues::Address;

/// Makes the run so many times, after a quarter of that for practice, and says how many milliseconds that took.
///
/// # Errors
/// The address cannot be read or run, or `repeats` is no number.
pub fn milliseconds(address: &str, repeats: &str) -> Result<f64> {
    let address: Address = address.parse().map_err(|error| anyhow!("{error}"))?;
    let repeats: u32 = repeats.parse().context("how often? a whole number")?;
    let make = |times: u32| -> Result<()> {
        for _ in 0..times {
            let trace = queues::run(&address).map_err(|error| anyhow!("{error}"))?;
            std::hint::black_box(trace.events.len());
        }
        Ok(())
    };
    make(repeats.div_ceil(4))?;
    let began = Instant::now();
    make(repeats)?;
    Ok(began.elapsed().as_secs_f64() * 1e3)
}
