// SPDX-License-Identifier: MIT OR Apache-2.0
//! What must hold: a fold over the events of a run.

use trace::{Ending, Event, Finding, Map, MessageId, NodeId, Time, Trace, What};

use super::process::Stopped;
use super::tally::Tally;
use crate::reproducible::{First, Part, Promise};
use crate::story::Delays;

pub(super) const PROMISES: &[Promise] = &[
    Promise {
        name: "nothing-lost",
        part: Part::Safety,
        sentence: "A job that is deleted has its result in the store.",
    },
    Promise {
        name: "no-clobber",
        part: Part::Safety,
        sentence: "No result of an earlier holder is written over that of a later one.",
    },
    Promise { name: "deletes-held", part: Part::Safety, sentence: "A job is deleted only by who holds it." },
    Promise {
        name: "keeps-lease",
        part: Part::Liveness,
        sentence: "While work goes on and nothing fails but clocks, its lease does not run out.",
    },
    Promise {
        name: "lets-go",
        part: Part::Liveness,
        sentence: "When work has stopped without a result, its lease is extended for half a second more at most.",
    },
    Promise {
        name: "finishes",
        part: Part::Liveness,
        sentence: "When faults stop, every job is done and deleted, and nothing goes on.",
    },
];

/// Who cannot see at once that work has stopped may extend its lease for so long.
const LETS_GO: Time = Time::millis(500);

/// Everything that is found out about a trace: findings, situations, and how many jobs have a result.
pub(super) fn judge(trace: &Trace) -> (Vec<Finding>, Vec<u64>, u64) {
    let (mut own, mut tally) = (Own::new(trace), Tally::new());
    for event in &trace.events {
        tally.observe(event);
        own.observe(event);
    }
    own.ended();
    let done = own.jobs.values().filter(|job| job.written > 0).count() as u64;
    let Own { lost, clobbered, stolen, dropped, kept, open, .. } = own;
    let firsts = [lost, clobbered, stolen, dropped, kept, open];
    let findings = firsts.iter().zip(PROMISES).map(|(first, promise)| first.finding(promise.name));
    (findings.collect(), tally.reached, done)
}

/// What is known of one job.
#[derive(Default)]
struct Job {
    /// The queue has it, or had it.
    stored: bool,
    /// Who holds it: the token.
    held: Option<u32>,
    /// The largest token whose result was written.
    written: u32,
    /// The event with which it was deleted.
    deleted: Option<usize>,
}

/// What is known of one time that a job was handed out.
#[derive(Default)]
struct Hold {
    worker: NodeId,
    since: Time,
    works: bool,
    /// When its work stopped without a result, or its worker went on after it stood still since.
    over: Option<Time>,
}

struct Own {
    jobs: Map<MessageId, Job>,
    holds: Map<(MessageId, u32), Hold>,
    delays: Delays,
    /// How many faults last at the moment, and when one was last there.
    faults: i64,
    disturbed: Time,
    lost: First,
    clobbered: First,
    stolen: First,
    dropped: First,
    kept: First,
    open: First,
    ending: Option<Ending>,
    seen: usize,
}

impl Own {
    fn new(trace: &Trace) -> Own {
        Own {
            jobs: Map::new(),
            holds: Map::new(),
            delays: Delays::of(trace),
            faults: 0,
            disturbed: Time::ZERO,
            lost: First::default(),
            clobbered: First::default(),
            stolen: First::default(),
            dropped: First::default(),
            kept: First::default(),
            open: First::default(),
            ending: None,
            seen: 0,
        }
    }

    fn observe(&mut self, event: &Event) {
        let (n, at) = (self.seen, event.at);
        self.seen += 1;
        self.notice_faults(event);
        match event.what {
            What::Stored { message, .. } => self.jobs.or_default(message).stored = true,
            What::Handed { consumer, message, attempt, .. } => {
                self.jobs.or_default(message).held = Some(attempt);
                let hold = self.holds.or_default((message, attempt));
                (hold.since, hold.worker) = (at, consumer);
            }
            // Who stood still could not see it.
            What::Resumed { node } => {
                for hold in self.holds.values_mut().filter(|hold| hold.worker == node) {
                    hold.over = hold.over.map(|_| at);
                }
            }
            What::Started { message, attempt, .. } => self.holds.or_default((message, attempt)).works = true,
            What::Finished { message, attempt, .. } => {
                self.holds.or_default((message, attempt)).works = false
            }
            What::Note { ref text, .. } => {
                if let Some(Stopped { message, attempt, .. }) = Stopped::read(text) {
                    let hold = self.holds.or_default((message, attempt));
                    (hold.works, hold.over) = (false, Some(at));
                }
            }
            What::LeaseExpired { message, attempt, .. } => {
                self.jobs.or_default(message).held = None;
                self.expired(n, at, message, attempt);
            }
            What::Sent { ref kind, message: Some(message), attempt, .. } if kind.as_str() == "extend" => {
                let over = self.holds.get((message, attempt)).and_then(|hold| hold.over);
                if let Some(over) = over.filter(|over| at.since(*over) > LETS_GO) {
                    let late = at.since(over).short();
                    let sentence = format!(
                        "the lease on job {message} (token {attempt}) is extended {late} after its work has stopped"
                    );
                    self.kept.note(sentence, n, vec![message]);
                }
            }
            What::Applied { message, attempt, .. } => {
                let job = self.jobs.or_default(message);
                if attempt < job.written {
                    let sentence = format!(
                        "the result of job {message} with token {} is overwritten by that with token {attempt}",
                        job.written
                    );
                    self.clobbered.note(sentence, n, vec![message]);
                }
                job.written = job.written.max(attempt);
            }
            What::Acked { message, attempt, .. } => {
                let job = self.jobs.or_default(message);
                job.deleted = Some(n);
                let who = match job.held.take() {
                    Some(holder) if holder == attempt => return,
                    Some(holder) => format!("token {holder} holds it"),
                    None => "its lease is over".to_owned(),
                };
                let sentence = format!("job {message} is deleted with token {attempt}, and {who}");
                self.stolen.note(sentence, n, vec![message]);
            }
            What::Ended { how } => self.ending = Some(how),
            _ => {}
        }
    }

    /// Clocks are no excuse.
    fn notice_faults(&mut self, event: &Event) {
        let harm = match &event.what {
            What::Cut { .. } | What::Paused { .. } | What::Crashed { .. } => {
                self.faults += 1;
                true
            }
            What::Healed { .. } | What::Resumed { .. } | What::Restarted { .. } => {
                self.faults -= 1;
                true
            }
            What::Sent { from, to, kind, nth, .. } => {
                self.delays.of_packet(*from, *to, kind.as_str(), *nth).is_some()
            }
            What::Skewed { .. } => false,
            what => what.is_fault(),
        };
        if harm || self.faults > 0 {
            self.disturbed = event.at;
        }
    }

    fn expired(&mut self, n: usize, at: Time, message: MessageId, attempt: u32) {
        let Some(hold) = self.holds.get((message, attempt)).filter(|hold| hold.works) else { return };
        if self.disturbed < hold.since {
            let after = at.since(hold.since).short();
            let sentence = format!(
                "the lease on job {message} runs out after {after}, while its work goes on and nothing fails"
            );
            self.dropped.note(sentence, n, vec![message]);
        }
    }

    fn ended(&mut self) {
        let Some(how) = self.ending else { return };
        let last = self.seen.saturating_sub(1);
        let lost = self.jobs.iter().filter(|(_, job)| job.written == 0);
        let lost = lost.filter_map(|(message, job)| Some((job.deleted?, message))).min();
        if let Some((event, message)) = lost {
            let sentence = format!("job {message} is deleted, and its result is never written");
            self.lost.note(sentence, event, vec![message]);
        }
        let open =
            self.jobs.iter().find(|(_, job)| job.stored && (job.written == 0 || job.deleted.is_none()));
        let (sentence, messages) = match (open, how) {
            (Some((message, job)), _) => {
                let what = if job.written > 0 { "written and never deleted" } else { "never done" };
                (format!("job {message} is {what}"), vec![message])
            }
            (None, Ending::Unfinished(bound)) => {
                let words = bound.words();
                (
                    format!(
                        "every job is done and deleted, but timers still run when the run stops at {words}"
                    ),
                    Vec::new(),
                )
            }
            (None, Ending::Finished) => return,
        };
        self.open.note(sentence, last, messages);
    }
}
