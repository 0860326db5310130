"""The strategies by name; a new one is a file here and a line below."""

from collections.abc import Callable, Mapping

from eval.prompts.protocols import Planner, Strategy, Task
from eval.prompts.strategies.chain_of_thought import ChainOfThought
from eval.prompts.strategies.few_shot import FewShot
from eval.prompts.strategies.graph_plan import GraphPlan
from eval.prompts.strategies.self_consistency import SelfConsistency
from eval.prompts.strategies.structured_cot import StructuredChainOfThought
from eval.prompts.strategies.tree_of_thought import TreeOfThought
from eval.prompts.strategies.zero_shot import ZeroShot
from eval.prompts.strategies.zero_shot_cot import ZeroShotChainOfThought

STRATEGIES: Mapping[str, Callable[[Task, Planner], Strategy]] = {
    ZeroShot.name: lambda task, _: ZeroShot(task),
    FewShot.name: lambda task, _: FewShot(task),
    ChainOfThought.name: lambda task, _: ChainOfThought(task),
    ZeroShotChainOfThought.name: lambda task, _: ZeroShotChainOfThought(task),
    StructuredChainOfThought.name: lambda task, _: StructuredChainOfThought(task),
    TreeOfThought.name: lambda task, _: TreeOfThought(task),
    SelfConsistency.name: lambda task, _: SelfConsistency(task),
    GraphPlan.name: lambda task, planner: GraphPlan(task, planner),
}
"""In the order of tables."""


def names_of(asked: str) -> tuple[str, ...]:
    """``all`` or names joined by commas; raises ValueError that lists the known ones."""
    names = tuple(dict.fromkeys(n.strip() for n in asked.split(",") if n.strip()))
    if names == ("all",):
        return tuple(STRATEGIES)
    unknown = [n for n in names if n not in STRATEGIES]
    if unknown or not names:
        raise ValueError(f"no strategy {', '.join(unknown) or asked!r}; `all` or some of {', '.join(STRATEGIES)}")
    return names
