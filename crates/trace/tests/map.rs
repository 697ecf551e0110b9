// SPDX-License-Identifier: MIT OR Apache-2.0
//! The map and the set behave like the standard library's.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use trace::{Key, Map, MessageId, NodeId, Set};

type Triple = (NodeId, MessageId, u32);

/// Few different keys, so that they meet, and the largest of each part, so that parts do not run into each other.
fn triple() -> impl Strategy<Value = Triple> {
    let message = prop_oneof![0u64..4, Just(u64::MAX)];
    let attempt = prop_oneof![0u32..3, Just(u32::MAX)];
    (prop_oneof![0u16..3, Just(u16::MAX)], message, attempt)
        .prop_map(|(node, message, attempt)| (NodeId(node), MessageId(message), attempt))
}

#[derive(Clone, Debug)]
enum Step {
    Insert(Triple, u8),
    Count(Triple),
    Remove(Triple),
    KeepEven,
    Clear,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (triple(), any::<u8>()).prop_map(|(key, value)| Step::Insert(key, value)),
        4 => triple().prop_map(Step::Count),
        6 => triple().prop_map(Step::Remove),
        1 => Just(Step::KeepEven),
        1 => Just(Step::Clear),
    ]
}

proptest! {
    #[test]
    fn keys_come_back_and_keep_their_order(a in triple(), b in triple()) {
        prop_assert_eq!(Triple::unpack(a.pack()), a);
        prop_assert_eq!(a.cmp(&b), a.pack().cmp(&b.pack()));
    }

    #[test]
    fn a_map_is_like_the_standard_one(steps in prop::collection::vec(step(), 0..80)) {
        let (mut ours, mut theirs) = (Map::<Triple, u8>::new(), BTreeMap::<Triple, u8>::new());
        for step in steps {
            match step {
                Step::Insert(key, value) => prop_assert_eq!(ours.insert(key, value), theirs.insert(key, value)),
                Step::Count(key) => {
                    for value in [ours.or_default(key), theirs.entry(key).or_default()] {
                        *value = value.wrapping_add(1);
                    }
                }
                Step::Remove(key) => prop_assert_eq!(ours.remove(key), theirs.remove(&key)),
                Step::KeepEven => {
                    ours.retain(|_, value| *value % 2 == 0);
                    theirs.retain(|_, value| *value % 2 == 0);
                }
                Step::Clear => {
                    ours.clear();
                    theirs.clear();
                }
            }
            prop_assert_eq!(ours.len(), theirs.len());
            prop_assert!(ours.iter().eq(theirs.iter().map(|(key, value)| (*key, value))));
            prop_assert!(ours.values().rev().eq(theirs.values().rev()));
        }
        let copy = ours.clone();
        prop_assert_eq!(&copy, &ours);
        prop_assert!(ours.drain().eq(theirs));
        prop_assert!(ours.is_empty());
    }

    #[test]
    fn a_set_is_like_the_standard_one(keys in prop::collection::vec((triple(), any::<bool>()), 0..80), limit in triple()) {
        let (mut ours, mut theirs) = (Set::<Triple>::new(), BTreeSet::<Triple>::new());
        for (key, insert) in keys {
            if insert {
                prop_assert_eq!(ours.insert(key), theirs.insert(key));
            } else {
                prop_assert_eq!(ours.remove(key), theirs.remove(&key));
            }
            prop_assert_eq!(ours.contains(key), theirs.contains(&key));
        }
        prop_assert!(ours.below(limit).eq(theirs.range(..limit).copied()));
        ours.retain(|key| key.2 != 1);
        theirs.retain(|key| key.2 != 1);
        prop_assert!(ours.iter().eq(theirs));
    }
}
