// SPDX-License-Identifier: MIT OR Apache-2.0
//! The figure: what it holds, and what each wish of the reader's does to it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use queues::Address;
use stage::{Speed, Target};
use trace::Time;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlCanvasElement, HtmlElement, HtmlInputElement, HtmlSelectElement};
use yew::{Component, Context, Html, NodeRef};

use crate::beside::Beside;
use crate::command::Command;
use crate::cues::Cues;
use crate::glue::{self, Watch};
use crate::page;
use crate::pairing::Pairing;
use crate::pointing::Menu;
use crate::run::Run;
use crate::surface::{Surface, View};
use crate::view::{self, Listeners};

/// While it plays, text and controls change so often, in milliseconds; the canvas with every picture.
const TEXT_PAUSE: f64 = 100.0;

/// A run, and perhaps another one that plays beside it.
type Runs = (Run, Option<Run>);

/// The runs to begin with, handed over once.
#[derive(Clone)]
pub struct Opened(Rc<RefCell<Option<Runs>>>);

impl Opened {
    /// Takes a run, and perhaps another one that plays beside it.
    pub fn new(run: Run, beside: Option<Run>) -> Opened {
        Opened(Rc::new(RefCell::new(Some((run, beside)))))
    }
}

impl PartialEq for Opened {
    fn eq(&self, other: &Opened) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl yew::Properties for Opened {
    type Builder = ();
    fn builder() {}
}

/// What the figure hears.
pub enum Msg {
    /// A button or a key.
    Do(Command),
    /// A control has a new value: its name, and the value as the browser writes it.
    Input(String, String),
    /// The drawing was pressed here.
    Press(f64, f64),
    /// The pointer is over the drawing, or has left it.
    Hover(Option<(f64, f64)>),
    /// It is time for a picture.
    Frame(f64),
    /// Something outside changed that the picture depends on: size, light, fonts, the wish for less motion.
    Look,
    /// The figure came onto the screen or went off it.
    Seen(bool),
    /// The clipboard has the link, or could not be had.
    Copied(bool),
    /// Another run of the same kind is to be shown, as by its link; and beside it this one.
    Open(Address, Option<Address>),
    /// Captions in the text wait for these.
    Watch(Cues),
}

/// A running figure.
pub struct Figure {
    /// Its number on the page, for ids.
    pub(crate) id: u32,
    pub(crate) run: Run,
    /// What plays beside it.
    pub(crate) pairing: Pairing,
    /// What captions in the text wait for.
    cues: Cues,
    pub(crate) view: View,
    pub(crate) menu: Option<Menu>,
    pub(crate) hovered: Option<Target>,
    /// What the last change did, or why it was refused.
    pub(crate) says: String,
    /// The link or the command that was asked for.
    pub(crate) link: Option<String>,
    /// What that opens, in a sentence.
    link_opens: &'static str,
    pub(crate) narration_open: bool,
    pub(crate) listeners: Listeners,
    pub(crate) root: NodeRef,
    pub(crate) canvas: NodeRef,
    pub(crate) surface: Option<Surface>,
    watch: Option<Watch>,
    seen: bool,
    last_frame: Option<f64>,
    text_at: f64,
    /// What gets the focus when the page has been written.
    pub(crate) focus: Option<&'static str>,
    view_began: Cell<f64>,
}

impl Component for Figure {
    type Message = Msg;
    type Properties = Opened;

    fn create(context: &Context<Figure>) -> Figure {
        let (mut run, beside) = context.props().0.take().expect("a run is handed over with each mount");
        let view = View::of(run.sight);
        let pairing = Pairing::new(beside.and_then(|other| Beside::new(&mut run, other)));
        Figure {
            id: glue::next_id(),
            run,
            pairing,
            view,
            cues: Cues::default(),
            menu: None,
            hovered: None,
            says: String::new(),
            link: None,
            link_opens: "",
            narration_open: false,
            listeners: Listeners::new(context.link()),
            root: NodeRef::default(),
            canvas: NodeRef::default(),
            surface: None,
            watch: None,
            seen: true,
            last_frame: None,
            text_at: 0.0,
            focus: None,
            view_began: Cell::new(0.0),
        }
    }

    fn update(&mut self, context: &Context<Figure>, message: Msg) -> bool {
        match message {
            Msg::Frame(at) => return self.frame(at),
            Msg::Do(command) => self.act(context, command),
            Msg::Input(name, value) => self.input(&name, &value),
            Msg::Press(x, y) => self.press(x, y),
            Msg::Hover(at) => return self.hover(at),
            Msg::Look => {}
            Msg::Seen(seen) => {
                self.seen = seen;
                self.last_frame = None;
            }
            Msg::Copied(true) => self.says = ["Copied. ", self.link_opens].concat(),
            Msg::Open(address, beside) => {
                let done = self.run.go(address);
                self.done(done);
                self.bring_beside();
                if let Some(beside) = beside {
                    let done = self.pair_with(&beside);
                    self.done(done);
                }
            }
            Msg::Watch(cues) => self.cues = cues,
            Msg::Copied(false) => {
                self.says =
                    ["This browser keeps its clipboard closed; here it is. ", self.link_opens].concat()
            }
        }
        self.bring_beside();
        true
    }

    fn view(&self, _: &Context<Figure>) -> Html {
        self.view_began.set(glue::now());
        view::figure(self)
    }

    fn rendered(&mut self, context: &Context<Figure>, first: bool) {
        if first {
            self.begin(context);
        }
        if let Some(beside) = &mut self.pairing.beside {
            beside.begin();
        }
        self.choose();
        self.place_menu();
        if let Some(selector) = self.focus.take() {
            self.find(selector).map(|element| element.focus());
        }
        if !self.run.player.playing() {
            self.paint();
        }
        self.ask_for_frame();
        glue::add_to_frame(glue::now() - self.view_began.get());
    }
}

impl Figure {
    fn begin(&mut self, context: &Context<Figure>) {
        let Some(canvas) = self.canvas.cast::<HtmlCanvasElement>() else { return };
        let (drawing, figure) = (canvas.parent_element(), self.root.cast::<Element>());
        self.watch =
            drawing.zip(figure).and_then(|(drawing, figure)| Watch::new(context.link(), &drawing, &figure));
        self.surface = Surface::new(canvas, &self.run.player, self.run.sight);
    }

    fn ask_for_frame(&mut self) {
        if self.run.player.playing()
            && self.seen
            && let Some(watch) = &mut self.watch
        {
            watch.ask_for_frame();
        }
    }

    /// One picture while it plays. Answers whether text and controls are to be written too.
    fn frame(&mut self, at: f64) -> bool {
        let began = glue::now();
        if let Some(watch) = &mut self.watch {
            watch.frame_came();
        }
        if !self.run.player.playing() {
            return false;
        }
        let passed = self.last_frame.map_or(0.0, |last| at - last);
        self.last_frame = Some(at);
        let changed = self.run.player.tick(Time((passed.max(0.0) * 1e6) as u64));
        if changed {
            self.bring_beside();
            self.paint();
            self.move_thumb();
        }
        self.ask_for_frame();
        let stopped = !self.run.player.playing();
        let write = stopped || changed && at - self.text_at >= TEXT_PAUSE;
        if write {
            self.text_at = at;
        }
        if stopped {
            self.last_frame = None;
        }
        glue::note_frame(glue::now() - began);
        write
    }

    pub(crate) fn paint(&mut self) {
        let Some(surface) = &mut self.surface else { return };
        surface.fit(&self.run.player);
        let chosen = self.menu.as_ref().map(|menu| menu.target).or(self.hovered);
        surface.paint(&self.run.player, &self.run.player.scene(), self.view, chosen, page::material());
        if let Some(beside) = &mut self.pairing.beside {
            beside.paint(self.view);
        }
        self.cues.tell(&self.run.player);
    }

    /// The slider's thumb follows every picture, the rest of the controls does not have to.
    fn move_thumb(&self) {
        if let Some(slider) = self.find(".fig-seek").and_then(|it| it.dyn_into::<HtmlInputElement>().ok()) {
            slider.set_value_as_number(view::place_of(&self.run.player).into());
        }
    }

    pub(crate) fn find(&self, selector: &str) -> Option<HtmlElement> {
        let found = self.root.cast::<Element>()?.query_selector(selector).ok()??;
        found.dyn_into().ok()
    }

    fn act(&mut self, context: &Context<Figure>, command: Command) {
        self.says.clear();
        self.link = None;
        if !matches!(command, Command::Act(_)) {
            self.menu = None;
        }
        let player = &mut self.run.player;
        match command {
            Command::Play => {
                player.set_reduced_motion(glue::holds(glue::REDUCED_MOTION));
                player.toggle();
                self.last_frame = None;
            }
            Command::Step => self.moved(|player| player.step_forward(), "Nothing happens after this."),
            Command::StepBack => self.moved(|player| player.step_back(), "Nothing happens before this."),
            Command::NextFault => self.moved(|player| player.next_fault(), "No fault comes after this."),
            Command::PreviousFault => {
                self.moved(|player| player.previous_fault(), "No fault comes before this.")
            }
            Command::Tenth(tenth) => player.seek_fraction(f32::from(tenth) / 10.0),
            Command::Faster => player.faster(),
            Command::Slower => player.slower(),
            Command::NewSeed => {
                let done = self.run.reseed(self.run.seed().wrapping_add(1));
                self.done(done);
            }
            Command::TypeSeed => self.focus = Some(".fig-seed input"),
            Command::Reset => {
                let done = self.run.reset();
                self.done(done);
            }
            Command::Fork => match self.run.fork() {
                Ok(future) => {
                    let (future, at) = (future.to_string(), self.run.player.now().short());
                    self.says =
                        ["From ", &*at, " on this is future ", &future, "; what came before is the same."]
                            .concat();
                }
                Err(error) => self.says = error,
            },
            Command::Undo => match self.run.undo() {
                Ok(true) => self.says = "The last change is taken back.".to_owned(),
                Ok(false) => self.says = "There is no change to take back.".to_owned(),
                Err(error) => self.says = error,
            },
            Command::Copy => self.copy(context, |run, beside| Some(page::link(&run.address()?, beside))),
            Command::Terminal => self.copy(context, Run::command),
            Command::Messages => self.view = View::Messages,
            Command::Flow => self.view = View::Flow,
            Command::SpaceTime => self.view = View::SpaceTime,
            Command::OtherView => self.view = self.view.next(),
            Command::Point => self.point(),
            Command::Act(n) => self.inject(n.into()),
            Command::Close => self.focus = Some(".fig-drawing"),
            Command::Narration => self.narration_open = !self.narration_open,
            Command::Parameters => self.toggle_details(".fig-more"),
            Command::Keys => self.toggle_details(".fig-keys"),
        }
    }

    fn copy(&mut self, context: &Context<Figure>, text: fn(&Run, Option<&Address>) -> Option<String>) {
        let beside = self.pairing.beside.as_ref().and_then(Beside::address);
        self.link_opens = match beside {
            Some(_) => "It opens both runs at this moment.",
            None => "It opens this run at this moment.",
        };
        match text(&self.run, beside.as_ref()) {
            Some(text) => glue::copy(context.link(), self.link.insert(text).clone()),
            None => self.says = self.run.fixed().unwrap_or_default().to_owned(),
        }
    }

    fn moved(&mut self, go: fn(&mut stage::Player) -> bool, else_say: &str) {
        if !go(&mut self.run.player) {
            self.says = else_say.to_owned();
        }
    }

    fn done(&mut self, result: Result<(), String>) {
        if let Err(error) = result {
            self.says = error;
        }
    }

    fn toggle_details(&self, selector: &str) {
        if let Some(details) = self.find(selector) {
            let _ = details.toggle_attribute("open");
            if let Ok(Some(summary)) = details.query_selector("summary") {
                summary.dyn_into::<HtmlElement>().map(|summary| summary.focus()).ok();
            }
        }
    }

    fn input(&mut self, name: &str, value: &str) {
        // Sliders count in whole steps.
        let number = || value.parse::<u32>().unwrap_or(0);
        match name.split_once(':').unwrap_or((name, "")) {
            ("seek", _) => self.run.player.seek_fraction(number() as f32 / view::PLACES as f32),
            ("speed", _) => self.run.player.set_speed(Speed::from_place(number() as usize)),
            ("seed", _) => match value.parse() {
                Ok(seed) => {
                    let done = self.run.reseed(seed);
                    self.done(done);
                }
                Err(_) => self.says = "A seed is a whole number from 0 to 18446744073709551615.".to_owned(),
            },
            ("target", _) => {
                if let Some(target) = self.run.player.targets().get(number() as usize) {
                    self.open_menu(*target, None);
                }
            }
            ("parameter", place) => self.set(place, value),
            ("beside", _) => self.choose_beside(number() as usize),
            _ => {}
        }
    }

    /// Sets the parameter at this place of the list; the value is a stop of its slider.
    fn set(&mut self, place: &str, stop: &str) {
        self.says.clear();
        self.menu = None;
        let known = place.parse().ok().and_then(|n: usize| self.run.parameters.get(n).copied());
        let Some(parameter) = known else { return };
        let stops = parameter.kind.stops();
        if let Some(value) = stop.parse().ok().and_then(|n: usize| stops.get(n)) {
            let done = self.run.set(parameter, &value.to_string());
            self.done(done);
        }
    }

    /// Lists show what is chosen, also when it was not chosen by hand; attributes alone do not make them.
    fn choose(&self) {
        let lists =
            self.root.cast::<Element>().and_then(|root| root.query_selector_all("select[data-chosen]").ok());
        for n in 0..lists.as_ref().map_or(0, web_sys::NodeList::length) {
            let list = lists.as_ref().and_then(|lists| lists.get(n)?.dyn_into::<HtmlSelectElement>().ok());
            let chosen = list.as_ref().and_then(|list| list.get_attribute("data-chosen"));
            if let (Some(list), Some(chosen)) = (list, chosen) {
                list.set_value(&chosen);
            }
        }
    }
}
