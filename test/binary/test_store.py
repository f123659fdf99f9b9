"""The store of the real binary, looked into, hurt and moved as an operator would: test_store.py TROUPE [TEST...]"""
import json
import pathlib
import re
import shutil
import sqlite3
import unittest

from test_run import Binary, crc32c, frame, order, park


class StoreTest(Binary):
    kind = "sqlite"

    def store_settings(self, more="", name="acceptor.cfg", session=""):
        journal = f"\nStore=journal\nStorePath={self.folder}/acceptor.journal\n"
        return self.settings(name, more=more + (journal if self.kind == "journal" else ""), session=session)

    @property
    def store(self):
        return self.folder / ("acceptor.journal" if self.kind == "journal" else "acceptor.db")

    def trade(self, settings, orders=5):
        """A session with so many answered orders: next sender orders + 2."""
        process, port = self.up(settings)
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30", "141=Y"]), *[order(n + 2, f"O{n}") for n in range(orders)])
        for _ in range(orders):
            client.receive_until("8")
        return process, client

    def traded(self, settings, orders=5):
        process, _ = self.trade(settings, orders)
        process.kill()
        process.wait()

    def verified(self, *arguments, code):
        answer = self.run_to_end("verify-store", *arguments)
        self.assertEqual(answer.returncode, code, answer.stdout + answer.stderr)
        return answer.stdout

    def verified_json(self, *arguments, code):
        return json.loads(self.verified(*arguments, "--json", code=code))

    def change(self, sql, *values):
        with sqlite3.connect(self.store) as db:
            db.execute(sql, values)
        db.close()


class Verify(StoreTest):
    def test_whole_with_and_without_its_engine(self):
        settings = self.store_settings()
        process, _ = self.trade(settings)
        beside = self.verified(settings, code=0)
        self.assert_says(beside, f"{self.kind} {self.store}", f"in use by process {process.pid} on ", "FIX.4.2:VENUE->CLIENT: next sender 7, next target 7, numbering 2: 6 records, whole\n")
        self.assertEqual(beside.splitlines()[-1], f"{self.store}: whole: 1 session, 6 records")
        process.kill()
        process.wait()
        before = {p: p.read_bytes() for p in self.folder.rglob("*.seg")}
        self.assert_says(self.verified("--store", self.store, code=0), "not in use", "6 records, whole")
        self.assertEqual(before, {p: p.read_bytes() for p in self.folder.rglob("*.seg")})
        self.assertEqual(self.verified(settings, "-s", "CLIENT", code=0).splitlines()[-1], f"{self.store}: whole: 1 session, 6 records")

    def test_wrong_usage(self):
        for arguments, code, word in (([], 2, "--store"), (["--nonsense"], 2, "nonsense"), ([self.folder / "none.cfg"], 1, "none.cfg"),
                                      (["--store", self.folder / "none.db"], 9, "is not there")):
            answer = self.run_to_end("verify-store", *arguments)
            self.assertEqual(answer.returncode, code, answer.stderr)
            self.assert_says(answer.stderr, word)
        settings = self.store_settings()
        answer = self.run_to_end("verify-store", settings)
        self.assertEqual(answer.returncode, 9)
        self.assert_says(answer.stderr, f"{self.store}: is not there. The store is made when the engine runs for the first time.")
        self.traded(settings)
        nobody = self.run_to_end("verify-store", settings, "-s", "NOBODY")
        self.assertEqual(nobody.returncode, 6)
        self.assert_says(nobody.stderr, "no session is called NOBODY; there are: FIX.4.2:VENUE->CLIENT")
        in_memory = self.folder / "memory.cfg"
        in_memory.write_text(pathlib.Path(settings).read_text().replace("[SESSION]", "Store=memory\n[SESSION]").replace("Store=journal\n", ""))
        answer = self.run_to_end("verify-store", in_memory)
        self.assertEqual(answer.returncode, 9)
        self.assert_says(answer.stderr, "is in memory")

    def test_what_is_no_store(self):
        (self.folder / "text").write_text("x" * 9000)
        (self.folder / "folder").mkdir()
        (self.folder / "folder" / "letter").write_text("x")
        sqlite3.connect(self.folder / "other.db").execute("CREATE TABLE t (x)").connection.close()
        for name, why in (("text", "cannot be read as a store"), ("folder", "is no journal"), ("other.db", "belongs to another program")):
            answer = self.run_to_end("verify-store", "--store", self.folder / name)
            self.assertEqual(answer.returncode, 9, answer.stderr)
            self.assert_says(answer.stderr, name, why)


class VerifySqlite(StoreTest):
    def test_damage_and_what_will_happen(self):
        settings = self.store_settings()
        self.traded(settings)
        self.change("UPDATE record SET frame = frame || 'x' WHERE number = 4")
        self.change("DELETE FROM record WHERE number = 3")
        text = self.verified(settings, code=8)
        self.assert_says(text, "DAMAGED: message 4 does not fit its checksum, numbering 2\n", f"where: {self.store}: record (id 4, session 1, generation 2, number 4)\n",
                         "    A ResendRequest(2) that reaches it stops in front of it, and the session needs the operator (ForceResendWhenCorruptedStore=N).\n",
                         "DAMAGED: message 3 is lost: there is no record of it, numbering 2\n")
        self.assertEqual(text.splitlines()[-1], f"{self.store}: DAMAGED: 1 session, 5 records, 2 damages. troupe repair-store says what can be done")
        self.assert_says(self.verified(self.store_settings("ForceResendWhenCorruptedStore=Y", "filling.cfg"), code=8), "is answered with a gap fill (ForceResendWhenCorruptedStore=Y).")
        self.assert_says(self.verified("--store", self.store, code=8), "with ForceResendWhenCorruptedStore=Y it is answered with a gap fill.")
        found = self.verified_json(settings, code=8)
        self.assertFalse(found["is_whole"])
        self.assertTrue(found["is_complete"])
        self.assertEqual([(d["kind"], d["session"], d["generation"], d["first"], d["last"]) for d in found["damages"]],
                         [("record-lost", "FIX.4.2:VENUE->CLIENT", 2, 3, 3), ("record-damaged", "FIX.4.2:VENUE->CLIENT", 2, 4, 4)])
        self.assertEqual([(s["session"], s["next_sender"], s["records"], s["damages"]) for s in found["sessions"]], [("FIX.4.2:VENUE->CLIENT", 7, 5, 2)])

    def test_what_was_said_happens(self):
        """The replay stops in front of the damaged message; with the setting it is filled."""
        for more, expected in (("", []), ("ForceResendWhenCorruptedStore=Y", ["8", "8", "4", "8", "8"])):
            with self.subTest(more):
                shutil.rmtree(self.folder / "acceptor.log", ignore_errors=True)
                for left in self.folder.glob("acceptor.db*"):
                    left.unlink()
                settings = self.store_settings(more)
                self.traded(settings)
                self.change("UPDATE record SET frame = frame || 'x' WHERE number = 4")
                self.assertIn("message 4", self.verified(settings, code=8))
                process, port = self.up(settings)
                client = self.client(port)
                client.send(frame("A", 7, ["98=0", "108=30"]))
                client.receive_until("A")
                client.send(frame("2", 8, ["7=2", "16=6"]))
                if expected:
                    self.assertEqual([client.receive()["35"] for _ in expected], expected)
                else:
                    self.wait_until("the operator is called", lambda: "message 4 is damaged or missing in the store: not resent" in self.run_to_end("status", settings).stdout)
                process.kill()
                process.wait()

    def test_while_it_trades(self):
        settings = self.store_settings()
        process, client = self.trade(settings)
        for n in range(20):
            client.send(*[order(7 + 50 * n + i, f"N{n}-{i}") for i in range(50)])
            self.verified(settings, code=0)
            for _ in range(50):
                client.receive_until("8")
        self.assertIn(f"in use by process {process.pid}", self.verified(settings, code=0))


class VerifyJournal(Verify):
    kind = "journal"

    def test_damage_and_what_will_happen(self):
        settings = self.store_settings()
        self.traded(settings)
        segment = max(self.store.glob("*.seg"))
        data = bytearray(segment.read_bytes())
        at = data.index(b"11=O2\x01")
        data[at + 3] ^= 1
        segment.write_bytes(data)
        found = self.verified_json(settings, code=8)
        self.assertEqual([(d["kind"], d["first"], d["is_harmless"]) for d in found["damages"]], [("record-damaged", 4, False)])
        self.assertRegex(found["damages"][0]["where"], rf"^{re.escape(str(segment))}: message \d+ of the entry at byte \d+$")

    def test_while_it_trades(self):
        settings = self.store_settings()
        _, client = self.trade(settings)
        for n in range(20):
            client.send(*[order(7 + 50 * n + i, f"N{n}-{i}") for i in range(50)])
            self.verified(settings, code=0)
            for _ in range(50):
                client.receive_until("8")
        self.assertIn("in use by process ", self.verified(settings, code=0))


class ParkedInJournal(StoreTest):
    kind = "journal"

    def test_what_a_stopped_journal_has_is_listed(self):
        settings = self.store_settings("SubmitsWhileDown=park")
        self.traded(settings)
        answer = self.run_to_end("parked", settings)
        self.assertEqual((answer.returncode, answer.stdout), (0, "nothing waits for a logon\n"), answer.stderr)
        self.assert_says(answer.stderr, f"so this is what stands in {self.store}")


if __name__ == "__main__":
    import sys
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
