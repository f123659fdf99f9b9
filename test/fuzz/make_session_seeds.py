#!/usr/bin/env python3
"""Makes the seeds of fuzz_session from the dialogues of the session's tests: make_session_seeds.py TESTS_FOLDER SEEDS_FOLDER

A test case becomes one script (session_script.hpp): its settings by name, and in the order of the text what it lets happen.
What a test works out while it runs is not known here, so a script may take another way than its test; a seed it is all the same.
"""
import pathlib
import random
import re
import sys

LETTERS = {
    "reset_on_logon": "l", "reset_on_logout": "o", "reset_on_disconnect": "r", "send_reset_flag": "f", "reset_on_error": "e",
    "disconnect_on_error": "E", "use_next_expected": "n", "resend_chunk": "c", "close_resend_request": "C", "ask_redundantly": "a",
    "replay_page_records": "p", "replay_low_water": "P", "max_held_messages": "m", "max_unhandled_messages": "m",
    "max_uncommitted_bytes": "m", "max_repeated_resends": "m", "has_may_resend_hook": "H", "has_authenticate_hook": "A",
    "has_prepare_logon_hook": "L", "reject_garbled": "g", "check_numbers": "u", "fill_damaged_records": "x", "resend_rejects": "j",
    "resend_messages": "q", "serve_replayed_requests": "y", "send_last_processed": "s", "reject_invalid": "v", "override_heart_bt_int": "b",
    "is_test": "t", "logout_at_silence": "z", "check_silence": "k", "require_orig_sending_time": "w", "check_comp_id": "S",
    "check_latency": "T", "logon_fields": "F", "dictionaries": "d",
}
VERSIONS = {"FIX.4.0": "0", "FIX.4.1": "1", "FIX.4.3": "3", "FIX.4.4": "4", "FIXT.1.1": "5"}
MOODS = {"fails": "mf", "waits": "mw", "commits": "mc"}
STEPS = [
    (r'\.connect\(\)', lambda m: "c"),
    (r'\.log_on\(([^)]*)\)', lambda m: log_on(m.group(1))),
    (r'\.peer\("((?:[^"\\]|\\.)*)"', lambda m: "<" + m.group(1)),
    (r'\.drop\(\)', lambda m: "d"),
    (r'\.crash\(\)', lambda m: "x"),
    (r'\.submit\("(\w+)", "([^"]*)"', lambda m: "s%s %s" % m.groups()),
    (r'\.advance\((\d+)(ms|s|min)\)', lambda m: "t%d" % (int(m.group(1)) * {"ms": 1, "s": 1000, "min": 60000}[m.group(2)])),
    (r'\.handle\((\d+)', lambda m: "a1"),
    (r'store\.how = fake_store::mood::(\w+)', lambda m: MOODS.get(m.group(1), "")),
    (r'handles_at_once = (\w+)', lambda m: "mH" if m.group(1) == "false" else "mh"),
    (r'fetches_at_once = (\w+)', lambda m: "mR" if m.group(1) == "false" else "mr"),
    (r'answers_hooks = (\w+)', lambda m: "mK" if m.group(1) == "false" else "mk"),
    (r'event::authenticated\{[^,]*, (\w+)', lambda m: "q" if m.group(1) == "true" else "Q"),
    (r'event::(?:logon_prepared|resend_decided)\{', lambda m: "q"),
    (r'event::logout_requested', lambda m: "l"),
    (r'event::reset_requested', lambda m: "o"),
    (r'event::period_began', lambda m: "p"),
    (r'event::application_restarted', lambda m: "X"),
    (r'event::unsupported', lambda m: "v"),
    (r'event::wrote\{[^,]*, ([\d\']+)', lambda m: "b" + m.group(1).replace("'", "")),
    (r'store\.damaged', lambda m: "gd"),
    (r'store\.lost', lambda m: "gm"),
    (r'\.run\(\)', lambda m: ""),
]


def log_on(numbers):
    theirs = (numbers.split(",") + ["1"])[1].strip() if "," in numbers else "1"
    return "c\n<35=A|34=%s|98=0|108=30|" % theirs


def settings(text, whole_file):
    letters = "i" if re.search(r"initiator\(\)|role::initiator", text) else ""
    for version, letter in VERSIONS.items():
        if version in text or (version == "FIXT.1.1" and "fixt(" in text):
            letters += letter
    if "with_dictionaries" in text:
        letters += "5" * ("5" not in letters and "FIXT" in whole_file) + "d"
    return letters + "".join(letter for name, letter in LETTERS.items() if re.search(r"\b%s\b" % name, text) and letter not in letters)


def script_of(text, whole_file):
    found = [(m.start(), make(m)) for pattern, make in STEPS for m in re.finditer(pattern, text)]
    steps = [step for _, step in sorted(found) if step]
    return settings(text, whole_file) + "\n" + "\n".join(steps) + "\n" if len(steps) > 2 else None


# Numbers for two machines on a wire.
def pair(number):
    return b"P" + random.Random(number).randbytes(400)


def main():
    tests, seeds = map(pathlib.Path, sys.argv[1:3])
    seeds.mkdir(parents=True, exist_ok=True)
    for old in [*seeds.glob("session_*"), *seeds.glob("pair_*")]:
        old.unlink()
    for file in sorted(tests.glob("session_*_test.cpp")):
        text = file.read_text()
        for case in re.finditer(r"BOOST_AUTO_TEST_CASE\((\w+)\) \{\n(.*?)\n\}\n", text, re.S):
            script = script_of(case.group(2), text)
            if script:
                (seeds / ("%s.%s" % (file.stem.replace("_test", ""), case.group(1)))[:120]).write_text(script)
    for number in range(8):
        (seeds / ("pair_%d" % number)).write_bytes(pair(number))


main()
