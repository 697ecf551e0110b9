// SPDX-License-Identifier: MIT OR Apache-2.0
//! The space–time diagram: a lane for each node, time to the right, packets as slanted lines.

use trace::{NodeId, PacketKind, Time};

use crate::bands::{BandKind, fraction};
use crate::compose::token;
use crate::index::WorkEnd;
use crate::meaning::{Hold, Token, Tone};
use crate::packet::PacketFate;
use crate::rows::Row;
use crate::sentence::carries;
use crate::state::State;
use crate::timeline::Timeline;

/// So many packets, works and effects a diagram has at most, each.
pub const MOST_LINES: usize = 600;

/// A window of time over all lanes. Places in time are parts of the window, 0 to 1; lanes count from 0, the first on top.
#[derive(Clone, Debug, PartialEq)]
pub struct SpaceTime<'a> {
    /// The window's beginning.
    pub from: Time,
    /// Its end.
    pub to: Time,
    /// The playhead in it, 0 to 1. What lies to the right of it is to come, and drawn faintly.
    pub now: f32,
    /// Lanes, top to bottom.
    pub lanes: &'a [Row],
    /// Packets.
    pub packets: Vec<PacketLine<'a>>,
    /// Work, on its lane.
    pub works: Vec<WorkLine>,
    /// Stretches during which a node is down, stands still or is slow, on its lane.
    pub downs: Vec<DownLine>,
    /// Stretches during which a broker leads others, on its lane.
    pub leads: Vec<LeadLine>,
    /// Effects, on their lane.
    pub effects: Vec<EffectDot>,
    /// Moments for the axis, round numbers.
    pub ticks: Vec<(f32, Time)>,
    /// Whether there was more than [`MOST_LINES`] of something, and the latest were left out.
    pub cropped: bool,
}

/// A packet as a line. Its ends may lie outside the window; painters clip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PacketLine<'a> {
    /// Its place in [`Timeline::packets`].
    pub packet: usize,
    /// The sender's lane.
    pub from_lane: usize,
    /// When it leaves.
    pub from: f32,
    /// The receiver's lane.
    pub to_lane: usize,
    /// When it arrives or is lost.
    pub to: f32,
    /// What kind.
    pub kind: &'a PacketKind,
    /// The message it is about.
    pub token: Option<Token>,
    /// Whether it moves its message onward; else its line is thin.
    pub carries: bool,
    /// Whether it is lost: then the line stops on its way and ends in ✕.
    pub lost: bool,
    /// How far between the lanes the line goes: 1, or less for a lost one.
    pub reach: f32,
    /// Its colour.
    pub tone: Tone,
}

/// Work on a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorkLine {
    /// The lane.
    pub lane: usize,
    /// Its beginning.
    pub from: f32,
    /// Its end.
    pub to: f32,
    /// The message.
    pub token: Token,
    /// Whether a crash ends it.
    pub cut_short: bool,
}

/// A stretch during which something is wrong with a node.
#[derive(Clone, Debug, PartialEq)]
pub struct DownLine {
    /// The lane.
    pub lane: usize,
    /// Its beginning.
    pub from: f32,
    /// Its end.
    pub to: f32,
    /// What is wrong.
    pub kind: BandKind,
    /// In words.
    pub label: String,
}

/// A stretch during which a broker leads others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeadLine {
    /// The lane.
    pub lane: usize,
    /// Its beginning.
    pub from: f32,
    /// Its end.
    pub to: f32,
    /// In which term.
    pub term: u32,
}

impl LeadLine {
    /// What stands at its beginning: `★2`.
    pub fn label(&self) -> String {
        ["★", &*crate::sentence::number(self.term.into())].concat()
    }
}

/// An effect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EffectDot {
    /// The lane.
    pub lane: usize,
    /// When.
    pub at: f32,
    /// The message.
    pub token: Token,
}

struct Window<'a> {
    timeline: &'a Timeline,
    state: &'a State,
    from: Time,
    to: Time,
}

impl Window<'_> {
    /// A moment's place; beyond the window it goes on, so that slanted lines keep their slope when they are clipped.
    fn x(&self, at: Time) -> f32 {
        let span = self.to.since(self.from).0.max(1) as f64;
        ((at.0 as f64 - self.from.0 as f64) / span) as f32
    }

    fn lane(&self, node: NodeId) -> usize {
        self.timeline.row_of(node).unwrap_or(0)
    }
}

pub(crate) fn space_time<'a>(timeline: &'a Timeline, state: &State, now: Time, span: Time) -> SpaceTime<'a> {
    let span = span.max(Time(1));
    let from = now - Time(span.0 / 4 * 3);
    let to = from + span;
    let window = Window { timeline, state, from, to };
    let mut packets: Vec<PacketLine<'a>> = timeline
        .index()
        .packets_within(from, to)
        .take(MOST_LINES + 1)
        .map(|(n, _)| packet_line(&window, timeline, n))
        .collect();
    let mut works: Vec<WorkLine> = timeline
        .index()
        .works_within(from, to)
        .take(MOST_LINES + 1)
        .map(|(n, _)| work_line(&window, n))
        .collect();
    let mut effects = effect_dots(&window);
    let cropped = [packets.len(), works.len(), effects.len()].iter().any(|len| *len > MOST_LINES);
    packets.truncate(MOST_LINES);
    works.truncate(MOST_LINES);
    effects.truncate(MOST_LINES);
    let (downs, ticks) = (down_lines(&window), ticks(&window));
    SpaceTime {
        from,
        to,
        now: window.x(now),
        lanes: timeline.rows(),
        packets,
        works,
        downs,
        leads: lead_lines(&window),
        effects,
        ticks,
        cropped,
    }
}

fn packet_line<'a>(window: &Window<'_>, timeline: &'a Timeline, place: usize) -> PacketLine<'a> {
    let packet = &timeline.packets()[place];
    let end = timeline.end();
    let usual = timeline.index().links.get((packet.from, packet.to)).copied().unwrap_or_default();
    let (to, lost, reach) = match packet.fate {
        PacketFate::Arrives(at) => (at, false, 1.0),
        // One that is lost the moment it leaves is drawn as a line all the same, or nobody would see it.
        PacketFate::Dropped(at, _) if at <= packet.sent_at => (at + Time(usual.0 / 2), true, 0.5),
        PacketFate::Dropped(at, _) => (at, true, 1.0),
        PacketFate::UnderWay => (end, false, fraction(end.since(packet.sent_at), usual).min(0.95)),
    };
    let carries = carries(timeline.trace(), packet);
    let token =
        packet.message.map(|message| token(timeline, window.state, message, packet.attempt, Hold::Free));
    let tone = match token {
        _ if lost => Tone::Lost,
        Some(token) if carries => token.tone,
        _ => Tone::Quiet,
    };
    PacketLine {
        packet: place,
        from_lane: window.lane(packet.from),
        from: window.x(packet.sent_at),
        to_lane: window.lane(packet.to),
        to: window.x(to),
        kind: &packet.kind,
        token,
        carries,
        lost,
        reach,
        tone,
    }
}

fn work_line(window: &Window<'_>, place: usize) -> WorkLine {
    let work = &window.timeline.works()[place];
    let to = work.until().min(window.timeline.end());
    WorkLine {
        lane: window.lane(work.node),
        from: window.x(work.started),
        to: window.x(to),
        token: token(window.timeline, window.state, work.message, work.attempt, Hold::Working),
        cut_short: matches!(work.end, WorkEnd::CutShort(_)),
    }
}

fn effect_dots(window: &Window<'_>) -> Vec<EffectDot> {
    let landings = window.timeline.landings();
    let first = landings.partition_point(|landing| landing.at < window.from);
    let within = landings[first..].iter().take_while(|landing| landing.at <= window.to).take(MOST_LINES + 1);
    within
        .map(|landing| EffectDot {
            lane: window.lane(landing.node),
            at: window.x(landing.at),
            token: token(window.timeline, window.state, landing.message, landing.attempt, Hold::Free),
        })
        .collect()
}

fn down_lines(window: &Window<'_>) -> Vec<DownLine> {
    let bands =
        window.timeline.bands().iter().filter(|band| band.from <= window.to && band.to >= window.from);
    bands
        .filter_map(|band| {
            let lane = window.lane(band.node?);
            let (from, to) = (window.x(band.from), window.x(band.to));
            Some(DownLine { lane, from, to, kind: band.kind, label: band.label.clone() })
        })
        .collect()
}

fn lead_lines(window: &Window<'_>) -> Vec<LeadLine> {
    let leads = window.timeline.cluster().leads.iter();
    let within = leads.filter(|lead| lead.from <= window.to && lead.to >= window.from);
    within
        .map(|lead| LeadLine {
            lane: window.lane(lead.node),
            from: window.x(lead.from),
            to: window.x(lead.to.min(window.timeline.end())),
            term: lead.term,
        })
        .collect()
}

/// Four to ten round moments.
fn ticks(window: &Window<'_>) -> Vec<(f32, Time)> {
    let step = round_step(window.to.since(window.from).0, 8);
    let first = window.from.0.div_ceil(step);
    let ticks =
        (first..).map(|n| n.saturating_mul(step)).take_while(|at| *at <= window.to.0 && *at < u64::MAX);
    ticks.take(12).map(|at| (window.x(Time(at)), Time(at))).collect()
}

/// A round step, 1, 2 or 5 times a power of ten, of which a span holds at most so many.
pub(crate) fn round_step(span: u64, most: u64) -> u64 {
    let mut step: u64 = 1;
    for factor in [2, 5, 10].into_iter().cycle() {
        if span / step <= most || step == u64::MAX {
            break;
        }
        step = 10u64.pow(step.ilog10()).saturating_mul(factor);
    }
    step
}

/// About a dozen mean works, or mean times on the way, whichever is longer.
pub(crate) fn usual_span(timeline: &Timeline) -> Time {
    let index = timeline.index();
    let work = index.usual_work.iter().flatten().copied().max().unwrap_or_default();
    let way = index.usual_way();
    match work.max(way) {
        Time::ZERO => timeline.end().max(Time(1)),
        unit => Time(unit.0.saturating_mul(12)).min(timeline.end().max(unit)),
    }
}
