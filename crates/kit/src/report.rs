// SPDX-License-Identifier: MIT OR Apache-2.0
//! A verdict for people: one sentence first, then the story, then what was tried.

use crate::verdict::{StoryLine, Verdict};

/// The verdict as plain text, the same wherever it is shown. Lines end with a newline.
pub fn report(verdict: &Verdict) -> String {
    let mut text = format!("{} {}: {}\n", verdict.exercise, verdict.outcome.words(), verdict.sentence);
    if let (Some(broken), Some(means)) = (&verdict.broken, verdict.promise_means()) {
        text += &format!("\nThe promise {} ({}): {means}\n", broken.promise, broken.part);
    }
    if !verdict.story.is_empty() {
        text += "\n";
        text += &story(&verdict.story);
    }
    if let Some(detail) = &verdict.detail {
        text += &format!("\n{}\n", detail.trim_end());
    }
    if let Some(advice) = &verdict.advice {
        text += &format!("\n{advice}\n");
    }
    if let Some(address) = &verdict.address {
        let seed = verdict.seed.map_or(String::new(), |seed| format!("\n  found with seed {seed}"));
        text += &format!("\n  {address}{seed}\n");
    }
    text += &tried(verdict);
    text + &points(verdict)
}

fn story(lines: &[StoryLine]) -> String {
    let wide = lines.iter().map(|line| line.at.chars().count()).max().unwrap_or(0);
    let numbered = lines.iter().enumerate();
    numbered.map(|(n, line)| format!("{:>4}. {:>wide$}  {}\n", n + 1, line.at, line.text)).collect()
}

fn tried(verdict: &Verdict) -> String {
    let Some((reached, never)) = verdict.coverage() else { return String::new() };
    let mut text = format!("\nTried: {}.\n", verdict.runs.said());
    let wide = reached.iter().map(|tried| tried.count.to_string().len()).max().unwrap_or(0);
    for tried in reached {
        text += &format!("  {:>wide$} {}\n", tried.count, tried.what);
    }
    if !never.is_empty() {
        text += &format!("Never reached: {}.\n", never.join("; "));
    }
    text
}

fn points(verdict: &Verdict) -> String {
    if verdict.points.is_empty() {
        return String::new();
    }
    let (got, of) = verdict.total();
    let mut text = format!("\nPoints: {got} of {of}\n");
    for part in &verdict.points {
        text += &format!("  {:<8} {}/{}  {}\n", part.part, part.got, part.of, part.why);
    }
    text
}
