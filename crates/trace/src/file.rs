// SPDX-License-Identifier: MIT OR Apache-2.0
//! The trace file: JSON Lines, one header line, then one event a line.

mod field;
mod json;
mod line;
mod within;

use std::collections::BTreeMap;

use crate::{Ending, Event, NodeId, What};

/// The version this build writes, and the only one it reads.
pub const FORMAT_VERSION: u32 = 2;

/// The most events that a file may have: twice what a model's run is bounded by.
pub const MAX_EVENTS: usize = 2_000_000;

/// The largest file that can hold so many, in bytes: whoever reads files looks at the size first.
pub const MAX_FILE_BYTES: u64 = 512 << 20;

/// The first line of a trace file: which run this is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The file format, [`FORMAT_VERSION`].
    pub inflight_trace: u32,
    /// Who wrote it, such as `inflight 0.1.0`.
    pub tool: String,
    /// The scenario, such as `order/concurrent-consumers`.
    pub scenario: String,
    /// The seed of every random stream.
    pub seed: u64,
    /// Every parameter with its value, defaults included, as an address writes them.
    pub parameters: BTreeMap<String, String>,
    /// The fault script; empty without faults.
    pub faults: String,
    /// The nodes; a [`NodeId`] is a place in this list.
    pub nodes: Vec<NodeInfo>,
}

/// What a trace says about a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeInfo {
    /// Its name, such as `consumer-1`: what fault scripts and sentences call it.
    pub name: String,
    /// What it does in the run.
    pub role: Role,
}

/// What a node does. Painters give each role its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Sends messages.
    Producer,
    /// Keeps messages and hands them out.
    Queue,
    /// Works on messages.
    Consumer,
    /// Where asynchronous effects land.
    Store,
    /// Takes part otherwise, such as a controller.
    Other,
}

/// A run: its header and everything that happened, the last event being [`What::Ended`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Which run.
    pub header: Header,
    /// What happened, in order of time.
    pub events: Vec<Event>,
}

/// Why a trace file was refused. `line` counts from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Nothing there.
    #[error(
        "the trace file is empty; line 1 should be a header such as {{\"inflight_trace\":{FORMAT_VERSION}, …}}"
    )]
    Empty,
    /// The first line is not a header.
    #[error(
        "line 1 of the trace file is not a header: {0}; it should look like {{\"inflight_trace\":{FORMAT_VERSION}, …}}"
    )]
    Header(String),
    /// A format of another time.
    #[error("this trace file has format version {found}; this program reads version {FORMAT_VERSION}")]
    Version {
        /// What the file says.
        found: u64,
    },
    /// A line that is not an event.
    #[error("line {line} of the trace file is damaged: {why}")]
    Damaged {
        /// Where.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// A line whose time is before the line above it.
    #[error("line {line} of the trace file is out of order: its time is before that of the line above")]
    Backwards {
        /// Where.
        line: usize,
    },
    /// An event speaks of a node that the header does not list.
    #[error("line {line} of the trace file speaks of node {node}; the header lists {nodes} nodes, from 0")]
    UnknownNode {
        /// Where.
        line: usize,
        /// The node's number.
        node: u16,
        /// How many there are.
        nodes: usize,
    },
    /// Something stands behind the last event.
    #[error("line {line} of the trace file stands behind the `ended` event, which is the last one of a run")]
    GoesOn {
        /// Where.
        line: usize,
    },
    /// More events than any run has.
    #[error("line {line} of the trace file is one too many: a run has at most {MAX_EVENTS} events")]
    TooLong {
        /// Where.
        line: usize,
    },
    /// The last event is missing.
    #[error("the trace file stops at line {line} without an `ended` event: it was cut off; run it again")]
    CutOff {
        /// The last line there is.
        line: usize,
    },
}

impl Trace {
    /// The whole file as text, a newline after each line. The same run gives the same bytes on every machine.
    pub fn to_json_lines(&self) -> String {
        let mut text = String::with_capacity(self.events.len() * 96 + 512);
        line::put_header(&mut text, &self.header);
        text.push('\n');
        for event in &self.events {
            line::put_event(&mut text, event);
            text.push('\n');
        }
        text
    }

    /// Reads a file's text.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line: see [`FileError`].
    pub fn from_json_lines(text: &str) -> Result<Trace, FileError> {
        let mut lines = text.lines().enumerate().map(|(n, line)| (n + 1, line));
        let header = read_header(lines.next().ok_or(FileError::Empty)?.1)?;
        let mut events: Vec<Event> = Vec::new();
        let mut last_line = 1;
        for (line, json) in lines {
            if json.trim().is_empty() {
                continue;
            }
            if matches!(events.last(), Some(Event { what: What::Ended { .. }, .. })) {
                return Err(FileError::GoesOn { line });
            }
            if events.len() == MAX_EVENTS {
                return Err(FileError::TooLong { line });
            }
            let event = line::take_event(json).map_err(|why| FileError::Damaged { line, why })?;
            if events.last().is_some_and(|before| event.at < before.at) {
                return Err(FileError::Backwards { line });
            }
            let nodes = header.nodes.len();
            if let Some(node) = nodes_of(&event.what).into_iter().find(|n| n.index() >= nodes) {
                return Err(FileError::UnknownNode { line, node: node.0, nodes });
            }
            events.push(event);
            last_line = line;
        }
        let trace = Trace { header, events };
        if trace.ending().is_none() {
            return Err(FileError::CutOff { line: last_line });
        }
        Ok(trace)
    }

    /// How the run ended; `None` for a trace that is still being written.
    pub fn ending(&self) -> Option<Ending> {
        match self.events.last()?.what {
            What::Ended { how } => Some(how),
            _ => None,
        }
    }

    /// The name of a node, for sentences.
    pub fn name(&self, node: NodeId) -> &str {
        self.header.nodes.get(node.index()).map_or("?", |info| info.name.as_str())
    }

    /// A fingerprint of the file's bytes: equal runs have equal hashes on every target.
    pub fn hash(&self) -> u64 {
        hash_bytes(self.to_json_lines().as_bytes())
    }
}

fn read_header(line: &str) -> Result<Header, FileError> {
    // The version first, alone: a newer header may have fields that this build cannot read.
    let found = line::take_version(line).map_err(FileError::Header)?;
    if found != u64::from(FORMAT_VERSION) {
        return Err(FileError::Version { found });
    }
    line::take_header(line).map_err(FileError::Header)
}

fn nodes_of(what: &What) -> Vec<NodeId> {
    use What::*;
    match what {
        Sent { from, to, .. } => vec![*from, *to],
        Handed { node, consumer, .. } | Held { node, consumer, .. } => vec![*node, *consumer],
        Offered { producer, .. } | Confirmed { producer, .. } => vec![*producer],
        Cut { from, to, .. } | Healed { from, to, .. } => from.iter().chain(to).copied().collect(),
        Note { node, .. } => node.iter().copied().collect(),
        Stored { node, .. }
        | Replicated { node, .. }
        | Discarded { node, .. }
        | Leads { node, .. }
        | Flushed { node, .. }
        | Refused { node, .. }
        | Started { node, .. }
        | Finished { node, .. }
        | Applied { node, .. }
        | Balance { node, .. }
        | Acked { node, .. }
        | Nacked { node, .. }
        | LeaseExpired { node, .. }
        | Requeued { node, .. }
        | DeadLettered { node, .. }
        | Crashed { node, .. }
        | Restarted { node }
        | DiskLost { node }
        | Paused { node }
        | Resumed { node }
        | Skewed { node, .. }
        | Slowed { node, .. } => vec![*node],
        Arrived { .. }
        | Dropped { .. }
        | Duplicated { .. }
        | ParameterSet { .. }
        | Forked { .. }
        | Ended { .. } => Vec::new(),
    }
}

/// FNV-1a, 64 bits: small, the same everywhere, and enough to see that two files differ.
pub fn hash_bytes(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
