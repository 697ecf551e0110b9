// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can be chosen about who is handed what.

/// Who gets messages of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Groups {
    /// Whoever is next.
    Free,
    /// Whoever is next, once the message before it is settled.
    OneAtATime,
    /// Always the same consumer, as long as it is there.
    Pinned,
}

/// Where a message goes that comes back to the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requeue {
    /// Before everything that waits.
    Head,
    /// Behind everything that waits.
    Tail,
    /// Where it stood: before all that came later.
    Place,
    /// Behind what came back before it, and before all that was never handed out.
    Returned,
}

/// What a full queue does with one message more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overflow {
    /// Tells the producer no.
    Refuse,
    /// Drops the message that has waited longest, to make room.
    DropOldest,
    /// Drops the new one, and confirms nothing.
    DropNewest,
    /// Keeps the producer waiting for its confirm until there is room.
    Block,
}
