// SPDX-License-Identifier: MIT OR Apache-2.0
//! Scenarios, and how an address becomes a run.

mod table;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use sim::{
    Address, AddressError, Bounds, Chance, DiskConfig, Dist, Fault, FaultScript, Kept, LinkConfig,
    MAX_FAULTS, Sink, Stream, Watching, World,
};
use trace::{Checker, FORMAT_VERSION, FateChecker, Fates, Header, NodeId, Role, Time, Trace, What};

use table::SCENARIOS;

use crate::accounts::{Accounts, Keeps};
use crate::cluster::{Controller, Replica};
use crate::plan::{Effects, Mechanism, Plan, Replication};
use crate::systems::systems;
use crate::{Broker, Callee, Consumer, Log, Producer, Store, Wire, parameter, parameters};

/// Who writes our traces.
pub const TOOL: &str = concat!("inflight ", env!("CARGO_PKG_VERSION"));

/// The nodes that keep accounts.
const BOTH: &str = "both";
const LEFT: &str = "left";
const RIGHT: &str = "right";

/// The longest trace that is kept: a page has to hold it.
const MOST_EVENTS: usize = 1_000_000;

/// What one is to see in a scenario: which picture a figure begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Who overtakes whom: messages on their way, and their order.
    Order,
    /// How many came and how many are done: the cumulative-flow chart.
    Flow,
    /// What happened before what, packet by packet: the space–time diagram.
    Causes,
}

/// A run with a name: a plan's defaults, and what to show of it.
#[derive(Debug)]
pub struct Scenario {
    /// Its name in addresses.
    pub name: &'static str,
    /// What one sees, in a sentence.
    pub sentence: &'static str,
    /// Which picture shows it.
    pub sight: Sight,
    /// The parameters that a figure shows first; the rest stands behind "more".
    pub shown: &'static [&'static str],
    /// What differs from [`Plan::default`], as an address would write it.
    pub defaults: &'static [(&'static str, &'static str)],
}

/// All scenarios.
pub fn scenarios() -> &'static [Scenario] {
    SCENARIOS
}

/// The scenario an address names.
///
/// # Errors
/// With the names there are.
pub fn find(address: &Address) -> Result<&'static Scenario, AddressError> {
    let field = systems().iter().map(|system| system.scenario);
    let mut names = Vec::new();
    for scenario in SCENARIOS.iter().chain(field) {
        if scenario.name == address.scenario {
            return Ok(scenario);
        }
        names.push(scenario.name);
    }
    Err(address.scenario_error(format!("there is no such scenario; there are {}", names.join(", "))))
}

impl Scenario {
    /// The plan without an address's changes.
    pub fn plan(&self) -> Plan {
        let mut plan = Plan::default();
        for (name, value) in self.defaults {
            let known = parameter(name).expect("a scenario's defaults name parameters");
            known.set(&mut plan, value).expect("a scenario's defaults are valid");
        }
        plan
    }
}

/// The plan that an address describes.
///
/// # Errors
/// For an unknown scenario or parameter and for a value that is not valid: what, where, and what would be valid.
pub fn plan_of(address: &Address) -> Result<Plan, AddressError> {
    let mut plan = find(address)?.plan();
    for (name, value) in &address.parameters {
        let Some(known) = parameter(name) else {
            let names: Vec<&str> = parameters().iter().map(|known| known.name).collect();
            let why = format!("there is no such parameter; there are {}", names.join(", "));
            return Err(address.parameter_error(name, why));
        };
        known.set(&mut plan, value).map_err(|why| address.parameter_error(name, why))?;
    }
    check_changes(address, &plan)?;
    Ok(plan)
}

/// A `set` entry must name a parameter that can change while a run goes on, and a value that it can have.
fn check_changes(address: &Address, plan: &Plan) -> Result<(), AddressError> {
    // Read from a text it cannot be longer; whoever adds entries one by one must hear of the limit too.
    if let Some(fault) = address.faults.faults.get(MAX_FAULTS) {
        return Err(address.fault_error(fault, format!("a script has at most {MAX_FAULTS} entries")));
    }
    for fault in &address.faults.faults {
        let Fault::Set { name, value, .. } = fault else { continue };
        let live =
            || parameters().iter().filter(|known| known.live).map(|known| known.name).collect::<Vec<_>>();
        let problem = match parameter(name) {
            Some(known) if known.live => known.set(&mut plan.clone(), value).err(),
            Some(_) => Some(format!(
                "`{name}` cannot change while the run goes on; these can: {}",
                live().join(", ")
            )),
            None => Some(format!("there is no parameter `{name}`; these can change: {}", live().join(", "))),
        };
        if let Some(why) = problem {
            return Err(address.fault_error(fault, why));
        }
    }
    Ok(())
}

/// Runs an address and keeps the whole trace.
///
/// # Errors
/// As [`plan_of`], and for a fault script that names a node which the run does not have.
pub fn run(address: &Address) -> Result<Trace, AddressError> {
    let plan = plan_of(address)?;
    let mut world = build(&plan, address, Kept::at_most(MOST_EVENTS))?;
    world.run();
    // One by one: collecting them would sort them first.
    let mut written = BTreeMap::new();
    for known in parameters() {
        written.insert(known.name.to_owned(), known.value(&plan).to_string());
    }
    let header = Header {
        inflight_trace: FORMAT_VERSION,
        tool: TOOL.to_owned(),
        scenario: address.scenario.clone(),
        seed: address.seed,
        parameters: written,
        faults: address.faults.to_string(),
        nodes: world.node_infos(),
    };
    Ok(Trace { header, events: world.into_sink().events })
}

/// Runs an address under a checker and keeps nothing else: for sweeps over many seeds.
///
/// # Errors
/// As [`run`].
pub fn run_watched<C: Checker + 'static>(address: &Address, checker: C) -> Result<C, AddressError> {
    let plan = plan_of(address)?;
    let mut world = build(&plan, address, Watching::at_most(MOST_EVENTS, checker))?;
    world.run();
    Ok(world.into_sink().checker)
}

/// Runs an address and says what became of its messages: compiled here, and fast in every build.
///
/// # Errors
/// As [`run`].
pub fn run_to_fates(address: &Address) -> Result<Fates, AddressError> {
    run_watched(address, FateChecker::new()).map(|checker| checker.sums())
}

/// What a run's messages cost, all together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// How many messages took effect.
    pub messages: u64,
    /// Packets, from node to node.
    pub hops: u64,
    /// Writes to a disk, into the page cache.
    pub writes: u64,
    /// Flushes that made something durable.
    pub flushes: u64,
}

/// Runs an address and counts what its messages cost: packets, disk writes, flushes.
///
/// # Errors
/// As [`run`].
pub fn run_to_costs(address: &Address) -> Result<Costs, AddressError> {
    let plan = plan_of(address)?;
    let mut world = build(&plan, address, Kept::at_most(MOST_EVENTS))?;
    world.run();
    // What a producer notes of its own is none of the queue's cost: it costs no write.
    let writes = world.disk_writes();
    let events = world.into_sink().events;
    let count = |is: fn(&What) -> bool| events.iter().filter(|event| is(&event.what)).count() as u64;
    Ok(Costs {
        messages: count(|what| matches!(what, What::Applied { .. })),
        hops: count(|what| matches!(what, What::Sent { .. })),
        writes,
        flushes: count(|what| matches!(what, What::Flushed { .. })),
    })
}

/// Whether an address can be run, found out without running it.
///
/// # Errors
/// As [`run`].
pub fn can_run(address: &Address) -> Result<(), AddressError> {
    // With the sink of whole runs: with another one all of the engine would be compiled, and sent to pages, once more.
    build(&plan_of(address)?, address, Kept::at_most(MOST_EVENTS)).map(drop)
}

fn build<S: Sink + 'static>(plan: &Plan, address: &Address, sink: S) -> Result<World<Wire, S>, AddressError> {
    let mut world = World::new(address.seed, Bounds::default(), sink);
    let shared = Rc::new(RefCell::new(plan.clone()));
    match plan.queue {
        Mechanism::Direct => add_direct(&mut world, plan, &shared),
        Mechanism::Accounts => add_accounts(&mut world, plan, &shared),
        Mechanism::Competing | Mechanism::Log => add_queue(&mut world, plan, &shared),
    }
    let mut script = crashes(plan, address.seed);
    script.faults.extend(address.faults.faults.iter().cloned());
    world.inject(&script).map_err(|error| {
        let fault = address.faults.faults.iter().find(|fault| fault.to_string() == error.fault);
        let why = format!("there is no node `{}`; this run has {}", error.name, error.known.join(", "));
        fault.map_or_else(
            || address.scenario_error(why.clone()),
            |fault| address.fault_error(fault, why.clone()),
        )
    })?;
    Ok(world)
}

/// A broker, and around it producers, consumers and, where effects land later, their store.
fn add_queue<S: Sink + 'static>(world: &mut World<Wire, S>, plan: &Plan, shared: &Rc<RefCell<Plan>>) {
    let brokers = add_brokers(world, plan, shared);
    let asynchronous = plan.effects == Effects::Asynchronous;
    let store = asynchronous.then(|| world.add("store", Role::Store, Store::default));
    add_producers(world, plan, shared, &brokers);
    for index in 0..plan.consumers {
        let (shared, own) = (shared.clone(), brokers.clone());
        let name = format!("consumer-{}", index + 1);
        let node =
            world.add(&name, Role::Consumer, move || Consumer::new(shared.clone(), own.clone(), store));
        brokers.iter().for_each(|broker| connect(world, node, *broker, plan.link()));
        if let Some(store) = store {
            world.link(node, store, plan.effect_link());
            world.link(store, node, plan.link());
        }
    }
}

/// One broker, or a cluster of them with what it needs besides.
fn add_brokers<S: Sink + 'static>(
    world: &mut World<Wire, S>,
    plan: &Plan,
    shared: &Rc<RefCell<Plan>>,
) -> Vec<NodeId> {
    if plan.replication == Replication::Alone {
        let own = shared.clone();
        let broker = match plan.queue {
            Mechanism::Log => world.add("queue", Role::Queue, move || Log::new(own.clone())),
            _ => world.add("queue", Role::Queue, move || Broker::new(own.clone())),
        };
        world.disk(broker, DiskConfig { flush: Dist::Constant(plan.flush) });
        return vec![broker];
    }
    let count = plan.replicas as u16;
    let brokers: Rc<[NodeId]> = (0..count).map(NodeId).collect();
    let controller = (plan.replication == Replication::InSync).then_some(NodeId(count));
    for place in 0..usize::from(count) {
        let (shared, own) = (shared.clone(), brokers.clone());
        let name = format!("queue-{}", place + 1);
        let node = world
            .add(&name, Role::Queue, move || Replica::new(shared.clone(), own.clone(), place, controller));
        world.disk(node, DiskConfig { flush: Dist::Constant(plan.flush) });
    }
    if controller.is_some() {
        let (shared, own) = (shared.clone(), brokers.to_vec());
        world.add("controller", Role::Other, move || Controller::new(shared.clone(), own.clone()));
    }
    let between = LinkConfig { retransmits: plan.tcp, ..LinkConfig::default() };
    let all = (0..count + u16::from(controller.is_some())).map(NodeId);
    for (a, b) in all.clone().flat_map(|a| all.clone().map(move |b| (a, b))).filter(|(a, b)| a != b) {
        world.link(a, b, between);
    }
    brokers.to_vec()
}

/// The two arrangements of accounts, and for each a producer of transfers. Message by message both have the same to do.
fn add_accounts<S: Sink + 'static>(world: &mut World<Wire, S>, plan: &Plan, shared: &Rc<RefCell<Plan>>) {
    shared.borrow_mut().producers = 2;
    let add = |world: &mut World<Wire, S>, name: &str, role, keeps| {
        let own = shared.clone();
        let node = world.add(name, role, move || Accounts::new(own.clone(), keeps));
        world.disk(node, DiskConfig { flush: Dist::Constant(plan.flush) });
        node
    };
    let both = add(world, BOTH, Role::Queue, Keeps::Both);
    let right = add(world, RIGHT, Role::Consumer, Keeps::Payee);
    let left = add(world, LEFT, Role::Queue, Keeps::Payer(right));
    connect(world, left, right, plan.link());
    for (index, receiver) in [both, left].into_iter().enumerate() {
        add_producer(world, plan, shared, &[receiver], index as u64);
    }
}

/// When nodes with accounts crash, and come back half a second later: each at times of its own, as long as transfers come.
fn crashes(plan: &Plan, seed: u64) -> FaultScript {
    const MOST: usize = 1_000;
    let mut script = FaultScript::default();
    let Some(mean) = plan.crash_every.filter(|_| plan.queue == Mechanism::Accounts) else { return script };
    let last = Time(1_000_000_000 * plan.messages / plan.rate);
    for name in [BOTH, LEFT, RIGHT] {
        let mut stream = Stream::new(seed, name, 0, 0);
        let mut at = Dist::Exponential { mean }.sample(&mut stream);
        for _ in 0..MOST {
            if at > last {
                break;
            }
            let machine = Chance::percent(50).happens(&mut stream);
            let crash = if machine { Fault::CrashMachine } else { Fault::Crash };
            script.faults.push(crash(name.to_owned(), at));
            at += Time::millis(500);
            script.faults.push(Fault::Restart(name.to_owned(), at));
            at += Dist::Exponential { mean }.sample(&mut stream);
        }
    }
    script
}

/// Consumers, and producers that call them.
fn add_direct<S: Sink + 'static>(world: &mut World<Wire, S>, plan: &Plan, shared: &Rc<RefCell<Plan>>) {
    let add = |index| {
        let shared = shared.clone();
        let name = format!("consumer-{}", index + 1);
        world.add(&name, Role::Consumer, move || Callee::new(shared.clone()))
    };
    let consumers: Vec<NodeId> = (0..plan.consumers).map(add).collect();
    add_producers(world, plan, shared, &consumers);
}

fn add_producers<S: Sink + 'static>(
    world: &mut World<Wire, S>,
    plan: &Plan,
    shared: &Rc<RefCell<Plan>>,
    receivers: &[NodeId],
) {
    for index in 0..plan.producers {
        add_producer(world, plan, shared, receivers, index);
    }
}

fn add_producer<S: Sink + 'static>(
    world: &mut World<Wire, S>,
    plan: &Plan,
    shared: &Rc<RefCell<Plan>>,
    receivers: &[NodeId],
    index: u64,
) {
    let (shared, to) = (shared.clone(), receivers.to_vec());
    let name = format!("producer-{}", index + 1);
    let node = world.add(&name, Role::Producer, move || Producer::calling(shared.clone(), to.clone(), index));
    for receiver in receivers {
        connect(world, node, *receiver, plan.publish_link());
    }
}

fn connect<S: Sink>(world: &mut World<Wire, S>, node: NodeId, broker: NodeId, link: LinkConfig) {
    world.link(node, broker, link);
    world.link(broker, node, link);
}
