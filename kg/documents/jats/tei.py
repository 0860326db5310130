"""TEI, as GROBID and some publishers write it, put into the elements of JATS."""

from lxml import etree

from kg.documents.authors import person, turned
from kg.documents.description import Particulars, doi_in, with_subtitle, year_in
from kg.documents.jats.inline import inline_text

_NAMES = {
    "div": "sec", "head": "title", "row": "tr", "cell": "td", "item": "list-item", "ab": "p", "lb": "break",
    "listBibl": "ref-list", "biblStruct": "ref", "ref": "xref", "note": "fn", "lg": "verse-group", "l": "verse-line",
}  # fmt: skip
_IDENTIFIERS = {"doi": "doi", "pmid": "pmid", "pmcid": "pmcid", "pmc": "pmcid", "arxiv": "arxiv"}
_BESIDE_NAMES = frozenset({"affiliation", "email", "idno", "ptr", "note"})
_LEGENDS = ("p", "ab", "list")
_ABOUT = "teiHeader/fileDesc"
_SOURCE = f"{_ABOUT}/sourceDesc//biblStruct"


def tei_documents(root: etree._Element) -> list[etree._Element]:
    """The documents of a file in TEI, alone or in a corpus."""
    return [one for one in root.iter("TEI") if next(one.iterancestors("TEI"), None) is None]


def tei_particulars(tei: etree._Element) -> Particulars:
    """Title, authors, year, journal and identifiers from the header."""
    places = (f"{_SOURCE}/analytic/author", f"{_ABOUT}/titleStmt/author", f"{_SOURCE}/monogr/author")
    people = next((found for place in places if (found := tei.findall(place))), [])
    identifiers: dict[str, str] = {}
    for number in tei.iterfind(f"{_SOURCE}//idno"):
        if (name := _IDENTIFIERS.get(number.get("type", "").lower())) and (value := inline_text(number)):
            identifiers.setdefault(name, (doi_in(value) or value) if name == "doi" else value)
    dates = [*tei.iterfind(f"{_SOURCE}//date"), *tei.iterfind(f"{_ABOUT}/publicationStmt//date")]
    dates.sort(key=lambda date: {"published": 0, "": 1}.get(date.get("type", "").lower(), 2))
    titles = f"{_ABOUT}/titleStmt/title"
    return Particulars(
        title=with_subtitle(_first(tei, titles), _first(tei, f"{titles}[@type='sub']")),
        authors=tuple(name for one in people if (name := _name(one))),
        year=next((year for date in dates if (year := year_in(date.get("when") or inline_text(date)))), None),
        journal=_first(tei, f"{_SOURCE}/monogr/title[@level='j']") or None,
        identifiers=identifiers,
        source_id=identifiers.get("doi", ""),
    )


def as_article(tei: etree._Element) -> etree._Element:
    """The abstract, the body and the back of a document as an article of JATS; the document is taken apart."""
    article = etree.Element("article")
    meta = etree.SubElement(etree.SubElement(article, "front"), "article-meta")
    for abstract in (*tei.findall("teiHeader/profileDesc/abstract"), *tei.findall("text/front//div[@type='abstract']")):
        abstract.tag = "abstract"
        meta.append(abstract)
    for name in ("body", "back"):
        article.extend(tei.findall(f"text/{name}"))
    for element in list(article.iter("hi", "s", "formula")):
        _rename_inside(element)
    for reference in [*article.iterfind(".//listBibl/biblStruct"), *article.iterfind(".//listBibl/bibl")]:
        text = _reference(reference) if reference.tag == "biblStruct" else inline_text(reference)
        reference.clear()
        reference.tag = "biblStruct"
        etree.SubElement(reference, "mixed-citation").text = text
    for element in list(article.iter("figure", "table")):
        _set_apart(element)
    for element in article.findall(".//list/label"):
        _put_into_item(element)
    for element in list(article.iter(*_NAMES)):
        label = etree.Element("label")
        label.text = element.get("n")
        if label.text and element.tag == "head":
            element.addprevious(label)
        elif label.text and element.tag == "note":
            element.insert(0, label)
        if element.get("type") == "bibr":
            element.set("ref-type", "bibr")
        element.tag = _NAMES[element.tag]
    return article


def _rename_inside(element: etree._Element) -> None:
    """Raised and lowered text, sentences and formulas."""
    if element.tag == "hi":
        look = f"{element.get('rend')} {element.get('rendition')}".lower()
        element.tag = "sup" if "sup" in look else "sub" if "sub" in look else "italic"
    elif element.tag == "s":
        element.tail = f" {element.tail or ''}"
    else:
        element.tag = "disp-formula" if next(element.iterancestors("p", "cell"), None) is None else "inline-formula"


def _set_apart(element: etree._Element) -> None:
    """A figure, a group of them or a table with its caption; a table that stands alone is wrapped."""
    whole = element
    if element.tag == "figure":
        own = "fig" if element.find(".//table") is None else "table-wrap"
        element.tag = own if element.find(".//figure") is None else "fig-group"
        for note in element.findall("note"):
            note.tag = "table-wrap-foot"
    else:
        for cell in element.iter("cell"):
            cell.set("colspan", cell.get("cols", "1"))
            cell.set("rowspan", cell.get("rows", "1"))
        if (wrap := next(element.iterancestors("table-wrap"), None)) is not None:
            _add_to_caption(wrap, element.findall("head"))
            return
        whole = etree.Element("table-wrap")
        whole.tail, element.tail = element.tail, None
        element.addprevious(whole)
        whole.append(element)
    heads, told = ([*element.findall(name)] for name in ("head", "figDesc"))
    head, text = (" ".join(map(inline_text, some)) for some in (heads, told))
    head = head.rstrip(" .")
    for one in (*heads, *told, *element.findall("label")):
        element.remove(one)
    etree.SubElement(whole, "caption").text = text if text.startswith(head) else f"{head}. {text}" if text else head
    _add_to_caption(whole, [p for p in element if p.tag in _LEGENDS and p.find(".//table") is None])


def _add_to_caption(whole: etree._Element, texts: list[etree._Element]) -> None:
    """Puts texts at the end of a caption, with the notes inside them."""
    caption = whole.find("caption")
    if caption is None or not texts:
        return
    head = caption.text or ""
    if head and len(caption) == 0:
        if inline_text(texts[0]).startswith(head):
            caption.text = ""
        elif head[-1].isalnum():
            caption.text = f"{head}."
    for text in texts:
        for inside in (text, *text.iter("note")):
            inside.tag = "p"
        caption.append(text)
        text.tail = None


def _put_into_item(label: etree._Element) -> None:
    """The label in a list in front of its item, or as an item where none follows."""
    item = next(label.itersiblings("*"), None)
    if item is None or item.tag != "item":
        label.tag = "item"
        return
    label.tag = "term"
    text, item.text = item.text, None
    item.insert(0, label)
    label.tail = f" {text or ''}"


def _reference(bibl: etree._Element) -> str:
    """A reference as it was printed where that is kept, else its parts."""
    if printed := _first(bibl, "note[@type='raw_reference']"):
        return printed
    parts = [*map(_name, bibl.iter("author")), *(inline_text(t) for t in bibl.iter("title"))]
    for part in bibl.iter("biblScope", "date", "idno"):
        pages = "–".join(filter(None, (part.get("from"), part.get("to"))))
        parts.append(inline_text(part) or pages or part.get("when", ""))
    return ", ".join(filter(None, parts))


def _name(author: etree._Element) -> str:
    parts = [" ".join(map(inline_text, author.iter(name))) for name in ("forename", "surname")]
    if any(parts):
        return person(*parts)
    name = inline_text(author, _BESIDE_NAMES)
    return name if author.find("orgName") is not None else turned(name)


def _first(element: etree._Element, path: str) -> str:
    found = element.find(path)
    return inline_text(found) if found is not None else ""
