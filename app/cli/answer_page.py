"""Answers and search results as text for a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console, Group
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from app.answering.messages import messages_in
from app.answering.spacing import gap

_VERDICT_STYLES = {"supported": "", "contradicted": "red", "unsupported": "yellow"}


def show_answer(answer: Mapping[str, Any]) -> None:
    """The answer with its marks, then its evidence."""
    console = Console(highlight=False)
    messages = messages_in(answer["language"])
    words = messages.terminal
    declined = answer["sufficiency"] == "cannot_answer"
    body = Text()
    if declined or _is_compiled(answer):
        body.append(str(answer["answer"]))
    else:
        before = ""
        for sentence in answer["sentences"]:
            if sentence.get("item"):
                body.append("\n• " if before else "• ")
            else:
                body.append(gap(before, sentence["text"]))
            before = sentence["text"]
            body.append(sentence["text"], style=_VERDICT_STYLES.get(sentence["verdict"], ""))
            body.append("".join(f"[{n}]" for n in sentence["citations"]), style="bold cyan")
    parts: list[Text] = [body]
    if answer.get("notice"):
        parts.append(Text("\n" + str(answer["notice"]), style="dim italic"))
    style = {"cannot_answer": "yellow", "conflict": "magenta", "caveat": "yellow"}.get(answer["sufficiency"], "green")
    console.print()
    kind = messages.kinds.get(answer.get("kind", ""), "")
    title = Text(str(answer["question"]))
    console.print(Panel(Group(*parts), title=title, title_align="left", subtitle=kind or None, border_style=style))
    listed = answer["nearest"] if declined else answer["citations"]
    if listed:
        console.print(Text(words["nearest" if declined else "evidence"], style="bold"))
        for citation in listed:
            _show_citation(console, citation, words, numbered=not declined)
    console.print(Text(f"{words['run']} {answer['run']}", style="dim"))


def show_results(found: Mapping[str, Any], language: str) -> None:
    """Passages, then facts."""
    console = Console(highlight=False)
    words = messages_in(language).terminal
    if found["entities"]:
        names = ", ".join(f"{e['surface']} → {e['name']} ({e['type']})" for e in found["entities"])
        console.print(Text(f"{words['entities']}: {names}", style="dim"))
    for number, result in enumerate(found["results"], 1):
        page = f"  {words['page'].format(result['page'])}" if result["page"] else ""
        head = Text.assemble((f"{number:>2} ", "bold cyan"), (result["title"], "bold"))
        head.append(f"  {result['source_id']}{page}  {result['score']:.3f}", style="dim")
        console.print(head)
        console.print(Padding(Text(_shortened(result["text"])), (0, 0, 1, 3)))
    if found["facts"]:
        console.print(Text(words["facts"], style="bold"))
        for fact in found["facts"]:
            line = f"   {fact['subject']['name']} — {fact['predicate']} → {fact['object']['name']}"
            sources = "; ".join(e["source"] for e in fact["evidence"][:2])
            console.print(Text.assemble(line, (f"  {sources}" if sources else "", "dim")))
    if not found["results"] and not found["facts"]:
        console.print(words["none"])


def _show_citation(console: Console, citation: Mapping[str, Any], words: Mapping[str, str], *, numbered: bool) -> None:
    mark = f"[{citation['number']}] " if numbered else "• "
    where: Sequence[Any] = (
        citation.get("source_id"),
        citation.get("year"),
        words["page"].format(citation["page"]) if citation.get("page") else None,
    )
    head = Text.assemble((mark, "bold cyan"), (str(citation["title"]), "bold"))
    details = "  ".join(str(w) for w in where if w and str(w) not in str(citation["title"]))
    if details:
        head.append("  " + details, style="dim")
    console.print(head)
    quotes = " … ".join([str(citation["quote"]), *citation.get("further_quotes", ())])
    console.print(Padding(Text(_shortened(quotes)), (0, 0, 0, 4)))


def _is_compiled(answer: Mapping[str, Any]) -> bool:
    citations = answer["citations"]
    return bool(citations) and all(c["kind"] == "fact" for c in citations)


def _shortened(text: str, limit: int = 420) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
