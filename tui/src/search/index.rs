// SPDX-License-Identifier: MIT OR Apache-2.0
//! Everything in the course that words can be found in, in the course's order.

use course::{Chapter, Part};
use queues::scenarios;
use queues::systems::settings;

use crate::lesson::{self, Place};
use crate::markdown::{self, Face, Fill, Piece, Row};
use crate::query::{Query, fold};

/// Results at most: nobody reads further, and the next word leaves fewer.
pub const MOST: usize = 200;
/// The seed of a scenario that is opened from here.
const SEED: &str = "?seed=7";
/// And of a system's run: that of the chapter about them.
const SYSTEM_SEED: u64 = 1;
/// Columns in which texts are laid out for the index; their lines are joined again.
const COLUMNS: usize = 400;

/// What kind of thing it is; the first are worth most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A chapter's title.
    Chapter,
    /// A heading.
    Heading,
    /// A term of the glossary.
    Term,
    /// An exercise.
    Exercise,
    /// A scenario of the simulator.
    Scenario,
    /// A queue system in one of its settings.
    System,
    /// The question above a figure.
    Figure,
    /// What a chapter claims.
    Claim,
    /// A paragraph, an item, a table, a listing.
    Text,
}

impl Kind {
    fn worth(self) -> u32 {
        match self {
            Kind::Chapter => 24,
            Kind::Heading | Kind::Term | Kind::Exercise => 16,
            Kind::Figure | Kind::Claim | Kind::Scenario | Kind::System => 8,
            Kind::Text => 0,
        }
    }
}

/// Where a result leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// A place in a lesson.
    Lesson(&'static str, Place),
    /// A chapter that is not written yet: its row in the contents.
    Planned(&'static str),
    /// An exercise.
    Exercise(&'static str),
    /// A run, by its address.
    Run(String),
    /// Nowhere: it says all there is.
    Here,
}

/// Something that can be found.
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// Where it stands, as a list shows it: `10 Not in order`.
    pub place: String,
    /// Its words.
    pub text: String,
    folded: String,
    /// How much of that is its name; the rest explains it.
    name: usize,
    /// Where it leads.
    pub goal: Goal,
}

/// All entries.
#[derive(Default)]
pub struct Index {
    entries: Vec<Entry>,
}

impl Index {
    /// The index of an outline; `title` is what lists call a chapter.
    pub fn new(outline: &'static [Part], title: impl Fn(&Chapter) -> String) -> Index {
        let mut index = Index::default();
        for chapter in outline.iter().flat_map(|part| part.chapters) {
            index.chapter(chapter, &title(chapter));
        }
        for term in course::glossary() {
            let words = term_words(term);
            let name = words.len() - term.sentence.len();
            index.add(Kind::Term, "glossary", words.split_at(name), Goal::Here);
        }
        for scenario in scenarios() {
            let sentence = [" – ", scenario.sentence].concat();
            index.add(
                Kind::Scenario,
                "scenario",
                (scenario.name, &sentence),
                Goal::Run([scenario.name, SEED].concat()),
            );
        }
        for (system, setting) in settings() {
            let rest = format!(" ({}) – {}", system.scenario.name, system.scenario.sentence);
            let goal = Goal::Run(system.address(setting, SYSTEM_SEED).to_string());
            index.add(Kind::System, "system", (&system.called(setting), &rest), goal);
        }
        index
    }

    /// Adds a thing of this name, and what explains it.
    fn add(&mut self, kind: Kind, place: &str, (name, rest): (&str, &str), goal: Goal) {
        let text = [name, rest].concat();
        let (folded, name) = (fold(&text), fold(name).len());
        self.entries.push(Entry { kind, place: place.to_owned(), folded, name, text, goal });
    }

    fn chapter(&mut self, chapter: &'static Chapter, place: &str) {
        let begin = match chapter.lesson {
            Some(_) => Goal::Lesson(chapter.slug, Place::default()),
            None => Goal::Planned(chapter.slug),
        };
        let shows = [": ", chapter.shows].concat();
        self.add(Kind::Chapter, place, (chapter.title, &shows), begin.clone());
        for claim in chapter.claims {
            let words = [claim.id, " ", claim.sentence].concat();
            self.add(Kind::Claim, place, (&words, ""), begin.clone());
        }
        let Some(lesson) = &chapter.lesson else { return };
        let text = lesson::Text::read(chapter.slug, lesson.markdown);
        for (part, content) in text.parts.iter().enumerate() {
            match content {
                lesson::Part::Text(markdown) => self.text(chapter, place, part, &text, markdown),
                lesson::Part::Figure { title, .. } => {
                    let at = Place { part, ..Place::default() };
                    self.add(Kind::Figure, place, (title, ""), Goal::Lesson(chapter.slug, at));
                }
                _ => {}
            }
        }
        for exercise in lesson.exercises.iter().filter_map(|name| course::find_exercise(name)) {
            let name = [exercise.name, ": ", exercise.title].concat();
            let statement = exercise.statement();
            let rest = [". ", &*statement.split_whitespace().collect::<Vec<_>>().join(" ")].concat();
            self.add(Kind::Exercise, "exercise", (&name, &rest), Goal::Exercise(exercise.name));
        }
    }

    fn text(
        &mut self,
        chapter: &'static Chapter,
        place: &str,
        part: usize,
        text: &lesson::Text,
        markdown: &str,
    ) {
        let set = markdown::in_blocks(markdown, COLUMNS, &mut Uncomputed(text));
        for block in 0..set.starts.len() {
            let rows = set.rows_of(block);
            let heading = rows.first().and_then(|row| row.first()).is_some_and(|(_, face)| is_heading(*face));
            let title = heading && rows[0][0].1 == Face::Heading(1);
            let text = words(rows);
            // The chapter's own title is an entry already.
            if !title && !text.is_empty() {
                let kind = if heading { Kind::Heading } else { Kind::Text };
                let at = Place { part, block, below: 0 };
                self.add(kind, place, (&text, ""), Goal::Lesson(chapter.slug, at));
            }
        }
    }

    /// An entry.
    pub fn entry(&self, n: usize) -> Option<&Entry> {
        self.entries.get(n)
    }

    /// The entries that have all words, the best first, and how many there are of which these are the first.
    pub fn find(&self, query: &Query) -> (Vec<usize>, usize) {
        if query.is_empty() {
            return (Vec::new(), 0);
        }
        let score = |entry: &Entry| {
            let named = query.score(&entry.folded[..entry.name]).is_some();
            Some(query.score(&entry.folded)? + if named { entry.kind.worth() } else { 0 })
        };
        let scored = self.entries.iter().enumerate().filter_map(|(n, entry)| Some((score(entry)?, n)));
        let mut found: Vec<(u32, usize)> = scored.collect();
        found.sort_by_key(|(score, n)| (u32::MAX - score, *n));
        let all = found.len();
        (found.into_iter().take(MOST).map(|(_, n)| n).collect(), all)
    }
}

/// A term and what it means: `acknowledgement (ack): A consumer’s word …`.
pub fn term_words(term: &course::Term) -> String {
    let also = if term.also.is_empty() { String::new() } else { format!(" ({})", term.also) };
    format!("{}{also}: {}", term.name, term.sentence)
}

fn is_heading(face: Face) -> bool {
    matches!(face, Face::Heading(_))
}

/// The words of lines; rules, bars and numbers of notes are none.
fn words(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        text.extend(row.iter().filter(|(_, face)| *face != Face::Quiet).map(|(words, _)| words.as_str()));
        text.push(' ');
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text whose numbers nobody has computed yet.
struct Uncomputed<'t>(&'t lesson::Text);

impl Fill for Uncomputed<'_> {
    fn placeholder(&mut self, number: usize) -> Piece {
        let shown = match self.0.inlines.get(number) {
            Some(lesson::Inline::Number(_)) => "…",
            _ => "",
        };
        (shown.to_owned(), Face::Number)
    }

    fn link(&mut self, _: &str) -> Option<usize> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::Runs;

    fn found(query: &str) -> Vec<Entry> {
        let mut index = Index::new(course::outline(), |chapter| chapter.title.to_owned());
        let (found, _) = index.find(&Query::new(query));
        let mut entries: Vec<Option<Entry>> = index.entries.drain(..).map(Some).collect();
        found.into_iter().filter_map(|n| entries[n].take()).collect()
    }

    #[test]
    fn titles_come_first() {
        let first = &found("not in order")[0];
        assert_eq!((first.kind, first.place.as_str()), (Kind::Chapter, "Not in order"));
    }

    #[test]
    fn claims_of_chapters_to_come_are_found() {
        let claims = found("IDEMPOTENT");
        let goal = Goal::Planned("exactly-one-effect");
        assert!(claims.iter().any(|entry| entry.kind == Kind::Claim && entry.goal == goal));
    }

    #[test]
    fn scenarios_and_exercises_are_found_by_name() {
        assert_eq!(found("one-redelivery")[0].kind, Kind::Scenario);
        assert_eq!(found("resequencer")[0].goal, Goal::Exercise("resequencer"));
    }

    #[test]
    fn each_system_is_found_in_each_of_its_settings() {
        for system in queues::systems::systems() {
            let entries = found(system.title);
            let runs: Vec<&Goal> =
                entries.iter().filter(|entry| entry.kind == Kind::System).map(|entry| &entry.goal).collect();
            for setting in system.settings {
                let goal = Goal::Run(system.address(setting, SYSTEM_SEED).to_string());
                assert!(runs.contains(&&goal), "{} is not found", system.called(setting));
            }
        }
        let first = &found("kafka acks=1")[0];
        assert_eq!(
            first.goal,
            Goal::Run("field/kafka?seed=1&confirms=leader&min-insync=2&replicas=3".to_owned())
        );
    }

    #[test]
    fn terms_of_the_glossary_are_found_by_either_name() {
        for name in ["acknowledgement", "ack"] {
            let terms = found(name);
            assert!(terms.iter().any(|entry| entry.kind == Kind::Term), "{name}");
        }
    }

    #[test]
    fn every_scenario_can_be_opened() {
        let entries = Index::new(&[], |_| String::new()).entries;
        let addresses = entries.iter().filter_map(|entry| match &entry.goal {
            Goal::Run(address) => Some(address),
            _ => None,
        });
        let opened: Vec<bool> = addresses.map(|address| Runs::open(address).is_ok()).collect();
        assert_eq!(opened, vec![true; scenarios().len() + settings().count()]);
    }

    #[test]
    fn results_are_bounded_and_counted() {
        let index = Index::new(course::outline(), |chapter| chapter.title.to_owned());
        let (found, all) = index.find(&Query::new("e"));
        assert!(found.len() <= MOST && all >= found.len() && all <= index.entries.len());
        assert_eq!(index.find(&Query::new("")), (Vec::new(), 0));
    }
}
