import pytest

from kg.documents.nesting import check_nesting
from kg.errors import DamagedDocument

MOST = 100


def check(html: str) -> None:
    check_nesting(html, "page.html", most=MOST)


@pytest.mark.parametrize("tag", ["<DIV id=1>\n", "<b>", "<table><tr><td>", "<p><i>", "<ul><li>", "<math>"])
def test_elements_that_are_never_closed_are_refused_with_their_place(tag: str) -> None:
    with pytest.raises(DamagedDocument, match=r"page\.html: line \d+: more than 100 elements .* close them"):
        check("<!doctype html>\n<p>x</p>" + tag * 110)


@pytest.mark.parametrize(
    "html",
    [
        "<p>x" * 300,
        "<div>x</div>" * 300,
        "<ul>" + "<li>x" * 300,
        "<table>" + "<tr><td><font color=red>x<td><b>y" * 300 + "</table>",
        "<br><img src=x><hr>" * 300,
        "<svg>" + "<path d='M0 0'/>" * 300 + "</svg>",
        "<script>" + "a('<div>');" * 300 + "</script>x",
        "<!-- " + "<div>" * 300 + "-->x",
        "<div" * 300,
        "<" * 300,
    ],
)
def test_many_elements_side_by_side_are_no_nesting(html: str) -> None:
    check(html)


def test_the_place_is_the_line_of_the_first_element_too_many() -> None:
    with pytest.raises(DamagedDocument, match=r"line 101: .* the last one <section>"):
        check("<section>\n" * 100 + "<section>" + "\n<p>" * 100)


def test_different_formats_that_are_never_closed_are_refused() -> None:
    with pytest.raises(DamagedDocument, match=r"line 1: more than 100 different formats .* the last one <font>"):
        check_nesting("".join(f"<font size={n}><p>" for n in range(200)), "page.html")
    check_nesting("<font size=1><p>" * 200, "page.html")
