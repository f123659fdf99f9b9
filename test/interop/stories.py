#!/usr/bin/env python3
"""What our engine and QuickFIX C++ live through together, in both roles.

    stories.py ENGINE_PEER QUICKFIX_PEER [--fixt DICTIONARIES] [unittest arguments]

Each story is told twice, with our engine as initiator and as acceptor. Both sides are processes of their own; the
connection runs over a wire that the story can cut and that remembers what went over it (wire.py).
"""
import sys
import unittest

from peer import Peer, await_true
from wire import Reservation, Wire

PATIENCE = 20  # seconds, longest wait for anything; a story takes about one
PROGRAMS = {}
SETTINGS = {}  # by program: what it is told beside its role, port and names


def is_logon(message):
    return message["35"] == "A"


def is_order(message):
    return message["35"] == "D"


def names(prefix, count):
    return ["%s%d" % (prefix, i) for i in range(1, count + 1)]


class Conversation:
    """`us` and `them` (QuickFIX), connected or about to be."""

    def run(self, result=None):
        """As always; a story that went wrong shows what went over the wire."""
        problems = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > problems:
            print("\n".join(["the wire:", *self.wire.journal]), file=sys.stderr)

    def setUp(self):
        self.port = Reservation()
        self.addCleanup(self.port.close)
        self.wire = Wire(self.port.port)
        self.addCleanup(self.wire.close)
        parties = {"us": PROGRAMS["us"], "them": PROGRAMS["them"]}
        for name in ("us", "them") if self.our_role == "acceptor" else ("them", "us"):  # who accepts is there first
            setattr(self, name, self.start(parties[name], name))
        self.us.await_line("logon")
        self.them.await_line("logon")

    def start(self, program, name):
        other = "THEM" if name == "us" else "US"
        port = self.port.port if self.role(name) == "acceptor" else self.wire.port
        peer = Peer(program, self.role(name), port, name.upper(), other, *SETTINGS.get(program, []), patience=PATIENCE)
        self.addCleanup(peer.stop)
        return peer

    def role(self, name):
        other = {"acceptor": "initiator", "initiator": "acceptor"}[self.our_role]
        return self.our_role if name == "us" else other

    def other(self, peer):
        return self.them if peer is self.us else self.us

    def side(self, peer):
        return self.role("us" if peer is self.us else "them")

    # -- words of the stories

    def towards(self, peer, which):
        """The first message on the wire towards this peer that is like this."""
        message = self.wire.await_message(self.side(peer), which, PATIENCE)
        self.assertIsNotNone(message, "nothing like this on the wire, only %s" % self.wire.towards[self.side(peer)])
        return message

    def on_the_wire_towards(self, peer, which):
        return [message for message in self.wire.towards[self.side(peer)] if which(message)]

    def lose_connection(self):
        down = [peer.lines.count("logout") for peer in (self.us, self.them)]
        self.wire.cut()
        self.us.await_line("logout", down[0] + 1)
        self.them.await_line("logout", down[1] + 1)

    def connect_again(self):
        up = [peer.lines.count("logon") for peer in (self.us, self.them)]
        self.wire.mend()
        self.us.await_line("logon", up[0] + 1)
        self.them.await_line("logon", up[1] + 1)

    def orders_are_filled(self, buyer, prefix, count):
        """Every order arrived once and in order, and so did its fill."""
        orders = self.other(buyer).await_received("D", prefix, count)
        fills = buyer.await_received("8", prefix, count)
        self.assertEqual(names(prefix, count), [order["11"] for order in orders])
        self.assertEqual(names(prefix, count), [fill["11"] for fill in fills])
        self.assertEqual(count, len({fill["17"] for fill in fills}), "an ExecID(17) twice")

    def life_goes_on(self):
        """Another order each way; then what one side will send next is what the other expects next."""
        for buyer, prefix in ((self.us, "then-ours"), (self.them, "then-theirs")):
            buyer.tell("orders 1 " + prefix)
            self.orders_are_filled(buyer, prefix, 1)
        self.numbers_agree()

    def numbers_agree(self):
        """What one side will send next, the other expects next."""
        await_true(lambda: self.us.numbers() == self.them.numbers()[::-1], PATIENCE,
                   lambda: "numbers differ: %s and %s" % (self.us.numbers(), self.them.numbers()))


class Stories(Conversation):
    def test_logon(self):
        ours, theirs = self.towards(self.them, is_logon), self.towards(self.us, is_logon)
        self.assertEqual(("1", "1"), (ours["34"], theirs["34"]))
        self.assertEqual("30", ours["108"])
        self.assertEqual((2, 2), self.us.numbers())
        self.them.await_numbers(2, 2)

    def test_orders_both_ways(self):
        self.us.tell("orders 20 ours")
        self.them.tell("orders 20 theirs")
        self.orders_are_filled(self.us, "ours", 20)
        self.orders_are_filled(self.them, "theirs", 20)
        self.us.await_numbers(42, 42)
        self.them.await_numbers(42, 42)

    def test_logout_from_us(self):
        self.us.tell("logout")
        self.both_are_gone_and_come_back(self.us)

    def test_logout_from_them(self):
        self.them.tell("logout")
        self.both_are_gone_and_come_back(self.them)

    def both_are_gone_and_come_back(self, peer):
        self.us.await_line("logout")
        self.them.await_line("logout")
        for side in (self.us, self.them):
            self.towards(side, lambda message: message["35"] == "5")
        peer.tell("logon")
        self.us.await_line("logon", 2)
        self.them.await_line("logon", 2)
        self.life_goes_on()

    def test_a_disconnect_in_the_middle_of_our_orders(self):
        self.disconnect_in_the_middle(self.us)

    def test_a_disconnect_in_the_middle_of_their_orders(self):
        self.disconnect_in_the_middle(self.them)

    def disconnect_in_the_middle(self, buyer):
        """Half of the orders, and all fills of the second half, are in a connection that dies."""
        seller = self.other(buyer)
        self.wire.lose(self.side(seller), lambda message: is_order(message) and message["11"] > "order5")
        buyer.tell("orders 9 order")
        self.assertTrue(self.wire.await_lost(self.side(seller), 4, PATIENCE))
        self.lose_connection()
        self.connect_again()
        self.orders_are_filled(buyer, "order", 9)
        late = [order for order in seller.received("D", "order") if order["11"] > "order5"]
        self.assertTrue(all(order.is_possible_duplicate and "122" in order for order in late))
        self.life_goes_on()

    def test_a_fill_lost_with_the_connection(self):
        for buyer, prefix in ((self.us, "ours"), (self.them, "theirs")):
            with self.subTest(buyer=buyer.name):
                self.wire.lose(self.side(buyer), lambda message: message["35"] == "8")
                gone = len(self.wire.lost[self.side(buyer)])
                buyer.tell("orders 3 " + prefix)
                self.assertTrue(self.wire.await_lost(self.side(buyer), gone + 3, PATIENCE))
                self.lose_connection()
                self.connect_again()
                self.orders_are_filled(buyer, prefix, 3)
        self.life_goes_on()

    def test_a_gap_in_what_they_send_is_filled_by_resend(self):
        self.gap_is_filled(self.them)

    def test_a_gap_in_what_we_send_is_filled_by_resend(self):
        self.gap_is_filled(self.us)

    def gap_is_filled(self, buyer):
        """One order does not arrive, those behind it do, and nobody notices but the session layer."""
        seller = self.other(buyer)
        self.wire.lose_one(self.side(seller), lambda message: is_order(message) and message["11"] == "order2")
        buyer.tell("orders 5 order")
        self.orders_are_filled(buyer, "order", 5)
        request = self.towards(buyer, lambda message: message["35"] == "2")
        lost = self.wire.lost[self.side(seller)][0]
        self.assertEqual(lost["34"], request["7"])
        repeated = self.towards(seller, lambda message: is_order(message) and message["11"] == "order2")
        self.assertTrue(repeated.is_possible_duplicate)
        self.assertEqual((lost["34"], lost["52"]), (repeated["34"], repeated["122"]))
        self.life_goes_on()

    def test_they_have_forgotten_what_we_sent(self):
        """Their next target number is set back: we are asked for orders again, and for admin messages get gap fills."""
        self.us.tell("orders 2 order")
        self.orders_are_filled(self.us, "order", 2)
        self.lose_connection()
        self.them.tell("target 1")
        self.connect_again()
        again = self.them.await_received("D", "order", 4)[2:]
        self.assertEqual(names("order", 2), [order["11"] for order in again])
        self.assertTrue(all(order.is_possible_duplicate for order in again))
        fill = self.towards(self.them, lambda message: message["35"] == "4")
        self.assertEqual(("1", "Y", "2"), (fill["34"], fill["123"], fill["36"]))

    def test_they_skip_numbers(self):
        """Their next sender number is set ahead: there is nothing to resend, they fill the gap, we go on behind it."""
        self.lose_connection()
        self.them.tell("sender 50")
        self.connect_again()
        self.towards(self.us, lambda message: message["35"] == "4" and message.get("123") == "Y")
        self.them.tell("orders 3 order")
        self.orders_are_filled(self.them, "order", 3)
        self.life_goes_on()

    def test_they_reset_the_sequence_in_reset_mode(self):
        self.them.tell("orders 1 before")
        self.orders_are_filled(self.them, "before", 1)
        self.them.tell("skip 100")
        self.them.tell("orders 2 after")
        self.orders_are_filled(self.them, "after", 2)
        self.us.await_numbers(5, 102)
        self.assertFalse(self.on_the_wire_towards(self.them, lambda message: message["35"] == "2"))

    def test_a_long_gap_is_filled_in_order(self):
        for buyer, prefix in ((self.us, "ours"), (self.them, "theirs")):
            with self.subTest(buyer=buyer.name):
                seller = self.side(self.other(buyer))
                self.wire.lose(seller, is_order)
                gone = len(self.wire.lost[seller])
                buyer.tell("orders 600 " + prefix)
                self.assertTrue(self.wire.await_lost(seller, gone + 600, PATIENCE))
                self.lose_connection()
                self.connect_again()
                self.orders_are_filled(buyer, prefix, 600)
        self.life_goes_on()

    def test_they_log_on_from_number_one(self):
        if self.role("them") == "acceptor":
            self.skipTest("who initiates decides")
        self.them.tell("orders 2 before")
        self.orders_are_filled(self.them, "before", 2)
        self.lose_connection()
        self.them.tell("reset-at-logon")
        self.connect_again()
        self.towards(self.us, lambda message: is_logon(message) and message.get("141") == "Y" and message["34"] == "1")
        self.towards(self.them, lambda message: is_logon(message) and message.get("141") == "Y" and message["34"] == "1")
        self.numbers_start_again()

    def test_we_reset_both_numbers(self):
        self.us.tell("orders 2 before")
        self.orders_are_filled(self.us, "before", 2)
        self.us.tell("reset")
        self.towards(self.them, lambda message: is_logon(message) and message.get("141") == "Y")
        self.numbers_start_again()

    def numbers_start_again(self):
        self.us.await_numbers(2, 2)
        self.them.await_numbers(2, 2)
        self.life_goes_on()


class EngineInitiates(Stories, unittest.TestCase):
    our_role = "initiator"


class EngineAccepts(Stories, unittest.TestCase):
    our_role = "acceptor"


if __name__ == "__main__":
    PROGRAMS["us"], PROGRAMS["them"] = sys.argv[1:3]
    if sys.argv[3:4] == ["--fixt"]:  # FIX.5.0SP2 on FIXT.1.1, both sides with its dictionaries
        folder = sys.argv[4]
        SETTINGS[PROGRAMS["us"]] = ["FIXT.1.1", "9", folder]
        SETTINGS[PROGRAMS["them"]] = ["BeginString=FIXT.1.1", "DefaultApplVerID=FIX.5.0SP2", "UseDataDictionary=Y", "TransportDataDictionary=%s/FIXT11.xml" % folder,
                                      "AppDataDictionary=%s/FIX50SP2.xml" % folder]
        del sys.argv[3:5]
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
