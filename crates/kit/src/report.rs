// SPDX-License-Identifier: MIT OR Apache-2.0
//! A verdict for people: one sentence first, then the story, then what was tried.

use crate::verdict::{StoryLine, Verdict};

/// The verdict as plain text, the same wherever it is shown. Lines end with a newline.
pub fn report(verdict: &Verdict) -> String {
    report_within(verdict, usize::MAX)
}

/// The same with no line longer than so many characters, but for words that are, and for what the compiler says.
pub fn report_within(verdict: &Verdict, columns: usize) -> String {
    let line = |text: String| wrapped(&text, 0, columns);
    let mut text = line(format!("{} {}: {}", verdict.exercise, verdict.outcome.words(), verdict.sentence));
    if let (Some(broken), Some(means)) = (&verdict.broken, verdict.promise_means()) {
        text += "\n";
        text += &line(format!("The promise {} ({}): {means}", broken.promise, broken.part));
    }
    if !verdict.story.is_empty() {
        text += "\n";
        text += &story(&verdict.story, columns);
    }
    if let Some(detail) = &verdict.detail {
        text += &format!("\n{}\n", detail.trim_end());
    }
    if let Some(advice) = &verdict.advice {
        text += "\n";
        text += &advice.lines().map(|own| line(own.to_owned())).collect::<String>();
    }
    if let Some(address) = &verdict.address {
        let seed = verdict.seed.map_or(String::new(), |seed| format!("\n  found with seed {seed}"));
        text += &format!("\n  {address}{seed}\n");
    }
    text += &tried(verdict, columns);
    text + &points(verdict, columns)
}

/// A text in lines of so many characters at most, all but the first moved in by so many.
fn wrapped(text: &str, indent: usize, columns: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    for word in text.split_inclusive(' ') {
        let long = word.trim_end().chars().count();
        if length > indent && length + long > columns {
            out.truncate(out.trim_end().len());
            out += "\n";
            out += &" ".repeat(indent);
            length = indent;
        }
        out += word;
        length += word.chars().count();
    }
    out + "\n"
}

fn story(lines: &[StoryLine], columns: usize) -> String {
    let wide = lines.iter().map(|line| line.at.chars().count()).max().unwrap_or(0);
    let numbered = lines.iter().enumerate();
    let line = |(n, line): (usize, &StoryLine)| {
        let text = format!("{:>4}. {:>wide$}  {}", n + 1, line.at, line.text);
        wrapped(&text, 8 + wide, columns)
    };
    numbered.map(line).collect()
}

fn tried(verdict: &Verdict, columns: usize) -> String {
    let Some((reached, never)) = verdict.coverage() else { return String::new() };
    let mut text = format!("\nTried: {}.\n", verdict.runs.said());
    let wide = reached.iter().map(|tried| tried.count.to_string().len()).max().unwrap_or(0);
    for tried in reached {
        text += &wrapped(&format!("  {:>wide$} {}", tried.count, tried.what), 3 + wide, columns);
    }
    if !never.is_empty() {
        text += &wrapped(&format!("Never reached: {}.", never.join("; ")), 0, columns);
    }
    text
}

fn points(verdict: &Verdict, columns: usize) -> String {
    if verdict.points.is_empty() {
        return String::new();
    }
    let (got, of) = verdict.total();
    let mut text = format!("\nPoints: {got} of {of}\n");
    for part in &verdict.points {
        let line = format!("  {:<8} {}/{}  {}", part.part, part.got, part.of, part.why);
        text += &wrapped(&line, 18, columns);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words_and_go_on_under_their_text() {
        let story = [
            StoryLine { at: "1.00 s".to_owned(), text: "a lease runs out, that of 1".to_owned() },
            StoryLine { at: String::new(), text: "… 8 steps more …".to_owned() },
        ];
        let expected = [
            "   1. 1.00 s  a lease runs out,\n",
            "              that of 1\n",
            "   2.         … 8 steps more …\n",
        ];
        assert_eq!(super::story(&story, 32), expected.concat());
        assert_eq!(wrapped("unbreakably-long words", 0, 5), "unbreakably-long\nwords\n");
        assert_eq!(wrapped("", 0, 5), "\n");
    }
}
