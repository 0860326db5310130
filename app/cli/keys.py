"""Commands on API keys."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.output import AsJson, fail, out_of

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from app.state.state import State

keys = typer.Typer(help="API keys of the service.", no_args_is_help=True)


@keys.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose key it is.")],
    role: Annotated[str, typer.Option(help="`reader`, `expert` or `engineer`.")] = "reader",
    as_json: AsJson = False,
) -> None:
    """Make a key; its secret is shown once."""
    from app.state.domain import Role

    out = out_of(as_json)
    if role not in list(Role):
        fail(f"unknown role {role!r}; choose {', '.join(Role)}")

    async def make() -> dict[str, Any]:
        async with _state() as state:
            made = await state.keys.create(name, Role(role))
            return {"id": made.key.id, "name": made.key.name, "role": made.key.role.value, "secret": made.secret}

    made = asyncio.run(make())
    if as_json:
        out.json(made)
    else:
        out.text(made["secret"])
        out.note(f"key {made['id']} for {made['name']} ({made['role']}); it is not shown again")


@keys.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List keys, without their secrets."""

    async def read() -> list[dict[str, Any]]:
        async with _state() as state:
            return [
                {
                    "id": k.id,
                    "name": k.name,
                    "role": k.role.value,
                    "created": str(k.created_at),
                    "revoked": k.revoked_at and str(k.revoked_at),
                }
                for k in await state.keys.all()
            ]

    out = out_of(as_json)
    rows = asyncio.run(read())
    if as_json:
        out.json({"keys": rows})
    else:
        out.table(("id", "name", "role", "created", "revoked"), rows)


@keys.command()
def revoke(id_: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Close a key for good."""

    async def close() -> None:
        async with _state() as state:
            await state.keys.revoke(id_)

    asyncio.run(close())
    out_of(False).note(f"key {id_} is revoked")


def _state() -> "AbstractAsyncContextManager[State]":
    from app.settings import Settings
    from app.state.state import open_state

    settings = Settings()
    return open_state(settings.state, folder=settings.home_path)
