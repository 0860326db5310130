from pathlib import Path

import pytest

from kg.documents.parse import parse
from kg.domain import Block, BlockKind, Document
from kg.errors import DamagedDocument, EmptyDocument, OversizedDocument
from kg.protocols import ParseLimits

PAPER = r"""% \documentclass{thesis}
\documentclass{article}
\usepackage[utf8]{inputenc}
\newcommand{\ecs}{extracellular space (ECS)\xspace}
\newcommand{\pvs}[1][arterial]{#1 perivascular space}
\newcommand\dd[2]{\frac{d#1}{d#2}}
\def\be{\begin{equation}}
\def\ee{\end{equation}}
\title[Short]{Diffusion in the \emph{brain}:\\ a study\thanks{Funded.}}
\author{J\"org M\"uller$^{1,2}$ and Ann Lee\textsuperscript{3}\\ $^1$Physics, Oslo \and Wei Wang}
\date{March 2024}
\begin{document}
\maketitle
\begin{abstract}
We study the \ecs of rats, 20\% of the brain \cite{a,b}.
\end{abstract}
\section{Results}\label{sec:results}
The \pvs is narrow~\citep[p.~3]{x}, the \pvs[venous] wide % a note
(Fig.~\ref{fig:one}). It is \SI{3.5}{\micro\metre} (\cite{c}) long,
\num{5}\,\si{\milli\metre\per\second} fast, \SI{4}{\percent}, $D = 1.2 \times 10^{-4}\,$mm$^2$/s in H$_2$O.

The ratio $\dd{x}{t}$ matters.
\be \label{eq:one} \dd{c}{t} = D \nabla^2 c \ee
\begin{itemize} \item One \textbf{thing} \item Another \end{itemize}
\begin{figure}[t] \centering \includegraphics[width=2cm]{a.pdf} \caption{A slice of the \ecs.} \end{figure}
\begin{table} \caption{Values}
\resizebox{\textwidth}{!}{\begin{tabular}[t]{l|cc} \toprule
 & \multicolumn{2}{c}{Group} \\ \cmidrule(lr){2-3}
Name & A & B \\ \midrule
width & 1 $\pm$ 0.1 & 2 \\ \bottomrule
\end{tabular}} \end{table}
\begin{tikzpicture} \node (a) {hidden}; \end{tikzpicture}
\bibliography{refs}
\begin{thebibliography}{9} \bibitem{a} Someone 2012. \end{thebibliography}
\end{document}
Left over.
"""

CHINESE = r"""\documentclass{ctexart}
\title{间隙研究}
\author{王伟\thanks{通讯作者}、李明 \and 张华}
\begin{document}
\begin{abstract}
体积分数约为 $20\%$，
迂曲度约为 1.6~\cite{a}。
\end{abstract}
\section{引言}
我们研究了间隙
的结构。
\end{document}
"""
PICTURE = "\\begin{tikzpicture}\\node {a};\\end{tikzpicture}"


def parsed(path: Path, text: str) -> tuple[Document, tuple[Block, ...]]:
    path.write_text(text, encoding="utf-8")
    return parse(path, ParseLimits(), ocr=False).documents[0]


def texts(path: Path, text: str) -> list[str]:
    return [block.text for block in parsed(path, text)[1]]


def test_a_paper_gives_its_particulars_and_its_text_without_marks(tmp_path: Path) -> None:
    document, blocks = parsed(tmp_path / "paper.tex", PAPER)
    assert document.title == "Diffusion in the brain: a study"
    assert document.authors == ("Jörg Müller", "Ann Lee", "Wei Wang")
    assert (document.year, document.media_type) == (2024, "text/x-tex")
    assert [(block.kind.value, block.text) for block in blocks] == [
        ("heading", "Diffusion in the brain: a study"),
        ("heading", "Abstract"),
        ("paragraph", "We study the extracellular space (ECS) of rats, 20% of the brain."),
        ("heading", "Results"),
        (
            "paragraph",
            "The arterial perivascular space is narrow, the venous perivascular space wide (Fig.). It is 3.5 µm long, "
            "5 mm/s fast, 4 %, D = 1.2 × 10⁻⁴ mm²/s in H2O.",
        ),
        ("paragraph", r"The ratio $\frac{dx}{dt}$ matters."),
        ("formula", r"$\frac{dc}{dt} = D \nabla^2 c$"),
        ("list", "One thing"),
        ("list", "Another"),
        ("caption", "A slice of the extracellular space (ECS)."),
        ("caption", "Values"),
        (
            "table",
            "|  | Group | Group |\n| --- | --- | --- |\n| Name | A | B |\n| width | 1 ± 0.1 | 2 |",
        ),
    ]


def test_a_chinese_paper_keeps_no_gaps_between_its_lines(tmp_path: Path) -> None:
    document, blocks = parsed(tmp_path / "paper.tex", CHINESE)
    assert (document.title, document.authors, document.language) == ("间隙研究", ("王伟", "李明", "张华"), "zh")
    assert [block.text for block in blocks[1:]] == [
        "摘要",
        "体积分数约为 20%，迂曲度约为 1.6。",
        "引言",
        "我们研究了间隙的结构。",
    ]


def test_latex_is_known_by_its_class_whatever_the_ending(tmp_path: Path) -> None:
    text = "% made by hand\n\\documentclass{article}\n\\begin{document}\nRats \\emph{sleep}.\n\\end{document}\n"
    assert texts(tmp_path / "paper.txt", text) == ["Rats sleep."]


def test_an_abstract_before_the_document_is_read(tmp_path: Path) -> None:
    for abstract in ("\\begin{abstract}Rats sleep.\\end{abstract}", "\\abstract{Rats sleep.}"):
        text = (
            f"\\documentclass{{a}}\n{abstract}\n\\begin{{document}}\n\\section{{Results}}\nThey do.\n\\end{{document}}"
        )
        assert texts(tmp_path / "paper.tex", text) == ["Abstract", "Rats sleep.", "Results", "They do."]


def test_parts_are_put_in_from_the_same_folder_only(tmp_path: Path) -> None:
    folder = tmp_path / "paper"
    (folder / "parts").mkdir(parents=True)
    (tmp_path / "secret.tex").write_text("A secret.")
    (folder / "link.tex").symlink_to(tmp_path / "secret.tex")
    (folder / "parts" / "one.tex").write_text("Part one. \\input{parts/one}\\input{main}")
    inputs = ("parts/one", "../secret", str(tmp_path / "secret.tex"), "link", "missing", "x" * 5000)
    body = "".join(f"\\input{{{name}}}\n" for name in inputs)
    assert texts(folder / "main.tex", f"\\documentclass{{a}}\\begin{{document}}Main. {body}\\end{{document}}") == [
        "Main. Part one."
    ]


def test_a_part_without_preamble_is_paragraphs(tmp_path: Path) -> None:
    assert texts(tmp_path / "part.tex", "Rats \\textit{sleep}.\n\nMice \\foo{do} not.\n") == [
        "Rats sleep.",
        "Mice do not.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"\\documentclass[tikz]{{standalone}}\\begin{{document}}{PICTURE}\\end{{document}}",
        PICTURE,
        "% only a comment\n",
    ],
)
def test_a_picture_alone_has_no_text(tmp_path: Path, text: str) -> None:
    with pytest.raises(EmptyDocument, match="no text"):
        parsed(tmp_path / "figure.tex", text)


@pytest.mark.parametrize(
    "broken",
    [
        "\\begin{foo} Mice eat. \\end{bar}",
        "Mice eat. } \\end{itemize}",
        "Mice eat. {\\bf \\begin{equation} x",
        "Mice eat. \\textbf",
        "Mice eat. \\cite{",
        "Mice eat. $x",
        "Mice eat. \\SI",
    ],
)
def test_of_a_broken_paper_what_can_be_read_is_read(tmp_path: Path, broken: str) -> None:
    found = " ".join(
        texts(
            tmp_path / "paper.tex", f"\\documentclass{{a}}\\begin{{document}}Rats sleep.\n\n{broken}\n\\end{{document}}"
        )
    )
    assert found.startswith("Rats sleep. Mice eat.")


def test_macros_that_grow_without_end_are_stopped(tmp_path: Path) -> None:
    bombs = "".join(
        f"\\newcommand{{\\l{one}}}{{{f'{chr(92)}l{two} ' * 20}}}\n"
        for one, two in zip("bcdefgh", "abcdefg", strict=True)
    )
    text = f"\\newcommand{{\\la}}{{ha}}\n{bombs}\\newcommand{{\\me}}{{\\me\\me}}\nRats sleep. \\lh \\me"
    _, blocks = parsed(tmp_path / "paper.tex", text)
    assert blocks[0].text.startswith("Rats sleep.")
    assert sum(len(block.text) for block in blocks) < 500_000


def test_what_is_no_text_or_too_long_is_refused(tmp_path: Path) -> None:
    (tmp_path / "paper.tex").write_bytes(bytes(range(256)) * 20)
    with pytest.raises(DamagedDocument):
        parse(tmp_path / "paper.tex", ParseLimits(), ocr=False)
    with pytest.raises(OversizedDocument, match="2000000"):
        parsed(tmp_path / "long.tex", "Rats sleep. " * 200_000)


def test_formulas_that_one_line_would_change_stay_latex(tmp_path: Path) -> None:
    text = "Here $x^{a+b}$, $\\hat{u}_{\\rm CSF} < 1$, $10\\,\\%$, Ca$^{2+}$ and $R^2 - 1$."
    assert texts(tmp_path / "part.tex", text) == ["Here $x^{a+b}$, û_CSF < 1, 10 %, Ca²⁺ and R² - 1."]
    assert all(block.kind is BlockKind.PARAGRAPH for block in parsed(tmp_path / "part.tex", text)[1])


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"\SI{5}{\mol\per\l}", "5 mol/l"),
        (r"\qty{3.5}{\umol\per\mg\squared}", "3.5 µmol/mg²"),
        (r"\si{\square\cm} of 5 $\pm$ 1", "cm² of 5 ± 1"),
        (r"\SIlist{1;2}{\metre} at $37^{\circ}$C", "1;2 m at 37°C"),
        (r"\DeclareSIUnit{\cfu}{CFU}\SI{20}{\cfu}", "20 CFU"),
        (r"5 \ensuremath{\upmu}g in 10\^{}3 \raisebox{1pt}{ml}, 2\permil{}", "5 μg in 10^3 ml, 2‰"),
        (r"\sfrac{1}{2} of \verb|code_x|", "1/2 of code_x"),
        (r"was \replaced{5.6}{5.0} \deleted{g}\added{mg}, \DIFdel{7}\DIFadd{8}, \st{9}", "was 5.6 mg, 8,"),
    ],
)
def test_units_fractions_and_changes_keep_their_values(tmp_path: Path, source: str, text: str) -> None:
    assert [block.text for block in parsed(tmp_path / "a.tex", source)[1]] == [text]


def test_notes_of_sentences_and_of_tables_are_read(tmp_path: Path) -> None:
    table = r"\begin{table}\caption{Doses}\begin{tabular}{cc}A & B\end{tabular} \footnotesize Means of 3. "
    notes = r"\begin{tablenotes}\item[a] In mice.\end{tablenotes}\end{table}"
    blocks = parsed(tmp_path / "a.tex", rf"It fell.\footnote{{By eye.}} {table}{notes} It rose.")[1]
    assert [(block.kind, block.text) for block in blocks if block.kind is not BlockKind.TABLE] == [
        (BlockKind.PARAGRAPH, "It fell."),
        (BlockKind.PARAGRAPH, "By eye."),
        (BlockKind.CAPTION, "Doses"),
        (BlockKind.CAPTION, "Means of 3."),
        (BlockKind.LIST, "a In mice."),
        (BlockKind.PARAGRAPH, "It rose."),
    ]


def test_the_front_of_journal_classes_is_no_text(tmp_path: Path) -> None:
    front = (
        r"\title[Short]{Flow}\subtitle{in mice}\author[1]{Jane Roe}\address[1]{Oslo}\cortext[c]{Write to her}"
        r"\acmDOI{10.1145/1.2}\acmYear{2020}\ccsdesc[500]{Physics}"
    )
    document, blocks = parsed(
        tmp_path / "a.tex", rf"\documentclass{{acmart}}\begin{{document}}{front}\maketitle It flows.\end{{document}}"
    )
    assert [block.text for block in blocks] == ["Flow: in mice", "It flows."]
    assert (document.year, document.identifiers) == (2020, {"doi": "10.1145/1.2"})


def test_a_cell_over_several_rows_stands_in_each(tmp_path: Path) -> None:
    table = (
        r"\begin{tabular}{ccc}A & B & C\\ \multicolumn{2}{c}{x} & \multirow{2}{*}{m}\\ 1 & 2 & \\ 3 & & 4\end{tabular}"
    )
    assert texts(tmp_path / "a.tex", table) == [
        "| A | B | C |\n| --- | --- | --- |\n| x | x | m |\n| 1 | 2 | m |\n| 3 |  | 4 |"
    ]


def test_lengths_below_a_table_are_no_caption(tmp_path: Path) -> None:
    cells = r"\begin{tabular}{cc}1&2\end{tabular}"
    below = rf"\begin{{table}}\caption{{A}}{cells}\vskip -0.1in plus 1fil \hskip\parindent Means.\end{{table}}"
    half = rf"\begin{{subtable}}[b]{{0.45\textwidth}}{cells}\end{{subtable}}"
    halves = rf"\begin{{table}}{half}\begin{{widefit}}{{0.5}}{cells}\end{{widefit}}\end{{table}}"
    for source, captions in (
        (below, ["A", "Means."]),
        (rf"\begin{{table}}{half}{half}\end{{table}}", []),
        (halves, []),
    ):
        blocks = parsed(tmp_path / "a.tex", source)[1]
        assert [block.text for block in blocks if block.kind is not BlockKind.TABLE] == captions


def test_a_subtitle_that_the_title_has_is_told_once(tmp_path: Path) -> None:
    source = r"\title{Salt: a study}\subtitle{a study}\begin{document}It fell.\end{document}"
    assert parsed(tmp_path / "a.tex", source)[0].title == "Salt: a study"
