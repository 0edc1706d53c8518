#!/usr/bin/env python3
"""Measures heddle and a peer on the same programs, in turn, in one run.

The peers are not part of heddle; give their binaries:

  Relacy   header-only; build its programs with
             g++ -std=c++20 -O3 -DNDEBUG -I RELACY bench/peers/relacy_programs.cc -o relacy_programs
           and give --relacy relacy_programs
  GenMC    give --genmc .../genmc
  SPIN     give --spin .../spin; gcc compiles the verifiers that it makes

Prints a table, and with --json FILE the figures. CPU time; each ratio is the median of the ratios of
neighbouring runs.
"""
import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

# name of the program, its label, heddle's arguments, executions a run
SAMPLED = [
    ("sb", "sb", ["sb", "2", "0", "--cpus", "2"], 400_000),
    ("inc", "inc 3.3", ["inc", "3", "3", "--cpus", "3"], 200_000),
    ("mutex", "mutex 3.3", ["mutex", "3", "3", "--cpus", "3"], 100_000),
    ("readers", "readers 8", ["readers", "8", "0", "--cpus", "9"], 100_000),
]
# name of the program and its size; how many rounds each task makes, if more than one
SEARCHED = [("ninc", 6), ("casw", 5), ("readers", 16), ("mutex", 8), ("ticket", 7), ("ainc", 8),
            ("indexer", 15), ("lastzero", 15), ("compute", 3)]
ROUNDS = {"compute": 2}
# name of the program, its two sizes
COMPARED = [("inc", 7, 4)]


def cpu_seconds_of(command):
    """Runs the command. Returns (its output, the CPU time that it took)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"compare.py: {' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return done.stdout + done.stderr, used


def measured(command):
    """Of a program that says itself how long it took: nanoseconds an execution."""
    text, _ = cpu_seconds_of(command)
    match = re.search(r"executions (\d+) seconds ([\d.]+)", text)
    if match is None:
        sys.exit(f"compare.py: {' '.join(command)} does not say how long it took:\n{text}")
    return int(match[1]), 1e9 * float(match[2]) / int(match[1])


def row(label, ours, theirs, **more):
    ratio = statistics.median(t / o for o, t in zip(ours, theirs))
    return {"program": label, "heddle_ns": statistics.median(ours),
            "peer_ns": statistics.median(theirs), "times_faster": ratio, **more}


def against_relacy(options):
    rows = []
    for name, label, arguments, executions in SAMPLED:
        for form in ("checks", "all"):
            ours, theirs = [], []
            for _ in range(options.rounds):
                ours.append(measured([options.heddle, "run", *arguments, "--form", form,
                                      "--executions", str(executions)])[1])
                theirs.append(measured([options.relacy, name, str(executions)])[1])
            rows.append(row(label, ours, theirs, form=form))
    return rows


def genmc_once(options, name, size):
    """Returns (executions, seconds): of GenMC's whole run, its reading of the program included."""
    program = os.path.join(HERE, "genmc", name + ".c")
    text, seconds = cpu_seconds_of([options.genmc, "--sc", "--disable-estimation", "--",
                                    f"-DN={size}", f"-DK={ROUNDS.get(name, 1)}", program])
    match = re.search(r"complete executions explored: (\d+)", text)
    if match is None:
        sys.exit(f"compare.py: GenMC does not say how many executions it made:\n{text}")
    return int(match[1]), seconds


def against_genmc(options):
    # What GenMC takes before it explores: a program of one execution.
    start = statistics.median(genmc_once(options, "ainc", 1)[1] for _ in range(options.rounds))
    rows = []
    for name, size in SEARCHED:
        ours, theirs, counts = [], [], set()
        for _ in range(options.rounds):
            executions, ns = measured([options.heddle, "run", name, str(size),
                                       str(ROUNDS.get(name, 1)), "--cpus", "24",
                                       "--form", "optimal", "--executions", "100000000"])
            ours.append(ns)
            counts.add(executions)
            executions, seconds = genmc_once(options, name, size)
            theirs.append(1e9 * max(seconds - start, 1e-9) / executions)
            counts.add(executions)
        rows.append(row(f"{name} {size}", ours, theirs, executions=sorted(counts)))
    return rows


def against_spin(options):
    """SPIN's verifier of a model, without partial order reduction; how it is made takes no time."""
    rows = []
    for name, size, rounds in COMPARED:
        with tempfile.TemporaryDirectory() as folder:
            model = os.path.join(HERE, "spin", name + ".pml")
            for command in ([os.path.abspath(options.spin), "-a", f"-DN={size}", f"-DK={rounds}", model],
                            ["gcc", "-O2", "-DSAFETY", "-DNOREDUCE", "-o", "pan", "pan.c"]):
                made = subprocess.run(command, cwd=folder, capture_output=True, text=True,
                                      check=False)
                if made.returncode != 0:
                    sys.exit(f"compare.py: {' '.join(command)} failed:\n{made.stdout}{made.stderr}")
            ours, theirs, counts = [], [], {}
            for _ in range(options.rounds):
                text, _ = cpu_seconds_of([options.heddle, "run", name, str(size), str(rounds),
                                          "--cpus", "8", "--form", "states"])
                match = re.search(r"seconds ([\d.]+) states (\d+)", text)
                ours.append(1e9 * float(match[1]) / int(match[2]))
                counts["heddle"] = int(match[2])
                text, seconds = cpu_seconds_of([os.path.join(folder, "pan"), "-w20"])
                counts["spin"] = int(re.search(r"(\d+) states, stored", text)[1])
                theirs.append(1e9 * seconds / counts["spin"])
        rows.append(row(f"{name} {size}.{rounds}", ours, theirs,
                        executions=[counts["heddle"], counts["spin"]]))
    return rows


def print_rows(title, rows, column):
    print(f"\n{title}\n{'':<12} {column:>12} {'heddle ns':>10} {'peer ns':>10} {'faster':>8}")
    for each in rows:
        extra = each.get("form") or " ".join(map(str, each["executions"]))
        print(f"{each['program']:<12} {extra:>12} {each['heddle_ns']:>10.0f} "
              f"{each['peer_ns']:>10.0f} {each['times_faster']:>7.2f}x")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--heddle", default="build/release/bin/heddle_measure",
                        help="heddle_measure [%(default)s]")
    parser.add_argument("--relacy", help="relacy_programs, built as above")
    parser.add_argument("--genmc", help="GenMC's binary")
    parser.add_argument("--spin", help="SPIN's binary")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", help="write the figures to this file")
    options = parser.parse_args()
    for path in (options.heddle, options.relacy, options.genmc, options.spin):
        if path is not None and not os.access(path, os.X_OK):
            print(f"compare.py: {path} is no program that can be run", file=sys.stderr)
            return 2
    if options.relacy is None and options.genmc is None and options.spin is None:
        print("compare.py: no peer; give --relacy, --genmc or --spin (see --help)",
              file=sys.stderr)
        return 2

    figures = {}
    if options.relacy:
        figures["relacy"] = against_relacy(options)
        print_rows("Relacy, random scheduler: races and deadlocks looked for, nothing recorded",
                   figures["relacy"], "heddle's")
    if options.genmc:
        figures["genmc"] = against_genmc(options)
        print_rows("GenMC --sc, all executions", figures["genmc"], "executions")
    if options.spin:
        figures["spin"] = against_spin(options)
        print_rows("SPIN, all states of a model; ns a state", figures["spin"], "states")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=2)
            file.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
