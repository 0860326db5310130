"""``python -m eval.graph``."""

import typer

from eval.graph.suite import main

typer.run(main)
