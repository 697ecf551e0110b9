// SPDX-License-Identifier: MIT OR Apache-2.0
//! Points by part: what each is worth, and how it is said.

use crate::reproducible::{Cost, CostLimit, Part};
use crate::verdict::Points;

const POINTS: [(&str, u32); 3] = [("safety", 60), ("liveness", 30), ("cost", 10)];

/// The parts, in the order of grading.
pub(crate) const SAFETY: usize = 0;
pub(crate) const LIVENESS: usize = 1;
pub(crate) const COST: usize = 2;

/// Nothing, for one reason.
pub(crate) fn no_points(why: &str) -> Vec<Points> {
    (0..POINTS.len()).map(|part| points(part, false, why.to_owned())).collect()
}

/// All of a part or nothing of it.
pub(crate) fn points(part: usize, earned: bool, why: String) -> Points {
    let (name, of) = POINTS[part];
    Points { part: name.to_owned(), got: if earned { of } else { 0 }, of, why }
}

/// A part, as verdicts call it.
pub(crate) fn part_name(part: Part) -> &'static str {
    match part {
        Part::Safety => "safety",
        Part::Liveness => "liveness",
    }
}

fn hundredths(n: u64) -> String {
    format!("{}.{:02}", n / 100, n % 100)
}

/// The points for cost, counted in the runs of this kind.
pub(crate) fn cost(kind: &str, limits: &[CostLimit], cost: &Cost) -> Points {
    let was = |spent: u64| spent * 100 / cost.messages.max(1);
    let spent = || limits.iter().zip(cost.spent.map(was));
    let kept = spent().all(|(limit, was)| was <= limit.most);
    let said = spent().map(|(limit, was)| {
        let (was, most) = (hundredths(was), hundredths(limit.most));
        format!("{was} {} a message, limit {most}", limit.what)
    });
    let said: Vec<String> = said.collect();
    points(COST, kept, format!("{kind}: {}", said.join("; ")))
}
