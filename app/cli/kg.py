"""Commands on the knowledge graph: import, export, reading, history and undo."""

import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.graph_views import brief, entity_table, fact_table, facts, graph_view, sentence, view
from app.cli.home import on_app
from app.cli.output import MOST, AsJson, fail, out_of

if TYPE_CHECKING:
    from app.bootstrap import App
    from kg.domain import Entity

kg = typer.Typer(help="The knowledge graph.", no_args_is_help=True)
Author = Annotated[str, typer.Option(help="Who does it; kept in the history.")]
Who = Annotated[str, typer.Argument(metavar="ENTITY", help="Id or name of an entity.")]
OfType = Annotated[str | None, typer.Option("--type", help="Only entities of this type.")]


@kg.command("import")
@on_app
async def import_(
    app: "App",
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="Folder of tables (CSV, TSV, JSON, JSON Lines, XLSX), Neo4j server (bolt://HOST:PORT), folder of CSV "
            "of neo4j-admin, or file of RDF (.ttl, .nt, .rdf, .owl, .jsonld) or GraphML.",
        ),
    ],
    mapping: Annotated[
        str | None,
        typer.Option(help="Name of a bundled mapping or path of a mapping file; tables need one, graphs do not."),
    ] = None,
    with_: Annotated[list[str] | None, typer.Option("--with", help="Optional part of the mapping to take too.")] = None,
    strict: Annotated[bool, typer.Option(help="Import nothing where any row has a problem.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report what an import would do; write nothing.")] = False,
    tables: Annotated[
        Path | None, typer.Option(help="New folder for the tables of a graph and their mapping, to look at and change.")
    ] = None,
    user: Annotated[
        str | None, typer.Option(help="User of the Neo4j server, else neo4j; JIANXI_NEO4J_PASSWORD is the password.")
    ] = None,
    database: Annotated[str | None, typer.Option(help="Database of the Neo4j server, its default otherwise.")] = None,
    author: Author = "cli",
    as_json: AsJson = False,
) -> None:
    """Import tables or a graph as one revision."""
    from kg.exchange.graph_import import import_graph
    from kg.exchange.sources import source_of
    from kg.tables.mapping import load_mapping
    from kg.tables.table_import import import_tables

    out = out_of(as_json)
    ontology = app.domain.ontology
    password = partial(_password, app, source)
    graph = source_of(source, ontology, user=user, password=password, database=database)
    if graph is None and mapping is None:
        fail(f"how the tables of {source} are to be read is not told; name a mapping file: --mapping FILE")
    if graph is None and tables is not None:
        fail(f"--tables keeps the tables of a graph, and {source} holds tables already; leave --tables out")
    with out.progress() as bars:
        if graph is not None:
            report = await import_graph(
                app.store,
                graph,
                ontology,
                author=author,
                mapping=mapping,
                parts=with_ or (),
                tables=tables,
                strict=strict,
                dry_run=dry_run,
                progress=bars.show,
            )
        else:
            report = await import_tables(
                app.store,
                Path(source),
                load_mapping(str(mapping)),
                ontology,
                author=author,
                parts=with_ or (),
                strict=strict,
                dry_run=dry_run,
                progress=bars.show,
            )
        if not dry_run:
            await app.indexes.catch_up(bars.show)
    if as_json:
        out.json(asdict(report))
        return
    entities, relations = sum(report.entities.values()), sum(report.relations.values())
    made = f"revision {report.revision}" if report.revision else "all of it was there already"
    written = "nothing was written (--dry-run)" if dry_run else made
    out.line(f"{entities:,} entities and {relations:,} relations in {report.seconds:.1f} s; {written}")
    out.table(
        ("what", "count"), [{"what": k, "count": f"{n:,}"} for k, n in {**report.entities, **report.relations}.items()]
    )
    for type_, count in report.bare.items():
        out.text(f"  {count:,} of {type_} are bare: a table refers to them and none defines them")
    if report.merged or report.repeated:
        out.text(
            f"  {report.merged:,} rows added to others of the same id or triple; {report.repeated:,} only repeated them"
        )
    for note in report.notes:
        out.text(f"  note: {note}")
    for problem in report.problems:
        out.text(f"  ✗ {problem}: left out" if problem.left_out else f"  ! {problem}")


@kg.command()
@on_app
async def export(
    app: "App",
    target: Annotated[
        Path, typer.Argument(metavar="TARGET", help="Folder for tables, or file: .graphml or .ttl (also .gz).")
    ],
    format_: Annotated[
        str | None, typer.Option("--format", help="csv, tsv or jsonl; graphml or ttl; else as TARGET ends, or csv.")
    ] = None,
    compress: Annotated[bool, typer.Option("--gzip", help="Compress the files; their names end in .gz.")] = False,
    as_json: AsJson = False,
) -> None:
    """Export all entities and relations so that an import reads them again."""
    from app.cli.export_target import file_of
    from kg.exchange.graph_export import export_graph
    from kg.tables.table_export import export_tables

    out = out_of(as_json)
    file = file_of(target, format_, packed=compress)
    with out.progress() as bars:
        if file is not None:
            report = await export_graph(app.store, file, progress=bars.show)
        else:
            form: Any = format_ or "csv"
            report = await export_tables(app.store, target, format_=form, compress=compress, progress=bars.show)
    files = list(map(str, report.files))
    out.tell(
        {"files": files, "entities": report.entities, "relations": report.relations},
        f"{report.entities:,} entities and {report.relations:,} relations: {', '.join(files)}",
    )


@kg.command()
@on_app
async def stats(app: "App", as_json: AsJson = False) -> None:
    """Count entities and relations."""
    out = out_of(as_json)
    found = asdict(await app.store.stats())
    if as_json:
        out.json(found)
        return
    out.text(
        f"revision {found['revision']}: {found['documents']:,} documents, {found['passages']:,} passages, "
        f"{found['mentions']:,} mentions"
    )
    for what in ("entities", "relations"):
        rows = [{what: k, "count": f"{n:,}"} for k, n in sorted(found[what].items(), key=lambda kv: -kv[1])]
        out.table((what, "count"), rows)


@kg.command()
@on_app
async def find(
    app: "App",
    text: Annotated[str, typer.Argument(help="Name, part of a name, or id.")],
    type_: OfType = None,
    limit: Annotated[int, typer.Option("-k", "--limit", min=1, max=MOST, help="How many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Find entities by name."""
    out = out_of(as_json)
    found = [view(e) for e in await app.store.find(text, type_=type_, limit=limit)]
    if as_json:
        out.json({"query": text, "entities": found})
    elif found:
        entity_table(out, found)
    else:
        out.note(f"no entity has a name like {text!r}")


@kg.command()
@on_app
async def show(app: "App", entity: Who, type_: OfType = None, as_json: AsJson = False) -> None:
    """Show an entity with its names, attributes and relations."""
    out = out_of(as_json)
    found = await _resolved(app, entity, type_)
    relations = await app.store.relations([found.id], limit=200)
    ends = await app.store.entities(sorted({r.subject for r in relations} | {r.object for r in relations}))
    shown = {**view(found), "relations": facts({e.id: e for e in (*ends, found)}, relations)}
    if as_json:
        out.json(shown)
        return
    bare = " (bare: referred to, not defined)" if shown["bare"] else ""
    out.text(f"{shown['name']}  {shown['type']}  {shown['id']}  version {shown['version']}{bare}")
    for name in shown["names"]:
        out.text(f"  {name['script']:8} {name['text']}{' *' if name['preferred'] else ''}")
    for key, value in {**shown["identifiers"], **shown["attributes"]}.items():
        out.text(f"  {key}: {value}")
    fact_table(out, shown["relations"])


@kg.command()
@on_app
async def neighbours(
    app: "App",
    entity: Who,
    hops: Annotated[int, typer.Option(min=1, max=2, help="1 or 2.")] = 1,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Most entities.")] = 200,
    type_: OfType = None,
    as_json: AsJson = False,
) -> None:
    """Show the neighbours of an entity."""
    out = out_of(as_json)
    found = await _resolved(app, entity, type_)
    near = {"of": brief(found), **graph_view(await app.store.neighbourhood(found.id, hops=hops, limit=limit))}
    if as_json:
        out.json(near)
        return
    more = "; there are more (--limit)" if near["truncated"] else ""
    out.text(f"{len(near['entities'])} entities and {len(near['relations'])} relations{more}")
    fact_table(out, near["relations"])


@kg.command()
@on_app
async def paths(
    app: "App",
    a: Annotated[str, typer.Argument(metavar="FROM", help="Id or name of an entity.")],
    b: Annotated[str, typer.Argument(metavar="TO", help="Id or name of an entity.")],
    max_hops: Annotated[int, typer.Option(min=1, max=6, help="Longest path.")] = 4,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="How many.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Show the shortest paths between two entities."""
    out = out_of(as_json)
    start, end = await _resolved(app, a, None), await _resolved(app, b, None)
    found = [graph_view(p) for p in await app.store.paths(start.id, end.id, max_hops=max_hops, limit=limit)]
    if as_json:
        out.json({"from": brief(start), "to": brief(end), "paths": found})
    elif not found:
        out.note(f"no path of at most {max_hops} steps")
    else:
        for number, path in enumerate(found, 1):
            out.text(f"{number}. " + "; ".join(sentence(fact) for fact in path["relations"]))


@kg.command()
@on_app
async def history(
    app: "App",
    what: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Entity (id or name) or relation; else all revisions.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="How many revisions.")] = 100,
    after: Annotated[int, typer.Option(min=0, max=MOST, help="Continue after this revision.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Show who changed what and why."""
    from kg.domain import Revision
    from kg.errors import NotFound

    out = out_of(as_json)
    if what is None:
        rows = [asdict(r) for r in await app.store.revisions(after=Revision(after), limit=limit)]
    else:
        try:
            entries = await app.store.history(what)
        except NotFound:
            entries = await app.store.history((await _resolved(app, what, None)).id)
        rows = [asdict(e) for e in entries]
    if as_json:
        out.json({"revisions": rows} if what is None else {"id": what, "history": rows})
    else:
        done = "kind" if what is None else "action"
        out.table(("revision", "time", done, "author", "reason"), rows)


@kg.command()
@on_app
async def undo(
    app: "App",
    revision: Annotated[int, typer.Argument(min=1, max=MOST, help="The revision to undo.")],
    reason: Annotated[str, typer.Option(help="Why; kept in the history.")] = "",
    author: Author = "cli",
    as_json: AsJson = False,
) -> None:
    """Undo a revision by a new one."""
    from kg.domain import Revision

    why = reason or f"undo of revision {revision}"
    made = int(await app.store.undo(Revision(revision), author=author, reason=why))
    await app.indexes.catch_up()
    out_of(as_json).tell({"undone": revision, "revision": made}, f"revision {revision} was undone by revision {made}")


def _password(app: "App", source: str) -> str:
    """The password of a Neo4j server: the setting, else what is typed."""
    if (told := app.settings.neo4j_password) is not None:
        return told.get_secret_value()
    if not sys.stdin.isatty():
        fail("the server's password is not told; set JIANXI_NEO4J_PASSWORD (empty for a server without login)")
    return str(typer.prompt(f"Password of {source}", hide_input=True, default="", show_default=False, err=True))


async def _resolved(app: "App", text: str, type_: str | None) -> "Entity":
    """The entity of an id or an unambiguous name; ends the command with the candidates otherwise."""
    from kg.domain import EntityId
    from kg.names.ranking import called

    if found := await app.store.entities([EntityId(text)]):
        return found[0]
    candidates = list(await app.store.find(text, type_=type_))
    candidates = called(text, candidates) or candidates
    if not candidates:
        fail(f"no entity has the id or a name like {text!r}; see `jianxi kg find`")
    if len(candidates) > 1:
        listed = "\n".join(f"  {e.id}  {e.type}  {', '.join(n.text for n in e.names[:4])}" for e in candidates)
        fail(f"{text!r} may be one of these; name one by its id:\n{listed}")
    return candidates[0]
