// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who is examined when: few at a time, a bounded number waits, and of each exercise the latest only.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use course::Exercise;
use grader::Stop;
use tokio::sync::{Mutex as Turn, Notify, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::answer::Problem;

/// More at a time would make each of them slower, and time out what is in time alone.
const MOST_RUNNING: usize = 4;
/// So many more may wait.
const MOST_WAITING: usize = 4;

/// The order of runs.
pub struct RunQueue {
    /// For all that run or wait.
    places: Arc<Semaphore>,
    all_places: u32,
    running: Arc<Semaphore>,
    lanes: Mutex<BTreeMap<&'static str, Lane>>,
    closed: AtomicBool,
}

/// The runs of one exercise.
#[derive(Default)]
struct Lane {
    turn: Arc<Turn<()>>,
    latest: Ender,
}

/// Ends one run, in whatever state it is; copies end the same one.
#[derive(Clone)]
pub struct Ender {
    /// What the grader listens to.
    pub stop: Stop,
    told: Arc<Notify>,
    why: Arc<OnceLock<&'static str>>,
}

impl Default for Ender {
    fn default() -> Ender {
        // All that it starts ends with it, the compiler's linker too.
        Ender { stop: Stop::of_a_loop(), told: Arc::default(), why: Arc::default() }
    }
}

impl Ender {
    /// Ends it, for a reason that its reader is told.
    pub fn end(&self, why: &'static str) {
        let _ = self.why.set(why);
        self.stop.stop();
        self.told.notify_one();
    }

    /// Why it was ended, if it was.
    pub fn why(&self) -> Option<&'static str> {
        self.why.get().copied()
    }
}

/// Ends its run when it is dropped.
pub struct Reader(pub Ender);

impl Drop for Reader {
    fn drop(&mut self) {
        self.0.end("nobody reads the answer any more");
    }
}

/// A run that has its place.
pub struct Run {
    place: OwnedSemaphorePermit,
    turn: Arc<Turn<()>>,
    running: Arc<Semaphore>,
    /// Ends it.
    pub ender: Ender,
}

/// What a run holds while it goes on.
pub struct Going {
    _place: OwnedSemaphorePermit,
    _turn: OwnedMutexGuard<()>,
    _running: OwnedSemaphorePermit,
}

impl RunQueue {
    /// An empty one.
    pub fn new() -> RunQueue {
        let running = grader::cores().clamp(1, MOST_RUNNING);
        let all = running + MOST_WAITING;
        RunQueue {
            places: Arc::new(Semaphore::new(all)),
            all_places: u32::try_from(all).unwrap_or(u32::MAX),
            running: Arc::new(Semaphore::new(running)),
            lanes: Mutex::default(),
            closed: AtomicBool::new(false),
        }
    }

    /// A place, if one is free. Nobody is ended for it yet.
    ///
    /// # Errors
    /// Too many are there already, or the server is about to end.
    pub fn place(&self) -> Result<OwnedSemaphorePermit, Problem> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, CLOSED));
        }
        self.places.clone().try_acquire_owned().map_err(|_| {
            let sentence = format!("{} checks run or wait already; try again in a moment", self.all_places);
            Problem::new(StatusCode::TOO_MANY_REQUESTS, sentence)
        })
    }

    /// Takes a place for a run of an exercise, and ends the one before it.
    pub fn begin(&self, exercise: &'static Exercise, place: OwnedSemaphorePermit) -> Run {
        let ender = Ender::default();
        let mut lanes = self.lanes();
        let lane = lanes.entry(exercise.name).or_default();
        std::mem::replace(&mut lane.latest, ender.clone())
            .end("a later check of this exercise took its place");
        if self.closed.load(Ordering::SeqCst) {
            ender.end(CLOSED);
        }
        Run { place, turn: lane.turn.clone(), running: self.running.clone(), ender }
    }

    /// Ends all runs, lets none begin any more, and waits until they are gone, but not for ever.
    pub async fn close(&self, within: Duration) {
        self.closed.store(true, Ordering::SeqCst);
        self.lanes().values().for_each(|lane| lane.latest.end(CLOSED));
        let _ = tokio::time::timeout(within, self.places.acquire_many(self.all_places)).await;
    }

    fn lanes(&self) -> MutexGuard<'_, BTreeMap<&'static str, Lane>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Run {
    /// Waits until it is this run's turn; none when it was ended before.
    pub async fn turn(self) -> Option<Going> {
        let Run { place, turn, running, ender } = self;
        let turn = async {
            // The earlier run of this exercise has to be gone: both write the same files.
            let turn = turn.lock_owned().await;
            Some((turn, running.acquire_owned().await.ok()?))
        };
        let (turn, running) = tokio::select! {
            biased;
            () = ender.told.notified() => return None,
            got = turn => got?,
        };
        Some(Going { _place: place, _turn: turn, _running: running })
    }
}

const CLOSED: &str = "the server was stopped";

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use course::exercises;
    use tokio::runtime::Builder;

    use super::*;

    /// Lets everything happen that can.
    async fn settle() {
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
    }

    #[test]
    fn few_run_few_wait_and_each_place_is_given_back() {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let queue = RunQueue::new();
            let going = Arc::new(AtomicUsize::new(0));
            let most = usize::try_from(queue.all_places).expect("few") - MOST_WAITING;
            let (leave, left) = tokio::sync::watch::channel(false);
            let mut runs = Vec::new();
            for exercise in exercises().iter().cycle().take(100) {
                let Ok(place) = queue.place() else { continue };
                let run = queue.begin(exercise, place);
                let (counted, mut left) = (going.clone(), left.clone());
                runs.push(tokio::spawn(async move {
                    let Some(_going) = run.turn().await else { return false };
                    counted.fetch_add(1, Ordering::SeqCst);
                    left.wait_for(|left| *left).await.expect("it is held");
                    counted.fetch_sub(1, Ordering::SeqCst);
                    true
                }));
                settle().await;
                assert!(going.load(Ordering::SeqCst) <= most);
            }
            assert_eq!(going.load(Ordering::SeqCst), most, "as many run as may");
            assert_eq!(runs.len(), most + MOST_WAITING, "as many have a place as there are");
            assert!(queue.place().is_err());
            leave.send_replace(true);
            for run in runs {
                assert!(run.await.expect("it does not panic"), "each had its turn");
            }
            assert_eq!(queue.places.available_permits(), most + MOST_WAITING);
            assert_eq!(queue.running.available_permits(), most);
            queue.close(Duration::from_secs(60)).await;
            assert!(queue.place().is_err(), "nobody begins any more");
        });
    }
}
