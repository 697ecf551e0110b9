// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right: one window for each key, and when the buffer is full the message that is farthest from its turn goes back to
//! the queue, whoever came last. What is held is then always what is needed soonest.

use kit::resequencer::prelude::*;

/// One key: what comes next, and what is known of the places from there on.
#[derive(Default)]
struct Lane {
    next: u64,
    places: VecDeque<Place>,
}

#[derive(Default)]
enum Place {
    #[default]
    Missing,
    Held(Message, Receipt),
    Gone,
}

impl Lane {
    fn place(&mut self, seq: u64) -> Option<&mut Place> {
        let at = usize::try_from(seq.checked_sub(self.next)?).ok()?;
        if self.places.len() <= at {
            self.places.resize_with(at + 1, Place::default);
        }
        self.places.get_mut(at)
    }

    fn held(&self) -> usize {
        self.places.iter().filter(|place| matches!(place, Place::Held(..))).count()
    }

    /// How far the last held message is from its turn.
    fn farthest(&self) -> Option<usize> {
        self.places.iter().rposition(|place| matches!(place, Place::Held(..)))
    }

    fn advance(&mut self, key: u32, out: &mut Out) {
        let mut receipts = Vec::new();
        let mut transaction = out.transaction();
        let before = self.next;
        while let Some(place) = self.places.pop_front() {
            match place {
                Place::Missing => {
                    self.places.push_front(Place::Missing);
                    break;
                }
                Place::Held(message, receipt) => {
                    transaction.emit(message);
                    receipts.push(receipt);
                }
                Place::Gone => {}
            }
            self.next += 1;
        }
        if self.next == before {
            return;
        }
        transaction.set_next(key, self.next);
        transaction.commit();
        for receipt in receipts {
            out.ack(receipt);
        }
    }
}

struct Windows {
    lanes: BTreeMap<u32, Lane>,
    buffer: usize,
}

impl Windows {
    /// Gives back what is farthest from its turn until the buffer suffices.
    fn shed(&mut self, out: &mut Out) {
        while self.lanes.values().map(Lane::held).sum::<usize>() > self.buffer {
            let farthest = self.lanes.values_mut().max_by_key(|lane| lane.farthest());
            let Some((lane, at)) = farthest.and_then(|lane| lane.farthest().map(|at| (lane, at))) else { return };
            if let Place::Held(_, receipt) = std::mem::take(&mut lane.places[at]) {
                out.nack(receipt);
            }
        }
    }
}

impl Resequencer for Windows {
    fn start(next: BTreeMap<u32, u64>, buffer: usize) -> Windows {
        let lane = |(key, next)| (key, Lane { next, places: VecDeque::new() });
        Windows { lanes: next.into_iter().map(lane).collect(), buffer }
    }

    fn on(&mut self, message: Message, receipt: Receipt, out: &mut Out) {
        let key = message.key;
        let lane = self.lanes.entry(key).or_default();
        match lane.place(message.seq) {
            None => out.ack(receipt),
            Some(place) => *place = Place::Held(message, receipt),
        }
        lane.advance(key, out);
        self.shed(out);
    }

    fn gone(&mut self, key: u32, seq: u64, out: &mut Out) {
        let lane = self.lanes.entry(key).or_default();
        if let Some(place) = lane.place(seq) {
            *place = Place::Gone;
        }
        lane.advance(key, out);
    }
}

exam!(resequencer => Windows);
