"""Texts made of names, common words and what stands between them."""

from hypothesis import strategies as st

_WORDS = (
    "Victoria", "victoria", "Falls", "falls", "The", "the", "of", "de", "AQP4", "aqp4", "J", "Dr", "dr", "No", "12",
    "Émile", "émile", "McKay's", "beta-Blocker", "天麻", "脑类淋巴系统", "的作用", "Zambezi", "River", "and",
)  # fmt: skip
_GAPS = (
    " ", " ", " ", " ", "", "\t", ". ", ".  ", "! ", ", ", "\n", " \n ", "\n    ", "     ", " (", " “", "—", "。", "_",
)  # fmt: skip

texts = st.lists(st.tuples(st.sampled_from(_WORDS), st.sampled_from(_GAPS)), max_size=25).map(
    lambda pairs: "".join(part for pair in pairs for part in pair)
)
"""Texts in both languages."""
