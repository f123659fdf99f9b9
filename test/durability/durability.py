#!/usr/bin/env python3
"""The durability proof: two engines trade, are killed with SIGKILL and started again, over and over; nothing may be lost.

    durability.py PARTY [--cycles N] [--seed S] [--from CYCLE] [--limit SECONDS] [--folder FOLDER] [--sabotage WHAT]

Half of the cycles kill at a random moment, half at a named fault point, both sides in turn, sometimes both at once, sometimes once more
while it recovers. After each kill what is left of the dead is compared, after each restart everything: docs/durability.md.

The last line is the summary. Exit status 0: nothing was lost, nothing duplicated without PossDupFlag(43), no number reused, and every fault
point was reached on both sides. 1: it was not so; the lines before say what, and the folder is kept. 2: wrong usage.
"""
import argparse
import collections
import os
import random
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

POINTS = ("before-commit", "after-commit", "before-transmit", "after-transmit", "before-deliver", "after-deliver", "before-handled", "after-handled")
SIDES = ("buyer", "venue")  # initiator, acceptor
STORES = (("sqlite", "process"), ("journal", "process"), ("sqlite", "power"), ("journal", "power"))
SABOTAGES = ("none", "skip-commit", "repeat-number", "early-handled", "unmarked", "deaf")
WHEN_COMPARED = {"settled": "when all had arrived:", "buyer": "when the buyer was dead:", "venue": "when the venue was dead:",
                 "over": "what has not arrived, as it does not recover, and what else is wrong:"}
FEWEST_CYCLES = 4 * len(POINTS)  # each point once on each side, and as many at random moments


class Broken(Exception):
    """The proof has failed; the text says how."""


class Party:
    """One side: a process that is started again and again on the same folder."""

    def __init__(self, program, name, folder, port, store, sabotage, limit):
        self.name, self.folder, self.limit = name, folder, limit
        self.command = lambda life: [program, "party", name, folder, str(port), *store, str(life), sabotage]
        self.lives = 0
        self.process = None
        self.unread = b""

    def spawn(self):
        self.process = subprocess.Popen(self.command(self.lives), stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        self.lives += 1
        self.unread = b""

    def open(self):
        """Starts the process; its store is then open, and what was in it is written down. The engine is not up."""
        self.spawn()
        self.expect("opened")

    def die_while_opening(self, moment):
        """Or a moment later, if it is quick."""
        self.spawn()
        select.select([self.process.stdout], [], [], moment)
        self.kill()

    def tell(self, words):
        try:
            self.process.stdin.write(words.encode() + b"\n")
        except BrokenPipeError:
            pass  # what it said last tells why

    def ask(self, words, answer):
        self.tell(words)
        self.expect(answer)

    def expect(self, answer):
        line = self.read_line(answer)
        if line != answer:
            raise Broken(f"the {self.name} was to say '{answer}' and " + (f"said: {line}" if line else f"ended, with status {self.process.wait()}"))

    def read_line(self, wanted):
        """What it says next; empty: it has ended."""
        end = time.monotonic() + self.limit
        while b"\n" not in self.unread:
            if not select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))[0]:
                raise Broken(f"the {self.name} did not say '{wanted}' within {self.limit:g} s")
            piece = os.read(self.process.stdout.fileno(), 4096)
            if not piece:
                return ""
            self.unread += piece
        line, _, self.unread = self.unread.partition(b"\n")
        return line.decode()

    def lives_for(self, seconds):
        """A moment passes, and it must not end in it."""
        if select.select([self.process.stdout], [], [], seconds)[0]:
            raise Broken(f"the {self.name} ended by itself: {self.read_line('why')}")

    def kill(self):
        self.process.kill()
        self.bury()

    def dies_at(self, point):
        wanted = "reached " + point
        line = self.read_line(wanted)
        while line in ("up", "flowing"):
            line = self.read_line(wanted)
        if line != wanted or self.read_line("nothing more") != "":
            raise Broken(f"the {self.name} was to reach {point} and said: {line}")
        self.bury()

    def bury(self):
        status = self.process.wait()
        if status != -signal.SIGKILL:
            raise Broken(f"the {self.name} ended with status {status} before it was killed, and said: {self.read_line('why')}")
        self.close()

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process = None

    def stop(self):
        self.ask("stop", "stopped")
        if self.read_line("nothing more") != "" or self.process.wait() != 0:
            raise Broken(f"the {self.name} ended with status {self.process.wait()} when it was told to stop")
        self.close()

    def end(self):
        """Whatever has happened."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.close()


class Plan:
    """What happens in a cycle: a function of seed and cycle, so that a seed tells it all."""

    def __init__(self, seed, cycle):
        chance = random.Random(f"{seed}/{cycle}")
        self.cycle = cycle
        self.is_at_point = cycle % 2 == 1
        nth = cycle // 2
        self.side = SIDES[nth % 2]
        self.moment = chance.uniform(0, 0.06)
        self.is_both = not self.is_at_point and chance.random() < 0.15
        self.is_again = chance.random() < 0.25  # killed, too, while it recovers
        self.moment_again = chance.uniform(0, 0.06)
        self.moment_opening = chance.uniform(0, 0.03) if chance.random() < 0.25 else None  # and while it opens its store
        self.point = self.passage = None
        if self.is_at_point:
            # Every 16 cycles at points meet each point on each side, in an order of their own.
            order = list(POINTS)
            random.Random(f"{seed}/{self.side}/{nth // 16}").shuffle(order)
            self.point = order[nth // 2 % len(POINTS)]
            self.passage = chance.randint(1, 8 if self.is_again else 60)

    def __str__(self):
        what = f"at passage {self.passage} of {self.point}" if self.is_at_point else f"after {self.moment * 1000:.0f} ms"
        who = "both sides are" if self.is_both else f"the {self.side} is"
        again = ["while it opens its store"] if self.moment_opening else []
        if self.is_again and not self.is_at_point:
            again.append("while it recovers")
        when = ", while it recovers" if self.is_again and self.is_at_point else ""
        return f"{who} killed {what}{when}" + "".join(f"; and again {one}" for one in again)


def free_port():
    """Below those that the system gives to whoever connects: a client that calls in vain could otherwise be given it, and hold it."""
    for port in random.Random(os.getpid() ^ time.monotonic_ns()).sample(range(10_000, 32_000), 1000):
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise Broken("no port is free")


class Pair:
    """Buyer and venue on fresh stores."""

    def __init__(self, options, folder, stores, counts):
        self.options, self.folder, self.counts = options, folder, counts
        os.mkdir(folder)
        port = free_port()
        self.sides = {name: Party(options.party, name, folder, port, store, options.sabotage, options.limit) for name, store in zip(SIDES, stores)}
        self.buyer, self.venue = self.sides["buyer"], self.sides["venue"]
        self.messages = self.redelivered = 0
        self.slowest = 0.0  # from the start of the last process to a report on a new order

    def begin(self):
        for side in (self.venue, self.buyer):
            side.open()
            self.start(side)
        self.recover()

    def run(self, plan):
        self.buyer.ask("flow", "flowing")
        if plan.is_at_point:
            self.kill_at_point(plan)
        else:
            self.kill_at_random(plan)
        self.recover()

    def kill_at_random(self, plan):
        dead = list(self.sides.values()) if plan.is_both else [self.sides[plan.side]]
        self.buyer.lives_for(plan.moment)
        self.kill(dead, plan)
        self.restart(dead)
        if plan.is_again:
            self.buyer.lives_for(plan.moment_again)
            self.kill(dead)
            self.restart(dead)

    def kill_at_point(self, plan):
        side = self.sides[plan.side]
        arm = f"arm {plan.point} {plan.passage}"
        if plan.is_again:
            self.buyer.lives_for(plan.moment)
            self.kill([side], plan)
            self.restart([side], arm)
        else:
            side.ask(arm, "armed")
        try:
            side.dies_at(plan.point)
        except Broken as why:
            raise Broken(f"the fault point {plan.point} was not reached by the {side.name}: {why}") from None
        self.counts.kills += 1
        self.counts.reached[plan.point, side.name] += 1
        self.kill_while_opening([side], plan)
        self.restart([side])

    def kill(self, dead, plan=None):
        for side in dead:
            side.process.kill()
        for side in dead:
            side.bury()
            self.counts.kills += 1
        if plan:
            self.kill_while_opening(dead, plan)

    def kill_while_opening(self, dead, plan):
        for side in dead if plan.moment_opening else ():
            side.die_while_opening(plan.moment_opening)
            self.counts.kills += 1

    def restart(self, dead, arm=None):
        for side in dead:
            side.open()
        for side in dead:
            self.compare(side.name)
        for side in sorted(dead, key=lambda one: one.name, reverse=True):  # the venue first: it is called
            if arm:
                self.start_armed(side, arm)
            else:
                self.start(side)

    def start(self, side):
        side.ask("start", "up")
        if side is self.buyer:
            side.ask("flow", "flowing")

    def start_armed(self, side, arm):
        """It may die before it can answer."""
        side.ask(arm, "armed")
        side.tell("start")
        if side is self.buyer:
            side.tell("flow")

    def recover(self):
        """Until both are logged on, trade goes on, and, as no more orders are sent, everything has arrived."""
        began = time.monotonic()
        self.buyer.ask("progress", "progress")
        self.slowest = max(self.slowest, time.monotonic() - began)
        self.buyer.ask("settle", "settled")
        for side in self.sides.values():
            side.ask("dump", "dumped")
        self.messages, self.redelivered = self.compare("settled")

    def compare(self, what):
        done = subprocess.run([self.options.party, "compare", self.folder, "settled" if what == "over" else what], capture_output=True, text=True)
        first, *findings = done.stdout.splitlines() or [done.stderr]
        counts = re.match(r"compared (\d+) redelivered (\d+) ", first)
        if not counts:
            raise Broken(f"nothing could be compared: {first}")
        if done.returncode != 0:
            self.counts.findings.update(findings)
            shown = [*findings[:10], *([f"and {len(findings) - 10} more"] if len(findings) > 10 else [])]
            raise Broken("\n".join([WHEN_COMPARED[what], *shown]))
        return int(counts[1]), int(counts[2])

    def look_once_more(self):
        """Behind a failure of something else than a comparison: what is lost or wrong, if it recovers from that."""
        try:
            if self.settles() or self.settles_in_another_life():
                self.compare("settled")
                return ["compared all the same: nothing is lost, duplicated or reused"]
            self.end()
            for side in self.sides.values():
                side.open()
            self.compare("over")
            return ["it does not recover, and all had arrived: nothing is lost, duplicated or reused"]
        except Broken as why:
            return [str(why)]

    def settles(self):
        try:
            self.buyer.tell("settle")
            while self.buyer.read_line("settled") not in ("settled", ""):
                pass
            for side in self.sides.values():
                side.ask("dump", "dumped")
            return True
        except (Broken, AttributeError):  # no answer, or no process
            return False

    def settles_in_another_life(self):
        try:
            self.end()
            for side in (self.venue, self.buyer):
                side.open()
                self.start(side)
            self.buyer.ask("progress", "progress")
            return self.settles()
        except Broken:
            return False

    def last_events(self):
        lines = []
        for name in SIDES:
            path = os.path.join(self.folder, name + ".log", "troupe.events.log")
            if os.path.exists(path):
                with open(path, errors="replace") as f:
                    lines += [f"the last events of the {name}:", *("  " + line.rstrip() for line in f.readlines()[-8:])]
        return lines

    def stop(self):
        for side in (self.buyer, self.venue):
            side.stop()
        shutil.rmtree(self.folder)

    def end(self):
        for side in self.sides.values():
            side.end()


class Counts:
    def __init__(self):
        self.cycles = collections.Counter()  # "random", "point"
        self.reached = collections.Counter()
        self.findings = set()
        self.kills = self.messages = self.redelivered = 0

    def missing(self):
        return [(point, side) for point in POINTS for side in SIDES if not self.reached[point, side]]

    def summary(self, seed):
        both = sum(all(self.reached[point, side] for side in SIDES) for point in POINTS)
        points = f"{both} points, each reached in both roles" if both == len(POINTS) else f"{both} of {len(POINTS)} points reached in both roles"
        found = collections.Counter(finding.split(":")[0] for finding in self.findings)
        other = found["out-of-order"] + found["unknown"]
        return (f"durability: {sum(self.cycles.values())} cycles, {self.cycles['random']} at random moments, {self.cycles['point']} at fault points "
                f"({points}), {self.kills} kills, {self.messages:,} messages compared: {found['lost']} lost, "
                f"{found['duplicated']} duplicated without PossDup, {found['reused']} numbers reused"
                + (f", {other} unknown or out of order" if other else "") + f" ({self.redelivered:,} redelivered, marked); seed {seed}")


def cycles_of_a_pair(cycles):
    """So few that comparing stays cheap, and each mixture of stores has its turn."""
    return min(10, -(-cycles // 8))


def stores_of(pair):
    """Both sides the same, in turn, then each with the next one."""
    return STORES[pair % 4], STORES[(pair + pair // 4) % 4]


def run(options, folder, counts):
    each = cycles_of_a_pair(options.cycles)
    for pair_number in range(options.first // each, -(-options.cycles // each)):
        stores = stores_of(pair_number)
        pair = Pair(options, os.path.join(folder, f"pair-{pair_number}"), stores, counts)
        plan = "the first logon"
        try:
            pair.begin()
            for cycle in range(pair_number * each, min((pair_number + 1) * each, options.cycles)):
                plan = Plan(options.seed, cycle)
                pair.run(plan)
                counts.cycles["point" if plan.is_at_point else "random"] += 1
            pair.stop()
        except Broken as why:
            where = f"in cycle {plan.cycle} ({plan})" if isinstance(plan, Plan) else f"at {plan}"
            is_compared = any(str(why).startswith(when) for when in WHEN_COMPARED.values())
            more = [] if is_compared else pair.look_once_more()
            again = f"once more: --cycles {options.cycles} --seed {options.seed} --from {pair_number * each}"
            raise Broken("\n".join([f"FAILED {where}, buyer on {' '.join(stores[0])}, venue on {' '.join(stores[1])}: {why}", *more, *pair.last_events(), again])) from None
        finally:
            pair.end()
            counts.messages += pair.messages
            counts.redelivered += pair.redelivered
        print(f"cycles {pair_number * each}-{cycle}: buyer on {' '.join(stores[0])}, venue on {' '.join(stores[1])}: {pair.messages:,} messages compared, "
              f"{pair.redelivered:,} redelivered, marked, trade went on within {pair.slowest * 1000:.0f} ms", flush=True)


def read_options(arguments):
    parser = argparse.ArgumentParser(prog="durability", description="Two engines trade and are killed, over and over; nothing may be lost. See docs/durability.md.")
    parser.add_argument("party", help=argparse.SUPPRESS)
    parser.add_argument("--cycles", type=int, default=200, help=f"kills, {FEWEST_CYCLES} at least (default 200)")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3), "big"), help="of all that is left to chance (default: another each time)")
    parser.add_argument("--from", type=int, default=0, dest="first", metavar="CYCLE", help="begin with the pair that has this cycle, to repeat a failure")
    parser.add_argument("--limit", type=float, default=30, help="seconds that anything may take (default 30)")
    parser.add_argument("--folder", help="an empty one for stores and records, instead of a temporary one; what was good is removed")
    parser.add_argument("--sabotage", choices=SABOTAGES, default="none", help="both sides do something wrong, which must be found")
    options = parser.parse_args(arguments)
    if options.cycles < FEWEST_CYCLES:
        parser.error(f"--cycles {options.cycles}: each of {len(POINTS)} fault points is reached in both roles only with {FEWEST_CYCLES} cycles or more")
    if options.folder and os.path.exists(options.folder) and os.listdir(options.folder):
        parser.error(f"--folder {options.folder}: is not empty; name one that is, or that does not exist")
    if not 0 <= options.first < options.cycles:
        parser.error(f"--from {options.first}: not a cycle of {options.cycles}, which are 0 to {options.cycles - 1}")
    return options


def main(arguments):
    options = read_options(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = options.folder or tempfile.mkdtemp(prefix="troupe-durability-")
    os.makedirs(folder, exist_ok=True)
    counts = Counts()
    print(f"durability: seed {options.seed}", flush=True)
    is_good = True
    try:
        run(options, folder, counts)
        if counts.missing() and not options.first:
            raise Broken("FAILED: never reached: " + ", ".join(f"{point} by the {side}" for point, side in counts.missing()))
    except Broken as why:
        is_good = False
        print(why)
        print(f"stores, records and logs: {folder}")
    except KeyboardInterrupt:
        print(f"ended by a signal, without a verdict; stores, records and logs: {folder}")
        return 130
    if is_good and not options.folder:
        shutil.rmtree(folder)
    print(counts.summary(options.seed), flush=True)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
