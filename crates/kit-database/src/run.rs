// SPDX-License-Identifier: MIT OR Apache-2.0
//! From an address to a run: one life of the process after the other, and what a loss of power leaves between them.

use std::sync::{Arc, Mutex, PoisonError};

use kit::making::{Call, Choice, Choices, Panicked, Setting};
use sim::{Address, AddressError, Fault, Stream};
use trace::{Bound, Ending, FORMAT_VERSION, Header, NodeId, NodeInfo, Role, Time, Trace, What};

use crate::books;
use crate::child;
use crate::life::{Ended, live};
use crate::machine::Machine;
use crate::request::{Code, Request};
use crate::vfs;
use crate::world::{DISK, Lane, Protocol, WORKERS, World};

/// How many accounts there are, and how much each holds in the beginning.
pub(crate) const ACCOUNTS: u64 = 3;
pub(crate) const BALANCE: i64 = 100;
/// The most requests of a run: amounts are told apart by it.
pub(crate) const MOST_REQUESTS: u64 = 16;

/// What addresses of these exams can choose.
pub(crate) const NUMBERS: &[Choice] = &[
    Choice { name: "requests", least: 1, most: MOST_REQUESTS, usual: 6 },
    // 1: each life of the process is a process, and crashes are kills.
    Choice { name: "kill", least: 0, most: 1, usual: 0 },
];

/// What is particular to an exam.
pub(crate) struct Kind {
    pub choices: Choices,
    /// What a crash befalls.
    pub process: &'static str,
    pub client: (&'static str, Role),
    pub worker: &'static str,
    pub request: &'static str,
    /// Done, refused, failed.
    pub answers: [&'static str; 3],
    /// The call, as people read it; `{}` stands for the request's number.
    pub call: &'static str,
    /// Whether money is moved, and can be missing.
    pub has_payer: bool,
}

/// A run, not yet judged.
pub(crate) struct Lived {
    pub world: World,
    pub trace: Trace,
    pub panicked: Option<Panicked>,
}

/// SQLite's random numbers and its layer for files belong to the whole process.
pub(crate) static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Runs an address with the learner's code.
///
/// # Errors
/// For an address that is not one of this exam's, and when a process could not be started.
pub(crate) fn run(address: &Address, kind: &Kind, code: &Code) -> Result<Lived, AddressError> {
    let setting = kind.choices.read(address)?;
    check_faults(address, kind)?;
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let mut world = founded(address, &setting, kind);
    let mut outages = world.outages(kind.process).into_iter().peekable();
    let kills = setting.number("kill") == 1;
    world.begin();
    loop {
        let outage = outages.next();
        let until = outage.map(|outage| outage.at);
        // Where the code is elsewhere every crash is a kill, and no more is needed.
        let ended = if kills && matches!(code, Code::Here(_)) {
            let killed = child::live_and_be_killed(world, until);
            killed
                .map_err(|error| address.parameter_error("kill", format!("no process of its own: {error}")))?
        } else {
            live(world, until, code, kind.call)
        };
        let Ended { world: left, in_transaction } = ended;
        world = left;
        let Some(outage) = outage.filter(|_| !world.unfinished && world.panicked.is_none()) else { break };
        world.count.crashes += u64::from(!outage.machine);
        world.count.kills += u64::from(!outage.machine && kills);
        world.count.crashes_in_transaction += u64::from(!outage.machine && in_transaction);
        let toll = outage.machine.then(|| {
            world.count.losses += 1;
            world.count.losses_at_risk += u64::from(world.disk.unflushed() > 0);
            let mut dice = Stream::new(world.seed, "power", world.incarnation, 0);
            let toll = world.disk.lose_power(&mut dice);
            world.count.torn += u64::from(toll.torn);
            world.count.lost_writes += u64::from(toll.lost);
            toll
        });
        world.crash(&outage, toll);
        world.restart();
        // What was due while nobody was there comes first; an outage in it is over before it began.
        while outages.next_if(|next| next.at <= world.now).is_some() {}
    }
    Ok(finished(world, address, &setting, kind))
}

/// Outages of the process, pauses of a worker, and single packets: there is nothing else that could go wrong here.
fn check_faults(address: &Address, kind: &Kind) -> Result<(), AddressError> {
    let workers: Vec<String> = (1..=WORKERS).map(|n| format!("{}-{n}", kind.worker)).collect();
    let clients: Vec<String> = (1..=WORKERS).map(|n| format!("{}-{n}", kind.client.0)).collect();
    for fault in &address.faults.faults {
        let fits = match fault {
            Fault::Crash(name, _) | Fault::CrashMachine(name, _) | Fault::Restart(name, _) => {
                name == kind.process
            }
            Fault::Pause(name, _) | Fault::Resume(name, _) => workers.contains(name),
            Fault::Packet { from, to, .. } => {
                (clients.contains(from) && workers.contains(to))
                    || (workers.contains(from) && clients.contains(to))
            }
            _ => false,
        };
        if !fits {
            let why = format!(
                "`{fault}`: in this exam {} crashes and restarts, {} and {} pause and resume, and packets between them and \
                 {} and {} are dropped, duplicated and delayed",
                kind.process, workers[0], workers[1], clients[0], clients[1]
            );
            return Err(address.fault_error(fault, why));
        }
    }
    Ok(())
}

/// The world with its database and its clients' wishes.
fn founded(address: &Address, setting: &Setting, kind: &Kind) -> World {
    let machine = Arc::new(Machine::new(World::new(address.seed), None));
    vfs::plug_in(machine.clone());
    // In memory, with nobody else there, nothing can fail; if it did, the first page would say so.
    let _ = books::found(ACCOUNTS, BALANCE);
    let mut disk = machine.take_world().disk;
    disk.settle();
    let requests = (1..=setting.number("requests")).map(|n| request(address.seed, n, kind));
    let mut lanes: Vec<Lane> = (0..WORKERS).map(|_| Lane::default()).collect();
    for (n, request) in requests.enumerate() {
        lanes[n % WORKERS].requests.push(request);
    }
    let mut world = World::new(address.seed);
    world.incarnation = 1;
    world.disk = disk;
    world.lanes = lanes;
    world.faults = address.faults.to_string();
    world.words = Protocol {
        client: kind.client.0.to_owned(),
        worker: kind.worker.to_owned(),
        hands_out: kind.client.1 == Role::Queue,
        request: kind.request.to_owned(),
        answers: kind.answers.map(str::to_owned),
    };
    world
}

/// The nth request of a seed, however many there are.
pub(crate) fn request(seed: u64, n: u64, kind: &Kind) -> Request {
    let mut dice = Stream::new(seed, "request", n, 0);
    let from = 1 + dice.below(ACCOUNTS) as i64;
    let to = 1 + (from + dice.below(ACCOUNTS - 1) as i64) % ACCOUNTS as i64;
    // No two are the same: an entry in the books says whose it is.
    let amount = (MOST_REQUESTS * dice.below(4) + n) as i64;
    Request { message: n, attempt: 1, from: kind.has_payer.then_some(from), to, amount }
}

fn finished(mut world: World, address: &Address, setting: &Setting, kind: &Kind) -> Lived {
    let panicked = world.panicked.clone().map(|(request, message)| {
        let call = match request {
            Some(request) => Call { says: kind.call, input: [request.message, 0] },
            None => Call { says: "open(…)", input: [0; 2] },
        };
        Panicked { call, message, crash: None }
    });
    if let Some(panicked) = &panicked {
        world.event(What::Note { node: None, text: panicked.note() });
    }
    let how = if world.unfinished { Ending::Unfinished(Bound::Steps) } else { Ending::Finished };
    world.event(What::Ended { how });
    let role = |n: usize| match n {
        n if n < WORKERS => kind.client.1,
        n if n < DISK.into() => Role::Consumer,
        _ => Role::Store,
    };
    let nodes = (0..=DISK).map(|n| NodeInfo { name: world.name(NodeId(n)), role: role(n.into()) }).collect();
    let header = Header {
        inflight_trace: FORMAT_VERSION,
        tool: format!("inflight {}", env!("CARGO_PKG_VERSION")),
        scenario: address.scenario.clone(),
        seed: address.seed,
        parameters: setting.parameters(),
        faults: address.faults.to_string(),
        nodes,
    };
    let events = std::mem::take(&mut world.events);
    Lived { world, trace: Trace { header, events }, panicked }
}

/// A moment of an address, in microseconds.
pub(crate) fn moment(dice: &mut Stream, span_us: u64) -> Time {
    Time::micros(1 + dice.below(span_us))
}
