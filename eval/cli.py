"""The commands under ``jianxi eval``; each room brings its own."""

import typer

from eval.answers.command import answers, judge
from eval.claims.command import claims
from eval.kinds.command import kinds
from eval.pdf.commands import pdf, pdf_metadata
from eval.peers.command import compare_peers, write_results
from eval.prompts.command import prompts
from eval.report.command import report
from eval.retrieval.commands import retrieval
from eval.run_commands import compare_runs, gate_runs, list_runs
from eval.scale.commands import measure_scale

eval_commands = typer.Typer(no_args_is_help=True, help="Measure retrieval, answers, prompts and parsing; compare runs.")
eval_commands.command("retrieval")(retrieval)
eval_commands.command("pdf")(pdf)
eval_commands.command("pdf-metadata")(pdf_metadata)
eval_commands.command("runs")(list_runs)
eval_commands.command("peers")(compare_peers)
eval_commands.command("results")(write_results)
eval_commands.command("compare")(compare_runs)
eval_commands.command("gate")(gate_runs)
eval_commands.command("report")(report)
eval_commands.command("scale")(measure_scale)
eval_commands.command("answers")(answers)
eval_commands.command("judge")(judge)
eval_commands.command("claims")(claims)
eval_commands.command("kinds")(kinds)
eval_commands.command("prompts")(prompts)
