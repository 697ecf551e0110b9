// SPDX-License-Identifier: MIT OR Apache-2.0
//! What shrinking promises, whatever it is given.

use proptest::prelude::*;
use sim::{Address, Fault, FaultScript, PacketFault};
use trace::Time;

use super::{Reduction, shrink};

const REDUCTIONS: &[Reduction] = &[
    Reduction::List { name: "dead-letters" },
    Reduction::Workload { name: "messages", least: 1 },
    Reduction::Number { name: "buffer", least: 1 },
];

fn fault() -> impl Strategy<Value = Vec<Fault>> {
    let node = || "process".to_owned();
    let outage = (0u64..3, 1u64..2_000, 1u64..500).prop_map(move |(kind, at, span)| {
        let (at, back) = (Time::millis(at), Time::millis(at + span));
        match kind {
            0 => vec![Fault::Crash(node(), at), Fault::Restart(node(), back)],
            1 => vec![Fault::CrashMachine(node(), at), Fault::Restart(node(), back)],
            _ => vec![Fault::Pause(node(), at), Fault::Resume(node(), back)],
        }
    });
    let packet = (0u64..3, 1u32..50, 1u64..900).prop_map(|(kind, nth, by)| {
        let what = match kind {
            0 => PacketFault::Drop,
            1 => PacketFault::Duplicate,
            _ => PacketFault::Delay(Time::millis(by)),
        };
        let (from, to, kind) = ("queue".to_owned(), "process".to_owned(), "deliver".to_owned());
        vec![Fault::Packet { from, to, kind, nth, what }]
    });
    let skew = (1u64..2_000).prop_map(|at| vec![Fault::Skew("process".to_owned(), 3_000, Time::millis(at))]);
    prop_oneof![outage, packet, skew]
}

fn address() -> impl Strategy<Value = Address> {
    let faults = prop::collection::vec(fault(), 0..8);
    let dead = prop::collection::btree_set(1u64..60, 0..5);
    (faults, dead, 1u64..200, 1u64..20).prop_map(|(faults, dead, messages, buffer)| {
        let mut address = Address::new("exam/x", 1)
            .with("messages", &messages.to_string())
            .with("buffer", &buffer.to_string());
        if !dead.is_empty() {
            let dead: Vec<String> = dead.iter().map(u64::to_string).collect();
            address = address.with("dead-letters", &dead.join(","));
        }
        address.faults = FaultScript { faults: faults.concat() };
        address
    })
}

fn number(address: &Address, name: &str) -> u64 {
    address.parameters[name].parse().expect("written by this test")
}

fn dead_letters(address: &Address) -> Vec<u64> {
    let list = address.parameters.get("dead-letters").map_or("", String::as_str);
    list.split(',').filter_map(|item| item.parse().ok()).collect()
}

/// Something that breaks for a reason: so many messages, so many faults that harm, and a dead letter among them.
fn breaks(address: &Address, messages: u64, harms: usize, dead: usize) -> bool {
    number(address, "messages") >= messages
        && address.faults.faults.iter().filter(|fault| fault.is_harm()).count() >= harms
        && dead_letters(address).len() >= dead
}

proptest! {
    #[test]
    fn what_is_left_breaks_is_smaller_and_comes_out_the_same_again(
        start in address(),
        messages in 1u64..100,
        harms in 0usize..4,
        dead in 0usize..3,
    ) {
        prop_assume!(breaks(&start, messages, harms, dead));
        let again = || shrink(&start, REDUCTIONS, 3_000, &mut |a| breaks(a, messages, harms, dead));
        let shrunk = again();
        prop_assert_eq!(&shrunk, &again());
        let end = &shrunk.address;
        prop_assert!(shrunk.smallest && shrunk.tries <= 3_000);
        prop_assert!(breaks(end, messages, harms, dead));
        // Nothing is left that the reason does not need.
        prop_assert_eq!(number(end, "messages"), messages);
        prop_assert_eq!(number(end, "buffer"), 1);
        prop_assert_eq!(end.faults.faults.iter().filter(|fault| fault.is_harm()).count(), harms);
        prop_assert_eq!(dead_letters(end), (1..=dead as u64).collect::<Vec<_>>());
        // What ends a fault stays with it.
        let count = |faults: &FaultScript, ends: bool| {
            let of_kind = |fault: &&Fault| match fault {
                Fault::Restart(..) | Fault::Resume(..) => ends,
                Fault::Crash(..) | Fault::CrashMachine(..) | Fault::Pause(..) => !ends,
                _ => false,
            };
            faults.faults.iter().filter(of_kind).count()
        };
        prop_assert_eq!(count(&end.faults, true), count(&end.faults, false));
    }

    #[test]
    fn nothing_grows_and_the_bound_holds_whatever_breaks(start in address(), most in 0u64..200, salt in any::<u64>()) {
        // No reason at all: whether a run breaks is luck, but the same luck each time.
        let mut luck = |address: &Address| {
            trace::hash_bytes(format!("{salt}{address}").as_bytes()).is_multiple_of(2)
        };
        let shrunk = shrink(&start, REDUCTIONS, most, &mut luck);
        let end = &shrunk.address;
        prop_assert!(shrunk.tries <= most);
        prop_assert!(end == &start || luck(end));
        prop_assert!(number(end, "messages") <= number(&start, "messages"));
        prop_assert!(number(end, "buffer") <= number(&start, "buffer"));
        prop_assert!(dead_letters(end).len() <= dead_letters(&start).len());
        prop_assert!(dead_letters(end).iter().sum::<u64>() <= dead_letters(&start).iter().sum());
        prop_assert!(end.faults.faults.len() <= start.faults.faults.len());
        let latest = |address: &Address| address.faults.faults.iter().filter_map(Fault::at).max();
        prop_assert!(latest(end) <= latest(&start));
    }
}
