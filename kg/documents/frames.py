"""How messages are framed between a parsing process and its parent: eight bytes of length, then the message."""

import struct

FRAME = struct.Struct("!Q")
