"""Which characters are Han characters."""

HAN_RANGES = ((0x2E80, 0x2FD5), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
"""First and last code points of the blocks of Unicode: radicals, extensions, the common and the compatible ones."""

HAN = "".join(f"{chr(first)}-{chr(last)}" for first, last in HAN_RANGES)
"""The blocks for a class of characters in a pattern, as in ``[{HAN}]``."""
