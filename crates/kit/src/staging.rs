// SPDX-License-Identifier: MIT OR Apache-2.0
//! A world for one run of an exam, and the trace that it leaves.

use queues::Wire;
use sim::{Address, AddressError, Bounds, Kept, World};
use trace::{FORMAT_VERSION, Header, Trace};

use crate::setting::Setting;

/// A step leaves two or three events.
const MOST_EVENTS_PER_STEP: u64 = 3;

/// An empty world for this address.
pub(crate) fn staged(address: &Address, bounds: Bounds) -> World<Wire, Kept> {
    let kept = Kept::at_most((bounds.steps * MOST_EVENTS_PER_STEP) as usize);
    World::new(address.seed, bounds, kept)
}

/// Lets the address's faults and everything else happen. The trace, and how many steps of the engine it took.
///
/// # Errors
/// When a fault names a node that is not there.
pub(crate) fn played(
    mut world: World<Wire, Kept>,
    address: &Address,
    setting: &Setting,
) -> Result<(Trace, u64), AddressError> {
    world.inject(&address.faults).map_err(|error| {
        let why = format!("there is no node `{}`; this run has {}", error.name, error.known.join(", "));
        address.parameter_error("faults", why)
    })?;
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
