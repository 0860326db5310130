import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.documents.sentences import sentences

CASES = [
    ("Iliff et al. (2012) showed it. In Fig. 3 it fell.", ["Iliff et al. (2012) showed it.", "In Fig. 3 it fell."]),
    ("It was 10(-6) cm2/s. Next came sleep.", ["It was 10(-6) cm2/s.", "Next came sleep."]),
    ("We saw p < .05 and p = 0.01. The rest did not.", ["We saw p < .05 and p = 0.01.", "The rest did not."]),
    ("A. senticosus and P. ginseng help, i.e. both do.", ["A. senticosus and P. ginseng help, i.e. both do."]),
    ("J. R. Smith et al. The result was 3.5 mm.", ["J. R. Smith et al.", "The result was 3.5 mm."]),
    ("AQP4 vs. control. mRNA rose, e.g. in mice.", ["AQP4 vs. control.", "mRNA rose, e.g. in mice."]),
    ('He said: "It works." Then we left.', ['He said: "It works."', "Then we left."]),
    ("It is so.[3] But why?1 No.", ["It is so.[3]", "But why?1 No."]),
    ("Given i.p. Doses were low i.v. Then not.", ["Given i.p. Doses were low i.v.", "Then not."]),
    ("METHODS: Six rats died.RESULTS: None lived.", ["METHODS: Six rats died.", "RESULTS: None lived."]),
    ("间质液会流动。它由什么构成？很窄！", ["间质液会流动。", "它由什么构成？", "很窄！"]),
    ("他说：“间质液。”然后走了。", ["他说：“间质液。”", "然后走了。"]),
    ("“间质液。”是他的话。", ["“间质液。”", "是他的话。"]),
    ("第一，流动；第二（见图1；表2），清除。", ["第一，流动；", "第二（见图1；表2），清除。"]),
    ("研究……很多。", ["研究……很多。"]),
    ("AQP4缺失使清除率下降65%（见Fig. 3）。The ECS is narrow. 宽40 nm。",
     ["AQP4缺失使清除率下降65%（见Fig. 3）。", "The ECS is narrow.", "宽40 nm。"]),
    ("One paragraph\n\nAnother one", ["One paragraph", "Another one"]),
    ("1. Introduction", ["1. Introduction"]),
    ("", []),
    ("   \n ", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


MIXED = st.text(alphabet=st.sampled_from(list("aB e.g.1。！？；…”（）()[]\"' \n\t间质液，,:-%")), max_size=80)


@given(st.one_of(MIXED, st.text(max_size=60)))
def test_pieces_rejoin_to_the_text_but_for_white_space(text: str) -> None:
    at = 0
    for start, end in sentences(text):
        assert not text[at:start].strip()
        assert start < end
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()
