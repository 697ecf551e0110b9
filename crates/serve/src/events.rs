// SPDX-License-Identifier: MIT OR Apache-2.0
//! What changes on disk, told to pages: the learner's files, whoever writes them, and the journal.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::thread;
use std::time::Duration;

use anyhow::Result;
use axum::body::{Body, Bytes};
use course::exercises;
use grader::Workspace;
use grader::watch::file::{LOOK_EVERY, Watched};
use serde_json::json;
use tokio::sync::mpsc::Sender;
use tokio::sync::watch;

use crate::{files, lines};

/// A page that says nothing for so long may be gone; a line that means nothing finds out.
const BEAT: Duration = Duration::from_secs(15);

/// How often each changed, and what it holds now. Whoever reads it seldom misses no last state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    files: BTreeMap<&'static str, (u64, String)>,
    journal: u64,
}

/// Looks at the files for as long as anybody listens.
///
/// # Errors
/// When there is no place for the journal.
pub fn looked_at(workspace: &Workspace) -> Result<watch::Receiver<News>> {
    let mut journal = Watched::new(&grader::journal_file(workspace)?);
    let mut files: Vec<_> =
        exercises().iter().map(|exercise| (exercise, Watched::new(&workspace.file(exercise)))).collect();
    let workspace = workspace.clone();
    let (told, news) = watch::channel(News::default());
    thread::spawn(move || {
        while !told.is_closed() {
            thread::sleep(LOOK_EVERY);
            // The server's own copy is one; without a page nobody wants to know.
            if told.receiver_count() < 2 {
                continue;
            }
            for (exercise, file) in &mut files {
                let Some(version) = file.look().and_then(|_| files::version(&workspace, exercise)) else {
                    continue;
                };
                told.send_modify(|news| {
                    let (times, known) = news.files.entry(exercise.name).or_default();
                    (*times, *known) = (*times + 1, version);
                });
            }
            if journal.look().is_some() {
                told.send_modify(|news| news.journal += 1);
            }
        }
    });
    Ok(news)
}

/// A stream of server-sent events, until the page or the server goes.
pub fn stream(news: watch::Receiver<News>, closing: watch::Receiver<bool>) -> Body {
    let (to, body) = lines::lines(());
    tokio::spawn(tell(news, closing, to));
    body
}

async fn tell(mut news: watch::Receiver<News>, mut closing: watch::Receiver<bool>, to: Sender<Bytes>) {
    let mut seen = news.borrow_and_update().clone();
    let mut text = ": from here on\n\n".to_owned();
    let mut beat = tokio::time::interval(BEAT);
    beat.tick().await;
    while to.send(Bytes::from(std::mem::take(&mut text))).await.is_ok() {
        tokio::select! {
            changed = news.changed() => {
                if changed.is_err() {
                    return;
                }
                let now = news.borrow_and_update().clone();
                text = difference(&seen, &now);
                seen = now;
            }
            _ = closing.wait_for(|closing| *closing) => return,
            () = to.closed() => return,
            _ = beat.tick() => text.push_str(":\n\n"),
        }
    }
}

fn difference(seen: &News, now: &News) -> String {
    let mut text = String::new();
    for (name, state) in &now.files {
        if seen.files.get(name) != Some(state) {
            let data = json!({ "name": name, "version": state.1 });
            let _ = write!(text, "event: exercise\ndata: {data}\n\n");
        }
    }
    if seen.journal != now.journal {
        text.push_str("event: progress\ndata: {}\n\n");
    }
    text
}
