// SPDX-License-Identifier: MIT OR Apache-2.0
//! From a state and a moment to a scene.

use trace::{Ending, Map, MessageId, NodeId, OrderScope, Set, Time};

use crate::bands::fraction;
use crate::index::WorkEnd;
use crate::meaning::{Hold, Mark, MessageState, Token, Tone};
use crate::node_state::{Condition, Lease, NodeState};
use crate::packet::{Packet, PacketFate};
use crate::replica::replica;
use crate::rows::Row;
use crate::scene::{
    Bar, Costs, Counters, Flight, Flow, Landed, Leased, Ledger, Link, SHOWN, Scene, Station, Working,
};
use crate::sentence::{carries, ended, factor, skew};
use crate::state::State;
use crate::timeline::Timeline;

/// What of the player's settings a picture depends on.
pub(crate) struct View {
    /// Packets that take less than this on their way become a flow.
    pub too_fast: Time,
    /// For so long a lost packet stays visible, in virtual time.
    pub lost_for: Time,
    /// Wall time, for what drifts.
    pub wall: Time,
}

pub(crate) fn scene<'a>(timeline: &'a Timeline, state: &State, now: Time, view: &View) -> Scene<'a> {
    let header = &timeline.trace().header;
    let fast = fast_links(timeline, view);
    Scene {
        now,
        end: timeline.end(),
        scenario: &header.scenario,
        seed: header.seed,
        playing: false,
        speed: "",
        slowed: false,
        columns: timeline.columns(),
        cluster: timeline.is_cluster(),
        stations: timeline.rows().iter().map(|row| station(timeline, state, now, row)).collect(),
        links: links(timeline, state),
        flights: flights(timeline, state, now, view, &fast),
        flows: flows(timeline, state, now, view, &fast),
        effects: effects(timeline, state),
        effects_total: state.landed,
        counters: counters(timeline, state),
        sentence: None,
        log: &[],
        bar: bar(timeline, now),
        theory: Vec::new(),
    }
}

/// A message as it is drawn somewhere now.
pub(crate) fn token(
    timeline: &Timeline,
    state: &State,
    message: MessageId,
    attempt: u32,
    hold: Hold,
) -> Token {
    let index = timeline.index();
    let Some(story) = index.story(message) else {
        return Token::new(message, 0, MessageState::Fresh, hold, Mark { attempt, ..Mark::default() });
    };
    let times = story.landings.partition_point(|n| (*n as usize) < state.landed) as u32;
    // After its own effect a message is overtaken by as many as it was then, however many follow.
    let overtakers = match story.landings.first() {
        Some(first) if times > 0 => index.landings[*first as usize].displacement,
        _ => state.order().overtakers(message),
    };
    let mark = Mark { attempt, overtakers, times: if times > 1 { times } else { 0 } };
    let lost = !state.lost().is_empty() && state.lost().contains(&message);
    let message_state = match mark {
        _ if lost => MessageState::Lost,
        Mark { times: 2.., .. } => MessageState::Twice,
        Mark { overtakers: 1.., .. } => MessageState::Overtaken,
        Mark { attempt: 2.., .. } => MessageState::Again,
        _ => MessageState::Fresh,
    };
    in_its_keys_tone(timeline, Token::new(message, story.key, message_state, hold, mark))
}

/// Where order is asked for within each key, a message without other news shows which key it has.
fn in_its_keys_tone(timeline: &Timeline, token: Token) -> Token {
    let plain = token.state == MessageState::Fresh && token.hold != Hold::Working;
    let tone =
        if plain && timeline.scope() == OrderScope::PerKey { Tone::of_key(token.key) } else { token.tone };
    Token { tone, ..token }
}

fn station<'a>(timeline: &'a Timeline, state: &State, now: Time, row: &'a Row) -> Station<'a> {
    let node = &state.nodes[row.node.index()];
    let tokens =
        |(message, attempt): &(MessageId, u32)| token(timeline, state, *message, *attempt, Hold::Waiting);
    let dead = |message: &MessageId| token(timeline, state, *message, 0, Hold::Waiting);
    Station {
        node: row.node,
        short: &row.short,
        role: row.role,
        condition: node.condition(),
        condition_words: condition_words(node),
        clock_offset_ns: node.offset_ns,
        clock_words: if node.offset_ns == 0 {
            String::new()
        } else {
            ["clock ", &skew(node.offset_ns)].concat()
        },
        working: node
            .working
            .iter()
            .take(SHOWN)
            .map(|n| working(timeline, state, now, *n as usize))
            .collect(),
        waiting: node.waiting.iter().take(SHOWN).map(tokens).collect(),
        waiting_total: node.waiting.len(),
        leased: leases(timeline, state, now, node),
        leased_total: node.leases.len(),
        dead: node.dead.iter().rev().take(SHOWN).map(dead).collect(),
        dead_total: node.dead.len(),
        money: money(node),
        replica: replica(timeline, state, row),
    }
}

/// Nobody can ask a node that does not run.
fn money(node: &NodeState) -> String {
    if node.crashed || node.paused || node.accounts.is_empty() {
        return String::new();
    }
    let (mut text, mut sum) = (String::new(), 0i64);
    for amount in node.accounts.values() {
        if !text.is_empty() {
            text.push_str(" + ");
        }
        text.push_str(&amount.to_string());
        sum = sum.saturating_add(*amount);
    }
    if node.accounts.len() > 1 {
        text.push_str(" = ");
        text.push_str(&sum.to_string());
    }
    text
}

fn condition_words(node: &NodeState) -> String {
    match node.condition() {
        Condition::Up => String::new(),
        Condition::Crashed => "down".to_owned(),
        Condition::Paused => "paused".to_owned(),
        Condition::Slow(permille) => ["slow ×", &factor(permille)].concat(),
    }
}

fn leases(timeline: &Timeline, state: &State, now: Time, node: &NodeState) -> Vec<Leased> {
    let leased = |lease: &Lease| {
        let left = lease.until.map(|until| until.since(now));
        let fraction = match (left, lease.until) {
            (Some(left), Some(until)) => fraction(left, until.since(lease.since)),
            _ => 1.0,
        };
        let token = token(timeline, state, lease.message, lease.attempt, Hold::Leased);
        Leased { token, with: lease.consumer, left, fraction }
    };
    node.leases.iter().take(SHOWN).map(leased).collect()
}

fn working(timeline: &Timeline, state: &State, now: Time, place: usize) -> Working {
    let index = timeline.index();
    let work = &index.works[place];
    let awake = index.awake(work.node, work.started, now);
    let (progress, guessed) = match work.end {
        WorkEnd::Finished(at) => (fraction(awake, index.awake(work.node, work.started, at)), false),
        // It is never finished, but nobody can know that yet: it looks like any other work, and is not done.
        WorkEnd::CutShort(_) | WorkEnd::Open => {
            let usual = index.usual_work[work.node.index()].unwrap_or(timeline.end());
            (fraction(awake, usual).min(0.95), true)
        }
    };
    let token = token(timeline, state, work.message, work.attempt, Hold::Working);
    Working { token, progress, guessed, elapsed: now.since(work.started) }
}

pub(crate) fn links(timeline: &Timeline, state: &State) -> Vec<Link> {
    let row = |node: NodeId| timeline.row_of(node);
    let known = &timeline.index().links;
    let once = |(from, to): (NodeId, NodeId)| row(from) <= row(to) || !known.contains((to, from));
    let link = |(from, to): (NodeId, NodeId)| {
        let (a, b) = if row(from) <= row(to) { (from, to) } else { (to, from) };
        Link { a, b, cut_ab: state.severed.contains((a, b)), cut_ba: state.severed.contains((b, a)) }
    };
    known.iter().map(|(ends, _)| ends).filter(|ends| once(*ends)).map(link).collect()
}

type FastLinks = Set<(NodeId, NodeId)>;

fn fast_links(timeline: &Timeline, view: &View) -> FastLinks {
    if view.too_fast == Time::ZERO {
        return FastLinks::new();
    }
    let links = timeline.index().links.iter();
    links.filter(|(_, usual)| **usual < view.too_fast).map(|(link, _)| link).collect()
}

fn flights<'a>(
    timeline: &'a Timeline,
    state: &State,
    now: Time,
    view: &View,
    fast: &FastLinks,
) -> Vec<Flight<'a>> {
    let index = timeline.index();
    let mut flights = Vec::with_capacity(state.under_way.len() + 8);
    for place in state.under_way.iter().map(|n| n as usize) {
        let packet = &index.packets[place];
        if fast.is_empty()
            || timeline.index().cuts.before(packet).is_some()
            || !fast.contains((packet.from, packet.to))
        {
            flights.push(flight(timeline, state, now, place, None));
        }
    }
    let since = now - view.lost_for;
    let (first, last) = (
        index.drops.partition_point(|(at, _)| *at < since),
        index.drops.partition_point(|(at, _)| *at <= now),
    );
    for (at, place) in index.drops[first..last.max(first)].iter().rev().take(SHOWN) {
        let ago = fraction(now.since(*at), view.lost_for);
        if ago < 1.0 {
            flights.push(flight(timeline, state, now, *place as usize, Some(ago)));
        }
    }
    flights
}

fn flight<'a>(
    timeline: &'a Timeline,
    state: &State,
    now: Time,
    place: usize,
    lost: Option<f32>,
) -> Flight<'a> {
    let packet = &timeline.index().packets[place];
    let carries = carries(timeline.trace(), packet);
    Flight {
        packet: place,
        from: packet.from,
        to: packet.to,
        kind: &packet.kind,
        token: packet.message.map(|message| token(timeline, state, message, packet.attempt, Hold::Free)),
        carries,
        progress: progress(timeline, packet, now),
        waits: timeline.index().cuts.before(packet).is_some_and(|mended| lost.is_some() || now < mended),
        copy: packet.copy,
        lost,
    }
}

/// Where a packet stands that waits for the end of a cut: just before the sign in the middle of the link.
const AT_THE_CUT: f32 = 0.36;

/// How far a packet has come at a moment, 0 to 1.
fn progress(timeline: &Timeline, packet: &Packet, now: Time) -> f32 {
    let elapsed = now.min(packet.end()).since(packet.sent_at);
    let usual = timeline.index().links.get((packet.from, packet.to)).copied().unwrap_or_default();
    if timeline.index().waits_since(packet).is_some() {
        // When it came to the receiver's door is not in the trace: after the usual time, or it came through at once.
        let way = usual.min(packet.end().since(packet.sent_at));
        return fraction(elapsed.min(way), way);
    }
    if let Some(mended) = timeline.index().cuts.before(packet) {
        // It comes as far as the cut, stands there, and goes the rest of its way when the cut is over.
        let rest = match packet.fate {
            PacketFate::Arrives(at) => fraction(now.since(mended), at.since(mended)),
            _ => 0.0,
        };
        return fraction(elapsed, usual.max(Time(1))).min(AT_THE_CUT) + rest * (1.0 - AT_THE_CUT);
    }
    match packet.fate {
        PacketFate::Arrives(at) => fraction(elapsed, at.since(packet.sent_at)),
        // A cut link takes a packet as it leaves: somewhere on the way is all that can be said. All others are known to
        // be lost at the moment at which they would have arrived.
        PacketFate::Dropped(at, _) if at <= packet.sent_at => 0.5,
        PacketFate::Dropped(at, _) => fraction(elapsed, at.since(packet.sent_at)),
        // It travels when the run ends. It moves as packets usually do, and has not arrived.
        PacketFate::UnderWay => fraction(elapsed, usual.max(timeline.end().since(packet.sent_at))).min(0.95),
    }
}

fn flows(timeline: &Timeline, state: &State, now: Time, view: &View, fast: &FastLinks) -> Vec<Flow> {
    if fast.is_empty() {
        return Vec::new();
    }
    let index = timeline.index();
    let window = Time(view.too_fast.0.saturating_mul(4)).min(now.max(Time(1)));
    let from = now - window;
    // Of each link: the time that packets were on it, and the last one.
    let mut on_the_way: Map<(NodeId, NodeId), (u64, usize)> = Map::new();
    for (place, packet) in index.packets_within(from, now) {
        if fast.contains((packet.from, packet.to)) && timeline.index().cuts.before(packet).is_none() {
            let (time, last) = on_the_way.or_default((packet.from, packet.to));
            *time += packet.end().min(now).since(packet.sent_at.max(from)).0;
            *last = place;
        }
    }
    // A dot moves on by one place in half a second, whatever the speed: that there is a flow is what it says.
    let phase = (view.wall.0 % 500_000_000) as f32 / 500_000_000.0;
    let flow = |((from, to), (time, last)): ((NodeId, NodeId), (u64, usize))| {
        let flight = flight(timeline, state, now, last, None);
        let gone = now.since(index.packets[last].end());
        Flow {
            from,
            to,
            carries: flight.carries,
            density: (time as f64 / window.0 as f64) as f32,
            phase,
            glow: 1.0 - fraction(gone, window),
            tone: flight.tone(),
        }
    };
    on_the_way.drain().map(flow).collect()
}

fn effects(timeline: &Timeline, state: &State) -> Vec<Landed> {
    let landed = &timeline.index().landings[..state.landed.min(timeline.index().landings.len())];
    let landings = landed.iter().enumerate().rev().take(SHOWN);
    landings.map(|(n, landing)| landed_token(timeline, n, landing)).collect()
}

/// A landing as it stands in the list: marked as it was when it landed, not by what came later.
fn landed_token(timeline: &Timeline, place: usize, landing: &crate::index::Landing) -> Landed {
    let mark = Mark {
        attempt: landing.attempt,
        overtakers: if landing.nth == 1 { landing.displacement } else { 0 },
        times: if landing.nth > 1 { landing.nth } else { 0 },
    };
    let state = match mark {
        Mark { times: 2.., .. } => MessageState::Twice,
        Mark { overtakers: 1.., .. } => MessageState::Overtaken,
        Mark { attempt: 2.., .. } => MessageState::Again,
        _ => MessageState::Fresh,
    };
    let key = timeline.story(landing.message).map_or(0, |story| story.key);
    let token = in_its_keys_tone(timeline, Token::new(landing.message, key, state, Hold::Free, mark));
    Landed { token, at: landing.at, node: landing.node, place: place + 1 }
}

pub(crate) fn counters(timeline: &Timeline, state: &State) -> Counters {
    let (delivery, order) = (state.delivery().counts(), state.order().counts());
    let (overtaken, overtaken_share) = order.overtaken_by_now();
    Counters {
        sent: delivery.offered,
        done: delivery.done,
        lost: state.lost().len() as u64,
        twice: delivery.repeated,
        overtaken,
        overtaken_share,
        largest_displacement: state.order().largest_displacement_by_now(),
        in_flight: state.unacked(),
        depth: state.depth(),
        redelivered: delivery.redelivered,
        dead_lettered: delivery.dead_lettered,
        refused: delivery.refused,
        confirmed: delivery.confirmed,
        costs: timeline
            .is_about_one_message()
            .then_some(Costs { packets: state.sums.packets, flushes: state.sums.flushes }),
        ledgers: ledgers(state),
        money_lost: state
            .money()
            .ledgers()
            .map(|(ledger, _)| state.money().lost(ledger))
            .fold(0, u64::saturating_add),
        money_made: state.money().ledgers().map(|(_, counts)| counts.made).fold(0, u64::saturating_add),
    }
}

fn ledgers(state: &State) -> [Option<Ledger>; 2] {
    let mut ledgers = state.money().ledgers();
    std::array::from_fn(|_| {
        let (ledger, counts) = ledgers.next()?;
        Some(Ledger { nodes: state.keepers(ledger), sum: u64::try_from(counts.sum).unwrap_or(0) })
    })
}

fn bar(timeline: &Timeline, now: Time) -> Bar<'_> {
    let unfinished = match timeline.trace().ending() {
        Some(how @ Ending::Unfinished(_)) => ended(how),
        _ => String::new(),
    };
    Bar { fraction: timeline.fraction(now), bands: timeline.bands(), marks: timeline.marks(), unfinished }
}
