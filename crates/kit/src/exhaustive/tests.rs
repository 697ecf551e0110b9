// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which places there are, and that all of them are tried.

use std::collections::BTreeSet;

use std::collections::BTreeMap;

use proptest::prelude::*;
use trace::{Ending, Event, FORMAT_VERSION, Header, MessageId, NodeId, NodeInfo, PacketId, PacketKind, Role};

use super::*;

const SMALL: Small = Small {
    runs: &[],
    perils: &[
        Peril::Moment(|at| vec![Fault::Crash("c".to_owned(), at)]),
        Peril::Packet { kind: "deliver", way: ["q", "c"], what: PacketFault::Drop },
        Peril::Listed("dead"),
    ],
};

/// Two packets leave at 1 ms, one at 2 ms, which goes another way, and the run ends at 4 ms.
fn trace() -> Trace {
    let node = |name: &str| NodeInfo { name: name.to_owned(), role: Role::Other };
    let header = Header {
        inflight_trace: FORMAT_VERSION,
        tool: "by hand".to_owned(),
        scenario: "exam/by-hand".to_owned(),
        seed: 1,
        parameters: BTreeMap::new(),
        faults: String::new(),
        nodes: vec![node("q"), node("c")],
    };
    let sent = |at, nth, from, to| {
        let (packet, kind, message) = (PacketId(nth), PacketKind::new("deliver"), Some(MessageId(1)));
        let (from, to, nth) = (NodeId(from), NodeId(to), nth as u32);
        Event { at: Time::millis(at), what: What::Sent { packet, from, to, kind, nth, message, attempt: 1 } }
    };
    let end = Event { at: Time::millis(4), what: What::Ended { how: Ending::Finished } };
    Trace { header, events: vec![sent(1, 1, 0, 1), sent(1, 2, 0, 1), sent(2, 1, 1, 0), end] }
}

/// A right answer stands every placement of one fault; there are some for each peril, and they were all tried.
pub(crate) fn no_single_fault_breaks(exam: &dyn Reproducible) {
    let small = exam.small().expect("it has small runs");
    let found = exhaust(exam, small, false);
    assert!(found.broken.is_none());
    assert_eq!((found.singles.tried, found.pairs.tried), (found.singles.of, 0));
    let addresses = small.runs.iter().map(|run| run.parse().expect("an address"));
    let tried: BTreeSet<usize> = addresses
        .flat_map(|address| {
            let run = exam.run(&address).expect("a run");
            places(&address, &run.trace, small.perils, None)
        })
        .map(|place| place.peril)
        .collect();
    // A fence is asked for only where faults come first, and a connection is reset only then: these packets are harmed second.
    let second = |peril: &Peril| matches!(peril, Peril::Packet { kind: "fence" | "fenced" | "reset", .. });
    let first = (0..small.perils.len()).filter(|n| !second(&small.perils[*n]));
    assert!(first.into_iter().all(|n| tried.contains(&n)), "{tried:?}");
}

fn written(behind: Option<Place>) -> Vec<String> {
    let address: Address = "exam/by-hand?seed=1&messages=2".parse().expect("an address");
    let places = places(&address, &trace(), SMALL.perils, behind);
    places.into_iter().map(|place| SMALL.with(&address, place).to_string()).collect()
}

#[test]
fn a_fault_comes_behind_each_moment_to_each_packet_and_in_each_list() {
    let run = "exam/by-hand?seed=1&";
    let all = [
        "messages=2&faults=crash:c@1ms",
        "messages=2&faults=crash:c@2ms",
        "messages=2&faults=drop:q/c/deliver/1",
        "messages=2&faults=drop:q/c/deliver/2",
        "dead=1&messages=2",
        "dead=2&messages=2",
    ];
    assert_eq!(written(None), all.map(|rest| format!("{run}{rest}")));
}

#[test]
fn a_second_fault_comes_behind_the_first() {
    let address: Address = "exam/by-hand?seed=1&messages=2".parse().expect("an address");
    let all = places(&address, &trace(), SMALL.perils, None);
    let behind: Vec<usize> = all.iter().map(|first| written(Some(*first)).len()).collect();
    // Of six faults there are fifteen pairs, and each of them stands in one order.
    assert_eq!(behind.iter().sum::<usize>(), 15);
    assert_eq!(behind, [2, 0, 3, 1, 5, 4]);
}

proptest! {
    /// However the places are spread over first faults, as many are chosen as shall be, and each is one that is there.
    #[test]
    fn as_many_are_chosen_as_shall_be(counts in prop::collection::vec(0_u64..50, 1..40), share in 1_u64..100) {
        let all: u64 = counts.iter().sum();
        prop_assume!(all > 0);
        let most = (all * share).div_ceil(100);
        let (mut before, mut next) = (0, 0);
        for count in counts {
            let range = chosen(before, count, all, most);
            prop_assert_eq!(range.start, next);
            for n in range.clone() {
                let place = n * all / most;
                prop_assert!((before..before + count).contains(&place), "{} of {}..{}", place, before, before + count);
            }
            (before, next) = (before + count, range.end.max(next));
        }
        prop_assert_eq!(next, most);
    }
}
