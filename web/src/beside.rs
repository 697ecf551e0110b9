// SPDX-License-Identifier: MIT OR Apache-2.0
//! A second run on the playhead of the first: what is done to the first is done to it, as far as the two were alike.

use std::rc::Rc;

use queues::{Address, Parameter};
use stage::{Scene, Timeline};
use trace::Time;
use yew::{Html, NodeRef, html};

use crate::page;
use crate::run::Run;
use crate::surface::{Surface, View};
use crate::view;

/// The run beside another one.
pub struct Beside {
    run: Run,
    /// What both had alike in the beginning stays alike; the others are what is compared.
    common: Vec<&'static Parameter>,
    /// The first run as it was followed last.
    followed: Rc<Timeline>,
    /// What the two are called, the first run's name first.
    names: [String; 2],
    canvas: NodeRef,
    surface: Option<Surface>,
}

impl Beside {
    /// Puts a run beside another one, at the same moment.
    pub fn new(lead: &mut Run, run: Run) -> Beside {
        let both = lead.plan().zip(run.plan());
        let alike = |known: &&Parameter| both.is_some_and(|(a, b)| known.value(a) == known.value(b));
        let common: Vec<_> = lead.parameters.iter().copied().filter(alike).collect();
        let names = names(lead, &run);
        let followed = Rc::clone(lead.player.timeline());
        let mut beside = Beside { run, common, followed, names, canvas: NodeRef::default(), surface: None };
        beside.last_alike(lead);
        beside.run.player.follow(&lead.player);
        beside
    }

    /// The canvas is on the page; a run that was put here later has another one.
    pub fn begin(&mut self) {
        if self.surface.is_some() {
            return;
        }
        let canvas = self.canvas.cast();
        self.surface = canvas.and_then(|canvas| Surface::new(canvas, &self.run.player, self.run.sight));
    }

    /// Brings it to the first run's moment, and makes it again if that one was.
    ///
    /// # Errors
    /// What cannot be done to this run. It is then as far as possible like the first one.
    pub fn follow(&mut self, lead: &mut Run) -> Result<(), String> {
        let mut done = Ok(());
        if !Rc::ptr_eq(&self.followed, lead.player.timeline()) {
            done = self.run.liken(lead, &self.common);
            self.last_alike(lead);
        }
        self.run.player.follow(&lead.player);
        done.map_err(|why| ["The run beside this one cannot follow: ", &*why].concat())
    }

    /// Gives both runs one end, that of the longer one.
    fn last_alike(&mut self, lead: &mut Run) {
        let over =
            |run: &Run| run.player.timeline().trace().events.last().map_or(Time::ZERO, |event| event.at);
        let end = over(lead).max(over(&self.run));
        for run in [&mut *lead, &mut self.run] {
            if run.player.timeline().end() != end {
                let trace = run.player.timeline().trace().clone();
                run.player.replace(Rc::new(Timeline::until(trace, end)));
            }
        }
        lead.player.set_beside(Rc::clone(self.run.player.timeline()));
        self.followed = Rc::clone(lead.player.timeline());
    }

    /// Paints its moment.
    pub fn paint(&mut self, view: View) {
        let Some(surface) = &mut self.surface else { return };
        surface.fit(&self.run.player);
        surface.paint(&self.run.player, &self.run.player.scene(), view, None, page::material());
    }

    /// The run beside the first one, without a moment: that is the first one's.
    pub fn address(&self) -> Option<Address> {
        self.run.address().map(|address| Address { at: None, ..address })
    }

    /// Whether it is the run of this address.
    pub fn is_of(&self, address: &Address) -> bool {
        let without = Address { at: None, ..address.clone() };
        self.address().is_some_and(|own| own.to_string() == without.to_string())
    }

    /// What the first run is called.
    pub fn name_of_first(&self) -> &str {
        &self.names[0]
    }

    /// It on the page: its drawing, its counters, its last sentence.
    pub fn view(&self) -> Html {
        let scene: Scene<'_> = self.run.player.scene();
        let words = if scene.playing { "The run plays.".to_owned() } else { scene.words() };
        html! {
            <div class="fig-side">
                <p class="fig-name">{ &self.names[1] }</p>
                <canvas class="fig-canvas" ref={&self.canvas} role="img" aria-label={words}></canvas>
                { view::counters(&scene.counters) }
                { view::last_sentence(&scene) }
            </div>
        }
    }
}

/// What tells two runs apart: the scenarios, or the parameters in which their addresses differ.
fn names(a: &Run, b: &Run) -> [String; 2] {
    let (Some(first), Some(second)) = (a.address(), b.address()) else { return Default::default() };
    if first.scenario != second.scenario {
        return [first.scenario, second.scenario];
    }
    let differs = |known: &&&'static Parameter| {
        a.plan().zip(b.plan()).is_some_and(|(a, b)| known.value(a) != known.value(b))
    };
    [a, b].map(|run| {
        let differing = a.parameters.iter().filter(differs);
        let said = differing
            .filter_map(|known| Some([known.label, " ", &known.value(run.plan()?).to_string()].concat()));
        said.collect::<Vec<_>>().join(", ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(a: &str, b: &str) -> (Run, Beside) {
        let open = |address: &str| Run::open(&address.parse().expect(address)).expect(address);
        let mut lead = open(a);
        let beside = Beside::new(&mut lead, open(b));
        (lead, beside)
    }

    const ONE: &str = "order/concurrent-consumers?seed=7&consumers=1";
    const FOUR: &str = "order/concurrent-consumers?seed=7&consumers=4";

    #[test]
    fn two_runs_have_one_end_and_one_moment() {
        let (mut lead, mut beside) = pair(ONE, FOUR);
        let traces = [&lead, &beside.run].map(|run| run.player.timeline().trace().hash());
        assert_ne!(traces[0], traces[1]);
        assert_eq!(lead.player.end(), beside.run.player.end());
        assert_eq!(beside.names, ["consumers 1", "consumers 4"]);
        lead.player.seek(Time::millis(700));
        beside.follow(&mut lead).expect("it can");
        assert_eq!(beside.run.player.now(), lead.player.now());
        // A step halts at what only the second run shows, too.
        let own = lead.player.timeline().steps().to_vec();
        let mut others = 0;
        while lead.player.step_forward() {
            others += usize::from(!own.contains(&lead.player.now()));
        }
        assert!(others > 10, "{others}");
        assert_eq!([&lead, &beside.run].map(|run| run.player.timeline().trace().hash()), traces);
    }

    #[test]
    fn what_is_compared_stays_and_the_rest_follows() {
        let (mut lead, mut beside) = pair(ONE, FOUR);
        let known = |name| queues::parameter(name).expect(name);
        lead.set(known("rate"), "12").expect("it can");
        lead.set(known("consumers"), "2").expect("it can");
        lead.reseed(9).expect("it can");
        lead.add_fault("crash:consumer-1@500ms").expect("it can");
        beside.follow(&mut lead).expect("it can");
        let address = beside.run.address().expect("it has one").to_string();
        assert_eq!(
            address,
            "order/concurrent-consumers?seed=9&consumers=4&rate=12&faults=crash:consumer-1@500ms&at=0s"
        );
        while lead.undo().expect("it ran") {}
        beside.follow(&mut lead).expect("it can");
        assert_eq!(beside.run.address().expect("it has one").to_string(), [FOUR, "&at=0s"].concat());
    }

    #[test]
    fn what_the_second_run_cannot_do_is_said() {
        let (mut lead, mut beside) = pair(FOUR, ONE);
        lead.add_fault("crash:consumer-4@500ms").expect("there are four");
        let said = beside.follow(&mut lead).expect_err("there is one");
        assert!(
            said.starts_with("The run beside this one cannot follow: ") && said.contains("consumer-4"),
            "{said}"
        );
        lead.reseed(8).expect("it can");
        assert!(beside.follow(&mut lead).is_err());
        assert_eq!(beside.run.seed(), 8, "what it can do, it does");
    }
}
