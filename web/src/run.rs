// SPDX-License-Identifier: MIT OR Apache-2.0
//! A run on the page: its player, the address that makes it again, and the changes that led here.

use std::rc::Rc;

use queues::{Address, AddressError, Fault, FaultScript, Parameter, Plan, Scenario, Sight};
use stage::{Player, Speed, Timeline};
use trace::{Time, sort_by_key};

/// A whole run takes at least so long on the screen, unless the reader wants it faster.
const LEAST_WALL: Time = Time::secs(20);
/// So many changes can be undone.
const MOST_CHANGES: usize = 256;

/// A run that is played.
pub struct Run {
    /// The playhead on it.
    pub player: Player,
    /// What `reset` goes back to.
    original: Address,
    address: Address,
    plan: Plan,
    /// Addresses before each change, oldest first.
    before: Vec<Address>,
    /// Parameters in the order in which they are listed: those that the scenario is about first.
    pub parameters: Vec<&'static Parameter>,
    /// How many of them the scenario is about.
    pub shown: usize,
    /// Which picture shows what the scenario is about.
    pub sight: Sight,
}

impl Run {
    /// Runs an address and stands at its moment, paused.
    ///
    /// # Errors
    /// What is wrong with the address, and what would be right.
    pub fn open(address: &Address) -> Result<Run, AddressError> {
        let plan = queues::plan_of(address)?;
        let timeline = Timeline::new(queues::run(address)?);
        let mut player = Player::new(Rc::new(timeline));
        player.set_speed(Speed::showing(player.end(), LEAST_WALL));
        player.set_theory(queues::predictions(&plan), queues::fluid(&plan));
        if let Some(at) = address.at {
            player.seek(at);
        }
        let original = Address { at: None, ..address.clone() };
        let &Scenario { shown, sight, .. } = queues::find(address)?;
        let mut parameters: Vec<_> = queues::parameters().iter().collect();
        let place = |known: &&Parameter| shown.iter().position(|name| *name == known.name);
        sort_by_key(&mut parameters, |known| place(known).unwrap_or(shown.len()) as u32);
        let address = original.clone();
        Ok(Run { player, original, address, plan, before: Vec::new(), parameters, shown: shown.len(), sight })
    }

    /// The settings that it runs with.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.address.seed
    }

    /// The address of this moment.
    pub fn address(&self) -> Address {
        Address { at: Some(self.player.now()), ..self.address.clone() }
    }

    /// Whether there is a change to take back.
    pub fn is_changed(&self) -> bool {
        !self.before.is_empty()
    }

    /// Gives a parameter another value; the run is made again.
    ///
    /// # Errors
    /// A sentence: the value is not valid, or not with a fault of the script.
    pub fn set(&mut self, parameter: &Parameter, value: &str) -> Result<(), AddressError> {
        self.change(self.address.clone().with(parameter.name, value))
    }

    /// The same scenario with another seed, from its beginning.
    ///
    /// # Errors
    /// None that the old seed did not have.
    pub fn reseed(&mut self, seed: u64) -> Result<(), AddressError> {
        self.change(Address { seed, ..self.address.clone() })?;
        self.player.seek(Time::ZERO);
        Ok(())
    }

    /// Adds an entry to the fault script.
    ///
    /// # Errors
    /// A sentence, where the entry cannot be added.
    pub fn add_fault(&mut self, entry: &str) -> Result<(), AddressError> {
        let mut address = self.address.clone();
        let script: FaultScript = match entry.parse() {
            Ok(script) => script,
            Err(error) => return Err(self.address.scenario_error(error.to_string())),
        };
        address.faults.faults.extend(script.faults);
        self.change(address)
    }

    /// Another future from here: the same past, other dice. Says which future this is.
    ///
    /// # Errors
    /// A sentence, where the script is full.
    pub fn fork(&mut self) -> Result<u64, AddressError> {
        let faults = &self.address.faults.faults;
        let future = faults.iter().filter(|fault| matches!(fault, Fault::Fork(..))).count() as u64 + 1;
        let entry = self.player.fork(future);
        self.add_fault(&entry).map(|()| future)
    }

    /// The run as it was opened, at its beginning.
    ///
    /// # Errors
    /// None: it ran before.
    pub fn reset(&mut self) -> Result<(), AddressError> {
        if self.original != self.address {
            self.change(self.original.clone())?;
        }
        self.player.reset();
        Ok(())
    }

    /// Takes the last change back. Whether there was one.
    ///
    /// # Errors
    /// None: it ran before.
    pub fn undo(&mut self) -> Result<bool, AddressError> {
        match self.before.pop() {
            Some(before) => self.show(before).map(|()| true),
            None => Ok(false),
        }
    }

    fn change(&mut self, address: Address) -> Result<(), AddressError> {
        let before = self.address.clone();
        self.show(address)?;
        if self.before.len() == MOST_CHANGES {
            self.before.remove(0);
        }
        self.before.push(before);
        Ok(())
    }

    /// Plays an address from the same moment.
    fn show(&mut self, address: Address) -> Result<(), AddressError> {
        let plan = queues::plan_of(&address)?;
        let timeline = Timeline::new(queues::run(&address)?);
        self.player.replace(Rc::new(timeline));
        self.player.set_theory(queues::predictions(&plan), queues::fluid(&plan));
        (self.address, self.plan) = (address, plan);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(address: &str) -> Run {
        Run::open(&address.parse().expect(address)).expect(address)
    }

    #[test]
    fn the_address_of_a_moment_opens_that_moment() {
        let mut run = open("order/concurrent-consumers?seed=7");
        run.player.seek(Time::millis(900));
        run.add_fault("crash:consumer-1@900ms").expect("it can crash");
        run.fork().expect("it can fork");
        let again = open(&run.address().to_string());
        assert_eq!(again.player.now(), Time::millis(900));
        assert_eq!(again.player.scene().counters, run.player.scene().counters);
        assert_eq!(again.player.timeline().trace(), run.player.timeline().trace());
    }

    #[test]
    fn undo_goes_back_change_by_change() {
        let mut run = open("order/concurrent-consumers?seed=7");
        let first = run.player.timeline().trace().clone();
        let consumers = run.parameters[0];
        run.set(consumers, "5").expect("five are allowed");
        let second = run.player.timeline().trace().clone();
        run.fork().expect("it can fork");
        assert!(run.undo().expect("it ran before"));
        assert_eq!(*run.player.timeline().trace(), second);
        assert!(run.undo().expect("it ran before"));
        assert_eq!(*run.player.timeline().trace(), first);
        assert!(!run.undo().expect("nothing is left"));
    }

    #[test]
    fn what_a_change_breaks_is_refused_and_the_run_stays() {
        let mut run = open("order/concurrent-consumers?seed=7&consumers=3");
        run.add_fault("crash:consumer-3@1s").expect("there are three");
        let before = run.player.timeline().trace().clone();
        let refused = run.set(run.parameters[0], "2").expect_err("the script speaks of a third");
        assert!(refused.to_string().contains("consumer-3"), "{refused}");
        assert_eq!(*run.player.timeline().trace(), before);
    }

    #[test]
    fn what_the_scenario_is_about_comes_first() {
        let run = open("order/one-redelivery");
        let names: Vec<&str> = run.parameters[..run.shown].iter().map(|known| known.name).collect();
        assert_eq!(names, ["prefetch", "requeue", "lease"]);
        assert_eq!(run.parameters.len(), queues::parameters().len());
    }
}
