"""BibTeX as reference managers write it."""

from pathlib import Path

from kg.documents.kinds import why_no_document
from kg.documents.parse import READS, parse
from kg.documents.records.bibtex_source import entries
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


def test_parts_of_a_value_are_joined_and_names_stand_for_strings_only_where_they_are_bare(tmp_path: Path) -> None:
    text = """@string{cell = "Cell Press"}
@article{a, title = "Salt " # {and rice}, month = "1~" # jan, journal = {Cell}, abstract = {It fell.}, year = 2020}
@article{b, title = {Flow}, journal = cell # { (Oslo)}, abstract = {It rose.}}
"""
    (one, _), (two, _) = read(tmp_path, text).documents
    assert (one.title, one.journal, one.year) == ("Salt and rice", "Cell", 2020)
    assert two.journal == "Cell Press (Oslo)"


def test_a_sign_for_and_is_kept_and_a_group_in_braces_is_one_author(tmp_path: Path) -> None:
    text = (
        "@article{a, title={Salt & rice &amp; 5% \\& 6\\%}, author={{Centre for X, Y and Z} and Roe, Jane and others},"
        " journal={J & K}, abstract={p &lt; 0.05}}"
    )
    document, blocks = read(tmp_path, text).documents[0]
    assert (document.title, document.journal) == ("Salt & rice & 5% & 6%", "J & K")
    assert document.authors == ("Centre for X, Y and Z", "Jane Roe")
    assert blocks[-1].text == "p < 0.05"


def test_entries_may_follow_each_other_on_a_line_and_stand_in_parentheses(tmp_path: Path) -> None:
    text = (
        "@article{a, title={One (1)}} @article(b, title={Two (2)})\n@article(c, title={Three}, year=2020)\n% @book{d,\n"
    )
    result = read(tmp_path, text)
    assert [document.title for document, _ in result.documents] == ["One (1)", "Two (2)", "Three"]
    assert [document.source_id for document, _ in result.documents] == ["a", "b", "c"]


def test_an_entry_keeps_its_id_when_others_are_put_behind_it(tmp_path: Path) -> None:
    before = read(tmp_path, BIB).documents
    after = read(tmp_path, f"{BIB}\n\n% more\n@article{{new, title={{New}}}}\n").documents
    assert [document.id for document, _ in after[:2]] == [document.id for document, _ in before]
    assert after[2][0].title == "New"


def test_a_file_of_values_that_never_close_is_read_in_linear_time(tmp_path: Path) -> None:
    strings = "@article{a,title={x}}\n" + "@string{a={\n" * 80_000
    assert [document.title for document, _ in read(tmp_path, strings).documents] == ["x"]
    many = "".join(f"@article{{k{n}, title={{Title {n}}}}}\n" for n in range(20_000))
    assert len(read(tmp_path, many).documents) == 20_000


def test_an_entry_nested_too_deeply_costs_itself(tmp_path: Path) -> None:
    result = read(
        tmp_path, f"@article{{a, title={{x}}}}\n@article{{b, title={'{' * 9000}}}\n@article{{c, title={{z}}}}\n"
    )
    assert [document.title for document, _ in result.documents] == ["x", "z"]
    assert [(problem.line, problem.why) for problem in result.problems] == [(2, "its braces are nested too deeply")]


def test_strings_of_strings_stay_small(tmp_path: Path) -> None:
    grown = "".join(f"@string{{a{n + 1} = {' # '.join([f'a{n}'] * 20)}}}\n" for n in range(20))
    text = f'@string{{a0 = "word "}}\n{grown}@article{{a, title = a20, abstract = {{It fell.}}}}\n'
    assert len(read(tmp_path, text).documents[0][0].title) < 1000


def test_bibtex_lies_beside_documents_and_is_read_where_it_is_asked_for(tmp_path: Path) -> None:
    assert read(tmp_path, BIB).documents
    assert why_no_document(tmp_path / "a.bib") == "a list of references"
    assert "with --include BibTeX" in READS


def test_capitals_behind_the_comma_of_a_name_are_initials(tmp_path: Path) -> None:
    (document, _) = read(tmp_path, "@article{a, title={One}, author={Garcia Lopez, MD and Jane Roe}}").documents[0]
    assert document.authors == ("MD Garcia Lopez", "Jane Roe")


def test_a_field_far_behind_its_entry_is_read() -> None:
    (one,) = entries("@article{k,\n" + 150 * " " + "title = {Salt}}")
    assert one.fields == {"title": "Salt"}
