// SPDX-License-Identifier: MIT OR Apache-2.0
//! How much the server of `cargo course serve` bears: pages as a browser asks for them, and far more checks than it has places for.

use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::section::{Align, Section, Table, grouped};
use super::served::{self, Answer, Served};
use super::statistics::Spread;
use super::wrk::{self, Load};

/// Odd, so that the median is one of them.
const ROUNDS: usize = 3;
const SECONDS: u64 = 4;
/// As one browser asks, and as a class on one machine would.
const CONNECTIONS: [usize; 2] = [6, 64];
/// What is asked for: in words, where, and whether it needs the token.
const ASKED: [(&str, &str, bool); 2] =
    [("a chapter, packed", "/the-spike.html", false), ("the list of exercises", "/api/exercises", true)];
const CHECKS: usize = 100;

/// Starts the server and loads it.
///
/// # Errors
/// The server or the book does not build, or a check is not answered as it should be. Without a load tool its rows say so.
pub(crate) fn measure() -> Result<Section> {
    let served = Served::start()?;
    let mut table = Table::new(vec![
        ("what", Align::Left),
        ("connections", Align::Right),
        ("a second", Align::Right),
        ("p50, ms", Align::Right),
        ("p99, ms", Align::Right),
    ]);
    let mut rows = Vec::new();
    for (words, path, token) in ASKED {
        for connections in CONNECTIONS {
            eprintln!("{words} over {connections} connections, {ROUNDS} rounds of {SECONDS} s");
            match loads(&served, path, token, connections) {
                Ok(rounds) => {
                    let of = |figure: fn(&Load) -> f64| Spread::of(rounds.iter().map(figure));
                    let [rate, p50, p99] =
                        [of(|load| load.per_second), of(|load| load.p50_ms), of(|load| load.p99_ms)];
                    let row = [rate.shown(1.0, 0), p50.shown(1.0, 2), p99.shown(1.0, 2)];
                    table.push([words.to_owned(), connections.to_string()].into_iter().chain(row).collect());
                    rows.push(json!({
                        "path": path, "connections": connections, "per_second": rate.json(), "p50_ms": p50.json(),
                        "p99_ms": p99.json(),
                    }));
                }
                Err(why) => {
                    table.push(vec![words.to_owned(), format!("not run: {why:#}")]);
                    rows.push(
                        json!({ "path": path, "connections": connections, "not_run": format!("{why:#}") }),
                    );
                }
            }
        }
    }
    eprintln!("{CHECKS} checks at once");
    let (said, checks) = checks(&served)?;
    let notes = vec![
        format!(
            "median of {ROUNDS} rounds of {SECONDS} s [least..most]; wrk works on the same machine, and takes its share of it"
        ),
        said,
    ];
    let figures = json!({ "rounds": ROUNDS, "seconds": SECONDS, "loads": rows, "checks": checks });
    let title = "The server of `cargo course serve`, release build, over the loopback".to_owned();
    Ok(Section { title, table, notes, figures })
}

fn loads(served: &Served, path: &str, token: bool, connections: usize) -> Result<Vec<Load>> {
    let mut headers = vec!["Accept-Encoding: gzip".to_owned()];
    headers.extend(token.then(|| served.authorization()));
    (0..ROUNDS).map(|_| wrk::load(&served.url(path), connections, SECONDS, &headers)).collect()
}

/// Has the reference answers checked a hundred times at the same moment: a sentence, and its figures.
fn checks(served: &Served) -> Result<(String, Value)> {
    let exercises = served::checked();
    // The kit's build is not measured, nor what the first check of all has to find out.
    served.check(exercises.first().context("there are exercises")?)?;
    let (begin, begun) = (Barrier::new(CHECKS), Instant::now());
    let answers: Vec<(Answer, f64)> = thread::scope(|scope| {
        let asking: Vec<_> = (0..CHECKS)
            .map(|number| {
                let (begin, exercise) = (&begin, exercises[number % exercises.len()]);
                scope.spawn(move || {
                    begin.wait();
                    let answer = served.check(exercise)?;
                    Ok((answer, begun.elapsed().as_secs_f64()))
                })
            })
            .collect();
        let joined = asking.into_iter().map(|asked| asked.join().expect("asking does not panic"));
        joined.collect::<Result<_>>()
    })?;
    let of = |kind: Answer| answers.iter().filter(move |answer| answer.0 == kind);
    let last = |kind: Answer| of(kind).map(|answer| answer.1).fold(0.0, f64::max);
    let [verdicts, replaced, refused] =
        [Answer::Verdict, Answer::Replaced, Answer::Refused].map(|kind| of(kind).count());
    let (last_refused, last_verdict) = (last(Answer::Refused), last(Answer::Verdict));
    let said = format!(
        "{CHECKS} checks at once, of {} exercises in turn: {verdicts} verdicts, the last after {last_verdict:.1} s; {replaced} gave \
         way to a later check of the same exercise; {refused} were refused (429), the last after {} ms",
        exercises.len(),
        grouped((last_refused * 1e3) as u64),
    );
    let figures = json!({
        "checks": CHECKS, "exercises": exercises.len(), "verdicts": verdicts, "replaced": replaced, "refused": refused,
        "last_verdict_s": last_verdict, "last_refused_s": last_refused,
    });
    Ok((said, figures))
}
