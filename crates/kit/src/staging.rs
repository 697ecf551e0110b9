// SPDX-License-Identifier: MIT OR Apache-2.0
//! A world for one run of an exam, and the trace that it leaves.

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
