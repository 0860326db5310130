"""Charts as inline SVG, coloured by the page's style sheet."""

from collections.abc import Mapping, Sequence
from html import escape

from eval.report.content import Rows

_WIDTH = 760
_LEFT, _RIGHT, _TOP = 190, 64, 26
_LANE, _GAP = 16, 12


def intervals_chart(rows: Rows, names: Sequence[str], *, title: str) -> str:
    """A lane for each run in each row: a dot at the mean, a line over its interval, on a scale from 0 to 1.

    Rows of counts, which go beyond it, are left out.
    """
    rows = {name: cells for name, cells in rows.items() if any(cells) and all(c.high <= 1.0 for c in cells if c)}
    if not rows:
        return ""
    scale = float(_WIDTH - _LEFT - _RIGHT)
    height_of_row = _LANE * len(names) + _GAP
    height = _TOP + height_of_row * len(rows) + 6
    parts = [_axis(scale, height)]
    for number, (name, cells) in enumerate(rows.items()):
        y = _TOP + number * height_of_row
        middle = y + (height_of_row - _GAP) / 2 + 4
        parts.append(f'<text class="name" x="{_LEFT - 12}" y="{middle:.1f}" text-anchor="end">{escape(name)}</text>')
        for lane, cell in enumerate(cells):
            if cell is None:
                continue
            at, low, high = (_LEFT + scale * v for v in (cell.mean, cell.low, cell.high))
            line = y + _LANE * lane + _LANE / 2
            bounds = f"{cell.low:.3f} to {cell.high:.3f}, " if cell.sure else ""
            told = f"{names[lane]}, {name}: {cell.mean:.3f} ({bounds}n = {cell.n})"
            whisker = f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{line:.1f}" y2="{line:.1f}"/>' if cell.sure else ""
            parts.append(
                f'<g class="c{lane % 8}"><title>{escape(told)}</title>'
                f'{whisker}<circle cx="{at:.1f}" cy="{line:.1f}" r="4.5"/>'
                f'<text x="{_WIDTH - _RIGHT + 10}" y="{line + 4:.1f}">{cell.mean:.3f}</text></g>'
            )
    return _svg(height, title, parts)


def stages_chart(stages: Mapping[str, Sequence[float]], names: Sequence[str], *, title: str) -> str:
    """A bar for each run, its stages one after the other, in milliseconds."""
    sums = [sum(own[n] for own in stages.values()) for n in range(len(names))]
    if not stages or not max(sums):
        return ""
    scale = (_WIDTH - _LEFT - _RIGHT) / max(sums)
    height = _TOP + 30 * len(names) + 4
    parts = []
    for number, name in enumerate(names):
        y, x = _TOP + 30 * number - 14, float(_LEFT)
        parts.append(f'<text class="name" x="{_LEFT - 12}" y="{y + 15}" text-anchor="end">{escape(name)}</text>')
        for place, (stage, own) in enumerate(stages.items()):
            width = scale * own[number]
            if width > 0.3:
                parts.append(
                    f'<g class="c{place % 8}"><title>{escape(f"{name}, {stage}: {own[number]:.2f} ms")}</title>'
                    f'<rect x="{x:.1f}" y="{y}" width="{max(width - 1, 0.3):.1f}" height="20" rx="2"/></g>'
                )
            x += width
        parts.append(f'<text x="{x + 8:.1f}" y="{y + 15}">{sums[number]:.1f} ms</text>')
    return _svg(height, title, parts)


def legend(names: Sequence[str]) -> str:
    """The colours' names."""
    marks = "".join(f'<span class="c{n % 8}"><i></i>{escape(name)}</span>' for n, name in enumerate(names))
    return f'<p class="legend">{marks}</p>'


def _axis(scale: float, height: float) -> str:
    marks = []
    for step in range(6):
        value = step / 5
        x = _LEFT + scale * value
        marks.append(
            f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 6}" y2="{height}"/>'
            f'<text class="tick" x="{x:.1f}" y="{_TOP - 11}" text-anchor="middle">{value:.1f}</text>'
        )
    return "".join(marks)


def _svg(height: float, title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )
