// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the systems are documented to do, the models do; each kind of expectation can fail; and models that are wrong in one
//! thing fail where they should.

use course::conformance::{Behaviour, behaviours, read};
use queues::systems::systems;

#[test]
fn every_behaviour_holds() {
    let mut sentences = Vec::new();
    for behaviour in behaviours() {
        let failures = behaviour.check().unwrap_or_else(|error| panic!("{behaviour}: {error}"));
        sentences.extend(failures.iter().map(|failure| format!("{failure}\n    {}", behaviour.run)));
    }
    assert!(sentences.is_empty(), "{} do not hold:\n{}", sentences.len(), sentences.join("\n"));
}

#[test]
fn every_system_has_enough_of_them() {
    for system in systems() {
        let own: Vec<&Behaviour> =
            behaviours().iter().filter(|behaviour| behaviour.system.name == system.name).collect();
        let least = if ["kafka", "rabbitmq"].contains(&system.name) { 12 } else { 8 };
        assert!(own.len() >= least, "{} has {}", system.name, own.len());
        for behaviour in own {
            let plan = queues::plan_of(&behaviour.run).expect("it was read");
            assert!(behaviour.says.ends_with('.'), "{behaviour}");
            assert!(plan.variation_percent == 0, "{behaviour}: the same however the dice fall");
            assert!(plan.arrivals != queues::Arrivals::Poisson || plan.messages == 1, "{behaviour}");
        }
    }
}

/// A behaviour of beanstalkd with these expectations.
fn expecting(run: &str, expect: &[&str]) -> Behaviour {
    let lines: String = expect.iter().map(|line| format!("expect: {line}\n")).collect();
    let text = format!("says: Something.\nsource: nobody\nrun: {run}\n{lines}");
    let system = run.trim_start_matches("field/").split('?').next().expect("it has a name");
    read(system, &text).unwrap_or_else(|error| panic!("{error}")).remove(0)
}

/// Each expectation with a run that does not show it, and what is said.
#[test]
fn each_kind_of_expectation_can_fail() {
    let calm = "field/beanstalkd?messages=3&arrivals=backlog&variation=0&service=1s&consumers=2";
    let lossy = "field/beanstalkd?messages=5&arrivals=backlog&variation=0&service=5s&faults=crash:queue@1s;restart:queue@2s";
    let pair = "field/artemis?replication=mirrors&replicas=2&messages=90&arrivals=steady&variation=0&service=500ms\
                &faults=cut:queue-1,producer-1/queue-2,consumer-1,consumer-2@5s;heal@120s";
    for (run, expected, says) in [
        (calm, "handed 1 3 2", "handed out was 1 2 3"),
        (calm, "handed none", "handed out was 1 2 3"),
        (calm, "handed-to consumer-2 1", "handed out was 2"),
        (calm, "handed-to consumer-7 1", "no node `consumer-7`; it has queue"),
        (calm, "lost some", "0 of 3 messages were confirmed, and lost"),
        (lossy, "lost none", "of 5 messages were confirmed, and lost"),
        (calm, "returned-lost some", "0 of 3 messages were sent without a confirm"),
        (calm, "stuck some", "0 of 3 messages were still with a broker"),
        (calm, "refused some", "0 of 3 messages were refused"),
        (calm, "unknown some", "0 of 3 messages were given up"),
        (calm, "dead-lettered all", "0 of 3 messages were put aside"),
        (calm, "dead-lettered 1 after 7", "message 1 was never put aside"),
        (calm, "dropped some", "0 of 3 messages were dropped by a full queue"),
        (calm, "expired some", "0 of 3 messages were dropped for their age"),
        (calm, "confirmed none", "3 of 3 messages were confirmed"),
        (calm, "confirmed 2 after 9s", "3 of 3 messages were confirmed by then"),
        (calm, "overtaken some", "0 of 3 messages were overtaken by later ones of their key"),
        (lossy, "overtaken-globally all", "messages were overtaken by later ones"),
        (calm, "effects all = 2", "message 1 took effect once"),
        (lossy, "effects 5 = 1", "message 5 took effect never"),
        (calm, "effects 9 = 1", "message 9 was never offered"),
        (calm, "handings 1 >= 2", "message 1 was handed out once"),
        (calm, "copies 1 = 3", "1 brokers had message 1"),
        (calm, "gap 1 >= 60s", "for message 1 there is nothing from the first handing to the second"),
        (calm, "wait 3 <= 10ms", "from offering to the first handing of message 3 it took"),
        (calm, "confirm 1 >= 1s", "from offering to the confirm of message 1 it took 10ms"),
        (calm, "done 1 >= 60s", "from offering to the first effect of message 1 it took 1."),
        (calm, "in-flight <= 1", "2 handed out and not settled at once"),
        (calm, "in-flight-per-key >= 2", "1 of one key were handed out"),
        (calm, "in-flight-per-consumer >= 2", "1 were with one consumer"),
        (calm, "consumers-per-key >= 2", "1 consumers were handed messages of one key"),
        (calm, "leader queue after 1s", "nobody led then"),
        (pair, "leader queue-2 after 1s", "queue-1 led then"),
        (pair, "leader none after 100s", "queue-1 and queue-2 led then"),
        (pair, "leaders-at-once <= 1", "2 brokers led at once, at most"),
    ] {
        let failures = expecting(run, &[expected]).check().expect("it runs");
        assert_eq!(failures.len(), 1, "`{expected}` holds");
        let sentence = failures[0].to_string();
        assert!(sentence.contains(says), "`{expected}`: {sentence}");
        assert!(sentence.contains("Something: ") && sentence.contains(".txt:4: "), "{sentence}");
    }
}

#[test]
fn a_run_that_stops_at_a_bound_shows_nothing() {
    let endless = "field/beanstalkd?messages=1&variation=0&service=1s&failures=1";
    let failures = expecting(endless, &["lost none"]).check().expect("it runs");
    assert!(failures[0].sentence.contains("stopped at"), "{}", failures[0]);
}

#[test]
fn what_is_no_behaviour_is_refused_with_file_line_and_what_would_be_right() {
    let run = "run: field/kafka?messages=1\n";
    for (text, says) in [
        ("nonsense\n", "kafka.txt:1: a line is a word, a colon and a text"),
        ("says: A.\nsays: B.\n", "kafka.txt:2: B: `says:` stands here a second time"),
        ("says:\n", "behind `says:` there is nothing"),
        ("colour: red\n", "there is no `colour:`; there are says"),
        ("says: A.\n", "kafka.txt:2: A: it has no `source:`"),
        ("says: A.\nsource: b\n", "it has no `run:`"),
        ("verified: yes\n", "write `verified: no`"),
        ("run: field/nobody\n\n", "it has no `says:`"),
        ("says: A.\nsource: b\nrun: field/sqs\nexpect: lost none\n", "its run is of `field/sqs`"),
        (
            "says: A.\nsource: b\nrun: field/kafka?replica=3\nexpect: lost none\n",
            "there is no such parameter",
        ),
        (&format!("says: A.\nsource: b\n{run}"), "it has no `expect:`"),
        (
            &format!("says: A.\nsource: b\n{run}setting: x\nexpect: lost none\n"),
            "there is no setting `x`; there are defaults",
        ),
        ("expect: lost few\n", "`lost few` is no expectation: `few` is not none, some, all or a number"),
        ("expect: gap 1 > 3s\n", "`>` is not =, <= or >="),
        ("expect: gap 1 >= 3\n", "is not a time"),
        ("expect: effects one = 1\n", "`one` is not a message"),
        ("expect: handed\n", "which messages?"),
        ("expect: won all\n", "it begins with one of handed, handed-to, leader, lost"),
    ] {
        let error = read("kafka", text).expect_err(text).to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
    assert!(read("nobody", &format!("says: A.\nsource: b\n{run}expect: lost none\n")).is_err());
}

/// The behaviours of a system that do not hold when one parameter is another in all its runs.
fn broken_by(system: &str, parameter: &str, value: &str) -> Vec<&'static str> {
    let own = behaviours().iter().filter(|behaviour| behaviour.system.name == system);
    let broken = own.filter(|behaviour| {
        let mutant = behaviour.run.clone().with(parameter, value);
        !behaviour.judge(&queues::run(&mutant).expect("it runs")).is_empty()
    });
    broken.map(|behaviour| behaviour.says.as_str()).collect()
}

#[test]
fn a_model_that_is_wrong_in_one_thing_fails_where_it_should() {
    for (system, parameter, value, says) in [
        // A lease that never expires.
        ("sqs", "lease", "none", "A message that was received is invisible for 30 s"),
        ("sqs", "lease", "none", "The service does not see a worker die"),
        ("ironmq", "lease", "none", "A message that is not deleted within its reservation"),
        ("beanstalkd", "lease", "none", "A job that is not deleted before its time to run is over"),
        // What comes back goes to the wrong end.
        ("beanstalkd", "requeue", "tail", "A released job goes before newer ones"),
        ("rabbitmq", "requeue", "tail", "With manual acks what a consumer held goes back to its place"),
        ("kestrel", "requeue", "place", "A connection that breaks puts its item back at the head"),
        (
            "rabbitmq",
            "requeue",
            "place",
            "A quorum queue hands out what came back in the order in which it did",
        ),
        // Confirmed before the flush.
        ("beanstalkd", "durability", "written", "With -f0 each write is flushed"),
        ("activemq", "durability", "written", "A persistent send returns after the disk's flush"),
        ("artemis", "durability", "written", "A durable send blocks until the journal is flushed"),
        ("rabbitmq", "durability", "written", "A quorum queue confirms when a majority has flushed"),
        // Those in sync not waited for.
        ("kafka", "confirms", "leader", "Below min.insync.replicas a leader refuses records"),
        ("kafka", "min-insync", "1", "Below min.insync.replicas a leader refuses records"),
        ("kafka", "unclean", "yes", "When nobody in sync lives nobody leads"),
        // Groups are not locked, or not pinned.
        ("sqs", "groups", "free", "FIFO: a group is locked"),
        ("activemq", "groups", "free", "All messages of a group go to the same consumer"),
        ("artemis", "groups", "free", "A group's messages go to one consumer"),
        // Nobody remembers what was stored.
        ("kafka", "dedup", "none", "The producer is idempotent"),
        ("rabbitmq", "dedup", "3600s", "A quorum queue does not know a message again"),
        ("sqs", "dedup", "none", "FIFO: a message that is sent again within five minutes"),
        ("artemis", "dedup-count", "none", "A message that carries an id and is sent again is taken once"),
        // And the rules that came with these behaviours.
        ("celery", "on-failure", "nack", "With acks_late a killed child's task is acked all the same"),
        ("celery", "on-failure", "ack", "The safest setting hands a killed child's task out again"),
        ("celery", "ack", "last", "With an early ack, the default, a crash loses the task"),
        (
            "beanstalkd",
            "late-ack",
            "nothing",
            "A late worker's delete succeeds while the job is merely ready",
        ),
        ("beanstalkd", "priority", "none", "A job of a smaller priority number is reserved first"),
        ("rabbitmq", "bound-counts", "all", "max-length counts what is ready"),
        ("rabbitmq", "limit-counts", "all", "From 4.3 on what a consumer gives back does not count"),
        ("rabbitmq", "active", "all", "A single active consumer keeps the order"),
        ("activemq", "active", "all", "An exclusive consumer keeps the order"),
        ("rabbitmq", "parted", "ignore", "With pause_minority the smaller side stands still"),
        ("rabbitmq", "parted", "ignore", "With pause_minority a node that stands still goes on"),
        ("sqs", "in-flight-limit", "1", "FIFO: groups are received beside each other"),
        ("activemq", "redelivery-delay", "0s", "A message is delivered again six times, a second apart"),
        ("sqs", "in-flight-limit", "none", "While as many messages are in flight as may be"),
        ("sqs", "expiry", "none", "A message that nobody receives within the retention period"),
        ("sqs", "stale-copies", "catches-up", "Standard: a copy on a server that could not be reached"),
    ] {
        let broken = broken_by(system, parameter, value);
        let found = broken.iter().any(|known| known.starts_with(says));
        assert!(found, "{system} with {parameter}={value}: these fail, and `{says}` does not: {broken:?}");
    }
}
