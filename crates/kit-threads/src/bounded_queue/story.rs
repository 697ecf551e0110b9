// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broken run in a dozen lines: who does what, and who goes on then.

use kit::making::Breach;
use kit::verdict::StoryLine;
use trace::{Event, NodeId, Time, Trace, What};

/// The most things that one line says of a thread.
const MOST_ACTS: usize = 3;

/// How the note of a lock begins.
const TAKES_LOCK: &str = "takes lock";

struct Line {
    at: Time,
    node: NodeId,
    acts: Vec<String>,
    /// How many of them were before its thread took the lock that it took last.
    before_lock: usize,
}

/// `a`, `a and b`, `a, b and c`.
fn joined(acts: &[String]) -> String {
    match acts {
        [most @ .., last] if !most.is_empty() => format!("{} and {last}", most.join(", ")),
        acts => acts.concat(),
    }
}

/// Tells what led to the breach.
pub(super) fn tell(trace: &Trace, breach: &Breach, most: usize) -> Vec<StoryLine> {
    let mut teller = Teller { trace, inside: 0, lines: Vec::new(), breach };
    for event in trace.events.iter().take(breach.event + 1) {
        teller.hear(event);
    }
    let name = |node: NodeId| trace.header.nodes[node.index()].name.as_str();
    let told = teller.lines.iter().map(|line| StoryLine {
        at: line.at.short(),
        text: format!("{} {}", name(line.node), joined(&line.acts)),
    });
    let told: Vec<StoryLine> = told.collect();
    let over = told.len().saturating_sub(most);
    if over == 0 {
        return told;
    }
    // The end of it is what decides.
    let gap = StoryLine { at: String::new(), text: format!("… {} steps more …", over + 1) };
    std::iter::once(gap).chain(told.into_iter().skip(over + 1)).collect()
}

struct Teller<'a> {
    trace: &'a Trace,
    breach: &'a Breach,
    inside: u64,
    lines: Vec<Line>,
}

impl Teller<'_> {
    fn hear(&mut self, event: &Event) {
        let at = event.at;
        match &event.what {
            What::Stored { message, .. } => {
                self.inside += 1;
                let producer = self.trace.events.iter().find_map(|event| match event.what {
                    What::Offered { producer, message: own, .. } if own == *message => Some(producer),
                    _ => None,
                });
                let holds = self.holds();
                self.says_first(
                    at,
                    producer.unwrap_or(NodeId(0)),
                    format!("puts item {message} in ({holds})"),
                );
            }
            What::Handed { consumer, message, .. } => {
                self.inside = self.inside.saturating_sub(1);
                let holds = self.holds();
                self.says_first(at, *consumer, format!("takes item {message} out ({holds})"));
            }
            What::Refused { node, message, .. } => self.says(at, *node, format!("gets item {message} back")),
            What::Note { node: Some(node), text } => {
                if self.matters(text) {
                    self.says(at, *node, text.clone());
                }
                if text.starts_with(TAKES_LOCK)
                    && let Some(line) = self.lines.last_mut().filter(|line| line.node == *node)
                {
                    line.before_lock = line.acts.len();
                }
            }
            _ => {}
        }
    }

    fn holds(&self) -> String {
        let bound = self.trace.header.parameters.get("bound").map_or("?", String::as_str);
        format!("{} of {bound} inside", self.inside)
    }

    /// Locks matter where somebody waits for one for ever, notifications that nobody hears where somebody waits for one.
    fn matters(&self, text: &str) -> bool {
        let about_locks =
            [TAKES_LOCK, "lets go of lock", "finds lock"].iter().any(|words| text.starts_with(words));
        let unheard = text.ends_with("(nobody waits)");
        match self.breach.promise.name {
            "no-deadlock" => !unheard,
            "no-lost-wake-up" => !about_locks,
            _ => !about_locks && !unheard,
        }
    }

    fn says(&mut self, at: Time, node: NodeId, act: String) {
        match self.lines.last_mut() {
            Some(line) if line.node == node && line.acts.len() < MOST_ACTS => {
                line.at = at;
                line.acts.push(act);
            }
            _ => self.lines.push(Line { at, node, acts: vec![act], before_lock: 0 }),
        }
    }

    /// What is noted where the lock is let go of happened while it was held: for all others at once with whatever else the
    /// thread did meanwhile, of which it is told first.
    fn says_first(&mut self, at: Time, node: NodeId, act: String) {
        self.says(at, node, act);
        if let Some(line) = self.lines.last_mut()
            && let Some(act) = line.acts.pop()
        {
            line.acts.insert(line.before_lock.min(line.acts.len()), act);
        }
    }
}
