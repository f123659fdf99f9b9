"""The acceptance target in a process of its own, and where the runner of the definitions is to be found."""
import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import sys

PROJECT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = pathlib.Path(os.environ.get("TROUPE_ACCEPTANCE") or PROJECT / "acceptance")
RUNNER = FOLDER / "fix_acceptance.py"


def is_available():
    return RUNNER.is_file()


def refuse_without_runner():
    if not is_available():
        sys.exit("acceptance: no fix_acceptance.py in %s. The scripted definitions and their runner are not part of this project: "
                 "name their folder in TROUPE_ACCEPTANCE." % FOLDER)


@contextlib.contextmanager
def running(target):
    """Starts the target on a free port, waits until it listens, gives the port, stops it."""
    with socket.socket() as reserved:  # bound, so that nobody else is given the port; not listening, so that the target can
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        process = subprocess.Popen([target, "--port", str(port)], stdout=subprocess.PIPE, text=True)
        try:
            if process.stdout.readline() != "ready\n":
                sys.exit("acceptance: the target does not get ready (exit status %s)" % process.wait())
            yield port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
