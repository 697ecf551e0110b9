// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can go wrong.

use std::fmt;

use trace::Time;

/// One entry of a fault script. Nodes are named as the scenario names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Something happens to the nth packet of a kind on a link.
    Packet {
        /// The sender.
        from: String,
        /// The receiver.
        to: String,
        /// The packet's kind, such as `deliver`.
        kind: String,
        /// The how-manieth of that kind on that link, from 1.
        nth: u32,
        /// What happens to it.
        what: PacketFault,
    },
    /// The process dies; disk and page cache stay.
    Crash(String, Time),
    /// The node runs again.
    Restart(String, Time),
    /// The machine dies: the page cache is lost.
    CrashMachine(String, Time),
    /// Everything on the disk is lost.
    LoseDisk(String, Time),
    /// The node stands still.
    Pause(String, Time),
    /// The node goes on.
    Resume(String, Time),
    /// The node's clock is off by this much from now on.
    Skew(String, i64, Time),
    /// The node's work takes this many thousandths of its normal time.
    Slow(String, u32, Time),
    /// Packets from the first group no longer reach the second.
    Cut {
        /// The one side.
        from: Vec<String>,
        /// The other.
        to: Vec<String>,
        /// Whether the way back still works.
        one_way: bool,
        /// When.
        at: Time,
    },
    /// The cut between two groups is mended; without groups, every cut is.
    Heal {
        /// The one side.
        from: Vec<String>,
        /// The other.
        to: Vec<String>,
        /// Whether only the way from the first to the second is mended.
        one_way: bool,
        /// When.
        at: Time,
    },
    /// A parameter of the scenario changes.
    Set {
        /// Its name.
        name: String,
        /// Its new value.
        value: String,
        /// When.
        at: Time,
    },
    /// From here on every stream of random numbers is another: another future of the same past.
    Fork(u64, Time),
}

/// What happens to a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacketFault {
    /// It is lost where it would have arrived.
    Drop,
    /// A second one arrives.
    Duplicate,
    /// It arrives this much later.
    Delay(Time),
}

/// A fault names something that the run does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{fault}` names {name}, which this run does not have; its {what} are {}", known.join(", "))]
pub struct FaultError {
    /// The entry, as written.
    pub fault: String,
    /// The name in it.
    pub name: String,
    /// What it should be one of: `nodes` or `kinds of packet`.
    pub what: &'static str,
    /// The names there are.
    pub known: Vec<String>,
}

impl Fault {
    /// When it happens; `None` for what happens to a packet, whenever that is sent.
    pub fn at(&self) -> Option<Time> {
        match self {
            Fault::Packet { .. } => None,
            Fault::Crash(_, at)
            | Fault::Restart(_, at)
            | Fault::CrashMachine(_, at)
            | Fault::LoseDisk(_, at)
            | Fault::Pause(_, at)
            | Fault::Resume(_, at)
            | Fault::Skew(_, _, at)
            | Fault::Slow(_, _, at)
            | Fault::Cut { at, .. }
            | Fault::Heal { at, .. }
            | Fault::Set { at, .. }
            | Fault::Fork(_, at) => Some(*at),
        }
    }

    /// The nodes it names.
    pub fn nodes(&self) -> Vec<&str> {
        match self {
            Fault::Packet { from, to, .. } => vec![from, to],
            Fault::Crash(node, _)
            | Fault::Restart(node, _)
            | Fault::CrashMachine(node, _)
            | Fault::LoseDisk(node, _)
            | Fault::Pause(node, _)
            | Fault::Resume(node, _)
            | Fault::Skew(node, _, _)
            | Fault::Slow(node, _, _) => vec![node],
            Fault::Cut { from, to, .. } | Fault::Heal { from, to, .. } => {
                from.iter().chain(to).map(String::as_str).collect()
            }
            Fault::Set { .. } | Fault::Fork(..) => Vec::new(),
        }
    }

    /// Whether it makes something worse; a restart, a resume or a heal does not.
    pub fn is_harm(&self) -> bool {
        !matches!(
            self,
            Fault::Restart(..) | Fault::Resume(..) | Fault::Heal { .. } | Fault::Set { .. } | Fault::Fork(..)
        )
    }
}

/// As a fault script writes it.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Packet { from, to, kind, nth, what } => match what {
                PacketFault::Drop => write!(f, "drop:{from}/{to}/{kind}/{nth}"),
                PacketFault::Duplicate => write!(f, "duplicate:{from}/{to}/{kind}/{nth}"),
                PacketFault::Delay(by) => write!(f, "delay:{from}/{to}/{kind}/{nth}/{by}"),
            },
            Fault::Crash(node, at) => write!(f, "crash:{node}@{at}"),
            Fault::Restart(node, at) => write!(f, "restart:{node}@{at}"),
            Fault::CrashMachine(node, at) => write!(f, "crash-machine:{node}@{at}"),
            Fault::LoseDisk(node, at) => write!(f, "lose-disk:{node}@{at}"),
            Fault::Pause(node, at) => write!(f, "pause:{node}@{at}"),
            Fault::Resume(node, at) => write!(f, "resume:{node}@{at}"),
            Fault::Skew(node, offset, at) => {
                let sign = if *offset < 0 { "-" } else { "" };
                write!(f, "skew:{node}/{sign}{}@{at}", Time(offset.unsigned_abs()))
            }
            Fault::Slow(node, permille, at) => write!(f, "slow:{node}/{}@{at}", Permille(*permille)),
            Fault::Cut { from, to, one_way, at } => {
                let verb = if *one_way { "cut-one-way" } else { "cut" };
                write!(f, "{verb}:{}/{}@{at}", from.join(","), to.join(","))
            }
            Fault::Heal { from, to, at, .. } if from.is_empty() && to.is_empty() => write!(f, "heal@{at}"),
            Fault::Heal { from, to, one_way, at } => {
                let verb = if *one_way { "heal-one-way" } else { "heal" };
                write!(f, "{verb}:{}/{}@{at}", from.join(","), to.join(","))
            }
            Fault::Set { name, value, at } => write!(f, "set:{name}={value}@{at}"),
            Fault::Fork(future, at) => write!(f, "fork:{future}@{at}"),
        }
    }
}

struct Permille(u32);

impl fmt::Display for Permille {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 1_000, self.0 % 1_000);
        if rest == 0 {
            return write!(f, "{whole}");
        }
        let digits = format!("{rest:03}");
        write!(f, "{whole}.{}", digits.trim_end_matches('0'))
    }
}
