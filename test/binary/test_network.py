"""The real binary on real sockets: who may connect, from where, and by way of what: test_network.py TROUPE [TEST...]"""
import base64
import contextlib
import os
import socket
import threading
import time
import unittest

from test_run import LIMIT, Binary, frame, free_port, is_sanitized, order

LOGON = frame("A", 1, ["98=0", "108=30"])


class Accepting(Binary):
    def is_turned_away(self, process, port, what, first=LOGON):
        """Not a byte comes back, and the event log says why, with the peer and the session if it was one."""
        client = self.client(port)
        client.send(first)
        with contextlib.suppress(ConnectionError):
            self.assertEqual(client.socket.recv(1), b"")
        self.assert_says(self.read_to(process, "lobby-refused"), *what)

    def test_only_allowed_addresses_get_in(self):
        process, port = self.up(self.settings(more="AllowedRemoteAddresses=192.0.2.1, 2001:db8::/32"))
        self.is_turned_away(process, port, ["127.0.0.1:", "its address is not one of AllowedRemoteAddresses of any session or template of this port"])
        self.assertIsNone(process.poll())

    def test_a_session_has_its_own_list_beside_others_at_its_port(self):
        process, port = self.up(self.settings(session="AllowedRemoteAddresses=192.0.2.1\n[SESSION]\nTargetCompID=OTHER\n"))
        self.is_turned_away(process, port, ["FIX.4.2:VENUE->CLIENT", "127.0.0.1:", "its address is not one of AllowedRemoteAddresses"])
        self.logs_on(port, "OTHER")

    def logs_on(self, port, sender, first=b""):
        client = self.client(port, sender=sender)
        client.send(first + frame("A", 1, ["98=0", "108=30"], sender=sender))
        client.receive_until("A")

    def test_a_session_and_a_template_are_at_their_own_port(self):
        """Also where the one at the other port may not be: a header there is as good as any, and a template that is left out is closed at its own."""
        direct, balanced = free_port(), free_port()
        settings = self.settings(more="ContinueInitializationOnError=Y",
                                 session=f"SocketAcceptPort={direct}\nAllowedRemoteAddresses=127.0.0.0/8\n"
                                 f"[SESSION]\nSocketAcceptPort={direct}\nAcceptorTemplate=Y\nTargetCompID=*\nLogonTimeout=soon\n"
                                 f"[SESSION]\nSocketAcceptPort={balanced}\nAcceptorTemplate=Y\nTargetCompID=*\nTargetSubID=DESK1\nUseTCPProxy=Y\n"
                                 f"[SESSION]\nSocketAcceptPort={balanced}\nAcceptorTemplate=Y\nTargetCompID=ANN\nUseTCPProxy=Y\n")
        process, _ = self.up(settings)
        header = b"PROXY TCP4 127.0.0.1 10.0.0.1 49152 9876\r\n"
        self.is_turned_away(process, balanced, ["FIX.4.2:VENUE->CLIENT", "this session is at another port"], header + LOGON)
        self.is_turned_away(process, direct, ["FIX.4.2:VENUE->ANN", "left out of the settings: line "], frame("A", 1, ["98=0", "108=30"], sender="ANN"))
        self.is_turned_away(process, balanced, ["FIX.4.2:VENUE->BOB", "the template in line 20 does not fit: SenderSubID(50) is missing, expected DESK1"],
                            header + frame("A", 1, ["98=0", "108=30"], sender="BOB"))
        self.logs_on(direct, "CLIENT")
        self.logs_on(balanced, "ANN", header)

    def test_sessions_that_leave_the_port_to_the_system_share_it(self):
        process, port = self.up(self.settings(session="[SESSION]\nTargetCompID=OTHER\n[SESSION]\nAcceptorTemplate=Y\nTargetCompID=*\n"))
        self.assertEqual(process.start_text.count(" listening "), 1)
        for sender in ("CLIENT", "OTHER", "ANN"):
            self.logs_on(port, sender)

    def test_one_address_does_not_lock_out_another(self):
        process, port = self.up(self.settings(more="LobbyTimeout=60\nLobbyMaxSockets=5"))
        silent = [self.client(port) for _ in range(5)]
        with socket.socket() as other:
            other.settimeout(LIMIT)
            other.bind(("127.0.0.2", 0))
            other.connect(("127.0.0.1", port))
            other.sendall(LOGON)
            self.assertIn(b"\x0135=A\x01", other.recv(4096))
        with self.assertRaises((EOFError, ConnectionError)):
            silent[0].receive()
        self.assert_says(self.read_to(process, "lobby-refused"), "127.0.0.1:", "too many connections before Logon: 5, most of them from its address")

    def test_a_template_makes_nothing_for_others(self):
        settings = self.settings(session="AcceptorTemplate=Y\nTargetCompID=*\nAllowedRemoteAddresses=192.0.2.0/24\nUseTCPProxy=Y\n")
        process, port = self.up(settings)
        client = self.client(port)
        client.send(b"PROXY TCP4 203.0.113.1 10.0.0.1 49152 9876\r\n", LOGON)
        with contextlib.suppress(ConnectionError):
            self.assertEqual(client.socket.recv(1), b"")
        before, refused = self.read_all_to(process, "lobby-refused")
        self.assert_says(refused, "203.0.113.1:49152", "AllowedRemoteAddresses")
        self.assertNotIn("session-made", "".join(before))
        self.assertEqual(self.status(settings), [])
        client = self.client(port)
        client.send(b"PROXY TCP4 192.0.2.7 10.0.0.1 49152 9876\r\n", LOGON, order(2, "A1"))
        self.assertEqual(client.receive_until("8")[-1]["11"], "A1")
        before, made = self.read_all_to(process, "session-made")
        self.assertEqual(before, [], "the stranger made something")
        self.assert_says(made, "192.0.2.7:49152")

    def test_an_allowed_network_is_served(self):
        process, port = self.up(self.settings(more="AllowedRemoteAddresses=192.0.2.1,127.0.0.0/8"))
        self.is_well(process, port)

    def balanced(self):
        return self.up(self.settings(more="AllowedRemoteAddresses=192.0.2.0/24\nUseTCPProxy=Y"))

    def test_behind_a_balancer_the_peer_is_who_it_says(self):
        process, port = self.balanced()
        client = self.client(port)
        client.send(b"PROXY TCP4 192.0.2.7 10.0.0.1 49152 9876\r\n", LOGON, order(2, "A1"))
        self.assertEqual(client.receive_until("8")[-1]["11"], "A1")
        self.assertEqual(self.status(self.folder / "acceptor.cfg")[0]["peer"], "192.0.2.7:49152")

    def test_behind_a_balancer_others_are_turned_away(self):
        process, port = self.balanced()
        self.is_turned_away(process, port, ["203.0.113.1:49152", "AllowedRemoteAddresses"], b"PROXY TCP4 203.0.113.1 10.0.0.1 49152 9876\r\n" + LOGON)
        self.is_turned_away(process, port, ["127.0.0.1:", "expected a PROXY header first"])
        self.is_turned_away(process, port, ["127.0.0.1:", "AllowedRemoteAddresses"], b"PROXY UNKNOWN\r\n" + LOGON)


class LeftOut(Binary):
    def test_a_broken_session_does_not_keep_the_others_from_trading(self):
        path = self.settings(more="ContinueInitializationOnError=Y")
        with open(path, "a") as f:
            f.write("[SESSION]\nTargetCompID=OTHER\nLogonTimeout=soon\n[SESSION]\nTargetCompID=THIRD\nDataDictionary=/nowhere.xml\n")
        process, port = self.up(path)
        left_out = [line for line in process.start_text.splitlines() if " session-left-out " in line]
        self.assertEqual(len(left_out), 3, process.start_text)
        self.assert_says(left_out[0], " error ", "LogonTimeout=soon", "; its session is left out")
        self.assertEqual([s["session"] for s in self.status(path)], ["FIX.4.2:VENUE->CLIENT"])
        shown = self.run_to_end("status", path).stdout
        self.assert_says(shown, "problem: session FIX.4.2:VENUE->OTHER is left out: line 16: LogonTimeout=soon", "problem: session FIX.4.2:VENUE->THIRD is left out: line 19: ")
        self.is_well(process, port)
        checked = self.run_to_end("check", path)
        self.assertEqual(checked.returncode, 1)
        self.assert_says(checked.stderr, "LogonTimeout=soon", "/nowhere.xml")

    def test_a_port_that_is_taken_does_not_keep_the_others_from_trading_and_is_had_when_it_is_free(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            taken = other.getsockname()[1]
            path = self.settings(more="ContinueInitializationOnError=Y", session=f"SocketAcceptPort={taken}\nTargetCompID=OTHER\n[SESSION]\nTargetCompID=CLIENT\n")
            process, port = self.up(path)
            self.assertNotEqual(port, taken)
            self.assert_says(process.start_text, f" error listen-failed - cannot listen on 127.0.0.1:{taken}: Address already in use")
            self.assert_says(self.run_to_end("status", path).stdout, f"problem: cannot listen on 127.0.0.1:{taken}: Address already in use")
            self.is_well(process, port)
        self.assert_says(self.read_to(process, " listening "), f"127.0.0.1:{taken}")
        self.assertNotIn("problem", self.run_to_end("status", path).stdout)
        self.client(taken).close()

    def test_nobody_gets_a_session_of_a_template_in_the_place_of_what_is_left_out(self):
        path = self.settings(more="ContinueInitializationOnError=Y\nAcceptorTemplate=Y", session="TargetCompID=A\nLogonTimeout=soon\n[SESSION]\nTargetCompID=*\n"
                             "[SESSION]\nAcceptorTemplate=N\nTargetCompID=B\nLogonTimeout=soon\n")
        process, port = self.up(path)
        for name in ("A", "B"):
            client = self.client(port, sender=name)
            client.send(frame("A", 1, ["98=0", "108=30"], sender=name))
            with contextlib.suppress(ConnectionError):
                self.assertEqual(client.socket.recv(1), b"")
            self.assert_says(self.read_to(process, "lobby-refused"), f"FIX.4.2:VENUE->{name}", "left out of the settings: line ", "LogonTimeout=soon")
        client = self.client(port, sender="C")
        client.send(frame("A", 1, ["98=0", "108=30"], sender="C"))
        client.receive_until("A")
        self.assertIn("problem: template FIX.4.2:VENUE->A is left out: line 15: LogonTimeout=soon", self.run_to_end("status", path).stdout)


class Proxy:
    """A proxy for one connection after the other; `greet` holds the dialogue and says whether it is taken."""

    def __init__(self, greet):
        self.greet = greet
        self.asked = []  # for which places
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.socket.accept()
                threading.Thread(target=self.join, args=(client,), daemon=True).start()

    def join(self, client):
        with client, contextlib.suppress(OSError):
            place = self.greet(client)
            if place is None:
                return
            self.asked.append(place)
            with socket.create_connection(place) as there:
                self.done(client)
                threading.Thread(target=self.copy, args=(there, client), daemon=True).start()
                self.copy(client, there)

    @staticmethod
    def copy(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def close(self):
        self.socket.close()


def exactly(client, count):
    got = b""
    while len(got) < count:
        got += client.recv(count - len(got)) or b"\0" * count
    return got


class HttpProxy(Proxy):
    def __init__(self, user):
        super().__init__(self.hear)
        self.expected = b"Proxy-Authorization: Basic " + base64.b64encode(user.encode())

    def hear(self, client):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += exactly(client, 1)
        if self.expected not in head.split(b"\r\n"):
            client.sendall(b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n")
            return None
        host, port = head.split(b" ")[1].decode().rsplit(":", 1)
        return host, int(port)

    @staticmethod
    def done(client):
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")


class SocksProxy(Proxy):
    def __init__(self, user, password):
        super().__init__(self.hear)
        self.expected = bytes([1, len(user)]) + user.encode() + bytes([len(password)]) + password.encode()

    def hear(self, client):
        methods = exactly(client, exactly(client, 2)[1])
        if 2 not in methods:
            client.sendall(b"\x05\xff")
            return None
        client.sendall(b"\x05\x02")
        is_known = exactly(client, len(self.expected)) == self.expected
        client.sendall(b"\x01\x00" if is_known else b"\x01\x01")
        if not is_known:
            return None
        kind = exactly(client, 4)[3]
        host = socket.inet_ntoa(exactly(client, 4)) if kind == 1 else exactly(client, exactly(client, 1)[0]).decode()
        return host, int.from_bytes(exactly(client, 2), "big")

    @staticmethod
    def done(client):
        client.sendall(b"\x05\x00\x00\x01" + b"\0" * 6)


class Connecting(Binary):
    def initiator(self, more, host="127.0.0.1"):
        wait = "" if "ReconnectInterval" in more else "ReconnectInterval=200ms\n"
        path = self.settings("initiator.cfg", wait + more, role="initiator")
        path.write_text(path.read_text().replace("SocketConnectHost=127.0.0.1\n", f"SocketConnectHost={host}\n"))
        return path


class Calling(Connecting):
    def trades_through(self, proxy, more):
        self.addCleanup(proxy.close)
        acceptor, port = self.up(self.settings())
        settings = self.initiator(f"SocketConnectPort={port}\nProxyHost=127.0.0.1\nProxyPort={proxy.port}\n{more}")
        initiator, _ = self.up(settings)
        self.wait_until("logon", lambda: self.status(settings)[0]["state"] == "Active")
        self.assertEqual(proxy.asked[-1], ("127.0.0.1", port))
        self.assertNotIn("secret", initiator.start_text + self.stop_and_read(initiator))
        self.assertIn("the peer logged out", self.stop_and_read(acceptor))

    def test_by_way_of_an_http_proxy(self):
        self.trades_through(HttpProxy("me:secret"), "ProxyType=http\nProxyUser=me\nProxyPassword=secret")

    def test_by_way_of_a_socks_proxy(self):
        self.trades_through(SocksProxy("me", "secret"), "ProxyType=socks\nProxyUser=me\nProxyPassword=secret")

    def test_a_proxy_that_does_not_know_us(self):
        for proxy, kind, why in ((HttpProxy("me:other"), "http", "it does not take ProxyUser and ProxyPassword"),
                                 (SocksProxy("me", "secre7"), "socks", "it does not take ProxyUser and ProxyPassword")):
            self.addCleanup(proxy.close)
            process = self.start(self.initiator(f"SocketConnectPort=1\nProxyType={kind}\nProxyHost=127.0.0.1\nProxyPort={proxy.port}\nProxyUser=me\nProxyPassword=secret"))
            line = self.read_to(process, "connect-failed")
            self.assert_says(line, f"proxy 127.0.0.1:{proxy.port}, asked for 127.0.0.1:1", why)
            self.assertNotIn("secret", line + self.stop_and_read(process))

    def test_the_peer_sees_the_address_that_was_chosen(self):
        with socket.create_server(("127.0.0.1", 0)) as venue:
            venue.settimeout(LIMIT)
            source = free_port()
            self.start(self.initiator(f"SocketConnectPort={venue.getsockname()[1]}\nSocketConnectSourceHost=127.0.0.3\nSocketConnectSourcePort={source}"))
            peer, place = venue.accept()
            peer.close()
            self.assertEqual(place, ("127.0.0.3", source))

    def test_an_address_that_is_not_ours(self):
        process = self.start(self.initiator("SocketConnectPort=1\nSocketLocalHost=192.0.2.1"))
        self.assert_says(self.read_to(process, "connect-failed"), "127.0.0.1:1 from 192.0.2.1:0", "expected an address of this machine")

    def hosts(self, more):
        """Two venues that close what comes, and an initiator that calls them."""
        hosts = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        for h in hosts:
            h.settimeout(LIMIT)
            self.addCleanup(h.close)
        places = "\n".join(f"SocketConnectHost{n}=127.0.0.1\nSocketConnectPort{n}={h.getsockname()[1]}" for n, h in zip(("", 1), hosts))
        self.start(self.initiator(f"{places}\nHostSelectionPolicy=PRIORITY\nHostSelectionPolicyPriorityStartOverInterval=1\nReconnectJitter=0\n{more}"))
        return hosts

    def test_long_waits_between_failures_do_not_hide_the_second_host(self):
        hosts = self.hosts("ReconnectInterval=1100ms")
        for host in (hosts[0], hosts[1], hosts[0]):
            peer, _ = host.accept()
            peer.close()

    def test_after_a_connection_that_held_the_first_host_is_next(self):
        hosts = self.hosts("ReconnectInterval=100ms\nHeartBtInt=1")
        peer, _ = hosts[0].accept()
        peer.close()
        peer, _ = hosts[1].accept()
        with peer:
            peer.settimeout(LIMIT)
            peer.recv(4096)
            peer.sendall(frame("A", 1, ["98=0", "108=1"], sender="VENUE", target="CLIENT"))
            self.assertIn(b"35=0", peer.recv(4096))  # a second after its Logon, which came before ours
            peer.sendall(frame("0", 2, sender="VENUE", target="CLIENT"))
            self.assertTrue(peer.recv(4096))
        peer, _ = hosts[0].accept()
        peer.close()


@unittest.skipIf(is_sanitized(), "a sanitizer wants to be loaded first")
class Names(Connecting):
    def setUp(self):
        super().setUp()
        self.environment = dict(os.environ, LD_PRELOAD=os.environ["TROUPE_SLOW_NAMES"])

    def test_a_dead_name_keeps_no_other_session_waiting(self):
        with socket.create_server(("127.0.0.1", 0)) as venue:
            venue.settimeout(LIMIT)
            path = self.initiator("SocketConnectTimeout=1")
            text = path.read_text().replace("SocketConnectHost=127.0.0.1\n", "").replace("TargetCompID=VENUE\n", "")
            path.write_text(text + "TargetCompID=DEAD\nSocketConnectHost=dead.test\nSocketConnectPort=1\n"
                            f"[SESSION]\nTargetCompID=GOOD\nSocketConnectHost=good.test\nSocketConnectPort={venue.getsockname()[1]}\n")
            process = self.start(path, env=self.environment)
            for _ in range(3):
                venue.accept()[0].close()
                self.assert_says(self.read_to(process, "connect-failed"), "->DEAD ", "cannot connect to dead.test:1: still looking up dead.test after 1 s")
            before = time.monotonic()
            self.stop_and_read(process)
            self.assertLess(time.monotonic() - before, 5, "the end waits for a name server")

    def test_a_dead_address_does_not_hide_the_others_of_its_name(self):
        with socket.create_server(("127.0.0.1", 0)) as venue, socket.socket() as deaf, contextlib.ExitStack() as waiting:
            venue.settimeout(LIMIT)
            deaf.bind(("127.0.0.2", venue.getsockname()[1]))
            deaf.listen(0)
            while True:  # until nobody gets in any more
                caller = waiting.enter_context(socket.socket())
                caller.settimeout(0.2)
                try:
                    caller.connect(deaf.getsockname())
                except TimeoutError:
                    break
            process = self.start(self.initiator(f"SocketConnectTimeout=1\nSocketConnectPort={venue.getsockname()[1]}", host="two.test"), env=self.environment)
            self.assert_says(self.read_to(process, "connect-failed"), "cannot connect to two.test:", "no answer in 1 s")
            venue.accept()[0].close()
            venue.accept()[0].close()


if __name__ == "__main__":
    import sys
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
