"""The durability proof must be able to fail: what is wrong on purpose is found, named by number and id, and makes the exit status 1.

    durability_test.py PARTY [TEST...]
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

PARTY = os.path.abspath(sys.argv[1])
DRIVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "durability.py")


def run(*arguments):
    return subprocess.run([sys.executable, "-B", DRIVER, PARTY, *arguments], capture_output=True, text=True, timeout=300)


class CanFail(unittest.TestCase):
    def sabotaged(self, what, *more):
        folder = tempfile.mkdtemp(prefix="troupe-test-")
        self.addCleanup(shutil.rmtree, folder, True)
        done = run("--cycles", "64", "--folder", folder, "--sabotage", what, *more)
        self.said = done.stdout + done.stderr
        self.assertEqual(done.returncode, 1, self.said)
        self.assertIn("FAILED ", self.said)
        self.assertRegex(self.said, r"once more: --cycles 64 --seed \d+ --from \d+")
        self.assertTrue(any(name.startswith("pair-") for name in os.listdir(folder)), "nothing was kept")
        self.summary = self.said.splitlines()[-1]
        self.assertRegex(self.summary, r"^durability: \d+ cycles, .* messages compared: \d+ lost, \d+ duplicated without PossDup, \d+ numbers reused.*; seed \d+$")

    def test_a_store_that_says_stored_without_storing(self):
        self.sabotaged("skip-commit")
        self.assertRegex(self.said, r"lost: token \d+ \(MsgSeqNum \d+\), which was accepted|unknown: .*ORDER-\d+ .*\(MsgSeqNum \d+\)")
        self.assertRegex(self.summary, r"[1-9]\d* unknown")

    def test_a_store_that_gives_a_number_twice(self):
        self.sabotaged("repeat-number", "--limit", "5")
        self.assertRegex(self.said, r"reused: \w \S+ #\w+ \(MsgSeqNum \d+\) (and|arrived as) \w \S+ #\w+")
        self.assertRegex(self.summary, r"[1-9]\d* numbers reused")

    def test_an_application_that_says_handled_before_it_writes(self):
        self.sabotaged("early-handled")
        self.assertRegex(self.said, r"lost: .*ORDER-\d+ .*\(MsgSeqNum \d+\)|lost: the answer to ORDER-\d+ \(MsgSeqNum \d+\)")
        self.assertRegex(self.summary, r"[1-9]\d* lost")

    def test_an_application_that_does_not_look_at_the_mark(self):
        self.sabotaged("unmarked")
        self.assertRegex(self.said, r"duplicated: (FILL-)?ORDER-\d+ \(MsgSeqNum \d+\)")
        self.assertRegex(self.summary, r"[1-9]\d* duplicated without PossDup")

    def test_a_fault_point_that_is_never_reached(self):
        self.sabotaged("deaf", "--limit", "5")
        self.assertRegex(self.said, r"the fault point [a-z-]+ was not reached by the (buyer|venue)")
        self.assertIn("compared all the same: nothing is lost", self.said)

    def test_too_few_cycles_to_reach_every_point(self):
        done = run("--cycles", "31")
        self.assertEqual(done.returncode, 2)
        self.assertIn("with 32 cycles or more", done.stderr)

    def test_a_seed_says_what_is_done(self):
        sys.path.insert(0, os.path.dirname(DRIVER))
        import durability
        plans = [[str(durability.Plan(seed, cycle)) for cycle in range(64)] for seed in (7, 7, 8)]
        self.assertEqual(plans[0], plans[1])
        self.assertNotEqual(plans[0], plans[2])
        reached = {(plan.point, plan.side) for plan in (durability.Plan(7, cycle) for cycle in range(durability.FEWEST_CYCLES)) if plan.is_at_point}
        self.assertEqual(len(reached), 16)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
