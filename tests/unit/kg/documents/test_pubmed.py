"""PubMed's XML, and the XML and tagged text of reference managers."""

from pathlib import Path

import pytest

from kg.documents.identity import content_hash_of
from kg.documents.parse import parse
from kg.domain import Document
from kg.protocols import ParseLimits, ParseResult

XML = """<?xml version="1.0"?><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID Version="1">31</PMID><Article>
<Journal><JournalIssue><PubDate><MedlineDate>2019 Mar-Apr</MedlineDate></PubDate></JournalIssue><Title>J Flow</Title>
</Journal><ArticleTitle>Flow of <i>ISF</i>.</ArticleTitle><ELocationID EIdType="doi">10.5555/x</ELocationID><Abstract>
<AbstractText Label="BACKGROUND">It flows.</AbstractText><AbstractText Label="RESULTS">We saw 10<sup>6</sup> beads.
</AbstractText></Abstract><AuthorList><Author><LastName>Roe</LastName><ForeName>Jane</ForeName></Author><Author>
<CollectiveName>The Group</CollectiveName></Author></AuthorList></Article></MedlineCitation><PubmedData><ArticleIdList>
<ArticleId IdType="pmc">PMC9</ArticleId></ArticleIdList></PubmedData></PubmedArticle>
<PubmedArticle><MedlineCitation><PMID>32</PMID><Article><ArticleTitle/></Article></MedlineCitation></PubmedArticle>
</PubmedArticleSet>"""

NBIB = """
PMID- 31
DP  - 2019 Apr
TI  - Flow of fluid in
      the brain.
LID - 10.5555/x [doi]
AB  - BACKGROUND: It flows. RESULTS: We saw
      10(6) beads.
FAU - Roe, Jane
AU  - Roe J
FAU - 欧阳, 明月
JT  - Journal of Flow
PMC - PMC9

PMID- 32
OWN - NLM

PMID- 33
TI  - Another.
AB  - It rests.
"""

RIS = "TY  - JOUR\r\nTI  - Flow\r\nAU  - Roe, Jane\r\nPY  - 2019\r\nDO  - 10.5555/x\r\nAB  - It flows.\r\nER  - \r\n"


def read(folder: Path, name: str, text: str) -> ParseResult:
    (folder / name).write_text(text)
    return parse(folder / name, ParseLimits())


def documents(result: ParseResult) -> list[Document]:
    return [document for document, _ in result.documents]


def test_a_set_of_pubmed_is_read_and_an_empty_record_told(tmp_path: Path) -> None:
    result = read(tmp_path, "efetch.xml", XML)
    (document,) = documents(result)
    assert (document.title, document.year, document.journal) == ("Flow of ISF.", 2019, "J Flow")
    assert document.authors == ("Jane Roe", "The Group")
    assert document.identifiers == {"pmid": "31", "pmcid": "PMC9", "doi": "10.5555/x"}
    texts = [block.text for block in result.documents[0][1]]
    assert texts[1:] == ["Background", "It flows.", "Results", "We saw 10⁶ beads."]
    assert "no text" in result.problems[0].why


@pytest.mark.parametrize("name", ["set.nbib", "pubmed-flow-set.txt"])
def test_medline_is_read_whatever_its_name(tmp_path: Path, name: str) -> None:
    result = read(tmp_path, name, NBIB)
    first, second = documents(result)
    assert (first.title, first.year, first.journal) == ("Flow of fluid in the brain.", 2019, "Journal of Flow")
    assert first.authors == ("Jane Roe", "欧阳明月")
    assert first.identifiers == {"doi": "10.5555/x", "pmid": "31", "pmcid": "PMC9"}
    assert second.source_id == "33"
    assert [problem.line for problem in result.problems] == [15]


def test_ris_is_read(tmp_path: Path) -> None:
    (document,) = documents(read(tmp_path, "set.ris", RIS))
    assert (document.title, document.year, document.authors) == ("Flow", 2019, ("Jane Roe",))
    assert document.identifiers == {"doi": "10.5555/x"}


EXPORTS = {
    "CNKI or Wanfang for EndNote": """%0 Journal Article
%A 王小明;李华
%T 水稻耐盐研究
%J 植物学报
%D 2021
%X 目的：研究。
%R 10.11983/CBB20123
""",
    "CNKI for RefWorks": """RT Journal Article
SR 1
A1 王小明;李华;
T1 水稻耐盐研究
JF 植物学报
YR 2021
AB 目的：研究。
DO 10.11983/CBB20123
""",
    "NoteExpress": """{Reference Type}: Journal Article
{Title}: 水稻耐盐研究
{Author}: 王小明
{Author}: 李华
{Journal}: 植物学报
{Year}: 2021
{Abstract}: 目的：研究。
{DOI}: 10.11983/CBB20123
""",
    "RIS of CNKI, whose DP is the database": """TY  - JOUR
AU  - 王小明
AU  - 李华
TI  - 水稻耐盐研究
JO  - 植物学报
PY  - 2021
AB  - 目的：研究。
UR  - https://doi.org/10.11983/CBB20123
DP  - CNKI
ER  -
""",
    "Web of Science": """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Wang, XM
   Li, H
AF 王小明
   李华
TI 水稻
   耐盐研究
SO 植物学报
AB 目的：研究。
PY 2021
DI 10.11983/CBB20123
ER

EF
""",
}


@pytest.mark.parametrize("text", EXPORTS.values(), ids=EXPORTS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_exports_of_databases_are_records(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "export.txt"
    path.write_bytes((text + "\n" + text.replace("20123", "20124").replace("FN Clar", "")).encode(encoding))
    found = parse(path, ParseLimits()).documents
    assert [d.identifiers for d, _ in found] == [{"doi": "10.11983/CBB20123"}, {"doi": "10.11983/CBB20124"}]
    document, blocks = found[0]
    assert document.title.replace(" ", "") == "水稻耐盐研究"
    assert (document.authors, document.year, document.journal) == (("王小明", "李华"), 2021, "植物学报")
    assert [block.text for block in blocks][1:] == ["目的：研究。"]


def test_a_group_of_authors_stands_beside_the_people(tmp_path: Path) -> None:
    path = tmp_path / "a.nbib"
    path.write_text("PMID- 1\nTI  - Flow\nAB  - It flows.\nFAU - Roe, Jane\nCN  - The Study Group\nDP  - 2018 Jul\n")
    assert parse(path, ParseLimits()).documents[0][0].authors == ("Jane Roe", "The Study Group")


def test_a_line_of_an_abstract_that_begins_like_a_tag_is_text(tmp_path: Path) -> None:
    path = tmp_path / "a.ris"
    path.write_text("TY  - JOUR\nTI  - Flow\nAB  - It flows.\nCO2 - is a gas.\nER  -\n")
    assert parse(path, ParseLimits()).documents[0][1][1].text == "It flows. CO2 - is a gas."


@pytest.mark.parametrize(
    ("tags", "identifiers"),
    [
        ("M3  - PhD thesis", {}),
        ("UR  - https://doi.org/10.1000/x", {"doi": "10.1000/x"}),
        ("M3  - 10.1000/x", {"doi": "10.1000/x"}),
    ],
)
def test_a_doi_that_is_not_in_its_own_field_is_no_id_of_the_record(
    tmp_path: Path, tags: str, identifiers: dict[str, str]
) -> None:
    (document,) = documents(read(tmp_path, "a.ris", f"TY  - THES\nTI  - X\nAB  - Y.\n{tags}\nER  - \n"))
    assert document.identifiers == identifiers
    assert document.source_id == "a.ris:1"


def test_a_doi_in_its_own_field_is_the_id_of_the_record(tmp_path: Path) -> None:
    (document,) = documents(
        read(
            tmp_path, "a.ris", "TY  - JOUR\nTI  - X\nAB  - Y.\nUR  - https://doi.org/10.1000/z\nDO  - 10.1/x\nER  - \n"
        )
    )
    assert document.source_id == "10.1/x"


def test_a_blank_line_before_the_first_record_is_part_of_it_as_in_files_read_before(tmp_path: Path) -> None:
    record = "PMID- 1\nTI  - X\nAB  - Y.\n"
    (document, other) = documents(read(tmp_path, "a.nbib", f"\n{record}{record.replace('1', '2')}"))
    assert document.content_hash == content_hash_of(f"\n{record}".removesuffix("\n").encode())
    assert other.source_id == "2"


ENDNOTE = """<?xml version="1.0"?><xml><records><record><database name="My.enl"/><rec-number>12</rec-number>
<contributors><authors><author><style face="normal">Roe, Jane</style></author><author><style>Poe, Eve</style></author>
</authors></contributors><titles><title><style>Flow of </style><style face="italic">ISF</style></title>
<secondary-title>J Flow</secondary-title></titles>
<periodical><full-title><style>Journal of Flow</style></full-title></periodical><dates><year>
<style>2019</style></year></dates><abstract><style>We saw 10</style><style face="superscript">6</style><style> beads.
</style></abstract><electronic-resource-num><style>https://doi.org/10.5555/x</style></electronic-resource-num></record>
<record><rec-number>13</rec-number><titles><title>Sleep</title></titles></record><record/></records></xml>"""


def test_the_xml_of_endnote_is_records(tmp_path: Path) -> None:
    result = read(tmp_path, "My library.xml", ENDNOTE)
    one, two = documents(result)
    assert (one.title, one.authors, one.year) == ("Flow of ISF", ("Jane Roe", "Eve Poe"), 2019)
    assert (one.journal, one.identifiers) == ("Journal of Flow", {"doi": "10.5555/x"})
    assert [block.text for block in result.documents[0][1]] == ["Flow of ISF", "We saw 10⁶ beads."]
    assert (two.source_id, two.identifiers) == ("My library.xml:8", {})
    assert "no text" in result.problems[0].why


def test_records_of_dublin_core_are_read_from_their_envelope(tmp_path: Path) -> None:
    fields = (
        "<dc:title>Flow of ISF</dc:title><dc:creator>Roe, Jane</dc:creator><dc:creator>欧阳明月</dc:creator>"
        "<dc:date>2021-03-01T10:00:00Z</dc:date><dc:date>2019</dc:date><dc:identifier>http://a.b/12/3</dc:identifier>"
        "<dc:identifier>https://doi.org/10.5555/x</dc:identifier>"
        "<dc:description>&lt;p&gt;It flows at 10&lt;sup&gt;6&lt;/sup&gt;.&lt;/p&gt;</dc:description>"
    )
    untold = "<dc:title>More flow</dc:title><dc:description>It rests.</dc:description>"
    record = (
        "<record><header><identifier>oai:a.b:{}</identifier></header><metadata><oai_dc:dc xmlns:oai_dc='http://www."
        "openarchives.org/OAI/2.0/oai_dc/' xmlns:dc='http://purl.org/dc/elements/1.1/'>{}</oai_dc:dc></metadata></record>"
    )
    records = record.format(1, fields) + record.format(2, untold)
    whole = f'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>{records}</ListRecords></OAI-PMH>'
    result = read(tmp_path, "oai.xml", whole)
    one, two = documents(result)
    assert (one.title, one.authors, one.year) == ("Flow of ISF", ("Jane Roe", "欧阳明月"), 2019)
    assert (one.source_id, one.identifiers, two.source_id) == ("10.5555/x", {"doi": "10.5555/x"}, "oai:a.b:2")
    assert [block.text for block in result.documents[0][1]] == ["Flow of ISF", "It flows at 10⁶."]
