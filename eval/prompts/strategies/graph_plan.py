"""Planning over a graph: typed look-ups are planned and carried out first, then the question is answered with them."""

from collections.abc import Mapping

from eval.prompts.ask import Asker
from eval.prompts.domain import Attempt, Problem
from eval.prompts.protocols import Planner, Task
from eval.runs import Json


class GraphPlan:
    """The planner's calls, if it needs any, and one for the answer."""

    name = "graph-plan"
    settings: Mapping[str, Json] = {}

    def __init__(self, task: Task, planner: Planner) -> None:
        self._task = task
        self._planner = planner

    async def attempt(self, problem: Problem, asker: Asker) -> Attempt:
        """Plan, look up, and answer with the facts found; raises models.errors."""
        words = self._task.wording(problem.language)
        planned = await self._planner.planned(problem, asker)
        facts = "\n".join(f"- {fact}" for fact in planned.facts) or words.no_facts
        last = words.planned.format(asked=words.of(problem), facts=facts)
        answer = await asker.ask(words.messages(f"{words.reason} {words.form}", last), "answer")
        return asker.attempt(answer, planned_by=planned.by, lookups=list(planned.lookups), facts=list(planned.facts))
