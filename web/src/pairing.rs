// SPDX-License-Identifier: MIT OR Apache-2.0
//! What plays beside the figure's run: nothing, the run that it came with, or a system of the field that the reader chose.

use pairs::Pair;
use queues::Address;
use queues::systems::{settings, system_of};
use yew::Html;

use crate::beside::Beside;
use crate::figure::Figure;
use crate::parts;
use crate::run::Run;

/// In the list of what can play beside a run: nothing, and what the figure came with; where it came with nothing, the systems
/// begin there.
const NOTHING: usize = 0;
const GIVEN: usize = 1;

/// What plays beside the figure's run.
pub struct Pairing {
    /// The run that does.
    pub beside: Option<Beside>,
    /// The run that did when the figure was opened, while another one or none does.
    given: Option<Beside>,
    /// Its place in the list.
    chosen: usize,
    /// How many stand in the list before the systems.
    before: usize,
}

impl Pairing {
    /// What a figure is opened with.
    pub fn new(beside: Option<Beside>) -> Pairing {
        let chosen = if beside.is_some() { GIVEN } else { NOTHING };
        Pairing { beside, given: None, chosen, before: chosen + 1 }
    }

    fn is_given(&self, place: usize) -> bool {
        place == GIVEN && self.before > GIVEN
    }

    /// What the run that the figure came with is called, if it came with one.
    fn given(&self) -> Option<&str> {
        let beside = if self.is_given(self.chosen) { &self.beside } else { &self.given };
        beside.as_ref().map(|beside| &*beside.names()[1])
    }
}

impl Figure {
    /// What follows this run is the run of this address from now on, where it is not yet.
    pub(crate) fn pair_with(&mut self, address: &Address) -> Result<(), String> {
        if self.pairing.beside.as_ref().is_some_and(|beside| beside.is_of(address)) {
            return Ok(());
        }
        let run = Run::open(address).map_err(|error| error.to_string())?;
        self.part();
        self.pairing = Pairing::new(Beside::new(&mut self.run, run));
        Ok(())
    }

    /// The run beside this one follows it.
    pub(crate) fn bring_beside(&mut self) {
        if let Some(beside) = &mut self.pairing.beside
            && let Err(sentence) = beside.follow(&mut self.run)
        {
            self.says = sentence;
        }
    }

    /// Nothing plays beside this run; what the figure came with is kept.
    fn part(&mut self) {
        let Some(mut beside) = self.pairing.beside.take() else { return };
        beside.part(&mut self.run);
        if self.pairing.is_given(self.pairing.chosen) {
            self.pairing.given = Some(beside);
        }
        self.pairing.chosen = NOTHING;
    }

    /// Puts what stands at this place of the list beside this run.
    pub(crate) fn choose_beside(&mut self, place: usize) {
        self.says.clear();
        self.part();
        if self.pairing.is_given(place) {
            self.pairing.beside = self.pairing.given.take();
        } else if let Some((system, setting)) =
            place.checked_sub(self.pairing.before).and_then(|n| settings().nth(n))
            && let Some(first) = self.run.address()
        {
            match Pair::of_system(&first, system, setting)
                .and_then(|second| Ok((Run::open(&second.address)?, second.refused)))
            {
                Ok((run, refused)) => {
                    self.pairing.beside = Beside::new(&mut self.run, run);
                    self.says.extend(refused);
                }
                Err(error) => self.says = error.to_string(),
            }
        }
        self.pairing.chosen = if self.pairing.beside.is_some() { place } else { NOTHING };
    }
}

/// The list of what can play beside a run: the field's systems beside one of them, and what the figure came with.
pub fn list(figure: &Figure) -> Html {
    let (given, address) = (figure.pairing.given(), figure.run.address());
    let field = address.is_some_and(|address| system_of(&address).is_some());
    if !field && given.is_none() {
        return Html::default();
    }
    let mut words = vec!["none".to_owned()];
    words.extend(given.map(str::to_owned));
    if field {
        words.extend(settings().map(|(system, setting)| system.called(setting)));
    }
    let help = "Another run on the same playhead, with this one's seed and faults";
    parts::list("beside".to_owned(), "beside", help, figure.pairing.chosen, words)
}
