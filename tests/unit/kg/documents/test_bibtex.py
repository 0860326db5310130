"""BibTeX as reference managers write it."""

from pathlib import Path

from kg.documents.parse import parse
from kg.protocols import ParseLimits, ParseResult

BIB = r"""% Encoding: UTF-8
@string{nat = "Nature"}

@article{roe2020,
  title = {A {T}itle at $10^6$ and {\"U}ber \textit{E. coli}},
  author = {Roe, Jane and Wang, Xiao and {World Health Organization} and van der Berg, A. B.},
  year = 2020,
  journal = nat,
  abstract = "Salt fell by 32% (P < 0.05) \& by {10}$^{-3}$ M, with {unequal} steps.",
  doi = {10.1000/x\_y},
}
@InProceedings{poe, title={Flow}, booktitle={Proc. Y}, date={2018-05-01}, abstract={It flows.}}
@comment{not this}
"""


def read(tmp_path: Path, text: str, name: str = "a.bib") -> ParseResult:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return parse(path, ParseLimits())


def test_entries_are_records_with_their_latex_as_text(tmp_path: Path) -> None:
    result = read(tmp_path, BIB)
    (one, blocks), (two, _) = result.documents
    assert (one.title, one.year, one.journal) == ("A Title at 10⁶ and Über E. coli", 2020, "Nature")
    assert one.authors == ("Jane Roe", "Xiao Wang", "World Health Organization", "A. B. van der Berg")
    assert (one.identifiers, one.source_id) == ({"doi": "10.1000/x_y"}, "roe2020")
    assert [block.text for block in blocks][1:] == ["Salt fell by 32% (P < 0.05) & by 10⁻³ M, with unequal steps."]
    assert (two.title, two.year, two.journal) == ("Flow", 2018, "Proc. Y")
    assert not result.problems


def test_entries_are_known_whatever_the_name_and_a_broken_one_costs_itself(tmp_path: Path) -> None:
    broken = BIB.replace("and {World", "and {{World")
    titles = [document.title for document, _ in read(tmp_path, broken, "a.txt").documents]
    assert titles == ["A Title at 10⁶ and Über E. coli", "Flow"]


def test_text_that_begins_with_an_address_is_text(tmp_path: Path) -> None:
    assert read(tmp_path, "@jane wrote {this} about rice.\n", "a.txt").documents[0][0].media_type == "text/plain"
