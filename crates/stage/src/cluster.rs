// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a run says of brokers that keep a queue together: who leads when, whose copies are thrown away, and the sentences
//! about it.

use trace::{Event, Map, MessageId, NodeId, Set, Time, Trace, What};

use crate::rows::join;
use crate::sentence::{count, number};
use crate::timeline::Timeline;

/// A stretch in which a broker leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lead {
    pub node: NodeId,
    pub term: u32,
    pub from: Time,
    /// [`Time::MAX`] if it leads when the trace ends.
    pub to: Time,
}

/// Copies that a broker throws away at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Discard {
    messages: Vec<MessageId>,
    /// Those whose producers were told that they are kept, which took no effect, and which nobody else has.
    lost: Vec<MessageId>,
}

/// What one pass over the events finds out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cluster {
    /// In order of beginning.
    pub leads: Vec<Lead>,
    /// By the first event of each.
    discards: Map<u32, Discard>,
}

#[derive(Default)]
struct Builder {
    cluster: Cluster,
    copies: Set<(NodeId, MessageId)>,
    confirmed: Set<MessageId>,
    done: Set<MessageId>,
    /// The last discard: its first event, and the last one so far.
    open: Option<(u32, u32)>,
}

impl Cluster {
    pub fn new(trace: &Trace) -> Cluster {
        let mut builder = Builder::default();
        trace.events.iter().enumerate().for_each(|(place, event)| builder.take(place as u32, event));
        builder.cluster
    }

    /// Whether a broker begins to lead in this moment: then it says again what its queue holds.
    fn begins(&self, node: NodeId, at: Time) -> bool {
        self.leads.iter().skip(1).any(|lead| (lead.node, lead.from) == (node, at))
    }
}

impl Builder {
    fn take(&mut self, place: u32, event: &Event) {
        match event.what {
            What::Leads { node, term, leads } => {
                self.end(node, event.at);
                if leads {
                    self.cluster.leads.push(Lead { node, term, from: event.at, to: Time::MAX });
                }
            }
            What::Crashed { node, .. } => self.end(node, event.at),
            What::Restarted { node } | What::DiskLost { node } => {
                self.copies.retain(|(holder, _)| holder != node);
            }
            What::Replicated { node, message } => {
                self.copies.insert((node, message));
            }
            What::Confirmed { message, .. } => {
                self.confirmed.insert(message);
            }
            What::Applied { message, .. } => {
                self.done.insert(message);
            }
            What::Discarded { node, message } => self.discard(place, node, message),
            _ => {}
        }
    }

    fn end(&mut self, node: NodeId, at: Time) {
        let open = |lead: &&mut Lead| lead.node == node && lead.to == Time::MAX;
        self.cluster.leads.iter_mut().filter(open).for_each(|lead| lead.to = at);
    }

    fn discard(&mut self, place: u32, node: NodeId, message: MessageId) {
        self.copies.remove((node, message));
        let kept = self.copies.iter().any(|(_, other)| other == message);
        let lost = !kept && self.confirmed.contains(message) && !self.done.contains(message);
        // A broker takes all of them off its log before anything else happens.
        let first = self.open.filter(|(_, last)| last + 1 == place).map_or(place, |(first, _)| first);
        self.open = Some((first, place));
        let discard = self.cluster.discards.or_default(first);
        discard.messages.push(message);
        if lost {
            discard.lost.push(message);
        }
    }
}

/// Whether an event about a cluster is a step on its own; true of all others. Copies are as quiet as packets are.
pub(crate) fn is_visible(timeline: &Timeline, event: usize) -> bool {
    let Event { at, what } = &timeline.trace().events[event];
    let cluster = timeline.cluster();
    match *what {
        What::Replicated { .. } => false,
        What::Discarded { .. } => cluster.discards.contains(event as u32),
        What::Stored { node, message } => {
            let again =
                timeline.story(message).and_then(|story| story.stored).is_some_and(|first| first < *at);
            !(again && cluster.begins(node, *at))
        }
        What::Acked { node, .. } => !cluster.begins(node, *at),
        _ => true,
    }
}

/// Whether messages that were confirmed are lost with the copies thrown away in this event.
pub(crate) fn loses(timeline: &Timeline, event: usize) -> bool {
    timeline.cluster().discards.get(event as u32).is_some_and(|discard| !discard.lost.is_empty())
}

/// Whether this is not where the run's first leader begins.
pub(crate) fn changes_leader(timeline: &Timeline, event: usize) -> bool {
    timeline.cluster().leads.first().is_some_and(|lead| lead.from < timeline.trace().events[event].at)
}

/// `q2 leads from now on, in term 2`.
pub(crate) fn leads(timeline: &Timeline, event: usize, node: NodeId, term: u32, leads: bool) -> String {
    let name = timeline.name(node);
    let first = !changes_leader(timeline, event);
    match leads {
        false => [name, " leads no more"].concat(),
        true if first => [name, " leads, in term ", &*number(term.into())].concat(),
        true => [name, " leads from now on, in term ", &*number(term.into())].concat(),
    }
}

/// `q1 throws its copies of 27 and 28 away; 28 was confirmed, and nobody else has it`.
pub(crate) fn discarded(timeline: &Timeline, event: usize, node: NodeId, message: MessageId) -> String {
    let name = timeline.name(node);
    let one = Discard { messages: vec![message], lost: Vec::new() };
    let Discard { messages, lost } = timeline.cluster().discards.get(event as u32).unwrap_or(&one);
    let of = match messages.len() {
        1 => "its copy of ",
        2..=MOST_NAMED => "its copies of ",
        _ => "",
    };
    let what = [name, " throws ", of, &list(messages), " away"].concat();
    match lost.len() {
        0 => what,
        1 => [&*what, "; ", &list(lost), " was confirmed, and nobody else has it"].concat(),
        _ => [&*what, "; ", &list(lost), " were confirmed, and nobody else has them"].concat(),
    }
}

const MOST_NAMED: usize = 4;

/// `27, 28 and 29`; more are counted.
fn list(messages: &[MessageId]) -> String {
    if messages.len() > MOST_NAMED {
        return count(messages.len() as u64, "message");
    }
    let names: Vec<String> = messages.iter().map(|message| number(message.0).to_string()).collect();
    join(&names.iter().map(String::as_str).collect::<Vec<_>>())
}
