// SPDX-License-Identifier: MIT OR Apache-2.0
//! The checkers against the definitions of what they check, on made-up traces.

use proptest::prelude::*;
use trace::{
    Bound, Checker, DeliveryChecker, Ending, Event, Finding, LedgerCounts, MessageId, MoneyChecker, NodeId,
    OrderChecker, OrderScope, Refusal, Time, Verdict, What,
};

const QUEUE: NodeId = NodeId(0);
const CONSUMER: NodeId = NodeId(1);

fn events(whats: impl IntoIterator<Item = What>) -> Vec<Event> {
    whats.into_iter().enumerate().map(|(n, what)| Event { at: Time::millis(n as u64), what }).collect()
}

fn offered(message: u64, key: u32) -> What {
    What::Offered { producer: NodeId(2), message: MessageId(message), seq: message, key }
}

fn stored(message: u64) -> What {
    What::Stored { node: QUEUE, message: MessageId(message) }
}

fn confirmed(message: u64) -> What {
    What::Confirmed { producer: NodeId(2), message: MessageId(message) }
}

fn applied(message: u64, attempt: u32) -> What {
    What::Applied { node: CONSUMER, message: MessageId(message), attempt }
}

fn finished() -> What {
    What::Ended { how: Ending::Finished }
}

fn order(scope: OrderScope, whats: Vec<What>) -> OrderChecker {
    let mut checker = OrderChecker::new(scope);
    events(whats).iter().for_each(|event| checker.observe(event));
    checker
}

fn delivery(whats: Vec<What>) -> Vec<Finding> {
    let mut checker = DeliveryChecker::new();
    events(whats).iter().for_each(|event| checker.observe(event));
    checker.findings()
}

fn verdict(findings: &[Finding], promise: &str) -> Verdict {
    findings.iter().find(|finding| finding.promise == promise).expect("it is watched").verdict.clone()
}

fn sentence(verdict: Verdict) -> String {
    match verdict {
        Verdict::Broken { sentence, .. } => sentence,
        Verdict::Unknown { why } => format!("unknown: {why}"),
        Verdict::Held => "held".to_owned(),
    }
}

/// A permutation of 0..n as enqueued, and an order of effects with repetitions.
fn runs() -> impl Strategy<Value = (Vec<u64>, Vec<u64>)> {
    (1..150usize).prop_flat_map(|n| {
        let ids: Vec<u64> = (0..n as u64).collect();
        (Just(ids.clone()).prop_shuffle(), prop::collection::vec(0..n as u64, 0..2 * n))
    })
}

proptest! {
    /// By the definition: for each first effect, count the messages enqueued later that took effect before.
    #[test]
    fn order_counts_are_those_of_the_definition((enqueued, effects) in runs()) {
        let whats = enqueued.iter().map(|m| stored(*m)).chain(effects.iter().map(|m| applied(*m, 1))).collect();
        let checker = order(OrderScope::Global, whats);
        let rank = |message: u64| enqueued.iter().position(|m| *m == message).expect("all are enqueued");
        let mut firsts: Vec<u64> = Vec::new();
        for message in effects {
            if !firsts.contains(&message) {
                firsts.push(message);
            }
        }
        let displacement = |n: usize| firsts[..n].iter().filter(|m| rank(**m) > rank(firsts[n])).count() as u64;
        let displacements: Vec<u64> = (0..firsts.len()).map(displacement).collect();
        let counts = checker.counts();
        prop_assert_eq!(counts.effects, firsts.len() as u64);
        prop_assert_eq!(counts.overtaken, displacements.iter().filter(|d| **d > 0).count() as u64);
        prop_assert_eq!(counts.largest_displacement, displacements.iter().copied().max().unwrap_or(0));
        prop_assert_eq!(checker.findings()[0].verdict.is_broken(), counts.overtaken > 0);
        let mut by_now: Vec<u64> = displacements;
        for message in &enqueued {
            let later = firsts.iter().take_while(|m| *m != message).filter(|m| rank(**m) > rank(*message)).count();
            if !firsts.contains(message) {
                prop_assert_eq!(checker.overtakers(MessageId(*message)), later as u64);
                by_now.push(later as u64);
            }
        }
        let overtaken = by_now.iter().filter(|later| **later > 0).count() as u64;
        prop_assert_eq!(counts.overtaken_by_now().0, overtaken);
        prop_assert_eq!(checker.largest_displacement_by_now(), by_now.into_iter().max().unwrap_or(0));
    }

    /// Keys partition the question: what is out of order within a key is out of order at all.
    #[test]
    fn order_per_key_is_no_stricter_than_global((enqueued, effects) in runs(), keys in 1..5u32) {
        let offers = enqueued.iter().map(|m| offered(*m, (*m % u64::from(keys)) as u32));
        let whats: Vec<What> = offers
            .chain(enqueued.iter().map(|m| stored(*m)))
            .chain(effects.iter().map(|m| applied(*m, 1)))
            .collect();
        let per_key = order(OrderScope::PerKey, whats.clone()).counts();
        let global = order(OrderScope::Global, whats).counts();
        prop_assert!(per_key.overtaken <= global.overtaken);
        prop_assert!(per_key.largest_displacement <= global.largest_displacement);
        if keys == 1 {
            prop_assert_eq!(per_key, global);
        }
    }
}

#[test]
fn the_first_overtaking_is_told() {
    let checker = order(
        OrderScope::Global,
        vec![stored(12), stored(13), stored(14), applied(13, 1), applied(14, 1), applied(12, 1)],
    );
    let Verdict::Broken { sentence, event, messages } = checker.findings()[0].verdict.clone() else {
        panic!("order was lost")
    };
    assert_eq!(sentence, "message 13 was enqueued after message 12 and took effect before it");
    assert_eq!((event, messages), (5, vec![MessageId(12), MessageId(13)]));
}

#[test]
fn what_nobody_enqueued_has_no_place_in_the_order() {
    let checker = order(OrderScope::Global, vec![applied(1, 1), stored(1), applied(1, 1)]);
    assert_eq!(checker.counts().effects, 1);
    assert_eq!(checker.overtakers(MessageId(9)), 0);
}

#[test]
fn a_second_effect_is_told_with_its_attempts() {
    let found = delivery(vec![offered(12, 0), stored(12), applied(12, 1), applied(12, 3), finished()]);
    assert_eq!(sentence(verdict(&found, "at-most-once")), "message 12 took effect twice: attempts 1 and 3");
}

#[test]
fn a_loss_is_known_only_when_the_run_is_over() {
    let run = |ending: Option<Ending>| {
        let mut whats = vec![offered(1, 0), stored(1), confirmed(1), offered(2, 0), applied(2, 1)];
        whats.extend(ending.map(|how| What::Ended { how }));
        sentence(verdict(&delivery(whats), "no-loss"))
    };
    assert_eq!(
        run(Some(Ending::Finished)),
        "message 1 was confirmed and never took effect: it was never handed to a consumer"
    );
    assert_eq!(run(None), "unknown: message 1 is still under way");
    assert!(
        run(Some(Ending::Unfinished(Bound::Time)))
            .starts_with("unknown: message 1 was confirmed; the run stopped at")
    );
}

#[test]
fn a_refusal_excuses_a_message_that_was_not_confirmed_and_no_other() {
    let refused = |why| What::Refused { node: QUEUE, message: MessageId(1), why };
    let run = |middle: Vec<What>| {
        let whats: Vec<What> = [offered(1, 0)].into_iter().chain(middle).chain([finished()]).collect();
        verdict(&delivery(whats), "at-least-once").is_broken()
    };
    assert!(!run(vec![refused(Refusal::Full)]));
    assert!(!run(vec![refused(Refusal::GaveUp)]));
    assert!(run(vec![refused(Refusal::DroppedNewest)]), "nobody was told");
    assert!(run(vec![stored(1), confirmed(1), refused(Refusal::DroppedOldest)]));
    assert!(run(vec![stored(1), confirmed(1), refused(Refusal::Full)]), "a promise cannot be taken back");
    assert!(run(vec![refused(Refusal::Full), stored(1), confirmed(1)]), "a later try was accepted");
}

#[test]
fn the_dead_letter_queue_is_not_a_loss() {
    let dead = What::DeadLettered { node: QUEUE, message: MessageId(1), attempts: 3 };
    let found = delivery(vec![offered(1, 0), stored(1), confirmed(1), dead, finished()]);
    assert_eq!(verdict(&found, "no-loss"), Verdict::Held);
}

fn balance(account: u32, message: Option<u64>, amount: i64) -> What {
    What::Balance { node: QUEUE, ledger: 1, account, message: message.map(MessageId), amount }
}

fn money(whats: Vec<What>) -> (MoneyChecker, String) {
    let mut checker = MoneyChecker::new();
    events(whats).iter().for_each(|event| checker.observe(event));
    let said = sentence(verdict(&checker.findings(), "money-kept"));
    (checker, said)
}

#[test]
fn a_transfer_that_takes_and_adds_the_same_keeps_the_money() {
    let opened = || vec![balance(1, None, 100), balance(2, None, 100)];
    let (checker, said) =
        money([opened(), vec![balance(1, Some(4), 90), balance(2, Some(4), 110), finished()]].concat());
    assert_eq!(said, "held");
    assert_eq!(checker.counts(1), LedgerCounts { opened: 200, sum: 200, missing: 0, made: 0 });

    let (checker, said) = money([opened(), vec![balance(1, Some(4), 90)]].concat());
    assert_eq!((checker.counts(1).missing, checker.lost(1)), (10, 0), "it may still arrive");
    assert_eq!(said, "unknown: money that was taken has not arrived yet");

    let (checker, said) = money([opened(), vec![balance(1, Some(4), 90), finished()]].concat());
    assert_eq!((checker.counts(1).sum, checker.lost(1)), (190, 10));
    assert_eq!(said, "transfer 4 took more than it added: 10 are gone");
}

#[test]
fn money_that_is_made_is_not_set_off_against_money_that_is_lost() {
    let whats = vec![
        balance(1, None, 100),
        balance(2, None, 100),
        balance(1, Some(4), 90),
        balance(2, Some(4), 110),
        balance(2, Some(4), 120),
        balance(1, Some(5), 80),
        finished(),
    ];
    let (checker, said) = money(whats);
    assert_eq!(checker.counts(1), LedgerCounts { opened: 200, sum: 200, missing: 10, made: 10 });
    assert_eq!(said, "transfer 4 added more than it took: 10 came from nowhere");
}

#[test]
fn a_node_that_finds_less_than_was_booked_has_lost_it() {
    let whats = vec![balance(1, None, 100), balance(1, Some(4), 110), balance(1, None, 100)];
    let (checker, _) = money(whats.clone());
    assert_eq!((checker.counts(1).missing, checker.counts(1).made), (10, 10));
    let (checker, said) = money(vec![balance(1, None, 100), balance(1, None, 70), finished()]);
    assert_eq!(
        (checker.lost(1), said.as_str()),
        (30, "accounts were found to hold less than was booked: 30 are gone")
    );
}
