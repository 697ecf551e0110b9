// SPDX-License-Identifier: MIT OR Apache-2.0
//! A run on the screen, and perhaps another one on its playhead: the first one leads, the second follows it in everything in
//! which the two began alike.

use pairs::Pair;
use queues::{Address, AddressError};
use stage::Together;
use trace::Time;

use crate::run::Run;
use crate::settings::Motion;

/// What is played on one clock.
pub struct Runs {
    /// The run that is played and changed.
    pub lead: Run,
    second: Option<Second>,
    /// Whether it is the second one that is seen where there is room for one.
    flipped: bool,
}

/// A run that follows.
struct Second {
    run: Run,
    pair: Pair,
    together: Together,
    /// What the two are called, the first one's name first.
    names: [String; 2],
}

impl From<Run> for Runs {
    fn from(lead: Run) -> Runs {
        Runs { lead, second: None, flipped: false }
    }
}

impl Runs {
    /// Runs an address, or two of them written `A beside B`, paused at the first one's moment.
    ///
    /// # Errors
    /// What is wrong with an address, and what would be right.
    pub fn open(text: &str) -> Result<Runs, String> {
        let open = |text: &str| {
            let address: Address = text.parse().map_err(|error: AddressError| error.to_string())?;
            Run::open(&address).map_err(|error| error.to_string())
        };
        let (first, second) = pairs::split(text);
        let mut runs = Runs::from(open(first)?);
        if let Some(second) = second {
            runs.put_beside(open(second)?)?;
        }
        Ok(runs)
    }

    /// Puts a run beside the first one, in the place of an older one.
    ///
    /// # Errors
    /// Why the two cannot be played together: one was not made by the simulator.
    pub fn put_beside(&mut self, mut run: Run) -> Result<(), String> {
        let why = |run: &Run| run.fixed().unwrap_or_default().to_owned();
        let first = self.lead.address().ok_or_else(|| why(&self.lead))?;
        let address = run.address().ok_or_else(|| why(&run))?;
        let names = pairs::names(&first, &address);
        let pair = Pair::new(first, address);
        self.part();
        let together = Together::new(&mut self.lead.player, &mut run.player);
        self.second = Some(Second { run, pair, together, names });
        Ok(())
    }

    /// Takes the second run away. Whether there was one.
    pub fn part(&mut self) -> bool {
        self.flipped = false;
        let Some(mut second) = self.second.take() else { return false };
        second.together.part(&mut self.lead.player);
        true
    }

    /// The second run, and what the two are called.
    pub fn second(&self) -> Option<(&Run, &[String; 2])> {
        self.second.as_ref().map(|second| (&second.run, &second.names))
    }

    /// Whether it is the second one that is seen where there is room for one.
    pub fn is_flipped(&self) -> bool {
        self.flipped
    }

    /// Shows the other one where there is room for one.
    pub fn flip(&mut self) {
        self.flipped = self.second.is_some() && !self.flipped;
    }

    /// Brings the second run to the first one's moment, and makes it again if that one was.
    ///
    /// # Errors
    /// What cannot be done to it. It is then as far as possible like the first one.
    pub fn follow(&mut self) -> Result<(), String> {
        let Some(second) = &mut self.second else { return Ok(()) };
        let behind = second.together.is_behind(&self.lead.player);
        let done = if behind { second.make_again(&self.lead) } else { Ok(()) };
        second.together.follow(&mut self.lead.player, &mut second.run.player);
        done
    }

    /// Lets a span of wall time pass. Whether the picture changed.
    pub fn tick(&mut self, wall: Time, motion: Motion) -> bool {
        let moved = self.lead.tick(wall, motion);
        // Time makes no run again: there is nothing that could be refused.
        moved && self.follow().is_ok()
    }

    /// The same runs at the same moment, to be changed on their own; `None` where no address makes them.
    pub fn again(&self) -> Option<Runs> {
        let mut runs = Runs::open(&self.address()?).ok()?;
        runs.flipped = self.flipped;
        Some(runs)
    }

    /// The address of this moment, or both as [`Runs::open`] reads them; `None` for a run that no address makes.
    pub fn address(&self) -> Option<String> {
        let first = self.lead.address()?;
        let second = self.second.as_ref().and_then(|second| second.run.address());
        Some(match second {
            Some(second) => pairs::join(&first, &Address { at: None, ..second }),
            None => first.to_string(),
        })
    }
}

impl Second {
    fn make_again(&mut self, lead: &Run) -> Result<(), String> {
        let Some(first) = lead.address() else { return Ok(()) };
        let second = self.pair.second(&first).map_err(|error| error.to_string())?;
        self.names = pairs::names(&first, &second.address);
        self.run.show(second.address)?;
        second.refused.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "order/concurrent-consumers?seed=7&consumers=1";
    const FOUR: &str = "order/concurrent-consumers?seed=7&consumers=4";

    fn pair() -> Runs {
        Runs::open(&[ONE, " beside ", FOUR].concat()).expect("both can be made")
    }

    fn second(runs: &Runs) -> &Run {
        runs.second().expect("there are two").0
    }

    #[test]
    fn the_second_run_is_where_the_first_one_is_and_ends_when_it_does() {
        let mut runs = pair();
        assert_eq!(runs.lead.player.end(), second(&runs).player.end());
        runs.lead.player.seek(Time::millis(700));
        runs.follow().expect("it can");
        assert_eq!(second(&runs).player.now(), Time::millis(700));
        runs.lead.player.play();
        assert!(runs.tick(Time::millis(100), Motion::default()));
        assert_eq!(second(&runs).player.now(), runs.lead.player.now());
    }

    #[test]
    fn an_address_opens_both_again_as_they_are() {
        let mut runs = pair();
        runs.lead.seed(9).expect("it can");
        runs.lead.add_fault("crash:consumer-1@500ms").expect("it can");
        runs.lead.player.seek(Time::millis(700));
        runs.follow().expect("it can");
        let address = runs.address().expect("it has one");
        let [one, four] = [1, 4].map(|n| format!("order/concurrent-consumers?seed=9&consumers={n}"));
        let fault = "&faults=crash:consumer-1@500ms";
        assert_eq!(address, format!("{one}{fault}&at=700ms beside {four}{fault}"));
        let again = Runs::open(&address).expect("it opens");
        assert_eq!(second(&again).player.now(), Time::millis(700));
        assert_eq!(again.address(), Some(address));
    }

    #[test]
    fn what_the_second_run_cannot_do_is_said() {
        let mut runs = Runs::open(&[FOUR, " beside ", ONE].concat()).expect("both can be made");
        runs.lead.add_fault("crash:consumer-4@500ms").expect("there are four");
        let said = runs.follow().expect_err("there is one");
        assert!(
            said.starts_with("The run beside this one cannot follow: ") && said.contains("consumer-4"),
            "{said}"
        );
        assert_eq!(runs.follow(), Ok(()), "it is said once");
    }

    #[test]
    fn one_run_is_left_as_it_was() {
        let mut runs = pair();
        let alone = Runs::open(ONE).expect("it can be made");
        runs.flip();
        assert!(runs.is_flipped() && runs.part() && !runs.part() && !runs.is_flipped());
        assert_eq!(runs.lead.player.end(), alone.lead.player.end());
        assert_eq!(runs.address(), alone.address());
    }

    #[test]
    fn a_wrong_second_address_is_told() {
        let wrong = Runs::open(&[ONE, " beside order/nothing"].concat());
        assert!(wrong.err().is_some_and(|why| why.contains("order/nothing")));
    }
}
