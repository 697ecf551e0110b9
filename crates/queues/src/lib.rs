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
mod consumer;
mod log;
mod parameter;
mod plan;
mod prediction;
mod producer;
mod replica;
mod scenario;
mod store;
pub mod theory;
mod wire;

pub use accounts::{AMOUNT, Accounts, Keeps};
pub use broker::Broker;
pub use callee::Callee;
pub use consumer::Consumer;
pub use log::Log;
pub use parameter::{Kind, Parameter, Value, parameter, parameters};
pub use plan::{Ack, Arrivals, Durability, Effects, Mechanism, Overflow, Partitioner, Plan, Requeue, Shape};
pub use prediction::{fluid, predictions};
pub use producer::Producer;
pub use replica::{Replica, Role};
pub use scenario::{Scenario, Sight, TOOL, find, plan_of, run, run_watched, scenarios};
pub use sim::{Address, AddressError, Fault, FaultScript};
pub use store::Store;
pub use wire::{Batch, Letter, Receipt, Record, Wire};
