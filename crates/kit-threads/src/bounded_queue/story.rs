// SPDX-License-Identifier: MIT OR Apache-2.0
//! A broken run in a dozen lines: who does what, and who goes on then.

use std::collections::BTreeMap;

use kit::making::Breach;
use kit::verdict::StoryLine;
use trace::{Event, NodeId, Time, Trace, What};

/// The most things that one line says of a thread.
const MOST_ACTS: usize = 3;

/// How the notes of locks and conditions begin.
const TAKES_LOCK: &str = "takes lock";
const LETS_GO: &str = "lets go of lock";
const WAITS: &str = "waits on condition";
/// What a thread's waiting ends with.
const WAKES: [&str; 2] = ["is woken", "wakes up"];
/// The promise about locks.
const DEADLOCK: &str = "no-deadlock";
/// The promise that is about one thread alone: what others do meanwhile explains nothing.
const OF_ONE: &str = "no-busy-waiting";

struct Line {
    at: Time,
    node: NodeId,
    acts: Vec<String>,
    /// The event that it begins with.
    from: usize,
    /// How often it happens, one time after the other.
    times: u64,
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
    let mut teller = Teller { trace, inside: 0, lines: Vec::new(), breach, event: 0 };
    for (place, event) in trace.events.iter().enumerate().take(breach.event + 1) {
        teller.event = place;
        teller.hear(event);
    }
    let lines = repeated(teller.lines);
    let told = |line: &Line| StoryLine {
        at: line.at.short(),
        text: match line.times {
            1 => format!("{} {}", name(trace, line.node), joined(&line.acts)),
            times => format!("{} {}: {times} times in a row", name(trace, line.node), joined(&line.acts)),
        },
    };
    if lines.len() <= most {
        return lines.iter().map(told).collect();
    }
    // The end of it is what decides; what it begins with is how things stand by then.
    let kept = &lines[lines.len() + 1 - most..];
    let stands = StoryLine { at: String::new(), text: situation(trace, breach, kept[0].from) };
    std::iter::once(stands).chain(kept.iter().map(told)).collect()
}

fn name(trace: &Trace, node: NodeId) -> &str {
    &trace.header.nodes[node.index()].name
}

/// Lines that say the same of the same thread, one behind the other, become one.
fn repeated(lines: Vec<Line>) -> Vec<Line> {
    let mut all: Vec<Line> = Vec::new();
    for line in lines {
        match all.last_mut() {
            Some(last) if last.node == line.node && last.acts == line.acts => {
                (last.at, last.times) = (line.at, last.times + line.times);
            }
            _ => all.push(line),
        }
    }
    all
}

/// How things stand before an event: what is inside, who sleeps, who holds a lock.
fn situation(trace: &Trace, breach: &Breach, before: usize) -> String {
    let mut inside = Vec::new();
    let mut passed = 0;
    let mut does: BTreeMap<NodeId, &str> = BTreeMap::new();
    let mut locks: BTreeMap<&str, NodeId> = BTreeMap::new();
    for event in &trace.events[..before] {
        match &event.what {
            What::Stored { message, .. } => inside.push(*message),
            What::Handed { message, .. } => {
                passed += 1;
                inside.retain(|own| own != message);
            }
            What::Note { node: Some(node), text } => {
                if text.starts_with(WAITS) {
                    // How full the queue was then is no news now.
                    does.insert(*node, text.split(" (").next().unwrap_or(text));
                    // Whoever waits lets go of its lock without a note.
                    locks.retain(|_, holder| holder != node);
                } else if WAKES.iter().any(|words| text.starts_with(words)) {
                    does.remove(node);
                } else if let Some(lock) = text.strip_prefix(TAKES_LOCK) {
                    locks.insert(lock, *node);
                } else if let Some(lock) = text.strip_prefix(LETS_GO) {
                    locks.remove(lock);
                }
            }
            _ => {}
        }
    }
    let through = match passed {
        0 => "nothing has come out yet".to_owned(),
        1 => "1 item has gone through".to_owned(),
        items => format!("{items} items have gone through"),
    };
    let items: Vec<String> = inside.iter().map(|item| format!("item {item}")).collect();
    let holds = match &items[..] {
        [] => "nothing is inside".to_owned(),
        [item] => format!("{item} is inside"),
        items => format!("{} are inside", joined(items)),
    };
    let waiting = does.iter().map(|(node, does)| format!("{} {does}", name(trace, *node)));
    let matter = breach.promise.name == DEADLOCK;
    let holding = locks
        .iter()
        .filter(|_| matter)
        .map(|(lock, node)| format!("{} holds lock{lock}", name(trace, *node)));
    let all: Vec<String> = [through, holds].into_iter().chain(waiting).chain(holding).collect();
    format!("before this: {}", all.join("; "))
}

struct Teller<'a> {
    trace: &'a Trace,
    breach: &'a Breach,
    /// The place of what is heard.
    event: usize,
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
        let about_locks = [TAKES_LOCK, LETS_GO, "finds lock"].iter().any(|words| text.starts_with(words));
        let unheard = text.ends_with("(nobody waits)");
        match self.breach.promise.name {
            DEADLOCK => !unheard,
            "no-lost-wake-up" => !about_locks,
            OF_ONE => !unheard,
            _ => !about_locks && !unheard,
        }
    }

    fn says(&mut self, at: Time, node: NodeId, act: String) {
        let of_one = self.breach.promise.name == OF_ONE;
        if of_one && !self.breach.sentence.starts_with(&format!("{} ", name(self.trace, node))) {
            return;
        }
        // Each attempt in a line of its own, so that it is seen to repeat itself.
        let begins_anew = of_one && act.starts_with(TAKES_LOCK);
        match self.lines.last_mut() {
            Some(line) if line.node == node && line.acts.len() < MOST_ACTS && !begins_anew => {
                line.at = at;
                line.acts.push(act);
            }
            _ => {
                let from = self.event;
                self.lines.push(Line { at, node, acts: vec![act], from, times: 1, before_lock: 0 });
            }
        }
    }

    /// What is noted where the lock is let go of happened while it was held: for all others at once with whatever else the
    /// thread did meanwhile, of which it is told first.
    fn says_first(&mut self, at: Time, node: NodeId, act: String) {
        self.says(at, node, act);
        if let Some(line) = self.lines.last_mut().filter(|line| line.node == node)
            && let Some(act) = line.acts.pop()
        {
            line.acts.insert(line.before_lock.min(line.acts.len()), act);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_thread_does_again_and_again_is_one_line() {
        let line = |at: u64, node: u16, act: &str| {
            let (at, node) = (Time::millis(at), NodeId(node));
            Line { at, node, acts: vec![act.to_owned()], from: 0, times: 1, before_lock: 0 }
        };
        let lines = vec![line(1, 0, "a"), line(2, 0, "a"), line(3, 1, "a"), line(4, 1, "b"), line(5, 1, "b")];
        let told: Vec<(u64, u16, u64)> = repeated(lines)
            .iter()
            .map(|line| (line.at.as_nanos() / 1_000_000, line.node.0, line.times))
            .collect();
        assert_eq!(told, [(2, 0, 2), (3, 1, 1), (5, 1, 2)]);
    }
}
