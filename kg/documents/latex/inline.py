"""The text of LaTeX nodes in one line: marks off, accents and symbols as Unicode, citations and references left out."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pylatexenc import latex2text, latexwalker, macrospec

from kg.documents.plain_text import joined_lines
from kg.documents.superscript import superscript

_NOTHING = {
    "": "maketitle tableofcontents listoffigures listoftables appendix",
    "{": "label bibliography bibliographystyle input include pagestyle thispagestyle graphicspath hypersetup vphantom "
    "phantom hphantom orcidlink orcid date newcounter acmDOI acmYear acmJournal acmVolume acmNumber acmArticle "
    "acmMonth acmISBN acmPrice acmSubmissionID setcopyright copyrightyear subtitle zihao st sout DIFdel DIFdelFL "
    "pagenumbering linespread thanks institution inst corref cline cmidrule scalebox usetikzlibrary vskip today "
    "documentstyle captionsetup* corresp tnoteref fnref pacs",
    "*{": "ref eqref autoref cref Cref pageref nameref vref subref crefrange labelcref hspace vspace",
    "[{": "footnote footnotetext todo index color captionsetup rotatebox author documentclass title keywords affil "
    "affiliation institute address email ead cortext fntext ccsdesc deleted",
    "[{{{": "acmConference",
    "[": "footnotemark",
    "[{[": "usepackage RequirePackage",
    "*[{": "includegraphics",
    "*[[{": "cite citep citet citealp citealt citeauthor citeyear citeyearpar citenum Citet Citep autocite parencite "
    "textcite supercite footcite footfullcite smartcite nocite onlinecite citenumns upcite",
    "{{": "setlength addtolength setcounter addtocounter resizebox fontsize markboth",
    "{{{": "addcontentsline definecolor",
    "[{{": "rule",
    "*{[{[": "newtheorem",
}
"""Macros by the arguments that they take, whose text no reader needs."""
_GREEK = """
alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega
"""
_TEXTS = {
    "url": ("{", "#1"),
    "href": ("{{", "#2"),
    "abstract": ("{", "#1"),
    "caption": ("*[{", "#3"),
    "captionof": ("{[{", "#3"),
    "SI": ("[{[{", "#2 #u4"),
    "qty": ("[{{", "#2 #u3"),
    "SIrange": ("[{{{", "#2–#3 #u4"),
    "qtyrange": ("[{{{", "#2–#3 #u4"),
    "SIlist": ("[{{", "#2 #u3"),
    "qtylist": ("[{{", "#2 #u3"),
    "num": ("[{", "#2"),
    "numrange": ("[{{", "#2–#3"),
    "si": ("[{", "#u2"),
    "unit": ("[{", "#u2"),
    "sfrac": ("[{[{", "#2/#4"),
    "raisebox": ("{[[{", "#4"),
    "makebox": ("[[{", "#3"),
    "framebox": ("[[{", "#3"),
    "colorbox": ("{{", "#2"),
    "foreignlanguage": ("{{", "#2"),
    "hyperref": ("[{", "#2"),
    "permil": ("", "‰"),
    "textasciicircum": ("", "^"),
    **{f"up{name}": ("", letter) for name, letter in zip(_GREEK.split(), "αβγδεζηθικλμνξπρστυφχψω", strict=True)},
    "replaced": ("[{{", "#2"),
    "added": ("[{", "#2"),
    "ang": ("[{", "#2°"),
    "multicolumn": ("{{{", "#3"),
    "multirow": ("[{[{[{", "#6"),
    "paragraph": ("*[{", "#3"),
    "textsuperscript": ("{", ""),
    "overline": ("{", "#1\u0304"),
    "widehat": ("{", "#1\u0302"),
    "widetilde": ("{", "#1\u0303"),
    **dict.fromkeys(("mathbf", "mathit", "mathsf", "mathtt", "bm", "boldsymbol", "parbox"), ("{", "#1")),
}
_SHORT_UNITS = ("pm", "l", "L", "s", "m", "g", "A", "V", "h", "N", "K", "J", "W", "F")
"""Short names of units that are something else outside of them, such as the sign ±."""
_ENVIRONMENTS = {
    "[{": "tabular longtable subfigure subtable",
    "{[{": "tabular* tabularx tabulary xtabular",
    "[[[{": "minipage",
    "[{[{": "wrapfigure wraptable",
    "[": "threeparttable tablenotes tcolorbox algorithm",
    "{": "otherlanguage multicols adjustbox spacing IEEEeqnarray thebibliography resizebox",
    "{{": "CJK CJK*",
}
_INVOLVED = re.compile(
    r"\\(?:[dt]?frac|sqrt|d?binom|begin|over|stackrel|underset|overset)(?![A-Za-z])|[_^]\{[^{}]*\w\s*[-+*/=<>]\s*[\w\\]"
)
"""Maths that would mean something else in one line."""
_LENGTH = r"\s{0,9}[-+]?\s?(?:[\d.,]{1,9}\s?(?:true\s?)?(?:fil{1,3}|[a-z]{2})|[\d.,]{0,9}\\[A-Za-z@]{1,30})"
_SKIP = re.compile(rf"\\[hv]skip(?![A-Za-z]){_LENGTH}(?:\s{{0,9}}(?:plus|minus){_LENGTH}){{0,2}}")
"""A space of TeX, whose length has no braces."""
_POWER = re.compile(r"\^([-+−]?\d+(?:[-+−]\Z)?)(?!\w)")


def nodes_of(source: str) -> list[Any]:
    """The nodes of a LaTeX source; what is broken is read as far as it goes."""
    source = _SKIP.sub(" ", source).replace("\\^{}", "\\textasciicircum{}").replace("\\~{}", "\\textasciitilde{}")
    walker = latexwalker.LatexWalker(source, latex_context=_grammar(), tolerant_parsing=True)
    return list(walker.get_latex_nodes()[0])


def text_of(nodes: Iterable[Any]) -> str:
    """The text of nodes, with the line ends of the source."""
    writer = _writer()
    return "".join(writer.node_to_text(node) for node in nodes if node is not None)


def line_of(text: str) -> str:
    """A text in one line, without the gaps and empty brackets that left out citations leave."""
    line = " ".join(joined_lines(text.split("\n")).split())
    line = re.sub(r" ?(?:\((?:\s|[,;])*\)|\[(?:\s|[,;])*\])", "", line)
    return re.sub(r"(?<!\s)\s++([,;:)，。；：、）]|\.(?!\d))", r"\1", re.sub(r"([(（])\s+", r"\1", line)).strip()


class _Writer(latex2text.LatexNodes2Text):  # type: ignore[misc]
    """Writes short maths in Unicode, and maths that would change its meaning as LaTeX."""

    def math_node_to_text(self, node: Any) -> str:
        source = " ".join(node.latex_verbatim().split())
        if _INVOLVED.search(source):
            return source
        text = re.sub(r"([_^])\s+", r"\1", super().math_node_to_text(node)).strip()
        text = _POWER.sub(lambda found: superscript(found[1]), text.removeprefix("_"))
        text = re.sub(r"\^[∘°]", "°", text)
        return f"{text} " if re.search(r"\\[,;: ]\s*(?:\$|\\\))\Z", source) else text


def _shown(pattern: str) -> Callable[..., str]:
    """Writes the arguments of a macro into the pattern; those that a broken source lacks are empty."""

    def show(node: Any) -> str:
        given = node.nodeargd.argnlist if node.nodeargd else []
        written = {"": text_of, "u": _unit_of}
        return re.sub(r"#(u?)(\d)", lambda n: written[n[1]](given[int(n[2]) - 1 : int(n[2])]), pattern)

    return show


def _units() -> Iterator[tuple[str, str]]:
    """The macros of siunitx with their symbols."""
    for line in (Path(__file__).parent / "units.tsv").read_text(encoding="utf-8").splitlines():
        name, _, symbol = line.partition("\t")
        yield name, symbol


def _unit_of(nodes: Iterable[Any]) -> str:
    """A unit of siunitx: its macros as symbols, those that are not known by their names (``\\mmol``, ``\\ug``)."""
    writer = _unit_writer()
    text = "".join(writer.node_to_text(node) for node in nodes if node is not None)
    return re.sub(r"□\s*([^\W\d_]+)", r"\1²", text)


@cache
def _unit_writer() -> "_Writer":
    context = latex2text.get_default_latex_context_db()
    spec = latex2text.MacroTextSpec
    context.add_context_category(
        "units",
        prepend=True,
        macros=[
            *(spec(name, simplify_repl=_shown(symbol)) for name, symbol in _units()),
            *(spec(name, simplify_repl=name) for name in _SHORT_UNITS),
            spec("tothe", simplify_repl=lambda node: superscript(text_of(node.nodeargd.argnlist))),
        ],
    )
    context.set_unknown_macro_spec(spec("", simplify_repl=_unit_name))
    return _Writer(latex_context=context, math_mode="text", strict_latex_spaces="macros")


def _unit_name(node: Any) -> str:
    name = str(node.macroname)
    return f"µ{name[1:]}" if re.fullmatch(r"u(?:[gmslLAVWJFN]|mol)", name) else name


@cache
def _writer() -> _Writer:
    context = latex2text.get_default_latex_context_db()
    spec = latex2text.MacroTextSpec
    context.add_context_category(
        "paper",
        prepend=True,
        macros=[
            *(spec(name, simplify_repl="") for names in _NOTHING.values() for name in names.split()),
            *(spec(name, simplify_repl=_shown(text)) for name, (_, text) in _TEXTS.items()),
            spec("verb", simplify_repl=lambda node: getattr(node.nodeargd, "verbatim_text", "")),
            spec("textsuperscript", simplify_repl=lambda node: superscript(text_of(node.nodeargd.argnlist))),
            *(spec(name, simplify_repl=_shown(symbol)) for name, symbol in _units()),
        ],
    )
    return _Writer(latex_context=context, math_mode="text", strict_latex_spaces="macros")


@cache
def _grammar() -> Any:
    context = latexwalker.get_default_latex_context_db()
    macro, environment = macrospec.std_macro, macrospec.std_environment
    context.add_context_category(
        "paper",
        prepend=True,
        macros=[
            *(macro(name, taken) for taken, names in _NOTHING.items() for name in names.split()),
            *(macro(name, taken) for name, (taken, _) in _TEXTS.items()),
            macro("tothe", "{"),
        ],
        environments=[environment(n, taken) for taken, names in _ENVIRONMENTS.items() for n in names.split()],
    )
    return context
