"""The commands under ``jianxi eval``; each room brings its own."""

import typer

from eval.listing import list_runs
from eval.prompts.command import prompts

eval_commands = typer.Typer(no_args_is_help=True, help="Measure retrieval, answers, prompts and parsing; compare runs.")
eval_commands.command("runs")(list_runs)
eval_commands.command("prompts")(prompts)
