from app.answering.domain import Verdict
from app.answering.verify.agreed import AgreedVerifier
from app.answering.verify.agreement import Agreement
from app.answering.verify.lexical import LexicalVerifier
from app.answering.verify.protocols import Claim, NumberedText

_TITLE = "Oncometabolites in mice, 2020"
_AIM = NumberedText(1, "We asked how D2HG spreads in mice with tumors.", _TITLE)
_FOUND = NumberedText(2, "Interstitial D2HG was 126.9 μM in mice awake and 117.6 μM asleep.", _TITLE)
_SAID = "Interstitial D2HG was 126.9 μM awake and 117.6 μM asleep."


def _verifier(*read: NumberedText) -> AgreedVerifier:
    verifier = AgreedVerifier(LexicalVerifier(), Agreement([f"{_SAID} [1]"] * 9))
    verifier.read = read
    return verifier


async def test_a_sentence_rests_on_the_passage_of_its_paper_that_tells_it() -> None:
    (found,) = await _verifier(_AIM, _FOUND).verify([Claim(_SAID, (_AIM,), "How much?")])
    assert found.label is Verdict.SUPPORTED
    assert (found.number, found.quote) == (2, _FOUND.text)


async def test_a_passage_that_tells_no_more_does_not_take_the_place_of_the_cited_one() -> None:
    again = NumberedText(1, _FOUND.text, "Another paper")
    (found,) = await _verifier(again, _FOUND).verify([Claim(_SAID, (_FOUND,), "How much?")])
    assert found.number == 2


async def test_what_no_reply_says_is_left_to_the_other_verifier() -> None:
    (found,) = await _verifier(_AIM, _FOUND).verify([Claim("Rats slept for nine hours.", (_AIM,), "How much?")])
    assert found.label is Verdict.UNSUPPORTED
