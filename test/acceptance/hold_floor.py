#!/usr/bin/env python3
"""What passed once must pass: hold_floor.py TARGET

Runs the folders named in floor.txt, those that there are no definitions of as derive.py makes them. Fails if in one of them fewer definitions pass than it says, or if one does not pass
that needs no dictionary (no-dictionary.txt beside the runner).
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import derive
import running_target

FLOOR = pathlib.Path(__file__).with_name("floor.txt")


def read_floor():
    lines = (line.split("#")[0].split() for line in FLOOR.read_text().splitlines())
    return {words[0]: int(words[1]) for words in lines if words}


def derived(version, folder):
    made, left_out = derive.write(version, running_target.FOLDER / "definitions", folder)
    print("acceptance: %s: %d derived from %s, %d left out" % (version.folder, made, version.base, len(left_out)))
    for name, why in left_out.items():
        print("acceptance: %s/%s LEFT OUT: %s" % (version.folder, name, why))


def paths_of(folders, made):
    """Where the definitions of each folder are; `made`: for those that have to be derived."""
    versions = {version.folder: version for version in derive.VERSIONS}
    for folder in folders:
        given = running_target.FOLDER / "definitions" / folder
        if not given.is_dir() and folder in versions:
            given = made / folder
            derived(versions[folder], given)
        yield given


def run(target, paths):
    """All that was run, by name ("fix42/2b_MsgSeqNumTooHigh.def"), and whether it passed; and what was printed."""
    with running_target.running(target) as port:
        command = [sys.executable, running_target.RUNNER, "--port", str(port), "--jobs", str(len(paths)), *paths]
        printed = subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout
    return {name: verdict == "ok" for verdict, name in re.findall(r"^(ok|not ok) (\S+)", printed, re.M)}, printed


def complaints(results, floor):
    for folder, least in floor.items():
        passed = sum(results[name] for name in results if name.startswith(folder + "/"))
        ran = sum(name.startswith(folder + "/") for name in results)
        print("acceptance: %s %d of %d (floor %d)" % (folder, passed, ran, least))
        if passed < least:
            yield "%s: %d passed, and it were %d before" % (folder, passed, least)
        if passed > least:
            print("acceptance: more than ever; write %d for %s into test/acceptance/floor.txt" % (passed, folder))
    for name in (running_target.FOLDER / "no-dictionary.txt").read_text().split():
        if not results.get(name):
            yield "%s needs no dictionary and does not pass" % name


def main():
    if not running_target.is_available():
        print("acceptance: LEFT OUT, there is no %s; TROUPE_ACCEPTANCE names its folder" % running_target.RUNNER)
        return
    floor = read_floor()
    with tempfile.TemporaryDirectory() as made:
        results, printed = run(sys.argv[1], list(paths_of(floor, pathlib.Path(made))))
    found = list(complaints(results, floor))
    if found:
        sys.exit("\n".join([printed, *("acceptance: " + text for text in found)]))


main()
