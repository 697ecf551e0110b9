// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the learner's code is asked to do, and what came of it.

use std::sync::Arc;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::lockstep::Staff;

/// Something that has to be done once, however often it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Request {
    /// Which: the same however often it is asked for.
    pub message: u64,
    /// The how-manieth time it is asked for, from 1.
    pub attempt: u32,
    /// Whose account pays; nobody's, where money only comes in.
    pub from: Option<i64>,
    /// Whose account gets it.
    pub to: i64,
    /// How much: of one run no two requests have the same amount.
    pub amount: i64,
}

/// What the code says of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// It is done, for good.
    Done,
    /// It will not be done: the money is not there.
    Refused,
    /// An error: nobody knows.
    Failed,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Outcome {
    Replied(Reply),
    /// It panicked with these words; the connection was being opened, or a request worked on.
    Panicked {
        opening: bool,
        said: String,
    },
}

/// The learner's code, wherever it is.
#[derive(Clone)]
pub(crate) enum Code {
    /// In this process.
    Here(Answer),
    /// In processes of its own.
    Elsewhere(Arc<Staff>),
}

impl From<Answer> for Code {
    fn from(answer: Answer) -> Code {
        Code::Here(answer)
    }
}

/// The learner's code.
#[derive(Clone, Copy)]
pub(crate) struct Answer {
    /// Prepares a connection.
    pub open: fn(&Connection) -> rusqlite::Result<()>,
    /// Does a request.
    pub call: fn(&mut Connection, &Request) -> rusqlite::Result<Reply>,
}
