// SPDX-License-Identifier: MIT OR Apache-2.0
//! The reader's workspace: files, grading, hints, progress. What the application asks for and cannot do itself.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};

use course::{Exercise, Progress, exercises, find_exercise};
use grader::watch::file::{Change, Watched};
use grader::{Hint, Options, Stage, Stop, Verdict, Workspace};
use trace::{MAX_FILE_BYTES, Trace};

use crate::exercise::{AllGraded, Graded};
use crate::memory::Memory;
use crate::run::Run;

/// What a check says while it goes on, and in the end.
#[derive(Clone, Debug)]
pub enum News {
    /// It has come so far.
    Stage(Stage),
    /// It is over: the verdict, or why there is none.
    Over(Box<Result<Verdict, String>>),
}

/// The reader's workspace, if there is one, and the checks that go on.
pub struct Desk {
    workspace: Result<Workspace, String>,
    told: Sender<Told>,
    heard: Receiver<Told>,
    /// The checks that go on: the number of each, and what ends it.
    checks: BTreeMap<&'static str, (u64, Stop)>,
    /// How many checks were begun.
    begun: u64,
    /// The file of the exercise on the screen.
    watched: Option<(&'static str, Watched)>,
}

/// What a check says: the exercise, the number of the check, the news.
type Told = (&'static str, u64, News);

impl Desk {
    /// The workspace around the current folder, or else the one that this program was built in.
    pub fn find() -> Desk {
        let here = std::env::current_dir().unwrap_or_default();
        let found = Workspace::find(&here).or_else(|error| {
            let built_in = Path::new(env!("CARGO_MANIFEST_DIR"));
            Workspace::find(built_in).map_err(|_| error)
        });
        let (told, heard) = channel();
        Desk {
            workspace: found.map_err(|error| format!("{error:#}")),
            told,
            heard,
            checks: BTreeMap::new(),
            begun: 0,
            watched: None,
        }
    }

    /// How far the reader is; nothing where it cannot be read.
    pub fn progress(&self) -> Progress {
        self.workspace.as_ref().ok().and_then(|found| grader::progress(found).ok()).unwrap_or_default()
    }

    /// What earlier checks said.
    pub fn graded(&self) -> AllGraded {
        let Ok(workspace) = &self.workspace else { return AllGraded::new() };
        let last = |exercise: &'static Exercise| {
            let verdict = Some(grader::last_verdict(workspace, exercise)?);
            Some((exercise.name, Graded { verdict, ..Graded::default() }))
        };
        exercises().iter().filter_map(last).collect()
    }

    /// Keeps how much of a chapter was read. Where it cannot be kept, reading goes on all the same.
    pub fn note_reading(&self, chapter: &str, percent: u8) {
        if let Ok(workspace) = &self.workspace {
            let _ = grader::note_reading(workspace, chapter, percent);
        }
    }

    /// What was kept when the reader was here last: settings, and where that was.
    pub fn memory(&self) -> Memory {
        let kept = self.workspace.as_ref().ok().and_then(|found| grader::kept(found, MEMORY));
        kept.map(|text| Memory::of_text(&text)).unwrap_or_default()
    }

    /// Keeps it for the next time. Where it cannot be kept, reading goes on all the same.
    pub fn remember(&self, memory: &Memory) {
        if let Ok(workspace) = &self.workspace {
            let _ = grader::keep(workspace, MEMORY, &memory.to_text());
        }
    }

    /// Begins a check, in place of one of the same file that goes on; what comes of it is told as news.
    pub fn check(&mut self, name: &'static str) {
        self.begun += 1;
        let (number, stop) = (self.begun, Stop::of_a_loop());
        if let Some((_, old)) = self.checks.insert(name, (number, stop.clone())) {
            old.stop();
        }
        let (told, workspace) = (self.told.clone(), self.workspace.clone());
        let check = move || {
            let tell = |news| {
                // Nobody listens any more only when the application ends.
                let _ = told.send((name, number, news));
            };
            let verdict = workspace.and_then(|workspace| {
                let exercise = named(name)?;
                let options = Options { colour: true, stop, ..Options::default() };
                grader::check(&workspace, exercise, &options, &mut |stage| tell(News::Stage(stage)))
                    .map_err(|error| format!("{error:#}"))
            });
            tell(News::Over(Box::new(verdict)));
        };
        if let Err(error) = std::thread::Builder::new().name(format!("check {name}")).spawn(check) {
            let problem = format!("no thread for the check: {error}");
            let _ = self.told.send((name, number, News::Over(Box::new(Err(problem)))));
        }
    }

    /// What is new since the last call.
    pub fn news(&mut self) -> Vec<(&'static str, News)> {
        let mut all = Vec::new();
        for (name, number, news) in self.heard.try_iter() {
            // A check that was ended for another one says nothing any more.
            if self.checks.get(name).is_some_and(|(current, _)| *current == number) {
                if matches!(news, News::Over(_)) {
                    self.checks.remove(name);
                }
                all.push((name, news));
            }
        }
        all
    }

    /// Looks at the file of the exercise that is on the screen, if one is. Whether it was saved since the last look.
    pub fn was_saved(&mut self, on_screen: Option<&'static str>) -> bool {
        if self.watched.as_ref().map(|(name, _)| *name) != on_screen {
            let watched = |name| Some((name, Watched::new(&self.file(name).ok()?)));
            self.watched = on_screen.and_then(watched);
        }
        let watched = self.watched.as_mut();
        watched.is_some_and(|(_, watched)| watched.look() == Some(Change::Saved))
    }

    /// Puts an exercise's stub back, and says what became of the file.
    ///
    /// # Errors
    /// A sentence, where there is no workspace or a file cannot be written.
    pub fn reset(&self, name: &str) -> Result<String, String> {
        let kept = grader::reset(self.there()?, named(name)?).map_err(|error| format!("{error:#}"))?;
        Ok(match kept {
            Some(kept) => {
                format!("The file is as it was in the beginning; yours is kept in {}", kept.display())
            }
            None => "The file is there again".to_owned(),
        })
    }

    /// Whether a check goes on.
    pub fn is_checking(&self) -> bool {
        !self.checks.is_empty()
    }

    /// The next hint.
    ///
    /// # Errors
    /// A sentence, where there is no workspace or it cannot be written.
    pub fn hint(&self, name: &str) -> Result<Hint, String> {
        grader::hint(self.there()?, named(name)?).map_err(|error| format!("{error:#}"))
    }

    /// The reader's file.
    ///
    /// # Errors
    /// A sentence, where there is no workspace.
    pub fn file(&self, name: &str) -> Result<PathBuf, String> {
        Ok(self.there()?.file(named(name)?))
    }

    /// The run that broke a promise in the last check, shortly before it breaks.
    ///
    /// # Errors
    /// A sentence, where it is not there or cannot be read.
    pub fn counterexample(&self, name: &str) -> Result<Run, String> {
        let file = grader::counterexample(self.there()?, named(name)?)
            .ok_or("The run is not there any more; c checks your file again")?;
        Ok(Run::of_trace(read_trace(&file)?, YOURS))
    }

    fn there(&self) -> Result<&Workspace, String> {
        self.workspace.as_ref().map_err(Clone::clone)
    }
}

/// Nobody hears of a check any more: its programs end with the application.
impl Drop for Desk {
    fn drop(&mut self) {
        self.checks.values().for_each(|(_, stop)| stop.stop());
    }
}

/// Reads a trace file.
///
/// # Errors
/// A sentence that names the file: it is not there, it is larger than any trace, or it is damaged, and where.
pub fn read_trace(file: &Path) -> Result<Trace, String> {
    let unreadable = |error: std::io::Error| format!("{} cannot be read: {error}", file.display());
    let bytes = std::fs::metadata(file).map_err(unreadable)?.len();
    if bytes > MAX_FILE_BYTES {
        let most = MAX_FILE_BYTES >> 20;
        return Err(format!(
            "{} is no trace file: it has {} MiB, and none has more than {most}",
            file.display(),
            bytes >> 20
        ));
    }
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    Trace::from_json_lines(&text).map_err(|error| format!("{}: {error}", file.display()))
}

fn named(name: &str) -> Result<&'static Exercise, String> {
    find_exercise(name).ok_or_else(|| format!("there is no exercise {name}"))
}

/// The file of what is kept, beside the journal.
const MEMORY: &str = "terminal.json";

/// Why such a run cannot be changed.
const YOURS: &str = "This run is of your program; change your file and check it again";
