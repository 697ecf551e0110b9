// SPDX-License-Identifier: MIT OR Apache-2.0
//! Kinds of faults, told apart: each as a script that follows from a seed.

use sim::{Fault, FaultScript, Stream};
use trace::Time;

use crate::plan::{Plan, Replication};

/// What goes wrong, and only that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// Nothing.
    Nothing,
    /// A consumer's process crashes, and starts again.
    Consumer,
    /// A broker's process crashes, and starts again.
    Process,
    /// A broker's machine crashes, and with it goes the page cache.
    Machine,
    /// A broker's machine crashes, and comes back with an empty disk.
    Disk,
    /// The network falls into two parts, with brokers and clients on both sides.
    Clean,
    /// One broker is heard by the others and hears nothing, or the other way round.
    OneWay,
    /// Two brokers do not hear each other, and a third hears both.
    Bridge,
    /// The leader is cut from the other brokers, and the clients from nobody.
    LeaderCut,
    /// A client is cut from all brokers.
    ClientCut,
}

/// Faults begin in this span of the run, which has messages for 50 s.
const FIRST: Time = Time::secs(5);
const LAST: Time = Time::secs(45);
const BROKER_DOWN: (Time, Time) = (Time::millis(500), Time::secs(90));
/// Longer than the patience of every system here, and shorter.
const PARTED: (Time, Time) = (Time::secs(1), Time::secs(150));

impl FaultKind {
    /// All of them.
    pub const ALL: [FaultKind; 10] = [
        FaultKind::Nothing,
        FaultKind::Consumer,
        FaultKind::Process,
        FaultKind::Machine,
        FaultKind::Disk,
        FaultKind::Clean,
        FaultKind::OneWay,
        FaultKind::Bridge,
        FaultKind::LeaderCut,
        FaultKind::ClientCut,
    ];

    /// Its name on command lines.
    pub fn name(self) -> &'static str {
        match self {
            FaultKind::Nothing => "none",
            FaultKind::Consumer => "consumer",
            FaultKind::Process => "process",
            FaultKind::Machine => "machine",
            FaultKind::Disk => "disk",
            FaultKind::Clean => "clean",
            FaultKind::OneWay => "one-way",
            FaultKind::Bridge => "bridge",
            FaultKind::LeaderCut => "leader-cut",
            FaultKind::ClientCut => "client-cut",
        }
    }

    /// What it is, in a few words.
    pub fn words(self) -> &'static str {
        match self {
            FaultKind::Nothing => "no fault",
            FaultKind::Consumer => "a consumer crashes",
            FaultKind::Process => "a broker crashes",
            FaultKind::Machine => "a broker’s machine crashes",
            FaultKind::Disk => "a broker’s disk is lost",
            FaultKind::Clean => "a clean partition",
            FaultKind::OneWay => "a one-way partition",
            FaultKind::Bridge => "a bridge",
            FaultKind::LeaderCut => "the leader is isolated",
            FaultKind::ClientCut => "a client is cut off",
        }
    }

    /// Whether it can happen to a plan: brokers can be parted only where there are several.
    pub fn applies(self, plan: &Plan) -> bool {
        let brokers = match plan.replication {
            Replication::Alone => 1,
            _ => plan.replicas,
        };
        match self {
            FaultKind::OneWay | FaultKind::LeaderCut => brokers > 1,
            FaultKind::Bridge => brokers > 2,
            _ => true,
        }
    }

    /// The script of this kind that follows from a seed, for the nodes of a plan. With another `turn` it is another one, for
    /// the second fault of a pair.
    pub fn script(self, plan: &Plan, seed: u64, turn: u64) -> FaultScript {
        let mut stream = Stream::new(seed, "fault", self as u64, turn);
        let nodes = Nodes::of(plan);
        let at = between(&mut stream, FIRST, LAST);
        let span = if self < FaultKind::Clean { BROKER_DOWN } else { PARTED };
        let over = at + spread(&mut stream, span);
        let mut script = FaultScript::default();
        match self {
            FaultKind::Nothing => {}
            FaultKind::Consumer => {
                let consumer = nodes.consumer(&mut stream);
                script.faults.push(Fault::Crash(consumer.clone(), at));
                script.faults.push(Fault::Restart(consumer, over));
            }
            FaultKind::Process | FaultKind::Machine | FaultKind::Disk => {
                let broker = nodes.broker(&mut stream);
                script.faults.push(match self {
                    FaultKind::Process => Fault::Crash(broker.clone(), at),
                    _ => Fault::CrashMachine(broker.clone(), at),
                });
                if self == FaultKind::Disk {
                    script.faults.push(Fault::LoseDisk(broker.clone(), at));
                }
                script.faults.push(Fault::Restart(broker, over));
            }
            _ => {
                let (from, to, one_way) = self.sides(&nodes, &mut stream);
                script.faults.push(Fault::Cut { from, to, one_way, at });
                let (from, to) = (Vec::new(), Vec::new());
                script.faults.push(Fault::Heal { from, to, one_way: false, at: over });
            }
        }
        script
    }

    /// Who is cut from whom.
    fn sides(self, nodes: &Nodes, stream: &mut Stream) -> (Vec<String>, Vec<String>, bool) {
        let leader = nodes.brokers[0].clone();
        match self {
            FaultKind::OneWay => {
                let broker = nodes.broker(stream);
                let others = without(&nodes.cluster(), &broker);
                match stream.below(2) {
                    0 => (vec![broker], others, true),
                    _ => (others, vec![broker], true),
                }
            }
            FaultKind::Bridge => {
                let middle = nodes.brokers[stream.below(nodes.brokers.len() as u64) as usize].clone();
                let rest = without(&nodes.brokers, &middle);
                (vec![rest[0].clone()], rest[1..].to_vec(), false)
            }
            FaultKind::LeaderCut => {
                let others = without(&nodes.cluster(), &leader);
                (vec![leader], others, false)
            }
            FaultKind::ClientCut => {
                let client = nodes.clients[stream.below(nodes.clients.len() as u64) as usize].clone();
                (vec![client], nodes.brokers.clone(), false)
            }
            _ => nodes.split(stream),
        }
    }
}

/// The names of a plan's nodes.
struct Nodes {
    brokers: Vec<String>,
    controller: Option<String>,
    clients: Vec<String>,
    consumers: Vec<String>,
}

impl Nodes {
    fn of(plan: &Plan) -> Nodes {
        let brokers = match plan.replication {
            Replication::Alone => vec!["queue".to_owned()],
            _ => (1..=plan.replicas).map(|n| format!("queue-{n}")).collect(),
        };
        let controller = (plan.replication == Replication::InSync).then(|| "controller".to_owned());
        let producers = (1..=plan.producers).map(|n| format!("producer-{n}"));
        let consumers: Vec<String> = (1..=plan.consumers).map(|n| format!("consumer-{n}")).collect();
        let clients = producers.chain(consumers.iter().cloned()).collect();
        Nodes { brokers, controller, clients, consumers }
    }

    /// The brokers, and their controller.
    fn cluster(&self) -> Vec<String> {
        self.brokers.iter().chain(&self.controller).cloned().collect()
    }

    fn consumer(&self, stream: &mut Stream) -> String {
        self.consumers[stream.below(self.consumers.len() as u64) as usize].clone()
    }

    /// The first one leads at the beginning: it is what one would hit, half of the time.
    fn broker(&self, stream: &mut Stream) -> String {
        let place = match stream.below(2) {
            0 => 0,
            _ => stream.below(self.brokers.len() as u64) as usize,
        };
        self.brokers[place].clone()
    }

    /// Everybody falls to one side or the other; brokers to both, if there are several, and clients to that of one alone.
    fn split(&self, stream: &mut Stream) -> (Vec<String>, Vec<String>, bool) {
        loop {
            let (mut left, mut right) = (Vec::new(), Vec::new());
            for node in self.cluster().iter().chain(&self.clients) {
                if stream.below(2) == 0 { left.push(node.clone()) } else { right.push(node.clone()) }
            }
            let brokers =
                |side: &[String]| self.brokers.iter().filter(|broker| side.contains(broker)).count();
            let both = self.brokers.len() == 1 || brokers(&left) > 0 && brokers(&right) > 0;
            if both && !left.is_empty() && !right.is_empty() {
                return (left, right, false);
            }
        }
    }
}

fn without(nodes: &[String], node: &str) -> Vec<String> {
    nodes.iter().filter(|known| *known != node).cloned().collect()
}

fn between(stream: &mut Stream, low: Time, high: Time) -> Time {
    Time(low.0 + stream.below(high.0 - low.0 + 1))
}

/// A span between two, its logarithm evenly spread: the short ones matter as much as the long ones.
fn spread(stream: &mut Stream, (low, high): (Time, Time)) -> Time {
    let doublings = (high.0 / low.0).ilog2() + 1;
    let low = low.0 << stream.below(u64::from(doublings));
    between(stream, Time(low.min(high.0)), Time((2 * low).min(high.0)))
}
