// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the timeline shows besides the playhead: faults as marks and hatched bands, and the chapter's moment.

use trace::{DropReason, NodeId, Set, Time, Trace, What, sort_by_key};

use crate::meaning::Tone;
use crate::rows::{Row, short};
use crate::sentence::slowness;

/// A moment worth a mark on the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct TimeMark {
    /// When.
    pub at: Time,
    /// Where on the timeline, 0 to 1.
    pub fraction: f32,
    /// `⚡` for faults, else the shape of what happened.
    pub glyph: char,
    /// What, in few words: `consumer-1 crashes`.
    pub label: String,
    /// Its colour.
    pub tone: Tone,
}

/// What goes on during a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BandKind {
    /// A node is down.
    Crash,
    /// A node stands still.
    Pause,
    /// A node works slower.
    Slow,
    /// A node's clock is wrong.
    Skew,
    /// Links are cut.
    Cut,
}

/// A stretch of time during which something is wrong: hatched on the timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Since when.
    pub from: Time,
    /// Until when; the end of the trace if it is never mended.
    pub to: Time,
    /// Where it begins on the timeline, 0 to 1.
    pub from_fraction: f32,
    /// Where it ends.
    pub to_fraction: f32,
    /// What is wrong.
    pub kind: BandKind,
    /// What is wrong, in few words: `consumer-1 is down`.
    pub label: String,
    /// The node it is about; a cut is about links and has none.
    pub node: Option<NodeId>,
}

/// Faults as the timeline draws them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults {
    pub marks: Vec<TimeMark>,
    pub bands: Vec<Band>,
    /// The moments of faults, each once, in order.
    pub moments: Vec<Time>,
}

/// A moment's place on the timeline, 0 to 1.
pub(crate) fn fraction(at: Time, end: Time) -> f32 {
    if end.0 == 0 { 0.0 } else { (at.0 as f64 / end.0 as f64).clamp(0.0, 1.0) as f32 }
}

/// Directed links that a cut or a healing speaks of.
pub(crate) fn severed_pairs(from: &[NodeId], to: &[NodeId], one_way: bool) -> Set<(NodeId, NodeId)> {
    let there = from.iter().flat_map(|a| to.iter().map(|b| (*a, *b)));
    let back = from.iter().flat_map(|a| to.iter().map(|b| (*b, *a))).filter(|_| !one_way);
    there.chain(back).filter(|(a, b)| a != b).collect()
}

struct OpenBand {
    from: Time,
    kind: BandKind,
    node: Option<NodeId>,
    pairs: Set<(NodeId, NodeId)>,
    label: String,
}

struct Builder<'a> {
    rows: &'a [Row],
    end: Time,
    open: Vec<OpenBand>,
    faults: Faults,
}

impl Faults {
    pub fn new(trace: &Trace, rows: &[Row], end: Time) -> Faults {
        let mut builder = Builder { rows, end, open: Vec::new(), faults: Faults::default() };
        for event in &trace.events {
            if event.what.is_fault() {
                builder.take(event.at, &event.what);
                if builder.faults.moments.last() != Some(&event.at) {
                    builder.faults.moments.push(event.at);
                }
            }
        }
        while let Some(band) = builder.open.pop() {
            builder.close(band, end);
        }
        sort_by_key(&mut builder.faults.bands, |band| (band.from, band.to));
        builder.faults
    }
}

impl Builder<'_> {
    fn take(&mut self, at: Time, what: &What) {
        let rows = self.rows;
        let name = |node: &NodeId| short(rows, *node);
        match what {
            What::Crashed { node, machine } => {
                let how = if *machine { "'s machine crashes" } else { " crashes" };
                let label = [name(node), how].concat();
                let down = [name(node), " is down"].concat();
                self.mark(at, label);
                self.end_node(*node, BandKind::Pause, at);
                self.begin_node(*node, BandKind::Crash, at, down);
            }
            What::Restarted { node } => {
                let label = [name(node), " restarts"].concat();
                self.mark(at, label);
                self.end_node(*node, BandKind::Crash, at);
            }
            What::Paused { node } => {
                let label = [name(node), " stands still"].concat();
                self.mark(at, label.clone());
                self.begin_node(*node, BandKind::Pause, at, label);
            }
            What::Resumed { node } => {
                let label = [name(node), " goes on"].concat();
                self.mark(at, label);
                self.end_node(*node, BandKind::Pause, at);
            }
            What::Slowed { node, permille } => {
                let label = [name(node), " works ", &slowness(*permille)].concat();
                self.mark(at, label.clone());
                self.end_node(*node, BandKind::Slow, at);
                if *permille != 1000 {
                    self.begin_node(*node, BandKind::Slow, at, label);
                }
            }
            What::Skewed { node, offset_ns } => {
                let label = [name(node), "'s clock is ", &crate::sentence::skew(*offset_ns)].concat();
                self.mark(at, label.clone());
                self.end_node(*node, BandKind::Skew, at);
                if *offset_ns != 0 {
                    self.begin_node(*node, BandKind::Skew, at, label);
                }
            }
            What::Cut { from, to, one_way } => self.cut(at, from, to, *one_way),
            What::Healed { from, to, one_way } => self.heal(at, from, to, *one_way),
            What::DiskLost { node } => {
                let label = [name(node), " loses its disk"].concat();
                self.mark(at, label);
            }
            What::ParameterSet { name, value } => self.mark(at, [name, " becomes ", value].concat()),
            What::Forked { future } => {
                self.mark(at, ["future ", &*crate::sentence::number(*future)].concat())
            }
            What::Dropped { why: DropReason::Script, .. } => self.mark(at, "a packet is dropped".to_owned()),
            _ => {}
        }
    }

    fn mark(&mut self, at: Time, label: String) {
        let fraction = fraction(at, self.end);
        self.faults.marks.push(TimeMark { at, fraction, glyph: '⚡', label, tone: Tone::Fault });
    }

    fn begin_node(&mut self, node: NodeId, kind: BandKind, from: Time, label: String) {
        let known = self.open.iter().any(|band| band.node == Some(node) && band.kind == kind);
        if !known {
            self.open.push(OpenBand { from, kind, node: Some(node), pairs: Set::new(), label });
        }
    }

    fn end_node(&mut self, node: NodeId, kind: BandKind, at: Time) {
        while let Some(n) = self.open.iter().position(|band| band.node == Some(node) && band.kind == kind) {
            let band = self.open.remove(n);
            self.close(band, at);
        }
    }

    fn cut(&mut self, at: Time, from: &[NodeId], to: &[NodeId], one_way: bool) {
        let label = crate::sentence::cut_words(self.rows, from, to, one_way);
        self.mark(at, label.clone());
        let pairs = severed_pairs(from, to, one_way);
        self.open.push(OpenBand { from: at, kind: BandKind::Cut, node: None, pairs, label });
    }

    fn heal(&mut self, at: Time, from: &[NodeId], to: &[NodeId], one_way: bool) {
        self.mark(at, crate::sentence::heal_words(self.rows, from, to));
        let mended = severed_pairs(from, to, one_way);
        let everything = from.is_empty() && to.is_empty();
        for band in self.open.iter_mut().filter(|band| band.kind == BandKind::Cut) {
            band.pairs.retain(|pair| !everything && !mended.contains(pair));
        }
        while let Some(n) =
            self.open.iter().position(|band| band.kind == BandKind::Cut && band.pairs.is_empty())
        {
            let band = self.open.remove(n);
            self.close(band, at);
        }
    }

    fn close(&mut self, band: OpenBand, to: Time) {
        let OpenBand { from, kind, node, label, .. } = band;
        let (from_fraction, to_fraction) = (fraction(from, self.end), fraction(to, self.end));
        self.faults.bands.push(Band { from, to, from_fraction, to_fraction, kind, label, node });
    }
}
