"""Commands that create a home and report its state."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.home import on_app
from app.cli.output import AsJson, out_of

if TYPE_CHECKING:
    from app.bootstrap import App


@on_app
async def init(app: "App") -> None:
    """Create the home: folder, store and state."""
    await app.state()
    out = out_of(False)
    out.text(f"ready: {app.settings.home_path}")
    out.note("next: `jianxi ingest PATH...` adds documents, `jianxi demo` the sample; `jianxi serve` opens the page")


def doctor(
    fetch: Annotated[bool, typer.Option("--fetch", help="Download missing weights, and prepare them.")] = False,
    as_json: AsJson = False,
) -> None:
    """Report what is active and why, and where weights come from; exit code 1 when something is wrong."""
    from app.doctor import examine
    from app.settings import Settings

    out = out_of(as_json)
    settings = Settings()
    if fetch:
        fetch_weights()
    report = asyncio.run(examine(settings))
    if as_json:
        out.json(report)
    else:
        for check in report["checks"]:
            mark = "[green]✓[/green]" if check["ok"] else "[red]✗[/red]"
            out.line(f"{mark} [bold]{check['what']}[/bold] {check['found']}")
        for file in report["weights"]:
            out.line(f"  [bold]{file['name']}[/bold] {file['size_mb']} MB: {file['at'] or 'missing'}")
            for source in file["sources"]:
                out.line(f"      from {source}")
    if not report["ok"]:
        raise typer.Exit(1)


def fetch_weights() -> None:
    """Download the embedded chat model's weights and prepare them, with progress bars on stderr."""
    from app.providers import embedded_chat, weights_of
    from app.settings import Settings
    from models.artifacts import QWEN_CODER_1_5B
    from models.gguf.chat import GgufChat

    settings = Settings()
    weights = weights_of(settings)
    with out_of(False).progress() as bars:
        weights.fetch(
            QWEN_CODER_1_5B,
            lambda done, total: bars.show(f"{QWEN_CODER_1_5B.name} (MB)", done // 2**20, total // 2**20),
        )
        chosen = embedded_chat(settings, weights)
        if chosen is not None and isinstance(chosen.model, GgufChat):
            chosen.model.prepare(lambda done, total: bars.show(f"preparing {chosen.name} (matrices)", done, total))
