// SPDX-License-Identifier: MIT OR Apache-2.0
//! The trace file: every event comes back as it was, and what is wrong is said with line and reason.

use std::collections::BTreeMap;

use trace::{
    Bound, DropReason, Ending, Event, FORMAT_VERSION, FileError, Header, MessageId, NodeId, NodeInfo,
    PacketId, PacketKind, Refusal, Role, Time, Trace, What,
};

const LARGE: u64 = u64::MAX;

/// One of each event, with values that a careless writer would lose.
fn everything() -> Vec<What> {
    let (node, message, attempt) = (NodeId(1), MessageId(LARGE), u32::MAX);
    vec![
        What::Offered { producer: NodeId(0), message, seq: LARGE, key: 7 },
        What::Sent {
            packet: PacketId(1),
            from: NodeId(0),
            to: node,
            kind: PacketKind::new("publish"),
            nth: 1,
            message: None,
            attempt: 0,
        },
        What::Arrived { packet: PacketId(LARGE) },
        What::Dropped { packet: PacketId(1), why: DropReason::Script },
        What::Duplicated { packet: PacketId(1), copy: PacketId(2) },
        What::Stored { node, message },
        What::Flushed { node, writes: 3 },
        What::Confirmed { producer: NodeId(0), message },
        What::Refused { node, message, why: Refusal::DroppedOldest },
        What::Handed { node, consumer: NodeId(2), message, attempt, lease_until: Some(Time(LARGE)) },
        What::Handed { node, consumer: NodeId(2), message, attempt, lease_until: None },
        What::Started { node, message, attempt },
        What::Finished { node, message, attempt },
        What::Applied { node, message, attempt },
        What::Balance { node, ledger: 1, account: 2, message: Some(message), amount: i64::MIN },
        What::Acked { node, message, attempt },
        What::Nacked { node, message, attempt },
        What::LeaseExpired { node, message, attempt },
        What::Requeued { node, message, ahead: 4 },
        What::DeadLettered { node, message, attempts: 5 },
        What::Crashed { node, machine: true },
        What::Restarted { node },
        What::DiskLost { node },
        What::Paused { node },
        What::Resumed { node },
        What::Skewed { node, offset_ns: -5 },
        What::Slowed { node, permille: 4000 },
        What::Cut { from: vec![NodeId(0), node], to: vec![NodeId(2)], one_way: true },
        What::Healed { from: vec![], to: vec![], one_way: false },
        What::ParameterSet { name: "rate".to_owned(), value: "40".to_owned() },
        What::Forked { future: LARGE },
        What::Note { node: Some(node), text: "says \"no\"\\\n\u{1} → ends".to_owned() },
        What::Note { node: None, text: String::new() },
        What::Ended { how: Ending::Unfinished(Bound::Steps) },
    ]
}

fn trace() -> Trace {
    let node = |name: &str, role| NodeInfo { name: name.to_owned(), role };
    let header = Header {
        inflight_trace: FORMAT_VERSION,
        tool: "a test".to_owned(),
        scenario: "order/none".to_owned(),
        seed: LARGE,
        parameters: BTreeMap::from([("rate".to_owned(), "4".to_owned())]),
        faults: "crash:queue@1s".to_owned(),
        nodes: vec![
            node("producer", Role::Producer),
            node("queue", Role::Queue),
            node("c \"1\"", Role::Consumer),
        ],
    };
    let events = everything().into_iter().zip(0..).map(|(what, at)| Event { at: Time(at), what }).collect();
    Trace { header, events }
}

/// What `serde_json` made of this line before the format had a writer of its own: files of then are read, and hashes hold.
#[test]
fn lines_are_written_as_ever() {
    let text = trace().to_json_lines();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        r#"{"inflight_trace":2,"tool":"a test","scenario":"order/none","seed":"18446744073709551615","parameters":{"rate":"4"},"faults":"crash:queue@1s","nodes":[{"name":"producer","role":"producer"},{"name":"queue","role":"queue"},{"name":"c \"1\"","role":"consumer"}]}"#
    );
    assert_eq!(
        lines[2],
        r#"{"at":"1","event":"sent","packet":"1","from":0,"to":1,"kind":"publish","nth":1,"message":null,"attempt":0}"#
    );
    assert_eq!(
        lines[32],
        "{\"at\":\"31\",\"event\":\"note\",\"node\":1,\"text\":\"says \\\"no\\\"\\\\\\n\\u0001 → ends\"}"
    );
    assert_eq!(lines.last(), Some(&r#"{"at":"33","event":"ended","how":{"unfinished":"steps"}}"#));
    for line in lines {
        serde_json::from_str::<serde_json::Value>(line).expect("every line is JSON to others, too");
    }
}

#[test]
fn every_event_comes_back_as_it_was() {
    let trace = trace();
    assert_eq!(Trace::from_json_lines(&trace.to_json_lines()), Ok(trace));
}

#[test]
fn every_event_comes_back_from_within_other_data() {
    let events = trace().events;
    let text = serde_json::to_string(&events).expect("events are written");
    assert_eq!(serde_json::from_str::<Vec<Event>>(&text).expect("and read"), events);
}

#[test]
fn order_of_fields_and_fields_of_others_do_not_matter() {
    let text = trace().to_json_lines();
    let text = text.replacen(
        r#"{"at":"2","event":"arrived","packet":"18446744073709551615"}"#,
        r#" { "packet" : "3", "colour" : [ { "of" : 1.5e3 } ] , "event" : "arrived", "at" : "2" } "#,
        1,
    );
    let read = Trace::from_json_lines(&text).expect("it is a trace");
    assert_eq!(read.events[2], Event { at: Time(2), what: What::Arrived { packet: PacketId(3) } });
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let text = trace().to_json_lines();
    let with = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        Trace::from_json_lines(&text.replacen(from, to, 1)).expect_err(to).to_string()
    };
    let wrong = [
        (
            r#""event":"arrived""#,
            r#""event":"arived""#,
            "line 4 of the trace file is damaged: there is no event `arived`",
        ),
        (r#","writes":3"#, "", "line 8 of the trace file is damaged: the field `writes` is missing"),
        (
            r#""writes":3"#,
            r#""writes":4294967296"#,
            "line 8 of the trace file is damaged: `writes` should be a whole number",
        ),
        (r#""writes":3"#, r#""writes":"3""#, "`writes` should be a whole number"),
        (r#""writes":3"#, r#""writes":03"#, "`writes` should be a whole number"),
        (
            r#""writes":3"#,
            r#""writes":3,"writes":4"#,
            "line 8 of the trace file is damaged: this name stands twice in its object (column ",
        ),
        (r#""at":"7""#, r#""at":7"#, "`at` should be nanoseconds as a string of digits, such as \"1200\""),
        (
            r#""why":"dropped-oldest""#,
            r#""why":"tired""#,
            "one of `full` `dropped-oldest` `dropped-newest` `expired` `too-few-replicas` `gave-up`",
        ),
        (r#""at":"7""#, r#""at":"5""#, "line 9 of the trace file is out of order"),
        (
            r#""from":[0,1]"#,
            r#""from":[0,3]"#,
            "line 29 of the trace file speaks of node 3; the header lists 3 nodes",
        ),
        (
            r#""unfinished":"steps""#,
            r#""unfinished":"luck""#,
            "line 35 of the trace file is damaged: `how` should be \"finished\", or",
        ),
        (
            r#""inflight_trace":2"#,
            r#""inflight_trace":9"#,
            "this trace file has format version 9; this program reads version 2",
        ),
        (
            r#""inflight_trace":2,"#,
            "",
            "line 1 of the trace file is not a header: the field `inflight_trace` is missing",
        ),
    ];
    for (from, to, expected) in wrong {
        let said = with(from, to);
        assert!(said.contains(expected), "{said}\nis not\n{expected}");
    }
    assert_eq!(Trace::from_json_lines(""), Err(FileError::Empty));
    assert!(matches!(Trace::from_json_lines("[]"), Err(FileError::Header(_))));
}
