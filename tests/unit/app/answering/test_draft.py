from app.answering.domain import Citation
from app.answering.draft import Draft

_FELL, _ROSE, _BOTH = "Clearance fell.", "Inflow rose.", "Clearance fell. Plaques grew."


def _cited(*quotes: str) -> list[str]:
    draft = Draft()
    for quote in quotes:
        draft.cite(Citation(1, "passage", "A paper", quote))
    return [draft.citations[1].quote, *draft.citations[1].further_quotes]


def test_a_citation_keeps_every_quote_that_sentences_rest_on() -> None:
    assert _cited(_FELL, _ROSE) == [_FELL, _ROSE]
    assert Draft().cite(Citation(1, "passage", "A paper", _FELL)) is not None


def test_a_quote_that_another_holds_is_told_once() -> None:
    assert _cited(_BOTH, _FELL) == [_BOTH]
    assert _cited(_FELL, _BOTH) == [_BOTH]
    assert _cited(_FELL, _ROSE, _BOTH) == [_BOTH, _ROSE]
    assert _cited(_ROSE, _FELL, _BOTH) == [_ROSE, _BOTH]
