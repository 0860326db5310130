"""JATS as archives give it: sets, envelopes, older namespaces, translations and names of all orders."""

from pathlib import Path

import pytest

from kg.documents.parse import parse
from kg.domain import Block, Document
from kg.errors import EmptyDocument, UnsupportedFormat
from kg.protocols import ParseLimits, ParseResult


def article(
    doi: str, *, title: str = "Flow", abstract: str = "<p>It flows.</p>", names: str = "", more: str = ""
) -> str:
    contributors = f"<contrib-group>{names}</contrib-group>" if names else ""
    return (
        f'<article xml:lang="en"><front><article-meta><article-id pub-id-type="doi">{doi}</article-id>'
        f"<title-group><article-title>{title}</article-title></title-group>{contributors}"
        f"<pub-date><year>2020</year></pub-date><abstract>{abstract}</abstract></article-meta></front>{more}</article>"
    )


def read(folder: Path, text: str) -> ParseResult:
    path = folder / "a.xml"
    path.write_text(text)
    return parse(path, ParseLimits())


def only(result: ParseResult) -> tuple[Document, tuple[Block, ...]]:
    (found,) = result.documents
    return found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<pmc-articleset>", "</pmc-articleset>"),
        (
            '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><metadata>',
            "</metadata></record></ListRecords></OAI-PMH>",
        ),
        ("<articles><group>", "</group></articles>"),
    ],
)
def test_every_article_of_a_set_is_a_document(tmp_path: Path, before: str, after: str) -> None:
    result = read(tmp_path, before + article("10.5555/one") + article("10.5555/two", title="More") + after)
    assert [document.source_id for document, _ in result.documents] == ["10.5555/one", "10.5555/two"]
    assert len({document.id for document, _ in result.documents}) == 2


@pytest.mark.parametrize(
    "namespace",
    ["https://dtd.nlm.nih.gov/ns/archiving/2.3", "http://jats.nlm.nih.gov/ns/archiving/1.2/", "urn:of-a-publisher"],
)
def test_the_namespace_of_the_elements_is_of_no_matter(tmp_path: Path, namespace: str) -> None:
    text = article("10.5555/one").replace("<article ", f'<article xmlns="{namespace}" ', 1)
    prefixed = text.replace("<", "<j:").replace("<j:/", "</j:").replace("xmlns=", "xmlns:j=")
    assert only(read(tmp_path, text))[0].title == "Flow"
    assert only(read(tmp_path, prefixed))[0].title == "Flow"


def test_an_article_of_a_set_without_text_is_told_and_the_others_go_in(tmp_path: Path) -> None:
    empty = "\n" + article("10.5555/none", abstract="")
    result = read(tmp_path, f"<pmc-articleset>{article('10.5555/one')}{empty}</pmc-articleset>")
    assert len(result.documents) == 1
    assert [(problem.line, problem.why) for problem in result.problems] == [
        (2, "the article has neither abstract nor body")
    ]
    with pytest.raises(EmptyDocument):
        read(tmp_path, empty)


def test_names_stand_in_the_order_of_their_people(tmp_path: Path) -> None:
    def name(surname: str, given: str, more: str = "") -> str:
        return f"<name {more}><surname>{surname}</surname><given-names>{given}</given-names></name>"

    eastern, english = 'name-style="eastern"', 'xml:lang="en"'
    both = f"<name-alternatives>{name('张', '伟', eastern)}{name('Zhang', 'Wei', english)}</name-alternatives>"
    names = [
        name("Roe", "Jane"),
        name("欧阳", "明月", eastern),
        name("李", "娜"),
        name("홍", "길동"),
        name("Kim", "Minjun", eastern),
        both,
        f"<collab>The Group<contrib-group><contrib>{name('Inner', 'Member')}</contrib></contrib-group></collab>",
        "<string-name>Ann Lee</string-name>",
    ]
    document, _ = only(read(tmp_path, article("10.5555/one", names="".join(f"<contrib>{n}</contrib>" for n in names))))
    assert document.authors == (
        "Jane Roe", "欧阳明月", "李娜", "홍길동", "Kim Minjun", "Wei Zhang", "The Group", "Ann Lee",
    )  # fmt: skip


def test_a_translation_is_a_document_of_its_own_and_a_review_is_none(tmp_path: Path) -> None:
    stub = "<front-stub><title-group><article-title>Fluxo</article-title></title-group></front-stub>"
    parts = (
        f'<sub-article article-type="translation" xml:lang="pt">{stub}<body><p>O fluido corre.</p></body></sub-article>'
        '<sub-article article-type="reviewer-report"><body><p>Accept it.</p></body></sub-article>'
    )
    result = read(tmp_path, article("10.5555/one", more=parts))
    assert [(document.title, document.source_id, document.year) for document, _ in result.documents] == [
        ("Flow", "10.5555/one", 2020),
        ("Fluxo", "10.5555/one.pt", 2020),
    ]
    assert "Accept" not in str(result)


def test_powers_are_kept_in_text_and_in_formulas(tmp_path: Path) -> None:
    mathml = (
        '<inline-formula><mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:mn>7.6</mml:mn><mml:mo>×</mml:mo>'
        "<mml:msup><mml:mn>10</mml:mn><mml:mrow><mml:mo>−</mml:mo><mml:mn>7</mml:mn></mml:mrow></mml:msup>"
        "<mml:mfrac><mml:mi>a</mml:mi><mml:mn>2</mml:mn></mml:mfrac></mml:math></inline-formula>"
    )
    abstract = (
        f"<p>We saw 10<sup>6</sup> beads, {mathml}, e<sup>kt</sup>, CO<sub>2</sub>, log10<sub>2</sub> on the "
        '1<sup>st</sup> day<xref ref-type="bibr"><sup>6</sup></xref>.</p>'
    )
    _, blocks = only(read(tmp_path, article("10.5555/one", abstract=abstract)))
    assert blocks[-1].text == "We saw 10⁶ beads, 7.6×10⁻⁷a/2, e^kt, CO2, log10₂ on the 1st day[6]."


def test_tables_of_oasis_are_tables(tmp_path: Path) -> None:
    cells = (
        '<oasis:table xmlns:oasis="urn:oasis"><oasis:tgroup><oasis:colspec colname="1"/><oasis:colspec colname="2"/>'
        '<oasis:tbody><oasis:row><oasis:entry namest="1" nameend="2">Size</oasis:entry></oasis:row>'
        "<oasis:row><oasis:entry>a</oasis:entry><oasis:entry>1</oasis:entry></oasis:row></oasis:tbody>"
        "</oasis:tgroup></oasis:table>"
    )
    _, blocks = only(read(tmp_path, article("10.5555/one", more=f"<body><table-wrap>{cells}</table-wrap></body>")))
    assert blocks[-1].text == "| Size | Size |\n| --- | --- |\n| a | 1 |"


def test_xml_without_an_article_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormat, match="no <article> is in it"):
        read(tmp_path, "<TEI><text>hello</text></TEI>")
