"""The demo as a user starts it: it is hurt in every way and loses nothing; with a lying store it says so.

    demo_runs.py TROUPE [TEST...]
"""
import fcntl
import os
import pty
import re
import resource
import select
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

TROUPE = os.path.abspath(sys.argv[1])


def run(*arguments, **more):
    return subprocess.run([TROUPE, "demo", *arguments], capture_output=True, text=True, timeout=150, **more)


def is_sanitized():
    with open(TROUPE, "rb") as binary:
        return b"__ubsan_" in binary.read()


class Demo(unittest.TestCase):
    def folder_of(self, output):
        folder = re.search(r"stores, ledgers and logs: (\S+)", output).group(1)
        self.addCleanup(shutil.rmtree, folder, True)
        return folder

    def test_every_hurt_and_nothing_lost(self):
        done = run("--seconds", "6", "--hurt", "all")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(len(re.findall("HURT", done.stdout)), 5, done.stdout)
        self.assertEqual(len(re.findall("recovered:", done.stdout)), 5, done.stdout)
        last = done.stdout.rstrip().splitlines()[-1]
        compared = int(re.match(r"GOOD: (\d+) messages compared: 0 lost, 0 duplicated, 0 out of order", last).group(1))
        self.assertGreater(compared, 300)
        self.assertNotIn("\x1b", done.stdout)

    def test_a_lying_store_is_found_out(self):
        done = run("--seconds", "4", "--hurt", "drop", "--sabotage", "skip-commit", "--rate", "400")
        self.assertEqual(done.returncode, 7, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"FAILED: \d+ messages compared: [1-9]\d* lost")
        self.assertTrue(os.path.exists(os.path.join(self.folder_of(done.stdout), "venue.db")))

    def test_a_signal_ends_it_in_order(self):
        process = subprocess.Popen([TROUPE, "demo"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.assertIn("are up", process.stdout.readline())
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        self.assertEqual(process.wait(60), 0, rest)
        self.assertIn("GOOD:", rest)

    def start(self, *arguments):
        """A demo under way, its folder of folders, and what it said first."""
        parent = tempfile.mkdtemp(prefix="troupe-test-")
        self.addCleanup(shutil.rmtree, parent, True)
        process = subprocess.Popen([TROUPE, "demo", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   env={**os.environ, "TMPDIR": parent}, start_new_session=True)
        self.addCleanup(self.end, process)
        self.said = process.stdout.readline()
        self.assertIn("are up", self.said)
        return process, parent

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()

    @staticmethod
    def only(parent):
        return os.path.join(parent, os.listdir(parent)[0])

    @staticmethod
    def venue_of(process):
        return int(subprocess.run(["ps", "--ppid", str(process.pid), "-o", "pid="], capture_output=True, text=True).stdout)

    def read_line_with(self, process, part):
        for line in process.stdout:
            if part in line:
                return line
        return self.fail("it never said " + part)

    def test_a_signal_to_the_process_group_loses_nothing(self):
        """As timeout(1), a shell's job control or systemd send it: to everybody who is not in a group of its own."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=number.name):
                process, parent = self.start("--rate", "2000")
                venue = self.venue_of(process)
                self.assertNotEqual(os.getpgid(venue), os.getpgid(process.pid))
                os.killpg(process.pid, number)
                rest = process.stdout.read()
                self.assertEqual(process.wait(60), 0, rest)
                self.assertIn("GOOD:", rest)
                self.assertFalse(os.path.exists(f"/proc/{venue}"))
                self.assertEqual(os.listdir(parent), [])

    def test_the_venue_ends_with_a_demo_that_is_killed(self):
        process, _ = self.start()
        venue = self.venue_of(process)
        process.kill()
        process.wait()
        end = time.monotonic() + 30
        while os.path.exists(f"/proc/{venue}") and "Z" not in self.state_of(venue):
            self.assertLess(time.monotonic(), end)

    @staticmethod
    def state_of(pid):
        return subprocess.run(["ps", "-p", str(pid), "-o", "stat="], capture_output=True, text=True).stdout or "Z"

    @staticmethod
    def signal_until_it_ends(process, number):
        end = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < end:
            process.send_signal(number)
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                pass

    def test_a_second_signal_ends_it_without_a_verdict(self):
        process, parent = self.start()
        os.kill(self.venue_of(process), signal.SIGSTOP)  # it cannot end in order
        process.send_signal(signal.SIGTERM)
        self.read_line_with(process, "ended by a signal")
        self.signal_until_it_ends(process, signal.SIGTERM)
        self.assertEqual(process.returncode, 130)
        rest = process.stdout.read()
        self.assertNotRegex(rest, "GOOD|FAILED|NOT SETTLED")
        self.assertIn("nothing was compared", rest)
        self.assertEqual(os.listdir(parent), [])

    def test_a_second_signal_while_the_engines_stop(self):
        """The venue is held behind the last comparison but one; if it was quicker than we, once more."""
        for _ in range(5):
            process, parent = self.start("--seconds", "1", "--rate", "1")
            venue = self.venue_of(process)
            self.read_line_with(process, "compared:")
            os.kill(venue, signal.SIGSTOP)
            self.signal_until_it_ends(process, signal.SIGINT)
            if process.returncode != 0:
                break
        self.assertEqual(process.returncode, 130)
        self.assertNotRegex(process.stdout.read(), "GOOD|FAILED")
        self.assertEqual(os.listdir(parent), [])

    def test_an_end_before_every_hurt_was_done_is_no_success(self):
        process, parent = self.start("--seconds", "60", "--hurt", "all")
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()
        self.assertEqual(process.wait(60), 7, rest)
        self.assertIn("NOT DONE: 0 of 5 hurts", rest)
        self.assertIn("FAILED:", rest)

    def test_a_hurt_that_is_due_while_the_session_is_down_waits_for_it(self):
        process, parent = self.start("--seconds", "2", "--hurt", "drop", "--rate", "50")
        began = time.monotonic()
        port = re.search(r"port (\d+)", self.said).group(1)
        venue = self.venue_of(process)
        os.kill(venue, signal.SIGKILL)
        while time.monotonic() < began + 3:  # the hurt is due, and the two seconds are over
            ready, _, _ = select.select([process.stdout], [], [], 0.1)
            self.assertFalse(ready, "it says: " + (process.stdout.readline() if ready else ""))
        again = subprocess.Popen([TROUPE, "demo-venue", self.only(parent), port], stdout=subprocess.DEVNULL)
        self.addCleanup(again.wait)
        self.addCleanup(again.kill)
        rest = process.stdout.read()
        self.assertEqual(process.wait(60), 0, rest)
        self.assertIn("HURT: the connection is cut", rest)
        self.assertEqual(len(re.findall("recovered:", rest)), 1, rest)

    def test_a_venue_that_does_not_come_back_is_a_failure_with_evidence(self):
        process, parent = self.start("--seconds", "2", "--hurt", "kill")
        file = os.path.join(self.only(parent), "venue.db")
        os.rename(file, file + ".away")
        os.mkdir(file)
        rest = process.stdout.read()
        self.assertEqual(process.wait(60), 7, rest)
        self.assertRegex(rest, "NOT RECOVERED: the venue did not start: .*venue.db")
        self.assertTrue(os.path.exists(self.folder_of(rest)))

    def test_an_order_that_was_accepted_and_is_nowhere_is_lost(self):
        """Its record, its report and all that was written about both vanish, as if they had never been."""
        process, parent = self.start("--rate", "4")
        folder = self.only(parent)
        venue = self.venue_of(process)
        self.wait_for_line(os.path.join(folder, "buyer.ledger"), "ORDER-2 ")
        stores = self.stop_between_commits((process.pid, venue), [os.path.join(folder, store) for store in ("buyer.db", "venue.db")])
        for store in stores:
            gone = store.execute("DELETE FROM record WHERE kind = 1 AND instr(frame, CAST(? AS BLOB)) > 0", ("\x0111=ORDER-2\x01",)).rowcount
            store.execute("COMMIT")
            store.close()
            self.assertEqual(gone, 1)
        for name in ("buyer.ledger", "venue.ledger"):
            path = os.path.join(folder, name)
            with open(path) as f:
                kept = [line for line in f if "ORDER-2 " not in line]
            with open(path, "w") as f:
                f.writelines(kept)
        for pid in (venue, process.pid):
            os.kill(pid, signal.SIGCONT)
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()
        self.assertEqual(process.wait(60), 7, rest)
        self.assertRegex(rest, r"FAILED: \d+ messages compared: 1 lost, 0 duplicated, 0 out of order, 0 numbers reused, 0 unknown")
        self.assertRegex(rest, r"ORDER-2 \(MsgSeqNum \d+\), which was accepted")

    def stop_between_commits(self, processes, files):
        """Stops the processes and gives a writing transaction in each file. A process that is stopped in a commit keeps its lock: another try."""
        end = time.monotonic() + 30
        while True:
            for pid in processes:
                os.kill(pid, signal.SIGSTOP)
            stores = [sqlite3.connect(file, timeout=0.1, isolation_level=None) for file in files]
            try:
                for store in stores:
                    store.execute("BEGIN IMMEDIATE")
                return stores
            except sqlite3.OperationalError as e:
                self.assertIn("locked", str(e))
                self.assertLess(time.monotonic(), end)
            for store in stores:
                store.close()
            for pid in processes:
                os.kill(pid, signal.SIGCONT)

    def wait_for_line(self, path, part):
        end = time.monotonic() + 30
        while True:
            with open(path) as f:
                if part in f.read():
                    return
            self.assertLess(time.monotonic(), end)

    def test_wrong_words(self):
        self.assertEqual(run("--hurt", "everything").returncode, 2)
        self.assertEqual(run("--seconds", "-1").returncode, 2)

    def test_no_folder_for_its_stores(self):
        for parent in ("/nonexistent", "/proc"):
            with self.subTest(parent=parent):
                done = run("--seconds", "1", env={"TMPDIR": parent})
                self.assertEqual((done.returncode, done.stdout), (3, ""), done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1)
                self.assertRegex(done.stderr, f"{parent}|TMPDIR")

    @unittest.skipIf(is_sanitized(), "the sanitizer itself needs files: it takes a pipe to look at an address")
    def test_too_few_files_may_be_open(self):
        for files in range(5, 12):
            with self.subTest(files=files):
                done = run("--seconds", "1", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)))
                self.assertEqual((done.returncode, done.stdout), (3, ""), done.stderr)
                self.assertIn("troupe: ", done.stderr)
                self.assertNotIn("terminate", done.stderr)

    def test_keys_on_a_terminal(self):
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(TROUPE, [TROUPE, "demo"])
        self.addCleanup(os.close, terminal)
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 200, 0, 0))
        seen = self.read_until(terminal, b"reports/s", b"Active")
        for key, what in {b"d": b"the connection is cut", b"c": b"session actor is killed", b"l": b"5 orders are lost on the wire",
                          b"s": b"store fails for 1500 ms", b"k": b"killed (kill -9) and started again"}.items():
            os.write(terminal, key)
            seen += self.read_until(terminal, until=lambda text: self.is_story_told(text, what))
        os.write(terminal, b"q")
        seen += self.read_until(terminal, b"GOOD:")
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)
        self.assertIn(b"\x1b[?1049h", seen)
        self.assertIn(b"\x1b[?1049l", seen)
        self.assertIn(b"q quit", seen)

    @staticmethod
    def is_story_told(text, what):
        """The last whole screen has this hurt, and behind it the recovery and the comparison."""
        screen = text.rpartition(b"\x1b[H")[0].rpartition(b"\x1b[H")[2]
        behind = screen.partition(what)[2].partition(b"recovered: ")[2]
        return b"compared: " in behind.partition(b"last comparison")[0]

    def test_a_terminal_that_has_gone_costs_no_time(self):
        keyboard, its_end = pty.openpty()
        screen, its_screen = pty.openpty()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        process = subprocess.Popen([TROUPE, "demo", "--seconds", "3", "--rate", "1"], stdin=its_end, stdout=its_screen, start_new_session=True)
        for f in (its_end, its_screen):
            os.close(f)
        self.addCleanup(os.close, screen)
        seen = self.read_until(screen, b"Active")
        os.close(keyboard)
        seen += self.read_until(screen, b"GOOD:")
        self.assertEqual(process.wait(60), 0)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertLess(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1.5)

    def read_until(self, terminal, *parts, until=lambda seen: True):
        seen = b""
        end = time.monotonic() + 60
        while not (all(p in seen for p in parts) and until(seen)):
            ready, _, _ = select.select([terminal], [], [], max(0, end - time.monotonic()))
            self.assertTrue(ready, f"in vain: {parts} in {seen[-3000:]!r}")
            seen += os.read(terminal, 65536)
        return seen


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
