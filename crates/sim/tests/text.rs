// SPDX-License-Identifier: MIT OR Apache-2.0
//! Addresses and fault scripts as text: what is printed reads back, and nothing that is typed panics.

use proptest::prelude::*;
use sim::{Address, Fault, FaultScript, PacketFault};
use trace::Time;

fn name() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9-]{0,12}"
}

fn names() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(name(), 1..4)
}

fn time() -> impl Strategy<Value = Time> {
    prop_oneof![(0..10_000u64).prop_map(Time::millis), (0..u64::MAX / 2).prop_map(Time)]
}

fn fault() -> impl Strategy<Value = Fault> {
    let what = prop_oneof![
        Just(PacketFault::Drop),
        Just(PacketFault::Duplicate),
        time().prop_map(PacketFault::Delay),
    ];
    prop_oneof![
        (name(), name(), name(), 1..1_000u32, what).prop_map(|(from, to, kind, nth, what)| Fault::Packet {
            from,
            to,
            kind,
            nth,
            what
        }),
        (name(), time()).prop_map(|(node, at)| Fault::Crash(node, at)),
        (name(), time()).prop_map(|(node, at)| Fault::Restart(node, at)),
        (name(), time()).prop_map(|(node, at)| Fault::CrashMachine(node, at)),
        (name(), time()).prop_map(|(node, at)| Fault::LoseDisk(node, at)),
        (name(), time()).prop_map(|(node, at)| Fault::Pause(node, at)),
        (name(), time()).prop_map(|(node, at)| Fault::Resume(node, at)),
        (name(), -1_000_000_000_000..1_000_000_000_000i64, time())
            .prop_map(|(node, by, at)| Fault::Skew(node, by, at)),
        (name(), 1..1_000_000u32, time()).prop_map(|(node, by, at)| Fault::Slow(node, by, at)),
        (names(), names(), any::<bool>(), time()).prop_map(|(from, to, one_way, at)| Fault::Cut {
            from,
            to,
            one_way,
            at
        }),
        (names(), names(), any::<bool>(), time()).prop_map(|(from, to, one_way, at)| Fault::Heal {
            from,
            to,
            one_way,
            at
        }),
        time().prop_map(|at| Fault::Heal { from: vec![], to: vec![], one_way: false, at }),
        (name(), "[a-z0-9.]{1,8}", time()).prop_map(|(name, value, at)| Fault::Set { name, value, at }),
        (any::<u64>(), time()).prop_map(|(future, at)| Fault::Fork(future, at)),
    ]
}

fn script() -> impl Strategy<Value = FaultScript> {
    prop::collection::vec(fault(), 0..6).prop_map(|faults| FaultScript { faults })
}

proptest! {
    #[test]
    fn what_a_script_prints_reads_back(script in script()) {
        prop_assert_eq!(script.to_string().parse::<FaultScript>(), Ok(script));
    }

    #[test]
    fn what_an_address_prints_reads_back(
        scenario in "[a-z]{1,8}/[a-z-]{1,12}",
        seed in any::<u64>(),
        parameters in prop::collection::btree_map("p[a-z-]{0,8}", "[a-z0-9.]{1,8}", 0..4),
        faults in script(),
        at in prop::option::of(time()),
    ) {
        let plain = Address::new(&scenario, seed);
        let address = Address { parameters, faults, at, ..plain };
        prop_assert_eq!(address.to_string().parse::<Address>(), Ok(address.clone()));
    }

    #[test]
    fn no_text_panics_and_every_error_stands_inside_the_text(text in ".{0,60}") {
        if let Err(error) = text.parse::<Address>() {
            prop_assert!(error.position >= 1 && error.position <= text.chars().count() + 1, "{}", error);
        }
        if let Err(error) = text.parse::<FaultScript>() {
            prop_assert!(error.position >= 1 && error.position <= text.chars().count() + 1, "{}", error);
        }
    }

    #[test]
    fn nearly_right_scripts_do_not_panic(script in script(), cut in 0..200usize, junk in "[@:;/,=.a-z0-9-]{0,4}") {
        let text = script.to_string();
        let cut = cut.min(text.len());
        let _ = format!("{}{junk}{}", &text[..cut], &text[cut..]).parse::<FaultScript>();
    }
}

#[test]
fn an_error_points_at_its_part() {
    let error = "a/b?seed=1&faults=crash:x@1s;pause:y@soon".parse::<Address>().expect_err("soon is no time");
    assert_eq!((error.position, error.part.as_str()), (38, "soon"));
    let error = "crash:x@1s;slow:y/0@1s".parse::<FaultScript>().expect_err("0 is no factor");
    assert_eq!((error.position, error.part.as_str()), (19, "0"));
}

#[test]
fn endless_text_is_refused() {
    assert!(format!("a/b?x={}", "9".repeat(20_000)).parse::<Address>().is_err());
    assert!("crash:a@1s;".repeat(300).parse::<FaultScript>().is_err());
}

#[test]
fn factors_are_read_up_to_their_limit_and_no_further() {
    for (text, fits) in
        [("0.001", true), ("1000000", true), ("1000000.001", false), ("9999999", false), ("0", false)]
    {
        let script = format!("slow:consumer-1/{text}@1s");
        assert_eq!(script.parse::<FaultScript>().is_ok(), fits, "{text}");
    }
}
