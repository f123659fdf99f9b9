"""The example program as a user runs it: it fills orders, is killed, and goes on where it was.

    fills.py PROGRAM STYLE
"""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from fix import Client, frame, order  # noqa: E402

PROGRAM, STYLE = sys.argv[1:3]

class Fills(unittest.TestCase):
    def start(self, port=0):
        self.program = subprocess.Popen([PROGRAM, STYLE, str(port), self.file], stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end, self.program)
        line = self.program.stdout.readline()
        self.assertIn("listening on port", line)
        return int(line.split()[-1])

    def connect(self, port):
        client = Client(port)
        self.addCleanup(client.close)
        return client

    @staticmethod
    def end(program):
        program.kill()
        program.wait()
        program.stdout.close()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = os.path.join(folder.name, "orders.db")

    def test_orders_are_filled_across_a_kill(self):
        port = self.start()
        client = self.connect(port)
        client.send(frame("A", 1, ["98=0", "108=30"]), order(2, "A1"), order(3, "A2"))
        self.assertEqual(client.receive()["35"], "A")
        fills = [client.receive(), client.receive()]
        self.assertEqual([(f["35"], f["11"], f["34"]) for f in fills], [("8", "A1", "2"), ("8", "A2", "3")])
        self.program.kill()
        self.program.wait()

        port = self.start()
        client = self.connect(port)
        client.send(frame("A", 4, ["98=0", "108=30"]), order(5, "A3"))
        self.assertEqual(client.receive_until("8")[-1]["11"], "A3")
        client.send(frame("2", 6, ["7=1", "16=0"]))
        again = [client.receive_until("8")[-1] for _ in range(3)]
        self.assertEqual([(m["11"], m["34"], m["43"]) for m in again], [("A1", "2", "Y"), ("A2", "3", "Y"), ("A3", "5", "Y")])

    def test_an_end_by_signal_logs_out(self):
        client = self.connect(self.start())
        client.send(frame("A", 1, ["98=0", "108=30"]))
        client.receive_until("A")
        self.program.send_signal(signal.SIGTERM)
        client.receive_until("5")
        client.send(frame("5", 2))
        self.assertEqual(self.program.wait(30), 0)

    def test_what_cannot_be_answered_is_told(self):
        client = self.connect(self.start())
        client.send(frame("A", 1, ["98=0", "108=30"]), frame("F", 2, ["41=A1", "11=A2", "55=MSFT", "54=1", "60=20260101-00:00:00"]))
        told = client.receive_until("j")[-1]
        self.assertEqual((told["380"], told["45"]), ("3", "2"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
