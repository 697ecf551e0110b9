// SPDX-License-Identifier: MIT OR Apache-2.0
//! A trace made ready for playing: immutable, shared, built once.

use trace::{Event, MessageId, NodeId, OrderScope, Role, Set, Time, Trace, What, sort_by_key};

use crate::bands::{Band, Faults, TimeMark, fraction};
use crate::cluster::Cluster;
use crate::cumulative::Cumulative;
use crate::index::{Index, Landing, Story, Work};
use crate::meaning::{Shape, Tone};
use crate::packet::Packet;
use crate::rows::{Column, Row, rows_and_columns, short};
use crate::sentence::{self, Holder, Remark};
use crate::state::{State, role};

/// What kind of moment a chapter may be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FocusKind {
    /// A message is overtaken.
    Overtaking,
    /// A message takes effect again.
    SecondEffect,
    /// A message is lost for certain.
    Loss,
}

/// The first moment at which something that a chapter is about happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Focus {
    /// When.
    pub at: Time,
    /// What.
    pub kind: FocusKind,
}

/// Where a run breaks a promise, as whoever judged it has written into its trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// When.
    pub at: Time,
    /// Which promise, and how: `no-loss is broken: …`.
    pub sentence: String,
}

/// At most so many keyframes, and none closer than so many events: a long trace must not multiply its own size.
const MOST_KEYFRAMES: usize = 24;
const LEAST_SPACING: usize = 256;

/// A trace, indexed. Making one takes two passes over the events; nothing in it changes afterwards.
#[derive(Clone, Debug)]
pub struct Timeline {
    trace: Trace,
    scope: OrderScope,
    end: Time,
    index: Index,
    rows: Vec<Row>,
    columns: Vec<Column>,
    row_of: Vec<usize>,
    remarks: Vec<Remark>,
    visible: Vec<u32>,
    steps: Vec<Time>,
    faults: Faults,
    focus: [Option<Focus>; 3],
    broken: Option<Broken>,
    cumulative: Cumulative,
    cluster: Cluster,
    spacing: usize,
    keyframes: Vec<State>,
}

impl Timeline {
    /// A timeline whose order is that of the whole queue.
    pub fn new(trace: Trace) -> Timeline {
        Timeline::with_order(trace, OrderScope::Global)
    }

    /// A timeline that asks for order within a scope only.
    pub fn with_order(trace: Trace, scope: OrderScope) -> Timeline {
        Timeline::lasting(trace, scope, Time::ZERO)
    }

    /// A timeline that goes on, though nothing happens any more, until a moment: that of a longer run beside it.
    pub fn until(trace: Trace, end: Time) -> Timeline {
        Timeline::lasting(trace, OrderScope::Global, end)
    }

    fn lasting(trace: Trace, scope: OrderScope, least: Time) -> Timeline {
        let index = Index::new(&trace);
        let (rows, columns) = rows_and_columns(&trace);
        let mut row_of = vec![0; rows.len()];
        rows.iter().enumerate().for_each(|(n, row)| row_of[row.node.index()] = n);
        let end = trace.events.last().map_or(Time::ZERO, |event| event.at).max(least);
        let faults = Faults::new(&trace, &rows, end);
        let spacing = LEAST_SPACING.max(trace.events.len() / MOST_KEYFRAMES + 1);
        let mut timeline = Timeline {
            index,
            rows,
            columns,
            row_of,
            faults,
            spacing,
            scope,
            end,
            remarks: Vec::new(),
            visible: Vec::new(),
            steps: Vec::new(),
            focus: [None; 3],
            broken: broken(&trace),
            cumulative: Cumulative::new(&trace),
            cluster: Cluster::new(&trace),
            keyframes: Vec::new(),
            trace,
        };
        timeline.fold_through();
        timeline.find_steps();
        timeline.mark_focus();
        timeline
    }

    /// The trace.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Within which messages order is asked for.
    pub fn scope(&self) -> OrderScope {
        self.scope
    }

    /// The moment of the last event, or a later one: see [`Timeline::until`].
    pub fn end(&self) -> Time {
        self.end
    }

    /// Every node, in the order in which rows and lanes stand: by column, then as the trace lists them.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// What a node is called in the drawing and in words: `c1`.
    pub fn name(&self, node: NodeId) -> &str {
        short(&self.rows, node)
    }

    /// The columns, from where messages come to where they go.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// A node's place in [`Timeline::rows`].
    pub fn row_of(&self, node: NodeId) -> Option<usize> {
        self.row_of.get(node.index()).copied()
    }

    /// Whether there is an order that effects can keep or lose: whether anything is put into a queue.
    pub fn has_order(&self) -> bool {
        !self.index.enqueued.is_empty()
    }

    /// Every packet, in order of sending.
    pub fn packets(&self) -> &[Packet] {
        &self.index.packets
    }

    /// Every work, in order of starting.
    pub fn works(&self) -> &[Work] {
        &self.index.works
    }

    /// Every effect, in order of landing.
    pub fn landings(&self) -> &[Landing] {
        &self.index.landings
    }

    /// Whether one message is all that the run has.
    pub fn is_about_one_message(&self) -> bool {
        self.index.stories.len() == 1
    }

    /// What is known of a message.
    pub fn story(&self, message: MessageId) -> Option<&Story> {
        self.index.story(message)
    }

    /// Moments of faults, and that of the broken promise, for jumping between them.
    pub fn fault_moments(&self) -> &[Time] {
        &self.faults.moments
    }

    /// Marks on the timeline, in order of time.
    pub fn marks(&self) -> &[TimeMark] {
        &self.faults.marks
    }

    /// Hatched stretches of the timeline, in order of their beginning.
    pub fn bands(&self) -> &[Band] {
        &self.faults.bands
    }

    /// The moments at which something visible happens, each once: where stepping halts.
    pub fn steps(&self) -> &[Time] {
        &self.steps
    }

    /// The first moment of a kind that a chapter may be about.
    pub fn focus(&self, kind: FocusKind) -> Option<Focus> {
        self.focus[kind as usize]
    }

    /// The earliest of them.
    pub fn first_focus(&self) -> Option<Focus> {
        self.focus.into_iter().flatten().min_by_key(|focus| focus.at)
    }

    /// Where the run breaks a promise, if somebody judged it.
    pub fn broken(&self) -> Option<&Broken> {
        self.broken.as_ref()
    }

    /// The sentence of an event, empty if it has none.
    pub fn sentence(&self, event: usize) -> String {
        sentence::sentence(self, event)
    }

    /// A moment's place on the timeline, 0 to 1.
    pub fn fraction(&self, at: Time) -> f32 {
        fraction(at, self.end())
    }

    /// Everything true at a moment, its own events included. The cost is that of folding the distance to a keyframe.
    pub fn state_at(&self, at: Time) -> State {
        let target = self.events_until(at);
        let mut state = self.keyframe_before(target).clone();
        self.fold_to(&mut state, target);
        state
    }

    /// How many events happen up to a moment, its own included.
    pub(crate) fn events_until(&self, at: Time) -> usize {
        self.trace.events.partition_point(|event| event.at <= at)
    }

    /// Brings a state to a number of events, from a keyframe where that is nearer.
    pub(crate) fn bring(&self, state: &mut State, target: usize) {
        let keyframe = self.keyframe_before(target);
        // Folding some events costs less than copying a state with thousands of messages: only far jumps copy.
        if state.next > target || keyframe.next > state.next + self.spacing {
            *state = keyframe.clone();
        }
        self.fold_to(state, target);
    }

    fn fold_to(&self, state: &mut State, target: usize) {
        while state.next < target.min(self.trace.events.len()) {
            state.fold(&self.trace, &self.index);
        }
    }

    fn keyframe_before(&self, events: usize) -> &State {
        // There always is one: before the first event.
        &self.keyframes[(events / self.spacing).min(self.keyframes.len() - 1)]
    }

    pub(crate) fn index(&self) -> &Index {
        &self.index
    }

    pub(crate) fn cumulative(&self) -> &Cumulative {
        &self.cumulative
    }

    pub(crate) fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Whether several brokers keep one queue together.
    pub fn is_cluster(&self) -> bool {
        !self.cluster.leads.is_empty()
    }

    pub(crate) fn is_producer(&self, node: NodeId) -> bool {
        role(&self.trace, node) == Some(Role::Producer)
    }

    pub(crate) fn remark(&self, event: usize) -> Option<&Remark> {
        let place = self.remarks.binary_search_by_key(&(event as u32), |remark| remark.event).ok()?;
        Some(&self.remarks[place])
    }

    /// Visible events, in order: places in the trace.
    pub(crate) fn visible(&self) -> &[u32] {
        &self.visible
    }

    /// The first fold: keyframes, and what only the checkers know.
    fn fold_through(&mut self) {
        let mut state = State::new(&self.trace, self.scope);
        let mut open = OpenMessages::default();
        for place in 0..self.trace.events.len() {
            if place % self.spacing == 0 {
                self.keyframes.push(state.clone());
            }
            let candidates = open.before(&self.trace.events[place], &self.index, &state);
            state.fold(&self.trace, &self.index);
            self.observe(place, &state, &candidates);
        }
        if self.keyframes.is_empty() {
            self.keyframes.push(state);
        }
    }

    /// Notes what the event at `place` did to order and delivery, from the checkers' own counts.
    fn observe(&mut self, place: usize, state: &State, candidates: &[(MessageId, u64)]) {
        let at = self.trace.events[place].at;
        let mut first = |kind: FocusKind| {
            self.focus[kind as usize].get_or_insert(Focus { at, kind });
        };
        match self.trace.events[place].what {
            What::Applied { message, .. } => {
                let Some(landing) = self.index.landing_of(place) else { return };
                if self.index.landings[landing].nth > 1 {
                    first(FocusKind::SecondEffect);
                    return;
                }
                let mut late = candidates.iter().filter(|(m, n)| state.order().overtakers(*m) > *n);
                if let Some((overtaken, _)) = late.next() {
                    first(FocusKind::Overtaking);
                    let overtakes = Some((*overtaken, holder(state, &self.index, *overtaken)));
                    let count = 1 + late.count() as u32;
                    self.remarks.push(Remark { event: place as u32, overtakes, count });
                }
                self.index.landings[landing].displacement = state.order().overtakers(message);
            }
            What::Ended { .. } if !state.lost().is_empty() => first(FocusKind::Loss),
            _ => {}
        }
    }

    fn find_steps(&mut self) {
        let visible = (0..self.trace.events.len()).filter(|n| sentence::is_visible(self, *n));
        self.visible = visible.map(|n| n as u32).collect();
        self.steps = self.visible.iter().map(|n| self.trace.events[*n as usize].at).collect();
        self.steps.dedup();
    }

    fn mark_focus(&mut self) {
        for focus in self.focus.into_iter().flatten() {
            let (shape, label, tone) = match focus.kind {
                FocusKind::Overtaking => (Shape::Triangle, "the first message is overtaken", Tone::Overtaken),
                FocusKind::SecondEffect => {
                    (Shape::Diamond, "the first message takes effect twice", Tone::Again)
                }
                FocusKind::Loss => (Shape::Cross, "messages are lost", Tone::Lost),
            };
            let (at, fraction, glyph) = (focus.at, self.fraction(focus.at), shape.glyph());
            self.faults.marks.push(TimeMark { at, fraction, glyph, label: label.to_owned(), tone });
        }
        for lead in self.cluster.leads.iter().skip(1) {
            let (at, fraction) = (lead.from, self.fraction(lead.from));
            let label = [short(&self.rows, lead.node), " leads"].concat();
            self.faults.marks.push(TimeMark { at, fraction, glyph: '★', label, tone: Tone::Accent });
        }
        if let Some(Broken { at, sentence }) = self.broken.clone() {
            let (fraction, glyph) = (self.fraction(at), Shape::Cross.glyph());
            self.faults.marks.push(TimeMark { at, fraction, glyph, label: sentence, tone: Tone::Lost });
            if let Err(place) = self.faults.moments.binary_search(&at) {
                self.faults.moments.insert(place, at);
            }
        }
        sort_by_key(&mut self.faults.marks, |mark| mark.at);
    }
}

/// A note of nobody's is about the run: an exam writes where its promise breaks, behind whatever else was noted.
fn broken(trace: &Trace) -> Option<Broken> {
    trace.events.iter().rev().find_map(|event| match &event.what {
        What::Note { node: None, text } => Some(Broken { at: event.at, sentence: text.clone() }),
        _ => None,
    })
}

/// Who has a message: the consumer that works on it or buffers it, else the queue it waits in.
fn holder(state: &State, index: &Index, message: MessageId) -> Holder {
    let nodes = || state.nodes.iter().enumerate().map(|(n, node)| (NodeId(n as u16), node));
    let works = |n: &u32| index.works[*n as usize].message == message;
    let working = nodes().find(|(_, node)| node.working.iter().any(works));
    let waiting = || nodes().find(|(_, node)| node.waiting.iter().any(|(m, _)| *m == message));
    if let Some((node, _)) = working.or_else(waiting) {
        return Holder::Node(node);
    }
    if state.under_way.iter().any(|n| index.packets[n as usize].message == Some(message)) {
        return Holder::OnItsWay;
    }
    let leased = nodes().find(|(_, node)| node.leases.iter().any(|lease| lease.message == message));
    leased.map_or(Holder::Nobody, |(node, _)| Holder::Awaited(node))
}

/// Messages that were enqueued and have not taken effect: only they can be overtaken.
#[derive(Default)]
struct OpenMessages {
    /// In enqueue order, by rank.
    open: Set<(u32, MessageId)>,
}

impl OpenMessages {
    /// Those that the effect in `event` may overtake, with their overtakers before it. Bounded, because the first is
    /// named and the others are only counted.
    fn before(&mut self, event: &Event, index: &Index, state: &State) -> Vec<(MessageId, u64)> {
        const MOST: usize = 64;
        let rank = |message: &MessageId| index.story(*message).and_then(|story| story.rank);
        match &event.what {
            What::Stored { message, .. } => {
                if let Some(story) = index.story(*message).filter(|story| story.stored == Some(event.at)) {
                    let landed = story.landings.first().is_some_and(|n| (*n as usize) < state.landed);
                    if let (Some(rank), false) = (story.rank, landed) {
                        self.open.insert((rank, *message));
                    }
                }
                Vec::new()
            }
            What::Applied { message, .. } => match rank(message) {
                Some(rank) if self.open.remove((rank, *message)) => {
                    let earlier = self.open.below((rank, MessageId(0))).take(MOST);
                    earlier.map(|(_, message)| (message, state.order().overtakers(message))).collect()
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }
}
