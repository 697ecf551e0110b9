// SPDX-License-Identifier: MIT OR Apache-2.0
//! What replicas note in a trace: it has no events of its own for elections, nor for what a log loses.

use std::fmt;

use trace::MessageId;

/// What a replica says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// It takes up the lead, in this epoch.
    Leads(u32),
    /// It follows another, in this epoch.
    Follows(u32),
    /// Its learner's code is told who is in sync: the bit of each one's place.
    InSync(u64, u16),
    /// Its learner's code is told how far a follower's log goes.
    Heard { follower: u64, offset: u64, epoch: u64 },
    /// A record is cut off its log, because the leader's log has another in that place.
    CutOff(MessageId),
    /// It appends a record though it does not lead.
    Unled(MessageId),
    /// It appends a record though too few are in sync.
    TooFew(MessageId),
}

const LEADS: &str = "it leads epoch ";
const FOLLOWS: &str = "it follows in epoch ";
const IN_SYNC: &str = "in sync in epoch ";
const HEARD: &str = "replica ";
const CUT_OFF: &str = "cut off its log: record ";
const UNLED: &str = "appended without leading: record ";
const TOO_FEW: &str = "appended with too few in sync: record ";

/// The numbers of these replicas, from 1.
pub(super) fn numbers(replicas: u16) -> Vec<u64> {
    (0..16).filter(|place| replicas & (1 << place) != 0).map(|place| place + 1).collect()
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Said::Leads(epoch) => write!(f, "{LEADS}{epoch}"),
            Said::Follows(epoch) => write!(f, "{FOLLOWS}{epoch}"),
            Said::InSync(epoch, replicas) => {
                let all: Vec<String> = numbers(replicas).iter().map(u64::to_string).collect();
                write!(f, "{IN_SYNC}{epoch}: {}", all.join(","))
            }
            Said::Heard { follower, offset, epoch } => {
                write!(f, "{HEARD}{follower} holds all below {offset} of epoch {epoch}")
            }
            Said::CutOff(record) => write!(f, "{CUT_OFF}{record}"),
            Said::Unled(record) => write!(f, "{UNLED}{record}"),
            Said::TooFew(record) => write!(f, "{TOO_FEW}{record}"),
        }
    }
}

/// Reads a note, if it is one of these.
pub(super) fn read(text: &str) -> Option<Said> {
    let record = |prefix: &str| text.strip_prefix(prefix)?.parse().ok().map(MessageId);
    if let Some(rest) = text.strip_prefix(LEADS) {
        return rest.parse().ok().map(Said::Leads);
    }
    if let Some(rest) = text.strip_prefix(FOLLOWS) {
        return rest.parse().ok().map(Said::Follows);
    }
    if let Some(rest) = text.strip_prefix(IN_SYNC) {
        let (epoch, all) = rest.split_once(": ")?;
        let bits = all.split(',').filter_map(|number| number.parse::<u16>().ok()).map(|n| 1 << (n - 1));
        return Some(Said::InSync(epoch.parse().ok()?, bits.fold(0, |all, bit| all | bit)));
    }
    if let Some(rest) = text.strip_prefix(HEARD) {
        let (follower, rest) = rest.split_once(" holds all below ")?;
        let (offset, epoch) = rest.split_once(" of epoch ")?;
        let (follower, offset) = (follower.parse().ok()?, offset.parse().ok()?);
        return Some(Said::Heard { follower, offset, epoch: epoch.parse().ok()? });
    }
    record(CUT_OFF)
        .map(Said::CutOff)
        .or_else(|| record(UNLED).map(Said::Unled))
        .or_else(|| record(TOO_FEW).map(Said::TooFew))
}
