"""The store of the real binary, repaired as an operator would: test_repair.py TROUPE [TEST...]"""
import json
import shutil
import sqlite3
import struct
import subprocess
import time
import unittest

from test_run import TROUPE, crc32c, frame
from test_store import StoreTest

NAME = "FIX.4.2:VENUE->CLIENT"


class RepairTest(StoreTest):
    def repaired(self, *arguments, code):
        answer = self.run_to_end("repair-store", *arguments)
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer.stdout + answer.stderr

    def damages(self, settings, code=8):
        return [(d["kind"], d.get("first"), d.get("last")) for d in self.verified_json(settings, code=code)["damages"]]

    def content(self):
        files = [self.store] if self.store.is_file() else sorted(self.store.iterdir())
        return {f.name: f.read_bytes() for f in files}

    def damage(self, number):
        """One byte of a message."""
        if self.kind == "sqlite":
            return self.change("UPDATE record SET frame = frame || 'x' WHERE generation = 2 AND number = ?", number)
        for segment in self.store.glob("*.seg"):
            data = bytearray(segment.read_bytes())
            at = data.find(b"11=O%d\x01" % (number - 2))
            if at >= 0:
                data[at + 3] ^= 1
                segment.write_bytes(data)
                return None
        return self.fail("no such message")

    def killed_while_repaired(self, settings, times):
        """A repair for each step, killed the later the further, up to twice what a plan takes; some of them must have been."""
        begun = time.monotonic()
        self.repaired(settings, "--gap-fill-lost", code=8)
        takes = time.monotonic() - begun
        killed = 0
        for step in range(1, times + 1):
            process = subprocess.Popen([TROUPE, "repair-store", str(settings), "--gap-fill-lost", "--apply", "--no-copy"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(takes * step * 2 / times)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                killed += 1
            yield step
        self.assertGreater(killed, 0)

    def replayed(self, settings):
        """What a peer gets that asks for all of it."""
        process, port = self.up(settings)
        client = self.client(port)
        client.send(frame("A", 7, ["98=0", "108=30"]))
        client.receive_until("A")
        client.send(frame("2", 8, ["7=1", "16=6"]))
        seen = []
        while not seen or int(seen[-1].get("36", int(seen[-1]["34"]) + 1)) < 7:
            seen.append(client.receive())
        process.kill()
        process.wait()
        return [(m["35"], int(m["34"]), int(m.get("36", 0))) for m in seen]


class Repair(RepairTest):
    def test_the_plan_changes_nothing_and_what_it_says_is_done(self):
        settings = self.store_settings()
        self.traded(settings)
        self.assert_says(self.repaired(settings, code=0), "whole, there is nothing to repair")
        self.damage(4)
        before = self.content()
        self.assert_says(self.repaired(settings, code=8), "message 4 does not fit its checksum: stays, unless --gap-fill-lost")
        self.assert_says(self.repaired(settings, "--gap-fill-lost", code=8), f"* {NAME}: message 4 becomes a number that never carried a message", "nothing was changed. With --apply")
        self.assertEqual(self.content(), before)
        done = self.repaired(settings, "--gap-fill-lost", "--apply", code=0)
        copy = self.folder / (self.store.name + ".before-repair")
        self.assert_says(done, f"copied to {copy}\n", "done\n", "numbering 2: 6 records, whole\n")
        self.verified("--store", copy, code=8)
        self.assertEqual(self.replayed(settings), [("4", 1, 2), ("8", 2, 0), ("8", 3, 0), ("4", 4, 5), ("8", 5, 0), ("8", 6, 0)])

    def test_a_running_engine_is_named_and_left_alone(self):
        settings = self.store_settings()
        process, _ = self.trade(settings)
        for more in ([], ["--apply"]):
            self.assert_says(self.repaired(settings, *more, code=6), f"in use by process {process.pid} on ")

    def test_numbers_are_raised_and_never_lowered(self):
        settings = self.store_settings()
        self.traded(settings)
        for wish, code, word in (("CLIENT=3", 9, "a number is never lowered"), ("CLIENT=x", 2, "expected SESSION=N"), ("CLIENT", 2, "expected SESSION=N"), ("NOBODY=9", 6, "no session is called NOBODY")):
            self.assert_says(self.repaired(settings, "--set-next-target", wish, "--apply", code=code), word)
        self.repaired(settings, "--set-next-target", "CLIENT=20", "--apply", "--no-copy", code=0)
        self.assertFalse((self.folder / (self.store.name + ".before-repair")).exists())
        self.assert_says(self.verified(settings, code=0), "next sender 7, next target 20, numbering 2: 6 records, whole")

    def test_killed_at_any_time_it_is_as_before_or_as_it_should_be(self):
        settings = self.store_settings()
        self.traded(settings, 300)
        self.damage(10)
        self.damage(200)
        kept = self.folder / "kept"
        (shutil.copytree if self.store.is_dir() else shutil.copy)(self.store, kept)
        damaged = [("record-damaged", 10, 10), ("record-damaged", 200, 200)]
        for _ in self.killed_while_repaired(settings, 12):
            answer = self.run_to_end("verify-store", settings, "--json")
            found = [(d["kind"], d["first"], d["last"]) for d in json.loads(answer.stdout)["damages"] if not d["is_harmless"]]
            self.assertIn(found, ([], damaged))
            if not found:
                for left in self.folder.glob(self.store.name + "-*"):
                    left.unlink()
                if self.store.is_dir():
                    shutil.rmtree(self.store)
                    shutil.copytree(kept, self.store)
                else:
                    shutil.copy(kept, self.store)
        self.repaired(settings, "--gap-fill-lost", "--apply", "--no-copy", code=0)


class RepairSqlite(RepairTest):
    def test_numbers_that_are_damaged_are_set_by_the_operator(self):
        settings = self.store_settings()
        self.traded(settings)
        self.change("UPDATE session SET next_sender = 3, next_target = 4")
        self.assertEqual(self.start(settings).wait(30), 3)
        self.assert_says(self.repaired(settings, "--apply", code=8), "Next sender is 7 by its messages; what the counterparty sends next only he knows", f"--set-next-target {NAME}=N")
        self.assert_says(self.repaired(settings, "--set-next-target", "CLIENT=7", "--set-next-sender", "CLIENT=6", code=9), "there are messages up to 6")
        self.repaired(settings, "--set-next-target", "CLIENT=7", "--apply", code=0)
        self.assertEqual(len(self.replayed(settings)), 6)

    def test_what_was_lost_and_what_stands_ahead(self):
        settings = self.store_settings()
        self.traded(settings)
        self.change("DELETE FROM record WHERE number IN (3, 4)")
        crc = crc32c(struct.pack("<5Q", 2, 9, 9, 1, 0), crc32c(NAME.encode()))
        message = frame("8", 9, ["11=X"], sender="VENUE", target="CLIENT")
        with sqlite3.connect(self.store) as db:
            row = db.execute("SELECT max(id) + 1 FROM record").fetchone()[0]
        db.close()
        crc = crc32c(struct.pack("<2Q", row, 0), crc32c(message, crc))
        self.change("INSERT INTO record (id, session, generation, number, last, kind, token, crc, frame) VALUES (?, 1, 2, 9, 9, 1, 0, ?, ?)", row, crc, message)
        self.assertEqual(self.damages(settings), [("session-numbers", None, None), ("record-lost", 3, 4), ("record-lost", 7, 8)])  # of 9 nobody says what was handled with it
        text = self.repaired(settings, "--gap-fill-lost", "--apply", code=8)
        self.assert_says(text, "Next sender is 10 by its messages; what the counterparty sends next only he knows")
        self.assertEqual(self.damages(settings), [("session-numbers", None, None)])
        self.assert_says(self.repaired(settings, "--set-next-target", "CLIENT=7", "--apply", code=0), "* " + NAME + ": next sender becomes 10 (was 7)")
        self.assertTrue((self.folder / "acceptor.db.before-repair-2").exists())

    def test_a_damaged_message_may_have_been_an_order_whatever_its_row_says(self):
        settings = self.store_settings()
        self.traded(settings)
        self.change("UPDATE record SET frame = frame || 'x' WHERE generation = 2 AND number = 1")
        self.assert_says(self.repaired(settings, "--apply", code=8), "message 1 does not fit its checksum: stays, unless --gap-fill-lost")
        self.repaired(settings, "--gap-fill-lost", "--apply", code=0)

    def test_what_cannot_be_repaired_is_said(self):
        settings = self.store_settings()
        self.traded(settings)
        self.change("INSERT INTO record (session, generation, number, last, kind, token, crc, frame) VALUES (77, 1, 1, 1, 1, 0, 0, x'')")
        self.assert_says(self.repaired(settings, "--apply", code=8), "rows of a session that is not there: stays: Nobody asks for them.")


class RepairJournal(Repair):
    kind = "journal"

    def test_indexes_and_the_end_of_a_segment(self):
        settings = self.store_settings()
        self.traded(settings)
        self.traded(settings, 3)
        index = min(self.store.glob("*.idx"))
        index.write_bytes(b"x")
        last = max(self.store.glob("*.seg"))
        data = bytearray(last.read_bytes())
        end = 64  # behind the header; an entry begins with its size
        while size := struct.unpack_from("<I", data, end)[0]:
            end += size
        data[end:end + 4] = b"\x40\x00\x00\x00"
        last.write_bytes(data)
        kinds = [k for k, _, _ in self.damages(settings, code=self.run_to_end("verify-store", settings).returncode)]
        self.assertEqual(set(kinds), {"index", "segment-tail"})
        self.repaired(settings, "--apply", code=0)
        self.assertEqual(self.damages(settings, code=0), [])

    def test_headers_and_sessions_are_written_again(self):
        settings = self.store_settings()
        self.traded(settings)
        for segment in self.store.glob("*.seg"):
            data = bytearray(segment.read_bytes())
            at = 64  # behind the header; an entry's kind stands 16 bytes in it: 1 a session, 5 the end of a snapshot
            while struct.unpack_from("<H", data, at + 16)[0] != 5:
                at += struct.unpack_from("<I", data, at)[0]
            for place in (20, at + 40):
                data[place] ^= 1
            segment.write_bytes(data)
        self.assertEqual(self.start(settings).wait(30), 3)
        self.assertLessEqual({"segment-header", "sessions-lost"}, {k for k, _, _ in self.damages(settings)})
        self.assert_says(self.repaired(settings, "--apply", code=0), "* the sessions are written anew, at the beginning of another segment: 1 is known", ": its header is written again", "numbering 2: 6 records, whole")
        self.assertEqual(len(self.replayed(settings)), 6)


if __name__ == "__main__":
    import sys
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
