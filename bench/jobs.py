#!/usr/bin/env python3
"""What a second worker brings: `heddle run` and `heddle verify` with one job and with two, in turn.

usage: jobs.py HEDDLE [ROUNDS]

Prints the median of the ratios of neighbouring runs: of wall time, which needs two idle cores, and of
CPU time, which tells on a busy machine too how much work is done twice (1 is the best).
"""
import os
import statistics
import subprocess
import sys
import time

COMMANDS = [
    ["run", "lu_ref/fini_races_del", "--variant", "fixed", "--executions", "40000"],
    ["verify", "loop/two_losetups", "--variant", "fixed"],
]


def timed(command):
    before, start = os.times(), time.monotonic()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    wall, after = time.monotonic() - start, os.times()
    if done.returncode not in (0, 1):
        sys.exit(f"jobs.py: {' '.join(command)} ended with {done.returncode}")
    return wall, (after.children_user + after.children_system - before.children_user -
                  before.children_system)


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    rounds = int(sys.argv[2]) if len(sys.argv) == 3 else 5
    print(f"{'':<58} {'one job s':>9} {'faster':>7} {'CPU time':>9}")
    for command in COMMANDS:
        walls, cpus, ones = [], [], []
        for _ in range(rounds):
            one = timed([sys.argv[1], *command, "--jobs", "1"])
            two = timed([sys.argv[1], *command, "--jobs", "2"])
            ones.append(one[0])
            walls.append(one[0] / two[0])
            cpus.append(two[1] / one[1])
        print(f"{' '.join(command):<58} {statistics.median(ones):>9.2f} "
              f"{statistics.median(walls):>6.2f}x {statistics.median(cpus):>8.2f}x")
    return 0


if __name__ == "__main__":
    sys.exit(main())
