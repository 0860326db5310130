"""Passages and questions whose embedding and reading is timed."""

from pathlib import Path

from eval.json_lines import json_lines

QUESTIONS = (
    "What is the volume fraction of the brain extracellular space?",
    "脑细胞外间隙的迂曲度是多少？",
    "How does sleep change glymphatic clearance?",
    "针刺对脑组织间液引流有什么影响？",
)
_SENTENCE = (
    "The extracellular space of the brain is the narrow and tortuous room between cells, through which ions, "
    "transmitters, drugs and waste diffuse; its volume fraction is near one fifth in healthy adult cortex and falls "
    "to a twentieth in ischaemia. 脑细胞外间隙是神经细胞之间狭窄而迂曲的空间，离子、递质、药物和代谢产物在其中扩散。 "
)


def texts(corpus: Path | None, count: int) -> list[str]:
    """Passages of 20 to 130 words: of the corpus, or of the sample sentence with a number in front."""
    if corpus is None:
        return [f"{i}. {_SENTENCE * (1 + i % 3)}" for i in range(count)]
    words = [(row.get("abstract") or row.get("text") or "").split() for _, row in json_lines(corpus)]
    pieces = [" ".join(w[i : i + 110]) for w in words for i in range(0, len(w), 110)]
    return [piece for piece in pieces if piece][:count]
