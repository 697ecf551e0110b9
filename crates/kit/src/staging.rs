// SPDX-License-Identifier: MIT OR Apache-2.0
//! A world for one run of an exam, and the trace that it leaves.
//!
//! Every exam has three phases. Runs without faults come first, and must finish. In a run with faults whatever fails is mended
//! by a stated moment, the last that its script names, and until then the safety promises must hold. From then on nothing
//! fails any more: the work must finish within a stated time, else the run ends at its bound and a liveness promise is broken.

use queues::Wire;
use sim::{Address, AddressError, Bounds, Fault, Kept, World};
use trace::{FORMAT_VERSION, Header, Time, Trace};

use crate::setting::Setting;

/// A step leaves two or three events.
const MOST_EVENTS_PER_STEP: u64 = 3;

/// The bounds of a run: so many steps, and so long a time after the last message came and the last fault was over. Of the
/// setting, `messages` and `rate` say how long messages come.
pub(crate) fn bounds(address: &Address, setting: &Setting, quiet: Time, steps: u64) -> Bounds {
    let last_fault = address.faults.faults.iter().filter_map(Fault::at).max().unwrap_or(Time::ZERO);
    let offered = Time(setting.number("messages") * 1_000_000_000 / setting.number("rate"));
    // A lost packet is sent again after a second, and that again, where the script says so.
    let lost = Time::secs(address.faults.faults.iter().filter(|fault| fault.at().is_none()).count() as u64);
    Bounds { steps, time: last_fault.max(offered) + lost + quiet, pending: 10_000 }
}

/// An empty world for this address.
pub(crate) fn staged(address: &Address, bounds: Bounds) -> World<Wire, Kept> {
    let kept = Kept::at_most((bounds.steps * MOST_EVENTS_PER_STEP) as usize);
    World::new(address.seed, bounds, kept)
}

/// Lets the address's faults and everything else happen. The trace, and how many steps of the engine it took.
///
/// # Errors
/// When a fault names a node or a kind of packet that is not there.
pub(crate) fn played(
    mut world: World<Wire, Kept>,
    address: &Address,
    setting: &Setting,
) -> Result<(Trace, u64), AddressError> {
    world.inject(&address.faults).map_err(|error| address.parameter_error("faults", error.to_string()))?;
    world.run();
    let steps = world.steps();
    let header = Header {
        inflight_trace: FORMAT_VERSION,
        tool: queues::TOOL.to_owned(),
        scenario: address.scenario.clone(),
        seed: address.seed,
        parameters: setting.parameters(),
        faults: address.faults.to_string(),
        nodes: world.node_infos(),
    };
    Ok((Trace { header, events: world.into_sink().events }, steps))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::reproducible::Reproducible;

    /// Calm runs have no faults, and of rough ones each is over in the end.
    pub(crate) fn faults_end(exam: &dyn Reproducible) {
        for seed in 0..1_000 {
            assert!(exam.is_calm(&exam.calm(seed)), "{}", exam.calm(seed));
            let faults = exam.rough(seed).faults.faults;
            for harm in &faults {
                let mends = |mend: &&Fault| match (harm, mend) {
                    (Fault::Crash(a, _) | Fault::CrashMachine(a, _), Fault::Restart(b, _))
                    | (Fault::Pause(a, _), Fault::Resume(b, _))
                    | (Fault::Slow(a, ..), Fault::Slow(b, 1_000, _)) => a == b && mend.at() >= harm.at(),
                    (Fault::Cut { from, to, .. }, Fault::Heal { from: a, to: b, .. }) => (a, b) == (from, to),
                    _ => false,
                };
                // A packet is harmed once, and a clock that is wrong harms nobody who does not look at it.
                let lasts = !matches!(harm, Fault::Packet { .. } | Fault::Skew(..)) && harm.is_harm();
                let mended = !lasts || faults.iter().any(|mend| mends(&mend));
                assert!(mended, "`{harm}` of {} has no end", exam.rough(seed));
            }
        }
    }
}
