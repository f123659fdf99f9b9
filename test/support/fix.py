"""As much FIX as a test needs to meet the binary: messages with right length and checksum, and a socket."""
import re
import socket
from datetime import datetime, timezone

FRAME = re.compile(rb"8=FIX.4.2\x019=(\d+)\x01")
TRAILER = len(b"10=000|")


def frame(msg_type, number, body=(), sender="CLIENT", target="VENUE"):
    now = datetime.now(timezone.utc).strftime("%Y%m%d-%H:%M:%S")
    fields = [f"35={msg_type}", f"34={number}", f"49={sender}", f"56={target}", f"52={now}", *body]
    text = "".join(f + "\x01" for f in fields)
    whole = f"8=FIX.4.2\x019={len(text)}\x01{text}".encode()
    return whole + b"10=%03d\x01" % (sum(whole) % 256)


def order(number, cl_ord_id):
    return frame("D", number, [f"11={cl_ord_id}", "21=1", "55=MSFT", "54=1", "38=100", "40=2", "44=25.5", "60=20260101-00:00:00"])


class Client:
    """One end of a connection: made to a port, or of a socket that was accepted."""

    def __init__(self, port, sender="CLIENT", accepted=None):
        self.sender = sender
        self.socket = accepted or socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.settimeout(30)
        self.buffer = b""

    def close(self):
        self.socket.close()

    def frame(self, *arguments):
        return frame(*arguments, sender=self.sender)

    def send(self, *frames):
        self.socket.sendall(b"".join(frames))

    def receive(self):
        """The next message, as a dictionary of its fields."""
        while True:
            if head := FRAME.match(self.buffer):
                end = head.end() + int(head.group(1)) + TRAILER
                if len(self.buffer) >= end:
                    raw, self.buffer = self.buffer[:end], self.buffer[end:]
                    return dict(f.split("=", 1) for f in raw.decode().rstrip("\x01").split("\x01"))
            piece = self.socket.recv(65536)
            if not piece:
                raise EOFError("the program closed the connection")
            self.buffer += piece

    def receive_until(self, msg_type):
        """Everything up to the first message of this type."""
        seen = []
        while not seen or seen[-1]["35"] != msg_type:
            seen.append(self.receive())
        return seen
