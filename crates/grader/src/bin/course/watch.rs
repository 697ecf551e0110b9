// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo course watch`: what the loop decides, done with a clock, a keyboard and a screen.

use std::io::{IsTerminal, Write, stdin, stdout};
use std::process::{Command, ExitCode};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use course::Exercise;
use crossterm::event::{self, Event as Input, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal::{self, Clear, ClearType};
use crossterm::{cursor, execute};
use grader::watch::file::{LOOK_EVERY, Watched};
use grader::watch::{Do, Event, Loop, Wish, next_exercise};
use grader::{Options, Stage, Stop, Verdict, Workspace};

use crate::{columns, hint, in_colour, listing, named, printed, put_back};

/// What can be asked of `watch`.
#[derive(Args)]
pub struct Watch {
    /// The exercise to begin with; by default the first that is not passed.
    exercise: Option<String>,
    /// Print each verdict as one line of JSON (schema v1), and nothing else: for editors. Keys are not read.
    #[arg(long, conflicts_with = "plain")]
    json: bool,
    /// Keep what was printed before on the screen, and read keys as lines: for terminals that can do no more.
    #[arg(long)]
    plain: bool,
}

/// How it talks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// The screen is cleared for each verdict; single keys count.
    Screen,
    /// Everything stays; a key is the first character of a line.
    Lines,
    /// Verdicts as JSON, and no keys.
    Json,
}

/// Runs the loop until the learner leaves it.
pub fn watch(workspace: &Workspace, asked: &Watch) -> Result<ExitCode> {
    let exercise = match &asked.exercise {
        Some(name) => named(name)?,
        None => next_exercise(None, &grader::progress(workspace)?).unwrap_or(&course::exercises()[0]),
    };
    let manner = match (asked.json, asked.plain || !stdin().is_terminal() || !stdout().is_terminal()) {
        (true, _) => Manner::Json,
        (_, true) => Manner::Lines,
        _ => Manner::Screen,
    };
    end_on_signals().context("the signals that end a program cannot be watched")?;
    let _raw = if manner == Manner::Screen { Some(Raw::take()?) } else { None };
    Shell::new(workspace, exercise, manner).run()
}

/// Single keys, as long as this lives; a panic gives the terminal back, too.
struct Raw;

impl Raw {
    fn take() -> Result<Raw> {
        let print = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let _ = terminal::disable_raw_mode();
            print(info);
        }));
        terminal::enable_raw_mode().context("the terminal gives no single keys; try --plain")?;
        Ok(Raw)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = terminal::disable_raw_mode();
    }
}

/// Ends the process when it is told to end or the terminal goes away: with the terminal as it was, and with every program that
/// it has started.
#[cfg(unix)]
fn end_on_signals() -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGHUP, SIGINT])?;
    thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            let _ = terminal::disable_raw_mode();
            Stop::all();
            std::process::exit(128 + signal);
        }
    });
    Ok(())
}

#[cfg(not(unix))]
fn end_on_signals() -> std::io::Result<()> {
    Ok(())
}

struct Shell<'a> {
    workspace: &'a Workspace,
    manner: Manner,
    state: Loop,
    watched: Watched,
    told: Sender<Event>,
    heard: Receiver<Event>,
    stop: Stop,
    begun: Instant,
    /// What is said above the next verdict: it would vanish with the screen.
    note: String,
    /// The learner's keys have come to an end: the loop ends with the check that goes on.
    deaf: bool,
}

impl Shell<'_> {
    fn new<'a>(workspace: &'a Workspace, exercise: &'static Exercise, manner: Manner) -> Shell<'a> {
        let (told, heard) = channel();
        Shell {
            workspace,
            manner,
            state: Loop::at(exercise),
            watched: Watched::new(&workspace.file(exercise)),
            told,
            heard,
            stop: Stop::of_a_loop(),
            begun: Instant::now(),
            note: String::new(),
            deaf: false,
        }
    }

    fn run(mut self) -> Result<ExitCode> {
        let lines = (self.manner == Manner::Lines).then(lines);
        let mut to_do = self.state.begin();
        loop {
            for one in std::mem::take(&mut to_do) {
                if one == Do::Quit {
                    return Ok(ExitCode::SUCCESS);
                }
                self.perform(one)?;
            }
            if self.deaf && !self.state.is_checking() {
                return Ok(ExitCode::SUCCESS);
            }
            let happened = self.next_events(lines.as_ref())?;
            let progress = grader::progress(self.workspace).unwrap_or_default();
            to_do = happened.into_iter().flat_map(|event| self.state.hear(event, &progress)).collect();
        }
    }

    /// What happened since the last look; waits for a look's span at the most.
    fn next_events(&mut self, lines: Option<&Receiver<char>>) -> Result<Vec<Event>> {
        let mut happened = Vec::new();
        match (self.manner, lines) {
            (Manner::Screen, _) => happened.extend(key(LOOK_EVERY)?.map(Event::Key)),
            (_, Some(lines)) if !self.deaf => match lines.recv_timeout(LOOK_EVERY) {
                Ok(key) => happened.push(Event::Key(key)),
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {}
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => self.deaf = true,
            },
            _ => thread::sleep(LOOK_EVERY),
        }
        happened.extend(self.watched.look().map(Event::File));
        happened.extend(self.heard.try_iter());
        Ok(happened)
    }

    fn perform(&mut self, one: Do) -> Result<()> {
        let exercise = self.state.exercise();
        match one {
            Do::Begin => self.watched = Watched::new(&self.workspace.file(exercise)),
            Do::Check(number) => self.check(number),
            Do::Stop => self.stop.stop(),
            Do::ShowStage(Stage::Shorten(first)) => self.first(&first)?,
            Do::ShowStage(stage) => self.stage(stage.words())?,
            Do::ShowVerdict(verdict) => self.verdict(&verdict)?,
            Do::Say(words) => self.say(&format!("{words}\n"))?,
            Do::Hint => self.say(&result(hint(self.workspace, exercise)))?,
            Do::List => self.say(&result(listing(self.workspace)))?,
            Do::Reset => {
                self.note = result(put_back(self.workspace, exercise));
                self.say(&self.note)?;
            }
            Do::Watch => self.replay()?,
            Do::Quit => {}
        }
        Ok(())
    }

    /// Begins a check on a thread of its own.
    fn check(&mut self, number: u64) {
        self.stop = Stop::of_a_loop();
        self.begun = Instant::now();
        let (told, workspace, exercise) = (self.told.clone(), self.workspace.clone(), self.state.exercise());
        let colour = self.manner != Manner::Json && in_colour();
        let options = Options { colour, stop: self.stop.clone(), ..Options::default() };
        thread::spawn(move || {
            // Nobody listens any more only when the program ends.
            let mut stage = |stage| _ = told.send(Event::Stage(number, stage));
            let verdict = grader::check(&workspace, exercise, &options, &mut stage);
            let verdict = verdict.map_err(|error| format!("{error:#}"));
            let _ = told.send(Event::Over(number, Box::new(verdict)));
        });
    }

    fn stage(&self, words: &str) -> Result<()> {
        if self.manner != Manner::Screen {
            return Ok(());
        }
        let file = self.state.exercise().file();
        self.clear()?;
        self.write(&format!("{file}\n\n{words} …\n"))
    }

    /// What broke, until its story is there.
    fn first(&self, first: &Verdict) -> Result<()> {
        if self.manner == Manner::Json {
            return Ok(());
        }
        if self.manner == Manner::Screen {
            self.clear()?;
        }
        let file = self.state.exercise().file();
        self.write(&format!("{file}\n\n{}", grader::report_within(first, columns())))
    }

    fn verdict(&mut self, verdict: &Verdict) -> Result<()> {
        if self.manner == Manner::Json {
            return self.write(&format!("{}\n", verdict.to_json()));
        }
        let exercise = self.state.exercise();
        let took = self.begun.elapsed().as_secs_f64();
        if self.manner == Manner::Screen {
            self.clear()?;
        }
        let mut head = format!("{}  ({took:.1} s)\n\n", exercise.file());
        if !self.note.is_empty() {
            head += &format!("{}\n", std::mem::take(&mut self.note));
        }
        let end = printed(self.workspace, exercise);
        let report = grader::report_within(verdict, columns());
        let text = format!("{head}{report}{end}");
        let again = if self.manner == Manner::Screen { scrolled_off(&text, &report, rows()) } else { "" };
        self.write(&text)?;
        if !again.is_empty() {
            self.write(&format!("\n{again}\n"))?;
        }
        self.footer()
    }

    fn say(&self, words: &str) -> Result<()> {
        if self.manner == Manner::Json {
            eprint!("{words}");
            return Ok(());
        }
        self.write(&format!("\n{words}"))?;
        self.footer()
    }

    /// The keys, in one line; that of the run is left out where there is none to be watched.
    fn footer(&self) -> Result<()> {
        let run = self.state.can_watch();
        let shown = Wish::ALL.into_iter().filter(|wish| run || *wish != Wish::Watch);
        let keys: Vec<String> = shown.map(|wish| format!("{} {}", wish.key(), wish.word())).collect();
        let file = self.state.exercise().file();
        self.write(&format!("\nWaiting for you to save {file}\n{}\n", keys.join(" · ")))
    }

    /// Plays the run that broke a promise in the terminal application, and comes back.
    fn replay(&self) -> Result<()> {
        let Some(file) = grader::counterexample(self.workspace, self.state.exercise()) else {
            return self.say("The run is not there any more; c checks your file again.\n");
        };
        if self.manner == Manner::Screen {
            terminal::disable_raw_mode()?;
        }
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(["run", "--quiet", "--package", "tui", "--", "replay"]).arg(&file);
        let ended = command.current_dir(self.workspace.root()).status();
        if self.manner == Manner::Screen {
            terminal::enable_raw_mode()?;
            self.clear()?;
        }
        match ended {
            Ok(status) if status.success() => self.say(&format!("{} was played.\n", file.display())),
            Ok(status) => self.say(&format!("The terminal application ended with {status}.\n")),
            Err(error) => self.say(&format!("cargo does not start: {error}\n")),
        }
    }

    fn clear(&self) -> Result<()> {
        execute!(stdout(), Clear(ClearType::All), cursor::MoveTo(0, 0))
            .context("the terminal cannot be written to")
    }

    fn write(&self, text: &str) -> Result<()> {
        // With single keys on, a new line does not begin at the left by itself.
        let text = if self.manner == Manner::Screen { text.replace('\n', "\r\n") } else { text.to_owned() };
        let mut out = stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("the verdict cannot be written")
    }
}

fn result(text: Result<String>) -> String {
    text.unwrap_or_else(|error| format!("{error:#}\n"))
}

/// The next key, if one comes within this time. Ctrl-C and Esc leave.
fn key(within: std::time::Duration) -> Result<Option<char>> {
    if !event::poll(within).context("the keyboard cannot be read")? {
        return Ok(None);
    }
    let Input::Key(key) = event::read().context("the keyboard cannot be read")? else { return Ok(None) };
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    Ok(match key.code {
        _ if key.kind == KeyEventKind::Release => None,
        KeyCode::Char('c' | 'd') if control => Some('q'),
        KeyCode::Esc => Some('q'),
        KeyCode::Char(key) if !control => Some(key),
        _ => None,
    })
}

/// The first character of each line that is typed, on a thread that ends with the program.
fn lines() -> Receiver<char> {
    let (keys, typed) = channel();
    thread::spawn(move || {
        for line in stdin().lines() {
            let Ok(line) = line else { return };
            if let Some(key) = line.trim().chars().next()
                && keys.send(key).is_err()
            {
                return;
            }
        }
    });
    typed
}

/// How many lines the screen has.
fn rows() -> usize {
    terminal::size().map_or(usize::MAX, |(_, rows)| rows.into())
}

/// The lines below the text: an empty one, whose file is waited for, the keys, and the cursor's.
const BELOW: usize = 4;

/// The report's first sentence, where the screen does not hold the text: it is what one has to read, and would be out of sight.
fn scrolled_off<'r>(text: &str, report: &'r str, rows: usize) -> &'r str {
    if text.lines().count() + BELOW <= rows { "" } else { report.split("\n\n").next().unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_that_scrolls_off_is_said_again() {
        let report = "a failed: it is\nwrong\n\nThe promise a\n\n   1.  it comes\n";
        let text = format!("a.rs\n\n{report}");
        assert_eq!(scrolled_off(&text, report, 12), "");
        assert_eq!(scrolled_off(&text, report, 11), "a failed: it is\nwrong");
    }
}
