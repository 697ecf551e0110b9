# SPDX-License-Identifier: MIT OR Apache-2.0
"""The M/M/10 queue of `workload.rs` in SimPy, written as SimPy's own bank example: a process per customer, a Resource.

Usage: python mm10.py [customers, 200000] [seed, 1]. Prints the line of JSON that the other peers print.

Model events are counted as for everybody: one arrival and one departure a customer. SimPy itself processes more (each
process starts with an event, each request and each release is one); that is its design and part of what is timed.
"""

import json
import math
import platform
import sys
import time
from importlib.metadata import version
from random import Random

import simpy

SERVERS = 10
ARRIVALS = 9.0
BATCHES = 30
STUDENT_T_99 = 2.756


def erlang_c_wait(servers, offered):
    """The mean wait before service in M/M/c, in mean service times."""
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = offered * blocked / (k + offered * blocked)
    waits = servers * blocked / (servers - offered * (1.0 - blocked))
    return waits / (servers - offered)


class Tally:
    """Waits in the order of service and the number of events handled."""

    def __init__(self):
        self.waits = []
        self.events = 0


def customer(env, servers, draw, tally):
    """Arrives, waits for a server, is served, leaves."""
    tally.events += 1
    arrived = env.now
    with servers.request() as turn:
        yield turn
        tally.waits.append(env.now - arrived)
        yield env.timeout(draw(1.0))
    tally.events += 1


def source(env, servers, draw, customers, tally):
    """Lets customers in, one after the other."""
    for _ in range(customers):
        yield env.timeout(draw(ARRIVALS))
        env.process(customer(env, servers, draw, tally))


def estimate(waits, warm_up):
    """The mean and the half width of its 99 % interval, from the means of consecutive batches after the warm-up."""
    length = (len(waits) - warm_up) // BATCHES
    means = [
        math.fsum(waits[start : start + length]) / length
        for start in range(warm_up, warm_up + BATCHES * length, length)
    ]
    mean = math.fsum(means) / BATCHES
    variance = math.fsum((batch - mean) ** 2 for batch in means) / (BATCHES - 1)
    return mean, STUDENT_T_99 * math.sqrt(variance / BATCHES)


def main():
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    warm_up = customers // 10

    start = time.perf_counter()
    env = simpy.Environment()
    tally = Tally()
    env.process(source(env, simpy.Resource(env, SERVERS), Random(seed).expovariate, customers, tally))
    env.run()
    wall_s = time.perf_counter() - start

    mean, half_width = estimate(tally.waits, warm_up)
    print(
        json.dumps(
            {
                "peer": "SimPy",
                "version": f"{version('simpy')}, Python {platform.python_version()}",
                "customers": customers,
                "warm_up": warm_up,
                "seed": seed,
                "events": tally.events,
                "wait_service_times": mean,
                "wait_half_width_99": half_width,
                "erlang_c_service_times": erlang_c_wait(SERVERS, ARRIVALS),
                "wall_s": wall_s,
                "events_per_s": tally.events / wall_s,
            }
        )
    )


if __name__ == "__main__":
    main()
