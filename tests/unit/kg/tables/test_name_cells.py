import pytest

from kg.tables.name_cells import split_names


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Aquaporin-4 (AQP-4) (WCH4)", ["Aquaporin-4", "AQP-4", "WCH4"]),
        ("Kinase (EC 2.7.1.-) (p35) [Cleaved into: X (Y)]", ["Kinase", "p35"]),
        ("1-(2-aminoethyl) thing (A (b) c)", ["1-(2-aminoethyl) thing", "A (b) c"]),
        ("Thing (3R)-3-hydroxy", ["Thing", "(3R)-3-hydroxy"]),
        ("", []),
    ],
)
def test_names_in_brackets(cell: str, names: list[str]) -> None:
    assert split_names(cell, "brackets") == names


def test_names_between_separators_and_blanks() -> None:
    assert split_names("Radix a；Rhizoma b; ", (";", "；")) == ["Radix a", "Rhizoma b"]
    assert split_names("M6PR MPR46; X", "blanks") == ["M6PR", "MPR46", "X"]
    assert split_names(" one, name ", ()) == ["one, name"]
