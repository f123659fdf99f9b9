#!/usr/bin/env python3
"""`troupe check` as an operator meets it: exit code, and where each problem is said.

    check_settings.py TROUPE EXAMPLES
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest

GOOD = """[DEFAULT]
ConnectionType=acceptor
SocketAcceptPort=9878
SenderCompID=US
NonStopSession=Y
Store=memory
[SESSION]
BeginString=FIX.4.4
TargetCompID=THEM
"""
troupe, examples = sys.argv.pop(1), sys.argv.pop(1)


def check(*arguments):
    done = subprocess.run([troupe, *arguments], capture_output=True, text=True, timeout=20)
    return done.returncode, done.stdout, done.stderr


class Check(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)

    def file(self, text, mode=0o644):
        path = os.path.join(self.directory.name, "x.cfg")
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(path, mode)
        return path

    def fails(self, text, expected):
        path = self.file(text)
        code, out, error = check("check", path)
        self.assertEqual((code, out), (1, ""), error)
        self.assertIn(expected.replace("FILE", path), error)

    def test_the_examples_are_clean(self):
        for name in ("acceptor.cfg", "initiator.cfg"):
            code, out, error = check("check", os.path.join(examples, name))
            self.assertEqual((code, error), (0, ""))
            self.assertIn("good", out)

    def test_a_good_file_names_its_sessions(self):
        code, out, error = check("check", self.file(GOOD))
        self.assertEqual((code, error), (0, ""))
        self.assertIn("FIX.4.4:US->THEM", out)

    def test_a_warning_is_no_failure(self):
        code, _, error = check("check", self.file(GOOD + "SocketKeepAlive=Y\n"))
        self.assertEqual(code, 0)
        self.assertIn(":10:1: warning: SocketKeepAlive is ignored", error)

    def test_a_misspelt_key(self):
        self.fails(GOOD + "LogonTimout=1\n", "FILE:10:1: error: key 'LogonTimout' is not known; did you mean LogonTimeout?")

    def test_a_wrong_value(self):
        self.fails(GOOD + "LogonTimeout=soon\n", "FILE:10:14: error: LogonTimeout=soon: expected a whole number of seconds")

    def test_all_problems_at_once(self):
        path = self.file(GOOD + "LogonTimeout=soon\nResetOnLogon=true\nSocketUseSSL=Y\n")
        code, _, error = check("check", path)
        self.assertEqual((code, len(error.splitlines())), (1, 3), error)

    def test_a_window_that_is_not_round_the_clock(self):
        self.fails(GOOD.replace("NonStopSession=Y", "StartTime=08:00:00\nEndTime=17:00:00"), "session windows are not built yet")

    def test_one_identity_twice(self):
        self.fails(GOOD + "[SESSION]\nBeginString=FIX.4.4\nTargetCompID=THEM\n", "an identity must be unique")

    def test_a_file_that_is_not_there(self):
        code, _, error = check("check", "/nowhere/x.cfg")
        self.assertEqual(code, 1)
        self.assertIn("/nowhere/x.cfg: error: cannot be read: No such file or directory", error)

    def test_a_directory(self):
        code, _, error = check("check", self.directory.name)
        self.assertEqual(code, 1)
        self.assertIn("is a directory; expected a settings file", error)

    def test_what_is_no_regular_file_is_not_waited_for(self):
        fifo = os.path.join(self.directory.name, "fifo")
        os.mkfifo(fifo)
        for path in (fifo, "/dev/zero"):
            for arguments in (["check"], ["run"], ["status"]):
                code, _, error = check(*arguments, path)
                self.assertEqual(code, 1)
                self.assertEqual(error, f"{path}: error: is no regular file; expected a settings file\n")

    @unittest.skipIf(os.geteuid() == 0, "root reads everything")
    def test_a_file_that_may_not_be_read(self):
        code, _, error = check("check", self.file(GOOD, 0))
        self.assertEqual(code, 1)
        self.assertIn("Permission denied", error)

    def test_bytes_that_are_no_settings(self):
        self.fails(os.urandom(64).replace(b"\n", b"") + b"\x00", "error:")

    def test_a_wrong_command_line(self):
        self.assertEqual(check()[0], 2)
        self.assertEqual(check("check")[0], 2)
        self.assertEqual(check("nonsense")[0], 2)

    def test_help_says_every_exit_code_of_the_page(self):
        code, out, _ = check("--help")
        self.assertEqual(code, 0)
        page = open(os.path.join(examples, "..", "exit-codes.md")).read()
        codes = re.findall(r"^\| (\d+) \|", page, re.M)
        self.assertGreater(len(codes), 5)
        self.assertEqual(re.findall(r"^ +(\d+)  *\w", out.split("Exit codes:")[1], re.M), codes)

    def test_the_version(self):
        code, out, _ = check("--version")
        self.assertEqual(code, 0)
        self.assertRegex(out, r"^troupe \d+\.\d+\.\d+$")


unittest.main()
