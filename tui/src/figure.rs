// SPDX-License-Identifier: MIT OR Apache-2.0
//! The full-screen figure: a run, and all that can be done to it.

mod beside;
mod cumulative;
mod drawing;
mod geometry;
mod nodes;
mod pair;
mod panel;
mod side;
mod space_time;
mod strip;
mod view;

use stage::{Player, Target};
use trace::Time;

pub use nodes::progress;
pub use pair::{both_embedded, embedded as embedded_pair};
pub use view::{BESIDE, embedded};

use crate::control::{self, Binding, Control};
use crate::pen::Pen;
use crate::runs::Runs;
use crate::settings::Motion;
use crate::turn::{Effect, Turn};
use panel::Panel;

/// What is seen of a run, besides its counters and its timeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum View {
    /// The drawing alone.
    #[default]
    Drawing,
    /// The space–time diagram, below the drawing or in its place.
    SpaceTime,
    /// The cumulative-flow chart, in the same place.
    Flow,
    /// The slope graph, theory and log, in the same place. A wide screen has them beside the drawing anyway.
    Order,
}

/// The screen.
pub struct Figure {
    /// What is played.
    pub runs: Runs,
    /// What the first line calls it.
    title: String,
    /// A sentence above the drawing, until the reader does something.
    intro: String,
    pointing: Option<Target>,
    panel: Option<Panel>,
    /// What the reader has chosen to see; until then what the scenario is about, where there is room for it.
    view: Option<View>,
    /// What was drawn last.
    layout: view::Layout,
}

impl Figure {
    /// A figure of a run, perhaps with another one beside it. It plays when the reader says so.
    pub fn new(runs: Runs, title: String) -> Figure {
        Figure {
            runs,
            title,
            intro: String::new(),
            pointing: None,
            panel: None,
            view: None,
            layout: view::Layout::default(),
        }
    }

    /// The same, already running, with a sentence above it.
    pub fn running(mut self, intro: &str) -> Figure {
        intro.clone_into(&mut self.intro);
        self.runs.lead.player.play();
        self
    }

    /// Its address at this moment, where it has one, or both, and what it is called.
    pub fn bookmark(&self) -> Option<(String, String)> {
        Some((self.runs.address()?, self.title.clone()))
    }

    /// The keys that hold now.
    pub fn keys(&self) -> &'static [Binding] {
        match &self.panel {
            Some(Panel::Seed(_)) => control::PROMPT,
            Some(Panel::Parameters { .. }) => control::PARAMETERS,
            Some(Panel::Actions { .. }) => control::ACTIONS,
            Some(Panel::Address(_)) => control::ADDRESS,
            Some(Panel::Beside { .. }) => control::BESIDE,
            None if self.runs.second().is_some() && !self.layout.both => &control::PAIR,
            None => control::FIGURE,
        }
    }

    /// Does what the reader asks for; what was done to the first of two runs is done to the second.
    pub fn step(&mut self, control: Control) -> Turn {
        let turn = self.answer(control);
        match self.runs.follow() {
            Ok(()) => turn,
            Err(sentence) => Turn::Say(sentence),
        }
    }

    fn answer(&mut self, control: Control) -> Turn {
        if !matches!(control, Control::Play | Control::Resized | Control::Click(..) | Control::Drag(..)) {
            self.intro.clear();
        }
        let acts = matches!(control, Control::Next | Control::Previous | Control::Enter);
        if acts && self.panel.is_none() && self.runs.is_flipped() && !self.layout.both {
            return Turn::Say(
                "This run only follows; o leads to the first, where things can be broken".to_owned(),
            );
        }
        if let Control::Point(target) = control {
            // Another thing, whatever was open over this one.
            let closed = self.panel.take().is_some() && self.pointing == Some(target);
            return if closed { Turn::Redraw } else { self.point_at(target) };
        }
        if self.panel.is_some() {
            return self.step_panel(control);
        }
        match control {
            Control::Next | Control::Previous => self.point(control == Control::Next),
            Control::Enter => self.open_actions(),
            Control::Parameters => self.open_parameters(),
            Control::TypeSeed => self.ask_seed(),
            Control::Beside => self.open_beside(),
            Control::Other => self.flip(),
            Control::View => {
                self.view = Some(self.layout.next_view());
                Turn::Redraw
            }
            // On nothing.
            Control::Click(..) => Turn::if_changed(self.pointing.take().is_some()),
            Control::Back if self.pointing.take().is_some() => Turn::Redraw,
            Control::Back => Turn::Back,
            _ => self.play_or_change(control),
        }
    }

    /// What works the same whether a panel is open or not.
    fn play_or_change(&mut self, control: Control) -> Turn {
        match control {
            Control::Fork => match self.runs.lead.fork() {
                Ok(future) => Turn::Say(format!("Future {future} from here; what came before is as it was")),
                Err(why) => Turn::Say(why),
            },
            Control::Undo => match self.runs.lead.undo() {
                Ok(true) => self.changed("The last change is taken back"),
                Ok(false) => Turn::Say("There is nothing to undo".to_owned()),
                Err(why) => Turn::Say(why),
            },
            Control::Reset => match self.runs.lead.reset() {
                Ok(()) => self.changed("The run as it was at first"),
                // A fixed run can still be played from its beginning.
                Err(_) => {
                    self.runs.lead.player.reset();
                    Turn::Redraw
                }
            },
            Control::NewSeed => {
                let seed = self.runs.lead.address().map_or(0, |address| address.seed);
                self.take_seed(seed.wrapping_add(1))
            }
            Control::CopyAddress => self.copy_address(),
            _ => Turn::if_changed(play(&mut self.runs.lead.player, control)),
        }
    }

    /// The other one of two runs, where there is room for one.
    fn flip(&mut self) -> Turn {
        self.pointing = None;
        self.runs.flip();
        Turn::if_changed(self.runs.second().is_some())
    }

    /// After the run was replaced, things that were pointed at may be gone.
    fn changed(&mut self, words: &str) -> Turn {
        self.forget_what_is_gone();
        Turn::Say(words.to_owned())
    }

    fn forget_what_is_gone(&mut self) {
        let targets = self.runs.lead.player.targets();
        self.pointing = self.pointing.filter(|target| targets.contains(target));
    }

    fn point(&mut self, forward: bool) -> Turn {
        self.runs.lead.player.pause();
        let targets = self.runs.lead.player.targets();
        let now = self.pointing.and_then(|target| targets.iter().position(|other| *other == target));
        let count = targets.len();
        let next = match (now, forward) {
            (_, _) if count == 0 => return Turn::Still,
            (None, true) => 0,
            (None, false) => count - 1,
            (Some(n), true) => (n + 1) % count,
            (Some(n), false) => (n + count - 1) % count,
        };
        self.pointing = Some(targets[next]);
        Turn::Redraw
    }

    fn take_seed(&mut self, seed: u64) -> Turn {
        match self.runs.lead.seed(seed) {
            Ok(()) => {
                self.pointing = None;
                Turn::Say(format!("Seed {seed}"))
            }
            Err(why) => Turn::Say(why),
        }
    }

    fn copy_address(&mut self) -> Turn {
        match self.runs.address() {
            Some(address) => {
                self.panel = Some(Panel::Address(address.clone()));
                Turn::Do(Effect::Copy(address))
            }
            None => Turn::Say(self.runs.lead.fixed().unwrap_or_default().to_owned()),
        }
    }

    fn point_at(&mut self, target: Target) -> Turn {
        self.runs.lead.player.pause();
        let again = self.pointing.replace(target) == Some(target);
        if again { self.open_actions() } else { Turn::Redraw }
    }

    /// Lets time pass. Whether the picture changed.
    pub fn tick(&mut self, wall: Time, motion: Motion) -> bool {
        let moved = self.runs.tick(wall, motion);
        if moved && matches!(self.pointing, Some(Target::Flight(_))) {
            self.forget_what_is_gone();
        }
        moved
    }

    /// Paints the screen.
    pub fn draw(&mut self, pen: &mut Pen<'_>) {
        view::draw(self, pen);
    }
}

/// Controls of playing, for figures everywhere. Whether anything changed.
pub fn play(player: &mut Player, control: Control) -> bool {
    let before = (player.now(), player.playing(), player.speed());
    match control {
        Control::Play => player.toggle(),
        Control::StepForward => {
            player.step_forward();
        }
        Control::StepBack => {
            player.step_back();
        }
        Control::NextFault => {
            player.next_fault();
        }
        Control::PreviousFault => {
            player.previous_fault();
        }
        Control::First => player.seek(Time::ZERO),
        Control::Last => player.seek(player.end()),
        Control::Seek(_, cell, of) => player.seek_fraction(f32::from(cell) / f32::from(of)),
        Control::Tenth(tenths) => player.seek_fraction(f32::from(tenths) / 10.0),
        Control::Faster => player.faster(),
        Control::Slower => player.slower(),
        Control::Resized => return true,
        _ => {}
    }
    before != (player.now(), player.playing(), player.speed())
}
