// SPDX-License-Identifier: MIT OR Apache-2.0
//! Expectations: what a trace has to show, in a small vocabulary.
//!
//! ```text
//! handed 1 2 1                 messages are handed out in this order, to begin with
//! handed-to consumer-2 1 3     those to this consumer; `none` if it is handed nothing
//! lost none                    confirmed and lost; also returned-lost, stuck, refused, unknown, dead-lettered,
//!                              dropped, expired, confirmed: each none, some, all, or a number
//! confirmed 5 after 9s         so many by this moment
//! dead-lettered 1 after 7      message 1, after so many deliveries
//! effects 1 = 2                how often message 1 took effect; also handings, copies (brokers that had it when its
//!                              producer heard the confirm); `all` is each message; =, <= or >=
//! gap 1 >= 60s                 from its first handing to its second; also wait (from offering to the first handing),
//!                              confirm (from offering) and done (from offering to the first effect); <= or >=
//! overtaken none               by later messages of their key; `overtaken-globally` by any
//! in-flight <= 4               handed out and not settled at once; also in-flight-per-key, in-flight-per-consumer
//! consumers-per-key <= 1       to how many consumers the messages of one key go
//! leader queue-2 after 9s      who leads at this moment; `none` if nobody does
//! leaders-at-once <= 1         how many lead at once
//! ```

use std::fmt;

use trace::{MessageId, Time};

use super::facts::{Facts, Told};

/// What a trace has to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    text: String,
    /// The line of its file.
    pub line: usize,
    what: Kind,
}

/// Why a text is not an expectation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no expectation: {why}")]
pub struct ExpectationError {
    /// The text.
    pub text: String,
    /// What is wrong, and what would be right.
    pub why: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// Handed out in this order, to anybody or to one consumer.
    Handed(Option<String>, Vec<MessageId>),
    /// So many messages met a fate.
    Count(Fate, Amount),
    ConfirmedBy(Amount, Time),
    DeadAfter(MessageId, u32),
    /// Something that is counted of each message.
    Each(Counted, Option<MessageId>, Compare, u64),
    /// A span of a message's life.
    Span(Span, MessageId, Compare, Time),
    /// Something that the whole run has a most of.
    Most(Most, Compare, u64),
    Leader(Option<String>, Time),
}

/// Words of a vocabulary, each with what it stands for.
macro_rules! words {
    ($name:ident { $($variant:ident $word:literal $says:literal),+ $(,)? }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        enum $name { $($variant),+ }

        impl $name {
            const ALL: &[($name, &str)] = &[$(($name::$variant, $word)),+];

            fn find(word: &str) -> Option<$name> {
                $name::ALL.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
            }

            /// For people.
            fn says(self) -> &'static str {
                match self { $($name::$variant => $says),+ }
            }
        }
    };
}

words!(Fate {
    Lost "lost" "confirmed, and lost",
    ReturnedLost "returned-lost" "sent without a confirm to wait for, and lost",
    Stuck "stuck" "still with a broker at the end",
    Refused "refused" "refused",
    Unknown "unknown" "given up without an answer",
    DeadLettered "dead-lettered" "put aside",
    Dropped "dropped" "dropped by a full queue",
    Expired "expired" "dropped for their age",
    Confirmed "confirmed" "confirmed",
    Overtaken "overtaken" "overtaken by later ones of their key",
    OvertakenGlobally "overtaken-globally" "overtaken by later ones",
});
words!(Counted {
    Effects "effects" "took effect",
    Handings "handings" "was handed out",
    Copies "copies" "was with brokers",
});
words!(Span {
    Gap "gap" "from the first handing to the second",
    Wait "wait" "from offering to the first handing",
    Confirm "confirm" "from offering to the confirm",
    Done "done" "from offering to the first effect",
});
words!(Most {
    InFlight "in-flight" "handed out and not settled at once",
    PerKey "in-flight-per-key" "of one key were handed out and not settled at once",
    PerConsumer "in-flight-per-consumer" "were with one consumer at once and not settled",
    Consumers "consumers-per-key" "consumers were handed messages of one key",
    Leaders "leaders-at-once" "brokers led at once",
});
words!(Compare {
    Equal "=" "exactly",
    AtMost "<=" "at most",
    AtLeast ">=" "at least",
});

impl Compare {
    fn holds(self, seen: u64, limit: u64) -> bool {
        match self {
            Compare::Equal => seen == limit,
            Compare::AtMost => seen <= limit,
            Compare::AtLeast => seen >= limit,
        }
    }
}

/// How many messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Amount {
    Some,
    All,
    Number(u64),
}

impl Amount {
    fn read(word: &str) -> Result<Amount, String> {
        match word {
            "none" => Ok(Amount::Number(0)),
            "some" => Ok(Amount::Some),
            "all" => Ok(Amount::All),
            _ => number(word)
                .map(Amount::Number)
                .map_err(|_| format!("`{word}` is not none, some, all or a number")),
        }
    }

    fn holds(self, seen: u64, of: u64) -> bool {
        match self {
            Amount::Some => seen > 0,
            Amount::All => seen == of,
            Amount::Number(n) => seen == n,
        }
    }
}

fn number(word: &str) -> Result<u64, String> {
    word.parse().map_err(|_| format!("`{word}` is not a number"))
}

fn time(word: &str) -> Result<Time, String> {
    word.parse().map_err(|error| format!("{error}"))
}

fn message(word: &str) -> Result<MessageId, String> {
    number(word).map(MessageId).map_err(|_| format!("`{word}` is not a message; they have numbers, from 1"))
}

fn messages(words: &[&str]) -> Result<Vec<MessageId>, String> {
    match words {
        [] => Err("which messages?".to_owned()),
        ["none"] => Ok(Vec::new()),
        _ => words.iter().map(|word| message(word)).collect(),
    }
}

fn compare(word: &str) -> Result<Compare, String> {
    Compare::find(word).ok_or_else(|| format!("`{word}` is not =, <= or >="))
}

impl Expectation {
    /// Reads one, from this line of its file.
    ///
    /// # Errors
    /// What is wrong, and what would be right.
    pub fn read(text: &str, line: usize) -> Result<Expectation, ExpectationError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let what = read(&words).map_err(|why| ExpectationError { text: text.to_owned(), why })?;
        Ok(Expectation { text: words.join(" "), line, what })
    }

    /// What a trace shows instead; nothing if it is met.
    pub(super) fn unmet(&self, facts: &Facts<'_>) -> Option<String> {
        match &self.what {
            Kind::Handed(to, expected) => handed(facts, to.as_deref(), expected),
            Kind::Count(fate, amount) => {
                let (seen, of) = (count(facts, *fate), facts.messages.len() as u64);
                (!amount.holds(seen, of)).then(|| format!("{seen} of {of} messages were {}", fate.says()))
            }
            Kind::ConfirmedBy(amount, moment) => {
                let (seen, of) = (facts.confirmed_by(*moment), facts.messages.len() as u64);
                let met = amount.holds(seen, of);
                (!met).then(|| format!("{seen} of {of} messages were confirmed by then"))
            }
            Kind::DeadAfter(message, times) => {
                let after = facts.messages.get(*message).and_then(|told| told.dead_after);
                match after {
                    Some(seen) if seen == *times => None,
                    Some(seen) => Some(format!("message {message} was put aside after {seen} deliveries")),
                    None => Some(format!("message {message} was never put aside")),
                }
            }
            Kind::Each(counted, which, compare, limit) => each(facts, *counted, *which, *compare, *limit),
            Kind::Span(span, message, compare, limit) => {
                let told = facts.messages.get(*message);
                match told.and_then(|told| span.of(told)) {
                    Some(seen) if compare.holds(seen.0, limit.0) => None,
                    Some(seen) => Some(format!(
                        "{} of message {message} it took {seen} and not {} {limit}",
                        span.says(),
                        compare.says()
                    )),
                    None => Some(format!("for message {message} there is nothing {}", span.says())),
                }
            }
            Kind::Most(most, compare, limit) => {
                let seen = most.of(facts);
                (!compare.holds(seen, *limit)).then(|| format!("{seen} {}, at most", most.says()))
            }
            Kind::Leader(name, moment) => {
                let seen: Vec<&str> =
                    facts.leaders_at(*moment).iter().map(|node| facts.name(*node)).collect();
                let met = seen == name.as_deref().into_iter().collect::<Vec<_>>();
                (!met).then(|| match seen.is_empty() {
                    true => "nobody led then".to_owned(),
                    false => format!("{} led then", seen.join(" and ")),
                })
            }
        }
    }
}

impl Span {
    fn of(self, told: &Told) -> Option<Time> {
        let since_offered = |at: Option<&Time>| at.map(|at| at.since(told.offered));
        match self {
            Span::Gap => told.handed.get(1).map(|at| at.since(told.handed[0])),
            Span::Wait => since_offered(told.handed.first()),
            Span::Confirm => since_offered(told.confirmed.as_ref()),
            Span::Done => since_offered(told.effects.first()),
        }
    }
}

impl Most {
    fn of(self, facts: &Facts<'_>) -> u64 {
        match self {
            Most::InFlight => facts.in_flight.all,
            Most::PerKey => facts.in_flight.per_key,
            Most::PerConsumer => facts.in_flight.per_consumer,
            Most::Consumers => facts.consumers_per_key,
            Most::Leaders => facts.most_leaders(),
        }
    }
}

fn count(facts: &Facts<'_>, fate: Fate) -> u64 {
    let told = |is: fn(&Told) -> bool| facts.messages.values().filter(|told| is(told)).count() as u64;
    match fate {
        Fate::Lost => facts.fates.confirmed_lost,
        Fate::ReturnedLost => facts.fates.returned_lost,
        Fate::Stuck => facts.fates.stuck,
        Fate::Refused => facts.fates.refused,
        Fate::Unknown => facts.fates.unknown,
        Fate::DeadLettered => told(|told| told.dead_after.is_some()),
        Fate::Dropped => facts.dropped,
        Fate::Expired => facts.expired,
        Fate::Confirmed => told(|told| told.confirmed.is_some()),
        Fate::Overtaken => facts.overtaken.0,
        Fate::OvertakenGlobally => facts.overtaken.1,
    }
}

/// Whether handings begin as they should: all of them, or those to one consumer.
fn handed(facts: &Facts<'_>, to: Option<&str>, expected: &[MessageId]) -> Option<String> {
    let consumer = match to.map(|name| (name, facts.node(name))) {
        Some((name, None)) => {
            return Some(format!("this trace has no node `{name}`; it has {}", facts.node_names()));
        }
        Some((_, node)) => node,
        None => None,
    };
    let to_it = facts.handed.iter().filter(|(to, _)| consumer.is_none_or(|consumer| *to == consumer));
    let seen: Vec<MessageId> = to_it.map(|(_, message)| *message).collect();
    let met = if expected.is_empty() { seen.is_empty() } else { seen.starts_with(expected) };
    let shown: Vec<String> = seen.iter().take(expected.len().max(1) + 3).map(MessageId::to_string).collect();
    let more = if seen.len() > shown.len() { " …" } else { "" };
    (!met).then(|| match shown.is_empty() {
        true => "nothing was handed out".to_owned(),
        false => format!("handed out was {}{more}", shown.join(" ")),
    })
}

/// Whether something that is counted of each message is as it should be, of one or of all.
fn each(
    facts: &Facts<'_>,
    counted: Counted,
    which: Option<MessageId>,
    compare: Compare,
    limit: u64,
) -> Option<String> {
    let seen_of = |told: &Told| match counted {
        Counted::Effects => told.effects.len() as u64,
        Counted::Handings => told.handed.len() as u64,
        Counted::Copies => told.copies.unwrap_or(0),
    };
    let unmet = |message: MessageId, told: &Told| {
        let seen = seen_of(told);
        (!compare.holds(seen, limit)).then(|| match counted {
            Counted::Copies => {
                format!("{seen} brokers had message {message} when its producer heard the confirm")
            }
            _ => format!("message {message} {} {}", counted.says(), times(seen)),
        })
    };
    match which {
        Some(message) => match facts.messages.get(message) {
            Some(told) => unmet(message, told),
            None => Some(format!("message {message} was never offered")),
        },
        None if facts.messages.is_empty() => Some("nothing was offered".to_owned()),
        None => facts.messages.iter().find_map(|(message, told)| unmet(message, told)),
    }
}

fn times(count: u64) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn read(words: &[&str]) -> Result<Kind, String> {
    let vocabulary = || {
        let fates = Fate::ALL.iter().map(|(_, word)| *word);
        let counted = Counted::ALL.iter().map(|(_, word)| *word);
        let spans = Span::ALL.iter().map(|(_, word)| *word);
        let most = Most::ALL.iter().map(|(_, word)| *word);
        let all: Vec<&str> = ["handed", "handed-to", "leader"]
            .into_iter()
            .chain(fates)
            .chain(counted)
            .chain(spans)
            .chain(most)
            .collect();
        all.join(", ")
    };
    let (first, rest) = words.split_first().ok_or("it is empty")?;
    match (*first, rest) {
        ("handed", rest) => Ok(Kind::Handed(None, messages(rest)?)),
        ("handed-to", [consumer, rest @ ..]) => {
            Ok(Kind::Handed(Some((*consumer).to_owned()), messages(rest)?))
        }
        ("leader", [name, "after", moment]) => {
            Ok(Kind::Leader((*name != "none").then(|| (*name).to_owned()), time(moment)?))
        }
        ("confirmed", [amount, "after", moment]) => {
            Ok(Kind::ConfirmedBy(Amount::read(amount)?, time(moment)?))
        }
        ("dead-lettered", [which, "after", times]) => {
            Ok(Kind::DeadAfter(message(which)?, number(times)?.try_into().map_err(|_| "that is too often")?))
        }
        (word, rest) => {
            if let (Some(fate), [amount]) = (Fate::find(word), rest) {
                return Ok(Kind::Count(fate, Amount::read(amount)?));
            }
            if let (Some(counted), [which, sign, limit]) = (Counted::find(word), rest) {
                let which = if *which == "all" { None } else { Some(message(which)?) };
                return Ok(Kind::Each(counted, which, compare(sign)?, number(limit)?));
            }
            if let (Some(span), [which, sign, limit]) = (Span::find(word), rest) {
                return Ok(Kind::Span(span, message(which)?, compare(sign)?, time(limit)?));
            }
            if let (Some(most), [sign, limit]) = (Most::find(word), rest) {
                return Ok(Kind::Most(most, compare(sign)?, number(limit)?));
            }
            Err(format!("it begins with one of {}, and what each needs", vocabulary()))
        }
    }
}
