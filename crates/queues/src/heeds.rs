// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which faults a node heeds: what else happens to it happens, and changes nothing.

use sim::{Fault, FaultScript};
use trace::{NodeInfo, Role};

use crate::plan::{Durability, Mechanism, Plan, Replication};

/// Whether an entry of a fault script, such as `slow:queue/4@1s`, can change a run of this plan with these nodes: what nobody
/// heeds is not worth offering. Of an entry that cannot be read, whoever reads it says what is wrong.
pub fn heeds(plan: &Plan, nodes: &[NodeInfo], entry: &str) -> bool {
    let Ok(script) = entry.parse::<FaultScript>() else { return true };
    script.faults.iter().any(|fault| {
        let of: Vec<&str> = fault.nodes();
        let mut named = nodes.iter().filter(|info| of.contains(&info.name.as_str()));
        of.is_empty() || named.any(|info| is_heeded(plan, info.role, fault))
    })
}

/// Whether a node of this role heeds a fault of its own. What puts it right, it heeds where it heeds the fault.
///
/// | | work, which slowness stretches | a clock that is read | a disk to lose |
/// |---|---|---|---|
/// | queue | flushes, if it flushes | by records that come back after a crash, if there are any | if it writes |
/// | log | flushes, if it flushes | none: offsets are no times | if it writes |
/// | accounts | flushes | none: it waits for answers | always |
/// | consumer, callee | its messages | none | none |
/// | producer, store | none | none | a producer's own |
fn is_heeded(plan: &Plan, role: Role, fault: &Fault) -> bool {
    let writes = plan.durability != Durability::Memory;
    let is_queue = role == Role::Queue;
    match fault {
        Fault::Slow(..) => match (role, plan.queue) {
            (Role::Queue | Role::Consumer, Mechanism::Accounts) | (Role::Consumer, _) => true,
            (Role::Queue, _) => plan.durability == Durability::Flushed,
            _ => false,
        },
        // Replicas reckon in spans, which a clock that is wrong measures as well.
        Fault::Skew(..) => {
            is_queue && plan.queue == Mechanism::Competing && plan.replication == Replication::Alone && writes
        }
        Fault::LoseDisk(..) => match plan.queue {
            Mechanism::Accounts => true,
            _ => role == Role::Producer || is_queue && writes,
        },
        _ => true,
    }
}
