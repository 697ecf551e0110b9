// SPDX-License-Identifier: MIT OR Apache-2.0
//! "The field" (Q1): what the chapter computes. The table of faults is the recorded one, see [`crate::field`].

use queues::systems::{Setting, System, system, systems};
use queues::{Ack, Address, Costs, Durability, FaultKind, Plan, Replication};

use crate::chapters::Computes;
use crate::computed::{Cell, Computed, Number, Table};
use crate::field::{Case, Mishap, RECORDED_SEEDS, Tally, find};

/// Half a minute of work waits, and the process dies.
const BEANSTALKD: &str = "field/beanstalkd?seed=1&faults=crash:queue@30s;restart:queue@31s";

/// All of it.
pub(crate) const COMPUTES: Computes = Computes { numbers: NUMBERS, tables: TABLES, bets: &[], worlds: &[] };

/// The chapter's numbers.
const NUMBERS: &[Computed<Number>] = &[
    Computed { name: "quorum-writes", make: || cost_of_quorum(|costs| costs.writes) },
    Computed { name: "quorum-hops", make: || cost_of_quorum(|costs| costs.hops) },
    Computed {
        name: "beanstalkd-lost",
        make: || of_run(BEANSTALKD, |fates| fates.confirmed_lost.to_string()),
    },
    Computed { name: "rabbitmq-machine", make: || of_case("rabbitmq", "confirms", FaultKind::Machine) },
    Computed { name: "redis-process", make: || of_case("celery", "redis", FaultKind::Process) },
];

/// The chapter's tables.
const TABLES: &[Computed<Table>] =
    &[Computed { name: "field-costs", make: costs }, Computed { name: "field-lost-crash", make: lost_crash }];

/// Each setting of each system.
pub(crate) fn settings() -> impl Iterator<Item = (&'static System, &'static Setting)> {
    systems().iter().flat_map(|system| system.settings.iter().map(move |setting| (*system, setting)))
}

/// A setting at the head of a row.
pub(crate) fn named(system: &System, setting: &Setting) -> Cell {
    Cell { of: Some(system.title), ..Cell::from(setting.title.to_owned()) }
}

/// What became of a run's messages.
pub(crate) fn of_run(text: &str, pick: fn(&trace::Fates) -> String) -> Number {
    let address: Address = text.parse().expect("a chapter's address is valid");
    let fates = queues::run_to_fates(&address).expect("a chapter's run is valid");
    Number { shown: pick(&fates), how: format!("the run {text}") }
}

/// In how many of the recorded runs of a case something was lost.
pub(crate) fn of_case(system: &str, setting: &str, fault: FaultKind) -> Number {
    let tally = tally(system, setting, fault).expect("the case was recorded");
    let lost = tally.of(Mishap::ConfirmedLost) + tally.of(Mishap::ReturnedLost);
    let how = format!("{} runs of field/{system}, {setting}, with {}", tally.runs, fault.words());
    Number { shown: lost.to_string(), how }
}

/// The recorded case.
pub(crate) fn tally(system: &str, setting: &str, fault: FaultKind) -> Option<&'static Tally> {
    find(system, setting, (fault, None)).map(|(_, tally)| tally)
}

/// One message at a time, and nothing goes wrong: what each costs.
pub(crate) fn calm(system: &System, setting: &Setting) -> Address {
    let calm = [("messages", "100"), ("service", "100ms"), ("variation", "0"), ("arrivals", "steady")];
    calm.iter().fold(system.address(setting, 1), |address, (name, value)| address.with(name, value))
}

pub(crate) fn cost_of(system: &System, setting: &Setting) -> Costs {
    queues::run_to_costs(&calm(system, setting)).expect("a setting runs")
}

/// A count for each message, rounded to a tenth.
pub(crate) fn each(count: u64, costs: &Costs) -> String {
    let tenths = (10 * count + costs.messages / 2) / costs.messages.max(1);
    if tenths.is_multiple_of(10) {
        (tenths / 10).to_string()
    } else {
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

fn cost_of_quorum(pick: fn(&Costs) -> u64) -> Number {
    let system = system("rabbitmq").expect("RabbitMQ is in the field");
    let setting = system.setting("quorum").expect("it has quorum queues");
    let costs = cost_of(system, setting);
    let how = format!("100 messages of {}, all brokers together", calm(system, setting));
    Number { shown: each(pick(&costs), &costs), how }
}

fn costs() -> Table {
    let rows = settings().map(|(system, setting)| {
        let address = calm(system, setting);
        let plan = queues::plan_of(&address).expect("a setting is valid");
        let costs = cost_of(system, setting);
        vec![
            named(system, setting),
            Cell::from(ok_means(&plan).to_owned()),
            Cell::from(let_go(&plan).to_owned()),
            Cell::shown_by(each(costs.hops, &costs), Some(address.to_string())),
            Cell::from(each(costs.writes, &costs)),
            Cell::from(each(costs.flushes, &costs)),
        ]
    });
    let head = ["system", "ok means", "let go of", "packets", "disk writes", "flushes"];
    Table {
        caption: "What a message costs, from the producer’s send to the consumer’s ack, counted in runs of 100 messages, and \
                  what its producer knows when it hears “ok”."
            .to_owned(),
        head: head.map(str::to_owned).into(),
        rows: rows.collect(),
    }
}

/// What has happened to a message when its producer hears that it is confirmed.
fn ok_means(plan: &Plan) -> &'static str {
    let flushed = plan.durability == Durability::Flushed;
    match (plan.replication, plan.durability) {
        _ if !plan.asks_for_confirms() => "sent, no more",
        (Replication::InSync, _) if plan.confirms == queues::Confirms::Leader => "in the leader’s page cache",
        (Replication::InSync, _) if flushed => "flushed on all in sync",
        (Replication::InSync, _) => "in the page cache of all in sync",
        (Replication::Mirrors, _) if flushed => "flushed on all it sees",
        (Replication::Mirrors, _) => "written on all it sees",
        (Replication::Quorum, _) => "flushed on a majority",
        (_, Durability::Memory) => "in memory",
        (_, Durability::Written) => "in the page cache",
        (_, Durability::Flushed) => "flushed on one disk",
    }
}

/// When the queue lets go of a message.
fn let_go(plan: &Plan) -> &'static str {
    match plan.ack {
        Ack::Auto => "when it is handed out",
        Ack::First | Ack::Confirmed => "on receipt",
        Ack::Start => "when the work begins",
        Ack::Last => "after the work",
        Ack::Timer => "by a timer",
    }
}

fn lost_crash() -> Table {
    lost(
        &[FaultKind::Consumer, FaultKind::Process, FaultKind::Machine, FaultKind::Disk],
        "In how many of 1,000 runs with one crash confirmed messages were lost; in brackets, messages whose producer asks for no \
         confirm.",
    )
}

/// In how many runs something was lost, by setting and fault.
pub(crate) fn lost(faults: &[FaultKind], caption: &str) -> Table {
    debug_assert_eq!(RECORDED_SEEDS, 1_000, "the captions say so");
    let head = ["system".to_owned()].into_iter().chain(faults.iter().map(|fault| fault.words().to_owned()));
    let rows = settings().map(|(system, setting)| {
        let name = named(system, setting);
        let cells = faults.iter().map(|fault| {
            let found = find(system.name, setting.name, (*fault, None));
            found.map_or_else(|| Cell::from("–".to_owned()), |(case, tally)| lost_cell(case, tally))
        });
        std::iter::once(name).chain(cells).collect()
    });
    Table { caption: caption.to_owned(), head: head.collect(), rows: rows.collect() }
}

pub(crate) fn lost_cell(case: &Case, tally: &Tally) -> Cell {
    let (confirmed, returned) = (tally.of(Mishap::ConfirmedLost), tally.of(Mishap::ReturnedLost));
    let (text, seed) = match (confirmed, returned) {
        (0, 0) => ("0".to_owned(), Some(1)),
        (0, n) => (format!("({n})"), tally.shortest(Mishap::ReturnedLost)),
        (n, _) => (format!("✕\u{a0}{n}"), tally.shortest(Mishap::ConfirmedLost)),
    };
    let plan = case.plan();
    Cell::shown_by(text, seed.map(|seed| case.address(&plan, seed).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::recorded;

    #[test]
    fn what_the_text_says_of_the_rows() {
        assert!(
            tally("kestrel", "defaults", FaultKind::Consumer).expect("recorded").of(Mishap::ConfirmedLost)
                > 0
        );
        assert_eq!(
            tally("beanstalkd", "binlog", FaultKind::Process).expect("recorded").of(Mishap::ConfirmedLost),
            0
        );
        assert!(
            tally("beanstalkd", "binlog", FaultKind::Machine).expect("recorded").of(Mishap::ConfirmedLost)
                > 0
        );
        // "A single disk that is lost takes everything, whoever wrote to it."
        for (case, tally) in recorded().iter().filter(|(case, _)| case.faults() == "disk") {
            let alone = case.plan().replication == Replication::Alone || case.plan().replicas == 1;
            let lost = tally.of(Mishap::ConfirmedLost) + tally.of(Mishap::ReturnedLost);
            assert_eq!(alone, lost > 0, "{} {}", case.system.name, case.setting.name);
        }
    }

    #[test]
    fn six_writes_as_the_outline_has_it() {
        assert_eq!(cost_of_quorum(|costs| costs.writes).shown, "6");
    }
}
