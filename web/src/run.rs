// SPDX-License-Identifier: MIT OR Apache-2.0
//! A run on the page: its player, the address that makes it again, and the changes that led here.

use std::rc::Rc;

use queues::{Address, AddressError, Fault, FaultScript, Parameter, Plan, Scenario, Sight};
use stage::{Action, Player, Speed, Target, Timeline};
use trace::{Time, Trace, sort_by_key};

/// A whole run takes at least so long on the screen, unless the reader wants it faster.
const LEAST_WALL: Time = Time::secs(20);
/// So many changes can be undone.
const MOST_CHANGES: usize = 256;

/// Why a run that came as a trace cannot be changed.
const FIXED: &str =
    "This run was made elsewhere and came here as a trace: it can be played, not run again with a change.";

/// A run that is played.
pub struct Run {
    /// The playhead on it.
    pub player: Player,
    /// What makes it again; nothing for a run that came as a trace.
    made: Option<Made>,
    /// Where its trace lies on the reader's machine, if it came from there.
    file: Option<String>,
    /// Parameters in the order in which they are listed: those that the scenario is about first.
    pub parameters: Vec<&'static Parameter>,
    /// How many of them the scenario is about.
    pub shown: usize,
    /// Which picture shows what the scenario is about.
    pub sight: Sight,
}

/// The addresses of a run that the simulator makes.
struct Made {
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
        let mut player = player(Timeline::new(queues::run(address)?));
        player.set_theory(queues::predictions(&plan), queues::fluid(&plan));
        if let Some(at) = address.at {
            player.seek(at);
        }
        let original = Address { at: None, ..address.clone() };
        let &Scenario { shown, sight, .. } = queues::find(address)?;
        let mut parameters: Vec<_> = queues::parameters().iter().collect();
        let place = |known: &&Parameter| shown.iter().position(|name| *name == known.name);
        sort_by_key(&mut parameters, |known| place(known).unwrap_or(shown.len()) as u32);
        let made = Made { address: original.clone(), original, plan, before: Vec::new() };
        Ok(Run { player, made: Some(made), file: None, parameters, shown: shown.len(), sight })
    }

    /// Plays a trace that was read, paused at a moment; without one, shortly before it breaks a promise.
    pub fn replay(trace: Trace, at: Option<Time>, file: Option<String>) -> Run {
        let mut player = player(Timeline::new(trace));
        match at {
            Some(at) => player.seek(at),
            None => {
                player.lead_up_to_broken();
            }
        }
        Run { player, made: None, file, parameters: Vec::new(), shown: 0, sight: Sight::Order }
    }

    /// Why this run cannot be changed, if it cannot.
    pub fn fixed(&self) -> Option<&'static str> {
        self.made.is_none().then_some(FIXED)
    }

    /// The settings that it runs with.
    pub fn plan(&self) -> Option<&Plan> {
        self.made.as_ref().map(|made| &made.plan)
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.player.timeline().trace().header.seed
    }

    /// The address of this moment; none for a run that no address makes.
    pub fn address(&self) -> Option<Address> {
        let made = self.made.as_ref()?;
        Some(Address { at: Some(self.player.now()), ..made.address.clone() })
    }

    /// The command that opens this moment in the terminal, and beside it another run, or the trace where there is only that.
    pub fn command(&self, beside: Option<&Address>) -> Option<String> {
        let (verb, what) = match (self.address(), &self.file) {
            (Some(address), _) => {
                ("figure", beside.map_or_else(|| address.to_string(), |other| pairs::join(&address, other)))
            }
            (None, Some(file)) => ("replay", file.clone()),
            (None, None) => return None,
        };
        // A shell reads what stands in single quotes as it is, but for themselves.
        Some(["cargo run -p tui -- ", verb, " '", &what.replace('\'', "'\\''"), "'"].concat())
    }

    /// Whether there is a change to take back.
    pub fn is_changed(&self) -> bool {
        self.made.as_ref().is_some_and(|made| !made.before.is_empty())
    }

    /// Gives a parameter another value; the run is made again.
    ///
    /// # Errors
    /// A sentence: the value is not valid, or not with a fault of the script.
    pub fn set(&mut self, parameter: &Parameter, value: &str) -> Result<(), String> {
        let address = self.made()?.address.clone();
        self.change(address.with(parameter.name, value))
    }

    /// The same scenario with another seed, from its beginning.
    ///
    /// # Errors
    /// A sentence, for a run that cannot be changed.
    pub fn reseed(&mut self, seed: u64) -> Result<(), String> {
        let address = self.made()?.address.clone();
        self.change(Address { seed, ..address })?;
        self.player.seek(Time::ZERO);
        Ok(())
    }

    /// Adds an entry to the fault script.
    ///
    /// # Errors
    /// A sentence, where the entry cannot be added.
    pub fn add_fault(&mut self, entry: &str) -> Result<(), String> {
        let mut address = self.made()?.address.clone();
        let script: FaultScript = match entry.parse() {
            Ok(script) => script,
            Err(error) => return Err(address.scenario_error(error.to_string()).to_string()),
        };
        address.faults.faults.extend(script.faults);
        self.change(address)
    }

    /// Another future from here: the same past, other dice. Says which future this is.
    ///
    /// # Errors
    /// A sentence, where the script is full or the run cannot be changed.
    pub fn fork(&mut self) -> Result<u64, String> {
        let faults = &self.made()?.address.faults.faults;
        let future = faults.iter().filter(|fault| matches!(fault, Fault::Fork(..))).count() as u64 + 1;
        let entry = self.player.fork(future);
        self.add_fault(&entry).map(|()| future)
    }

    /// The run as it was opened, at its beginning.
    ///
    /// # Errors
    /// None: it ran before.
    pub fn reset(&mut self) -> Result<(), String> {
        if let Some(made) = &self.made
            && made.original != made.address
        {
            self.change(made.original.clone())?;
        }
        self.player.reset();
        Ok(())
    }

    /// Takes the last change back. Whether there was one.
    ///
    /// # Errors
    /// A sentence, for a run that cannot be changed.
    pub fn undo(&mut self) -> Result<bool, String> {
        match self.made()?.before.pop() {
            Some(before) => self.show(before).map(|()| true),
            None => Ok(false),
        }
    }

    /// What can be done to a thing now that changes something; nothing to a run that cannot be changed.
    pub fn actions(&self, target: Target) -> Vec<Action> {
        let Some(made) = &self.made else { return Vec::new() };
        let nodes = &self.player.timeline().trace().header.nodes;
        let mut actions = self.player.actions(target);
        actions.retain(|action| queues::heeds(&made.plan, nodes, &action.entry));
        actions
    }

    /// Shows another run of the simulator's, at its moment, as a change of this one.
    ///
    /// # Errors
    /// What is wrong with the address.
    pub fn go(&mut self, address: Address) -> Result<(), String> {
        let at = address.at;
        self.change(Address { at: None, ..address })?;
        self.player.seek(at.unwrap_or_default());
        Ok(())
    }

    fn made(&mut self) -> Result<&mut Made, String> {
        self.made.as_mut().ok_or_else(|| FIXED.to_owned())
    }

    fn change(&mut self, address: Address) -> Result<(), String> {
        let before = self.made()?.address.clone();
        self.show(address)?;
        let made = self.made()?;
        if made.before.len() == MOST_CHANGES {
            made.before.remove(0);
        }
        made.before.push(before);
        Ok(())
    }

    /// Plays an address from the same moment. No change that could be undone: who asks knows how it was before.
    ///
    /// # Errors
    /// What is wrong with the address.
    pub fn show(&mut self, address: Address) -> Result<(), String> {
        let sentence = |error: AddressError| error.to_string();
        let plan = queues::plan_of(&address).map_err(sentence)?;
        let timeline = Timeline::new(queues::run(&address).map_err(sentence)?);
        self.player.replace(Rc::new(timeline));
        self.player.set_theory(queues::predictions(&plan), queues::fluid(&plan));
        let made = self.made()?;
        (made.address, made.plan) = (address, plan);
        Ok(())
    }
}

fn player(timeline: Timeline) -> Player {
    let mut player = Player::new(Rc::new(timeline));
    player.set_speed(Speed::showing(player.end(), LEAST_WALL));
    player
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
        let again = open(&run.address().expect("the simulator makes it").to_string());
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
        assert!(refused.contains("consumer-3"), "{refused}");
        assert_eq!(*run.player.timeline().trace(), before);
    }

    #[test]
    fn what_the_scenario_is_about_comes_first() {
        let run = open("order/one-redelivery");
        let names: Vec<&str> = run.parameters[..run.shown].iter().map(|known| known.name).collect();
        assert_eq!(names, ["prefetch", "requeue", "lease"]);
        assert_eq!(run.parameters.len(), queues::parameters().len());
    }

    #[test]
    fn a_trace_is_played_from_shortly_before_its_promise_breaks_and_not_changed() {
        let trace = Trace::from_json_lines(include_str!("../browser-tests/counterexample.jsonl"));
        let mut run = Run::replay(trace.expect("it is a trace"), None, Some("runs/it's.jsonl".to_owned()));
        let broken = run.player.timeline().broken().expect("an exam judged it").clone();
        assert!(run.player.now() < broken.at && !run.player.playing());
        assert!(
            run.player
                .timeline()
                .marks()
                .iter()
                .any(|mark| mark.at == broken.at && mark.label == broken.sentence)
        );
        let (first, node) = (run.player.now(), Target::Node(trace::NodeId(0)));
        assert!(run.player.step_forward() && run.player.step_back());
        assert_eq!(run.player.now(), first);
        for refused in
            [run.add_fault("crash:queue@1ms"), run.reseed(2), run.fork().map(|_| ()), run.undo().map(|_| ())]
        {
            assert_eq!(refused, Err(FIXED.to_owned()));
        }
        assert_eq!((run.actions(node), run.address(), run.is_changed()), (Vec::new(), None, false));
        assert_eq!(run.command(None).as_deref(), Some(r"cargo run -p tui -- replay 'runs/it'\''s.jsonl'"));
        assert!(run.reset().is_ok() && run.player.now() == Time::ZERO);
    }

    #[test]
    fn only_faults_that_change_something_are_offered() {
        let offers = |address: &str, node: &str, verb: &str| {
            let run = open(address);
            let trace = run.player.timeline().trace();
            let place = trace.header.nodes.iter().position(|info| info.name == node).expect(node);
            let actions = run.actions(Target::Node(trace::NodeId(place as u16)));
            assert!(!actions.is_empty(), "{node} of {address}");
            actions.iter().any(|action| action.entry.starts_with(verb))
        };
        assert!(offers("order/one-redelivery?durability=written", "queue", "skew:"));
        assert!(!offers("order/one-redelivery?durability=memory", "queue", "skew:"));
        assert!(
            !offers("order/partitioned-log?durability=written", "queue", "skew:"),
            "a log reads no clock"
        );
        assert!(offers("order/partitioned-log?durability=flushed", "queue", "slow:"));
        assert!(!offers("order/partitioned-log?durability=written", "queue", "slow:"));
        assert!(offers("order/partitioned-log", "consumer-1", "slow:"));
        assert!(!offers("order/partitioned-log", "consumer-1", "skew:"));
        assert!(!offers("order/partitioned-log", "producer-1", "slow:"));
        assert!(offers("money/transfer", "left", "slow:") && !offers("money/transfer", "left", "skew:"));
    }

    #[test]
    fn a_command_opens_the_moment_in_the_terminal() {
        let mut run = open("order/concurrent-consumers?seed=7");
        run.player.seek(Time::millis(900));
        let command = run.command(None).expect("it has an address");
        assert_eq!(command, "cargo run -p tui -- figure 'order/concurrent-consumers?seed=7&at=900ms'");
        let other = run.address().map(|address| Address { at: None, seed: 8, ..address });
        let pair = run.command(other.as_ref()).expect("it has an address");
        let end = "&at=900ms beside order/concurrent-consumers?seed=8'";
        assert!(pair.ends_with(end), "{pair}");
    }
}
