// SPDX-License-Identifier: MIT OR Apache-2.0
//! When a figure in the page can be used, and how long its script works for a picture.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;

use super::section::{Align, Section, Table};
use super::statistics::Spread;
use crate::{book, chromium, command, node, workspace};

/// Odd, so that the median is one of them.
const ROUNDS: usize = 5;
/// Pictures of a round: five seconds where nothing is late.
const PICTURES: usize = 300;
const PAGE: &str = "not-in-order.html";
/// What a reader sees first, and five hundred messages on their way to the queue at once, as many confirms coming back.
const RUNS: [(&str, &str); 2] = [
    ("the chapter's first figure", "order/concurrent-consumers?seed=7"),
    (
        "500 messages on their way",
        "order/concurrent-consumers?seed=7&messages=5000&rate=500&publish-latency=1s&confirm-timeout=10s&consumers=16&\
         service=20ms&at=3s",
    ),
];

/// What `bench-page.mjs` prints of one opened page.
#[derive(Deserialize)]
struct Visit {
    live_ms: f64,
    frame_ms: Vec<f64>,
}

/// Builds the book and opens its page in Chromium.
///
/// # Errors
/// The book could not be built, there is no browser, or the page reported a fault.
pub(crate) fn measure() -> Result<Section> {
    let site = book::make()?;
    let folder = workspace::root().join("web/browser-tests");
    node::packages_ready(&folder)?;
    let mut table = Table::new(vec![
        ("run", Align::Left),
        ("usable after, ms", Align::Right),
        ("picture p50, ms", Align::Right),
        ("picture p95, ms", Align::Right),
    ]);
    let mut rows = Vec::new();
    for (words, address) in RUNS {
        eprintln!("{words}, {ROUNDS} rounds");
        let line = command::read(
            Command::new("node")
                .arg(folder.join("bench-page.mjs"))
                .arg(&site)
                .args([PAGE, address, &ROUNDS.to_string(), &PICTURES.to_string()])
                .env("CHROMIUM", chromium::ready()?),
        )?;
        let visits: Vec<Visit> =
            serde_json::from_str(&line).with_context(|| format!("`{line}` is not what was asked for"))?;
        let of = |figure: &dyn Fn(&Visit) -> f64| Spread::of(visits.iter().map(figure));
        ensure!(
            visits.iter().all(|visit| visit.frame_ms.len() == PICTURES),
            "a page played too few pictures"
        );
        let live = of(&|visit| visit.live_ms);
        let [p50, p95] = [50, 95].map(|percent| of(&|visit| quantile(&visit.frame_ms, percent)));
        table.push(vec![words.to_owned(), live.shown(1.0, 0), p50.shown(1.0, 2), p95.shown(1.0, 2)]);
        rows.push(json!({
            "address": address,
            "usable_ms": live.json(),
            "picture_p50_ms": p50.json(),
            "picture_p95_ms": p95.json(),
        }));
    }
    let notes = vec![
        "wanted: usable within 1000 ms on loopback, nothing cached; script at most 4 ms for a picture, p95"
            .to_owned(),
        format!(
            "median of {ROUNDS} pages [least..most], {PICTURES} pictures each; text is written with every sixth picture"
        ),
    ];
    let title =
        "The page in Chromium: when a figure can be used, and the script's work for a picture".to_owned();
    Ok(Section {
        title,
        table,
        notes,
        figures: json!({ "rounds": ROUNDS, "pictures": PICTURES, "rows": rows }),
    })
}

/// The value below which so many percent lie.
fn quantile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}
