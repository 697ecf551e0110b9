// SPDX-License-Identifier: MIT OR Apache-2.0
//! An application on a screen in memory, driven by keys as a reader would press them.

use course::{Chapter, Claim, Lesson, Part, Progress};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::crossterm::event::{
    Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};
use ratatui::text::Span;
use trace::Time;
use tui::background;
use tui::exercise::AllGraded;
use tui::run::Run;
use tui::{App, Effect, Environment, Memory};

/// The smallest screen that works.
pub const SMALL: (u16, u16) = (80, 24);
/// A large one.
pub const LARGE: (u16, u16) = (200, 60);
/// The run of the first claim.
pub const RUN: &str = "order/concurrent-consumers?seed=7";

/// A chapter of our own, with one of everything: the course's may change without these tests.
pub static OUTLINE: &[Part] = &[
    Part {
        title: "Part I · First things",
        chapters: &[Chapter {
            title: "To come",
            slug: "to-come",
            claims: &[Claim { id: "Q1", sentence: "A chapter without a lesson says so." }],
            shows: "Nothing yet.",
            lesson: None,
        }],
    },
    Part {
        title: "Part II · Queues",
        chapters: &[Chapter {
            title: "Everything",
            slug: "everything",
            claims: &[Claim { id: "Q8", sentence: "With concurrent consumers there is no total order." }],
            shows: "Three consumers share one queue.",
            lesson: Some(Lesson {
                markdown: LESSON,
                minutes: 3,
                figure: Some(RUN),
                exercises: &["resequencer"],
            }),
        }],
    },
];

const LESSON: &str = "# Everything

A chapter with **one** of everything, and `code` in it.{{#source rabbitmq-order}} Lists too:

- one that is long enough to be broken into two lines on every screen that the course supports;
- [one with a link](https://example.org/a/link/that/is/far/too/long/for/one/line/of/the/notes/at/the/end?and=more).

| system | order |
|---|---|
| one consumer | kept |
| several consumers | lost |

{{#figure order/concurrent-consumers?seed=7 | Is the order kept?}}

{{#bet three-consumers}}

{{#exercise resequencer}}
";

/// An application and its screen.
pub struct Screen {
    pub app: App,
    terminal: Terminal<TestBackend>,
}

impl Screen {
    pub fn new(app: App, (columns, rows): (u16, u16)) -> Screen {
        let Ok(terminal) = Terminal::new(TestBackend::new(columns, rows));
        let mut screen = Screen { app, terminal };
        screen.draw();
        screen
    }

    /// The contents, for a reader who has read a little, with the first row selected.
    pub fn contents(size: (u16, u16)) -> Screen {
        Screen::course(size, AllGraded::new())
    }

    /// The same, with what earlier checks said.
    pub fn course(size: (u16, u16), graded: AllGraded) -> Screen {
        let mut progress = Progress::default();
        progress.read.insert("everything".to_owned(), 40);
        let mut screen = Screen::start(size, Memory::default(), progress, graded);
        screen.press("home");
        screen
    }

    /// The course as it starts.
    pub fn start(size: (u16, u16), memory: Memory, progress: Progress, graded: AllGraded) -> Screen {
        Screen::new(App::course(environment(), memory, OUTLINE, progress, graded), size)
    }

    /// The only chapter of an outline.
    pub fn only_chapter(outline: &'static [Part], size: (u16, u16)) -> Screen {
        let mut progress = Progress::default();
        progress.read.insert("another".to_owned(), 1);
        let app = App::course(environment(), Memory::default(), outline, progress, AllGraded::new());
        let mut screen = Screen::new(app, size);
        screen.press("home enter");
        screen
    }

    /// The test's chapter.
    pub fn lesson(size: (u16, u16)) -> Screen {
        let mut screen = Screen::contents(size);
        screen.press("tab enter");
        screen
    }

    /// One run, full screen.
    pub fn figure(address: &str, size: (u16, u16)) -> Screen {
        Screen::new(App::figure(environment(), Memory::default(), run(address), "Is the order kept?"), size)
    }

    /// Presses keys, named as in the help; draws when asked to, as the terminal would. What the last one asked for.
    pub fn press(&mut self, keys: &str) -> Effect {
        let mut effect = Effect::None;
        for key in keys.split_whitespace() {
            effect = self.happen(&Event::Key(event_of(key)));
        }
        effect
    }

    /// Clicks on the first place where such a text stands.
    pub fn click(&mut self, text: &str) -> Effect {
        let (column, row) = self.find(text).unwrap_or_else(|| panic!("{text} is not in\n{}", self.text()));
        self.mouse(MouseEventKind::Down(MouseButton::Left), column, row)
    }

    /// Something that a mouse does.
    pub fn mouse(&mut self, kind: MouseEventKind, column: u16, row: u16) -> Effect {
        self.happen(&Event::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
    }

    /// Types a text into a field.
    pub fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            self.happen(&Event::Key(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)));
        }
    }

    fn happen(&mut self, event: &Event) -> Effect {
        let effect = self.app.control(event).map_or(Effect::None, |control| self.app.step(control));
        if effect != Effect::None {
            self.draw();
        }
        effect
    }

    /// Lets so much time pass in pictures of 16 ms. How many of them changed something.
    pub fn wait(&mut self, wall: Time) -> usize {
        let mut changed = 0;
        for _ in 0..wall.0 / Time::millis(16).0 {
            if self.app.tick(Time::millis(16)) {
                self.draw();
                changed += 1;
            }
        }
        changed
    }

    /// Another size.
    pub fn resize(&mut self, (columns, rows): (u16, u16)) {
        self.terminal.backend_mut().resize(columns, rows);
        self.happen(&Event::Resize(columns, rows));
    }

    /// Draws, has everything computed that the picture wants, and draws again.
    pub fn draw(&mut self) {
        loop {
            let Ok(_) = self.terminal.draw(|frame| self.app.draw(frame));
            let wanted = self.app.take_wanted();
            if wanted.is_empty() {
                return;
            }
            for ask in wanted {
                let answer = background::answer(&ask);
                self.app.hear(ask, answer);
            }
        }
    }

    pub fn buffer(&self) -> &Buffer {
        self.terminal.backend().buffer()
    }

    /// The picture as text, without spaces at the ends of its lines.
    pub fn text(&self) -> String {
        let area = self.buffer().area;
        let row = |y| {
            let mut text = String::new();
            let mut x = 0;
            while x < area.width {
                let symbol = self.buffer()[(x, y)].symbol();
                text.push_str(symbol);
                // A character of two columns covers the cell behind it.
                x += Span::raw(symbol).width().max(1) as u16;
            }
            text.trim_end().to_owned()
        };
        (0..area.height).map(row).collect::<Vec<_>>().join("\n")
    }

    /// One line of it.
    pub fn line(&self, row: usize) -> String {
        self.text().lines().nth(row).unwrap_or_default().to_owned()
    }

    /// The column and the row of a text.
    pub fn find(&self, text: &str) -> Option<(u16, u16)> {
        let whole = self.text();
        let (row, line) = whole.lines().enumerate().find(|(_, line)| line.contains(text))?;
        Some((Span::raw(line.split(text).next()?).width() as u16, row as u16))
    }

    #[track_caller]
    pub fn shows(&self, text: &str) {
        assert!(self.find(text).is_some(), "{text} is not in\n{}", self.text());
    }

    #[track_caller]
    pub fn hides(&self, text: &str) {
        assert!(self.find(text).is_none(), "{text} is in\n{}", self.text());
    }
}

/// A terminal with exact colours on a dark background.
pub fn environment() -> Environment {
    with_variables(&[("COLORTERM", "truecolor")])
}

pub fn with_variables(variables: &[(&str, &str)]) -> Environment {
    Environment::read(|name| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

pub fn run(address: &str) -> Run {
    let address = address.parse().expect("the address is valid");
    Run::open(&address).expect("the run can be made")
}

fn event_of(key: &str) -> KeyEvent {
    let (key, modifiers) = match key.strip_prefix('⇧') {
        Some(key) => (key, KeyModifiers::SHIFT),
        None => (key, KeyModifiers::NONE),
    };
    let code = match key {
        "space" => KeyCode::Char(' '),
        "tab" if modifiers == KeyModifiers::SHIFT => KeyCode::BackTab,
        "tab" => KeyCode::Tab,
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "→" => KeyCode::Right,
        "←" => KeyCode::Left,
        "↑" => KeyCode::Up,
        "↓" => KeyCode::Down,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pgdn" => KeyCode::PageDown,
        "pgup" => KeyCode::PageUp,
        "⌫" => KeyCode::Backspace,
        letter => KeyCode::Char(letter.chars().next().expect("a key has a name")),
    };
    KeyEvent::new(code, modifiers)
}
