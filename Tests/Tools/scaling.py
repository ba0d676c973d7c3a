#!/usr/bin/env python3
"""Simulates `limn batch` on many machines, for Documentation/Scaling.md.

    Tests/Tools/scaling.py [--pictures 1e9] [--machines 1000] [--shards 20000] [--sets 1] [--own] [--second] [--slow 0.01]
        [--times 100]

Each shard is a task in a queue, which first opens the network and reads the whole list of its set. A machine that is free
takes the next one. Machines are lost now and then and replaced; what they were busy with goes back to the queue. With
results in a shared folder such a task goes on where it stopped. With --own each shard is a set with a list of its own,
made on the machine's own disk and handed over when it is done: a lost machine takes all of it along. With --second, machines that find the queue empty begin a second attempt at what takes
longest, as Spark's speculation does: two attempts at a shard come to the same bytes, so the one that ends first counts.
"""
import argparse, heapq, random

# Each of these was measured as Scaling.md says.
MEASURED = {
    "processor seconds per picture": 0.0066,
    "seconds to open the network": 0.11,
    "seconds to read a million names": 3.1,
    "seconds to merge a million pictures": 56.0,
    "bytes of a line": 724,
    "bytes of a line of the table": 164,
    "bytes of a record": 671,
    "bytes of a map, float16, in the store": 98,
    "bytes of a map, float16, as a file": 226,
}
# And each of these was not: they are what the table is for.
ASSUMED = {"cores": 16, "days between losses of a machine": 30, "seconds to replace it": 300, "spread of speeds": 0.1,
           "a slow machine's factor": 4}


def simulate(options, rng):
    """Ends of all shards, and what was lost, in seconds."""
    rate = ASSUMED["cores"] / (MEASURED["processor seconds per picture"] * options.times)
    mean = options.pictures / options.shards
    # Shards by hash are binomial; at such counts normal.
    left = [max(0, rng.gauss(mean, mean ** 0.5)) / rate for _ in range(options.shards)]
    overhead = (MEASURED["seconds to open the network"]
                + MEASURED["seconds to read a million names"] * options.pictures / options.sets / 1e6)
    slowness = [max(0.7, rng.gauss(1, ASSUMED["spread of speeds"]))
                * (ASSUMED["a slow machine's factor"] if rng.random() < options.slow else 1)
                for _ in range(options.machines)]
    waiting, ends, running = list(range(options.shards))[::-1], {}, {}
    told = {"losses": 0, "lost": 0.0, "overhead": 0.0, "second": 0, "computing": sum(left)}
    free = [(0.0, machine, None) for machine in range(options.machines)]  # when, which, the shard it has ended
    while free:
        now, machine, ended = heapq.heappop(free)
        if ended is not None and ended not in ends:
            ends[ended] = now
            running.pop(ended, None)
        if waiting:
            shard = waiting.pop()
        elif options.second and running:
            # What would end last, if a second attempt from its beginning may be sooner.
            shard = max(running, key=running.get)
            if running[shard] <= now + overhead + left[shard] * slowness[machine]: continue
            told["second"] += 1
        else: continue
        need, survives = overhead + left[shard] * slowness[machine], rng.expovariate(
            1 / (ASSUMED["days between losses of a machine"] * 86400))
        told["overhead"] += overhead
        if survives >= need:
            running[shard] = min(running.get(shard, now + need), now + need)
            heapq.heappush(free, (now + need, machine, shard))
            continue
        told["losses"] += 1
        if options.own: told["lost"] += survives
        else: left[shard] -= max(0, survives - overhead) / slowness[machine]
        if shard not in running: heapq.heappush(waiting, shard)
        heapq.heappush(free, (now + survives + ASSUMED["seconds to replace it"], machine, None))
    return sorted(ends.values()), told


def hours(seconds):
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h" if seconds < 360_000 else f"{seconds / 86400:.0f} days"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=float, default=1e9)
    parser.add_argument("--machines", type=int, default=1000)
    parser.add_argument("--shards", type=int, default=20000)
    parser.add_argument("--times", type=float, default=1, help="as many times as long as Grad-CAM a picture takes")
    parser.add_argument("--sets", type=int, default=1, help="into how many sets with lists of their own they are parted")
    parser.add_argument("--own", action="store_true", help="each shard is a set of its own on its machine's own disk")
    parser.add_argument("--second", action="store_true", help="second attempts at what takes longest")
    parser.add_argument("--slow", type=float, default=0, help="the share of machines that are slow")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.own: options.sets = options.shards
    ends, told = simulate(options, random.Random(options.seed))
    assert len(ends) == options.shards, "a shard was never finished"
    ideal = told["computing"] / options.machines
    # Of a set of its own: lines, table, manifest, two small files of the store, and its chunks of 4 MiB.
    chunks = options.pictures / options.sets * MEASURED["bytes of a map, float16, in the store"] // (4 << 20) + 1
    files = options.shards * (5 + chunks) if options.own else 2 * options.pictures
    lines = MEASURED["bytes of a line"] + MEASURED["bytes of a line of the table"]
    each = (MEASURED["bytes of a map, float16, in the store"] if options.own
            else MEASURED["bytes of a map, float16, as a file"] + MEASURED["bytes of a record"])
    length, blocks = options.pictures * (lines + each), options.pictures * (lines + (each if options.own else 2 * 4096))
    print(f"| all done after | {hours(ends[-1])}, of which computing evenly spread would take {hours(ideal)} |\n"
          f"| the last hundredth of the shards | {hours(ends[-1] - ends[int(len(ends) * 0.99)])} |\n"
          f"| lists and networks read | {100 * told['overhead'] / told['computing']:.1f} % of the computing |\n"
          f"| machines lost, work done twice | {told['losses']}, "
          f"{100 * told['lost'] / told['computing']:.2f} % of the computing; {told['second']} second attempts |\n"
          f"| files | {files:.1e}, {files / options.sets / (1 if options.own else 512):,.0f} to a folder |\n"
          f"| store | {length / 1e12:.2f} TB, {blocks / 1e12:.1f} TB in blocks of 4 KiB |\n"
          + ("" if options.own else "| merging a set, on one machine | "
             f"{hours(options.pictures / options.sets / 1e6 * MEASURED['seconds to merge a million pictures'])} |"))


if __name__ == "__main__":
    main()
