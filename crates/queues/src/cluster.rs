// SPDX-License-Identifier: MIT OR Apache-2.0
//! A queue that several brokers keep together.
//!
//! ```text
//!               ┌──────────── replica, leading ───────────┐
//!  publish ──►  │ log ▪▪▪▪▪▪▪▫▫ ──committed──► queue or   │ ──deliver──► consumer
//!  confirm ◄──  │      │                      partitions  │ ◄──ack──────
//!               └──────┼──────────────────────────────────┘
//!                      │ append / appended
//!               ┌──────▼──────┐   ┌─────────────┐
//!               │ log ▪▪▪▪▪▪▪ │   │ log ▪▪▪▪▪   │   followers
//!               └─────────────┘   └─────────────┘
//! ```
//!
//! One mechanism with three rules for the two questions in which real systems differ: who leads, and when an entry is
//! committed. See [`crate::plan::Replication`].

mod clients;
mod controller;
mod followers;
mod front;
mod in_sync;
mod journal;
mod mirrors;
mod packet;
mod quorum;
mod replica;

pub use controller::Controller;
pub use packet::{Entry, Op, Packet, Places, Share, Term};
pub use replica::Replica;
