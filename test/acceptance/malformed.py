#!/usr/bin/env python3
"""Malformed messages against the real binary: malformed.py TROUPE TABLE.tsv [arguments of malformed_check.py]

Starts `troupe run` with the acceptor that the check asks for: FIX.4.4, SERVER for CLIENT, full validation, an application that
sends orders back. malformed_check.py lies in the folder that TROUPE_ACCEPTANCE names.
"""
import os
import pathlib
import shlex
import socket
import subprocess
import sys
import tempfile

SETTINGS = """[DEFAULT]
ConnectionType=acceptor
SocketAcceptAddress=127.0.0.1
SocketAcceptPort={port}
BeginString=FIX.4.4
SenderCompID=SERVER
NonStopSession=Y
ResetOnLogon=Y
CheckLatency=N
Application=echo
Store=memory
[SESSION]
TargetCompID=CLIENT
"""


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    check = pathlib.Path(os.environ.get("TROUPE_ACCEPTANCE", "")) / "malformed_check.py"
    if not check.is_file():
        sys.exit("malformed: no %s; it is not part of this project: name its folder in TROUPE_ACCEPTANCE" % check)
    with tempfile.TemporaryDirectory() as folder, socket.socket() as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reserved.bind(("127.0.0.1", 0))  # so that nobody else is given the port; not listening, so that the engine can
        port = reserved.getsockname()[1]
        settings = pathlib.Path(folder) / "acceptor.cfg"
        settings.write_text(SETTINGS.format(port=port))
        start = shlex.join([os.path.abspath(sys.argv[1]), "run", str(settings)])
        return subprocess.call([sys.executable, "-B", str(check), sys.argv[2], "--port", str(port), "--start", start, *sys.argv[3:]])


if __name__ == "__main__":
    sys.exit(main())
