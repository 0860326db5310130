"""The model that wrote an answer checks its sentences over all that it read."""

from collections.abc import Sequence

import pytest
from langchain_core.messages import BaseMessage

from app.answering.domain import Verdict
from app.answering.messages import messages_in
from app.answering.prompt import short_prompt
from app.answering.verify.findings import CERTAIN
from app.answering.verify.own_check import OwnCheckVerifier
from app.answering.verify.protocols import Claim, Finding, NumberedText
from models.evidence_markup import NumberedEvidence

READ = "Sleep increased the interstitial space by 60% in mice. Anaesthesia did so as well."
EVIDENCE = [NumberedEvidence(1, "passage", "Xie, 2013", READ)]
QUESTION = "By how much does sleep widen the interstitial space?"
WORDS = messages_in("en")


class Judge:
    """Finds every claim alike."""

    identity, whole_answers = "judge", False

    def __init__(self, label: Verdict) -> None:
        self._label = label

    async def verify(self, claims: Sequence[Claim]) -> list[Finding]:
        quotes = {Verdict.SUPPORTED: (1, READ)}
        return [Finding(self._label, CERTAIN[self._label], *quotes.get(self._label, (None, ""))) for _ in claims]


class Model:
    """Says yes as surely as it is told, and keeps what it was asked."""

    def __init__(self, yes: float) -> None:
        self._yes, self.asked = yes, list[Sequence[BaseMessage]]()

    async def likelihoods(self, messages: Sequence[BaseMessage], words: Sequence[str]) -> list[float]:
        assert tuple(words) == WORDS.check_words
        self.asked.append(messages)
        return [self._yes, 1 - self._yes]


def claim(text: str) -> Claim:
    return Claim(text, (NumberedText(1, READ, "Xie, 2013"),), QUESTION)


async def finding(text: str, judged: Verdict, yes: float) -> Finding:
    (found,) = await OwnCheckVerifier(Model(yes), Judge(judged), WORDS, EVIDENCE).verify([claim(text)])
    return found


@pytest.mark.parametrize("judged", list(Verdict))
async def test_what_the_model_says_no_to_is_not_supported(judged: Verdict) -> None:
    assert (await finding("Sleep widened it by 60%.", judged, 0.2)).label is not Verdict.SUPPORTED


@pytest.mark.parametrize("judged", list(Verdict))
async def test_what_the_model_says_yes_to_is_supported_and_quoted(judged: Verdict) -> None:
    found = await finding("Sleep widened the space by 60%.", judged, 0.9)
    assert found.label is Verdict.SUPPORTED
    assert found.probabilities.supported == pytest.approx(0.9)
    assert (found.number, found.quote in READ) == (1, True)


async def test_a_number_that_the_evidence_has_otherwise_is_no_matter_of_belief() -> None:
    found = await finding("Sleep increased the interstitial space by 50% in mice.", Verdict.UNSUPPORTED, 0.99)
    assert found.label is Verdict.CONTRADICTED


async def test_the_check_begins_as_the_prompt_did_and_is_asked_once_a_sentence() -> None:
    model = Model(0.9)
    verifier = OwnCheckVerifier(model, Judge(Verdict.SUPPORTED), WORDS, EVIDENCE)
    for _ in range(2):
        await verifier.verify([claim("It grew by 60%."), claim("It grew.")])
    assert len(model.asked) == 2
    prompt = short_prompt(QUESTION, EVIDENCE, WORDS, {})
    begun = str(prompt[-1].content).rpartition("</evidence>")[0]
    for system, asked in model.asked:
        assert system == prompt[0]
        assert str(asked.content).startswith(begun)
    assert "Statement: It grew.\n" in str(model.asked[1][-1].content)


async def test_a_claim_without_evidence_is_not_asked() -> None:
    model = Model(0.9)
    (found,) = await OwnCheckVerifier(model, Judge(Verdict.UNSUPPORTED), WORDS).verify([Claim("It grew.", ())])
    assert found.label is Verdict.UNSUPPORTED
    assert not model.asked
