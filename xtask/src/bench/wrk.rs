// SPDX-License-Identifier: MIT OR Apache-2.0
//! wrk, a load tool that everybody can install: asks for one page again and again over a number of connections.

use std::io::ErrorKind;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// What one round gave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Load {
    /// Answers a second.
    pub(crate) per_second: f64,
    /// The time within which half of the answers came, in milliseconds.
    pub(crate) p50_ms: f64,
    /// And 99 of 100.
    pub(crate) p99_ms: f64,
}

/// Asks for `url` for so many seconds over so many connections, with these headers.
///
/// # Errors
/// There is no wrk, or an answer was none that is wanted: a sentence for the table's row.
pub(crate) fn load(url: &str, connections: usize, seconds: u64, headers: &[String]) -> Result<Load> {
    let mut wrk = Command::new("wrk");
    // One thread of its own is enough to keep this server busy, and leaves it the rest of the machine.
    wrk.args(["--threads", "1", "--latency", "--connections", &connections.to_string()]);
    wrk.args(["--duration", &format!("{seconds}s")]);
    headers.iter().for_each(|header| _ = wrk.args(["--header", header]));
    let output = match wrk.arg(url).stdin(Stdio::null()).output() {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!("wrk is not on the PATH; `apt install wrk` or `brew install wrk` puts it there")
        }
        Err(error) => return Err(error).context("wrk cannot be started"),
    };
    let text = String::from_utf8_lossy(&output.stdout);
    read(&text).with_context(|| format!("wrk said\n{text}{}", String::from_utf8_lossy(&output.stderr)))
}

/// What stands in wrk's report.
fn read(report: &str) -> Result<Load> {
    let mut lines = report.lines().map(str::trim);
    if let Some(fault) = lines.clone().find(|line| line.starts_with("Non-2xx") || line.starts_with("Socket"))
    {
        bail!("not every request was answered as it should be: {fault}");
    }
    let mut after = |label: &str| {
        let found = lines.find_map(|line| line.strip_prefix(label));
        found.map(str::trim).with_context(|| format!("the report has no line `{label}`"))
    };
    let (p50, p99) = (after("50%")?, after("99%")?);
    let per_second = after("Requests/sec:")?;
    Ok(Load {
        per_second: per_second.parse().with_context(|| format!("`{per_second}` is no number"))?,
        p50_ms: milliseconds(p50)?,
        p99_ms: milliseconds(p99)?,
    })
}

/// wrk writes a time with the unit that makes it short.
fn milliseconds(time: &str) -> Result<f64> {
    let units = [("us", 1e-3), ("ms", 1.0), ("s", 1e3), ("m", 60e3)];
    let read =
        units.iter().find_map(|(unit, factor)| Some(time.strip_suffix(unit)?.parse::<f64>().ok()? * factor));
    read.with_context(|| format!("`{time}` is no time"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "Running 4s test @ http://127.0.0.1:8485/\n  1 threads and 6 connections\n  \
        Latency Distribution\n     50%  212.00us\n     75%  250.00us\n     90%    1.01ms\n     99%    2.50ms\n  \
        112233 requests in 4.00s, 1.20GB read\nRequests/sec:  28058.25\nTransfer/sec:    307.20MB\n";

    #[test]
    fn a_report_is_read_in_whatever_units_it_is_written() {
        let load = read(REPORT).expect("it is whole");
        assert_eq!((load.per_second, load.p99_ms), (28058.25, 2.5));
        assert!((load.p50_ms - 0.212).abs() < 1e-9);
        assert_eq!(milliseconds("1.50s").expect("a time"), 1500.0);
        assert!(milliseconds("soon").is_err());
    }

    #[test]
    fn answers_that_are_none_are_no_figure() {
        let refused = REPORT.replace("Requests/sec", "Non-2xx or 3xx responses: 7\nRequests/sec");
        assert!(read(&refused).expect_err("seven were refused").to_string().contains("responses: 7"));
        assert!(read("unable to connect").is_err());
    }
}
