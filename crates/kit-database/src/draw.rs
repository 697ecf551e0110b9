// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which run a seed stands for: its size, and which kinds of faults happen in it, how often and when.

use sim::{Address, Fault, FaultScript, PacketFault, Stream};
use trace::Time;

use crate::run::{Kind, moment};
use crate::world::WORKERS;

/// Roughly what a request takes, in microseconds: moments are drawn over all of them.
const REQUEST_US: u64 = 1_500;
/// Pauses are short, or longer than `busy_timeout` waits by default.
const PAUSES_MS: [u64; 4] = [20, 15_000, 15_000, 20_000];
/// One run with faults in so many has a process of its own for each life.
const KILLED_EVERY: u64 = 50;

/// A run without faults.
pub(crate) fn calm(seed: u64, kind: &Kind) -> Address {
    let mut dice = Stream::new(seed, "calm", 0, 0);
    setting(seed, kind, &mut dice)
}

/// A run with faults.
pub(crate) fn rough(seed: u64, kind: &Kind) -> Address {
    let mut dice = Stream::new(seed, "rough", 0, 0);
    let mut address = setting(seed, kind, &mut dice);
    let requests: u64 = address.parameters["requests"].parse().unwrap_or(1);
    let span = requests * REQUEST_US;
    let mut faults = Vec::new();
    let process = || kind.process.to_owned();
    // A crash ends a pause: most runs have the one or the other.
    let pauses = dice.below(5) == 0;
    let mood = if pauses && dice.below(3) > 0 { 5 } else { dice.below(6) };
    for _ in 0..1 + dice.below(2) {
        let at = moment(&mut dice, span);
        let back = at + Time::millis(1 + dice.below(20));
        match mood {
            0 | 1 => faults.push(Fault::Crash(process(), at)),
            2..=4 => faults.push(Fault::CrashMachine(process(), at)),
            _ => break,
        }
        faults.push(Fault::Restart(process(), back));
    }
    packets(&mut dice, kind, requests, &mut faults);
    if pauses {
        let worker = format!("{}-{}", kind.worker, 1 + dice.below(WORKERS as u64));
        let at = moment(&mut dice, span);
        faults.push(Fault::Pause(worker.clone(), at));
        faults.push(Fault::Resume(worker, at + Time::millis(PAUSES_MS[dice.below(4) as usize])));
    }
    if seed.is_multiple_of(KILLED_EVERY) {
        address = address.with("kill", "1");
        if !faults.iter().any(|fault| matches!(fault, Fault::Crash(..))) {
            let at = moment(&mut dice, span);
            faults.push(Fault::Crash(process(), at));
            faults.push(Fault::Restart(process(), at + Time::millis(5)));
        }
    }
    Address { faults: FaultScript { faults }, ..address }
}

/// Requests that come twice, and requests and answers that are lost.
fn packets(dice: &mut Stream, kind: &Kind, requests: u64, faults: &mut Vec<Fault>) {
    let kinds = [
        (true, kind.request, PacketFault::Duplicate),
        (true, kind.request, PacketFault::Drop),
        (false, kind.answers[0], PacketFault::Drop),
    ];
    for (to_worker, packet, what) in kinds {
        if dice.below(3) != 0 {
            continue;
        }
        for _ in 0..1 + dice.below(2) {
            let lane = 1 + dice.below(WORKERS as u64);
            let (client, worker) = (format!("{}-{lane}", kind.client.0), format!("{}-{lane}", kind.worker));
            let (from, to) = if to_worker { (client, worker) } else { (worker, client) };
            let nth = 1 + dice.below(requests.div_ceil(WORKERS as u64)) as u32;
            faults.push(Fault::Packet { from, to, kind: packet.to_owned(), nth, what });
        }
    }
}

fn setting(seed: u64, kind: &Kind, dice: &mut Stream) -> Address {
    Address::new(kind.choices.scenario, seed).with("requests", &(4 + dice.below(7)).to_string())
}
