#!/usr/bin/env python3
"""Simulates `limn batch` on many machines, from measured inputs only.

    Tests/Tools/scaling.py [--pictures 1e9] [--machines 1000] [--shards 20000] [--sets 1] [--scratch]

Every number under MEASURED is one that Documentation/Scaling.md says how to measure again. Each shard is a task of a
queue, which first reads the whole list of its set: a machine takes the next one, is lost now and then and is then replaced, and what it was busy with goes back to the
queue. With results in the shared folder a shard goes on where it stopped; with --scratch, where each shard keeps its
files on the machine until it is done, it begins again.
"""
import argparse, heapq, random

MEASURED = {
    "seconds per picture on two cores": 0.0086,
    "seconds to open the network": 0.35,
    "seconds to list a million names": 1.6,
    "bytes of a picture's line": 1150,
    "bytes of a map (7 × 7, float16)": 98 + 128,
    "files per picture (map, record)": 2,
    "spread of a picture's time between machines": 0.15,
}
# Assumptions, none of them measured here: said so on the page.
ASSUMED = {"cores of a machine": 16, "days between losses of a machine": 30, "seconds to replace a machine": 300}

options = argparse.ArgumentParser()
options.add_argument("--pictures", type=float, default=1e9)
options.add_argument("--machines", type=int, default=1000)
options.add_argument("--shards", type=int, default=20000)
options.add_argument("--sets", type=int, default=1, help="into how many sets of their own lists the pictures are parted")
options.add_argument("--scratch", action="store_true")
options.add_argument("--seed", type=int, default=0)
options = options.parse_args()
rng = random.Random(options.seed)

rate = ASSUMED["cores of a machine"] / 2 / MEASURED["seconds per picture on two cores"]
# Shards by hash are binomial; at such counts normal.
mean = options.pictures / options.shards
sizes = [max(0, rng.gauss(mean, mean ** 0.5)) for _ in range(options.shards)]
overhead = MEASURED["seconds to open the network"] + MEASURED["seconds to list a million names"] * options.pictures / options.sets / 1e6
loss = ASSUMED["days between losses of a machine"] * 86400

queue = list(range(options.shards))[::-1]
left = [size / rate for size in sizes]
speed = [1 + abs(rng.gauss(0, MEASURED["spread of a picture's time between machines"])) for _ in range(options.machines)]
machines = [(0.0, machine) for machine in range(options.machines)]
heapq.heapify(machines)
end = retries = wasted = listing = 0
ends = []
while queue:
    now, machine = heapq.heappop(machines)
    shard = queue.pop()
    need = overhead + left[shard] * speed[machine]
    listing += overhead
    survives = rng.expovariate(1 / loss)
    if survives >= need:
        heapq.heappush(machines, (now + need, machine))
        ends.append(now + need)
        continue
    done = max(0, survives - overhead) / speed[machine]
    if options.scratch:
        wasted += survives
    else:
        left[shard] -= done
        wasted += min(survives, overhead)
    retries += 1
    queue.append(shard)
    heapq.heappush(machines, (now + survives + ASSUMED["seconds to replace a machine"], machine))

ends.sort()
total = sum(sizes) / rate
def hours(seconds): return f"{seconds / 3600:.1f} h"
print(f"{options.pictures:.0e} pictures, {options.machines} machines, {options.shards} shards of {mean:.0f}, {options.sets} sets")
print(f"done after             {hours(ends[-1])}; computing alone, evenly spread, {hours(total / options.machines)}")
print(f"half done, 99 % done   {hours(ends[len(ends) // 2])}, {hours(ends[int(len(ends) * 0.99)])}: the last hundredth takes {hours(ends[-1] - ends[int(len(ends) * 0.99)])}")
print(f"machines lost          {retries}, their work lost {hours(wasted)} of machine time ({100 * wasted / total:.2f} %)")
print(f"listing and opening    {hours(listing)} of machine time ({100 * listing / total:.1f} %)")
files = options.shards * 2 if options.scratch else options.pictures * MEASURED["files per picture (map, record)"]
print(f"files                  {files:.1e}, in folders of {files / options.sets / (512 if not options.scratch else 1):.0f}")
map_bytes, line_bytes = MEASURED["bytes of a map (7 × 7, float16)"], MEASURED["bytes of a picture's line"]
size = options.pictures * (map_bytes + 2 * line_bytes)
print(f"store                  {size / 1e12:.2f} TB by length, {options.pictures * 2 * 4096 / 1e12:.1f} TB in blocks of 4 KiB")
lines = options.pictures * MEASURED["bytes of a picture's line"]
print(f"merging                {lines / 1e12:.2f} TB of lines read once, by one machine")
