"""The drill-down of a report: each question with what each run found, its texts and verdicts."""

from collections.abc import Mapping, Sequence
from html import escape

from eval.report.content import Question, Section
from eval.runs import Item, Json

_OWN_PLACE = {"question", "found", "missed", "stages_ms"}
_BADGES = {"verdict", "status", "outcome"}


def questions_html(section: Section, names: Sequence[str], *, most: int) -> str:
    """The questions of a section, worst first; at most so many."""
    shown = section.questions[:most]
    rest = len(section.questions) - len(shown)
    left = f'<p class="note">{rest} better ones are left out.</p>' if rest else ""
    return (
        f'<div class="questions"><div class="tools"><input type="search" placeholder="words, an id, a title…" '
        f'aria-label="Filter questions"><select aria-label="Which questions"><option value="all">all questions</option>'
        f'<option value="missed">{escape(section.main)} below 1 in some run</option>'
        f'<option value="differ">runs differ</option></select><output></output></div>'
        f"{''.join(_question(q, section.main, names) for q in shown)}</div>{left}"
    )


def _question(question: Question, main: str, names: Sequence[str]) -> str:
    values = [item.metrics.get(main) for item in question.items if item is not None]
    told = [value for value in values if value is not None]
    missed, differ = any(v < 1 for v in told), len(set(told)) > 1
    scores = "".join(
        f'<span class="score c{n % 8}" title="{escape(names[n])}: {escape(main)}">{item.metrics[main]:.2f}</span>'
        for n, item in enumerate(question.items)
        if item is not None and main in item.metrics
    )
    runs = "".join(_run(item, names[n], n) for n, item in enumerate(question.items) if item is not None)
    return (
        f'<details data-missed="{int(missed)}" data-differ="{int(differ)}"><summary>'
        f'<span class="q">{escape(question.text)}<br><span class="id soft">{escape(question.id)}</span></span>'
        f'<span class="scores">{scores}</span></summary>{runs}</details>'
    )


def _run(item: Item, name: str, number: int) -> str:
    figures = ", ".join(
        f"{metric} {value:,.0f}" if value == int(value) else f"{metric} {value:.3g}"
        for metric, value in item.metrics.items()
    )
    groups = " · ".join(f"{group}: {value}" for group, value in item.groups.items())
    parts = [f'<p class="note">{escape(groups)}<br>{escape(figures)}</p>']
    for key, title in (("found", "Found"), ("missed", "Missed")):
        rows = item.detail.get(key)
        if isinstance(rows, Sequence) and not isinstance(rows, str) and rows:
            parts.append(f"<h4>{title}</h4><ol class='found'>{''.join(map(_text, rows))}</ol>")
    rest = {k: v for k, v in item.detail.items() if k not in _OWN_PLACE and v not in (None, "", [], {})}
    if rest:
        parts.append(value_html(rest))
    return f'<div class="run c{number % 8}"><h4>{escape(name)}</h4>{"".join(parts)}</div>'


def _text(row: Json) -> str:
    """A text that was found, or should have been."""
    if not isinstance(row, Mapping):
        return f"<li>{value_html(row)}</li>"
    gold = row.get("gold")
    badge = ' <span class="badge yes">gold</span>' if gold else ""
    return (
        f'<li class="{"gold" if gold else ""}"><b>{escape(str(row.get("title") or ""))}</b> '
        f'<span class="id soft">{escape(str(row.get("id", "")))}</span>{badge}'
        f'<div class="text">{escape(str(row.get("text", "")))}</div></li>'
    )


def value_html(value: Json) -> str:
    """Any detail of an item: strings as text, mappings as pairs, the rest as lists."""
    if isinstance(value, Mapping):
        pairs = "".join(f"<dt>{escape(str(k))}</dt><dd>{_named(str(k), v)}</dd>" for k, v in value.items())
        return f'<dl class="kv">{pairs}</dl>'
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f'<ul class="plain">{"".join(f"<li>{_entry(v)}</li>" for v in value)}</ul>'
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "–"}[value]
    return escape(f"{value:.4g}" if isinstance(value, float) else str(value))


def _entry(value: Json) -> str:
    """An entry of a list; one with a text shows that first and what else it says in one line."""
    if not isinstance(value, Mapping) or not isinstance(value.get("text"), str):
        return value_html(value)
    rest = [(str(k), v) for k, v in value.items() if k != "text" and v not in (None, "", [], {})]
    told = " · ".join(f"{escape(k)} {_named(k, v) if k in _BADGES else escape(_inline(v))}" for k, v in rest)
    return f'{escape(str(value["text"]))}<div class="note">{told}</div>'


def _inline(value: Json) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(_inline, value))
    return str(value)


def _named(key: str, value: Json) -> str:
    if key in _BADGES and isinstance(value, str):
        return f'<span class="badge {escape(value.split()[0] if value else "")}">{escape(value)}</span>'
    if isinstance(value, bool):
        return f'<span class="badge {"yes" if value else "no"}">{"yes" if value else "no"}</span>'
    return value_html(value)
