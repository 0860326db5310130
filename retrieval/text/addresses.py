"""Addresses of the web and of mail in a text, in linear time."""

import re

_REST = r"[^\s<>()\[\]\"'。，；]{0,2000}[^\s<>()\[\]\"'。，；.,:;!?]"
ADDRESS = re.compile(
    rf"(?:(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{{0,20}}:|(?<![\w/:]))//+(?P<bare>{_REST})|(?<![a-z0-9])mailto:(?P<mail>{_REST})|(?<![a-z0-9])(?P<www>www\.{_REST})",
    re.IGNORECASE,
)
"""An address as a whole, without the stop behind it; ``bare`` is one without its scheme."""
