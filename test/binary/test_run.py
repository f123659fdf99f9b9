"""The real binary, run and hurt as an operator would: test_run.py TROUPE [TEST...]

Every test asserts what the binary says (where, what was expected, what to do) and how it ends.
"""
import json
import os
import pathlib
import resource
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from fix import Client, frame, order  # noqa: E402

TROUPE = str(pathlib.Path(sys.argv[1]).resolve())
EXAMPLES = pathlib.Path(__file__).parents[2] / "docs" / "examples"
LIMIT = 30  # seconds for anything that must come


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def crc32c(data, seed=0):
    crc = seed ^ 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def park(store, name, place, token, msg_type, body):
    """As an engine that was down left it, an hour ago."""
    since = time.time_ns() - 3600 * 10**9
    whose = crc32c(struct.pack("<QQ", place, token), crc32c(name.encode()))
    rest = crc32c(body, crc32c(msg_type.encode(), crc32c(struct.pack("<QQQQ", since, len(msg_type), 0, len(body)), whose)))
    crc, = struct.unpack("<q", struct.pack("<II", rest, whose))
    with sqlite3.connect(store) as db:
        session, = db.execute("SELECT id FROM session").fetchone()
        db.execute("INSERT INTO parked VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (session, place, token, since, crc, msg_type, b"", body))
    db.close()


def is_sanitized():
    with open(TROUPE, "rb") as binary:
        return b"__ubsan_" in binary.read()


class Binary(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def settings(self, name="acceptor.cfg", more="", session="", role="acceptor"):
        ends = {"acceptor": "SocketAcceptAddress=127.0.0.1\nSocketAcceptPort=0\nSenderCompID=VENUE\nTargetCompID=CLIENT\n",
                "initiator": "SenderCompID=CLIENT\nTargetCompID=VENUE\nHeartBtInt=30\nSocketConnectHost=127.0.0.1\n"}[role]
        path = self.folder / name
        path.write_text(f"[DEFAULT]\nConnectionType={role}\nBeginString=FIX.4.2\nNonStopSession=Y\n"
                        f"StorePath={self.folder}/{role}.db\nFileLogPath={self.folder}/{role}.log\n{ends}{more}\n[SESSION]\n{session}\n")
        return path

    def start(self, settings, **more):
        process = subprocess.Popen([TROUPE, "run", str(settings)], stderr=subprocess.PIPE, text=True, **more)
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stderr.close()

    def up(self, settings, **more):
        """A running engine, and its port if it accepts."""
        process = self.start(settings, **more)
        port = None
        lines = []
        for line in process.stderr:
            lines.append(line)
            if " listening " in line:
                port = int(line.split(":")[-1])
            if " control-open " in line or " control-failed " in line:  # the last thing of a start
                process.start_text = "".join(lines)
                return process, port
        self.fail("it did not start: " + "".join(lines))

    def run_to_end(self, *arguments, **more):
        return subprocess.run([TROUPE, *map(str, arguments)], capture_output=True, text=True, timeout=LIMIT, **more)

    def status(self, settings):
        answer = self.run_to_end("status", settings, "--json")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return json.loads(answer.stdout)["sessions"]

    def wait_until(self, what, condition):
        end = time.monotonic() + LIMIT
        while not condition():
            self.assertLess(time.monotonic(), end, "in vain: " + what)

    def assert_says(self, text, *parts):
        for part in parts:
            self.assertIn(part, text)

    def read_to(self, process, part):
        for line in process.stderr:
            if part in line:
                return line
        return self.fail("it never said " + part)

    def read_all_to(self, process, part):
        """Also the lines in front of it."""
        before = []
        for line in process.stderr:
            if part in line:
                return before, line
            before.append(line)
        return self.fail("it never said " + part)

    def stop_and_read(self, process):
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(LIMIT), 0)
        return process.stderr.read()

    def client(self, port, **more):
        client = Client(port, **more)
        self.addCleanup(client.close)
        return client

    def is_well(self, process, port):
        """Whatever happened before, a decent client is served."""
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30", "141=Y"]), order(2, "WELL"))
        self.assertEqual(client.receive_until("8")[-1]["11"], "WELL")
        client.send(frame("5", 3))
        client.receive_until("5")
        client.close()
        self.assertIsNone(process.poll())


class Life(Binary):
    def test_two_terminals(self):
        acceptor, port = self.up(self.settings())
        initiator_settings = self.settings("initiator.cfg", f"SocketConnectPort={port}\nReconnectInterval=1", role="initiator")
        initiator, _ = self.up(initiator_settings)
        self.wait_until("logon", lambda: self.status(initiator_settings)[0]["state"] == "Active")
        self.assertIn("Active", self.run_to_end("status", self.folder / "acceptor.cfg").stdout)
        initiator.send_signal(signal.SIGTERM)
        self.assertEqual(initiator.wait(LIMIT), 0)
        self.assertIn("engine-stopped", initiator.stderr.read())
        acceptor.send_signal(signal.SIGINT)
        self.assertEqual(acceptor.wait(LIMIT), 0)
        self.assertIn("the peer logged out", acceptor.stderr.read())

    def test_sigterm_logs_out_and_numbers_are_kept(self):
        settings = self.settings()
        process, port = self.up(settings)
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]), order(2, "A1"))
        client.receive_until("8")
        process.send_signal(signal.SIGTERM)
        client.receive_until("5")
        client.send(frame("5", 3))
        self.assertEqual(process.wait(LIMIT), 0)
        self.up(settings)
        self.assertEqual([self.status(settings)[0][m] for m in ("next_sender", "next_target", "handled_target")], [4, 4, 4])

    def test_kill_9_keeps_numbers_and_orders(self):
        settings = self.settings()
        process, port = self.up(settings)
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]), order(2, "A1"))
        client.receive_until("8")
        process.kill()
        process.wait()
        process, port = self.up(settings)
        again = self.client(port)
        again.send(frame("A", 3, ["98=0", "108=30"]), frame("2", 4, ["7=1", "16=0"]))
        replay = again.receive_until("8")[-1]
        self.assertEqual((replay["11"], replay["34"], replay["43"]), ("A1", "2", "Y"))

    def test_sigterm_while_the_peer_is_silent_ends_in_time(self):
        process, port = self.up(self.settings(more="StopTimeout=1\nLogoutTimeout=60"))
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]))
        client.receive_until("A")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(LIMIT), 0)
        self.assertIn("1 sessions were cut", process.stderr.read())

    def test_sigterm_while_it_connects_in_vain(self):
        process, _ = self.up(self.settings("i.cfg", f"SocketConnectPort={free_port()}\nReconnectInterval=1", role="initiator"))
        self.read_to(process, "connect-failed")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(LIMIT), 0)

    def test_a_second_signal_ends_at_once(self):
        process, port = self.up(self.settings(more="StopTimeout=60\nLogoutTimeout=60"))
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]))
        client.receive_until("A")
        process.send_signal(signal.SIGINT)
        client.receive_until("5")
        end = time.monotonic() + LIMIT
        while process.poll() is None and time.monotonic() < end:
            process.send_signal(signal.SIGINT)
            select_a_moment(client)
        self.assertEqual(process.wait(LIMIT), 130)

    def test_hangup_is_noted_and_nothing_more(self):
        process, port = self.up(self.settings())
        process.send_signal(signal.SIGHUP)
        self.read_to(process, "hangup-ignored")
        self.is_well(process, port)

    def test_signals_of_others_are_noted_and_nothing_more(self):
        """Those that the engine sends to itself: SIGUSR1 when it has failed, SIGUSR2 when a client stops it."""
        process, port = self.up(self.settings())
        for number in (signal.SIGUSR1, signal.SIGUSR2):
            process.send_signal(number)
            self.assert_says(self.read_to(process, "signal-ignored"), number.name, f"from process {os.getpid()}")
        self.is_well(process, port)
        self.assertEqual(self.run_to_end("stop", self.folder / "acceptor.cfg").returncode, 0)
        self.assertEqual(process.wait(LIMIT), 0)


class Examples(Binary):
    """The files of docs/examples as they are shipped, but for their ports; their paths are relative to where they are started."""

    def shipped(self, name, ports):
        text = (EXAMPLES / name).read_text()
        for old, new in ports.items():
            self.assertIn(f"={old}\n", text)
            text = text.replace(f"={old}\n", f"={new}\n")
        (self.folder / name).write_text(text)
        return name

    def states(self, settings):
        answer = self.run_to_end("status", settings, "--json", cwd=self.folder)
        return {s["session"]: s["state"] for s in json.loads(answer.stdout)["sessions"]}

    def trade_once(self):
        acceptor, port = self.up(self.shipped("acceptor.cfg", {9878: 0}), cwd=self.folder)
        initiator, _ = self.up(self.shipped("initiator.cfg", {9878: port, 9879: free_port()}), cwd=self.folder)
        self.wait_until("logon", lambda: self.states("initiator.cfg") == {"FIX.4.2:BROKER2->EXCHANGE": "Active"})
        self.wait_until("logon", lambda: self.states("acceptor.cfg")["FIX.4.2:EXCHANGE->BROKER2"] == "Active")
        for process in (initiator, acceptor):
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(LIMIT), 0)
            self.assertNotIn(" error ", process.start_text + process.stderr.read())

    def test_they_trade_with_each_other_at_every_start(self):
        for _ in range(3):
            self.trade_once()


class Templates(Binary):
    """Sessions that are made by their Logon."""

    def venue(self, more=""):
        return self.settings("venue.cfg", session="AcceptorTemplate=Y\nTargetCompID=*\n" + more)

    def names(self, settings):
        return [s["session"] for s in self.status(settings)]

    def test_the_shipped_example(self):
        text = (EXAMPLES / "template.cfg").read_text()
        (self.folder / "template.cfg").write_text(text.replace("=9880\n", "=0\n"))
        process, port = self.up("template.cfg", cwd=self.folder)
        for name in ("BROKER1", "BROKER7"):
            client = self.client(port, sender=name)
            client.send(frame("A", 1, ["98=0", "108=30"], sender=name, target="EXCHANGE"))
            client.receive_until("A")
        self.assertNotIn(" error ", self.stop_and_read(process))
        text = (self.folder / "log/template/FIX.4.2-EXCHANGE-BROKER7.messages.log").read_text()
        self.assertEqual([line.split()[1] for line in text.splitlines()], ["in", "out", "out"])

    def test_numbers_go_on_after_kill_9(self):
        settings = self.venue()
        process, port = self.up(settings)
        for name in ("ANN", "BOB"):
            client = self.client(port, sender=name)
            client.send(frame("A", 1, ["98=0", "108=30"], sender=name))
            client.receive_until("A")
        self.assertEqual(self.names(settings), ["FIX.4.2:VENUE->ANN", "FIX.4.2:VENUE->BOB"])
        process.kill()
        process.wait()
        process, port = self.up(settings)
        self.assertEqual(self.names(settings), [])
        again = self.client(port, sender="ANN")
        again.send(frame("A", 2, ["98=0", "108=30"], sender="ANN"))
        self.assertEqual(again.receive()["34"], "2")
        answer = self.run_to_end("logout", settings, "-s", "ANN", "--text", "enough")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertEqual(again.receive_until("5")[-1]["58"], "enough")

    def test_a_name_cannot_leave_the_folder_of_the_logs(self):
        settings = self.venue()
        process, port = self.up(settings)
        for name in ("../../x", "/etc/x", "..", "A%2FB"):
            client = self.client(port, sender=name)
            client.send(frame("A", 1, ["98=0", "108=30"], sender=name))
            client.receive_until("A")
        self.stop_and_read(process)
        logs = sorted(p.name for p in (self.folder / "acceptor.log").iterdir())
        self.assertEqual(logs, ["FIX.4.2-VENUE-%2Fetc%2Fx.messages.log", "FIX.4.2-VENUE-..%2F..%2Fx.messages.log", "FIX.4.2-VENUE-...messages.log",
                                "FIX.4.2-VENUE-A%252FB.messages.log", "troupe.events.log"])
        self.assertEqual({p.name for p in self.folder.iterdir() if not p.name.startswith("acceptor.db")}, {"acceptor.log", "venue.cfg"})

    def test_invented_names_fill_neither_disk_nor_memory(self):
        settings = self.venue("MaxDynamicSessions=3\nMaxDynamicIdentities=5\n")
        process, port = self.up(settings)
        served = 0
        for n in range(30):
            client = self.client(port, sender=f"X{n}")
            client.send(frame("A", 1, ["98=0", "108=30"], sender=f"X{n}"))
            try:
                client.receive_until("A")
                served += 1
            except (EOFError, ConnectionResetError):
                pass
            client.close()
            self.wait_until("the link to end", lambda: all(s["state"] == "Disconnected" for s in self.status(settings)))
        self.assertEqual(served, 5)
        self.assertLessEqual(len(self.names(settings)), 3)
        self.assertIn("MaxDynamicIdentities", self.stop_and_read(process))
        with sqlite3.connect(self.folder / "acceptor.db") as file:
            self.assertEqual(file.execute("SELECT count(*) FROM session").fetchone()[0], 5)

    def test_default_alone_takes_anybody_with_a_qualifier_each(self):
        path = self.folder / "anybody.cfg"
        path.write_text(f"[DEFAULT]\nConnectionType=acceptor\nSocketAcceptAddress=127.0.0.1\nSocketAcceptPort=0\nNonStopSession=Y\n"
                        f"StorePath={self.folder}/a.db\nFileLogPath={self.folder}/log\nDynamicSessions=Y\nDynamicQualifier=Y\n")
        process, port = self.up(path)
        clients = [self.client(port, sender="ANN") for _ in range(2)]
        for client in clients:
            client.send(frame("A", 1, ["98=0", "108=30"], sender="ANN"))
            client.receive_until("A")
        self.assertEqual(self.names(path), ["FIX.4.2:VENUE->ANN:1", "FIX.4.2:VENUE->ANN:2"])
        self.stop_and_read(process)


def select_a_moment(client):
    """Waits for the peer's end for a moment: whichever comes first."""
    client.socket.settimeout(0.1)
    try:
        client.socket.recv(1)
    except OSError:
        pass


class Phases(Binary):
    """SIGTERM wherever a session may be: it ends in order, with 0, and says so."""

    def ends_in_order(self, process):
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(LIMIT), 0)
        said = process.stderr.read()
        self.assertIn("engine-stopped", said)
        return said

    def says(self, process, part):
        for line in process.stderr:
            if part in line:
                return line
        return self.fail("it never said " + part)

    def test_while_it_starts(self):
        process = self.start(self.settings())
        self.says(process, " listening ")
        self.ends_in_order(process)

    def test_while_a_stranger_waits_in_the_lobby(self):
        process, port = self.up(self.settings())
        client = self.client(port)
        client.send(b"8=FIX.4.2\x019=")
        self.ends_in_order(process)
        with self.assertRaises((EOFError, ConnectionError)):
            client.receive()

    def test_while_a_logon_has_no_answer(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            silent.settimeout(LIMIT)
            process, _ = self.up(self.settings("i.cfg", f"SocketConnectPort={silent.getsockname()[1]}\nStopTimeout=1\nLogonTimeout=60", role="initiator"))
            peer, _ = silent.accept()
            with peer:
                peer.settimeout(LIMIT)
                self.assertIn(b"35=A", peer.recv(4096))
                self.ends_in_order(process)

    def test_while_a_gap_is_open(self):
        process, port = self.up(self.settings())
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]), order(5, "LATE"))
        client.receive_until("2")
        process.send_signal(signal.SIGTERM)
        client.receive_until("5")
        client.send(frame("5", 6))
        self.ends_in_order(process)

    def test_while_the_operator_logs_it_out(self):
        settings = self.settings(more="StopTimeout=1\nLogoutTimeout=60")
        process, port = self.up(settings)
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]))
        client.receive_until("A")
        self.assertEqual(self.run_to_end("logout", settings, "-s", "CLIENT").returncode, 0)
        client.receive_until("5")
        self.assertIn("1 sessions were cut", self.ends_in_order(process))

    def test_while_the_store_is_stalled(self):
        process, port = self.up(self.settings(more="StopTimeout=1"), preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN))
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]))
        client.receive_until("A")
        _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, hard))
        client.send(order(2, "A1"))
        self.says(process, "store-stalled")
        self.ends_in_order(process)

    def test_what_it_says_last_are_the_numbers_it_starts_with(self):
        settings = self.settings()
        process, port = self.up(settings, stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]), order(2, "A1"))
        client.receive_until("8")
        process.send_signal(signal.SIGTERM)
        client.receive_until("5")
        client.send(frame("5", 3))
        self.assertEqual(process.wait(LIMIT), 0)
        self.assertEqual(process.stdout.read(), "FIX.4.2:VENUE->CLIENT: next MsgSeqNum out 4, in 4; 3 messages out, 3 in, 1 connections, 0 restarts\n")

    def test_kill_9_of_an_initiator(self):
        acceptor, port = self.up(self.settings())
        settings = self.settings("initiator.cfg", f"SocketConnectPort={port}\nReconnectInterval=1", role="initiator")
        numbers = []
        for _ in range(2):
            process, _ = self.up(settings)
            self.wait_until("logon", lambda: self.status(settings)[0]["state"] == "Active")
            numbers.append(self.status(settings)[0])
            process.kill()
            process.wait()
        self.assertGreater(numbers[1]["next_sender"], numbers[0]["next_sender"])
        self.assertGreater(numbers[1]["next_target"], numbers[0]["next_target"])


class Commands(Binary):
    def test_stop_from_outside(self):
        settings = self.settings()
        process, port = self.up(settings)
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]))
        client.receive_until("A")
        stopping = subprocess.Popen([TROUPE, "stop", str(settings)], stdout=subprocess.PIPE, text=True)
        self.addCleanup(stopping.stdout.close)
        client.receive_until("5")
        client.send(frame("5", 2))
        self.assertEqual(stopping.wait(LIMIT), 0)
        self.assertEqual(stopping.stdout.read(), "stopped\n")
        self.assertEqual(process.wait(LIMIT), 0)
        self.assertFalse((self.folder / "acceptor.db.sock").exists())

    def parked(self, settings, *more):
        answer = self.run_to_end("parked", settings, "--json", *more)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return [p for line in answer.stdout.splitlines() for p in json.loads(line)["parked"]]

    def test_what_is_parked_is_listed_with_and_without_an_engine_and_dropped(self):
        settings = self.settings(more="SubmitsWhileDown=park")
        process, _ = self.up(settings)
        self.assertEqual(self.run_to_end("parked", settings).stdout, "nothing waits for a logon\n")
        self.stop_and_read(process)
        for n in range(1, 251):
            park(self.folder / "acceptor.db", "FIX.4.2:VENUE->CLIENT", n, 1000 + n, "D", b"11=A%d\x01554=secret\x01" % n)

        resting = self.run_to_end("parked", settings)
        self.assertEqual(resting.returncode, 0)
        self.assert_says(resting.stderr, "acceptor.db.sock: ", "so this is what stands in ")
        self.assert_says(resting.stdout, "FIX.4.2:VENUE->CLIENT\n  TOKEN", "  1001                  D     1 h", "35=D|11=A250|554=***|")
        self.assertEqual(resting.stdout.count("TOKEN"), 1)
        self.assertEqual([p["token"] for p in self.parked(settings)], [str(1000 + n) for n in range(1, 251)])
        refused = self.run_to_end("parked", settings, "-s", "CLIENT", "--drop", "1001")
        self.assertEqual(refused.returncode, 4)
        self.assert_says(refused.stderr, "only a running engine drops what is parked")
        self.assertEqual(self.run_to_end("parked", "--socket", self.folder / "acceptor.db.sock").returncode, 4)

        process, _ = self.up(settings)
        self.assert_says(self.run_to_end("status", settings).stdout, "250 submits wait for a logon: ", " bytes, the oldest for 1 h")
        listed = self.parked(settings)
        self.assertEqual([p["token"] for p in listed], [str(1000 + n) for n in range(1, 251)])
        self.assertFalse(any(p["is_damaged"] for p in listed))
        dropped = self.run_to_end("parked", settings, "-s", "CLIENT", "--drop", "1002")
        self.assertEqual((dropped.returncode, dropped.stdout), (0, "CLIENT: 1 submit was dropped, and the application is told\n"))
        process.kill()  # what was said is durable
        process.wait()
        self.assertEqual(len(self.parked(settings)), 249)
        process, port = self.up(settings)
        self.assertNotIn("1002", [p["token"] for p in self.parked(settings, "-s", "CLIENT")])
        again = self.run_to_end("parked", settings, "-s", "CLIENT", "--drop", "1002")
        self.assertEqual(again.returncode, 6)
        self.assert_says(again.stderr, "no such submit waits here")
        self.assert_says(self.run_to_end("parked", settings, "-s", "CLIENT", "--drop-all").stdout, "249 submits were dropped")
        self.assertEqual(self.parked(settings), [])
        self.is_well(process, port)

    def test_a_list_or_drop_that_is_asked_for_wrongly(self):
        settings = self.settings()
        for wrong in (["--drop", "1"], ["--drop-all"], ["-s", "CLIENT", "--drop", "0"], ["-s", "CLIENT", "--drop", "1", "--drop-all"]):
            self.assertEqual(self.run_to_end("parked", settings, *wrong).returncode, 2, wrong)
        none = self.run_to_end("parked", settings)
        self.assertEqual(none.returncode, 9)
        self.assert_says(none.stderr, "acceptor.db: is not there")
        self.up(settings)
        nobody = self.run_to_end("parked", settings, "-s", "NOBODY")
        self.assertEqual(nobody.returncode, 6)
        self.assert_says(nobody.stderr, "no session is called NOBODY")

    def test_a_signal_behind_a_stop_from_outside_waits_for_the_same_end(self):
        settings = self.settings(more="LogoutTimeout=60")
        process, port = self.up(settings)
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]))
        client.receive_until("A")
        stopping = subprocess.Popen([TROUPE, "stop", str(settings), "--within", "60"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(stopping.stdout.close)
        client.receive_until("5")
        process.send_signal(signal.SIGTERM)
        client.send(order(2, "LAST"), frame("5", 3))
        self.assertEqual(process.wait(LIMIT), 0)
        self.assertNotIn("were cut", process.stderr.read())
        self.assertEqual(stopping.wait(LIMIT), 0)

    def test_a_stop_that_is_answered_and_does_not_happen(self):
        """What answers here never ends: `stop` must not say that it did."""
        path = str(self.folder / "stuck.sock")
        with socket.socket(socket.AF_UNIX) as stuck:
            stuck.bind(path)
            stuck.listen()
            stuck.settimeout(LIMIT)
            stopping = subprocess.Popen([TROUPE, "stop", "--socket", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            client, _ = stuck.accept()
            with client:
                client.sendall(b'{"done":true,"text":"stopped"}\n')
                out, err = stopping.communicate(timeout=LIMIT)
        self.assertEqual((stopping.returncode, out), (6, ""))
        self.assert_says(err, path, "has not ended within")

    def test_logout_and_logon_from_outside(self):
        settings = self.settings()
        process, port = self.up(settings)
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]))
        client.receive_until("A")
        done = self.run_to_end("logout", settings, "-s", "CLIENT", "--text", "lunch")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(client.receive_until("5")[-1]["58"], "lunch")
        client.send(frame("5", 2))
        self.wait_until("stopped", lambda: self.status(settings)[0]["supervision"] == "Stopped" and not self.status(settings)[0]["peer"])
        refused = self.client(port)
        refused.send(frame("A", 3, ["98=0", "108=30"]))
        with self.assertRaises(EOFError):
            refused.receive()
        self.assertEqual(self.run_to_end("logon", settings, "-s", "FIX.4.2:VENUE->CLIENT").returncode, 0)
        again = self.client(port)
        again.send(frame("A", 3, ["98=0", "108=30"]))
        self.assertEqual(again.receive()["35"], "A")

    def test_nobody_to_talk_to(self):
        answer = self.run_to_end("status", self.settings())
        self.assertEqual(answer.returncode, 4)
        self.assert_says(answer.stderr, "acceptor.db.sock", "troupe run")

    def test_a_session_that_is_not_there(self):
        settings = self.settings()
        self.up(settings)
        answer = self.run_to_end("reset", settings, "-s", "NOBODY")
        self.assertEqual(answer.returncode, 6)
        self.assert_says(answer.stderr, "NOBODY", "FIX.4.2:VENUE->CLIENT")

    def test_strangers_at_the_control_socket(self):
        settings = self.settings()
        process, port = self.up(settings)
        path = str(self.folder / "acceptor.db.sock")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        talkers = []
        for bytes_sent in (b"garbage\n", b"\xff\xfe\n", b'{"ask":"status"', b"x" * 100_000):
            s = socket.socket(socket.AF_UNIX)
            self.addCleanup(s.close)
            s.settimeout(LIMIT)
            s.connect(path)
            try:
                s.sendall(bytes_sent)
            except BrokenPipeError:
                pass
            talkers.append(s)
        self.assertIn(b"no JSON object", talkers[0].recv(4096))
        self.assertIn(b"no JSON object", talkers[1].recv(4096))
        self.assertIn(b"at most", talkers[3].recv(4096))
        for _ in range(40):  # more than it lets in
            s = socket.socket(socket.AF_UNIX)
            self.addCleanup(s.close)
            s.connect(path)
            talkers.append(s)
        for s in talkers:
            s.close()
        self.wait_until("room for a client", lambda: self.run_to_end("status", settings).returncode == 0)
        self.is_well(process, port)

    def test_a_stale_socket_is_replaced_and_a_live_one_is_not(self):
        settings = self.settings()
        process, _ = self.up(settings)
        process.kill()
        process.wait()
        self.assertTrue((self.folder / "acceptor.db.sock").exists())
        self.up(settings)
        self.assertEqual(self.status(settings)[0]["supervision"], "Running")
        other = self.settings("other.cfg", f"ControlSocket={self.folder}/acceptor.db.sock")
        other.write_text(other.read_text().replace("acceptor.db\n", "other.db\n"))
        second, _ = self.up(other)
        self.assert_says(second.start_text, "listens there already", "ControlSocket")


class Warnings(Binary):
    def test_a_warning_of_the_settings_is_an_event_on_the_screen_and_in_the_log(self):
        settings = self.settings(more="SocketSendTimeout=500")
        process, _ = self.up(settings)
        said = process.start_text + self.stop_and_read(process)
        expected = f"warning settings-warning - {settings}:11:1: warning: SocketSendTimeout is ignored"
        self.assertEqual(said.count(expected), 1, said)
        self.assertEqual(said.count("SocketSendTimeout"), 1, said)
        self.assert_says((self.folder / "acceptor.log" / "troupe.events.log").read_text(), expected)

    def test_without_events_on_the_screen_it_is_said_all_the_same(self):
        settings = self.settings(more="SocketSendTimeout=500\nScreenLogShowEvents=N")
        process = self.start(settings)
        self.assert_says(process.stderr.readline(), f"{settings}:11:1: warning: SocketSendTimeout is ignored")
        self.wait_until("a start", lambda: self.run_to_end("status", settings).returncode == 0)
        self.assertEqual(self.stop_and_read(process), "")


class Validation(Binary):
    def rejected(self, settings, fields):
        process, port = self.up(settings)
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]), frame("D", 2, fields))
        answer = client.receive_until("3")[-1]
        event = self.read_to(process, "reject-sent")
        client.send(order(3, "GOOD"))
        self.assertEqual(client.receive_until("8")[-1]["11"], "GOOD")
        return answer, event

    ORDER = ["11=A1", "21=1", "55=IBM", "54=1", "60=20240315-14:30:00", "38=100", "40=2", "44=10"]

    def test_a_value_out_of_range(self):
        answer, event = self.rejected(self.settings(), [f if f != "54=1" else "54=Z" for f in self.ORDER])
        self.assertEqual((answer["45"], answer["371"], answer["372"], answer["373"]), ("2", "54", "D", "5"))
        self.assert_says(event, "warning reject-sent FIX.4.2:VENUE->CLIENT MsgSeqNum 2: Side(54)=Z is none of 1 (BUY), 2 (SELL)")

    def test_a_field_of_nobody(self):
        answer, event = self.rejected(self.settings(), [*self.ORDER, "5001=x"])
        self.assertEqual((answer["371"], answer["373"]), ("5001", "0"))
        self.assert_says(event, "tag 5001 is not defined in FIX.4.2")

    def taken(self, more, fields):
        process, port = self.up(self.settings(more=more))
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]), frame("D", 2, fields))
        self.assertEqual(client.receive_until("8")[-1]["11"], "A1")
        return process

    def test_the_switches(self):
        self.taken("ValidateUserDefinedFields=N", [*self.ORDER, "5001=x"])

    def test_without_a_dictionary(self):
        self.taken("UseDataDictionary=N", [*self.ORDER, "5001=x", "4999=y"])

    def test_a_warning_instead_of_a_reject(self):
        process = self.taken("RejectInvalidMessage=N", [*self.ORDER, "5001=x"])
        self.assert_says(self.read_to(process, "invalid-tolerated"), "MsgSeqNum 2: tag 5001 is not defined")

    def test_a_reject_is_never_rejected(self):
        process, port = self.up(self.settings())
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]), frame("3", 2, ["45=1", "5001=x"]), order(3, "A2"))
        self.assertEqual([m["35"] for m in client.receive_until("8")], ["A", "8"])
        self.assert_says(self.read_to(process, "invalid-tolerated"), "tag 5001 is not defined")


class BadStart(Binary):
    def refused(self, settings, *parts, code=3, **more):
        answer = self.run_to_end("run", settings, **more)
        self.assertEqual(answer.returncode, code, answer.stderr)
        self.assert_says(answer.stderr, *parts)

    def test_wrong_settings(self):
        settings = self.settings(more="HeartBtInt=thirty\nReconectInterval=5")
        self.refused(settings, "acceptor.cfg:", "HeartBtInt=thirty", "ReconnectInterval", code=1)

    def test_settings_that_are_not_there(self):
        self.refused(self.folder / "none.cfg", "none.cfg", code=1)

    def test_a_window_without_an_end(self):
        settings = self.settings(more="StartTime=08:00:00")
        settings.write_text(settings.read_text().replace("NonStopSession=Y\n", ""))
        self.refused(settings, "StartTime without EndTime", code=1)

    def test_outside_of_its_time_a_session_lets_nobody_in(self):
        away = time.strftime("%H:%M:%S", time.gmtime(time.time() + 12 * 3600))
        soon = time.strftime("%H:%M:%S", time.gmtime(time.time() + 12 * 3600 + 60))
        settings = self.settings(more=f"StartTime={away}\nEndTime={soon}")
        settings.write_text(settings.read_text().replace("NonStopSession=Y\n", ""))
        process, port = self.up(settings)
        [session] = self.status(settings)
        self.assertEqual(session["supervision"], "OutOfSchedule")
        self.assertIn(f" {away} UTC", session["reason"])
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]))
        self.assert_says(self.read_to(process, "link-refused"), "OutOfSchedule")
        self.stop_and_read(process)

    def test_a_busy_port(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            s.listen()
            port = s.getsockname()[1]
            settings = self.settings()
            settings.write_text(settings.read_text().replace("SocketAcceptPort=0", f"SocketAcceptPort={port}"))
            self.refused(settings, str(port), "in use")

    def test_a_store_of_another_process(self):
        settings = self.settings()
        process, port = self.up(settings)
        self.refused(settings, "acceptor.db", f"process {process.pid}")
        self.is_well(process, port)

    def test_a_store_that_is_none(self):
        settings = self.settings()
        (self.folder / "acceptor.db").write_bytes(b"this is no database, but long enough to be looked at" * 100)
        self.refused(settings, "acceptor.db: is not a SQLite file. Name another path for the store.")

    def test_a_store_that_is_a_folder(self):
        settings = self.settings()
        (self.folder / "acceptor.db").mkdir()
        self.refused(settings, "acceptor.db: is a folder, expected the name of a file.")

    @unittest.skipIf(os.geteuid() == 0, "root reads everything")
    def test_a_store_that_cannot_be_read(self):
        settings = self.settings()
        (self.folder / "acceptor.db").touch(0)
        self.refused(settings, "acceptor.db: cannot be opened: Permission denied. Check owner and permissions")

    def test_a_store_whose_end_is_missing(self):
        settings = self.settings()
        process, port = self.up(settings)
        self.is_well(process, port)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(LIMIT), 0)
        file = self.folder / "acceptor.db"
        os.truncate(file, file.stat().st_size // 2)
        self.refused(settings, "acceptor.db: cannot be opened: database disk image is malformed. ", "restore it from a copy")

    def test_a_store_folder_that_is_a_file(self):
        settings = self.settings(more=f"StorePath={self.folder}/file/x.db")
        text = settings.read_text().replace(f"StorePath={self.folder}/acceptor.db\n", "")
        settings.write_text(text)
        (self.folder / "file").write_text("in the way")
        self.refused(settings, "file", "StorePath")

    def test_a_log_that_cannot_be_written(self):
        settings = self.settings()
        (self.folder / "acceptor.log").write_text("in the way")
        self.refused(settings, "acceptor.log")

    def test_a_disk_that_is_full_from_the_start(self):
        def small_files():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        self.refused(self.settings(), "acceptor.db: cannot be opened: ", "Make room on the disk", preexec_fn=small_files)


    @unittest.skipIf(is_sanitized(), "the sanitizer itself needs files: it takes a pipe to look at an address")
    def test_too_few_files_may_be_open(self):
        """Wherever in the start they run out: it is said, and it ends with the documented exit code."""
        for files in range(5, 12):
            with self.subTest(files=files):
                answer = self.run_to_end("run", self.settings(), preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)))
                self.assertEqual(answer.returncode, 3, answer.stderr)
                self.assertEqual(len(answer.stderr.splitlines()), 1, answer.stderr)
                self.assertIn("Too many open files", answer.stderr)


class BadPeers(Binary):
    def test_garbage(self):
        process, port = self.up(self.settings())
        client = self.client(port)
        client.send(b"GET / HTTP/1.1\r\n\r\n" * 1000)
        with self.assertRaises((EOFError, ConnectionError)):
            client.receive()
        self.is_well(process, port)
        self.assertIn("lobby-refused", self.stop_and_read(process))

    def test_a_little_garbage(self):
        """Too little to be more than an address: it is no message, or it has no end."""
        for start in (b"GET / HTTP/1.1\r\nHost: here\r\n\r\n", b"8=FIX.4.2\x01", b"8=FIX.4.2\x019=30\x01", bytes(100)):
            with self.subTest(start=start):
                process, port = self.up(self.settings(more="LobbyTimeout=1"))
                client = self.client(port)
                client.send(start.ljust(100, b"x"))
                with self.assertRaises((EOFError, ConnectionError)):
                    client.receive()
                self.is_well(process, port)
                self.assertIn("lobby-refused", self.stop_and_read(process))

    def test_an_oversized_first_message(self):
        process, port = self.up(self.settings())
        client = self.client(port)
        client.send(b"8=FIX.4.2\x019=999999\x0135=A\x01" + b"58=" + b"x" * 20_000)
        with self.assertRaises((EOFError, ConnectionError)):
            client.receive()
        self.is_well(process, port)

    def test_garbage_and_oversized_after_the_logon(self):
        process, port = self.up(self.settings())
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]), b"nonsense" * 10_000, b"8=FIX.4.2\x019=4000000000\x01", b"8=FIX.4.2\x019=-1\x01", order(2, "A1"))
        self.assertEqual(client.receive_until("8")[-1]["11"], "A1")
        client.send(frame("5", 3))
        client.receive_until("5")
        client.close()
        self.is_well(process, port)
        self.assertIn("msg-garbled", self.stop_and_read(process))

    def test_half_a_message_and_silence(self):
        process, port = self.up(self.settings(more="LobbyTimeout=1"))
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"])[:-9])
        with self.assertRaises((EOFError, ConnectionError)):
            client.receive()
        self.is_well(process, port)

    def test_half_a_message_behind_the_logon_and_silence(self):
        process, port = self.up(self.settings())
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=1"]), order(2, "HALF")[:-20])
        seen = []
        with self.assertRaises((EOFError, ConnectionError)):
            while True:
                seen.append(client.receive()["35"])
        self.assertIn("1", seen)  # it was asked, and did not answer
        self.assertNotIn("8", seen)
        self.is_well(process, port)
        self.assertIn("link-ended", self.stop_and_read(process))

    def test_half_a_message_behind_the_logon_and_the_end(self):
        process, port = self.up(self.settings())
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]), order(2, "HALF")[:-20])
        client.receive_until("A")
        client.close()
        self.read_to(process, "link-ended")
        again = self.client(port)
        again.send(frame("A", 2, ["98=0", "108=30"]), order(3, "WHOLE"))  # the half one never counted
        self.assertEqual(again.receive_until("8")[-1]["11"], "WHOLE")
        again.close()
        self.read_to(process, "link-ended")
        self.is_well(process, port)

    def test_peers_that_say_nothing(self):
        process, port = self.up(self.settings(more="LobbyTimeout=1"))
        silent = [self.client(port) for _ in range(8)]
        for client in silent:
            with self.assertRaises((EOFError, ConnectionError)):
                client.receive()
        self.is_well(process, port)
        self.assertEqual(self.stop_and_read(process).count("no Logon in time"), 8)

    def test_one_peer_too_many_that_says_nothing(self):
        process, port = self.up(self.settings(more="LobbyTimeout=60\nLobbyMaxSockets=5"))
        silent = [self.client(port) for _ in range(5)]
        with self.assertRaises((EOFError, ConnectionError)):
            self.client(port).receive()
        self.assert_says(self.read_to(process, "lobby-refused"), "too many connections before Logon: 5")
        first = silent[0]  # the others were not touched, and one that logs on makes room for another
        first.send(frame("A", 1, ["98=0", "108=30"]), order(2, "FIRST"))
        self.assertEqual(first.receive_until("8")[-1]["11"], "FIRST")
        first.send(frame("5", 3))
        first.receive_until("5")
        first.close()
        self.is_well(process, port)
        for client in silent[1:]:
            client.close()
        self.stop_and_read(process)

    def test_an_unknown_identity(self):
        process, port = self.up(self.settings())
        client = self.client(port, sender="STRANGER")
        client.send(client.frame("A", 1, ["98=0", "108=30"]))
        with self.assertRaises(EOFError):
            client.receive()
        self.is_well(process, port)
        self.assert_says(self.stop_and_read(process), "lobby-refused", "STRANGER")

    def test_a_second_connection_of_one_who_is_connected(self):
        process, port = self.up(self.settings())
        first = self.client(port)
        first.send(frame("A", 1, ["98=0", "108=30"]))
        first.receive_until("A")
        second = self.client(port)
        second.send(frame("A", 2, ["98=0", "108=30"]))
        with self.assertRaises(EOFError):
            second.receive()
        first.send(order(2, "STILL"))
        self.assertEqual(first.receive_until("8")[-1]["11"], "STILL")
        self.assertIn("already", self.stop_and_read(process))

    def test_a_peer_that_goes_silent_is_tested_and_cut(self):
        process, port = self.up(self.settings())
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=1"]))
        client.receive_until("1")
        with self.assertRaises((EOFError, ConnectionError)):
            while True:
                client.receive()
        self.is_well(process, port)



class BadAcceptors(Binary):
    """What an initiator may meet where it connects. It comes again, and a decent acceptor is taken."""

    def initiator(self, port, more="LogonTimeout=1"):
        self.file = self.settings("i.cfg", f"SocketConnectPort={port}\nReconnectInterval=1\n{more}", role="initiator")
        return self.up(self.file)[0]

    def listening(self):
        listening = socket.create_server(("127.0.0.1", 0))
        listening.settimeout(LIMIT)
        self.addCleanup(listening.close)
        return listening, listening.getsockname()[1]

    def accept(self, listening):
        """A connection with the Logon that came on it."""
        peer = Client(0, accepted=listening.accept()[0])
        self.addCleanup(peer.close)
        self.assertEqual(peer.receive()["35"], "A")
        return peer

    @staticmethod
    def answer(msg_type, number, body=(), sender="VENUE"):
        return frame(msg_type, number, body, sender=sender, target="CLIENT")

    def takes_a_decent_one(self, process, listening):
        peer = self.accept(listening)
        peer.send(self.answer("A", 1, ["98=0", "108=30"]))
        self.wait_until("logon", lambda: self.status(self.file)[0]["state"] == "Active")
        peer.send(self.answer("1", 2, ["112=ARE YOU WELL"]))
        self.assertEqual(peer.receive_until("0")[-1]["112"], "ARE YOU WELL")
        process.send_signal(signal.SIGTERM)
        peer.receive_until("5")
        peer.send(self.answer("5", 3))
        self.assertEqual(process.wait(LIMIT), 0)
        return process.stderr.read()

    def meets(self, *first):
        """An acceptor that sends this for an answer, and nothing more."""
        listening, port = self.listening()
        process = self.initiator(port)
        peer = self.accept(listening)
        if first:
            peer.send(*first)
        with self.assertRaises((EOFError, ConnectionError)):
            while True:
                peer.receive()
        peer.close()
        return self.takes_a_decent_one(process, listening)

    def test_one_that_says_nothing(self):
        self.assertIn("link-ended", self.meets())

    def test_garbage(self):
        self.assertIn("msg-garbled", self.meets(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 1000))

    def test_a_little_garbage(self):
        self.assertIn("link-ended", self.meets(b"SSH-2.0-OpenSSH_9.2p1\r\n".ljust(100, b"x")))

    def test_lengths_that_are_none(self):
        self.assertIn("link-ended", self.meets(b"8=FIX.4.2\x019=4000000000\x01", b"8=FIX.4.2\x019=-1\x01", b"x" * 20_000))

    def test_half_a_message(self):
        self.assertIn("link-ended", self.meets(self.answer("A", 1, ["98=0", "108=30"])[:-9]))

    def test_another_name(self):
        self.assertIn("link-ended", self.meets(self.answer("A", 1, ["98=0", "108=30"], sender="ANOTHER")))

    def test_something_else_than_a_logon(self):
        self.assertIn("link-ended", self.meets(self.answer("0", 1)))

    def test_one_that_closes_at_once(self):
        listening, port = self.listening()
        process = self.initiator(port)
        listening.accept()[0].close()
        self.assertIn("link-ended", self.takes_a_decent_one(process, listening))

    def test_nobody_there(self):
        port = free_port()
        process = self.initiator(port)
        self.assert_says(self.read_to(process, "connect-failed"), f"127.0.0.1:{port}", "Connection refused")
        with socket.create_server(("127.0.0.1", port)) as listening:
            listening.settimeout(LIMIT)
            self.takes_a_decent_one(process, listening)


class Echo(Binary):
    def test_what_comes_goes_back(self):
        process, port = self.up(self.settings(more="Application=echo"))
        client = self.client(port)
        email = frame("C", 3, ["164=THREAD", "94=0", "147=Greetings", "33=1", "58=first line"])
        client.send(frame("A", 1, ["98=0", "108=30"]), order(2, "E1"), email)
        sent_back = client.receive_until("C")
        self.assertEqual([m["35"] for m in sent_back], ["A", "D", "C"])
        mine = {"35": "D", "11": "E1", "21": "1", "55": "MSFT", "54": "1", "38": "100", "40": "2", "44": "25.5", "60": "20260101-00:00:00"}
        self.assertEqual({k: v for k, v in sent_back[1].items() if k not in ("8", "9", "10", "34", "49", "52", "56")}, mine)
        self.assertEqual((sent_back[1]["49"], sent_back[1]["56"], sent_back[1]["34"]), ("VENUE", "CLIENT", "2"))
        self.assertEqual((sent_back[2]["164"], sent_back[2]["58"], sent_back[2]["34"]), ("THREAD", "first line", "3"))

    def test_what_it_does_not_know_is_rejected_and_a_repeated_order_is_not_sent_back(self):
        process, port = self.up(self.settings(more="Application=echo"))
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]), order(2, "E1"))
        self.assertEqual([m["35"] for m in client.receive_until("D")], ["A", "D"])
        client.send(frame("H", 3, ["37=1", "11=E1", "55=MSFT", "54=1"]))
        rejected = client.receive()
        self.assertEqual((rejected["35"], rejected["45"], rejected["372"]), ("j", "3", "H"))
        again = ["97=Y", "11=E1", "21=1", "55=MSFT", "54=1", "38=100", "40=2", "44=25.5", "60=20260101-00:00:00"]
        client.send(frame("D", 4, again), order(5, "E2"))
        self.assertEqual(client.receive()["11"], "E2")
        self.assertIsNone(process.poll())


class FullDisk(Binary):
    def test_the_store_is_full_and_has_room_again(self):
        """Orders wait while nothing can be committed, and none is lost or doubled when it can."""
        settings = self.settings()
        process, port = self.up(settings, preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN))
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]))
        client.receive_until("A")
        _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, hard))
        client.send(order(2, "A1"), order(3, "A2"))
        self.read_to(process, "store-stalled")
        self.assertEqual(self.status(settings)[0]["state"], "StoreStalled")
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        answers = [client.receive_until("8")[-1] for _ in range(2)]
        self.assertEqual([(a["11"], a["34"]) for a in answers], [("A1", "2"), ("A2", "3")])
        client.send(frame("5", 4))
        client.receive_until("5")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(LIMIT), 0)
        self.assertIn("store-back", process.stderr.read())


class LockedStore(Binary):
    """Another program, an SQLite shell or a backup, holds the store's file for a while."""

    def hold(self, file):
        other = sqlite3.connect(file, isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        return other

    def test_at_the_start(self):
        settings = self.settings()
        process, _ = self.up(settings)
        process.send_signal(signal.SIGTERM)
        process.wait(LIMIT)
        other = self.hold(self.folder / "acceptor.db")
        process = self.start(settings)
        for line in process.stderr:
            if "store-unavailable" in line:
                break
        self.assertIn("fuser", line)
        self.wait_until("the port", lambda: "listening" in process.stderr.readline())
        self.assertIn("fuser", self.status(settings)[0]["reason"])
        other.execute("ROLLBACK")
        self.wait_until("a session that stands", lambda: self.status(settings)[0]["supervision"] == "Running")
        port = json.loads(self.run_to_end("status", settings, "--json").stdout)["ports"][0]
        self.is_well(process, port)

    def test_while_it_trades(self):
        settings = self.settings()
        process, port = self.up(settings)
        client = self.client(port)
        client.send(frame("A", 1, ["98=0", "108=30"]), order(2, "A1"))
        client.receive_until("8")
        other = self.hold(self.folder / "acceptor.db")
        client.send(order(3, "A2"), order(4, "A3"))
        line = self.read_to(process, "store-stalled")
        self.assertIn("fuser", line)
        other.execute("ROLLBACK")
        answers = [client.receive_until("8")[-1] for _ in range(2)]
        self.assertEqual([(a["11"], a["34"]) for a in answers], [("A2", "3"), ("A3", "4")])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
