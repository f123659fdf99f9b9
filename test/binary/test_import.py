"""A desk moves from QuickFIX to the real binary without a reset: test_import.py TROUPE [TEST...]

With QUICKFIX_STORE in the environment QuickFIX C++ itself writes the files (test/interop/quickfix_store.cpp).
"""
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import time
import unittest

from test_run import LIMIT, TROUPE, frame
from test_store import StoreTest

LOGON = frame("A", 1, ["98=0", "108=30", "553=desk", "554=secret"], sender="VENUE", target="CLIENT")


def execution(number, name, sender="VENUE", target="CLIENT"):
    return frame("8", number, [f"11={name}", f"17=E{name}", "37=1", "20=0", "150=2", "39=2", "55=MSFT", "54=1", "38=1", "151=0", "14=1", "6=1"], sender=sender, target=target)


# 1 a Logon, 2 and 3 executions, 4 a heartbeat, 5 and 6 never had a message, 7 an execution; 8 is next.
MESSAGES = {1: LOGON, 2: execution(2, "A"), 3: execution(3, "B"), 4: frame("0", 4, sender="VENUE", target="CLIENT"), 7: execution(7, "C")}
NEXT = (8, 12)
BEGUN = "20261126-07:00:00"


def java_utf(text):
    return struct.pack(">H", len(text.encode())) + text.encode()


def write_files(folder, layout="cpp", prefix="FIX.4.2-VENUE-CLIENT", messages=None, numbers=NEXT):
    folder.mkdir(exist_ok=True)
    messages = MESSAGES if messages is None else messages
    body, header = b"", b""
    for number, message in messages.items():
        size = len(message) if layout != "java" else len(message.decode())
        header += struct.pack(">iqi", number, len(body), size) if layout == "java" else f"{number},{len(body)},{size}{dict(cpp=' ', n=chr(13) + chr(10), go=chr(10))[layout]}".encode()
        body += message
    files = {".body": body, ".header": header, ".session": {"cpp": BEGUN.encode(), "n": (BEGUN + ".000").encode(), "go": b"2026-11-26T09:00:00.5+02:00", "java": java_utf(BEGUN + ".000")}[layout]}
    if layout == "cpp":
        files[".seqnums"] = b"%010d : %010d" % numbers
    elif layout == "n":
        files[".seqnums"] = b"%020d : %020d  " % numbers
    else:
        for ending, n in zip((".senderseqnums", ".targetseqnums"), numbers):
            files[ending] = b"%019d" % n if layout == "go" else java_utf(str(n)) + b"9"  # a longer one before
    for ending, data in files.items():
        (folder / (prefix + ending)).write_bytes(data)


class ImportTest(StoreTest):
    def setUp(self):
        super().setUp()
        self.old = self.folder / "quickfix"

    def imported(self, settings, *more, code=0):
        answer = self.run_to_end("import", self.old, "--into", settings, *more)
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer.stdout if code == 0 else answer.stdout + answer.stderr

    def goes_on(self, settings, expected=("8A", "8B", "4", "8C")):
        """The peer logs on with the numbers it knows, is answered with ours, and gets what it asks for."""
        process, port = self.up(settings)
        client = self.client(port)
        client.send(frame("A", 12, ["98=0", "108=30"]))
        self.assertEqual(client.receive()["34"], "8")
        client.send(frame("2", 13, ["7=1", "16=7"]))
        seen = []
        while not seen or seen[-1]["34"] != "7":
            seen.append(client.receive())
        self.assertEqual([m["35"] + m.get("11", "") for m in seen], ["4", *expected])
        self.assertTrue(all(m["43"] == "Y" for m in seen))
        self.assertEqual([(m["34"], m["36"]) for m in seen if m["35"] == "4"], [("1", "2"), ("4", "7")])
        process.kill()
        process.wait()


class Import(ImportTest):
    def test_each_layout_goes_on_where_it_stopped(self):
        for layout, name in (("cpp", "QuickFIX C++ or QuickFIX/n"), ("n", "QuickFIX C++ or QuickFIX/n"), ("go", "QuickFIX/Go"), ("java", "QuickFIX/J")):
            for kind in ("sqlite", "journal"):
                with self.subTest(layout=layout, kind=kind):
                    self.kind = kind
                    self.old = self.folder / f"{layout}-{kind}"
                    write_files(self.old, layout)
                    settings = self.settings(f"{layout}-{kind}.cfg", more=f"\nStore={kind}\nStorePath={self.folder}/{layout}-{kind}.store\n")
                    plan = self.imported(settings)
                    self.assert_says(plan, f"FIX.4.2:VENUE->CLIENT  from {self.old}/FIX.4.2-VENUE-CLIENT ({name})\n",
                                     "next sender 8, next target 12: 3 application messages, 2 administrative, 2 numbers without a message, which QuickFIX would gap-fill\n", "nothing was changed. With --apply")
                    self.assertFalse((self.folder / f"{layout}-{kind}.store").exists())
                    self.assert_says(self.imported(settings, "--apply"), "imported FIX.4.2:VENUE->CLIENT\n", ": whole: 1 session, 6 records\n")
                    self.assert_says(self.imported(settings, "--apply"), "is in the store already, with these numbers: nothing to do")
                    self.goes_on(settings)

    def test_the_beginning_is_kept_and_passwords_are_not(self):
        write_files(self.old)
        settings = self.store_settings()
        self.imported(settings, "--apply")
        with sqlite3.connect(self.store) as db:
            begun, = db.execute("SELECT created_utc FROM sessions").fetchone()
        self.assertEqual(begun, "2026-11-26 07:00:00")
        self.assertFalse(any(b"secret" in p.read_bytes() for p in self.folder.glob("acceptor.db*")))

    def test_damaged_messages_are_lost_unless_the_operator_has_them_filled(self):
        messages = dict(MESSAGES)
        messages[3] = execution(9, "B")
        messages[2] = execution(2, "A", target="OTHER")
        write_files(self.old, messages=messages)
        body = self.old / "FIX.4.2-VENUE-CLIENT.body"
        body.write_bytes(body.read_bytes()[:-5])
        settings = self.store_settings()
        plan = self.imported(settings)
        self.assert_says(plan, "LOST: message 2: message 2 holds a message of another session: FIX.4.2:VENUE->OTHER. A peer that asks for it needs the operator; --gap-fill-lost",
                         "LOST: message 3: message 3 holds a message with MsgSeqNum(34)=9", "LOST: message 7: .body is shorter than .header says")
        self.assert_says(self.imported(settings, "--apply", code=8), "DAMAGED: messages 2 to 3 are lost", "DAMAGED: message 7 is lost")
        self.assert_says(self.imported(self.store_settings(f"\nStorePath={self.folder}/other.db", "other.cfg"), "--apply", "--gap-fill-lost"), "It will be gap-filled\n", "other.db: whole")

    def test_what_was_stored_and_never_sent_is_left_and_the_later_place_counts(self):
        write_files(self.old, messages={**MESSAGES, 8: execution(8, "NEVER")})
        header = self.old / "FIX.4.2-VENUE-CLIENT.header"
        header.write_bytes(b"3,0,5 " + header.read_bytes() + b"9,12")
        plan = self.imported(self.store_settings(), "--apply")
        self.assert_says(plan, "note: message 8 was stored and never sent", "its last 4 bytes are no entry", "3 application messages")
        self.goes_on(self.folder / "acceptor.cfg")

    def test_a_session_that_was_used_is_replaced_only_if_that_is_said(self):
        write_files(self.old)
        settings = self.store_settings()
        self.traded(settings)
        text = self.imported(settings, "--apply", code=6)
        self.assert_says(text, "the store has this session with next sender 7, next target 7: refused. --replace", "nothing was imported")
        self.assert_says(self.imported(settings, "--apply", "--replace"), "REPLACES this session", "imported FIX.4.2:VENUE->CLIENT")
        self.goes_on(settings)

    def test_no_numbering_is_removed_or_archived(self):
        """That is for the engine, which knows the settings of the day."""
        archive = self.folder / "archive"
        for self.kind in ("sqlite", "journal"):
            for more in ("", f"\nStoreArchivePath={archive}\n"):
                with self.subTest(kind=self.kind, more=more):
                    settings = self.store_settings(more)
                    for following in (8, 9, 10, 11, 12):
                        write_files(self.old, numbers=(following, 12))
                        self.imported(settings, "--apply", "--replace")
                    self.assert_says(self.verified(settings, code=0), "next sender 12, next target 12, numbering 5: ")
                    if self.kind == "sqlite":
                        with sqlite3.connect(self.store) as db:
                            self.assertEqual(db.execute("SELECT generation, count(*) FROM record WHERE kind = 1 GROUP BY generation").fetchall(), [(n, 3) for n in range(1, 6)])
                        db.close()
                        for file in self.folder.glob("acceptor.db*"):
                            file.unlink()
                    else:
                        self.assertEqual(sum(p.read_bytes().count(b"17=EA\x01") for p in self.store.glob("*.seg")), 5)
                        shutil.rmtree(self.store)
                    self.assertFalse(list(archive.glob("*")) if archive.exists() else [])

    def test_a_running_engine_is_left_alone(self):
        write_files(self.old)
        settings = self.store_settings(f"StorePath={self.folder}/acceptor.db")
        process, _ = self.up(settings)
        answer = self.run_to_end("import", self.old, "--into", settings, "--apply")
        self.assertEqual(answer.returncode, 9)
        self.assert_says(answer.stderr, f"in use by process {process.pid} on ")

    def test_names_with_subs_and_other_sessions(self):
        settings = self.store_settings(session="SenderSubID=SUB\nTargetLocationID=NY\n[SESSION]\nTargetCompID=IDLE\n")
        write_files(self.old, "java", prefix="FIX.4.2-VENUE_SUB-CLIENT_NY")
        write_files(self.old, prefix="FIX.4.4-A-B")
        self.assert_says(self.imported(settings), "FIX.4.2-VENUE_SUB-CLIENT_NY (QuickFIX/J)", "left alone: FIX.4.4-A-B: no session of ")
        write_files(self.old)
        self.assert_says(self.imported(settings, code=6), "Take the files of one of them away")

    def test_what_cannot_be_understood_is_refused_with_what_was_expected(self):
        settings = self.store_settings()
        self.assert_says(self.imported(settings, code=9), "is no folder, expected the FileStorePath of QuickFIX")
        self.old.mkdir()
        self.assert_says(self.imported(settings, code=9), "has no store of a session of ", "expected files of FIX.4.2-VENUE-CLIENT")
        for ending, data, why in ((".seqnums", b"abc", "expected two numbers greater than 0 (7 : 9), found 'abc'"), (".seqnums", b"0 : 1", "expected two numbers"),
                                  (".seqnums", None, "its numbers are missing"), (".session", b"yesterday", "expected 20261126-07:00:00, found 'yesterday'"), (".body", None, "expected both .body and .header")):
            with self.subTest(ending=ending, data=data):
                write_files(self.old)
                file = self.old / ("FIX.4.2-VENUE-CLIENT" + ending)
                file.unlink() if data is None else file.write_bytes(data)
                self.assert_says(self.imported(settings, code=9), why)
        self.assertEqual(self.run_to_end("import", self.old).returncode, 2)
        self.assert_says(self.imported(settings, "-s", "NOBODY", code=6), "no session is called NOBODY")

    def test_numbers_without_messages(self):
        write_files(self.old)
        for ending in (".body", ".header"):
            (self.old / ("FIX.4.2-VENUE-CLIENT" + ending)).unlink()
        self.assert_says(self.imported(self.store_settings(), "--apply"), "numbers only", "7 numbers without a message", "whole: 1 session, 1 record")

    def test_killed_at_any_time_it_is_there_or_not(self):
        """What the store has after a kill is nothing, a session that was never used, or all of it."""
        write_files(self.old, messages={n: execution(n, f"M{n}") for n in range(1, 10001)}, numbers=(10001, 9))
        for self.kind in ("sqlite", "journal"):
            settings = self.store_settings(name=self.kind + ".cfg")
            begun = time.monotonic()
            self.imported(settings)
            takes = time.monotonic() - begun
            killed = 0
            for step in range(1, 13):
                process = subprocess.Popen([TROUPE, "import", str(self.old), "--into", str(settings), "--apply"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                try:
                    process.wait(takes * step / 4)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                    killed += 1
                answer = self.run_to_end("verify-store", settings, "--json")
                if answer.returncode == 0:
                    found = [(s["next_sender"], s["next_target"], s["records"]) for s in json.loads(answer.stdout)["sessions"]]
                    self.assertIn(found, ([], [(1, 1, 0)], [(10001, 9, 10000)]))
                else:  # it was killed before there was a store
                    self.assertEqual(answer.returncode, 9, answer.stdout)
                    self.assertRegex(answer.stderr, "is not there|is empty: it was stopped while it was made")
            self.assertGreater(killed, 1)
            self.imported(settings, "--apply")
            self.assert_says(self.verified(settings, code=0), "next sender 10001, next target 9, numbering 1: 10000 records, whole")

    def test_sizes_of_java_count_characters(self):
        body = "35=8|34=3|49=VENUE|56=CLIENT|52=20261126-08:00:00|11=B|58=Zürich €|".replace("|", "\x01").encode()
        zurich = b"8=FIX.4.2\x019=%d\x01" % len(body) + body
        zurich += b"10=%03d\x01" % (sum(zurich) % 256)
        write_files(self.old, "java", messages={**MESSAGES, 3: zurich})
        self.assert_says(self.imported(self.store_settings(), "--apply"), "3 application messages", "whole: 1 session, 6 records")


@unittest.skipUnless("QUICKFIX_STORE" in os.environ, "QuickFIX C++ is not installed")
class ImportOfQuickFix(ImportTest):
    def quickfix(self, *arguments, text=""):
        answer = subprocess.run([os.environ["QUICKFIX_STORE"], str(self.old), "FIX.4.2", "VENUE", "CLIENT", "", *arguments], input=text, capture_output=True, text=True, timeout=LIMIT)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return answer.stdout

    def test_its_own_files_go_on(self):
        self.old.mkdir()
        self.quickfix(*map(str, NEXT), text="".join(f"{n} {m.decode()}\n".replace("\x01", "|") for n, m in MESSAGES.items()))
        begun = self.quickfix().split()
        self.assertEqual(begun[:2], ["8", "12"])
        settings = self.store_settings()
        self.assert_says(self.imported(settings, "--apply"), "3 application messages, 2 administrative", "whole: 1 session, 6 records")
        with sqlite3.connect(self.store) as db:
            created, = db.execute("SELECT created_utc FROM sessions").fetchone()
        self.assertEqual(created.replace("-", "").replace(" ", "-"), begun[2][:17])
        self.goes_on(settings)


if __name__ == "__main__":
    import sys
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
