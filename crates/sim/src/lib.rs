// SPDX-License-Identifier: MIT OR Apache-2.0
//! The engine: agenda, seeded randomness, network, disk, crashes, fault scripts, nodes.
//!
//! ```text
//!                    ┌──────────────── World ────────────────┐
//!  seed ────────────►│ streams   agenda   network   disks    │
//!  fault script ────►│    │         │        │        │      │──► Sink: off | counting | kept | a checker
//!  nodes ───────────►│ start, receive, timer, flushed, …     │        (events of crate `trace`)
//!                    └───────────────────────────────────────┘
//! ```
//!
//! The same nodes, seed and fault script give the same events, to the byte, in every process and on every target:
//! time is an integer, ties are broken by insertion order, each component draws from a stream of its own, and nothing
//! here asks a clock, a thread, a file or a randomly keyed map.

mod address;
mod agenda;
mod context;
mod core;
mod disk;
mod dist;
mod faults;
mod network;
mod node;
mod random;
mod script;
mod sink;
mod world;

pub use address::{Address, AddressError, MAX_ADDRESS_LENGTH, Written};
pub use agenda::{Agenda, TimerId};
pub use context::Context;
pub use disk::{Disk, DiskConfig};
pub use dist::{Chance, ChanceError, Dist};
pub use faults::{Fault, FaultError, PacketFault};
pub use network::LinkConfig;
pub use node::{Node, Payload};
pub use random::Stream;
pub use script::{FaultScript, MAX_FAULTS, ScriptError};
pub use sink::{Counting, Kept, Off, Sink, Watching};
pub use world::{Bounds, World};
