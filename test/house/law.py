#!/usr/bin/env python3
"""The law of the house: which room may include what, and where clocks and chance may come from.

    law.py ROOT          exit status 1 and a line `file:line: what, and what to do instead` for every breach
    law.py --self-test   makes a small house with one breach of each kind and expects to find each of them
"""
import pathlib
import re
import sys
import tempfile

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
STD = re.compile(r"[a-z_0-9]+")  # <vector>: no folder, no ending
C_HEADERS = {"nmmintrin.h", "emmintrin.h", "immintrin.h"}  # the processor's own instructions
POSIX = re.compile(r"(sys|netinet|arpa)/[a-z_]+\.h|[a-z_]+\.h")
DATABASES = {"sqlite3.h", "libpq-fe.h"}
OWN = re.compile(r"(protocol|store|actors|apps|test|bench)/")
CONSUMER = "test/install/consumer/"  # a project of somebody else, with headers of its own
ASIO_OWNERS = re.compile(r"actors/(testing/)?(reactor|connection|acceptor|control)[a-z_]*\.(hpp|cpp)")
REACTOR = re.compile(r"actors/(reactor|virtual_reactor|timer_wheel)[a-z_]*\.(hpp|cpp)")

# Clocks, chance and waiting, which belong to the reactor: pattern, what to do instead, files that may all the same.
ELSEWHERE = [
    (re.compile(r"\bdelayed_(anon_)?send\b"), "arm the heartbeat timer instead of CAF's clock", None),
    (re.compile(r"\brequest\s*\([^;]*?std::chrono|caf::duration\b"), "requests wait without a time limit of CAF's; arm a timer", None),
    (re.compile(r"\b(system|steady|high_resolution)_clock::now\b"), "take `now` from the reactor", None),
    (re.compile(r"\bstd::random_device\b|\bs?rand\s*\("), "take chance from the reactor, which has the seed", None),
    (re.compile(r"(?<![\w:.>])(::)?(time|gettimeofday|clock_gettime)\s*\("), "take `now` from the reactor", None),
]
# The logs stamp lines on a thread of their own; they decide nothing.
CLOCK_EXEMPT = re.compile(r"actors/(event_log|message_log|log_)[a-z_]*\.(hpp|cpp)")
SLEEP = re.compile(r"\bsleep_(for|until)\b|(?<![\w.])u?sleep\s*\(|\bnanosleep\s*\(")


def sources(root):
    for room in ("protocol", "store", "actors", "apps", "test"):
        for path in sorted((root / room).rglob("*")):
            if path.suffix in (".hpp", ".cpp"):
                yield path.relative_to(root).as_posix(), path


def include_breach(name, kind, header):
    """What is wrong with this include in this file, or None."""
    room = name.split("/")[0]
    own = OWN.match(header) if kind == '"' else None
    target = own.group(1) if own else None
    if kind == '"' and not own and not name.startswith(CONSUMER):
        return "name our own headers from the root: \"room/file.hpp\"; generated ones in <>"
    allowed = {"protocol": {"protocol"}, "store": {"protocol", "store"}, "actors": {"protocol", "store", "actors"}}
    if room in allowed and target and target not in allowed[room]:
        return "%s/ must not know %s/" % (room, target)
    if target == "apps" and room not in ("apps", "test"):
        return "nobody includes apps/"
    if kind == "<":
        if header.startswith("caf/") and name != "actors/caf.hpp" and room != "test":
            return "CAF comes through actors/caf.hpp, which knows its versions"
        if header.startswith("asio") and room in ("protocol", "store", "actors") and not ASIO_OWNERS.fullmatch(name):
            return "only reactor, connection, acceptor and control know Asio"
        if room == "protocol" and not (STD.fullmatch(header) or header in C_HEADERS):
            if not (header == "pugixml.hpp" and name.startswith("protocol/dictionary") and name.endswith(".cpp")):
                return "protocol/ includes the standard library only"
        if room == "store" and not (STD.fullmatch(header) or header in C_HEADERS or header in DATABASES or POSIX.fullmatch(header)):
            return "store/ includes the standard library, files and its database clients only"
    return None


def breaches(root):
    for name, path in sources(root):
        in_comment = False
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            match = INCLUDE.match(line)
            if match:
                wrong = include_breach(name, *match.groups())
                if wrong:
                    yield name, number, "%s: %s" % (match.group(2), wrong)
                continue
            code = re.sub(r'"(\\.|[^"\\])*"', '""', line).split("//")[0]
            room = name.split("/")[0]
            if room in ("protocol", "store", "actors") and not REACTOR.fullmatch(name) and not CLOCK_EXEMPT.fullmatch(name):
                for pattern, instead, _ in ELSEWHERE:
                    if pattern.search(code):
                        yield name, number, "%s: %s" % (pattern.search(code).group(0).strip(), instead)
            if room == "test" and SLEEP.search(code):
                yield name, number, "tests do not sleep: wait for a condition, or use virtual time"


CRIMES = {
    "protocol/a.hpp": ["#include <asio.hpp>", "#include <sys/socket.h>", '#include "store/x.hpp"'],
    "protocol/b.cpp": ["auto t = std::chrono::system_clock::now();", "#include <pugixml.hpp>"],
    "store/a.cpp": ["#include <caf/all.hpp>", '#include "actors/x.hpp"', "#include <spdlog/spdlog.h>"],
    "actors/session.cpp": ["#include <asio/ip/tcp.hpp>", "#include <caf/all.hpp>", '#include "apps/main.hpp"', "self->delayed_send(x);",
                           "std::random_device d;", "time(nullptr);", '#include "session.hpp"'],
    "test/a.cpp": ["std::this_thread::sleep_for(1s);", "usleep(10);"],
}
VIRTUES = {
    "protocol/dictionary.cpp": ["#include <vector>", "#include <pugixml.hpp>", "// system_clock::now() is not called here"],
    "store/b.cpp": ["#include <sqlite3.h>", "#include <libpq-fe.h>", "#include <fcntl.h>", '#include "protocol/x.hpp"'],
    "actors/reactor.cpp": ["#include <asio.hpp>", "std::chrono::steady_clock::now();", '#include "actors/caf.hpp"'],
    "actors/caf.hpp": ["#include <caf/all.hpp>"],
    "test/install/consumer/a.cpp": ['#include "fix44/logon.hpp"'],
    "apps/main.cpp": ['#include "actors/x.hpp"', "std::chrono::steady_clock::now();"],
}


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, lines in {**CRIMES, **VIRTUES}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text("\n".join(lines) + "\n")
        found = {(name, number) for name, number, _ in breaches(root)}
    expected = {(name, n) for name, lines in CRIMES.items() for n in range(1, len(lines) + 1)}
    for name, number in sorted(expected - found):
        print("not found: %s:%d %s" % (name, number, CRIMES[name][number - 1]))
    for name, number in sorted(found - expected):
        print("wrongly found: %s:%d" % (name, number))
    return 0 if found == expected else 1


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    root = pathlib.Path(sys.argv[1])
    if not any(True for _ in sources(root)):
        print("%s: no sources found" % root)
        return 2
    found = list(breaches(root))
    for name, number, text in found:
        print("%s:%d: %s" % (name, number, text))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
