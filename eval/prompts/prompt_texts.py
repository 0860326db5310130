"""The texts of the prompts: one YAML file a task and language, under ``texts/``."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import yaml
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, ConfigDict

from eval.prompts.domain import Problem
from kg.domain import Language

_FOLDER = Path(__file__).parent / "texts"


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Shown(_Frozen):
    """A worked example in each of the ways in which a strategy shows one."""

    question: str
    evidence: str = ""
    steps: str
    structured: str
    plan: str = ""
    answer: str


class Wording(_Frozen):
    """One task's prompts in one language; ``marker`` opens the answer in the form asked for."""

    version: str
    system: str
    ask: str
    marker: str
    form: str
    direct: str
    reason: str
    think: str
    conclude: str
    structured: str
    propose: str
    value: str
    values: Mapping[str, float]
    finish: str
    no_steps: str
    plan: str
    planned: str
    no_facts: str
    examples: tuple[Shown, ...]

    def asked(self, problem: Problem | Shown) -> str:
        """A problem or a worked example as the model sees it asked."""
        return self.ask.format(question=problem.question, evidence=problem.evidence).strip()

    def marked(self, answer: str) -> str:
        """An answer in the form asked for."""
        return f"{self.marker} {answer}"

    @property
    def reasoned(self) -> str:
        """The instruction to reason, then to answer in the form asked for."""
        return f"{self.reason} {self.form}"

    def messages(self, instruction: str, last: str, reply: Callable[[Shown], str] = lambda _: "") -> list[BaseMessage]:
        """System text with an instruction, the worked examples to which ``reply`` has one, and the last question."""
        shown: list[BaseMessage] = []
        for example in self.examples:
            if told := reply(example):
                shown += [HumanMessage(self.asked(example)), AIMessage(told)]
        return [SystemMessage(f"{self.system.strip()}\n{instruction.strip()}"), *shown, HumanMessage(last)]


@lru_cache
def wording(task: str, language: Language) -> Wording:
    """A task's texts for questions in ``zh`` or ``en``."""
    path = _FOLDER / f"{task}.{'zh' if language == 'zh' else 'en'}.yaml"
    return Wording.model_validate(yaml.safe_load(path.read_text("utf-8")))
