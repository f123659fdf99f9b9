"""The demo as a user starts it: it is hurt in every way and loses nothing; with a lying store it says so.

    demo_runs.py TROUPE
"""
import os
import pty
import re
import resource
import select
import shutil
import signal
import subprocess
import sys
import time
import unittest

TROUPE = sys.argv[1]


def run(*arguments, **more):
    return subprocess.run([TROUPE, "demo", *arguments], capture_output=True, text=True, timeout=150, **more)


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
        seen = self.read_until(terminal, b"reports/s", b"Active")
        os.write(terminal, b"d")
        seen += self.read_until(terminal, b"HURT: the connection is cut", b"compared:")
        os.write(terminal, b"q")
        seen += self.read_until(terminal, b"GOOD:")
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)
        self.assertIn(b"\x1b[?1049h", seen)
        self.assertIn(b"\x1b[?1049l", seen)
        self.assertIn(b"q quit", seen)

    def read_until(self, terminal, *parts):
        seen = b""
        end = time.monotonic() + 60
        while not all(p in seen for p in parts):
            ready, _, _ = select.select([terminal], [], [], max(0, end - time.monotonic()))
            self.assertTrue(ready, f"in vain: {parts} in {seen[-3000:]!r}")
            seen += os.read(terminal, 65536)
        return seen


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
