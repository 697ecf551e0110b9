// SPDX-License-Identifier: MIT OR Apache-2.0
//! The terminal: taken, given back whatever happens, and the loop between. The only place with a clock.

use std::io::{self, Write, stdout};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::Context;
use grader::Stop;
use grader::watch::file::LOOK_EVERY;
use ratatui::crossterm::clipboard::CopyToClipboard;
use ratatui::crossterm::event::{self, DisableMouseCapture, EnableMouseCapture};
use ratatui::crossterm::execute;
use ratatui::{DefaultTerminal, crossterm};
use trace::Time;

use crate::app::App;
use crate::background::{self, Answer, Ask};
use crate::desk::Desk;
use crate::turn::Effect;

/// While something moves, a picture is drawn this often at most.
const FRAME: Duration = Duration::from_millis(16);
/// While something is being computed, or a file may be saved, this long passes until it is noticed at most.
const LISTEN: Duration = LOOK_EVERY;

/// The exit code of a program that panicked, as the standard library has it.
const PANICKED: i32 = 101;

/// Runs the application until the reader leaves it.
///
/// # Errors
/// When the terminal cannot be set up or written to. It is given back in any case.
pub fn run(mut app: App, mut desk: Desk) -> anyhow::Result<()> {
    give_back_on_panic();
    give_back_on_signals().context("the signals that end a program cannot be watched")?;
    let mut terminal = take(app.wants_mouse()).context("the terminal cannot be set up")?;
    let ended = main_loop(&mut app, &mut desk, &mut terminal);
    give_back();
    ended
}

fn take(mouse: bool) -> io::Result<DefaultTerminal> {
    // `ratatui::try_init` would set a panic hook of its own, which knows nothing of the mouse.
    crossterm::terminal::enable_raw_mode()?;
    execute!(stdout(), crossterm::terminal::EnterAlternateScreen)?;
    capture_mouse(mouse)?;
    DefaultTerminal::new(ratatui::backend::CrosstermBackend::new(stdout()))
}

fn capture_mouse(capture: bool) -> io::Result<()> {
    if capture { execute!(stdout(), EnableMouseCapture) } else { execute!(stdout(), DisableMouseCapture) }
}

/// Makes the terminal what it was. Harmless when it was never taken; errors are of no use to anybody any more.
fn give_back() {
    let _ = execute!(stdout(), DisableMouseCapture);
    let _ = ratatui::try_restore();
    let _ = execute!(stdout(), crossterm::cursor::Show);
}

/// A panic ends the program on whichever thread it is: without its background work it would wait for ever, on a screen
/// that it has given back.
fn give_back_on_panic() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        give_back();
        print(info);
        Stop::all();
        std::process::exit(PANICKED);
    }));
}

/// Ends the process with the screen restored when it is told to end or its terminal goes away.
#[cfg(unix)]
fn give_back_on_signals() -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGTERM, SIGHUP, SIGINT])?;
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            give_back();
            Stop::all();
            std::process::exit(128 + signal);
        }
    });
    Ok(())
}

#[cfg(not(unix))]
fn give_back_on_signals() -> io::Result<()> {
    Ok(())
}

/// What computes while the reader reads. The thread ends with the process.
struct Background {
    asks: Sender<Ask>,
    answers: Receiver<(Ask, Answer)>,
}

impl Background {
    fn start() -> Background {
        let (asks, wanted) = channel::<Ask>();
        let (found, answers) = channel();
        std::thread::spawn(move || {
            for ask in wanted {
                let answer = background::answer(&ask);
                if found.send((ask, answer)).is_err() {
                    return;
                }
            }
        });
        Background { asks, answers }
    }

    /// Hands over what the application wants, and tells it what was found. Whether there was anything.
    fn exchange(&self, app: &mut App) -> bool {
        for ask in app.take_wanted() {
            // The thread lives as long as this does, so it takes everything.
            let _ = self.asks.send(ask);
        }
        let mut heard = false;
        while let Ok((ask, answer)) = self.answers.try_recv() {
            app.hear(ask, answer);
            heard = true;
        }
        heard
    }
}

fn main_loop(app: &mut App, desk: &mut Desk, terminal: &mut DefaultTerminal) -> anyhow::Result<()> {
    let background = Background::start();
    let mut mouse = app.wants_mouse();
    let mut drawn = draw(app, terminal)?;
    let mut ticked = drawn;
    loop {
        let mut changed = background.exchange(app);
        for (name, news) in desk.news() {
            app.hear_of_check(name, news);
            changed = true;
        }
        if desk.was_saved(app.exercise()) {
            let effect = app.saved();
            perform(effect, app, desk, terminal)?;
            changed = true;
        }
        let due = drawn + FRAME;
        let listens = app.is_waiting() || desk.is_checking() || app.exercise().is_some();
        let patience = match (app.moves(), listens) {
            (true, _) => Some(due.saturating_duration_since(Instant::now())),
            (false, true) => Some(LISTEN),
            // With nothing moving and nothing expected this waits for as long as it takes.
            (false, false) => None,
        };
        if !changed && patience.is_none_or(|patience| event::poll(patience).unwrap_or(true)) {
            let going_on = handle_events(app, desk, terminal)?;
            for (chapter, percent) in app.take_read_on() {
                desk.note_reading(&chapter, percent);
            }
            if let Some(memory) = app.take_memory() {
                desk.remember(&memory);
            }
            if app.wants_mouse() != mouse {
                mouse = app.wants_mouse();
                capture_mouse(mouse).context("the terminal cannot be written to")?;
            }
            match going_on {
                Some(redraw) => changed = redraw,
                None => return Ok(()),
            }
        }
        let now = Instant::now();
        if app.moves() && patience.is_some() && now >= due {
            changed |= app.tick(span(now - ticked));
        }
        if now >= due || !app.moves() {
            ticked = now;
        }
        if changed {
            drawn = draw(app, terminal)?;
        } else if now >= due {
            drawn = now;
        }
    }
}

/// Takes what has come in, and does what it asks for. Whether to draw; `None` to end.
fn handle_events(
    app: &mut App,
    desk: &mut Desk,
    terminal: &mut DefaultTerminal,
) -> anyhow::Result<Option<bool>> {
    let mut redraw = false;
    loop {
        if let Some(control) = app.control(&event::read()?) {
            match app.step(control) {
                Effect::None => {}
                Effect::Quit => return Ok(None),
                effect => {
                    redraw = true;
                    perform(effect, app, desk, terminal)?;
                }
            }
        }
        if !event::poll(Duration::ZERO)? {
            return Ok(Some(redraw));
        }
    }
}

/// What only the world outside the application can do.
fn perform(
    effect: Effect,
    app: &mut App,
    desk: &mut Desk,
    terminal: &mut DefaultTerminal,
) -> anyhow::Result<()> {
    match effect {
        Effect::None | Effect::Redraw | Effect::Quit => {}
        Effect::Copy(text) => execute!(stdout(), CopyToClipboard::to_clipboard_from(text))?,
        Effect::Check(name) => desk.check(name),
        Effect::Reset(name) => app.say(&desk.reset(name).unwrap_or_else(|why| why)),
        Effect::Hint(name) => match desk.hint(name) {
            Ok(hint) => app.hear_hint(name, hint),
            Err(why) => app.say(&why),
        },
        Effect::Watch(name) => match desk.counterexample(name) {
            Ok(run) => app.watch(run, format!("counterexample · {name}")),
            Err(why) => app.say(&why),
        },
        Effect::Edit(name) => match desk.file(name) {
            // What was saved there is noticed as any other save is.
            Ok(file) => edit(app, terminal, &file)?,
            Err(why) => app.say(&why),
        },
    }
    Ok(())
}

fn draw(app: &mut App, terminal: &mut DefaultTerminal) -> anyhow::Result<Instant> {
    terminal.draw(|frame| app.draw(frame)).context("the terminal cannot be written to")?;
    Ok(Instant::now())
}

fn span(duration: Duration) -> Time {
    Time(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
}

/// Hands the terminal to the reader's editor, and takes it back.
fn edit(app: &mut App, terminal: &mut DefaultTerminal, file: &Path) -> anyhow::Result<()> {
    let named = |variable: &str| std::env::var(variable).ok().filter(|name| !name.trim().is_empty());
    let Some(editor) = named("VISUAL").or_else(|| named("EDITOR")) else {
        app.say(&format!("Set $EDITOR to open it from here; the file is {}", file.display()));
        return Ok(());
    };
    give_back();
    // An editor may be named with arguments, such as `code --wait`.
    let mut words = editor.split_whitespace();
    let ended = Command::new(words.next().unwrap_or(&editor)).args(words).arg(file).status();
    *terminal = take(app.wants_mouse()).context("the terminal cannot be set up again")?;
    terminal.clear()?;
    match &ended {
        Ok(status) if status.success() => {}
        Ok(status) => app.say(&format!("{editor} ended with {status}")),
        Err(error) => app.say(&format!("{editor} does not start: {error}")),
    }
    stdout().flush()?;
    Ok(())
}
