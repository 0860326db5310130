import pytest
from selectolax.lexbor import LexborHTMLParser

from kg.documents.selector_cost import SelectorBudget


def budget(body: str) -> SelectorBudget:
    return SelectorBudget(LexborHTMLParser(f"<html><head></head><body>{body}</body></html>"))


def steps(selector: str, count: int) -> int:
    row = budget('<p class="a B">x</p>' * count)
    return 1 + row.steps(selector) - row.steps("b")


@pytest.mark.parametrize(
    ("selector", "power"),
    [
        ("div p", 1),
        ("p > p + p", 1),
        (".z ~ p", 2),
        (".z ~ p ~ .a", 3),
        ("p ~ .z", 0),
        (":not(p ~ p ~ p)", 3),
        ("p:nth-last-child(2n + 1)", 2),
        (".z:last-of-type", 0),
    ],
)
def test_steps_grow_with_the_combinators_of_a_selector(selector: str, power: int) -> None:
    one, ten = steps(selector, 100), steps(selector, 1000)
    assert ten <= 1.2 * 10**power * one
    assert ten >= 0.5 * 10**power * one


def test_steps_grow_with_the_depth() -> None:
    deep = budget("<div>" * 100 + "<p>x</p>" * 50)
    assert deep.steps(".z div div p") > 50 * 100**3 > 10 * deep.steps(".z div p")


def test_what_a_style_sheet_uses_is_within_the_budget() -> None:
    page = budget("<div class=a><ul><li><a href=x>x</a></li></ul></div>" * 500)
    assert all(page.takes(f".a{n} ul li a") and page.takes(f".a ~ .b{n}") for n in range(500))


def test_costly_selectors_are_refused_and_others_still_taken() -> None:
    page = budget("<p>x</p>" * 3000)
    assert not page.takes(".z ~ p ~ p")
    assert page.takes("div p")
