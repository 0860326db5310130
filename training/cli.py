"""The commands under ``jianxi train``."""

import typer

from training.agreement.command import agreement
from training.answers.command import answers
from training.embedder.command import embedder_ranges
from training.judge.command import judge, judge_mean, judge_ranges
from training.orders.command import orders
from training.question.command import question
from training.retrieval.command import retrieval
from training.selection.command import selection

train_commands = typer.Typer(no_args_is_help=True, help="Train the small models of the product.")


@train_commands.callback()
def train() -> None:
    """Train the small models of the product."""


train_commands.command("agreement")(agreement)
train_commands.command("answers")(answers)
train_commands.command("embedder-ranges")(embedder_ranges)
train_commands.command("judge")(judge)
train_commands.command("judge-mean")(judge_mean)
train_commands.command("judge-ranges")(judge_ranges)
train_commands.command("orders")(orders)
train_commands.command("question")(question)
train_commands.command("retrieval")(retrieval)
train_commands.command("selection")(selection)
