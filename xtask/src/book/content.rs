// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the pages show besides the chapters' text. The course knows it and the simulator computes it; the pages ask
//! through [`Content`], so that a test can answer in their place.

pub(crate) use course::chapter::Refusal;
pub(crate) use course::{Bet, Chapter, Exercise, Number, Source, Table, Worlds};

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use queues::{Address, Sight};
use stage::{Cue, Form, Player, Timeline};
use trace::Time;

/// What the pages ask. An unknown name is answered with the names that exist.
pub(crate) trait Content {
    /// A number by name.
    fn number(&self, name: &str) -> Result<Number, Refusal>;
    /// A source by name.
    fn source(&self, name: &str) -> Result<Source, Refusal>;
    /// A question by name.
    fn bet(&self, name: &str) -> Result<Bet, Refusal>;
    /// An exercise by name.
    fn exercise(&self, name: &str) -> Result<&'static Exercise, Refusal>;
    /// A table by name.
    fn table(&self, name: &str) -> Result<Table, Refusal>;
    /// Worlds that one node cannot tell apart, by name.
    fn worlds(&self, name: &str) -> Result<Worlds, Refusal>;
    /// The stills of a run as SVG elements in the page's colours, one for a wide page and one for a telephone; `id` begins
    /// the ids in them, and is their own on the page. Beside another run they show the moment that its stills show.
    fn stills(&self, address: &str, beside: Option<&str>, id: &str) -> Result<[String; 2], Refusal>;
    /// Whether a run comes to what a caption below it waits for.
    fn reaches(&self, address: &str, cue: &str) -> Result<(), Refusal>;
    /// What the outline says of a chapter, by its title.
    fn chapter(&self, title: &str) -> Option<&'static Chapter>;
}

/// The course itself. What was computed is kept, for some of it is asked for twice.
#[derive(Default)]
pub(crate) struct Course {
    numbers: RefCell<BTreeMap<String, Number>>,
}

impl Content for Course {
    fn number(&self, name: &str) -> Result<Number, Refusal> {
        if let Some(known) = self.numbers.borrow().get(name) {
            return Ok(known.clone());
        }
        let number = course::number(name)?;
        self.numbers.borrow_mut().insert(name.to_owned(), number.clone());
        Ok(number)
    }

    fn source(&self, name: &str) -> Result<Source, Refusal> {
        course::source(name)
    }

    fn bet(&self, name: &str) -> Result<Bet, Refusal> {
        course::bet(name)
    }

    fn exercise(&self, name: &str) -> Result<&'static Exercise, Refusal> {
        let names = || course::exercises().iter().map(|exercise| exercise.name.to_owned()).collect();
        course::find_exercise(name).ok_or_else(|| Refusal::Unknown(names()))
    }

    fn table(&self, name: &str) -> Result<Table, Refusal> {
        course::table(name)
    }

    fn worlds(&self, name: &str) -> Result<Worlds, Refusal> {
        course::worlds(name)
    }

    fn reaches(&self, address: &str, cue: &str) -> Result<(), Refusal> {
        let known = Cue::parse(cue).map_err(Refusal::Wrong)?;
        let never = || Refusal::Wrong(format!("the figure above, {address}, never comes to `{cue}`"));
        known.first(&played(address)?.1).map(|_| ()).ok_or_else(never)
    }

    fn stills(&self, address: &str, beside: Option<&str>, id: &str) -> Result<[String; 2], Refusal> {
        let (address, timeline) = played(address)?;
        let at = match beside {
            Some(first) => {
                let (first, timeline) = played(first)?;
                moment(&first, &timeline)
            }
            None => moment(&address, &timeline),
        };
        let at = at.min(timeline.end());
        let mut player = Player::new(Rc::clone(&timeline));
        player.set_theory(Vec::new(), queues::fluid(&queues::plan_of(&address).map_err(wrong)?));
        player.seek(at);
        let sight = queues::find(&address).map_err(wrong)?.sight;
        Ok([(Form::Wide, "wide", 900.0), (Form::Tall, "tall", 420.0)].map(|(form, name, width)| {
            let id = format!("{id}-{name}");
            match sight {
                Sight::Order => stage::svg(&timeline, at, form, &id),
                Sight::Flow => {
                    let chart = stage::flow_svg(&player, width, &format!("{id}-flow"));
                    stage::svg(&timeline, at, form, &id) + &chart
                }
                Sight::Causes => stage::space_time_svg(&player, width, &id),
            }
        }))
    }

    fn chapter(&self, title: &str) -> Option<&'static Chapter> {
        course::find_chapter(title)
    }
}

fn wrong(error: queues::AddressError) -> Refusal {
    Refusal::Wrong(format!("the figure's address is not right: {error}"))
}

fn played(address: &str) -> Result<(Address, Rc<Timeline>), Refusal> {
    let address: Address = address.parse().map_err(wrong)?;
    let timeline = Timeline::new(queues::run(&address).map_err(wrong)?);
    Ok((address, Rc::new(timeline)))
}

/// What a still shows without a moment in the address: the middle of the run, when much is under way, or later if what the
/// chapter is about happens later.
fn moment(address: &Address, timeline: &Timeline) -> Time {
    let middle = timeline.steps().get(timeline.steps().len() / 2).copied().unwrap_or_default();
    let first = timeline.first_focus().map_or(middle, |focus| focus.at);
    address.at.unwrap_or(middle.max(first))
}
