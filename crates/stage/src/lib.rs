// SPDX-License-Identifier: MIT OR Apache-2.0
//! A trace turned into a scene, and the player.
//!
//! ```text
//!  Trace ──► Timeline ──► Player ──► Scene ──► terminal (columns, rows)
//!            (indexed,    (playhead,      └──► page (canvas, by Layout)
//!             keyframes)   tick, step)    └──► svg still (print, no JavaScript)
//! ```
//!
//! Painters decide nothing: the state of a message, its shape, label and colour's role, sentences, counters, the order
//! of rows and what can be pointed at are all said here. Forward, back and seeking are one fold over the trace's events.
//! No clock: time comes in by [`Player::tick`].

mod bands;
mod cluster;
mod compose;
mod cue;
mod cumulative;
mod index;
mod label;
mod layout;
mod log;
mod meaning;
mod node_state;
mod packet;
mod place;
mod player;
mod pointing;
mod replica;
mod rows;
mod scene;
mod sentence;
mod slope;
mod space_time;
mod speed;
mod state;
mod still;
mod theory;
mod timeline;
mod together;

pub use bands::{Band, BandKind, TimeMark};
pub use cue::Cue;
pub use cumulative::{Counts, CumulativeFlow, Gap, Stage};
pub use index::{Landing, Story, Work, WorkEnd};
pub use label::Label;
pub use layout::{Form, Layout};
pub use meaning::{
    Ansi, Hold, KEY_TONES, LEGEND, LegendRow, Mark, Material, MessageState, Shape, Token, Tone,
};
pub use node_state::Condition;
pub use packet::{Packet, PacketFate};
pub use place::{Grid, Place, Point, Rect};
pub use player::Player;
pub use pointing::{Action, Target};
pub use replica::Replica;
pub use rows::{Column, Row};
pub use scene::{
    Bar, Costs, Counter, Counters, Flight, Flow, LOG_LINES, Landed, Leased, Ledger, Link, LogLine, SHOWN,
    Scene, Station, Working,
};
pub use slope::{Slope, SlopeRow};
pub use space_time::{DownLine, EffectDot, LeadLine, MOST_LINES, PacketLine, SpaceTime, WorkLine};
pub use speed::Speed;
pub use state::State;
pub use still::{flow_svg, space_time_svg, svg};
pub use theory::TheoryRow;
pub use timeline::{Broken, Focus, FocusKind, Timeline};
pub use together::Together;
pub use trace::{Fluid, Measure, Prediction, Theory};
