"""Loaded by every Python that a test starts: notes each look-up or connection beyond this machine in a file."""

import os
import sys
from typing import Any

_NOTES = os.environ.get("OUTGOING_NOTES", "")


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = str(arguments[0])
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[-1]
        if not isinstance(address, tuple):
            return
        host = str(address[0])
    else:
        return
    if host not in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "", "None"):
        file = os.open(_NOTES, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(file, f"{event} {host} by {' '.join(sys.argv)}\n".encode())
        os.close(file)


if _NOTES:
    sys.addaudithook(_note)
