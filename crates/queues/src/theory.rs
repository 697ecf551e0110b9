// SPDX-License-Identifier: MIT OR Apache-2.0
//! What queueing theory says, to stand beside what the simulator did.

/// Erlang's C formula: the probability that a message has to wait, with `servers` servers at utilisation `rho` below
/// 1, Poisson arrivals and exponential work (Erlang 1917). By the recursion of Erlang's B, which does not overflow.
pub fn erlang_c(servers: u32, rho: f64) -> f64 {
    let offered = rho * f64::from(servers);
    let blocked = (1..=servers).fold(1.0, |b, n| offered * b / (f64::from(n) + offered * b));
    blocked / (1.0 - rho * (1.0 - blocked))
}

/// The mean wait in an M/M/c queue, in units of the mean service time.
pub fn mean_wait(servers: u32, rho: f64) -> f64 {
    erlang_c(servers, rho) / (f64::from(servers) * (1.0 - rho))
}

/// The mean wait in an M/G/1 queue, in units of the mean service time: Pollaczek and Khinchine's formula (1930, 1932). Only the
/// mean and the variation of the work matter, not its shape; `variation` is the standard deviation by the mean.
pub fn mean_wait_mg1(rho: f64, variation: f64) -> f64 {
    rho / (1.0 - rho) * (1.0 + variation * variation) / 2.0
}

/// The share of messages that an M/M/1 queue turns away which holds `places` messages, the one in work among them. `rho` is
/// offered work by capacity and may be above 1.
pub fn turned_away(rho: f64, places: u32) -> f64 {
    // All states weigh rho to the power of the number inside; the last one turns away what comes.
    let weights = (0..=places).scan(1.0, |weight, _| {
        let this = *weight;
        *weight *= rho;
        Some(this)
    });
    let weights: Vec<f64> = weights.collect();
    weights[places as usize] / weights.iter().sum::<f64>()
}

/// How often a call that is made until an answer comes takes effect beyond the first time, in the mean, where each packet is
/// lost with this chance. An answer that comes ends it, so of calls that take effect a geometrically distributed number goes
/// unanswered: 1/(1 − loss) calls take effect.
pub fn repeated_calls(loss: f64) -> f64 {
    loss / (1.0 - loss)
}

/// A burst as a fluid: how many messages wait at its end when it begins with an empty queue. Arrivals and capacity in messages a
/// second, its length in seconds.
pub fn burst_peak(arrivals: f64, capacity: f64, seconds: f64) -> f64 {
    ((arrivals - capacity) * seconds).max(0.0)
}

/// How long a backlog takes to drain while arrivals go on below capacity, in seconds.
pub fn drain_time(backlog: f64, arrivals: f64, capacity: f64) -> f64 {
    backlog / (capacity - arrivals)
}

/// The share of messages that a later one overtakes in an M/M/c queue: Poisson arrivals, exponential work, handed out
/// in order, effects at the end of the work. `rho` at or above 1 means that all servers are always busy.
///
/// Our own derivation. Look at a message in the moment its work begins, with `older` messages in work beside it and
/// `newer` ones behind it (in work or waiting). Each message in work is equally likely to end next. If a newer one
/// ends first, the message is overtaken; if it ends itself, it is not; if an older one ends, a server falls free for
/// the newer ones. So the chance to stay in order obeys a recursion that runs from many newer messages to none, and
/// is constant as soon as every server that is free for newer ones has one.
pub fn overtaken_share(servers: u32, rho: f64) -> f64 {
    let c = servers as usize;
    if rho >= 1.0 {
        return 1.0 - in_order_when_busy(c);
    }
    // Per unit of one server's service rate.
    let arrivals = rho * c as f64;
    let in_order = in_order_table(c, arrivals);
    // A Poisson arrival sees time averages: k servers busy with probability proportional to a^k / k!.
    let mut waits = erlang_c(servers, rho);
    let mut weight = 1.0;
    let weights: Vec<f64> = (0..c)
        .map(|k| {
            if k > 0 {
                weight *= arrivals / k as f64;
            }
            weight
        })
        .collect();
    let total: f64 = weights.iter().sum();
    let mut kept: f64 =
        weights.iter().enumerate().map(|(k, w)| (1.0 - waits) * w / total * in_order[k][0]).sum();
    // One that had to wait starts beside c - 1 older ones. Its wait is exponential with rate c - a, so the number of
    // arrivals meanwhile is geometric with ratio rho.
    let (many_newer, few_newer) = in_order[c - 1].split_last().expect("a row has a place for 0 newer ones");
    for kept_with_newer in few_newer {
        let probability = waits * (1.0 - rho);
        kept += probability * kept_with_newer;
        waits *= rho;
    }
    kept += waits * many_newer;
    1.0 - kept
}

/// `[older][newer]`: the chance that the message is not overtaken; beyond `c` newer ones nothing changes.
fn in_order_table(c: usize, arrivals: f64) -> Vec<Vec<f64>> {
    let mut table: Vec<Vec<f64>> = Vec::with_capacity(c);
    for older in 0..c {
        let free_for_newer = c - 1 - older;
        let mut row = vec![0.0; c + 1];
        for newer in (0..=c).rev() {
            let newer_in_work = newer.min(free_for_newer) as f64;
            let older_ends = if older > 0 { older as f64 * table[older - 1][newer] } else { 0.0 };
            let ends = 1.0 + older as f64 + newer_in_work;
            row[newer] = if newer == c {
                (1.0 + older_ends) / ends
            } else {
                (1.0 + older_ends + arrivals * row[newer + 1]) / (ends + arrivals)
            };
        }
        table.push(row);
    }
    table
}

/// With every server busy, the next to end is each of the c with equal chance. A message stays in order while only
/// older ones end: the same sum as in the birthday problem (Ramanujan's Q function, divided by c).
fn in_order_when_busy(c: usize) -> f64 {
    let mut product = 1.0;
    let mut sum = 0.0;
    for ended in 0..c {
        sum += product;
        product *= (c - 1 - ended) as f64 / c as f64;
    }
    sum / c as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_waits_are_those_of_the_tables() {
        // Tables of M/M/c: mean wait in service times.
        for (servers, rho, wait) in [
            (1, 0.5, 1.0),
            (1, 0.9, 9.0),
            (2, 0.8, 1.778),
            (8, 0.9, 0.877),
            (32, 0.95, 0.435),
            (10, 0.9, 0.669),
        ] {
            assert!(
                (mean_wait(servers, rho) - wait).abs() < 0.001,
                "{servers} {rho}: {}",
                mean_wait(servers, rho)
            );
        }
    }

    #[test]
    fn one_server_never_loses_order() {
        for rho in [0.1, 0.8, 0.99, 1.5] {
            assert!(overtaken_share(1, rho).abs() < 1e-12);
        }
    }

    #[test]
    fn two_busy_servers_overtake_a_quarter() {
        assert!((overtaken_share(2, 1.0) - 0.25).abs() < 1e-12);
    }

    #[test]
    fn near_saturation_both_derivations_meet() {
        for servers in [2, 3, 8, 16] {
            let (near, at) = (overtaken_share(servers, 0.999_999), overtaken_share(servers, 1.0));
            assert!((near - at).abs() < 1e-4, "{servers}: {near} {at}");
        }
    }

    #[test]
    fn an_idle_queue_overtakes_nobody() {
        assert!(overtaken_share(8, 1e-6) < 1e-5);
    }
}
