"""``python -m eval.graph``."""

from eval.graph.suite import main

main()
