// SPDX-License-Identifier: MIT OR Apache-2.0
//! A run on the screen: its player, the address that makes it again, and the changes that led here.

use std::rc::Rc;

use queues::{Address, AddressError, Parameter, Plan, Sight};
use stage::{Player, Speed, Target, Timeline};
use trace::{Time, Trace};

use crate::settings::Motion;

/// A whole run takes at least so long on the screen, unless the reader wants it faster.
const LEAST_WALL: Time = Time::secs(20);
/// So many changes can be undone.
const MOST_CHANGES: usize = 256;

/// A run that is played.
pub struct Run {
    /// The playhead on it.
    pub player: Player,
    source: Source,
    /// Whether it has played without being asked to.
    played: bool,
}

enum Source {
    /// The simulator makes it, and can make others like it.
    Simulated(Box<Simulated>),
    /// It came from elsewhere and cannot be changed here; the sentence says why.
    Fixed(String),
}

struct Simulated {
    /// What `reset` goes back to.
    original: Address,
    address: Address,
    plan: Plan,
    /// Addresses before each change, oldest first.
    before: Vec<Address>,
}

impl Run {
    /// Runs an address and stands at its moment, paused.
    ///
    /// # Errors
    /// What is wrong with the address, and what would be right.
    pub fn open(address: &Address) -> Result<Run, AddressError> {
        let plan = queues::plan_of(address)?;
        let timeline = Rc::new(Timeline::new(queues::run(address)?));
        let mut player = player(timeline);
        player.set_theory(queues::predictions(&plan), queues::fluid(&plan));
        if let Some(at) = address.at {
            player.seek(at);
        }
        // Reset means the run as it was opened, and its beginning.
        let original = Address { at: None, ..address.clone() };
        let simulated = Simulated { address: original.clone(), original, plan, before: Vec::new() };
        Ok(Run { player, source: Source::Simulated(Box::new(simulated)), played: false })
    }

    /// Plays a trace from a file. If the simulator makes the very same trace, everything that can be done to a run can
    /// be done to it; else `why` says why not.
    pub fn of_trace(trace: Trace, why: &str) -> Run {
        let header = &trace.header;
        let mut text = format!("{}?seed={}", header.scenario, header.seed);
        for (name, value) in &header.parameters {
            text.push_str(&format!("&{name}={value}"));
        }
        if !header.faults.is_empty() {
            text.push_str(&format!("&faults={}", header.faults));
        }
        let again = text.parse::<Address>().ok().and_then(|address| {
            let same = queues::run(&address).is_ok_and(|made| made == trace);
            same.then(|| Run::open(&address).ok()).flatten()
        });
        again.unwrap_or_else(|| {
            let mut player = player(Rc::new(Timeline::new(trace)));
            player.lead_up_to_broken();
            Run { player, source: Source::Fixed(why.to_owned()), played: false }
        })
    }

    /// Plays if it never did.
    pub fn play_once(&mut self) {
        if !std::mem::replace(&mut self.played, true) {
            self.player.play();
        }
    }

    /// Lets a span of wall time pass. Whether the picture changed.
    pub fn tick(&mut self, wall: Time, motion: Motion) -> bool {
        self.player.set_reduced_motion(motion == Motion::Steps);
        self.player.tick(wall)
    }

    /// The address of this moment; `None` for a run that no address makes.
    pub fn address(&self) -> Option<Address> {
        match &self.source {
            Source::Simulated(made) => Some(Address { at: Some(self.player.now()), ..made.address.clone() }),
            Source::Fixed(_) => None,
        }
    }

    /// What its scenario is about.
    pub fn sight(&self) -> Sight {
        self.address()
            .and_then(|address| queues::find(&address).ok())
            .map_or(Sight::Order, |known| known.sight)
    }

    /// The settings that it runs with.
    pub fn plan(&self) -> Option<&Plan> {
        match &self.source {
            Source::Simulated(made) => Some(&made.plan),
            Source::Fixed(_) => None,
        }
    }

    /// Parameters in the order in which they are listed: those that the scenario is about first, and how many these are.
    pub fn parameters(&self) -> (Vec<&'static Parameter>, usize) {
        let Source::Simulated(made) = &self.source else { return (Vec::new(), 0) };
        let shown = queues::find(&made.address).map_or(&[][..], |scenario| scenario.shown);
        let applies = |known: &&Parameter| known.applies(&made.plan);
        let first = shown.iter().filter_map(|name| queues::parameter(name)).filter(applies);
        let rest = queues::parameters().iter().filter(|known| !shown.contains(&known.name)).filter(applies);
        let count = first.clone().count();
        (first.chain(rest).collect(), count)
    }

    /// Gives a parameter the next smaller or larger value. Whether there is one.
    ///
    /// # Errors
    /// A sentence, where this run cannot be changed.
    pub fn change(&mut self, parameter: &Parameter, up: bool) -> Result<bool, String> {
        let made = self.simulated()?;
        let Some(value) = parameter.neighbour(&made.plan, up) else { return Ok(false) };
        let address = made.address.clone().with(parameter.name, &value.to_string());
        self.become_new(address).map(|()| true)
    }

    /// Adds an entry to the fault script.
    ///
    /// # Errors
    /// A sentence, where this run cannot be changed.
    pub fn add_fault(&mut self, entry: &str) -> Result<(), String> {
        let made = self.simulated()?;
        let mut address = made.address.clone();
        let script: queues::FaultScript = entry.parse().map_err(|e| format!("{e}"))?;
        for fault in script.faults {
            address.faults = address.faults.with(fault);
        }
        self.become_new(address)
    }

    /// Another future from here: the same past, other dice. Says which future this is.
    ///
    /// # Errors
    /// A sentence, where this run cannot be changed.
    pub fn fork(&mut self) -> Result<u64, String> {
        let forks = |fault: &&queues::Fault| matches!(fault, queues::Fault::Fork(..));
        let future = self.simulated()?.address.faults.faults.iter().filter(forks).count() as u64 + 1;
        let entry = self.player.fork(future);
        self.add_fault(&entry).map(|()| future)
    }

    /// The same scenario with another seed, from its beginning.
    ///
    /// # Errors
    /// A sentence, where this run cannot be changed.
    pub fn seed(&mut self, seed: u64) -> Result<(), String> {
        let address = Address { seed, ..self.simulated()?.address.clone() };
        self.become_new(address)?;
        self.player.seek(Time::ZERO);
        Ok(())
    }

    /// The run as it was opened, at its beginning.
    ///
    /// # Errors
    /// A sentence, where this run cannot be changed.
    pub fn reset(&mut self) -> Result<(), String> {
        let made = self.simulated()?;
        let original = made.original.clone();
        if original != made.address {
            self.become_new(original)?;
        }
        self.player.reset();
        Ok(())
    }

    /// Takes the last change back. Whether there was one.
    ///
    /// # Errors
    /// A sentence, where this run cannot be changed.
    pub fn undo(&mut self) -> Result<bool, String> {
        let Some(before) = self.simulated()?.before.pop() else { return Ok(false) };
        self.show(before)?;
        Ok(true)
    }

    /// What can be done to a thing now that changes something; nothing to a run that cannot be changed.
    pub fn actions(&self, target: Target) -> Vec<stage::Action> {
        let Source::Simulated(made) = &self.source else { return Vec::new() };
        let nodes = &self.player.timeline().trace().header.nodes;
        let mut actions = self.player.actions(target);
        actions.retain(|action| queues::heeds(&made.plan, nodes, &action.entry));
        actions
    }

    /// Why this run cannot be changed, if it cannot.
    pub fn fixed(&self) -> Option<&str> {
        match &self.source {
            Source::Simulated(_) => None,
            Source::Fixed(why) => Some(why),
        }
    }

    fn simulated(&mut self) -> Result<&mut Simulated, String> {
        match &mut self.source {
            Source::Simulated(made) => Ok(made),
            Source::Fixed(why) => Err(why.clone()),
        }
    }

    fn become_new(&mut self, address: Address) -> Result<(), String> {
        let before = self.simulated()?.address.clone();
        self.show(address)?;
        let made = self.simulated()?;
        made.before.push(before);
        if made.before.len() > MOST_CHANGES {
            made.before.remove(0);
        }
        Ok(())
    }

    /// Plays an address from the same moment. No change that could be undone: who asks knows how it was before.
    ///
    /// # Errors
    /// A sentence: what is wrong with the address.
    pub fn show(&mut self, address: Address) -> Result<(), String> {
        let sentence = |error: AddressError| error.to_string();
        let plan = queues::plan_of(&address).map_err(sentence)?;
        let trace = queues::run(&address).map_err(sentence)?;
        self.player.replace(Rc::new(Timeline::new(trace)));
        self.player.set_theory(queues::predictions(&plan), queues::fluid(&plan));
        let made = self.simulated()?;
        (made.address, made.plan) = (address, plan);
        Ok(())
    }
}

fn player(timeline: Rc<Timeline>) -> Player {
    let mut player = Player::new(timeline);
    player.set_speed(Speed::showing(player.end(), LEAST_WALL));
    player
}
