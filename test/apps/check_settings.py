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
FIXT = GOOD.replace("FIX.4.4", "FIXT.1.1")
# A dictionary with a header and nothing else: its minor version, messages, fields.
HEADED = ("""<fix type='FIX' major='4' minor='%s'>
<header>""" + "".join("<field name='F%d' required='N'/>" % tag for tag in (8, 9, 35, 49, 56, 34, 52, 43)) + """</header>
<trailer><field name='F10' required='Y'/></trailer>
<messages>%s</messages>
<components/>
<fields>""" + "".join("<field number='%d' name='F%d' type='STRING'/>" % (tag, tag) for tag in (8, 9, 35, 49, 56, 34, 52, 43, 10)) + """
%s</fields></fix>""")
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

    def test_what_a_schedule_brings_next(self):
        times = "StartTime=17:00:00\nEndTime=17:00:00\nTimeZone=America/New_York\n"
        path = self.file(GOOD.replace("NonStopSession=Y\n", "") + times)
        code, out, error = check("schedule", path, "-n", "4")
        self.assertEqual((code, error), (0, ""))
        lines = out.splitlines()
        self.assertEqual(lines[0], "FIX.4.4:US->THEM")
        self.assertRegex(lines[1], r"^  now \d{4}-\d\d-\d\d \d\d:\d\d:\d\d E[SD]T: open$")
        self.assertEqual(len(lines), 6)
        for line, what in zip(lines[2:], ("closes", "opens, numbers start at 1") * 2):
            self.assertRegex(line, r"^  \d{4}-\d\d-\d\d 17:00:00 E[SD]T +\d{8}-2[12]:00:00 UTC  " + what + "$")
        code, out, _ = check("schedule", self.file(GOOD))
        self.assertEqual((code, out), (0, "FIX.4.4:US->THEM\n  always open; numbers never start at 1 by themselves\n"))
        code, out, error = check("schedule", self.file(GOOD.replace("NonStopSession=Y", "StartTime=17:00:00")))
        self.assertEqual((code, out), (1, ""))
        self.assertIn("StartTime without EndTime", error)

    def test_the_examples_are_clean(self):
        for name in ("acceptor.cfg", "initiator.cfg"):
            code, out, error = check("check", os.path.join(examples, name))
            self.assertEqual((code, error), (0, ""))
            self.assertIn("good", out)

    # Files in the shape of each engine; every warning is true.
    def test_files_of_the_four_engines(self):
        folder = os.path.join(examples, "quickfix")
        warnings = {"cpp-acceptor.cfg": [], "j-initiator.cfg": [], "go-acceptor.cfg": [],
                    "n-initiator.cfg": ["Encoding is ignored: text is passed on byte by byte"]}
        self.assertEqual(sorted(os.listdir(folder)), sorted(warnings))
        for name, expected in warnings.items():
            done = subprocess.run([troupe, "check", os.path.join(folder, name)], capture_output=True, text=True, timeout=60, cwd=os.path.join(examples, "../.."))
            self.assertEqual((done.returncode, len(done.stderr.splitlines())), (0, len(expected)), done.stderr)
            for line, text in zip(done.stderr.splitlines(), expected):
                self.assertIn(": warning: " + text, line)

    def test_a_reset_of_every_day_is_shown_by_the_schedule(self):
        code, out, error = check("schedule", self.file(GOOD + "ResetSeqTime=17:00:00\nTimeZone=America/New_York\n"), "-n", "2")
        self.assertEqual((code, error), (0, ""))
        self.assertRegex(out.splitlines()[1], r"^  now .* E[SD]T: always open$")
        self.assertRegex(out.splitlines()[2], r" 17:00:00 E[SD]T .* UTC  numbers start at 1, if logged on$")
        self.fails(GOOD.replace("FIX.4.4", "FIX.4.0") + "ResetSeqTime=17:00:00\n", "ResetSeqNumFlag(141) came with FIX.4.1, and this session has FIX.4.0")

    def test_a_good_file_names_its_sessions(self):
        code, out, error = check("check", self.file(GOOD))
        self.assertEqual((code, error), (0, ""))
        self.assertIn("FIX.4.4:US->THEM", out)

    def test_a_warning_is_no_failure(self):
        code, _, error = check("check", self.file(GOOD + "SocketSendTimeout=500\n"))
        self.assertEqual(code, 0)
        self.assertIn(":10:1: warning: SocketSendTimeout is ignored", error)

    def dictionary(self, text):
        path = os.path.join(self.directory.name, "own.xml")
        with open(path, "w") as f:
            f.write(text)
        return path

    def test_a_dictionary_of_ones_own(self):
        own = self.dictionary(HEADED % ("4", "<message name='Own' msgtype='U1' msgcat='app'/>", ""))
        code, _, error = check("check", self.file(GOOD + f"DataDictionary={own}\n"))
        self.assertEqual((code, error), (0, ""))

    def test_a_dictionary_that_is_not_there(self):
        self.fails(GOOD + "DataDictionary=none.xml\n", "FILE:10:16: error: none.xml: cannot be read: no such file; correct the path, or leave DataDictionary out")
        self.fails(GOOD + f"DataDictionary={self.directory.name}\n", "cannot be read: it is not a file")

    def test_a_dictionary_with_mistakes(self):
        own = self.dictionary(HEADED % ("4", "\n<message name='Own' msgtype='U1' msgcat='app'><field name='Nobody' required='Y'/></message>", ""))
        self.fails(GOOD + f"DataDictionary={own}\n", f"FILE:10:16: error: {own}:5: message Own: field Nobody is not defined; add it to <fields>")
        own = self.dictionary("8=FIX.4.4")
        self.fails(GOOD + f"DataDictionary={own}\n", f"FILE:10:16: error: {own}:1: not XML: ")

    def test_a_dictionary_with_a_warning(self):
        own = self.dictionary(HEADED % ("4", "", "<field number='9999' name='Odd' type='WORDS'/>"))
        code, _, error = check("check", self.file(GOOD + f"DataDictionary={own}\n"))
        self.assertEqual(code, 0, error)
        self.assertIn(f'warning: {own}:7: field Odd: "WORDS" is no type of FIX', error)

    def test_a_dictionary_of_another_version(self):
        own = self.dictionary(HEADED % ("2", "", ""))
        self.fails(GOOD + f"DataDictionary={own}\n", f"FILE:10:16: error: {own} is a dictionary of FIX.4.2, and the session has BeginString=FIX.4.4")

    def test_a_dictionary_without_a_header(self):
        own = self.dictionary("<fix type='FIX' major='4' minor='4'><header/><messages/><trailer/><components/><fields/></fix>")
        self.fails(GOOD + f"DataDictionary={own}\n", "its header or trailer does not have the field 8")

    def test_a_session_of_fixt_finds_its_dictionaries(self):
        for version in ("FIX.5.0", "FIX.5.0SP1", "FIX.5.0SP2", "FIX.4.2", "9"):
            code, said, error = check("check", self.file(FIXT + f"DefaultApplVerID={version}\n"))
            self.assertEqual((code, error), (0, ""))
            self.assertIn("FIXT.1.1:US->THEM", said)

    def test_a_session_of_fixt_must_say_of_which_version_messages_are(self):
        self.fails(FIXT, "FILE:8:13: error: DefaultApplVerID is missing")
        self.fails(FIXT + "DefaultApplVerID=5\nDefaultApplVerID=FIX.6\n", "FILE:11:18: error: DefaultApplVerID=FIX.6: expected FIX.4.0, ")
        self.fails(FIXT.replace("FIXT.1.1", "FIX.5.0"), "FILE:8:13: error: BeginString=FIX.5.0: FIX 5.0 and later run on FIXT: set BeginString=FIXT.1.1 and DefaultApplVerID=FIX.5.0")

    def test_dictionaries_of_fixt_that_are_wrong(self):
        fixt = FIXT + "DefaultApplVerID=FIX.5.0SP2\n"
        self.fails(fixt + "TransportDataDictionary=none.xml\n", "FILE:11:25: error: none.xml: cannot be read: no such file; correct the path, or leave TransportDataDictionary out")
        own = self.dictionary(HEADED % ("4", "", ""))
        self.fails(fixt + f"TransportDataDictionary={own}\n", f"FILE:11:25: error: {own} is a dictionary of FIX.4.4, and the session has BeginString=FIXT.1.1")
        self.fails(fixt + f"AppDataDictionary={own}\n", f"FILE:11:19: error: {own} is a dictionary of FIX.4.4, and the session has DefaultApplVerID=FIX.5.0SP2")
        self.fails(fixt + f"AppDataDictionary.FIX.4.2={own}\n", f"FILE:11:27: error: {own} is a dictionary of FIX.4.4")
        self.fails(fixt + f"AppDataDictionary.FIX.9={own}\n", "FILE:11:1: error: key 'AppDataDictionary.FIX.9' is not known; did you mean AppDataDictionary")
        code, _, error = check("check", self.file(fixt + f"AppDataDictionary.FIX.4.4={own}\n"))
        self.assertEqual((code, error), (0, ""))

    def test_keys_of_fixt_that_would_go_unread(self):
        fixt = FIXT + "DefaultApplVerID=FIX.5.0SP2\n"
        code, _, error = check("check", self.file(fixt + "DataDictionary=none.xml\n"))
        self.assertEqual(code, 0)
        self.assertIn(":11:1: warning: DataDictionary is ignored: it is for FIX.4.x; with BeginString=FIXT.1.1 set TransportDataDictionary and AppDataDictionary", error)
        own = self.dictionary(HEADED % ("4", "", ""))
        self.fails(fixt + f"AppDataDictionary={own}\nAppDataDictionary.FIX.5.0SP2={own}\n",
                   "FILE:12:1: error: AppDataDictionary.FIX.5.0SP2 and AppDataDictionary, line 11, are both of DefaultApplVerID; remove one")

    def test_a_dictionary_that_has_served_messages_is_looked_at_again_as_the_sessions_own(self):
        headless = self.dictionary("<fix type='FIX' major='4' minor='4'><header/><trailer/><messages/><fields/></fix>")
        second = f"[SESSION]\nBeginString=FIX.4.4\nTargetCompID=OTHER\nDataDictionary={headless}\n"
        self.fails(FIXT + f"DefaultApplVerID=FIX.4.4\nAppDataDictionary={headless}\n" + second, f"{headless}: its header or trailer does not have the field 8")

    def test_a_dictionary_that_is_not_used_need_not_be_there(self):
        code, _, error = check("check", self.file(GOOD + "UseDataDictionary=N\nDataDictionary=none.xml\n"))
        self.assertEqual((code, error), (0, ""))

    def test_a_misspelt_key(self):
        self.fails(GOOD + "LogonTimout=1\n", "FILE:10:1: error: key 'LogonTimout' is not known; did you mean LogonTimeout?")

    def test_a_wrong_value(self):
        self.fails(GOOD + "LogonTimeout=soon\n", "FILE:10:14: error: LogonTimeout=soon: expected a whole number of seconds")

    def test_all_problems_at_once(self):
        path = self.file(GOOD + "LogonTimeout=soon\nResetOnLogon=true\nSocketUseSSL=Y\n")
        code, _, error = check("check", path)
        self.assertEqual((code, len(error.splitlines())), (1, 3), error)

    def test_a_window_that_is_not_round_the_clock(self):
        self.fails(GOOD.replace("NonStopSession=Y", "StartTime=08:00:00\nEndTime=17:00"), "EndTime=17:00: expected a time as HH:MM:SS")

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
