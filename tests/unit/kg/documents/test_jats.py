"""JATS as archives give it: sets, envelopes, older namespaces, translations and names of all orders; BITS and TEI."""

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


def test_translations_reviews_and_replies_are_documents_of_their_own(tmp_path: Path) -> None:
    stub = "<front-stub><title-group><article-title>{}</article-title></title-group>{}</front-stub>"
    names = f"<contrib-group><contrib>{NAME.format('Poe', 'Eve')}</contrib></contrib-group>"
    reply = (
        f'<response response-type="reply" id="r1">{stub.format("We agree", names)}<body><p>Yes.</p></body></response>'
    )
    review = f'<sub-article article-type="reviewer-report"><body><p>Accept it.</p></body>{reply}</sub-article>'
    translation = f'<sub-article article-type="translation" xml:lang="pt">{stub.format("Fluxo", "")}<body>'
    translation += "<p>O fluido corre.</p></body></sub-article>"
    names = f"<contrib>{NAME.format('Roe', 'Jane')}</contrib>"
    result = read(tmp_path, article("10.5555/one", names=names, more=translation + review))
    assert [(d.title, d.source_id, d.year, d.authors) for d, _ in result.documents] == [
        ("Flow", "10.5555/one", 2020, ("Jane Roe",)),
        ("Fluxo", "10.5555/one.pt", 2020, ("Jane Roe",)),
        ("Reviewer report: Flow", "10.5555/one.2", 2020, ()),
        ("We agree", "10.5555/one.r1", 2020, ("Eve Poe",)),
    ]
    assert [[block.text for block in blocks][-1] for _, blocks in result.documents] == [
        "It flows.", "O fluido corre.", "Accept it.", "Yes.",
    ]  # fmt: skip
    assert result.warnings == ("line 1: 2 parts are documents of their own: reviewer report, reply",)


def test_a_part_that_is_a_title_alone_is_no_document_and_no_problem(tmp_path: Path) -> None:
    stub = "<front-stub><title-group><article-title>Review</article-title></title-group></front-stub>"
    review = f'<sub-article article-type="reviewer-report">{stub}</sub-article>'
    result = read(tmp_path, article("10.5555/one", more=review))
    assert ([d.title for d, _ in result.documents], result.problems, result.warnings) == (["Flow"], (), ())


def test_an_issue_of_meeting_abstracts_needs_no_text_of_its_own(tmp_path: Path) -> None:
    parts = "".join(
        f'<sub-article article-type="abstract" id="s{n}"><front-stub><title-group><article-title>Poster {n}'
        "</article-title></title-group><abstract><p>It flows.</p></abstract></front-stub></sub-article>"
        for n in (1, 2)
    )
    result = read(tmp_path, article("10.5555/issue", abstract="", more=parts))
    assert [(d.title, d.source_id) for d, _ in result.documents] == [
        ("Poster 1", "10.5555/issue.s1"), ("Poster 2", "10.5555/issue.s2"),
    ]  # fmt: skip
    assert result.problems == ()


@pytest.mark.parametrize("name", ["floats-group", "floats-wrap"])
def test_tables_and_figures_behind_the_text_are_read(tmp_path: Path, name: str) -> None:
    figure = "<fig><label>Fig 1</label><caption><p>The flow.</p></caption></fig>"
    table = "<table-wrap><table><tr><td>a</td></tr></table></table-wrap>"
    text = article("10.5555/one", more=f"<body><p>T.</p></body><{name}>{figure}{table}</{name}>")
    assert [block.text for block in only(read(tmp_path, text))[1]][3:] == ["T.", "Fig 1. The flow.", "| a |\n| --- |"]


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
        read(tmp_path, "<feed><text>hello</text></feed>")


def body_texts(tmp_path: Path, body: str, back: str = "") -> list[str]:
    whole = article("10.5555/one", more=f"<body>{body}</body><back>{back}</back>")
    return [block.text for block in only(read(tmp_path, whole))[1]][3:]


def test_notes_of_tables_and_of_sentences_are_read_behind_their_marks(tmp_path: Path) -> None:
    table = (
        "<table-wrap><label>Table 1</label><caption><p>Counts</p></caption><table><tr><td>A</td><td>5<sup>a</sup></td>"
        "</tr></table><table-wrap-foot><fn><label>a</label><p>P &lt; 0.05.</p></fn><p>Means of 3.</p></table-wrap-foot>"
        "</table-wrap>"
    )
    assert body_texts(tmp_path, table)[0] == "Table 1. Counts a P < 0.05. Means of 3."
    note = "<p>Seen<fn><label>*</label><p>By eye.</p></fn> often.</p>"
    assert body_texts(tmp_path, note) == ["Seen often.", "* By eye."]


def test_text_outside_of_paragraphs_is_read(tmp_path: Path) -> None:
    loose = "Loose <italic>E. coli</italic> text.<sec><title>Results</title>It fell.<p>It rose.</p></sec>"
    assert body_texts(tmp_path, loose) == ["Loose E. coli text.", "Results", "It fell.", "It rose."]
    verse = "<p>So:<verse-group><verse-line>One</verse-line><verse-line>two</verse-line></verse-group></p>"
    assert body_texts(tmp_path, verse) == ["So:", "One", "two"]
    assert "Old abstract." in [b.text for b in only(read(tmp_path, article("10.5555/a", abstract="Old abstract.")))[1]]


def test_names_of_boxes_theorems_lists_and_films_are_kept(tmp_path: Path) -> None:
    box = "<boxed-text><label>Box 1</label><caption><title>Key points</title></caption><p>One.</p></boxed-text>"
    proof = "<p><statement><label>Theorem 1</label><p>It holds.</p></statement></p>"
    listed = "<list><title>Steps</title><list-item><p>Wash</p></list-item></list>"
    film = "<media><label>Video 1</label><caption><p>A run.</p></caption></media>"
    assert body_texts(tmp_path, box + proof + listed + film) == [
        "Box 1. Key points", "One.", "Theorem 1", "It holds.", "Steps", "Wash", "Video 1. A run.",
    ]  # fmt: skip


def test_a_citation_is_never_part_of_the_number_or_word_before_it(tmp_path: Path) -> None:
    one, two, raised = (f'<xref ref-type="bibr">{text}</xref>' for text in ("1", "2", "<sup>3</sup>"))
    line = f"<p>It was 5.2{one}<sup>,</sup>{two} and low{raised}<sup>–</sup>{raised} as [{one},{two}] say.</p>"
    assert body_texts(tmp_path, line) == ["It was 5.2[1],[2] and low[3]–[3] as [1,2] say."]


def test_a_reference_in_parts_is_written_with_its_parts_apart(tmp_path: Path) -> None:
    names = (
        '<person-group person-group-type="author"><name><surname>Roe</surname><given-names>J</given-names></name>'
        "<name><surname>Poe</surname><given-names>E</given-names></name><etal/></person-group>"
    )
    parts = (
        "<article-title>Flow</article-title><source>Nature</source><year>2001</year><fpage>1</fpage><lpage>9</lpage>"
    )
    given = f"<element-citation>{names}{parts}</element-citation>"
    both = f"<citation-alternatives>{given}<mixed-citation>Roe J. Flow. 2001.</mixed-citation></citation-alternatives>"
    back = f"<ref-list><ref><label>1</label>{given}</ref><ref><label>2</label>{both}</ref></ref-list>"
    assert body_texts(tmp_path, "<p>T.</p>", back)[2:] == [
        "1 Roe J, Poe E, et al, Flow, Nature, 2001, 1–9",
        "2 Roe J. Flow. 2001.",
    ]


def test_the_front_is_read_in_its_variants(tmp_path: Path) -> None:
    person = "<string-name><surname>Wang</surname>, <given-names>Xiao</given-names></string-name>"
    text = article("https://doi.org/10.5555/one", names=f'<contrib contrib-type="Author">{person}</contrib>')
    text = text.replace("Flow</article-title>", 'Flow<xref ref-type="fn"><sup>*</sup></xref></article-title>'
                        "<subtitle>A review</subtitle>")  # fmt: skip
    text = text.replace("<pub-date>", '<pub-date pub-type="nihms-submitted"><year>2018</year></pub-date><pub-date>')
    document = only(read(tmp_path, text))[0]
    assert (document.title, document.authors, document.year) == ("Flow: A review", ("Xiao Wang",), 2020)
    assert document.identifiers == {"doi": "10.5555/one"}


def test_captions_of_groups_and_the_rows_of_arrays_are_read(tmp_path: Path) -> None:
    group = "<table-wrap-group><label>Table 1</label><caption><p>Doses</p></caption></table-wrap-group>"
    array = "<array><tbody><tr><td>a</td><td>b</td></tr></tbody></array>"
    assert body_texts(tmp_path, group + array) == ["Table 1. Doses", "| a | b |\n| --- | --- |"]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1"])
def test_utf8_that_declares_another_encoding_is_utf8(tmp_path: Path, encoding: str) -> None:
    text = '<?xml version="1.0" encoding="ISO-8859-1"?>' + article("10.5555/one", title="5 µm of Größe")
    (tmp_path / "a.xml").write_bytes(text.encode(encoding))
    assert only(parse(tmp_path / "a.xml", ParseLimits()))[0].title == "5 µm of Größe"


def test_a_person_with_one_name_is_an_author(tmp_path: Path) -> None:
    one = '<contrib contrib-type="author"><name><given-names>Suharto</given-names></name></contrib>'
    assert only(read(tmp_path, article("10.5555/one", names=one)))[0].authors == ("Suharto",)


CHAPTER = (
    '<book-part book-part-type="chapter"><book-part-meta><book-part-id book-part-id-type="doi">10.5555/b.{number}'
    "</book-part-id><title-group><label>{number}</label><title>{title}</title></title-group>{people}<abstract>"
    "<p>In short.</p></abstract></book-part-meta><body>"
    "<sec><title>Flow</title><p>It flows.</p></sec>{more}</body></book-part>"
)
NAME = "<name><surname>{}</surname><given-names>{}</given-names></name>"
NAMED = f"<contrib-group><contrib>{NAME}</contrib></contrib-group>"


@pytest.mark.parametrize("root", ["book-part-wrapper", "book"])
def test_every_chapter_of_a_book_is_a_document(tmp_path: Path, root: str) -> None:
    two = CHAPTER.format(number=2, title="Sleep", people="", more="")
    one = CHAPTER.format(number=1, title="Spaces", people=NAMED.format("Roe", "Jane"), more=two)
    title = "<book-title-group><book-title>The Brain</book-title></book-title-group>"
    people = NAMED.format("Poe", "Eve")
    meta = f"<book-meta>{title}{people}<pub-date><year>2019</year></pub-date></book-meta>"
    parts = f'<book-part book-part-type="part"><body>{one}</body></book-part>'
    result = read(tmp_path, f"<{root}>{meta}<book-body>{parts}</book-body></{root}>")
    assert [(d.title, d.authors, d.source_id) for d, _ in result.documents] == [
        ("Spaces", ("Jane Roe",), "10.5555/b.1"), ("Sleep", ("Eve Poe",), "10.5555/b.2"),
    ]  # fmt: skip
    assert {(d.year, d.journal) for d, _ in result.documents} == {(2019, "The Brain")}
    assert [b.text for b in result.documents[0][1]] == ["Spaces", "Abstract", "In short.", "Flow", "It flows."]
    assert result.problems == ()


TEI = """<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title level="a">Flow of ISF</title>
</titleStmt><publicationStmt><date when="2020-01-01"/></publicationStmt><sourceDesc><biblStruct><analytic><author>
<persName><forename type="first">Jane</forename> <forename type="middle">A</forename><surname>Roe</surname></persName>
<affiliation>Dept</affiliation></author><title level="a">Flow of ISF</title></analytic><monogr><title level="j">Nature
</title><imprint><date type="published" when="2019-04-01"/></imprint></monogr><idno type="DOI">10.5555/t</idno>
</biblStruct></sourceDesc></fileDesc><profileDesc><abstract><p>In short.</p></abstract></profileDesc></teiHeader><text>
<body><div><head n="2.1">Methods</head><p><s>We saw 10<hi rend="superscript">6</hi> beads
<ref type="bibr" target="#b0">[1]</ref>.</s><s>All moved.</s></p><formula>a = b<label>(1)</label></formula>
<list><item>Wash</item></list></div>
<figure><head>Fig. 1 .</head><label>1</label><figDesc>Fig. 1. The flow.</figDesc></figure>
<figure type="table"><head>Table 1</head><label>1</label><figDesc>Sizes</figDesc><table><row><cell cols="2">x</cell>
</row><row><cell>1</cell><cell>2</cell></row></table><note>n = 3.</note></figure>
<note place="foot" n="1">By eye.</note></body>
<back><div type="references"><listBibl><biblStruct><analytic><title>Flow</title><author><persName><forename>J</forename>
<surname>Iliff</surname></persName></author></analytic><monogr><title>Sci</title><imprint><date when="2012"/>
<biblScope unit="page" from="1" to="9"/></imprint></monogr></biblStruct><biblStruct><monogr><title>X</title></monogr>
<note type="raw_reference">Xie L. Science 2013.</note></biblStruct></listBibl></div></back></text></TEI>"""


def test_tei_is_read_as_jats_is(tmp_path: Path) -> None:
    document, blocks = only(read(tmp_path, TEI))
    assert (document.title, document.authors, document.year) == ("Flow of ISF", ("Jane A Roe",), 2019)
    assert (document.journal, document.identifiers) == ("Nature", {"doi": "10.5555/t"})
    assert [(block.kind.value, block.text) for block in blocks] == [
        ("heading", "Flow of ISF"),
        ("heading", "Abstract"),
        ("paragraph", "In short."),
        ("heading", "2.1 Methods"),
        ("paragraph", "We saw 10⁶ beads [1]. All moved."),
        ("formula", "a = b"),
        ("list", "Wash"),
        ("caption", "Fig. 1. The flow."),
        ("caption", "Table 1. Sizes n = 3."),
        ("table", "| x | x |\n| --- | --- |\n| 1 | 2 |"),
        ("paragraph", "1 By eye."),
        ("heading", "References"),
        ("reference", "J Iliff, Flow, Sci, 2012, 1–9"),
        ("reference", "Xie L. Science 2013."),
    ]


def test_tables_and_raised_text_of_tei_that_stand_alone_are_read(tmp_path: Path) -> None:
    table = "<table><head>Sizes</head><row><cell>a</cell></row></table>"
    tei = f"<TEI><text><body><div><p>CO<hi rendition='#sub'>2</hi> rose.</p>{table}</div></body></text></TEI>"
    corpus = f"<teiCorpus>{tei}{tei.replace('rose', 'fell')}</teiCorpus>"
    (_, one), (_, two) = read(tmp_path, corpus).documents
    assert [b.text for b in one] == ["CO2 rose.", "Sizes", "| a |\n| --- |"]
    assert two[0].text == "CO2 fell."


def test_legends_glosses_and_heads_of_tables_of_tei_are_kept(tmp_path: Path) -> None:
    figure = "<figure><head>Fig 1</head><p>Legend<note>n = 3</note></p><ab>More</ab></figure>"
    labels = "<label>A<hi rend='sub'>F</hi></label><item>annulus fibrosus</item><label>NP</label>"
    table = "<figure><head>Table 1</head><table><head>Sizes</head><row><cell>a</cell></row></table></figure>"
    body = f"<div>{figure}<list type='gloss'>{labels}</list>{table}</div>"
    _, blocks = only(read(tmp_path, f"<TEI><text><body>{body}</body></text></TEI>"))
    assert [(b.kind.value, b.text) for b in blocks] == [
        ("caption", "Fig 1. Legend n = 3 More"),
        ("list", "AF annulus fibrosus"),
        ("list", "NP"),
        ("caption", "Table 1. Sizes"),
        ("table", "| a |\n| --- |"),
    ]


def test_figures_inside_a_figure_of_tei_keep_their_captions(tmp_path: Path) -> None:
    table = "<figure type='table'><head>B</head><table><row><cell>a</cell></row></table></figure>"
    inner = f"<figure><head>A</head><figDesc>Sham.</figDesc></figure>{table}"
    outer = f"<figure><head>Fig 1</head><figDesc>The flow.</figDesc><p>Means.</p>{inner}</figure>"
    _, blocks = only(read(tmp_path, f"<TEI><text><body><div><p>T.</p>{outer}</div></body></text></TEI>"))
    assert [(b.kind.value, b.text) for b in blocks[1:]] == [
        ("caption", "Fig 1. The flow. Means."),
        ("caption", "A. Sham."),
        ("caption", "B"),
        ("table", "| a |\n| --- |"),
    ]


def test_tei_gives_the_year_of_publication_and_turns_names_without_parts(tmp_path: Path) -> None:
    dates = '<date type="received" when="2017"/><date when="2018"/><date type="published" when="2019-01"/>'
    lab = "<affiliation><orgName>Lab</orgName></affiliation>"
    names = ("Roe, Jane", f"<persName>Poe, Eva, PhD</persName>{lab}", "<orgName>Lab, Ulm</orgName>")
    people = "".join(f"<author>{name}</author>" for name in names)
    source = f"<sourceDesc><biblStruct><analytic>{people}</analytic><monogr><imprint>{dates}</imprint></monogr>"
    header = f"<teiHeader><fileDesc>{source}</biblStruct></sourceDesc></fileDesc></teiHeader>"
    tei = f"<TEI>{header}<text><body><p>Text.</p></body></text></TEI>"
    document, _ = only(read(tmp_path, tei))
    assert (document.year, document.authors) == (2019, ("Jane Roe", "Eva Poe", "Lab, Ulm"))
    untyped = tei.replace('<date type="published" when="2019-01"/>', "")
    assert only(read(tmp_path, untyped))[0].year == 2018
