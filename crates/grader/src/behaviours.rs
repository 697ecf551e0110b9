// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lists what the systems are documented to do, and whether the models do it.

use course::conformance::{Behaviour, behaviours};
use queues::systems::systems;

/// The behaviours of one system or of all, each with a tick or with what did not hold, and whether all of them hold.
pub fn listing(only: Option<&str>) -> (String, bool) {
    let mut text = String::new();
    let (mut count, mut unmet) = (0, 0);
    for system in systems().iter().filter(|system| only.is_none_or(|only| only == system.name)) {
        text += &format!("{} · {}\n", system.title, system.version);
        for behaviour in behaviours().iter().filter(|behaviour| behaviour.system.name == system.name) {
            let sentences = failing(behaviour);
            (count, unmet) = (count + 1, unmet + usize::from(!sentences.is_empty()));
            text += &entry(behaviour, &sentences);
        }
        text.push('\n');
    }
    text += &match unmet {
        0 => format!("{count} behaviours, and all of them hold in the models.\n"),
        n => format!("{count} behaviours, of which {n} do not hold in the models.\n"),
    };
    (text, unmet == 0)
}

fn failing(behaviour: &Behaviour) -> Vec<String> {
    match behaviour.check() {
        Ok(failures) => failures.into_iter().map(|failure| failure.sentence).collect(),
        Err(error) => vec![error.to_string()],
    }
}

fn entry(behaviour: &Behaviour, sentences: &[String]) -> String {
    let mark = if sentences.is_empty() { '✓' } else { '✗' };
    let verified = if behaviour.verified { "" } else { " (not verified)" };
    let mut text = format!("  {mark} {}\n      {}{verified}\n", behaviour.says, behaviour.source);
    for sentence in sentences {
        text += &format!("      {sentence}\n");
    }
    text + &format!("      cargo run -p tui -- figure '{}'\n", behaviour.run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_listed_with_marks_sources_and_runs() {
        let (text, hold) = listing(Some("kestrel"));
        assert!(hold && text.starts_with("Kestrel · as archived in 2016\n  ✓ A plain GET removes"), "{text}");
        assert!(text.contains("figure 'field/kestrel?seed=1&") && !text.contains("Kafka"), "{text}");
        assert!(text.ends_with("behaviours, and all of them hold in the models.\n"), "{text}");
    }

    #[test]
    fn what_does_not_hold_says_why() {
        let mut wrong = behaviours()[0].clone();
        wrong.run = wrong.run.with("messages", "1");
        wrong.run.faults.faults.clear();
        let text = entry(&wrong, &failing(&wrong));
        assert!(text.contains("✗") && text.contains("`lost some` was expected, but 0 of 1"), "{text}");
    }
}
