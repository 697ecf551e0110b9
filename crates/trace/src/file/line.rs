// SPDX-License-Identifier: MIT OR Apache-2.0
//! The lines of a trace file: one table of events and their fields, read by the writer and by the reader.

use std::borrow::Cow;

use super::Header;
use super::field::{Field, Small, put_field};
use super::json::{self, Json};
use crate::{Ending, Event, What};

/// The fields of a line that is being read. What is wrong is kept, not answered: two dozen events with an exit behind each of
/// their fields would be thrice the code.
struct Fields<'t> {
    entries: Vec<(Cow<'t, str>, Json<'t>)>,
    /// The first thing that is wrong.
    fault: Option<String>,
}

impl<'t> Fields<'t> {
    fn of(line: &'t str) -> Result<Fields<'t>, String> {
        match json::read(line)? {
            Json::Object(entries) => Ok(Fields { entries, fault: None }),
            _ => Err("it should be an object, in braces".to_owned()),
        }
    }

    /// A field's value, or any where there is a fault.
    fn take<F: Field>(&mut self, name: &str) -> F {
        // Optional fields may be left out.
        match F::take(self.find(name).unwrap_or(&Json::Null)) {
            Some(value) => value,
            None => {
                self.blame(name, F::IS);
                F::any()
            }
        }
    }

    fn find(&self, name: &str) -> Option<&Json<'t>> {
        self.entries.iter().find(|(known, _)| known == name).map(|(_, json)| json)
    }

    fn blame(&mut self, name: &str, is: &str) {
        let why = match self.find(name) {
            Some(_) => ["`", name, "` should be ", is].concat(),
            None => ["the field `", name, "` is missing"].concat(),
        };
        self.fault.get_or_insert(why);
    }

    /// What was made of the fields, if nothing was wrong with them.
    fn done<T>(self, made: T) -> Result<T, String> {
        match self.fault {
            Some(why) => Err(why),
            None => Ok(made),
        }
    }
}

/// Each event, its name in the file, its fields in the order in which they are written. An event that is missing here does
/// not compile.
macro_rules! events {
    ($($name:literal $variant:ident { $($field:ident),* })*) => {
        impl What {
            /// What a trace file calls this event: `lease-expired`.
            pub fn name(&self) -> &'static str {
                match self { $(What::$variant { .. } => $name),* }
            }
        }

        fn put_what(out: &mut String, what: &What) {
            json::write_text(out, what.name());
            match what {
                $(What::$variant { $($field),* } => {
                    $(put_field(out, stringify!($field), $field);)*
                })*
            }
        }

        fn take_what(fields: &mut Fields<'_>) -> What {
            let name: String = fields.take("event");
            match &*name {
                $($name => What::$variant { $($field: fields.take(stringify!($field))),* },)*
                other => {
                    fields.fault.get_or_insert_with(|| ["there is no event `", other, "`"].concat());
                    What::Ended { how: Ending::Finished }
                }
            }
        }
    };
}

events! {
    "offered" Offered { producer, message, seq, key }
    "sent" Sent { packet, from, to, kind, nth, message, attempt }
    "arrived" Arrived { packet }
    "dropped" Dropped { packet, why }
    "duplicated" Duplicated { packet, copy }
    "stored" Stored { node, message }
    "replicated" Replicated { node, message }
    "discarded" Discarded { node, message }
    "leads" Leads { node, term, leads }
    "flushed" Flushed { node, writes }
    "confirmed" Confirmed { producer, message }
    "refused" Refused { node, message, why }
    "handed" Handed { node, consumer, message, attempt, lease_until }
    "started" Started { node, message, attempt }
    "finished" Finished { node, message, attempt }
    "applied" Applied { node, message, attempt }
    "balance" Balance { node, ledger, account, message, amount }
    "acked" Acked { node, message, attempt }
    "nacked" Nacked { node, message, attempt }
    "lease-expired" LeaseExpired { node, message, attempt }
    "held" Held { node, consumer, message, attempt }
    "requeued" Requeued { node, message, ahead }
    "dead-lettered" DeadLettered { node, message, attempts }
    "crashed" Crashed { node, machine }
    "restarted" Restarted { node }
    "disk-lost" DiskLost { node }
    "paused" Paused { node }
    "resumed" Resumed { node }
    "skewed" Skewed { node, offset_ns }
    "slowed" Slowed { node, permille }
    "cut" Cut { from, to, one_way }
    "healed" Healed { from, to, one_way }
    "parameter-set" ParameterSet { name, value }
    "forked" Forked { future }
    "note" Note { node, text }
    "ended" Ended { how }
}

pub(super) fn put_event(out: &mut String, event: &Event) {
    out.push_str("{\"at\":");
    event.at.put(out);
    out.push_str(",\"event\":");
    put_what(out, &event.what);
    out.push('}');
}

pub(super) fn take_event(line: &str) -> Result<Event, String> {
    let mut fields = Fields::of(line)?;
    let event = Event { at: fields.take("at"), what: take_what(&mut fields) };
    fields.done(event)
}

pub(super) fn put_header(out: &mut String, header: &Header) {
    out.push_str("{\"inflight_trace\":");
    header.inflight_trace.put(out);
    put_field(out, "tool", &header.tool);
    put_field(out, "scenario", &header.scenario);
    put_field(out, "seed", &header.seed);
    put_field(out, "parameters", &header.parameters);
    put_field(out, "faults", &header.faults);
    put_field(out, "nodes", &header.nodes);
    out.push('}');
}

/// What stands first in a header: which fields follow depends on it.
pub(super) fn take_version(line: &str) -> Result<u64, String> {
    let mut fields = Fields::of(line)?;
    let Small(version) = fields.take("inflight_trace");
    fields.done(version)
}

pub(super) fn take_header(line: &str) -> Result<Header, String> {
    let mut fields = Fields::of(line)?;
    let header = Header {
        inflight_trace: fields.take("inflight_trace"),
        tool: fields.take("tool"),
        scenario: fields.take("scenario"),
        seed: fields.take("seed"),
        parameters: fields.take("parameters"),
        faults: fields.take("faults"),
        nodes: fields.take("nodes"),
    };
    fields.done(header)
}
