#!/usr/bin/env python3
"""docs/conformance.md: each rule of the session layer, what holds it, and what a run of it gave.

    page.py check ROOT NAME=BINARY...    runs it all; exit status 1 and a line for each thing that is wrong
    page.py write ROOT NAME=BINARY...    the same, and writes the page
    page.py --self-test                  a rule without a test, and a test that fails, are found

Rules stand in rules.txt. Transcripts name the rules they hold; what other tests hold stands in elsewhere.txt.
"""
import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

HERE = pathlib.Path(__file__).parent
Rule = collections.namedtuple("Rule", "id section text")
Held = collections.namedtuple("Held", "rule scenario binary test what is_awaited")
Transcript = collections.namedtuple("Transcript", "name scenario rules says")

HEAD = """# Conformance

Every rule of the session layer, the tests that hold it, and what they gave: made by a run, with the target `conformance`
(`./dev build dev --target conformance`). A rule without a test, a test without a rule, or a page that is not what the run gives
fails the test `conformance.page`.

Scenarios have the numbers of the FIX Trading Community's session test cases where there is one. A transcript
([how to read one](../test/scenarios/transcripts/README.md)) is played by the session machine in virtual time, with the dictionaries
of each version and its settings read from a settings file, as acceptor (A) and as initiator (I).
"""


def read_rules(text):
    section, rules = "", []
    for line in text.splitlines():
        if line.startswith("# -- "):
            section = line[5:]
        elif line and not line.startswith("#"):
            rule, words = line.split(None, 1)
            rules.append(Rule(rule, section, words))
    return rules


def read_elsewhere(text):
    for line in text.splitlines():
        if line and not line.startswith("#"):
            rule, binary, test, what = (part.strip() for part in line.split("|"))
            rule, _, scenario = rule.partition(" ")
            yield Held(rule, scenario, binary.lstrip("!"), test, what, binary.startswith("!"))


def read_transcript(path):
    head = dict(re.findall(r"^(\w+): +(.*)$", path.read_text().split("\n\n")[0], re.M))
    missing = [key for key in ("scenario", "rule", "says") if key not in head]
    if missing:
        sys.exit("%s: no heading %s" % (path, ", ".join(missing)))
    return Transcript(path.stem, head["scenario"], [rule.strip() for rule in head["rule"].split(",")], head["says"])


def run(binary, selection, root):
    """{suite/case: passed} of the selected suites."""
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.xml"
        environment = dict(os.environ, TROUPE_DICTIONARIES=str(root / "dictionaries"))
        command = [binary, "--run_test=" + ":".join(selection), "--logger=JUNIT,error," + str(report), "--report_level=no"]
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        is_written = report.exists() and report.stat().st_size > 0  # it is not if there is no such test
        cases = ET.parse(report).iter("testcase") if is_written else []
        return {case.get("classname").replace(".", "/") + "/" + case.get("name"): case.find("failure") is None and case.find("error") is None
                for case in cases if case.find("skipped") is None}


def results_of(test, results):
    """Of one case, or of all cases of a suite."""
    return [passed for name, passed in results.items() if name == test or name.startswith(test + "/")]


def complaints(rules, transcripts, elsewhere, played, others):
    known = {rule.id for rule in rules}
    named = {rule for t in transcripts for rule in t.rules} | {held.rule for held in elsewhere}
    yield from ("rule %s has no test" % rule for rule in sorted(known - named))
    yield from ("there is no rule %s, which a test names" % rule for rule in sorted(named - known))
    for t in transcripts:
        got = results_of("transcripts/" + t.name, played)
        if not got:
            yield "transcript %s was not played" % t.name
        elif not all(got):
            yield "transcript %s fails %d of %d times" % (t.name, got.count(False), len(got))
    for held in elsewhere:
        got = results_of(held.test, others.get(held.binary, {}))
        if held.is_awaited and got:
            yield "%s is there: take its ! out of elsewhere.txt" % held.test
        elif not held.is_awaited and not got:
            yield "rule %s: there is no test %s in %s" % (held.rule, held.test, held.binary)
        elif not all(got):
            yield "rule %s: %s fails" % (held.rule, held.test)


def verdict(got):
    return "passes" if all(got) else "**fails**"


def where(name, played):
    """4.2–5.0SP2 × A I"""
    cases = [key.rsplit("/", 1)[1].rsplit("_", 1) for key in played if key.startswith("transcripts/%s/" % name)]
    versions = list(dict.fromkeys(version for version, _ in cases))
    roles = " ".join(letter for letter, role in (("A", "acceptor"), ("I", "initiator")) if any(role == case[1] for case in cases))
    return "%s × %s" % (versions[0] if len(versions) == 1 else versions[0] + "–" + versions[-1], roles)


def page(rules, transcripts, elsewhere, played, others):
    lines = [HEAD]
    awaited = sum(held.is_awaited for held in elsewhere)
    lines.append("%d rules, %d transcripts played %d times, %d tests elsewhere%s.\n" % (
        len(rules), len(transcripts), len(played), len(elsewhere) - awaited, ", %d not there yet" % awaited if awaited else ""))
    section = None
    for rule in rules:
        if rule.section != section:
            section = rule.section
            lines += ["\n## %s\n" % section, "| scenario | rule | test | versions × roles | result |", "|---|---|---|---|---|"]
        first = "**%s** %s" % (rule.id, rule.text)
        for t in (t for t in transcripts if rule.id in t.rules):
            got = results_of("transcripts/" + t.name, played)
            lines.append("| %s | %s | [%s](../test/scenarios/transcripts/%s.txt): %s | %s | %s |" % (
                t.scenario, first, t.name, t.name, t.says, where(t.name, played), verdict(got)))
            first = rule.id
        for held in (held for held in elsewhere if held.rule == rule.id):
            got = results_of(held.test, others.get(held.binary, {}))
            lines.append("| %s | %s | `test_%s` %s: %s | | %s |" % (
                held.scenario, first, held.binary, held.test, held.what, "not there yet" if held.is_awaited else verdict(got)))
            first = rule.id
    return "\n".join(lines) + "\n"


def self_test():
    rules = [Rule("L1", "Logon", "a rule"), Rule("L2", "Logon", "another")]
    transcripts = [Transcript("a", "1B", ["L1"], "it works")]
    found = lambda *more: list(complaints(rules, transcripts, *more))
    assert found([], {"transcripts/a/4.2_acceptor": True}, {}) == ["rule L2 has no test"]
    held = [Held("L2", "", "session", "s/c", "", False)]
    assert found(held, {"transcripts/a/4.2_acceptor": True}, {"session": {"s/c": True}}) == []
    assert found(held, {"transcripts/a/4.2_acceptor": False}, {"session": {"s/c": False}}) == ["transcript a fails 1 of 1 times", "rule L2: s/c fails"]
    assert found(held, {}, {}) == ["transcript a was not played", "rule L2: there is no test s/c in session"]
    awaited = [Held("L2", "", "session", "s/c", "", True), Held("L9", "", "session", "x/y", "", True)]
    assert found(awaited, {"transcripts/a/4.2_acceptor": True}, {"session": {"s/c": True}}) == [
        "there is no rule L9, which a test names", "s/c is there: take its ! out of elsewhere.txt"]


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    if len(sys.argv) < 4 or sys.argv[1] not in ("check", "write"):
        sys.exit(__doc__)
    root, binaries = pathlib.Path(sys.argv[2]), dict(argument.split("=", 1) for argument in sys.argv[3:])
    rules = read_rules((HERE / "rules.txt").read_text())
    elsewhere = list(read_elsewhere((HERE / "elsewhere.txt").read_text()))
    transcripts = sorted((read_transcript(path) for path in (root / "test/scenarios/transcripts").glob("*.txt")), key=lambda t: t.name)
    played = run(binaries.pop("conformance"), ["transcripts"], root)
    others = {name: {} for name in binaries}
    for name, results in others.items():
        mine = [held for held in elsewhere if held.binary == name]
        results.update(run(binaries[name], sorted({held.test for held in mine if not held.is_awaited}), root))
        for held in (held for held in mine if held.is_awaited):
            results.update(run(binaries[name], [held.test], root))
    wrong = list(complaints(rules, transcripts, elsewhere, played, others))
    made, file = page(rules, transcripts, elsewhere, played, others), root / "docs/conformance.md"
    if sys.argv[1] == "write":
        file.write_text(made)
    elif not file.exists() or file.read_text() != made:
        wrong.append("docs/conformance.md is not what the run gives: build the target conformance")
    if wrong:
        sys.exit("\n".join("conformance: " + text for text in wrong))


main()
