// SPDX-License-Identifier: MIT OR Apache-2.0
use super::*;
use queues::systems::{settings, system};

fn address(text: &str) -> Address {
    text.parse().expect(text)
}

/// The second run's address when the first one has become another.
#[track_caller]
fn second(began: [&str; 2], is: &str) -> Second {
    let [first, other] = began.map(address);
    Pair::new(first, other).second(&address(is)).expect("it can be made")
}

const ONE: &str = "order/concurrent-consumers?seed=7&consumers=1";
const FOUR: &str = "order/concurrent-consumers?seed=7&consumers=4";

#[test]
fn what_is_compared_stays_and_the_rest_follows() {
    let is = "order/concurrent-consumers?seed=9&consumers=2&rate=12&faults=crash:consumer-1@500ms&at=1s";
    let made = second([ONE, FOUR], is);
    assert_eq!(
        made.address.to_string(),
        "order/concurrent-consumers?seed=9&consumers=4&rate=12&faults=crash:consumer-1@500ms"
    );
    assert_eq!(made.refused, None);
    assert_eq!(second([ONE, FOUR], ONE).address.to_string(), FOUR);
}

#[test]
fn seeds_that_differ_are_what_is_compared() {
    let made = second([ONE, "order/concurrent-consumers?seed=8&consumers=1"], &ONE.replace("=7", "=9"));
    assert_eq!(made.address.seed, 8);
}

#[test]
fn a_fault_that_both_began_with_goes_with_the_first_ones() {
    let fault = "&faults=crash:consumer-1@1s";
    let both = [ONE, FOUR].map(|run| [run, fault].concat());
    let began = [&*both[0], &*both[1]];
    assert_eq!(second(began, &both[0]).address.to_string(), both[1], "it is not done twice");
    assert_eq!(second(began, ONE).address.to_string(), FOUR, "taken back from both");
    let own = [FOUR, "&faults=crash:consumer-4@1s"].concat();
    assert_eq!(second([&both[0], &own], ONE).address.to_string(), own, "its own stays");
}

#[test]
fn what_cannot_happen_to_the_second_is_said_and_the_rest_happens() {
    let is = [FOUR, "&faults=crash:consumer-4@500ms;crash:consumer-1@1s"].concat();
    let made = second([FOUR, ONE], &is);
    assert_eq!(made.address.to_string(), [ONE, "&faults=crash:consumer-1@1s"].concat());
    let refused = made.refused.expect("there is one consumer");
    assert!(refused.contains("consumer-4"), "{refused}");
}

#[test]
fn what_happens_to_one_queue_happens_to_the_first_of_a_cluster_and_back() {
    let put = |first: &str, name: &str, setting: &str| {
        let system = system(name).expect(name);
        let made =
            Pair::of_system(&address(first), system, system.setting(setting).expect("the setting exists"))
                .expect("it can be made");
        assert_eq!(made.refused, None, "{first} beside {name}");
        made.address.faults.to_string()
    };
    let alone = "field/beanstalkd?seed=1&faults=crash:queue@30s;restart:queue@31s;cut:producer-1/queue@40s";
    assert_eq!(
        put(alone, "kafka", "safest"),
        "crash:queue-1@30s;restart:queue-1@31s;cut:producer-1/queue-1,queue-2,queue-3,controller@40s"
    );
    let cluster =
        "field/kafka?replicas=3&faults=cut:queue-1,producer-1/queue-2,controller,consumer-1@10s;heal@1m";
    assert_eq!(
        put(&cluster.replace("1m", "60s"), "beanstalkd", system("beanstalkd").unwrap().settings[0].name),
        "cut:queue,producer-1/consumer-1@10s;heal@60s"
    );
}

#[test]
fn brokers_that_are_not_there_are_not_parted() {
    let first = address("field/kafka?replicas=3&faults=cut:queue-1/queue-2,queue-3@10s;crash:consumer-1@20s");
    let system = system("beanstalkd").expect("it is one of nine");
    let made = Pair::of_system(&first, system, &system.settings[0]).expect("it can be made");
    assert_eq!(made.address.faults.to_string(), "crash:consumer-1@20s");
    assert!(made.refused.expect("it has one broker").contains("queue-2"));
}

#[test]
fn every_setting_of_every_system_can_stand_beside_every_other() {
    let mut seen = Vec::new();
    for (system, setting) in settings() {
        let first = system.address(setting, 3);
        assert_eq!(setting_of(&first).map(|(_, found)| found.name), Some(setting.name), "{first}");
        for (other, its) in settings() {
            let made = Pair::of_system(&first, other, its).expect("it can be made");
            assert_eq!(made.refused, None);
            assert_eq!(made.address.seed, 3);
            seen.push(names(&first, &made.address));
        }
    }
    assert!(seen.iter().flatten().all(|name| !name.is_empty()));
}

#[test]
fn names_say_what_differs() {
    let names = |a: &str, b: &str| names(&address(a), &address(b));
    assert_eq!(names(ONE, FOUR), ["consumers 1", "consumers 4"]);
    // What the scenario is about comes first.
    let [mirrors, quorum] = ["mirrors&tries=2", "quorum&tries=3"]
        .map(|how| ["field/rabbitmq?seed=1&durability=flushed&replication=", how].concat());
    assert_eq!(names(&mirrors, &quorum)[1].split(',').next(), Some("replication quorum"));
    assert_eq!(names("spike/queue", "spike/direct"), ["spike/queue", "spike/direct"]);
    assert_eq!(names(ONE, &ONE.replace("=7", "=8")), ["seed 7", "seed 8"]);
    assert_eq!(
        names(ONE, &[ONE, "&faults=crash:consumer-1@1s"].concat()),
        ["faults: none", "faults: crash:consumer-1@1s"]
    );
    assert_eq!(
        names("field/kafka", "field/kafka?replicas=3&min-insync=2&ack=last"),
        ["Kafka, defaults: one replica", "Kafka, three replicas, two in sync, commit after work"]
    );
}

#[test]
fn a_pair_is_written_in_words_and_in_links() {
    let both = join(&address(ONE), &address(FOUR));
    assert_eq!(split(&both), (ONE, Some(FOUR)));
    assert_eq!(split(&[ONE, BESIDE, FOUR].concat()), (ONE, Some(FOUR)));
    assert_eq!(split(ONE), (ONE, None));
}
