#!/usr/bin/env python3
"""Measures our codec beside QuickFIX's: run.py FOLDER [--rounds N] [--count N] [--only CASE,CASE] [--no-instructions]

FOLDER holds bench_codec and, where QuickFIX is installed, bench_codec_quickfix. A round runs both, one directly after the other,
in turning order; times are the median over the rounds, the ratio is the median of the ratios within a round, with its quartiles.
Instructions are what callgrind counts in the loop alone; they hardly differ from run to run, nor between machines of one kind.

    parse     a frame is cut from the stream, BodyLength and CheckSum are checked, its fields can be asked for
    validate  the same, and the message is held against the dictionary of FIX.4.4
    access    10 fields of an execution report as text, characters, numbers and a time; walk: price and size of 20 entries
    encode    an execution report with a group of two, from values to bytes on the wire
    load      a dictionary, from XML in memory to tables

    order     NewOrderSingle, 170 bytes; report: ExecutionReport; book: MarketDataSnapshotFullRefresh with 20 entries
"""
import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys

OURS, THEIRS = "bench_codec", "bench_codec_quickfix"


def output_of(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit("bench: %s failed:\n%s" % (" ".join(command), done.stderr))
    return done.stdout, done.stderr


def cases_of(program):
    return [line.split("\t")[0] for line in output_of([program, "--list"])[0].splitlines()]


def timed(program, cases, options):
    """{case: (ns, allocations)}"""
    command = [program, "--rounds", "3", "--count", str(options.count), "--only", ",".join(cases)]
    lines = (line.split("\t") for line in output_of(command)[0].splitlines())
    return {name: (float(median), float(allocations)) for name, median, _, _, allocations in lines}


def instructions(program, case, count):
    """Of one run of the case."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no", "--toggle-collect=counted_loop", program,
               "--case", case, "--count", str(count)]
    found = re.search(r"Collected : (\d+)", output_of(command)[1])
    return int(found.group(1)) / count if found else sys.exit("bench: callgrind says nothing of %s" % case)


def counted(program, case):
    return instructions(program, case, 1 if case.startswith("load.") else 1000)


def scaled(ns):
    return "%10.2f ms" % (ns / 1e6) if ns > 1e6 else "%10.0f ns" % ns


def ratio_text(base, others):
    ratios = sorted(o / b for b, o in zip(base, others))
    low, high = (statistics.quantiles(ratios, n=4)[i] for i in (0, 2)) if len(ratios) > 1 else (ratios[0], ratios[0])
    return "x %.2f (%.2f .. %.2f)" % (statistics.median(ratios), low, high)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--only", default="", help="cases, separated by commas (default: all)")
    parser.add_argument("--no-instructions", action="store_true", help="do not run callgrind, which takes most of the time")
    options = parser.parse_args()
    programs = [p for p in (os.path.join(options.folder, name) for name in (OURS, THEIRS)) if os.path.exists(p)]
    has_callgrind = not options.no_instructions and shutil.which("valgrind") is not None
    if not options.no_instructions and not has_callgrind:
        print("bench: valgrind is not installed, so that no instructions are counted", file=sys.stderr)

    known = {p: cases_of(p) for p in programs}
    wanted = [c for c in known[programs[0]] if not options.only or c in options.only.split(",")]
    if not wanted:
        sys.exit("bench: no such case; there are " + ", ".join(known[programs[0]]))
    taken = {p: {c: [] for c in wanted if c in known[p]} for p in programs}
    for number in range(options.rounds):
        turn = number % len(programs)
        for p in programs[turn:] + programs[:turn]:
            for case, figures in timed(p, list(taken[p]), options).items():
                taken[p][case].append(figures)

    print("%-20s | %13s %12s %8s | %13s %12s %8s | theirs / ours; typed / untyped" % ("case", "ours", "instructions", "allocs", "QuickFIX", "instructions", "allocs"))
    for case in wanted:
        row = "%-20s" % case
        for p in programs:
            if case not in taken[p]:
                row += " | %13s %12s %8s" % ("", "", "")
                continue
            ns, allocations = zip(*taken[p][case])
            count = "%12.0f" % counted(p, case) if has_callgrind else "%12s" % ""
            row += " | %13s %s %8.2f" % (scaled(statistics.median(ns)), count, statistics.median(allocations))
        if all(case in taken[p] for p in programs) and len(programs) == 2:
            row += " | " + ratio_text(*([ns for ns, _ in taken[p][case]] for p in programs))
        untyped = taken[programs[0]].get(case[:-len(".typed")]) if case.endswith(".typed") else None
        if untyped:
            row += " | " + ratio_text([ns for ns, _ in untyped], [ns for ns, _ in taken[programs[0]][case]])
        print(row, flush=True)


if __name__ == "__main__":
    main()
