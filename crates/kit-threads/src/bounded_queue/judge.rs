// SPDX-License-Identifier: MIT OR Apache-2.0
//! What must hold of a run.

use kit::making::{First, Part, Promise};
use trace::{Finding, MessageId};

use super::calls::{Asks, Called};
use super::ledger::{Ledger, Passage};
use super::tally::Tally;
use super::world::Terms;
use crate::record::{Act, At, End, Record};

pub(super) const PROMISES: &[Promise] = &[
    Promise {
        name: "closed-means-closed",
        part: Part::Safety,
        sentence: "Only a closed queue gives items back or says that nothing more comes, and that only when it is empty; and \
                   behind the end of close() it takes nothing in.",
    },
    Promise {
        name: "nothing-lost",
        part: Part::Safety,
        sentence: "Every item that was put in comes out, and none is dropped.",
    },
    Promise {
        name: "first-in-first-out",
        part: Part::Safety,
        sentence: "Items come out in the order in which they were put in.",
    },
    Promise {
        name: "bound-kept",
        part: Part::Safety,
        sentence: "There are never more items inside than the bound allows.",
    },
    Promise {
        name: "no-needless-wait",
        part: Part::Liveness,
        sentence: "push() waits only while the queue is full, pop() only while it is empty, and neither once it is closed.",
    },
    Promise {
        name: "no-lost-wake-up",
        part: Part::Liveness,
        sentence: "Whoever waits is woken once there is room, an item, or nothing more to wait for.",
    },
    Promise {
        name: "no-deadlock",
        part: Part::Liveness,
        sentence: "Nobody waits for a lock that is never let go of.",
    },
    Promise {
        name: "no-busy-waiting",
        part: Part::Liveness,
        sentence: "Whoever cannot go on sleeps until it is woken, and does not ask again and again.",
    },
];

/// The most locks that a call takes between two waits; what takes more asks again and again.
const MOST_LOCKS: usize = 8;

/// Everything that is found out about a record; `places` says which event of the trace each entry became.
pub(super) fn judge(
    terms: &Terms,
    record: &Record,
    calls: &[Called],
    places: &[usize],
) -> (Vec<Finding>, Tally) {
    let ledger = Ledger::of(record, calls);
    let judge = Judge { terms, record, calls, places, ledger, names: terms.names() };
    let findings = vec![
        judge.lost().finding("nothing-lost"),
        judge.disorder().finding("first-in-first-out"),
        judge.overfull().finding("bound-kept"),
        judge.closed().finding("closed-means-closed"),
        judge.needless().finding("no-needless-wait"),
        judge.asleep().finding("no-lost-wake-up"),
        judge.deadlocked().finding("no-deadlock"),
        judge.busy().finding("no-busy-waiting"),
    ];
    (findings, Tally::of(terms, record, calls))
}

struct Judge<'a> {
    terms: &'a Terms,
    record: &'a Record,
    calls: &'a [Called],
    places: &'a [usize],
    ledger: Ledger,
    names: Vec<String>,
}

fn message(item: u64) -> MessageId {
    MessageId(item)
}

impl Judge<'_> {
    fn event(&self, place: usize) -> usize {
        self.places.get(place).or(self.places.last()).copied().unwrap_or(0)
    }

    /// Behind the last entry.
    fn last(&self) -> usize {
        self.record.entries.len()
    }

    fn name(&self, call: &Called) -> &str {
        &self.names[call.thread]
    }

    fn closer(&self) -> Option<&Called> {
        self.calls.iter().find(|call| call.asks == Asks::Close)
    }

    fn lost(&self) -> First {
        let mut first = First::default();
        for (place, entry) in self.record.entries.iter().enumerate() {
            if let Act::Drops(item) = entry.act {
                let sentence = format!("item {item} is dropped");
                first.note(sentence, self.event(place), vec![message(item)]);
            }
        }
        for call in self.calls {
            if let (Asks::Push(item), Some((place, Some(back)))) = (call.asks, call.ended)
                && back != item
            {
                let sentence = format!("{} pushes item {item} and gets item {back} back", self.name(call));
                first.note(sentence, self.event(place), vec![message(item), message(back)]);
            }
        }
        if self.record.threads.iter().all(|at| *at == At::End) {
            let inside = self.ledger.passages.iter().find(|passage| passage.taken_out.is_none());
            if let Some(Passage { item, .. }) = inside {
                let sentence = format!("item {item} was put in, and all consumers have gone without it");
                first.note(sentence, self.event(self.last()), vec![message(*item)]);
            }
        }
        first
    }

    /// Of two items the one that was put in first for certain comes out first.
    fn disorder(&self) -> First {
        let mut broken: Vec<(usize, u64, u64)> = Vec::new();
        for early in &self.ledger.passages {
            let Some(early_in) = early.put_in.1 else { continue };
            for late in self.ledger.passages.iter().filter(|late| late.put_in.0 > early_in) {
                let Some((_, Some(late_out))) = late.taken_out else { continue };
                if early.dropped.is_none() && early.taken_out.is_none_or(|(from, _)| from > late_out) {
                    broken.push((late_out, late.item, early.item));
                }
            }
        }
        let mut first = First::default();
        if let Some((place, late, early)) = broken.into_iter().min() {
            let sentence = format!("item {late} is taken out before item {early}, which was put in earlier");
            first.note(sentence, self.event(place), vec![message(late), message(early)]);
        }
        first
    }

    fn overfull(&self) -> First {
        let mut first = First::default();
        let mut put_in: Vec<(usize, u64)> = self
            .ledger
            .passages
            .iter()
            .filter_map(|passage| Some((passage.put_in.1?, passage.item)))
            .collect();
        put_in.sort_unstable();
        for (place, item) in put_in {
            let inside = self.ledger.surely(place).len();
            if inside > self.terms.bound {
                let sentence = format!("{inside} items are inside; the bound is {}", self.terms.bound);
                first.note(sentence, self.event(place), vec![message(item)]);
            }
        }
        first
    }

    fn closed(&self) -> First {
        let close = self.closer();
        let (begun, over) = match close {
            Some(close) => (close.began, close.to().unwrap_or(usize::MAX)),
            None => (usize::MAX, usize::MAX),
        };
        let mut first = First::default();
        for call in self.calls {
            let Some((ended, answer)) = call.ended else { continue };
            let name = self.name(call);
            let (sentence, messages) = match (call.asks, answer) {
                (Asks::Push(item), Some(_)) if begun > ended => (
                    format!("{name} gets item {item} back, and the queue is not closed"),
                    vec![message(item)],
                ),
                (Asks::Push(item), None) if call.began > over => {
                    let sentence = format!(
                        "{name} begins to push item {item} when the queue is closed, and it is taken in"
                    );
                    (sentence, vec![message(item)])
                }
                (Asks::Pop, None) if begun > ended => {
                    (format!("{name} hears that nothing more comes, and the queue is not closed"), Vec::new())
                }
                (Asks::Pop, None) => match self.all_the_while(call) {
                    Some(item) => {
                        let sentence =
                            format!("{name} hears that nothing more comes, and item {item} is inside");
                        (sentence, vec![message(item)])
                    }
                    None => continue,
                },
                _ => continue,
            };
            first.note(sentence, self.event(ended), messages);
        }
        first
    }

    /// An item that was inside for certain as long as this call looked.
    fn all_the_while(&self, call: &Called) -> Option<u64> {
        let to = call.to()?;
        if self.ledger.free(call.from()) == 0 || self.ledger.free(to) == 0 {
            return None;
        }
        let at_first = self.ledger.surely(call.from());
        self.ledger.surely(to).into_iter().find(|item| at_first.contains(item))
    }

    /// Why a call has nothing to wait for at this place, and the item that it is about.
    fn can_go_on(&self, call: &Called, place: usize) -> Option<(String, Option<u64>)> {
        let closed = self.closer().and_then(Called::to).is_some_and(|to| to <= place);
        match call.asks {
            Asks::Push(_) if closed => Some(("the queue is closed".to_owned(), None)),
            // While it is being closed a push may wait that is about to hear of it.
            Asks::Push(_) if self.closer().is_some_and(|close| close.began <= place) => None,
            Asks::Push(_) => {
                let room = self.terms.bound.saturating_sub(self.ledger.possibly(place));
                (room > 0).then(|| (format!("there is room for {room}"), None))
            }
            Asks::Pop if self.ledger.free(place) > 0 => {
                let item = self.ledger.surely(place).first().copied();
                let what = item.map_or("an item".to_owned(), |item| format!("item {item}"));
                Some((format!("{what} is inside"), item))
            }
            Asks::Pop => closed.then(|| ("the queue is closed".to_owned(), None)),
            Asks::Close => Some(("close() has nothing to wait for".to_owned(), None)),
        }
    }

    fn about(call: &Called, item: Option<u64>) -> Vec<MessageId> {
        let own = match call.asks {
            Asks::Push(item) => Some(item),
            _ => None,
        };
        own.into_iter().chain(item).map(message).collect()
    }

    fn needless(&self) -> First {
        let mut waits: Vec<(usize, &Called)> =
            self.calls.iter().flat_map(|call| call.waits.iter().map(move |place| (*place, call))).collect();
        waits.sort_unstable_by_key(|(place, _)| *place);
        let mut first = First::default();
        for (place, call) in waits {
            if let Some((why, item)) = self.can_go_on(call, place) {
                let sentence = format!("{} begins to wait although {why}", self.name(call));
                first.note(sentence, self.event(place), Self::about(call, item));
            }
        }
        first
    }

    /// The calls that did not come back, with what their threads are at.
    fn stuck(&self) -> impl Iterator<Item = (&Called, At)> {
        let stuck = self.calls.iter().filter(|call| call.ended.is_none());
        let stuck = stuck.map(|call| (call, self.record.threads[call.thread]));
        stuck.filter(|_| self.record.end == Some(End::Rest))
    }

    fn wants_a_lock(&self) -> bool {
        self.stuck().any(|(_, at)| matches!(at, At::Lock(_)))
    }

    fn asleep(&self) -> First {
        let mut first = First::default();
        if self.wants_a_lock() {
            return first;
        }
        let place = self.last();
        let why = |(call, _): (&'_ Called, At)| {
            Some((self.name(call).to_owned(), self.can_go_on(call, place)?, Self::about(call, None)))
        };
        if let Some((name, (why, item), mut about)) = self.stuck().find_map(why) {
            about.extend(item.map(message));
            first.note(format!("{name} sleeps for ever although {why}"), self.event(place), about);
        }
        let asleep: Vec<&str> = self.stuck().map(|(call, _)| self.name(call)).collect();
        if !asleep.is_empty() {
            let sentence = format!("nobody goes on: {} for ever", sleep(&asleep));
            first.note(sentence, self.event(place), Vec::new());
        }
        first
    }

    fn deadlocked(&self) -> First {
        let mut first = First::default();
        let waits: Vec<String> = self
            .stuck()
            .filter_map(|(call, at)| {
                let At::Lock(lock) = at else { return None };
                let holder = self.record.holders.get(&lock).map(|holder| self.names[*holder].as_str());
                let own = self.name(call);
                Some(match holder {
                    Some(holder) if holder == own => {
                        format!("{own} waits for lock {lock}, which it holds itself")
                    }
                    Some(holder) => format!("{own} waits for lock {lock}, which {holder} holds"),
                    None => format!("{own} waits for lock {lock}, whose guard was never dropped"),
                })
            })
            .collect();
        if !waits.is_empty() {
            first.note(waits.join("; "), self.event(self.last()), Vec::new());
        }
        first
    }

    fn busy(&self) -> First {
        let mut first = First::default();
        let mut locks = vec![0; self.record.threads.len()];
        for (place, entry) in self.record.entries.iter().enumerate() {
            match entry.act {
                Act::Begins(_) | Act::Wakes { .. } => locks[entry.thread] = 0,
                Act::Locks { .. } | Act::Finds { .. } => locks[entry.thread] += 1,
                _ => {}
            }
            if locks[entry.thread] > MOST_LOCKS {
                let name = &self.names[entry.thread];
                let sentence =
                    format!("{name} asks for a lock {} times in one call, and never sleeps", MOST_LOCKS + 1);
                first.note(sentence, self.event(place), Vec::new());
            }
        }
        if self.record.end == Some(End::Steps) {
            let sentence = format!("after {} steps it still goes on", self.record.steps);
            first.note(sentence, self.event(self.last()), Vec::new());
        }
        first
    }
}

/// `a sleeps`, `a and b sleep`.
fn sleep(names: &[&str]) -> String {
    match names {
        [one] => format!("{one} sleeps"),
        names => format!("{} sleep", names.join(" and ")),
    }
}
