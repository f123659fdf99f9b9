"""A FIX peer in a process of its own, driven by lines (peer_protocol.md)."""
import subprocess
import threading
import time

from wire import Message


POLL = 0.02  # seconds between two looks at what nobody announces


class PeerFailure(AssertionError):
    """The peer did not say in time what was awaited; shows what it said instead."""


def await_true(condition, patience, complaint):
    """Asks again and again, for what nobody announces."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise PeerFailure(complaint())
        time.sleep(POLL)


class Peer:
    def __init__(self, program, role, port, sender, target, *settings, patience):
        self.name, self.patience = program.rsplit("/", 1)[-1], patience
        self.lines, self.changed = [], threading.Condition()
        self.process = subprocess.Popen([program, role, str(port), sender, target, *settings], text=True, bufsize=1,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, errors="replace")
        threading.Thread(target=self._listen, daemon=True).start()
        # A sanitizer makes the counterparty's reading of a large dictionary a matter of minutes.
        self._await(lambda: "ready" in self.lines, "`ready`", 6 * patience)

    # -- what a test asks of it

    def tell(self, command):
        """Gives the command and waits until it is carried out; returns the lines said meanwhile."""
        begin = len(self.lines)
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        end = self._await(lambda: self._index("done " + command.split()[0], begin), "the end of `%s`" % command)
        return self.lines[begin:end]

    def numbers(self):
        """The next MsgSeqNum to send, and the next to expect."""
        line = next(line for line in self.tell("numbers") if line.startswith("numbers "))
        return tuple(int(word) for word in line.split()[1:])

    def stop(self):
        if self.process.poll() is None:
            self.process.stdin.close()
        try:
            return self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise PeerFailure("%s does not stop" % self.name) from None
        finally:
            self.process.stdout.close()

    # -- what a test sees of it

    def await_line(self, line, count=1):
        """Waits until it has said this line so many times."""
        self._await(lambda: self.lines.count(line) >= count, "`%s` (%d times)" % (line, count))

    def await_numbers(self, sender, target):
        """Asks until these are the numbers: what the other side has sent may still be under way."""
        await_true(lambda: self.numbers() == (sender, target), self.patience,
                   lambda: "%s: numbers are %s, not %s" % (self.name, self.numbers(), (sender, target)))

    def received(self, msg_type, prefix=""):
        """The application messages of this type that it was given, of orders whose ClOrdID(11) begins like this."""
        with self.changed:
            messages = [Message(line[3:].replace("|", "\x01").encode("latin-1", "replace"))
                        for line in self.lines if line.startswith("in ")]
        return [message for message in messages if message["35"] == msg_type and message["11"].startswith(prefix)]

    def await_received(self, msg_type, prefix, count):
        """Waits for so many of them; returns them."""
        self._await(lambda: len(self.received(msg_type, prefix)) >= count, "%d messages %s of %s" % (count, msg_type, prefix))
        return self.received(msg_type, prefix)

    # -- how it does it

    def _listen(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.lines.append("(end of output)")
            self.changed.notify_all()

    def _index(self, line, begin):
        return self.lines.index(line, begin) if line in self.lines[begin:] else None

    def _await(self, condition, what, patience=None):
        patience = patience or self.patience
        with self.changed:
            result = self.changed.wait_for(condition, patience)
            if not result:
                raise PeerFailure("%s: no %s in %gs; it said:\n  %s" % (self.name, what, patience, "\n  ".join(self.lines)))
        return result
