// SPDX-License-Identifier: MIT OR Apache-2.0
//! The queue models: mechanisms, producers, consumers, scenarios.
//!
//! ```text
//!  producer ──publish──► broker ──deliver──► consumer ──effect──► store
//!           ◄─confirm───        ◄──ack/nack─          ◄──done───   (asynchronous effects only)
//! ```
//!
//! A [`Scenario`] names a run by its defaults; an [`Address`] changes what it likes; [`run`] makes the trace.

mod accounts;
mod broker;
mod callee;
mod cluster;
mod consumer;
mod fault_kind;
mod fetching;
mod heeds;
mod log;
mod parameter;
mod plan;
mod prediction;
mod producer;
mod scenario;
mod store;
mod stream;
pub mod systems;
pub mod theory;
mod wire;
mod writeback;

pub use accounts::{AMOUNT, Accounts, Keeps};
pub use broker::Broker;
pub use callee::Callee;
pub use cluster::{Controller, Entry, Op, Packet, Places, Replica, Share, Term};
pub use consumer::Consumer;
pub use fault_kind::FaultKind;
pub use fetching::{Fetching, Role};
pub use heeds::heeds;
pub use log::Log;
pub use parameter::{Kind, Parameter, Value, parameter, parameters};
pub use plan::{
    Ack, Arrivals, Confirms, Durability, Effects, Groups, Mechanism, Overflow, Parted, Partitioner, Plan,
    Replication, Requeue, Shape, Writes,
};
pub use prediction::{fluid, predictions};
pub use producer::Producer;
pub use scenario::{
    Costs, Scenario, Sight, TOOL, can_run, find, plan_of, run, run_to_costs, run_to_fates, run_watched,
    scenarios,
};
pub use sim::{Address, AddressError, Fault, FaultScript};
pub use store::Store;
pub use stream::{Segment, Stream};
pub use wire::{Batch, Letter, Receipt, Record, Wire};
