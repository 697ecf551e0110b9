// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was thrown at the learner's code; the ends count it while it happens. Each speaks of what the world did, so that answers of every
//! shape reach them.

use crate::reproducible::{Situation, must};

/// Counted in this order.
pub(super) const SITUATIONS: &[Situation] = &[
    must("reads that ended within what was written at once"),
    must("reads of more than was written at once"),
    must("reads of a single byte"),
    must("messages of more than 255 bytes"),
    must("messages without any"),
    must("connections that broke with bytes under way"),
    must("connections that broke when part of a write had arrived"),
    must("connections that broke before what had arrived was read"),
    must("reads from a connection that the other end had given up"),
    must("runs that took five connections"),
    must("crashes of the receiver in the middle of an effect"),
    must("crashes of the receiver after an effect and before its answer"),
    must("messages offered when the window was full"),
    must("messages offered when there was no connection"),
];

/// Their places in the list.
pub(super) const SPLIT_READS: usize = 0;
pub(super) const JOINED_READS: usize = 1;
pub(super) const SINGLE_BYTES: usize = 2;
pub(super) const LONG_MESSAGES: usize = 3;
pub(super) const EMPTY_MESSAGES: usize = 4;
pub(super) const BROKE_UNDER_WAY: usize = 5;
pub(super) const BROKE_WITHIN: usize = 6;
pub(super) const BROKE_UNREAD: usize = 7;
pub(super) const GIVEN_UP: usize = 8;
pub(super) const MANY_CONNECTIONS: usize = 9;
pub(super) const CRASHED_IN_EFFECT: usize = 10;
pub(super) const CRASHED_UNANSWERED: usize = 11;
pub(super) const OFFERED_WHEN_FULL: usize = 12;
pub(super) const OFFERED_WHEN_AWAY: usize = 13;

/// So many connections are many.
pub(super) const MANY: usize = 5;
