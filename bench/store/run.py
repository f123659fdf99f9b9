#!/usr/bin/env python3
"""Measures our stores beside other ways of keeping a message: run.py FOLDER [--rounds N] [--count N] [--on DISK] [--only CASES] [--open MESSAGES]

FOLDER holds bench_store and, where QuickFIX is installed, bench_store_quickfix. Every run is a process of its own in an empty folder on the
disk that is measured; a round runs all ways of a case, one directly after the other, in turning order. Told is the median over the
rounds, its ratio to the first way of the case within each round with quartiles, and processor time with the kernel's.

    append      a message of 200 bytes and both numbers, a commit each
    batch       64 of them with a commit
    power.one   a message, on the disk with its commit
    power       64 sessions with a message each, all on the disk with one commit
    power.read  64 sessions with 16 messages each, the same
    read        all messages of a session, in pages of 256, from a store opened anew
    open        until a session is loaded, in a store with --open messages (a separate case: it writes gigabytes)
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile

CASES = {
    # name: (what, batch, sessions, share of --count, ways)
    "append": ("append", 1, 1, 1.0, ["mapped", "mapped.ready", "journal", "write", "lmdb", "raw.sqlite", "sqlite", "quickfix"]),
    "batch": ("append", 64, 1, 1.0, ["mapped", "mapped.ready", "journal", "write", "lmdb", "raw.sqlite", "sqlite"]),
    "power.one": ("append", 1, 1, 0.01, ["write.sync", "journal.power", "sqlite.power", "raw.sqlite.power", "lmdb.power"]),
    "power": ("append", 1, 64, 0.0005, ["write.sync", "journal.power", "sqlite.power", "raw.sqlite.power", "lmdb.power"]),
    "power.read": ("append", 16, 64, 0.004, ["write.sync", "journal.power", "sqlite.power", "raw.sqlite.power", "lmdb.power"]),
    "read": ("read", 1, 1, 1.0, ["mapped", "journal", "write", "lmdb", "raw.sqlite", "sqlite", "quickfix"]),
}


def command_of(options, what, way, folder, *numbers):
    if way == "quickfix":
        return [os.path.join(options.folder, "bench_store_quickfix"), what, folder, str(numbers[0])]
    return [os.path.join(options.folder, "bench_store"), what, way, folder, *map(str, numbers)]


def figures(options, what, way, folder, *numbers):
    done = subprocess.run(command_of(options, what, way, folder, *numbers), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit("bench: %s %s failed:\n%s" % (way, what, done.stderr))
    return [float(word) for word in done.stdout.split()]


def in_a_new_folder(options, *arguments):
    with tempfile.TemporaryDirectory(dir=options.on, prefix="bench-store-") as folder:
        return figures(options, arguments[0], arguments[1], folder, *arguments[2:])


def ratio_text(base, values):
    ratios = sorted(v / b for v, b in zip(values, base))
    low, high = (statistics.quantiles(ratios, n=4)[i] for i in (0, 2)) if len(ratios) > 1 else (ratios[0], ratios[0])
    return "x %.2f (%.2f .. %.2f)" % (statistics.median(ratios), low, high)


def run_case(name, ways, options):
    what, batch, sessions, share, _ = CASES[name]
    count = max(batch * 20, int(options.count * share) // batch * batch)
    taken = {way: [] for way in ways}
    for number in range(options.rounds):
        turn = number % len(ways)
        for way in ways[turn:] + ways[:turn]:
            numbers = [count] + ([batch, sessions] if what == "append" and way != "quickfix" else [])
            taken[way].append(in_a_new_folder(options, what, way, *numbers))
    for way in ways:
        ns, cpu = ([t[i] for t in taken[way]] for i in (0, 1))
        base = [t[0] for t in taken[ways[0]]]
        median = statistics.median(ns)
        print("%-10s %-17s %9.0f ns %9.0f ns cpu %12.0f messages/s   %s" % (name, way, median, statistics.median(cpu), 1e9 / median, ratio_text(base, ns)), flush=True)


def run_open(ways, options):
    for way in ways:
        with tempfile.TemporaryDirectory(dir=options.on, prefix="bench-store-") as folder:
            for messages in (options.open // 100, options.open):
                subprocess.run(["find", folder, "-mindepth", "1", "-delete"], check=True)
                subprocess.run(command_of(options, "fill", way, folder, messages), check=True)
                taken = [figures(options, "open", way, folder) for _ in range(options.rounds)]
                print("open       %-17s %12d messages %9.1f ms %8.1f MiB" % (way, messages, *(statistics.median(t[i] for t in taken) for i in (0, 1))), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--count", type=int, default=500000, help="messages of append, batch and read; less where a disk is waited for")
    parser.add_argument("--on", default="build", help="a folder on the disk that is measured (default: build)")
    parser.add_argument("--only", default=",".join(CASES), help="cases, separated by commas (default: all but open)")
    parser.add_argument("--ways", default="", help="ways, separated by commas (default: all)")
    parser.add_argument("--open", type=int, default=10000000)
    options = parser.parse_args()
    known = subprocess.run([os.path.join(options.folder, "bench_store"), "--list"], stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    if os.path.exists(os.path.join(options.folder, "bench_store_quickfix")):
        known.append("quickfix")
    wanted = options.ways.split(",") if options.ways else known
    for name in options.only.split(","):
        if name != "open" and name not in CASES:
            sys.exit("bench: no such case: %s; there are open, %s" % (name, ", ".join(CASES)))
        ways = [way for way in (["journal", "sqlite"] if name == "open" else CASES[name][4]) if way in known and way in wanted]
        if not ways:
            sys.exit("bench: none of these ways in %s" % name)
        (run_open(ways, options) if name == "open" else run_case(name, ways, options))


if __name__ == "__main__":
    main()
