"""`troupe decode`, used as an operator would: test_decode.py TROUPE [TEST...]"""
import gzip
import json
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest

TROUPE = str(pathlib.Path(sys.argv[1]).resolve())
LIMIT = 30  # seconds for anything that must come


def frame(body, version="FIX.4.4"):
    body = body.replace("|", "\x01")
    text = f"8={version}\x019={len(body.encode('latin-1'))}\x01{body}"
    return text + f"10={sum(text.encode('latin-1')) % 256:03}\x01"


def heartbeat(number):
    return frame(f"35=0|34={number}|49=A|52=20240315-14:30:00|56=B|")


def order(number, more=""):
    return frame(f"35=D|34={number}|49=A|52=20240315-14:30:00|56=B|11=C{number}|55=IBM|54=1|60=20240315-14:30:00|38=100|40=1|{more}")


def is_sanitized():
    """Read in pieces: what this process needs counts in the peak of those it starts."""
    with open(TROUPE, "rb") as binary:
        before = b""
        while piece := binary.read(1 << 20):
            if b"__asan_" in before[-16:] + piece or b"__tsan_" in before[-16:] + piece:
                return True
            before = piece
    return False


class Decode(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content.encode("latin-1") if isinstance(content, str) else content)
        return path

    def decode(self, *arguments, stdin="", code=0, **more):
        data = stdin.encode("latin-1") if isinstance(stdin, str) else stdin
        done = subprocess.run([TROUPE, "decode", *map(str, arguments)], input=data, capture_output=True, timeout=LIMIT, **more)
        self.assertEqual(done.returncode, code, done.stderr.decode())
        return done.stdout.decode(), done.stderr.decode()


class Input(Decode):
    def test_files_and_standard_input_give_the_same(self):
        text = "".join(f"2024-03-15 14:30:00.{n:03} >> {order(n)}\n" for n in range(9))
        out, err = self.decode("--short", stdin=text)
        self.assertEqual((len(out.splitlines()), err), (9, ""))
        self.assertEqual(self.decode("--short", "-", stdin=text)[0], out)
        path = self.file("a.log", text)
        self.assertEqual(self.decode("--short", path)[0], out.replace("-:", f"{path}:"))

    def test_gzip_by_its_magic_bytes_in_several_members(self):
        members = [gzip.compress((heartbeat(n) + "\n").encode()) for n in range(3)]
        out, _ = self.decode("--fields", "34", self.file("no-ending", b"".join(members) + b"\0" * 512))
        self.assertEqual(out.split(), ["0", "1", "2"])
        self.assertEqual(self.decode("--fields", "34", stdin=b"".join(members))[0], out)

    def test_a_cut_gzip_shows_what_could_be_read(self):
        whole = gzip.compress("".join(order(n, f"58={os.urandom(99).hex()}|") for n in range(5000)).encode())
        out, err = self.decode("--fields", "34", self.file("a.gz", whole[: len(whole) // 2]), code=9)
        self.assertGreater(len(out.split()), 1000)
        self.assertIn("a.gz: the gzip data end in the middle; what could be unpacked is shown", err)
        damaged = whole[: len(whole) // 2] + b"\0" * 999 + whole[len(whole) // 2:]
        out, err = self.decode("--fields", "34", self.file("b.gz", damaged), code=9)
        self.assertGreater(len(out.split()), 1000)
        self.assertIn("b.gz: damaged gzip data", err)

    def test_a_binary_capture_without_newlines(self):
        data = b"\x00\xff" + heartbeat(1).encode() + b"\x9f\x00" + frame("35=A|34=2|49=A|52=20240315-14:30:00|56=B|98=0|108=30|95=5|96=\n|\n|\n|").encode() + heartbeat(3).encode()
        out, _ = self.decode("--json", stdin=data)
        rows = [json.loads(line) for line in out.splitlines()]
        self.assertEqual([r["fields"]["MsgSeqNum"] for r in rows], ["1", "2", "3"])
        self.assertEqual([r["offset"] for r in rows], [2, data.index(b"8=FIX", 5), data.rindex(b"8=FIX")])
        self.assertEqual([r["errors"] for r in rows], [[], [], []])

    def test_what_cannot_be_read_is_told_and_the_rest_is_shown(self):
        out, err = self.decode("--fields", "34", self.folder / "none", self.folder, self.file("a", heartbeat(7)), code=9)
        self.assertEqual(out, "7\n")
        self.assertIn("none: No such file or directory\n", err)
        self.assertIn(f"{self.folder}: Is a directory\n", err)

    def test_no_message_is_told(self):
        for text in ("", "hello\n", "8=FIX.4.4 is prose\n"):
            out, err = self.decode(stdin=text, code=9)
            self.assertEqual(out, "")
            self.assertIn("no FIX message found; expected 8=FIX", err)


class Choice(Decode):
    def test_only_and_fields_by_name_and_by_tag(self):
        text = "\n".join([heartbeat(1), order(2), order(3, "58=no price|")])
        self.assertEqual(self.decode("--only", "35=D", "--only", "Text=*price*", "--fields", "34,Side", stdin=text)[0], "3\t1\n")
        self.assertEqual(self.decode("--only", "MsgType=Heartbeat,TestRequest", "--fields=MsgSeqNum", stdin=text)[0], "1\n")
        self.assertEqual(self.decode("--only", "35=8", stdin=text)[0], "")

    def test_what_is_no_field_is_wrong_usage(self):
        self.assertIn("--only Sied=1: 'Sied' is neither a tag nor the name of a field", self.decode("--only", "Sied=1", code=2)[1])
        self.assertIn("--fields: 'Sied' is neither", self.decode("--fields", "11,Sied", code=2)[1])

    def test_a_dictionary_of_the_users_names_its_fields(self):
        standard = (pathlib.Path(__file__).parents[2] / "dictionaries" / "FIX44.xml").read_text()
        own = self.file("own.xml", standard.replace("name='ClOrdID'", "name='OurOrderID'").replace('name="ClOrdID"', 'name="OurOrderID"'))
        out, _ = self.decode("--json", "--dictionary", own, "--only", "OurOrderID=C5", stdin=order(5))
        self.assertEqual(json.loads(out)["fields"]["OurOrderID"], "C5")

    def test_a_wrong_dictionary_is_told_with_file_and_line(self):
        path = self.file("bad.xml", "<fix type='FIX' major='4' minor='4'>\n<header/>\n<messages/>\n<fields>\n<field number='x' name='A' type='STRING'/>\n</fields></fix>")
        _, err = self.decode("--dictionary", path, stdin=heartbeat(1), code=1)
        self.assertIn(f"{path}:5: ", err)
        self.assertIn("none.xml", self.decode("--dictionary", self.folder / "none.xml", stdin=heartbeat(1), code=1)[1])


class Validate(Decode):
    def test_good_messages_end_with_0_and_say_nothing(self):
        self.assertEqual(self.decode("--validate", stdin=order(1) + order(2, "9999=ours|")), ("", ""))

    def test_each_fault_has_file_and_line(self):
        path = self.file("a.log", heartbeat(1) + "\n" + order(2).replace("54=1", "54=x") + "\n" + order(3, "9999=ours|") + "\n")
        out, _ = self.decode("--validate", path, code=8)
        lines = out.splitlines()
        self.assertTrue(lines[0].startswith(f"{path}:2: Side(54)=x is none of 1 (BUY)"), out)
        self.assertTrue(lines[1].startswith(f"{path}:2: CheckSum(10) is "), out)
        self.assertEqual(len(lines), 2)
        self.assertIn(f"{path}:3: tag 9999 is not defined in FIX.4.4", self.decode("--validate", "--strict", path, code=8)[0])
        rows = [json.loads(line) for line in self.decode("--validate", "--json", path, code=8)[0].splitlines()]
        self.assertEqual([[e["tag"] for e in r["errors"]] for r in rows], [[], [54, 10], []])

    def test_a_version_without_a_dictionary_is_a_fault(self):
        out, err = self.decode("--validate", stdin=frame("35=0|34=1|", "FIX.9.9"), code=8)
        self.assertIn("no dictionary of this version", out)
        self.assertIn("no dictionary of FIX.9.9", err)

    def test_the_summary_stands_at_the_end(self):
        out, _ = self.decode("--summary", "--validate", stdin=order(1) + order(2).replace("54=1", "54=x"), code=8)
        self.assertEqual(out.splitlines()[-2:], ["         2  D  NewOrderSingle  (1 with faults)", "         2  messages  (1 with faults)"])
        self.assertTrue(out.startswith("-:1:"), out)


class Follow(Decode):
    def start(self, *arguments):
        process = subprocess.Popen([TROUPE, "decode", "-f", "--fields", "34", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(self.end, process)
        process.seen = b""
        return process

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()

    def wait_for(self, process, text):
        """Until it has printed this."""
        deadline = time.monotonic() + LIMIT
        while not process.seen.endswith(text):
            left = deadline - time.monotonic()
            ready = select.select([process.stdout], [], [], max(left, 0))[0]
            chunk = os.read(process.stdout.fileno(), 4096) if ready else b""
            self.assertTrue(chunk, f"{text} did not come, only {process.seen}")
            process.seen += chunk

    def stop(self, process):
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(LIMIT), 0)
        return process.stderr.read().decode()

    def test_it_follows_through_truncation_and_rotation(self):
        path = self.file("a.log", heartbeat(1) + "\n")
        process = self.start(path)
        self.wait_for(process, b"1\n")
        half = len(heartbeat(2)) // 2
        with open(path, "a") as out:
            out.write(heartbeat(2)[:half])
            out.flush()
            out.write(heartbeat(2)[half:] + "\n")
        self.wait_for(process, b"2\n")
        with open(path, "w") as out:
            out.write(heartbeat(3))
        self.wait_for(process, b"3\n")
        path.rename(self.folder / "a.log.1")
        with open(self.folder / "a.log.1", "a") as out:
            out.write(heartbeat(4))
        self.wait_for(process, b"4\n")
        path.write_text(heartbeat(5))
        self.wait_for(process, b"5\n")
        err = self.stop(process)
        self.assertEqual(process.seen, b"1\n2\n3\n4\n5\n")
        self.assertIn("truncated", err)
        self.assertIn("replaced", err)

    def test_several_files_one_of_them_not_there_yet(self):
        first = self.file("a.log", heartbeat(1))
        process = self.start(first, self.folder / "b.log")
        self.wait_for(process, b"1\n")
        self.file("b.log", heartbeat(2))
        self.wait_for(process, b"2\n")
        self.assertIn("b.log: No such file or directory; waiting for it", self.stop(process))

    def test_it_ends_when_nobody_reads(self):
        path = self.file("a.log", heartbeat(1))
        process = self.start(path)
        self.wait_for(process, b"1\n")
        process.stdout.close()
        self.assertEqual(process.wait(LIMIT), 0)
        process.stdout = open(os.devnull, "rb")


class Terminal(Decode):
    def test_a_reader_that_goes_away_ends_it_quietly(self):
        path = self.file("a.log", "".join(order(n) for n in range(20000)))
        process = subprocess.Popen([TROUPE, "decode", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(LIMIT), 0)
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()

    def test_a_full_disk_is_told(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([TROUPE, "decode"], input=order(1).encode(), stdout=full, stderr=subprocess.PIPE, timeout=LIMIT)
        self.assertEqual((done.returncode, done.stderr), (5, b"troupe: cannot write: No space left on device\n"))

    def test_colour_only_where_it_is_wanted(self):
        self.assertNotIn("\x1b", self.decode(stdin=order(1))[0])
        self.assertIn("\x1b[", self.decode("--color", "always", stdin=order(1))[0])
        self.assertIn("\x1b[", self.on_terminal())
        self.assertNotIn("\x1b", self.on_terminal(NO_COLOR="1"))
        self.assertNotIn("\x1b", self.on_terminal("--color", "never"))

    def on_terminal(self, *arguments, **environment):
        path = self.file("a.log", heartbeat(1))
        ours, theirs = os.openpty()
        env = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | environment
        subprocess.run([TROUPE, "decode", *arguments, str(path)], stdout=theirs, env=env, timeout=LIMIT, check=True)
        os.close(theirs)
        text = os.read(ours, 65536).decode()
        os.close(ours)
        return text


class Bounds(Decode):
    def peak(self, content_pieces, *arguments):
        """Peak memory in MiB, exit code and outputs of decoding a file of these pieces."""
        path = self.folder / "large"
        with open(path, "wb") as out:
            for piece in content_pieces:
                out.write(piece)
        process = subprocess.Popen([TROUPE, "decode", *arguments, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out = process.stdout.read()  # the errors are few
        err = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        process.stderr.close()
        return usage.ru_maxrss / 1024, process.returncode, out.decode(), err.decode()

    def setUp(self):
        super().setUp()
        if is_sanitized():
            self.skipTest("a sanitizer's own memory would be measured")

    def test_a_line_of_100_mb_without_a_message(self):
        peak, code, out, _ = self.peak([b"x" * 1_000_000] * 100 + [heartbeat(1).encode()], "--fields", "34")
        self.assertEqual((code, out), (0, "1\n"))
        self.assertLess(peak, 40)

    def test_a_message_of_100_mb_is_told_and_skipped(self):
        start = b"8=FIX.4.4|9=5|35=B|58="
        peak, code, out, err = self.peak([heartbeat(1).encode(), b"\n", start] + [b"x" * 1_000_000] * 100 + [b"\n", heartbeat(2).encode()], "--fields", "34")
        self.assertEqual((code, out), (9, "1\n2\n"))
        self.assertIn(f"line 2, offset {len(heartbeat(1)) + 1}: a message of more than 16 MiB is skipped", err)
        self.assertLess(peak, 100)

    def test_many_messages_need_no_more_memory_than_few(self):
        thousand = "".join(order(n) + "\n" for n in range(1000)).encode()
        few = self.peak([thousand], "--short")[0]
        many, code, out, _ = self.peak([thousand] * 100, "--short")
        self.assertEqual((code, out.count("\n")), (0, 100_000))
        self.assertLess(many, few + 8)


class Page(Decode):
    """docs/decode.md shows what the commands print; TROUPE_WRITE_PAGES=1 puts it there."""

    def test_every_command_prints_what_the_page_says(self):
        root = pathlib.Path(__file__).parents[2]
        page = root / "docs" / "decode.md"
        shown = page.read_text().split("\n")
        made, count = [], 0
        in_output = False
        for line in shown:
            if line.startswith("    $ "):
                count += 1
                done = subprocess.run(["bash", "-c", line[6:]], cwd=root, capture_output=True, text=True, timeout=LIMIT, env=self.environment())
                self.assertEqual(done.stderr, "", line)
                made += [line] + [("    " + text).rstrip(" ") for text in done.stdout.rstrip("\n").splitlines()]
                in_output = True
            elif not (in_output and line.startswith("    ")):
                in_output = False
                made.append(line)
        self.assertGreater(count, 5)
        if os.environ.get("TROUPE_WRITE_PAGES"):
            page.write_text("\n".join(made))
            return
        self.assertEqual("\n".join(shown), "\n".join(made))

    def environment(self):
        bin = self.folder / "bin"
        bin.mkdir(exist_ok=True)
        if not (bin / "troupe").exists():
            (bin / "troupe").symlink_to(TROUPE)
        return os.environ | {"PATH": f"{bin}:{os.environ['PATH']}"}


class Corpus(Decode):
    """Messages from elsewhere, if TROUPE_CORPUS names a folder with *.fix."""

    def setUp(self):
        super().setUp()
        self.corpus = sorted(pathlib.Path(os.environ.get("TROUPE_CORPUS", "/nowhere")).glob("*.fix"))
        if not self.corpus:
            self.skipTest("TROUPE_CORPUS names no folder with *.fix")

    def test_everything_is_shown(self):
        for path in self.corpus:
            messages = sum(line.startswith(b"8=FIX") for line in path.read_bytes().split(b"\n"))
            for form in ("--short", "--json", "--color=never"):
                out, _ = self.decode(form, path)
                if form == "--json":
                    self.assertGreaterEqual(len([json.loads(line) for line in out.splitlines()]), messages, path)

    def test_what_is_valid_is_found_valid(self):
        for path in self.corpus:
            if path.name == "malformed.fix":
                self.assertGreater(len(self.decode("--validate", path, code=8)[0].splitlines()), 30)
            elif path.name == "quickfixj.fix":
                faults = self.decode("--validate", path, code=8)[0].splitlines()
                self.assertEqual([f.split(": ")[1] for f in faults], ["AllocSettlCurrency(736)=currency"])
            else:
                self.assertEqual(self.decode("--validate", path), ("", ""))

    def test_any_separator_gives_the_same(self):
        for path in self.corpus:
            if path.name == "malformed.fix":
                continue
            lines = [line for line in path.read_bytes().split(b"\n") if b"\x02" not in line]
            plain = self.decode("--validate", "--summary", stdin=b"\n".join(lines), code=8 if path.name == "quickfixj.fix" else 0)[0]
            for separator in (b"|", b"^A", b"<SOH>", b" | "):
                text = b"\n".join(b"2024-03-15 14:30:00.123 >> " + line.replace(b"\x01", separator) + b" <<\r" for line in lines)
                again = self.decode("--validate", "--summary", stdin=text, code=8 if path.name == "quickfixj.fix" else 0)[0]
                self.assertEqual(again.replace(":28", ""), plain, (path, separator))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
