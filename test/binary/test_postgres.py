"""The real binary with its store in PostgreSQL, run and hurt as an operator would: test_postgres.py TROUPE [TEST...]"""
import json
import os
import struct
import subprocess
import sys
import time
import unittest

import test_import
import test_repair
from test_run import TROUPE, crc32c, frame, order
from test_store import StoreTest

NAME = test_repair.NAME


class Server:
    """test/store/postgres_for_tests.cpp"""

    def __init__(self):
        self.process = subprocess.Popen([os.environ["TROUPE_POSTGRES_FOR_TESTS"]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.connection = self.process.stdout.readline().strip()
        if not self.connection.startswith("host="):
            code = self.process.wait()
            print("skipped: " + self.connection)
            sys.exit(code)
        self.schemas = 0

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        rows = []
        while (answer := self.process.stdout.readline().rstrip("\n")) != ".":
            if not answer.startswith("| "):
                raise RuntimeError(f"{line}: {answer}")
            rows.append(answer[2:].split("|"))
        return rows

    def fresh_schema(self):
        self.schemas += 1
        return f"venue_{self.schemas}"


class PostgresTest(StoreTest):
    kind = "postgres"

    def setUp(self):
        super().setUp()
        self.schema = SERVER.fresh_schema()

    def store_settings(self, more="", name="acceptor.cfg", session=""):
        settings = self.settings(name, more=f"{more}\nStore=postgres\nStoreConnection={SERVER.connection}\nStoreSchema={self.schema}\n", session=session)
        settings.write_text("".join(line for line in settings.read_text().splitlines(True) if not line.startswith("StorePath")))
        return settings

    @property
    def store(self):
        return f"postgresql host={SERVER.connection.split()[0][5:]} {SERVER.connection.split()[1]} dbname=postgres user=troupe schema {self.schema}"

    def ask(self, sql):
        return SERVER.ask(sql.replace("{}", self.schema))

    def change(self, sql, *values):
        assert not values
        self.ask(sql.replace("record", "{}.record").replace("session SET", "{}.session SET"))

    def replayed(self, settings, to=6):
        process, port = self.up(settings)
        client = self.client(port)
        client.send(frame("A", 7, ["98=0", "108=30"]))
        client.receive_until("A")
        client.send(frame("2", 8, ["7=1", f"16={to}"]))
        seen = []
        while not seen or int(seen[-1].get("36", int(seen[-1]["34"]) + 1)) < to + 1:
            seen.append(client.receive())
        process.kill()
        process.wait()
        return [(m["35"], int(m["34"]), int(m.get("36", 0))) for m in seen]

    def park(self, place, token, body):
        """As an engine that was down left it, an hour ago."""
        since = time.time_ns() - 3600 * 10**9
        whose = crc32c(struct.pack("<QQ", place, token), crc32c(NAME.encode()))
        rest = crc32c(body, crc32c(b"D", crc32c(struct.pack("<QQQQ", since, 1, 0, len(body)), whose)))
        crc, = struct.unpack("<q", struct.pack("<II", rest, whose))
        self.ask(f"INSERT INTO {{}}.parked VALUES (1, {place}, {token}, {since}, {crc}, 'D', '', '\\x{body.hex()}')")


class Life(PostgresTest):
    def test_a_session_goes_on_where_it_was_when_its_engine_is_killed(self):
        settings = self.store_settings()
        self.traded(settings)
        process, port = self.up(settings)  # at once: a process that is gone owns nothing
        client = self.client(port)
        client.send(frame("A", 7, ["98=0", "108=30"]), order(8, "AGAIN"))
        self.assertEqual(client.receive_until("8")[-1]["11"], "AGAIN")
        session, = self.status(settings)
        self.assertEqual((session["session"], session["state"], session["next_sender"]), (NAME, "Active", 9))
        self.assertEqual(self.ask("SELECT count(*) FROM {}.record WHERE generation = 2"), [["8"]])
        self.stop_and_read(process)
        self.assertEqual(self.ask("SELECT is_alive FROM {}.owner"), [["f"]])

    def test_a_second_engine_is_refused_and_told_who_the_first_is(self):
        settings = self.store_settings()
        process, _ = self.trade(settings)
        second = self.start(settings)
        self.assertEqual(second.wait(30), 3)
        self.assert_says(second.stderr.read(), f"{self.store} (power): in use by process {process.pid} on ", "whose lease ends in")
        self.assertIsNone(process.poll())


class Store(PostgresTest):
    def test_whole_beside_its_engine_and_behind_it(self):
        settings = self.store_settings()
        process, client = self.trade(settings)
        beside = self.verified(settings, code=0)
        self.assert_says(beside, f"{self.store}, format 1, in use by process {process.pid} on ", f"{NAME}: next sender 7, next target 7, numbering 2: 6 records, whole\n")
        self.assertEqual(beside.splitlines()[-1], f"{self.store}: whole: 1 session, 6 records")
        for n in range(10):
            client.send(*[order(7 + 50 * n + i, f"N{n}-{i}") for i in range(50)])
            self.verified(settings, code=0)
            for _ in range(50):
                client.receive_until("8")
        process.kill()
        process.wait()
        self.assert_says(self.verified(settings, "-s", "CLIENT", code=0), "not in use", "506 records, whole")

    def test_no_store_is_there_yet(self):
        settings = self.store_settings()
        for command in ("verify-store", "repair-store", "parked"):
            answer = self.run_to_end(command, settings)
            self.assertEqual(answer.returncode, 9, answer.stderr)
            self.assert_says(answer.stderr, f"{self.store}: is not there, or empty. The engine makes it when it runs.")
        self.assertEqual(self.ask("SELECT count(*) FROM pg_namespace WHERE nspname = '{}'"), [["0"]])

    def test_damage_and_what_will_happen(self):
        settings = self.store_settings()
        self.traded(settings)
        self.change("UPDATE record SET frame = frame || 'x'::bytea WHERE number = 4")
        self.change("DELETE FROM record WHERE number = 6")
        text = self.verified(settings, code=8)
        self.assert_says(text, "DAMAGED: message 4 does not fit its checksum, numbering 2\n", f"where: {self.schema}.record (session 1, generation 2, number 4)\n",
                         "DAMAGED: message 6 is lost: there is no record of it, numbering 2\n")
        found = self.verified_json(settings, code=8)
        self.assertEqual((found["path"], found["store"], found["in_use_by"], found["is_complete"], found["is_whole"]), (self.store, f"{self.store}, format 1", None, True, False))
        self.assertEqual([(d["kind"], d["first"], d["last"]) for d in found["damages"]], [("record-damaged", 4, 4), ("record-lost", 6, 6)])

    def test_what_waits_is_listed_with_and_without_the_engine(self):
        settings = self.store_settings("SubmitsWhileDown=park")
        self.traded(settings)
        self.park(1, 501, b"11=P1\x0155=MSFT\x01")
        answer = self.run_to_end("parked", settings)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assert_says(answer.stderr, f"so this is what stands in {self.store}:")
        self.assert_says(answer.stdout, NAME, "501", " 1 h ", "11=P1|55=MSFT|")
        self.assertEqual(json.loads(self.run_to_end("parked", settings, "--json").stdout)["parked"][0]["token"], "501")
        process, _ = self.up(settings)
        beside = self.run_to_end("parked", settings)
        self.assertEqual((beside.returncode, beside.stderr), (0, ""))
        self.assert_says(beside.stdout, NAME, "501")
        self.stop_and_read(process)


class Repair(PostgresTest, test_repair.RepairTest):
    def content(self):
        return [self.ask(f"SELECT t FROM {{}}.{table} AS t ORDER BY t") for table in ("session", "record", "parked")]

    def damage(self, number):
        self.change(f"UPDATE record SET frame = frame || 'x'::bytea WHERE generation = 2 AND number = {number}")

    def test_the_plan_changes_nothing_and_what_it_says_is_done(self):
        settings = self.store_settings()
        self.traded(settings)
        self.assert_says(self.repaired(settings, code=0), f"{self.store}: whole, there is nothing to repair")
        self.damage(4)
        before = self.content()
        self.assert_says(self.repaired(settings, code=8), "message 4 does not fit its checksum: stays, unless --gap-fill-lost")
        self.assert_says(self.repaired(settings, "--gap-fill-lost", code=8), f"* {NAME}: message 4 becomes a number that never carried a message", "nothing was changed. With --apply")
        self.assertEqual(self.content(), before)
        done = self.repaired(settings, "--gap-fill-lost", "--apply", code=0)
        self.assert_says(done, f"copied to the schema {self.schema}_before_repair\n", "done\n", "numbering 2: 6 records, whole\n")
        self.assertEqual(self.replayed(settings), [("4", 1, 2), ("8", 2, 0), ("8", 3, 0), ("4", 4, 5), ("8", 5, 0), ("8", 6, 0)])
        self.schema += "_before_repair"
        self.assertEqual(self.content(), before)
        self.verified(self.store_settings(name="copy.cfg"), code=8)

    def test_who_may_make_no_schema_repairs_without_a_copy(self):
        settings = self.store_settings()
        self.traded(settings)
        self.damage(4)
        self.ask("CREATE ROLE {} LOGIN")
        self.ask("GRANT USAGE ON SCHEMA {} TO {}; GRANT ALL ON ALL TABLES IN SCHEMA {} TO {}")
        settings.write_text(settings.read_text().replace("user=troupe", f"user={self.schema}"))
        refused = self.repaired(settings, "--gap-fill-lost", "--apply", code=6)
        self.assert_says(refused, "cannot be copied: permission denied for database postgres", "--no-copy. Nothing was changed.")
        self.verified(settings, code=8)
        self.repaired(settings, "--gap-fill-lost", "--apply", "--no-copy", code=0)

    def test_a_running_engine_is_named_and_left_alone(self):
        settings = self.store_settings()
        process, client = self.trade(settings)
        for more in ([], ["--apply"]):
            self.assert_says(self.repaired(settings, *more, code=6), f"{self.store}: in use by process {process.pid} on ")
        client.send(order(7, "STILL"))
        self.assertEqual(client.receive_until("8")[-1]["11"], "STILL")

    def test_numbers_that_are_damaged_are_set_by_the_operator(self):
        settings = self.store_settings()
        self.traded(settings)
        self.change("UPDATE session SET next_sender = 3, next_target = 4")
        engine = self.start(settings)
        self.assertEqual(engine.wait(30), 3)
        self.assert_says(engine.stderr.read(), "set them with `troupe repair-store`")
        self.assert_says(self.repaired(settings, "--apply", code=8), f"--set-next-target {NAME}=N")
        self.repaired(settings, "--set-next-target", "CLIENT=7", "--apply", "--no-copy", code=0)
        self.assertEqual(self.ask("SELECT count(*) FROM pg_namespace WHERE nspname LIKE '{}_before%'"), [["0"]])
        self.assertEqual(len(self.replayed(settings)), 6)

    def test_what_cannot_be_repaired_is_said(self):
        settings = self.store_settings()
        self.traded(settings)
        self.change("INSERT INTO record VALUES (77, 1, 1, 1, 1, 0, 0, '')")
        self.ask("DROP INDEX {}.record_token")
        self.assert_says(self.repaired(settings, "--apply", code=8), "rows of a session that is not there: stays: Nobody asks for them.",
                         f'It is made by CREATE INDEX record_token ON "{self.schema}".record (session, generation, token) WHERE token <> 0: stays: Two rows may')

    def test_killed_at_any_time_it_is_as_before_or_as_it_should_be(self):
        settings = self.store_settings()
        self.traded(settings, 300)
        self.damage(10)
        self.damage(200)
        self.ask("CREATE TABLE {}_kept AS SELECT * FROM {}.record")
        damaged = [("record-damaged", 10, 10), ("record-damaged", 200, 200)]
        for _ in self.killed_while_repaired(settings, 16):
            found = self.damages(settings, code=self.run_to_end("verify-store", settings).returncode)
            self.assertIn(found, ([], damaged))
            if not found:
                self.ask("DELETE FROM {}.record; INSERT INTO {}.record SELECT * FROM {}_kept")
        self.repaired(settings, "--gap-fill-lost", "--apply", code=0)


class Import(PostgresTest, test_import.ImportTest):
    def test_a_desk_goes_on_where_quickfix_stopped(self):
        test_import.write_files(self.old)
        settings = self.store_settings()
        self.assert_says(self.imported(settings), f"nothing was changed. With --apply this goes into {self.store}; ")
        self.assertEqual(self.ask("SELECT count(*) FROM pg_namespace WHERE nspname = '{}'"), [["0"]])
        self.assert_says(self.imported(settings, "--apply"), f"imported {NAME}\n", f"{self.store}: whole: 1 session, 6 records\n")
        self.assert_says(self.imported(settings, "--apply"), "is in the store already, with these numbers: nothing to do")
        self.goes_on(settings)

    def test_many_messages_are_one_commit(self):
        test_import.write_files(self.old, messages={n: test_import.execution(n, f"O{n}") for n in range(1, 30001)}, numbers=(30001, 12))
        self.assert_says(self.imported(self.store_settings(), "--apply"), f"{self.store}: whole: 1 session, 30000 records\n")
        self.assertEqual(self.ask("SELECT count(DISTINCT xmin::text) FROM {}.record"), [["1"]])

    def test_an_engine_that_runs_is_left_alone(self):
        test_import.write_files(self.old)
        settings = self.store_settings()
        process, client = self.trade(settings)
        self.assert_says(self.imported(settings, "--replace", "--apply", code=9), f"in use by process {process.pid} on ")
        client.send(order(7, "STILL"))
        self.assertEqual(client.receive_until("8")[-1]["11"], "STILL")


class Away(PostgresTest):
    def setUp(self):
        super().setUp()
        self.addCleanup(SERVER.ask, "restart")

    def test_a_database_that_is_away_is_no_damage_and_the_session_goes_on_when_it_is_back(self):
        settings = self.store_settings()
        process, client = self.trade(settings)
        SERVER.ask("stop")
        for command in ("verify-store", "repair-store"):
            answer = self.run_to_end(command, settings)
            self.assertEqual((answer.returncode, answer.stdout), (9, ""))
            self.assert_says(answer.stderr, f"{self.store}: cannot be read as a store: ", "Look at the connection string, the server and the network.")
        client.send(order(7, "LATE"))
        self.read_to(process, " store-stalled ")
        SERVER.ask("start")
        self.assertEqual(client.receive_until("8")[-1]["11"], "LATE")
        self.verified(settings, code=0)


if __name__ == "__main__":
    SERVER = Server()
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
