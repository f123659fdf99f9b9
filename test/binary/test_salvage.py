"""A SQLite store whose own structure is damaged, salvaged by the real binary: test_salvage.py TROUPE [TEST...]"""
import os
import shutil
import sqlite3
import subprocess
import unittest

from test_repair import NAME, RepairTest
from test_run import TROUPE, frame, is_sanitized

PAGE = 4096


class SalvageSqlite(RepairTest):
    def checkpointed(self):
        with sqlite3.connect(self.store) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()

    def settled(self, orders=120):
        """Messages in the file, and newer ones in the log of SQLite: next sender orders + 5."""
        settings = self.store_settings()
        self.traded(settings, orders)
        self.checkpointed()
        process, port = self.up(settings)
        client = self.client(port)
        client.send(frame("A", orders + 2, ["98=0", "108=30"]), frame("1", orders + 3, ["112=x"]), frame("1", orders + 4, ["112=y"]))
        client.receive_until("0")
        client.receive_until("0")
        process.kill()
        process.wait()
        return settings

    def pages(self):
        data = self.store.read_bytes()
        return [data[at:at + PAGE] for at in range(0, len(data), PAGE)]

    def leaf_with(self, text):
        """The page that holds this, and the numbers of the orders on it."""
        return next(n for n, page in enumerate(self.pages()) if page[0] == 0x0D and text in page)

    def overwrite(self, at, data):
        with open(self.store, "r+b") as file:
            file.seek(at)
            file.write(data)

    def beside(self):
        return sorted(p.name for p in self.folder.glob("acceptor.db*") if not p.name.endswith(("-shm", ".lock", ".sock")))

    def asked_for(self, settings, sequence, orders):
        """What a peer gets that asks for all of it: numbers of messages, and those that are gap-filled."""
        process, port = self.up(settings)
        client = self.client(port)
        client.send(frame("A", sequence, ["98=0", "108=30"]))
        client.receive_until("A")
        client.send(frame("2", sequence + 1, ["7=2", f"16={orders + 1}"]))
        reports, filled, next_number = [], [], 2
        while next_number <= orders + 1:
            m = client.receive()
            if m["35"] == "8":
                reports.append(int(m["34"]))
                next_number = reports[-1] + 1
            elif m["35"] == "4":
                filled += range(int(m["34"]), int(m["36"]))
                next_number = int(m["36"])
        process.kill()
        process.wait()
        return reports, filled

    def test_a_page_of_messages(self):
        settings = self.settled()
        page = self.leaf_with(b"11=O60\x01")
        self.overwrite(page * PAGE, b"\0" * PAGE)
        self.assert_says(self.verified(settings, code=8), "SQLite says: ", "`troupe repair-store` says what can be had of the file; or restore it from a copy.")
        before, files, log = self.content(), self.beside(), (self.folder / "acceptor.db-wal").read_bytes()
        plan = self.repaired(settings, code=8)
        self.assert_says(plan, f"* {self.store}: its own structure is damaged (SQLite says: ", "it is written anew, with all that fits its checksum\n", f"  {NAME}: ", " messages\n", "  1 of ", " pages is no page any more",
                         f"  {NAME}: next sender is at least 125, next target at least 125, and what was newer may be lost", f"--set-next-sender {NAME}=N --set-next-target {NAME}=N", "stays, unless --gap-fill-lost",
                         "nothing was changed. With --apply")
        self.assertEqual((self.content(), self.beside()), (before, files))
        self.assert_says(self.repaired(settings, "--set-next-sender", "CLIENT=124", "--set-next-target", "CLIENT=125", "--apply", code=9), "next sender was 125 already", "a number is never lowered")
        self.assertEqual((self.content(), self.beside()), (before, files))
        done = self.repaired(settings, "--set-next-sender", "CLIENT=130", "--set-next-target", "CLIENT=125", "--gap-fill-lost", "--apply", code=0)
        self.assert_says(done, f"copied to {self.store}.before-repair\n", "done\n", "next sender 130, next target 125, numbering 2: ", ", whole\n")
        self.assertEqual(self.beside(), ["acceptor.db", "acceptor.db.before-repair", "acceptor.db.before-repair-wal"])
        self.assertEqual((self.folder / "acceptor.db.before-repair").read_bytes(), before["acceptor.db"])
        self.assertEqual((self.folder / "acceptor.db.before-repair-wal").read_bytes(), log)
        reports, filled = self.asked_for(settings, 125, 120)
        self.assertEqual(sorted(reports + filled), list(range(2, 122)))
        self.assertIn(62, filled)
        self.assertLess(len(filled), 40)

    def test_its_header_and_the_table_of_sessions(self):
        settings = self.settled()
        self.overwrite(0, b"\xa5" * 100)
        self.overwrite(PAGE, b"\xa5" * 2 * PAGE)
        (self.folder / "acceptor.db-wal").unlink()  # which has them once more
        self.assertEqual(self.start(settings).wait(30), 3)
        answer = self.run_to_end("verify-store", settings)
        self.assertEqual(answer.returncode, 9)
        self.assert_says(answer.stderr, "cannot be read as a store: file is not a database. If it was one, `troupe repair-store` says what can be had of it.")
        self.assert_says(self.repaired(settings, "--apply", "--no-copy", code=8), f"{NAME}: 121 messages; its own row is lost", "next sender is at least 122, next target at least 122", "done\n")
        # It is a store again, and waits for what the counterparty says.
        self.assertEqual(self.start(settings).wait(30), 3)
        self.assertEqual(self.damages(settings), [("session-numbers", None, None)])
        self.assert_says(self.verified(settings, code=8), "its numbers (next sender 122, next target 122) are those that were salvaged, and newer ones may be lost")
        self.assert_says(self.repaired(settings, "--set-next-target", "CLIENT=125", "--apply", code=8), "next sender is at least 122", "and what was newer may be lost")
        self.repaired(settings, "--set-next-target", "CLIENT=125", "--set-next-sender", "CLIENT=125", "--apply", "--no-copy", code=0)
        reports, filled = self.asked_for(settings, 125, 120)
        self.assertEqual((reports, filled), (list(range(2, 122)), []))

    def test_what_has_nothing_of_a_store_is_refused_as_before(self):
        for content, why in ((b"x" * 9000, "file is not a database"), (b"", "is empty: it was stopped while it was made")):
            self.store.write_bytes(content)
            answer = self.run_to_end("repair-store", "--store", self.store, "--apply")
            self.assertEqual(answer.returncode, 9, answer.stdout)
            self.assert_says(answer.stderr, why)
            self.assertEqual(self.store.read_bytes(), content)
            self.assertEqual(self.beside(), ["acceptor.db"])

    def test_a_link_to_the_file_stays_one(self):
        real = self.folder / "disk" / "real.db"
        real.parent.mkdir()
        real.touch()
        self.store.symlink_to(real)
        settings = self.settled(60)
        page = self.leaf_with(b"11=O30\x01")
        self.overwrite(page * PAGE, b"\0" * PAGE)
        log = (real.parent / "real.db-wal").read_bytes()
        self.repaired(settings, "--set-next-sender", "CLIENT=65", "--set-next-target", "CLIENT=65", "--gap-fill-lost", "--apply", code=0)
        self.assertTrue(self.store.is_symlink())
        self.assertEqual([p.name for p in real.parent.iterdir() if not p.name.endswith("-shm")], ["real.db"])
        self.assertEqual((self.folder / "acceptor.db.before-repair-wal").read_bytes(), log)
        self.verified(settings, code=0)

    def test_a_running_engine_is_left_alone(self):
        settings = self.settled()
        process, _ = self.up(settings)
        self.assert_says(self.repaired(settings, "--apply", code=6), f"in use by process {process.pid} on ")

    @unittest.skipIf(is_sanitized(), "a sanitizer wants to be loaded first")
    def test_killed_at_any_change_of_the_disk_it_is_the_old_store_or_the_new_one(self):
        settings = self.settled(60)
        page = self.leaf_with(b"11=O30\x01")
        self.overwrite(page * PAGE, b"\0" * PAGE)
        kept = self.folder / "kept"
        kept.mkdir()
        for name in ("acceptor.db", "acceptor.db-wal"):
            shutil.copy(self.folder / name, kept)
        command = [TROUPE, "repair-store", str(settings), "--set-next-sender", "CLIENT=65", "--set-next-target", "CLIENT=65", "--gap-fill-lost", "--apply", "--no-copy"]
        preload = dict(os.environ, LD_PRELOAD=os.environ["TROUPE_KILLED_AT_CALL"])
        counted = self.folder / "calls"
        plan = self.repaired(settings, code=8)
        found = next(line for line in plan.splitlines() if line.startswith(f"  {NAME}: ") and line.endswith(" messages"))
        self.assertEqual(subprocess.run(command, env=dict(preload, TROUPE_CALLS_INTO=str(counted)), capture_output=True).returncode, 0)
        whole = self.verified_json(settings, code=0)["sessions"]
        calls = int(counted.read_text())
        self.assertGreater(calls, 40)
        outcomes = set()
        # What the new file is made of is written first; what matters most is the end.
        for at in [*range(1, calls - 30, 5), *range(max(1, calls - 30), calls + 1)]:
            for left in self.folder.glob("acceptor.db*"):
                left.unlink()
            for name in ("acceptor.db", "acceptor.db-wal"):
                shutil.copy(kept / name, self.folder)
            with self.subTest(at):
                self.assertEqual(subprocess.run(command, env=dict(preload, TROUPE_KILLED_AT=str(at)), capture_output=True).returncode, -9)
                answer = self.run_to_end("repair-store", settings)
                outcomes.add(answer.returncode)
                if answer.returncode == 0:
                    self.assertEqual(self.verified_json(settings, code=0)["sessions"], whole)
                    continue
                self.assertEqual(answer.returncode, 8, answer.stderr)
                self.assert_says(answer.stdout, "its own structure is damaged", found + "\n", "next sender is at least 65, next target at least 65")
                self.assertEqual(subprocess.run(command, capture_output=True).returncode, 0)
                self.assertEqual(self.verified_json(settings, code=0)["sessions"], whole)
        self.assertEqual(outcomes, {0, 8})


if __name__ == "__main__":
    import sys
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
