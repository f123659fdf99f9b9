#!/usr/bin/env python3
"""Line coverage a room a line, from what gcovr finds: coverage.py BUILD ROOM..."""
import json
import subprocess
import sys

build, rooms = sys.argv[1], sys.argv[2:]
summary = build + "/coverage.json"
subprocess.run(["gcovr", "--root", ".", "--object-directory", build, "--json-summary", summary, "--exclude-directories", ".*CompilerIdCXX", "--html-details", build + "/coverage.html"]
               + ["--filter=%s/" % room for room in rooms] + [build], check=True)
with open(summary, encoding="utf-8") as file:
    files = json.load(file)["files"]
for room in rooms + [""]:
    inside = [f for f in files if f["filename"].startswith(room + "/" if room else "")]
    total = sum(f["line_total"] for f in inside)
    reached = sum(f["line_covered"] for f in inside)
    if total == 0:
        sys.exit("no lines of %s/ were found: was it built?" % room)
    print("%-10s %6d of %6d lines  %5.1f %%" % (room + "/" if room else "all", reached, total, 100 * reached / total))
print("every line: %s/coverage.html" % build)
