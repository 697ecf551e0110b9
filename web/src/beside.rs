// SPDX-License-Identifier: MIT OR Apache-2.0
//! A second run on the playhead of the first: what is done to the first is done to it, as far as the two were alike.

use pairs::Pair;
use queues::Address;
use stage::{Scene, Together};
use yew::{Html, NodeRef, html};

use crate::page;
use crate::run::Run;
use crate::surface::{Surface, View};
use crate::view;

/// The run beside another one.
pub struct Beside {
    run: Run,
    pair: Pair,
    together: Together,
    /// What the two are called, the first run's name first.
    names: [String; 2],
    canvas: NodeRef,
    surface: Option<Surface>,
}

impl Beside {
    /// Puts a run beside another one, at the same moment. None where one of them came as a trace.
    pub fn new(lead: &mut Run, mut run: Run) -> Option<Beside> {
        let (first, second) = (lead.address()?, run.address()?);
        let names = pairs::names(&first, &second);
        let pair = Pair::new(first, second);
        let together = Together::new(&mut lead.player, &mut run.player);
        Some(Beside { run, pair, together, names, canvas: NodeRef::default(), surface: None })
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
        let done = if self.together.is_behind(&lead.player) { self.make_again(lead) } else { Ok(()) };
        self.together.follow(&mut lead.player, &mut self.run.player);
        done
    }

    fn make_again(&mut self, lead: &Run) -> Result<(), String> {
        let Some(first) = lead.address() else { return Ok(()) };
        let second = self.pair.second(&first).map_err(|error| error.to_string())?;
        self.names = pairs::names(&first, &second.address);
        self.run.show(second.address)?;
        second.refused.map_or(Ok(()), Err)
    }

    /// Leaves the first run to itself; this one may be brought back.
    pub fn part(&mut self, lead: &mut Run) {
        self.together.part(&mut lead.player);
        self.surface = None;
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

    /// What the two runs are called.
    pub fn names(&self) -> &[String; 2] {
        &self.names
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

#[cfg(test)]
mod tests {
    use trace::Time;

    use super::*;

    fn pair(a: &str, b: &str) -> (Run, Beside) {
        let open = |address: &str| Run::open(&address.parse().expect(address)).expect(address);
        let mut lead = open(a);
        let beside = Beside::new(&mut lead, open(b)).expect("both have addresses");
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
    fn it_is_made_again_when_the_first_one_is() {
        let (mut lead, mut beside) = pair(ONE, FOUR);
        lead.reseed(9).expect("it can");
        lead.add_fault("crash:consumer-1@500ms").expect("it can");
        beside.follow(&mut lead).expect("it can");
        let address = beside.run.address().expect("it has one").to_string();
        assert_eq!(
            address,
            "order/concurrent-consumers?seed=9&consumers=4&faults=crash:consumer-1@500ms&at=0s"
        );
        while lead.undo().expect("it ran") {}
        beside.follow(&mut lead).expect("it can");
        assert_eq!(beside.run.address().expect("it has one").to_string(), [FOUR, "&at=0s"].concat());
    }

    #[test]
    fn one_that_was_taken_away_comes_back_as_the_first_one_is_by_then() {
        let (mut lead, mut beside) = pair(ONE, FOUR);
        let alone = Run::open(&ONE.parse().expect(ONE)).expect(ONE);
        assert_ne!(lead.player.end(), beside.run.player.timeline().trace().events[0].at);
        beside.part(&mut lead);
        assert_eq!(lead.player.end(), alone.player.end());
        lead.reseed(9).expect("it can");
        beside.follow(&mut lead).expect("it can");
        assert_eq!((beside.run.seed(), beside.run.player.end()), (9, lead.player.end()));
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
