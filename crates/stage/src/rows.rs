// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which nodes stand where, and what they are called in short.

use trace::{NodeId, Role, Time, Trace, What, sort_by_key};

/// A node's place among the rows, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which node.
    pub node: NodeId,
    /// Its name in short, for rows and lanes: `c1`.
    pub short: String,
    /// What it does.
    pub role: Role,
}

/// A column of the figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// `producers`, `queue`, `consumers`, `effects`.
    pub label: &'static str,
    /// Which rows stand in it: places in [`crate::Timeline::rows`] and [`crate::Scene::stations`].
    pub rows: std::ops::Range<usize>,
    /// Whether the list of landed effects stands in it.
    pub effects: bool,
}

/// What a node is called in short; this is its name wherever people read it. Scripts have the whole one.
pub(crate) fn short(rows: &[Row], node: NodeId) -> &str {
    rows.iter().find(|row| row.node == node).map_or("nobody", |row| &row.short)
}

/// `27, 28 and 29`.
pub(crate) fn join(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [most @ .., last] => [&*most.join(", "), " and ", last].concat(),
    }
}

/// Rows and columns of a trace's nodes.
pub(crate) fn rows_and_columns(trace: &Trace) -> (Vec<Row>, Vec<Column>) {
    let column = |role: Role| match role {
        Role::Producer => 0,
        Role::Queue | Role::Other => 1,
        Role::Consumer => 2,
        Role::Store => 3,
    };
    let shorts = short_names(trace);
    let nodes = trace.header.nodes.iter().zip(shorts).enumerate();
    let mut rows: Vec<Row> =
        nodes.map(|(n, (info, short))| Row { node: NodeId(n as u16), short, role: info.role }).collect();
    // Within a column the trace's own order; a controller stands below the queues.
    sort_by_key(&mut rows, |row| (column(row.role) as u32, row.role == Role::Other));
    let labels = ["producers", "queue", "consumers", "effects"];
    let mut columns = Vec::new();
    for (n, label) in labels.into_iter().enumerate() {
        let from = rows.partition_point(|row| column(row.role) < n);
        let to = rows.partition_point(|row| column(row.role) <= n);
        let keepers = rows[from..to].iter().filter(|row| keeps_accounts(trace, row.node)).count();
        let label = match (n, to - from) {
            (_, 1..) if keepers == to - from => "accounts",
            (0, 1) => "producer",
            (1, 2..) => "queues",
            (2, 1) => "consumer",
            _ => label,
        };
        let effects = n == 3;
        if to > from || effects {
            columns.push(Column { label, rows: from..to, effects });
        }
    }
    (rows, columns)
}

/// Whether a node says from the beginning what accounts hold.
pub(crate) fn keeps_accounts(trace: &Trace, keeper: NodeId) -> bool {
    let first = trace.events.iter().take_while(|event| event.at == Time::ZERO);
    first.into_iter().any(|event| matches!(event.what, What::Balance { node, .. } if node == keeper))
}

/// First letters and the number at the end: `consumer-12` is `c12`, `queue` is `q`. Names that would look the same keep
/// more letters, at last all of them.
fn short_names(trace: &Trace) -> Vec<String> {
    const MOST_LETTERS: usize = 4;
    let short = |name: &str, letters: usize| -> String {
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let number = &name[stem.len()..];
        stem.chars().filter(|c| c.is_alphanumeric()).take(letters).chain(number.chars()).collect()
    };
    let names = || trace.header.nodes.iter().map(|info| info.name.as_str());
    let mut shorts: Vec<Option<String>> = vec![None; trace.header.nodes.len()];
    for letters in 1..=MOST_LETTERS {
        let candidates: Vec<String> = names().map(|name| short(name, letters)).collect();
        let roles = trace.header.nodes.iter().map(|info| info.role);
        for ((chosen, candidate), role) in shorts.iter_mut().zip(&candidates).zip(roles) {
            let alone = candidates.iter().filter(|other| *other == candidate).count() == 1;
            // A controller `c` beside consumers `c1` and `c2` would look like one of them.
            let bare = |other: &&String| {
                other.len() > candidate.len()
                    && other.trim_end_matches(|c: char| c.is_ascii_digit()) == candidate
            };
            let alone = alone && (role != Role::Other || candidates.iter().find(bare).is_none());
            if chosen.is_none() && alone && !candidate.is_empty() {
                *chosen = Some(candidate.clone());
            }
        }
    }
    shorts.into_iter().zip(names()).map(|(chosen, name)| chosen.unwrap_or_else(|| name.to_owned())).collect()
}
