// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can stand in a field of a trace file's line, written and read.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::json::{self, Json};
use super::{NodeInfo, Role};
use crate::{Bound, DropReason, Ending, MessageId, NodeId, PacketId, PacketKind, Refusal, Time};

/// What can stand in a field.
pub(super) trait Field: Sized {
    /// In words, for errors.
    const IS: &'static str;
    /// Writes it.
    fn put(&self, out: &mut String);
    /// Reads it; nothing where something else stands.
    fn take(json: &Json<'_>) -> Option<Self>;
    /// Any value, for a line that is refused anyway.
    fn any() -> Self;
}

pub(super) fn put_field<F: Field>(out: &mut String, name: &str, value: &F) {
    out.push_str(",\"");
    out.push_str(name);
    out.push_str("\":");
    value.put(out);
}

fn text<'j>(json: &'j Json<'_>) -> Option<&'j str> {
    match json {
        Json::Text(text) => Some(text),
        _ => None,
    }
}

/// A number of any size that stands without quotation marks.
pub(super) struct Small(pub u64);

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
    fn any() -> Small {
        Small(0)
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
            fn any() -> $type {
                0
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
            fn any() -> $type {
                0
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
            fn any() -> $type {
                $type(0)
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
    fn any() -> bool {
        false
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
    fn any() -> String {
        String::new()
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
    fn any() -> PacketKind {
        PacketKind::new("")
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
    fn any() -> Option<F> {
        None
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
    fn any() -> Vec<F> {
        Vec::new()
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
        let mut map = BTreeMap::new();
        for (name, value) in entries {
            map.insert(name.to_string(), text(value)?.to_owned());
        }
        Some(map)
    }
    fn any() -> BTreeMap<String, String> {
        BTreeMap::new()
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
    fn any() -> NodeInfo {
        NodeInfo { name: String::new(), role: Role::Other }
    }
}

/// Words that stand for values.
macro_rules! words {
    ($($type:ident { $first:ident $first_word:literal $(, $variant:ident $word:literal)* })*) => { $(
        impl Field for $type {
            const IS: &'static str = concat!("one of `", $first_word, "`" $(, " `", $word, "`")*);
            fn put(&self, out: &mut String) {
                json::write_text(out, match self {
                    $type::$first => $first_word,
                    $($type::$variant => $word),*
                });
            }
            fn take(json: &Json<'_>) -> Option<$type> {
                match text(json)? {
                    $first_word => Some($type::$first),
                    $($word => Some($type::$variant),)*
                    _ => None,
                }
            }
            fn any() -> $type {
                $type::$first
            }
        }
    )* };
}

words! {
    Role { Producer "producer", Queue "queue", Consumer "consumer", Store "store", Other "other" }
    Bound { Steps "steps", Time "time", Pending "pending", Events "events" }
    DropReason { Loss "loss", Script "script", Cut "cut", Down "down" }
    Refusal {
        Full "full", DroppedOldest "dropped-oldest", DroppedNewest "dropped-newest", GaveUp "gave-up",
        TooFew "too-few"
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
    fn any() -> Ending {
        Ending::Finished
    }
}
