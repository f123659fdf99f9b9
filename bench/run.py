#!/usr/bin/env python3
"""Measures our acceptor against the floor, in alternating rounds: run.py BUILD_FOLDER [--rounds N] [--count N] [--cpus SERVER,CLIENT]

Every round starts each server afresh, so that slow drift of the machine hits all alike. What counts is the ratio of the
medians of one run: absolute times differ from machine to machine and from day to day.

ping runs server and client on one CPU: nothing sleeps longer than the other side works, so the time is the sum of both
code paths and the kernel's. On two CPUs the wake-up of an idle one costs more than any engine, above all on a virtual machine.
"""
import argparse
import contextlib
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
# name: mode, figure, servers, how many times --count
CASES = {
    "ping": ("p50_us", ["floor", "memory", "sqlite"], 1),
    "tput": ("orders_per_s", ["floor", "memory", "sqlite"], 4),
    "one-way": ("orders_per_s", ["memory", "sqlite"], 4),
}


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
            yield port
        finally:
            process.terminate()
            process.wait(20)


def pinned(cpu, command):
    return ["taskset", "-c", str(cpu), *command] if shutil.which("taskset") else command


def measure(server, case, options):
    figure, _, times = CASES[case]
    with running(server, case, options) as port:
        client_cpu = options.server_cpu if case == "ping" else options.client_cpu
        command = ["%s/bench_load" % options.build, case, "--port", str(port), "--count", str(options.count * times)]
        done = subprocess.run(pinned(client_cpu, command), stdout=subprocess.PIPE, text=True)
        found = re.search(r"%s=(\S+)" % figure, done.stdout)
        return float(found.group(1)) if found else sys.exit("bench: %s %s gave no result" % (server, case))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=50000)
    parser.add_argument("--cpus", default="1,0" if os.cpu_count() > 1 else "0,0", help="server's and client's (default %(default)s)")
    parser.add_argument("--only", default="", help="cases, separated by commas (default: all)")
    options = parser.parse_args()
    options.server_cpu, options.client_cpu = options.cpus.split(",")
    for case, (figure, servers, _) in CASES.items():
        if options.only and case not in options.only.split(","):
            continue
        taken = {server: [] for server in servers}
        for _ in range(options.rounds):
            for server in servers:
                taken[server].append(measure(server, case, options))
        base = statistics.median(taken[servers[0]])
        for server in servers:
            median = statistics.median(taken[server])
            print("%-8s %-7s %s %12.2f  (%.2f .. %.2f)  x %.2f" % (case, server, figure, median, min(taken[server]), max(taken[server]), median / base),
                  flush=True)


main()
