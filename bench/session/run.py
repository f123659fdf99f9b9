#!/usr/bin/env python3
"""Measures the session machine beside the codec alone: run.py FOLDER [--rounds N] [--count N] [--no-instructions] [--replay MESSAGES]

FOLDER holds session/bench_session and session/bench_replay. A round runs all cases, one directly after the other; times are the median
over the rounds, ratios the median of the ratios within a round, with quartiles. Instructions are what callgrind counts in the loop alone.

    parse           an order of a stream is cut, BodyLength and CheckSum are checked, its fields can be asked for
    inbound.single  the same bytes, and the machine: classified, delivered, handled, the number behind it committed and confirmed
    inbound.read    the same, 32 orders with a read: one delivery, one commit
    frame           an execution report is written, with a body that is made for it
    outbound        the same submitted: numbered, framed into a commit, confirmed, accepted
    replay          so many messages streamed from a store page by page, and the memory that takes beside the store's own
"""
import argparse
import os
import shutil
import statistics
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "codec"))
from run import instructions, output_of, ratio_text  # noqa: E402

BESIDE = {"inbound.single": "parse", "inbound.read": "parse", "outbound": "frame"}


def timed(program, count):
    lines = (line.split("\t") for line in output_of([program, "--rounds", "3", "--count", str(count)])[0].splitlines())
    return {name: (float(median), float(allocations)) for name, median, _, _, allocations in lines}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--replay", type=int, default=1000000, help="messages; 0: none")
    parser.add_argument("--no-instructions", action="store_true")
    options = parser.parse_args()
    program, replay = (os.path.join(options.folder, "session", name) for name in ("bench_session", "bench_replay"))
    has_callgrind = not options.no_instructions and shutil.which("valgrind") is not None

    rounds = [timed(program, options.count) for _ in range(options.rounds)]
    counted = {case: instructions(program, case, 3200) if has_callgrind else 0 for case in rounds[0]}
    print("%-16s | %10s %12s %8s | beside" % ("case", "time", "instructions", "allocs"))
    for case in rounds[0]:
        ns = [r[case][0] for r in rounds]
        row = "%-16s | %7.0f ns %12.0f %8.2f |" % (case, statistics.median(ns), counted[case], statistics.median(r[case][1] for r in rounds))
        base = BESIDE.get(case)
        if base:
            row += " %s: %s" % (base, ratio_text([r[base][0] for r in rounds], ns))
            row += ", instructions x %.2f" % (counted[case] / counted[base]) if has_callgrind else ""
        print(row, flush=True)
    for store in ("memory", "sqlite") if options.replay else ():
        print("replay." + output_of([replay, store, str(options.replay)])[0].strip(), flush=True)


if __name__ == "__main__":
    main()
