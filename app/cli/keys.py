"""Commands on API keys."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.home import on_state
from app.cli.output import AsJson, fail, out_of

if TYPE_CHECKING:
    from app.state.state import State

keys = typer.Typer(help="API keys of the service.", no_args_is_help=True)


@keys.command()
@on_state
async def create(
    state: "State",
    name: Annotated[str, typer.Argument(help="Whose key it is.")],
    role: Annotated[str, typer.Option(help="`reader`, `expert` or `engineer`.")] = "reader",
    days: Annotated[int | None, typer.Option(help="Days until it ends; by default it does not.", min=1)] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key; its secret is shown once."""
    from app.state.domain import Role

    if role not in list(Role):
        fail(f"unknown role {role!r}; choose {', '.join(Role)}")
    out, made = out_of(as_json), await state.keys.create(name, Role(role), days=days)
    ends = made.key.expires_at
    if as_json:
        out.json({"id": made.key.id, "name": name, "role": role, "expires": ends, "secret": made.secret})
    else:
        out.text(made.secret)
        out.note(f"key {made.key.id} for {name} ({role}){f', until {ends}' if ends else ''}; it is not shown again")


@keys.command("list")
@on_state
async def list_keys(state: "State", as_json: AsJson = False) -> None:
    """List keys, without their secrets."""
    out = out_of(as_json)
    rows = [
        {
            "id": k.id,
            "name": k.name,
            "role": k.role.value,
            "created": k.created_at,
            "expires": k.expires_at,
            "revoked": k.revoked_at,
        }
        for k in await state.keys.all()
    ]
    if as_json:
        out.json({"keys": rows})
    else:
        out.table(("id", "name", "role", "created", "expires", "revoked"), rows)


@keys.command()
@on_state
async def revoke(state: "State", id_: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Close a key for good."""
    await state.keys.revoke(id_)
    out_of(False).note(f"key {id_} is revoked")
