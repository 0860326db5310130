"""What every claim verifier keeps."""

import json
import re
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from app.answering.domain import Verdict
from app.answering.verify.chat_model import ChatModelVerifier
from app.answering.verify.judge import JudgeVerifier
from app.answering.verify.lexical import LexicalVerifier
from app.answering.verify.protocols import Claim, ClaimVerifier, NumberedText
from models.errors import ModelUnavailable
from models.scripted import ScriptedChat, ScriptedJudge

SLEEP = NumberedText(
    3,
    "We imaged mice. Natural sleep is associated with a 60% increase in the interstitial space of the mouse brain. "
    "Twelve animals were used.",
)
DEPTH = NumberedText(5, "The astrocytes of knockout animals lacked aquaporin-4.", "AQP4 in astrocytes")
TRUE = "Natural sleep is associated with a 60% increase in the interstitial space of the mouse brain."


class QuotingChat(BaseChatModel):
    """Calls a claim supported by the sentence that holds its words, as a model under a schema would."""

    @property
    def _llm_type(self) -> str:
        return "openai-compatible"

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        assert kwargs["response_format"]["type"] == "json_schema"
        judge, findings = ScriptedJudge(), []
        for block in re.split(r"(?m)^Claim (?=\d+:)", str(messages[-1].content))[1:]:
            number, claim = re.match(r"(\d+): (.*)", block).groups()  # type: ignore[union-attr]
            for n, text in re.findall(r'<evidence n="(\d+)"[^>]*>\n(.*?)\n</evidence>', block, re.S):
                for sentence in re.split(r"(?<=\.) ", text):
                    if judge.verdicts([(re.sub(r"\d+", "", claim), sentence)])[0, 0] > 0.5:
                        made = {"claim": int(number), "evidence": int(n), "quote": sentence, "label": "supported"}
                        findings.append(made)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(json.dumps({"findings": findings})))])


@pytest.fixture(params=["lexical", "judge", "chat"])
def verifier(request: pytest.FixtureRequest) -> ClaimVerifier:
    """Each verifier over a fake."""
    if request.param == "lexical":
        return LexicalVerifier()
    if request.param == "judge":
        return JudgeVerifier(ScriptedJudge())
    return ChatModelVerifier(QuotingChat(), name="quoting", fallback=LexicalVerifier())


async def test_a_claim_in_the_words_of_the_evidence_is_supported_by_that_sentence(verifier: ClaimVerifier) -> None:
    (finding,) = await verifier.verify([Claim(TRUE, (DEPTH, SLEEP))])
    assert finding.label is Verdict.SUPPORTED
    assert (finding.number, finding.quote) == (3, TRUE)


@pytest.mark.parametrize(
    "wrong",
    [
        TRUE.replace("60%", "80%"),
        "Bananas are yellow.",
    ],
    ids=["number", "topic"],
)
async def test_what_the_evidence_does_not_say_is_not_supported(verifier: ClaimVerifier, wrong: str) -> None:
    (finding,) = await verifier.verify([Claim(wrong, (SLEEP, DEPTH))])
    assert finding.label is not Verdict.SUPPORTED
    assert finding.reasons


async def test_numbers_and_names_of_the_question_may_be_repeated(verifier: ClaimVerifier) -> None:
    claim = Claim("The astrocytes lacked aquaporin-4.", (DEPTH,), "Did the 8 astrocytes of KO-4 lack aquaporin-4?")
    assert (await verifier.verify([claim]))[0].label is Verdict.SUPPORTED


async def test_findings_come_in_the_order_of_the_claims_and_add_up_to_one(verifier: ClaimVerifier) -> None:
    claims = [Claim("Bananas are yellow.", (SLEEP,)), Claim(TRUE, (SLEEP,)), Claim(TRUE, ())]
    findings = await verifier.verify(claims)
    assert [f.label for f in findings] == [Verdict.UNSUPPORTED, Verdict.SUPPORTED, Verdict.UNSUPPORTED]
    for f in findings:
        p = f.probabilities
        assert p.supported + p.contradicted + p.unsupported == pytest.approx(1, abs=1e-5)
        assert not f.quote or f.quote in SLEEP.text
    assert await verifier.verify([]) == []


async def test_the_judge_calls_a_claim_contradicted_where_one_of_its_clauses_is() -> None:
    judge = ScriptedJudge([("lacked", "increase")])
    claim = Claim(TRUE[:-1] + "; the mouse brain lacked interstitial space", (SLEEP,))
    assert (await JudgeVerifier(judge).verify([claim]))[0].label is Verdict.CONTRADICTED


async def test_the_judge_reads_neighbouring_sentences_together() -> None:
    claim = Claim("We imaged mice in natural sleep", (SLEEP,))
    assert (await JudgeVerifier(ScriptedJudge()).verify([claim]))[0].label is Verdict.SUPPORTED


@pytest.mark.parametrize(
    "reply",
    [
        json.dumps({"findings": [{"claim": 1, "evidence": 3, "quote": "It doubled.", "label": "supported"}]}),
        json.dumps({"findings": [{"claim": 1, "evidence": 3, "quote": "", "label": "supported"}]}),
    ],
)
async def test_a_quote_that_the_evidence_does_not_hold_supports_nothing(reply: str) -> None:
    verifier = ChatModelVerifier(ScriptedChat(replies=[reply]), name="x", fallback=LexicalVerifier())
    assert (await verifier.verify([Claim(TRUE, (SLEEP,))]))[0].label is Verdict.UNSUPPORTED


@pytest.mark.parametrize("reply", ["Sure! It is supported.", ModelUnavailable("away"), '{"findings": []}'])
async def test_the_fallback_verifies_what_the_model_does_not(reply: Any) -> None:
    verifier = ChatModelVerifier(ScriptedChat(replies=[reply]), name="x", fallback=LexicalVerifier())
    assert (await verifier.verify([Claim(TRUE, (SLEEP,))]))[0].label is Verdict.SUPPORTED
