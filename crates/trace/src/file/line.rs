// SPDX-License-Identifier: MIT OR Apache-2.0
//! The lines of a trace file: one table of events and their fields, read by the writer and by the reader.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::json::{self, Json};
use super::{Header, NodeInfo, Role};
use crate::{Bound, DropReason, Ending, Event, MessageId, NodeId, PacketId, PacketKind, Refusal, Time, What};

/// What can stand in a field.
trait Field: Sized {
    /// In words, for errors.
    const IS: &'static str;
    fn put(&self, out: &mut String);
    fn take(json: &Json<'_>) -> Option<Self>;
}

/// The fields of a line that is being read.
struct Fields<'t>(Vec<(Cow<'t, str>, Json<'t>)>);

impl<'t> Fields<'t> {
    fn of(line: &'t str) -> Result<Fields<'t>, String> {
        match json::read(line)? {
            Json::Object(fields) => Ok(Fields(fields)),
            _ => Err("it should be an object, in braces".to_owned()),
        }
    }

    fn take<F: Field>(&self, name: &str) -> Result<F, String> {
        let Some((_, json)) = self.0.iter().find(|(known, _)| known == name) else {
            // Optional fields may be left out.
            return F::take(&Json::Null).ok_or_else(|| ["the field `", name, "` is missing"].concat());
        };
        F::take(json).ok_or_else(|| ["`", name, "` should be ", F::IS].concat())
    }
}

fn put_field<F: Field>(out: &mut String, name: &str, value: &F) {
    out.push_str(",\"");
    out.push_str(name);
    out.push_str("\":");
    value.put(out);
}

/// Each event, its name in the file, its fields in the order in which they are written. An event that is missing here does
/// not compile.
macro_rules! events {
    ($($name:literal $variant:ident { $($field:ident),* })*) => {
        fn put_what(out: &mut String, what: &What) {
            match what {
                $(What::$variant { $($field),* } => {
                    out.push_str(concat!("\"", $name, "\""));
                    $(put_field(out, stringify!($field), $field);)*
                })*
            }
        }

        fn take_what(fields: &Fields<'_>) -> Result<What, String> {
            let Name(name) = fields.take("event")?;
            match &*name {
                $($name => Ok(What::$variant { $($field: fields.take(stringify!($field))?),* }),)*
                other => Err(["there is no event `", other, "`"].concat()),
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
    let fields = Fields::of(line)?;
    Ok(Event { at: fields.take("at")?, what: take_what(&fields)? })
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
    let Small(version) = Fields::of(line)?.take("inflight_trace")?;
    Ok(version)
}

pub(super) fn take_header(line: &str) -> Result<Header, String> {
    let fields = Fields::of(line)?;
    Ok(Header {
        inflight_trace: fields.take("inflight_trace")?,
        tool: fields.take("tool")?,
        scenario: fields.take("scenario")?,
        seed: fields.take("seed")?,
        parameters: fields.take("parameters")?,
        faults: fields.take("faults")?,
        nodes: fields.take("nodes")?,
    })
}

fn text<'j>(json: &'j Json<'_>) -> Option<&'j str> {
    match json {
        Json::Text(text) => Some(text),
        _ => None,
    }
}

/// The name of an event, read only.
struct Name(String);

impl Field for Name {
    const IS: &'static str = "the name of an event";
    fn put(&self, out: &mut String) {
        json::write_text(out, &self.0);
    }
    fn take(json: &Json<'_>) -> Option<Name> {
        text(json).map(|name| Name(name.to_owned()))
    }
}

/// A number of any size that stands without quotation marks.
struct Small(u64);

impl Field for Small {
    const IS: &'static str = "a whole number";
    fn put(&self, out: &mut String) {
        out.push_str(&self.0.to_string());
    }
    fn take(json: &Json<'_>) -> Option<Small> {
        match json {
            // JSON writes numbers in one way only: without a sign or a zero before them.
            Json::Number(digits) if *digits == "0" || !digits.starts_with(['0', '+']) => {
                digits.parse().ok().map(Small)
            }
            _ => None,
        }
    }
}

macro_rules! small_numbers {
    ($($type:ty),*) => { $(
        impl Field for $type {
            const IS: &'static str = Small::IS;
            fn put(&self, out: &mut String) {
                Small(u64::from(*self)).put(out);
            }
            fn take(json: &Json<'_>) -> Option<$type> {
                <$type>::try_from(Small::take(json)?.0).ok()
            }
        }
    )* };
}
small_numbers!(u16, u32);

/// JavaScript loses whole numbers above 2^53, so 64-bit numbers travel as strings.
macro_rules! large_numbers {
    ($($type:ty),*) => { $(
        impl Field for $type {
            const IS: &'static str = "a 64-bit number as a string of digits, such as \"1200\"";
            fn put(&self, out: &mut String) {
                json::write_text(out, &self.to_string());
            }
            fn take(json: &Json<'_>) -> Option<$type> {
                text(json)?.parse().ok()
            }
        }
    )* };
}
large_numbers!(u64, i64);

/// A number in a type of its own is written as the number.
macro_rules! wrapped_numbers {
    ($($type:ident $is:literal),*) => { $(
        impl Field for $type {
            const IS: &'static str = $is;
            fn put(&self, out: &mut String) {
                self.0.put(out);
            }
            fn take(json: &Json<'_>) -> Option<$type> {
                Field::take(json).map($type)
            }
        }
    )* };
}
wrapped_numbers!(
    NodeId "the number of a node",
    MessageId "a message's number as a string of digits, such as \"12\"",
    PacketId "a packet's number as a string of digits, such as \"12\"",
    Time "nanoseconds as a string of digits, such as \"1200\""
);

impl Field for bool {
    const IS: &'static str = "true or false";
    fn put(&self, out: &mut String) {
        out.push_str(if *self { "true" } else { "false" });
    }
    fn take(json: &Json<'_>) -> Option<bool> {
        match json {
            Json::Bool(value) => Some(*value),
            _ => None,
        }
    }
}

impl Field for String {
    const IS: &'static str = "a text";
    fn put(&self, out: &mut String) {
        json::write_text(out, self);
    }
    fn take(json: &Json<'_>) -> Option<String> {
        text(json).map(str::to_owned)
    }
}

impl Field for PacketKind {
    const IS: &'static str = "the kind of a packet, a text";
    fn put(&self, out: &mut String) {
        json::write_text(out, self.as_str());
    }
    fn take(json: &Json<'_>) -> Option<PacketKind> {
        text(json).map(|kind| PacketKind(Cow::Owned(kind.to_owned())))
    }
}

impl<F: Field> Field for Option<F> {
    const IS: &'static str = F::IS;
    fn put(&self, out: &mut String) {
        match self {
            Some(value) => value.put(out),
            None => out.push_str("null"),
        }
    }
    fn take(json: &Json<'_>) -> Option<Option<F>> {
        match json {
            Json::Null => Some(None),
            json => F::take(json).map(Some),
        }
    }
}

impl<F: Field> Field for Vec<F> {
    const IS: &'static str = "a list";
    fn put(&self, out: &mut String) {
        out.push('[');
        for (n, value) in self.iter().enumerate() {
            if n > 0 {
                out.push(',');
            }
            value.put(out);
        }
        out.push(']');
    }
    fn take(json: &Json<'_>) -> Option<Vec<F>> {
        match json {
            Json::List(list) => list.iter().map(F::take).collect(),
            _ => None,
        }
    }
}

impl Field for BTreeMap<String, String> {
    const IS: &'static str = "an object of texts";
    fn put(&self, out: &mut String) {
        out.push('{');
        for (n, (name, value)) in self.iter().enumerate() {
            if n > 0 {
                out.push(',');
            }
            json::write_text(out, name);
            out.push(':');
            json::write_text(out, value);
        }
        out.push('}');
    }
    fn take(json: &Json<'_>) -> Option<BTreeMap<String, String>> {
        let Json::Object(entries) = json else { return None };
        entries.iter().map(|(name, value)| Some((name.to_string(), text(value)?.to_owned()))).collect()
    }
}

impl Field for NodeInfo {
    const IS: &'static str = "a node with its `name` and `role`";
    fn put(&self, out: &mut String) {
        out.push_str("{\"name\":");
        self.name.put(out);
        put_field(out, "role", &self.role);
        out.push('}');
    }
    fn take(json: &Json<'_>) -> Option<NodeInfo> {
        let Json::Object(entries) = json else { return None };
        let entry = |name: &str| entries.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        Some(NodeInfo { name: String::take(entry("name")?)?, role: Role::take(entry("role")?)? })
    }
}

/// Words that stand for values.
macro_rules! words {
    ($($type:ident { $($variant:ident $word:literal),* })*) => { $(
        impl Field for $type {
            const IS: &'static str = concat!("one of" $(, " `", $word, "`")*);
            fn put(&self, out: &mut String) {
                json::write_text(out, match self { $($type::$variant => $word),* });
            }
            fn take(json: &Json<'_>) -> Option<$type> {
                match text(json)? {
                    $($word => Some($type::$variant),)*
                    _ => None,
                }
            }
        }
    )* };
}

words! {
    Role { Producer "producer", Queue "queue", Consumer "consumer", Store "store", Other "other" }
    Bound { Steps "steps", Time "time", Pending "pending", Events "events" }
    DropReason { Loss "loss", Script "script", Cut "cut", Down "down" }
    Refusal {
        Full "full", DroppedOldest "dropped-oldest", DroppedNewest "dropped-newest", GaveUp "gave-up"
    }
}

impl Field for Ending {
    const IS: &'static str = "\"finished\", or {\"unfinished\": …} with the bound that was reached";
    fn put(&self, out: &mut String) {
        match self {
            Ending::Finished => out.push_str("\"finished\""),
            Ending::Unfinished(bound) => {
                out.push_str("{\"unfinished\":");
                bound.put(out);
                out.push('}');
            }
        }
    }
    fn take(json: &Json<'_>) -> Option<Ending> {
        match json {
            Json::Text(word) if word == "finished" => Some(Ending::Finished),
            Json::Object(entries) => match &entries[..] {
                [(name, bound)] if name == "unfinished" => Bound::take(bound).map(Ending::Unfinished),
                _ => None,
            },
            _ => None,
        }
    }
}
