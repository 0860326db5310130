"""The strategies by name; a new one is a file here and a line below."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from eval.prompts.protocols import Planner, Strategy, Task
from eval.prompts.strategies.chain_of_thought import ChainOfThought
from eval.prompts.strategies.few_shot import FewShot
from eval.prompts.strategies.graph_plan import GraphPlan
from eval.prompts.strategies.self_consistency import SelfConsistency
from eval.prompts.strategies.structured_cot import StructuredChainOfThought
from eval.prompts.strategies.tree_of_thought import TreeOfThought
from eval.prompts.strategies.zero_shot import ZeroShot
from eval.prompts.strategies.zero_shot_cot import ZeroShotChainOfThought


@dataclass(frozen=True, slots=True)
class Effort:
    """How much the strategies of many calls may spend: samples, and the width and depth of a tree."""

    samples: int = 5
    proposals: int = 3
    breadth: int = 2
    depth: int = 2


STRATEGIES: Mapping[str, Callable[[Task, Planner, Effort], Strategy]] = {
    ZeroShot.name: lambda task, _, __: ZeroShot(task),
    FewShot.name: lambda task, _, __: FewShot(task),
    ChainOfThought.name: lambda task, _, __: ChainOfThought(task),
    ZeroShotChainOfThought.name: lambda task, _, __: ZeroShotChainOfThought(task),
    StructuredChainOfThought.name: lambda task, _, __: StructuredChainOfThought(task),
    TreeOfThought.name: lambda task, _, effort: TreeOfThought(
        task, proposals=effort.proposals, breadth=effort.breadth, depth=effort.depth
    ),
    SelfConsistency.name: lambda task, _, effort: SelfConsistency(task, samples=effort.samples),
    GraphPlan.name: lambda task, planner, _: GraphPlan(task, planner),
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
