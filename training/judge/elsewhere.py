"""Right claims and answers over texts of other documents on the same matter: nothing there supports them.

Written claims stand over their own text alone. The product reads a sentence beside all that a search found, where the
number or the name of one study often stands in another.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from training.judge.examples import Example

_TEXTS = 6


def elsewhere(
    examples: Sequence[Example], documents: Mapping[str, str], near: Callable[[str], Sequence[str]], seed: int
) -> Iterator[Example]:
    """Each supported claim with one of the texts nearest to its own; several claims over one text get different ones.

    The texts are those of ``examples``, by group; ``documents`` names the document of each, ``near`` the groups whose
    texts are nearest to a text, the nearest first.
    """
    order = random.Random(seed)
    texts = {e.group: e.evidence for e in examples}
    of_groups: defaultdict[str, list[Example]] = defaultdict(list)
    for example in examples:
        if example.label == "supported":
            of_groups[example.group].append(example)
    for group, claims in of_groups.items():
        found = [k for k in near(texts[group]) if documents[k] != documents[group]][:_TEXTS]
        for place, claim in enumerate(order.sample(claims, len(claims))):
            if found:
                text = texts[found[place % len(found)]]
                yield replace(claim, evidence=text, label="unsupported", type="topic", source="elsewhere")
