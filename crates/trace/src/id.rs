// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who and what: the ids that events speak of.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// A node of the run: its place in [`crate::Header::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(pub u16);

impl NodeId {
    /// The index into the header's list of nodes.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A message as its producer means it: sending it again does not change the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub u64);

/// One transmission over one link: each try and each duplicate is a packet of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PacketId(pub u64);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! travels_as_string {
    ($id:ident, $what:literal) => {
        impl Serialize for $id {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $id {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$id, D::Error> {
                number_from_string(deserializer, $what).map($id)
            }
        }
    };
}
travels_as_string!(MessageId, "a message's number");
travels_as_string!(PacketId, "a packet's number");

/// Reads a 64-bit number that was written as a string; `what` is named in the error.
pub(crate) fn number_from_string<'de, N: FromStr, D: Deserializer<'de>>(
    deserializer: D,
    what: &'static str,
) -> Result<N, D::Error> {
    struct Text<N>(&'static str, PhantomData<N>);

    impl<N: FromStr> Visitor<'_> for Text<N> {
        type Value = N;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{} as a string of digits, such as \"1200\"", self.0)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<N, E> {
            text.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
        }
    }

    deserializer.deserialize_str(Text(what, PhantomData))
}

/// `#[serde(with = "as_string")]` for a plain number of 64 bits.
pub(crate) mod as_string {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserializer, Serializer};

    pub fn serialize<N: Display, S: Serializer>(number: &N, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub fn deserialize<'de, N: FromStr, D: Deserializer<'de>>(deserializer: D) -> Result<N, D::Error> {
        super::number_from_string(deserializer, "a 64-bit number")
    }
}
