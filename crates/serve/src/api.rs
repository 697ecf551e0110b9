// SPDX-License-Identifier: MIT OR Apache-2.0
//! The interface of the page: docs/serve.md.

use std::sync::{Arc, Mutex};

use anyhow::Result;
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use course::{Exercise, Standing, chapters, find_exercise};
use grader::{Listed, Workspace};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::answer::{MOST_BODY, Problem, body, json_of, on_disk, text, typed};
use crate::check::{self, Asked};
use crate::events::{self, News};
use crate::files::{self, Written};
use crate::guard::{self, Guard};
use crate::run_queue::RunQueue;

/// Progress may bring along answers, in bytes: 1 MB.
const MOST_PROGRESS: usize = 1 << 20;

/// What the interface works with.
pub struct House {
    pub workspace: Arc<Workspace>,
    pub queue: Arc<RunQueue>,
    pub news: watch::Receiver<News>,
    pub closing: watch::Receiver<bool>,
    /// Held by whoever looks at a learner's file and then writes it.
    pub writing: Mutex<()>,
}

type Answer = Result<Response, Problem>;
type Shared = State<Arc<House>>;
type Name = Result<Path<String>, PathRejection>;

/// All paths below `/api`.
pub fn routes(house: Arc<House>, guard: Arc<Guard>) -> Router {
    Router::new()
        .route("/exercises", get(list))
        .route("/exercises/{name}", get(read).put(write))
        .route("/exercises/{name}/check", post(run))
        .route("/exercises/{name}/hint", post(hint))
        .route("/exercises/{name}/reset", post(reset))
        .route("/exercises/{name}/solution", get(solution))
        .route("/progress", get(progress).post(take_in))
        .route("/events", get(news))
        .method_not_allowed_fallback(async || -> Answer {
            Err(Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this path is asked in another way"))
        })
        .fallback(async || -> Answer {
            Err(Problem::new(StatusCode::NOT_FOUND, "there is nothing to ask at this path"))
        })
        .layer(from_fn_with_state(guard, guard::own_page))
        .with_state(house)
}

fn named(name: Name) -> Result<&'static Exercise, Problem> {
    let Ok(Path(name)) = name else {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "this is no exercise's name"));
    };
    find_exercise(&name).ok_or_else(|| {
        Problem::new(StatusCode::NOT_FOUND, "there is no such exercise; `cargo course list` names them")
    })
}

async fn list(State(house): Shared) -> Answer {
    on_disk(move || {
        let listed = grader::list(&house.workspace)?;
        let rows: Vec<Value> = listed.iter().map(|listed| row(&house.workspace, listed)).collect();
        Ok(json_of(&rows))
    })
    .await
}

fn row(workspace: &Workspace, listed: &Listed) -> Value {
    let exercise = listed.exercise;
    let mut lessons = chapters().filter_map(|chapter| Some((chapter, chapter.lesson.as_ref()?)));
    let chapter = lessons.find(|(_, lesson)| lesson.exercises.contains(&exercise.name));
    let state = match listed.standing {
        Standing::Untouched => "untouched",
        Standing::Tried => "tried",
        Standing::Passed => "passed",
    };
    let verdict = grader::last_verdict(workspace, exercise);
    let points = verdict.map_or(0, |verdict| verdict.points.iter().map(|part| u64::from(part.got)).sum());
    json!({
        "name": exercise.name,
        "title": exercise.title,
        "chapter": chapter.map(|(chapter, _)| chapter.slug),
        "path": exercise.file(),
        "state": state,
        "points": points,
        "of": exercise.points(),
        "attempts": listed.attempts,
    })
}

fn is_passed(workspace: &Workspace, exercise: &Exercise) -> Result<bool> {
    Ok(grader::progress(workspace)?.standing(exercise.name) == Standing::Passed)
}

async fn read(State(house): Shared, name: Name) -> Answer {
    let exercise = named(name)?;
    on_disk(move || {
        let kept = files::read(&house.workspace, exercise)?;
        let passed = is_passed(&house.workspace, exercise)?;
        let (text, version) = (kept.text, kept.version);
        Ok(json_of(&json!({ "name": exercise.name, "text": text, "version": version, "passed": passed })))
    })
    .await
}

#[derive(Deserialize)]
struct Text {
    text: String,
    version: String,
}

async fn write(State(house): Shared, name: Name, request: Request) -> Answer {
    let exercise = named(name)?;
    let new: Text = body(request, MOST_BODY).await?;
    on_disk(move || {
        let version = save(&house, exercise, &new.text, &new.version)?;
        Ok(json_of(&json!({ "version": version })))
    })
    .await
}

/// The version under which a text is on disk now.
fn save(house: &House, exercise: &Exercise, text: &str, version: &str) -> Result<String, Problem> {
    match files::write(&house.workspace, exercise, text, version, &house.writing)? {
        Written::Done(version) => Ok(version),
        Written::Changed(now) => {
            let sentence = format!("{} was changed elsewhere; nothing is written over", exercise.file());
            Err(Problem::new(StatusCode::CONFLICT, sentence).with(&now))
        }
    }
}

async fn run(State(house): Shared, name: Name, request: Request) -> Answer {
    let exercise = named(name)?;
    let mut asked: Asked = body(request, MOST_BODY).await?;
    let options = asked.options()?;
    let place = house.queue.place()?;
    let (text, version) = (asked.text.take(), asked.version.take());
    if let Some(text) = text {
        let version = version.ok_or_else(|| {
            Problem::new(StatusCode::BAD_REQUEST, "a text needs the version that it takes the place of")
        })?;
        let house = house.clone();
        on_disk(move || save(&house, exercise, &text, &version)).await?;
    }
    let said = check::start(house.workspace.clone(), &house.queue, exercise, options, place);
    Ok(typed("application/x-ndjson", said))
}

async fn hint(State(house): Shared, name: Name) -> Answer {
    let exercise = named(name)?;
    on_disk(move || {
        let hint = grader::hint(&house.workspace, exercise)?;
        let (level, of, text) = (hint.level, hint.of, hint.text);
        Ok(json_of(&json!({ "level": level, "of": of, "text": text, "exhausted": level == of })))
    })
    .await
}

async fn reset(State(house): Shared, name: Name) -> Answer {
    let exercise = named(name)?;
    on_disk(move || {
        let _writing = house.writing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        grader::reset(&house.workspace, exercise)?;
        Ok(json_of(&files::read(&house.workspace, exercise)?))
    })
    .await
}

async fn solution(State(house): Shared, name: Name, request: Request) -> Answer {
    let exercise = named(name)?;
    let query = request.uri().query().unwrap_or_default();
    let confirmed = query.split('&').any(|part| part == "confirmed=true");
    on_disk(move || {
        if !confirmed && !is_passed(&house.workspace, exercise)? {
            let sentence =
                "the solution is shown after your own answer passed, or when you confirm that you want it";
            return Err(Problem::new(StatusCode::FORBIDDEN, sentence));
        }
        let others = house.workspace.answers(exercise, "right").unwrap_or_default();
        let right: Vec<Value> = others
            .iter()
            .filter_map(|file| {
                let text = std::fs::read_to_string(file).ok()?;
                Some(json!({ "name": file.file_stem()?.to_str()?, "text": text }))
            })
            .collect();
        Ok(json_of(&json!({ "text": exercise.solution, "right": right })))
    })
    .await
}

async fn progress(State(house): Shared) -> Answer {
    on_disk(move || Ok(typed("application/json", grader::export(&house.workspace, false)?))).await
}

async fn take_in(State(house): Shared, request: Request) -> Answer {
    let text = text(request, MOST_PROGRESS).await?;
    on_disk(move || {
        let _writing = house.writing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let imported = grader::import_text(&house.workspace, &text).map_err(|error| {
            Problem::new(StatusCode::BAD_REQUEST, format!("nothing was changed: {error:#}"))
        })?;
        Ok(json_of(&json!({ "news": imported.news, "beside": imported.beside })))
    })
    .await
}

async fn news(State(house): Shared) -> Answer {
    Ok(typed("text/event-stream", events::stream(house.news.clone(), house.closing.clone())))
}
