#!/usr/bin/env python3
"""Measures our acceptor against the floor: run.py BUILD_FOLDER [--rounds N] [--count N] [--cpus SERVER,CLIENT] [--only CASES]

A round measures the floor and each of ours directly one after the other, in turning order, each server started afresh; what is
told is the median over the rounds of the ratio *within* a round, with its quartiles. So what the machine does meanwhile, and
what it did yesterday, drops out of it as far as it can.

    ping      one order at a time: p50 of the time from an order to its execution report
    tput      1,000 orders under way: orders answered a second
    one-way   orders that nobody answers: orders taken a second
    cpu       with the last two: nanoseconds of processor time, kernel included, that the server spent on an order. Other work on the
              machine hardly touches it; go by this one if the machine is not yours alone.

ping runs server and client on one CPU: nothing sleeps longer than the other side works, so the time is the sum of both
code paths and the kernel's. On two CPUs the wake-up of an idle one costs more than any engine, above all on a virtual machine.
"""
import argparse
import contextlib
import glob
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile

SERVERS = {
    "floor": "{build}/bench_floor_echo --port {port}",
    "memory": "{build}/bench_acceptor --port {port} --store memory",
    "sqlite": "{build}/bench_acceptor --port {port} --store {folder}/store.db",
}
# name: figure, how many times --count, unit
CASES = {"ping": ("p50_us", 1, "us"), "tput": ("orders_per_s", 4, "orders/s"), "one-way": ("orders_per_s", 8, "orders/s")}
WARM_UP = 5000  # orders, of the load client


@contextlib.contextmanager
def running(server, case, options):
    with socket.socket() as reserved, tempfile.TemporaryDirectory(dir=options.build, prefix="run-") as folder:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # bound, so that nobody else gets it
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        command = SERVERS[server].format(build=options.build, port=port, folder=folder).split() + ["--silent"] * (case == "one-way")
        process = subprocess.Popen(pinned(options.server_cpu, command), stdout=subprocess.PIPE, text=True)
        try:
            if process.stdout.readline() != "ready\n":
                sys.exit("bench: %s does not get ready" % server)
            yield process.pid, port
        finally:
            process.terminate()
            process.wait(20)


def pinned(cpu, command):
    return ["taskset", "-c", str(cpu), *command] if shutil.which("taskset") else command


def processor_time(pid):
    """Nanoseconds, of all threads."""
    total = 0
    for path in glob.glob("/proc/%d/task/*/schedstat" % pid):
        with open(path) as file:
            total += int(file.read().split()[0])
    return total


def measure(server, case, options):
    figure, times, _ = CASES[case]
    count = options.count * times
    with running(server, case, options) as (pid, port):
        client_cpu = options.server_cpu if case == "ping" else options.client_cpu
        command = ["%s/bench_load" % options.build, case, "--port", str(port), "--count", str(count)]
        before = processor_time(pid)
        done = subprocess.run(pinned(client_cpu, command), stdout=subprocess.PIPE, text=True)
        spent = (processor_time(pid) - before) / (count + WARM_UP)
        found = re.search(r"%s=(\S+)" % figure, done.stdout)
        return (float(found.group(1)), spent) if found else sys.exit("bench: %s %s gave no result" % (server, case))


def report(case, server, unit, values, base):
    ratios = sorted(v / b for v, b in zip(values, base))
    low, high = (statistics.quantiles(ratios, n=4)[i] for i in (0, 2)) if len(ratios) > 1 else (ratios[0], ratios[0])
    print("%-8s %-7s %12.2f %-9s x %.2f  (%.2f .. %.2f)" % (case, server, statistics.median(values), unit, statistics.median(ratios), low, high),
          flush=True)
    return statistics.median(ratios)


def run_case(case, servers, options):
    taken = {server: [] for server in servers}
    for round_number in range(options.rounds):
        turn = round_number % len(servers)
        for server in servers[turn:] + servers[:turn]:
            taken[server].append(measure(server, case, options))
    for at, unit in enumerate((CASES[case][2], "ns cpu")[:1 if case == "ping" else 2]):
        for server in servers:
            ratio = report(case, server, unit, [t[at] for t in taken[server]], [t[at] for t in taken["floor"]])
            limit = options.limits.get((case, server)) if at == 0 else None
            if limit and ratio > limit:
                yield "%s %s: x %.2f is above its limit of x %.2f" % (case, server, ratio, limit)


def limit_of(text):
    found = re.fullmatch(r"(ping):([\w-]+):([\d.]+)", text)  # the others are rates: they have no upper limit
    if not found or found.group(2) not in SERVERS:
        raise argparse.ArgumentTypeError("expected ping:SERVER:RATIO, such as ping:memory:2.0")
    return (found.group(1), found.group(2)), float(found.group(3))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--count", type=int, default=25000)
    parser.add_argument("--cpus", default="1,0" if os.cpu_count() > 1 else "0,0", help="server's and client's (default %(default)s)")
    parser.add_argument("--only", default=",".join(CASES), help="cases, separated by commas (default: all)")
    parser.add_argument("--servers", default=",".join(SERVERS), help="the floor and others (default: all)")
    parser.add_argument("--limit", type=limit_of, action="append", default=[], metavar="ping:SERVER:RATIO",
                        help="exit with 1 if the median of a round trip is more than so many times the floor's")
    options = parser.parse_args()
    options.limits = dict(options.limit)
    options.server_cpu, options.client_cpu = options.cpus.split(",")
    broken = [text for case in options.only.split(",") for text in run_case(case, options.servers.split(","), options)]
    if broken:
        sys.exit("\n".join("bench: " + text for text in broken))


main()
