"""The sample knowledge base of a newcomer's first run: documents and a graph, written by us from true sources."""

from pathlib import Path

QUESTIONS: tuple[str, ...] = (
    "补阳还五汤由哪些中药组成？",
    "How do the volume fraction and tortuosity of the brain extracellular space change during sleep?",
    "电针百会穴对SAMP8小鼠的类淋巴系统和AQP4有什么影响？",
    "What happens to interstitial solute clearance in mice that lack aquaporin-4?",
)
"""Questions that the sample answers well, two of each language; the first is answered by the graph."""


def documents_folder() -> Path:
    """The folder of the sample's documents."""
    return Path(__file__).parent / "documents"


def graph_folder() -> Path:
    """The folder of the sample's graph: CSV tables with their ``mapping.yaml``."""
    return Path(__file__).parent / "graph"
