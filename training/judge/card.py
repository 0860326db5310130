"""The model card of a judge: what it was trained on, how, and how good it is."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from training.judge.examples import Example
from training.judge.recipe import Recipe

_LICENCES = {
    "written": "our own, Apache-2.0, over our passages and over spans of SciFact's corpus (ODC-BY 1.0)",
    "reworded": "as written; wrong claims in other words than the evidence, true ones in its words",
    "paired": "as written; a true claim and its wrong twin differ in one thing",
    "retold": "as written; true claims retell English evidence freely, wrong ones are near copies",
    "retold_english": "as retold",
    "long": "as written; over Chinese passages of ours as long as an abstract",
    "bound": "as written; near copies of the evidence, right or with their words bound otherwise",
    "twins": "as written; free retellings of a finding, and the same with one thing turned",
    "answers": "as written; questions with sentences that answer them, as a small chat model writes",
    "contrast": "answers beside those of a careless reader (`training/answers`), over abstracts of PubMed and SciFact",
    "contrast_asked": "the same after their questions",
    "elsewhere": "the right claims and answers above over near texts of other documents, where nothing supports them",
    "snli": "SNLI, a sample (CC BY-SA 4.0), and its counterfactual twins (Apache-2.0)",
    "mnli": "MultiNLI by TaxiNLI (C-UDA 1.0)",
    "fever": "FEVER by DocNLI (CC BY-SA 3.0), FeverSymmetric (CC BY-SA 3.0), Fool Me Twice (Apache-2.0)",
    "trials": "Evidence Inference 2.0: claims by form on spans that doctors marked (MIT)",
    "paws": "PAWS-X, Chinese (free use)",
    "questions": "our own, Apache-2.0, over the same texts: questions that a text answers or is only near",
    "cmrc": "CMRC 2018, development set: questions with the sentences around the answer (CC BY-SA 4.0)",
    "corruption": "made from our passages and SciFact's corpus (ODC-BY 1.0)",
    "scifact": "SciFact training claims, four fifths (CC BY 4.0)",
    "relevance": "titles and claims of SciFact's corpus (ODC-BY 1.0), PubMedQA (MIT), our claims",
}


def write_card(
    path: Path,
    recipe: Recipe,
    sources: Mapping[str, Sequence[Example]],
    measured: Mapping[str, Mapping[str, object]],
    curve: Sequence[tuple[int, float]],
) -> None:
    """Write the card as Markdown and, beside it, as JSON."""
    data = {
        "name": recipe.name,
        "recipe": recipe.model_dump(mode="json", exclude={"scifact", "pubmedqa", "cmrc", "entailment"}),
        "data": {name: dict(Counter(e.label for e in found)) for name, found in sources.items()},
        "figures": measured,
        "learning_curve": [{"step": step, "loss": loss} for step, loss in curve],
    }
    path.with_suffix(".json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")
    path.write_text(_markdown(recipe, data, sources), "utf-8")


def _markdown(recipe: Recipe, data: Mapping[str, object], sources: Mapping[str, Sequence[Example]]) -> str:
    lines = [
        f"# {recipe.name}",
        "",
        "A cross-encoder over multilingual-e5-small (12 layers of 384; MIT): claim and evidence in, the",
        "probabilities of supported, contradicted and unsupported out; question and text in, relevance out.",
        "",
        "| data | examples | licence |",
        "|---|---|---|",
        *(f"| {name} | {len(found)} | {_LICENCES.get(name, '')} |" for name, found in sources.items()),
        "",
        f"Seed {recipe.seed}; AdamW, {recipe.learning_rate} and {recipe.head_rate} for the heads; epochs "
        f"{json.dumps(recipe.epochs)}.",
        "",
        "## Figures",
        "```json",
        json.dumps(data["figures"], indent=1, ensure_ascii=False),
        "```",
        "## Learning curve",
        "| step | loss |",
        "|---|---|",
        *(f"| {row['step']} | {row['loss']} |" for row in data["learning_curve"]),  # type: ignore[attr-defined]
    ]
    return "\n".join(lines) + "\n"
