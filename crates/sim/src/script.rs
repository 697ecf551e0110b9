// SPDX-License-Identifier: MIT OR Apache-2.0
//! The grammar of fault scripts.
//!
//! ```text
//! script = [ entry { ";" entry } ]
//! entry  = "crash:" node at | "restart:" node at | "crash-machine:" node at | "lose-disk:" node at
//!        | "pause:" node at | "resume:" node at
//!        | "skew:" node "/" ["-"] span at          the node's clock is off by this much
//!        | "slow:" node "/" factor at              its work takes factor times as long; 1 is normal
//!        | ("cut:" | "cut-one-way:") nodes "/" nodes at
//!        | ("heal:" | "heal-one-way:") nodes "/" nodes at | "heal" at
//!        | "set:" parameter "=" value at
//!        | "fork:" number at
//!        | ("drop:" | "duplicate:") node "/" node "/" kind "/" nth
//!        | "delay:" node "/" node "/" kind "/" nth "/" span
//! nodes  = node { "," node }
//! at     = "@" span        span = 250us, 12.5ms, 1.25s, …
//! ```

use std::fmt;
use std::str::FromStr;

use trace::Time;

use crate::{Fault, PacketFault};

/// The most entries of a script.
pub const MAX_FAULTS: usize = 256;

const VERBS: &str = "crash, restart, crash-machine, lose-disk, pause, resume, skew, slow, cut, cut-one-way, heal, \
                     heal-one-way, set, fork, drop, duplicate or delay";

/// What goes wrong in a run, and when. Entries keep the order they were written in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaultScript {
    /// The entries.
    pub faults: Vec<Fault>,
}

/// Why a text is not a fault script.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{part}` at character {position} of the fault script: {why}")]
pub struct ScriptError {
    /// Where the part begins, in characters from 1.
    pub position: usize,
    /// The part that is wrong.
    pub part: String,
    /// What is wrong with it, and what would be right.
    pub why: String,
}

impl FaultScript {
    /// The script without faults.
    pub const NONE: FaultScript = FaultScript { faults: Vec::new() };

    /// Whether nothing goes wrong.
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// This script with one entry more.
    pub fn with(&self, fault: Fault) -> FaultScript {
        let mut faults = self.faults.clone();
        faults.push(fault);
        FaultScript { faults }
    }
}

impl fmt::Display for FaultScript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, fault) in self.faults.iter().enumerate() {
            if n > 0 {
                f.write_str(";")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl FromStr for FaultScript {
    type Err = ScriptError;

    fn from_str(text: &str) -> Result<FaultScript, ScriptError> {
        let mut faults = Vec::new();
        for part in parts(text, 0, ';').filter(|part| !part.text.is_empty()) {
            if faults.len() == MAX_FAULTS {
                return Err(part.error(format!("a script has at most {MAX_FAULTS} entries")));
            }
            faults.push(entry(part)?);
        }
        Ok(FaultScript { faults })
    }
}

/// A piece of the text that knows where it stands, so that an error can say so.
#[derive(Clone, Copy)]
struct Part<'a> {
    text: &'a str,
    offset: usize,
    whole: &'a str,
}

fn parts(text: &str, offset: usize, separator: char) -> impl Iterator<Item = Part<'_>> {
    split(Part { text, offset, whole: text }, separator)
}

fn split(part: Part<'_>, separator: char) -> impl Iterator<Item = Part<'_>> {
    let mut offset = part.offset;
    part.text.split(separator).map(move |text| {
        let piece = Part { text, offset, whole: part.whole };
        offset += text.len() + separator.len_utf8();
        piece
    })
}

impl<'a> Part<'a> {
    fn error(self, why: impl Into<String>) -> ScriptError {
        let position = self.whole.get(..self.offset).map_or(0, |before| before.chars().count()) + 1;
        ScriptError { position, part: self.text.to_owned(), why: why.into() }
    }

    fn split_once(self, separator: char) -> Option<(Part<'a>, Part<'a>)> {
        let at = self.text.find(separator)?;
        Some((self.take(0, at), self.take(at + separator.len_utf8(), self.text.len())))
    }

    fn take(self, from: usize, to: usize) -> Part<'a> {
        Part { text: &self.text[from..to], offset: self.offset + from, whole: self.whole }
    }

    fn name(self) -> Result<String, ScriptError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if self.text.is_empty() || self.text.len() > 64 || !self.text.chars().all(fits) {
            return Err(
                self.error("here should be a name of letters, digits and hyphens, such as consumer-1")
            );
        }
        Ok(self.text.to_owned())
    }

    fn names(self) -> Result<Vec<String>, ScriptError> {
        split(self, ',').map(Part::name).collect()
    }

    fn time(self) -> Result<Time, ScriptError> {
        self.text
            .parse()
            .map_err(|_| self.error("this is not a time; write a number and a unit, such as 1.25s or 200ms"))
    }

    fn number(self, what: &str) -> Result<u64, ScriptError> {
        self.text.parse().map_err(|_| self.error(format!("here should be {what}, a whole number such as 3")))
    }
}

fn entry(part: Part<'_>) -> Result<Fault, ScriptError> {
    let (verb, rest) = match part.split_once(':') {
        Some((verb, rest)) => (verb, rest),
        None if part.text.starts_with("heal@") => {
            let at = part.take(5, part.text.len()).time()?;
            return Ok(Fault::Heal { from: Vec::new(), to: Vec::new(), one_way: false, at });
        }
        None => return Err(part.error(format!("an entry begins with what happens and a colon: {VERBS}"))),
    };
    match verb.text {
        "drop" | "duplicate" | "delay" => packet_entry(verb.text, rest),
        "crash" | "restart" | "crash-machine" | "lose-disk" | "pause" | "resume" | "skew" | "slow"
        | "cut" | "cut-one-way" | "heal" | "heal-one-way" | "set" | "fork" => timed_entry(verb.text, rest),
        _ => Err(verb.error(format!("there is no such fault; there are {VERBS}"))),
    }
}

fn timed_entry(verb: &str, rest: Part<'_>) -> Result<Fault, ScriptError> {
    let (what, at) = rest
        .split_once('@')
        .ok_or_else(|| rest.error("the moment is missing: end with @ and a time, such as @1.2s"))?;
    let at = at.time()?;
    let two = |example: &str| {
        what.split_once('/')
            .ok_or_else(|| what.error(format!("a slash and a second part are missing, as in {example}")))
    };
    Ok(match verb {
        "crash" => Fault::Crash(what.name()?, at),
        "restart" => Fault::Restart(what.name()?, at),
        "crash-machine" => Fault::CrashMachine(what.name()?, at),
        "lose-disk" => Fault::LoseDisk(what.name()?, at),
        "pause" => Fault::Pause(what.name()?, at),
        "resume" => Fault::Resume(what.name()?, at),
        "skew" => {
            let (node, offset) = two("skew:consumer-1/500ms@1s")?;
            Fault::Skew(node.name()?, signed(offset)?, at)
        }
        "slow" => {
            let (node, factor) = two("slow:consumer-1/4@1s")?;
            Fault::Slow(node.name()?, permille(factor)?, at)
        }
        "cut" | "cut-one-way" => {
            let (from, to) = two("cut:queue/consumer-1@1s")?;
            Fault::Cut { from: from.names()?, to: to.names()?, one_way: verb == "cut-one-way", at }
        }
        "heal" | "heal-one-way" => {
            let (from, to) = two("heal:queue/consumer-1@2s")?;
            Fault::Heal { from: from.names()?, to: to.names()?, one_way: verb == "heal-one-way", at }
        }
        "set" => {
            let (name, value) = what
                .split_once('=')
                .ok_or_else(|| what.error("write set:name=value@time, as in set:rate=40@2s"))?;
            if value.text.is_empty() || value.text.len() > 64 {
                return Err(value.error("here should be the parameter's new value"));
            }
            Fault::Set { name: name.name()?, value: value.text.to_owned(), at }
        }
        _ => Fault::Fork(what.number("which future this is")?, at),
    })
}

fn packet_entry(verb: &str, rest: Part<'_>) -> Result<Fault, ScriptError> {
    let fields: Vec<Part<'_>> = split(rest, '/').collect();
    let (link, delay) = match (verb, fields.as_slice()) {
        ("delay", [from, to, kind, nth, span]) => ([*from, *to, *kind, *nth], Some(*span)),
        ("drop" | "duplicate", [from, to, kind, nth]) => ([*from, *to, *kind, *nth], None),
        ("delay", _) => {
            return Err(rest.error(
                "write delay:sender/receiver/kind/nth/time, as in delay:queue/consumer-1/deliver/3/200ms",
            ));
        }
        _ => {
            return Err(rest.error(format!(
                "write {verb}:sender/receiver/kind/nth, as in {verb}:queue/consumer-1/deliver/3"
            )));
        }
    };
    let [from, to, kind, nth] = link;
    let count = nth.number("which packet of this kind")?;
    let nth = u32::try_from(count)
        .ok()
        .filter(|n| *n > 0)
        .ok_or_else(|| nth.error("packets are counted from 1"))?;
    let what = match (verb, delay) {
        (_, Some(span)) => PacketFault::Delay(span.time()?),
        ("drop", None) => PacketFault::Drop,
        (_, None) => PacketFault::Duplicate,
    };
    Ok(Fault::Packet { from: from.name()?, to: to.name()?, kind: kind.name()?, nth, what })
}

fn signed(part: Part<'_>) -> Result<i64, ScriptError> {
    let (negative, digits) = match part.text.strip_prefix('-') {
        Some(rest) => (true, Part { text: rest, offset: part.offset + 1, whole: part.whole }),
        None => (false, part),
    };
    let span = i64::try_from(digits.time()?.0).map_err(|_| part.error("at most 292 years"))?;
    Ok(if negative { -span } else { span })
}

fn permille(part: Part<'_>) -> Result<u32, ScriptError> {
    let wrong = || part.error("here should be a factor from 0.001 to 1000000, such as 4 or 0.5");
    let (whole, decimals) = part.text.split_once('.').unwrap_or((part.text, "0"));
    let digits = |t: &str, most| !t.is_empty() && t.len() <= most && t.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole, 7) || !digits(decimals, 3) {
        return Err(wrong());
    }
    let whole: u64 = whole.parse().map_err(|_| wrong())?;
    let rest: u64 = format!("{decimals:0<3}").parse().map_err(|_| wrong())?;
    let permille = u32::try_from(whole * 1_000 + rest).map_err(|_| wrong())?;
    if (1..=1_000_000_000).contains(&permille) { Ok(permille) } else { Err(wrong()) }
}
