// SPDX-License-Identifier: MIT OR Apache-2.0
//! The last sentences: what a reader without the drawing hears.

use trace::Time;

use crate::cluster;
use crate::meaning::Tone;
use crate::scene::{LOG_LINES, LogLine};
use crate::sentence::{sentence, weight};
use crate::timeline::Timeline;

/// Brings the log to the first `events` events. Sentences that are there already are kept, since making them is what
/// costs.
pub(crate) fn bring(log: &mut Vec<LogLine>, timeline: &Timeline, events: usize) {
    let visible = timeline.visible();
    let to = visible.partition_point(|event| (*event as usize) < events);
    let wanted = &visible[to.saturating_sub(LOG_LINES)..to];
    let unchanged = log.last().map(|line| line.event) == wanted.last().map(|event| *event as usize)
        && log.len() == wanted.len();
    if unchanged {
        return;
    }
    let mut kept = std::mem::take(log).into_iter().peekable();
    for event in wanted.iter().map(|event| *event as usize) {
        while kept.next_if(|line| line.event < event).is_some() {}
        let line = kept.next_if(|line| line.event == event);
        log.push(line.unwrap_or_else(|| LogLine {
            at: timeline.trace().events[event].at,
            event,
            text: sentence(timeline, event),
            tone: tone(timeline, event),
        }));
    }
}

/// The place of the moment's sentence: the weightiest since a moment, the later of equals. Never none while there are
/// sentences at all: those of the last moment always count.
pub(crate) fn headline(log: &[LogLine], timeline: &Timeline, since: Time) -> Option<usize> {
    let since = since.min(log.last()?.at);
    let first = log.partition_point(|line| line.at < since);
    (first..log.len()).max_by_key(|n| weight(timeline, log[*n].event))
}

fn tone(timeline: &Timeline, event: usize) -> Tone {
    use trace::What::*;
    let what = &timeline.trace().events[event].what;
    let landing = timeline.index().landing_of(event).filter(|_| matches!(what, Applied { .. }));
    match what {
        Applied { .. } => match landing.map(|n| &timeline.index().landings[n]) {
            Some(landing) if landing.nth > 1 => Tone::Again,
            _ if timeline.remark(event).is_some() => Tone::Overtaken,
            Some(landing) if landing.displacement > 0 => Tone::Overtaken,
            _ => Tone::Ink,
        },
        Restarted { .. } | Resumed { .. } | Healed { .. } | ParameterSet { .. } | Forked { .. } => Tone::Ink,
        Dropped { .. } => Tone::Lost,
        Discarded { .. } if cluster::loses(timeline, event) => Tone::Lost,
        Leads { .. } => Tone::Accent,
        what if what.is_fault() => Tone::Fault,
        Handed { attempt, .. } | Started { attempt, .. } if *attempt > 1 => Tone::Again,
        Requeued { .. } | Duplicated { .. } | Sent { .. } => Tone::Again,
        _ => Tone::Ink,
    }
}
