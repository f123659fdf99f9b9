"""The wire between two FIX peers, in the hands of a test.

A TCP relay on the loopback interface: the initiator connects to `wire.port`, the relay to the acceptor. It passes whole
messages on, remembers them, and can lose some, cut the connection, and stay cut until mended.
"""
import re
import socket
import threading

FRAME = re.compile(rb"8=[^\x01]*\x019=(\d+)\x01")
TRAILER = len(b"10=000|")


class Message(dict):
    """Fields by tag (the first of each), as text: message["35"]."""

    def __init__(self, raw):
        fields = (field.partition("=")[::2] for field in reversed(raw.decode("latin-1").rstrip("\x01").split("\x01")))
        super().__init__(fields)
        self.text = raw.decode("latin-1").replace("\x01", "|")

    def __repr__(self):
        return self.text

    @property
    def number(self):
        return int(self["34"])

    @property
    def is_possible_duplicate(self):
        return self.get("43") == "Y"


def whole_frames(buffer):
    """The complete frames at the front of the buffer, and the rest."""
    frames = []
    while head := FRAME.match(buffer):
        end = head.end() + int(head.group(1)) + TRAILER
        if len(buffer) < end:
            break
        frames.append(buffer[:end])
        buffer = buffer[end:]
    return frames, buffer


def shut(*ends):
    """Ends both directions; whoever reads there notices."""
    for end in ends:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:  # already
            pass


class Reservation:
    """A free port that nobody else is given: bound, so that the system keeps it, not listening, so that one of ours can."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def close(self):
        self.socket.close()


class Wire:
    """`towards[x]` is the list of messages that were passed on to side x: "initiator" or "acceptor"."""

    def __init__(self, acceptor_port):
        self.acceptor_port = acceptor_port
        self.changed = threading.Condition()
        self.towards = {"initiator": [], "acceptor": []}
        self.lost = {"initiator": [], "acceptor": []}
        self.losing = {"initiator": None, "acceptor": None}
        self.journal = []  # all of it, for a reader
        self.links = ()
        self.is_broken = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    # -- what a test does to it

    def cut(self):
        """Closes the connection; new ones are closed at once until `mend`."""
        with self.changed:
            self.is_broken = True
        self._hang_up()

    def mend(self):
        with self.changed:
            self.is_broken = False
            self.losing = {"initiator": None, "acceptor": None}

    def lose(self, side, which=lambda message: True):
        """From now on messages towards this side, of which `which` is true, do not arrive."""
        with self.changed:
            self.losing[side] = which

    def lose_one(self, side, which):
        """As lose, but only the first of them."""
        remaining = [1]

        def is_first(message):
            return which(message) and remaining and remaining.pop()

        self.lose(side, is_first)

    def close(self):
        self.cut()
        self.listener.close()

    # -- what a test sees of it

    def await_message(self, side, which, patience):
        """The first message passed on to this side of which `which` is true, now or within `patience` seconds."""

        def found():
            return next((message for message in self.towards[side] if which(message)), None)

        with self.changed:
            return self.changed.wait_for(found, patience)

    def await_lost(self, side, count, patience):
        with self.changed:
            return self.changed.wait_for(lambda: len(self.lost[side]) >= count, patience)

    # -- how it does it

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = None if self.is_broken else self._connect()
            if far is None:
                near.close()
                continue
            with self.changed:
                self.links = (near, far)
            for source, sink, side in ((near, far, "acceptor"), (far, near, "initiator")):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._relay, args=(source, sink, side), daemon=True).start()

    def _connect(self):
        try:
            return socket.create_connection(("127.0.0.1", self.acceptor_port), timeout=None)
        except OSError:
            return None

    def _relay(self, source, sink, side):
        buffer = b""
        try:
            while chunk := source.recv(65536):
                frames, buffer = whole_frames(buffer + chunk)
                for frame in frames:
                    self._pass_on(frame, sink, side)
        except OSError:
            pass
        shut(source, sink)
        source.close()  # the other direction closes the other end

    def _pass_on(self, frame, sink, side):
        message = Message(frame)
        with self.changed:
            is_lost = self.losing[side] is not None and self.losing[side](message)
            (self.lost if is_lost else self.towards)[side].append(message)
            self.journal.append("%s %s %s" % ("lost on the way to" if is_lost else "to", side, message))
            self.changed.notify_all()
        if not is_lost:
            sink.sendall(frame)

    def _hang_up(self):
        with self.changed:
            links, self.links = self.links, ()
        shut(*links)
