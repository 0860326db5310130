"""Run a command in a network of its own that has loopback alone: ``unshare -rn python without_network.py COMMAND``."""

import fcntl
import os
import socket
import struct
import sys

_SET_FLAGS = 0x8914
_UP, _LOOPBACK, _RUNNING = 0x1, 0x8, 0x40

if __name__ == "__main__":
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sH22x", b"lo", _UP | _LOOPBACK | _RUNNING))
    os.execvp(sys.argv[1], sys.argv[1:])
