// SPDX-License-Identifier: MIT OR Apache-2.0
//! A story made short: the lines that decide stay, what was routine goes.

use crate::verdict::StoryLine;

/// How much a story needs a line, most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// A fault, news of a dead letter, or what became of a message that the breach is about.
    Decisive,
    /// Such a message is handed over.
    Itself,
    /// What turned the course of another message of its key.
    KeyTurns,
    /// Anything about a message right before or behind it in its key.
    Neighbour,
    /// Anything about its key.
    SameKey,
    /// What turned the course of a message of another key.
    OtherTurns,
    /// The rest.
    Other,
}

/// A line as it will be read.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub line: StoryLine,
    pub rank: Rank,
}

/// At most so many lines; one stands for each stretch that is left out. Of lines that are needed as much, the later ones
/// stay: they are nearer to the end.
pub(crate) fn shortened(lines: &[Told], most: usize) -> Vec<StoryLine> {
    let mut kept = vec![lines.len() <= most; lines.len()];
    let mut by_need: Vec<usize> = (0..lines.len()).collect();
    by_need.sort_by_key(|n| (lines[*n].rank, std::cmp::Reverse(*n)));
    for n in by_need {
        let before = std::mem::replace(&mut kept[n], true);
        if length(&kept) > most {
            kept[n] = before;
        }
    }
    let mut told = Vec::new();
    let mut rest = 0;
    while rest < lines.len() {
        let left_out = kept[rest..].iter().take_while(|kept| !**kept).count();
        match left_out {
            0 => told.push(lines[rest].line.clone()),
            1 => told.push(gap("… one step more …".to_owned())),
            n => told.push(gap(format!("… {n} steps more …"))),
        }
        rest += left_out.max(1);
    }
    told
}

fn gap(text: String) -> StoryLine {
    StoryLine { at: String::new(), text }
}

/// How many lines it takes to tell what is kept, and the gaps between.
fn length(kept: &[bool]) -> usize {
    let gaps = (0..kept.len()).filter(|n| !kept[*n] && (*n == 0 || kept[n - 1])).count();
    kept.iter().filter(|kept| **kept).count() + gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(ranks: &[Rank]) -> Vec<Told> {
        let line = |n: usize| StoryLine { at: String::new(), text: n.to_string() };
        ranks.iter().enumerate().map(|(n, rank)| Told { line: line(n), rank: *rank }).collect()
    }

    #[test]
    fn what_decides_stays_and_the_rest_is_counted() {
        use Rank::{Decisive, Other};
        let all = lines(&[Other, Other, Decisive, Other, Other, Other, Other, Decisive, Other]);
        let texts: Vec<String> = shortened(&all, 6).into_iter().map(|line| line.text).collect();
        assert_eq!(texts, ["… 2 steps more …", "2", "… 3 steps more …", "6", "7", "8"]);
    }

    #[test]
    fn it_is_never_longer_than_asked_for() {
        let ranks = [Rank::Decisive, Rank::Other, Rank::SameKey, Rank::Itself, Rank::Other];
        for count in 0..40 {
            let all = lines(&ranks.iter().copied().cycle().take(count).collect::<Vec<_>>());
            for most in 3..12 {
                let told = shortened(&all, most);
                assert!(told.len() <= most, "{count} lines in {most}");
                assert!(count > most || told.len() == count);
            }
        }
    }
}
