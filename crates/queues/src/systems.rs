// SPDX-License-Identifier: MIT OR Apache-2.0
//! The field: nine queue systems, each a preset over the mechanisms of this crate.
//!
//! A preset is data: which mechanism, which settings, and for each rule the place in the system's documentation (or source)
//! that says so. What is taken for granted, what is not modelled and what could not be verified stands with it.

mod activemq;
mod artemis;
mod beanstalkd;
mod celery;
mod ironmq;
mod kafka;
mod kestrel;
mod rabbitmq;
mod sqs;

use crate::scenario::{Scenario, Sight};

/// A queue system.
#[derive(Debug)]
pub struct System {
    /// Its name in addresses: `kafka`.
    pub name: &'static str,
    /// Its name.
    pub title: &'static str,
    /// Which version is meant.
    pub version: &'static str,
    /// Its settings worth comparing: what one gets without choosing first, the safest last.
    pub settings: &'static [Setting],
    /// The scenario of its first setting.
    pub scenario: &'static Scenario,
}

/// What is written about a system's model. Apart from the system, so that a page that runs it is not sent the words.
#[derive(Debug)]
pub struct Documented {
    /// What is modelled, rule by rule.
    pub rules: &'static [Rule],
    /// What is not modelled.
    pub left_out: &'static [&'static str],
}

/// One way to run a system.
#[derive(Debug)]
pub struct Setting {
    /// Its name in addresses and on command lines: `defaults`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// What differs from the system's scenario, as an address would write it.
    pub changes: &'static [(&'static str, &'static str)],
    /// Under which assumptions it keeps what it has confirmed; none where it does not claim to.
    pub keeps: Option<Assumption>,
}

/// What has to hold for a setting to keep what it has confirmed.
#[derive(Debug)]
pub struct Assumption {
    /// In a sentence.
    pub sentence: &'static str,
    /// Faults that violate it, as an address would write them: then confirmed messages are lost, or nobody can get at them.
    pub violated: &'static str,
    /// The faults that it covers, by [`crate::FaultKind::name`].
    pub covers: &'static [&'static str],
}

/// What an assumption of several brokers covers: every fault.
const EVERY_FAULT: &[&str] =
    &["consumer", "process", "machine", "disk", "clean", "one-way", "bridge", "leader-cut", "client-cut"];
/// What that of one broker covers, whose disk has to live: every fault that one broker can have.
const FAULTS_OF_ONE: &[&str] = &["consumer", "process", "machine", "clean", "client-cut"];
/// The only broker's disk dies, while nobody holds what is on it.
const DISK_OF_ONE_DIES: &str = "crash:consumer-1@10s;crash:consumer-2@10s;crash-machine:queue@20s;lose-disk:queue@20s;restart:queue@21s;restart:consumer-1@22s;restart:consumer-2@22s";
/// Two of three brokers' disks die, while nobody holds what is on them.
const TWO_DISKS_DIE: &str = "crash:consumer-1@10s;crash:consumer-2@10s;crash-machine:queue-1@20s;crash-machine:queue-2@20s;lose-disk:queue-1@20s;lose-disk:queue-2@20s;restart:queue-1@21s;restart:queue-2@21s;restart:consumer-1@22s;restart:consumer-2@22s";

/// A rule of a system, and who says so.
#[derive(Debug)]
pub struct Rule {
    /// The rule.
    pub says: &'static str,
    /// Where: document and section, or file.
    pub source: &'static str,
    /// Whether we have read that ourselves; else it is told at second hand, or from memory.
    pub verified: bool,
}

/// A rule that was read in its source.
const fn rule(says: &'static str, source: &'static str) -> Rule {
    Rule { says, source, verified: true }
}

/// A rule that is told at second hand, from memory, or inferred.
const fn unverified(says: &'static str, source: &'static str) -> Rule {
    Rule { says, source, verified: false }
}

/// The systems, in the order of the outline.
pub fn systems() -> &'static [&'static System] {
    static SYSTEMS: &[&System] = &[
        &kafka::KAFKA,
        &kestrel::KESTREL,
        &rabbitmq::RABBITMQ,
        &ironmq::IRONMQ,
        &activemq::ACTIVEMQ,
        &artemis::ARTEMIS,
        &beanstalkd::BEANSTALKD,
        &sqs::SQS,
        &celery::CELERY,
    ];
    SYSTEMS
}

/// The settings that the scenarios of all systems share: a message a second for 50 s, and two consumers
/// on a local network that do less than that, so that there is always something to lose.
macro_rules! field_scenario {
    ($name:literal, $sentence:literal, [$($shown:literal),*], [$(($parameter:literal, $value:literal)),* $(,)?]) => {
        crate::scenario::Scenario {
            name: $name,
            sentence: $sentence,
            sight: crate::systems::SIGHT,
            shown: &[$($shown),*],
            defaults: &[
                ("messages", "50"),
                ("rate", "1"),
                ("consumers", "2"),
                ("service", "2200ms"),
                ("variation", "0.5"),
                ("publish-latency", "5ms"),
                ("tcp", "sent-again"),
                ("writeback", "30s"),
                $(($parameter, $value)),*
            ],
        }
    };
}
use field_scenario;

/// Brokers, and who hears whom: of every packet of some minutes a diagram would be a tangle.
const SIGHT: Sight = Sight::Order;

/// The system of this name.
pub fn system(name: &str) -> Option<&'static System> {
    systems().iter().copied().find(|system| system.name == name)
}

/// The system whose scenario an address names, if it is one of the field's.
pub fn system_of(address: &sim::Address) -> Option<&'static System> {
    // The scenario is looked up where all are: the names of nine systems need not be compared in two places.
    let scenario = crate::find(address).ok()?;
    systems().iter().copied().find(|system| std::ptr::eq(system.scenario, scenario))
}

/// Every setting of every system, in the order of the outline.
pub fn settings() -> impl Iterator<Item = (&'static System, &'static Setting)> {
    systems().iter().flat_map(|system| system.settings.iter().map(move |setting| (*system, setting)))
}

impl System {
    /// What a setting of it is called beside those of other systems: `Kafka, three replicas, acks=1`.
    pub fn called(&self, setting: &Setting) -> String {
        [self.title, ", ", setting.title].concat()
    }

    /// What is written about its model.
    ///
    /// # Panics
    /// Never: a test asks every system.
    pub fn documented(&self) -> &'static Documented {
        static DOCUMENTED: &[(&str, &Documented)] = &[
            ("kafka", &kafka::DOCUMENTED),
            ("kestrel", &kestrel::DOCUMENTED),
            ("rabbitmq", &rabbitmq::DOCUMENTED),
            ("ironmq", &ironmq::DOCUMENTED),
            ("activemq", &activemq::DOCUMENTED),
            ("artemis", &artemis::DOCUMENTED),
            ("beanstalkd", &beanstalkd::DOCUMENTED),
            ("sqs", &sqs::DOCUMENTED),
            ("celery", &celery::DOCUMENTED),
        ];
        let own = DOCUMENTED.iter().find(|(name, _)| *name == self.name);
        own.map(|(_, documented)| *documented).expect("every system is documented")
    }

    /// The setting of this name.
    pub fn setting(&self, name: &str) -> Option<&'static Setting> {
        self.settings.iter().find(|setting| setting.name == name)
    }

    /// A run of one of its settings.
    pub fn address(&self, setting: &Setting, seed: u64) -> sim::Address {
        let address = sim::Address::new(self.scenario.name, seed);
        setting.changes.iter().fold(address, |address, (name, value)| address.with(name, value))
    }

    /// A run of a setting in which what it assumes does not hold; `None` where it claims nothing.
    pub fn violation(&self, setting: &Setting, seed: u64) -> Option<sim::Address> {
        let faults = setting.keeps.as_ref()?.violated.parse().expect("a violation is a fault script");
        Some(sim::Address { faults, ..self.address(setting, seed) })
    }
}
