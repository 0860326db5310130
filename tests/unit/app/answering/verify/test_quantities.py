"""Numbers with units, brought to one form."""

from pathlib import Path

import pytest

from app.answering.verify.quantities import quantities, same
from kg.errors import InvalidOntology
from kg.ontology import load_domain
from kg.served_subject import serving


def missing(claim: str, evidence: str) -> tuple[str, ...]:
    """Quantities of the claim that the evidence does not hold, as written."""
    known = quantities(evidence)
    return tuple(q.text for q in quantities(claim) if not any(same(q, k) for k in known))


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("10.5 µm/min", "10.5 um/min"),
        ("10.5 micrometers per minute", "a velocity of 10.5 μm/min"),
        ("增加了60%", "a 60 % increase"),
        ("增加了百分之六十", "a 60% increase"),
        ("三倍", "threefold"),
        ("1.2×10⁻⁶ cm²/s", "1.2 x 10(-6) cm2/s"),
        ("7.60±4.18×10(-5) s(-1)", "(7.60±4.18)×10(-5) s(-1)"),
        ("(3.38±1.07)×10(-4) mm", "(3.38+-1.07)×10(-4) mm"),
        ("92.5%-93.3%", "92.5-93.3%"),
        ("0.5 mg", "500 µg"),
        ("两小时", "120 min"),
        ("8.0±2.1 v/v%", "8.0 ± 2.1 v/v%"),
        ("1,200 patients", "1200 patients"),
        ("AQP4 and 7T", "nothing with numbers"),
        ("6.8至16.8小时", "6.8 to 16.8 hours"),
        ("about 20% of brain tissue", "approximately 20% of the tissue"),
    ],
)
def test_what_is_told_otherwise_is_the_same(claim: str, evidence: str) -> None:
    wanted = [q for q in quantities(claim) if q.kind != "field"]
    assert [t for t in missing(claim, evidence) if any(q.text == t for q in wanted)] == []


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("60%", "a 90% increase"),
        ("10.5 mm/min", "10.5 µm/min"),
        ("5 mg", "5 ml"),
        ("四十例", "forty-one"),
        ("2 hours", "2 days"),
        ("32%", "no figure"),
    ],
)
def test_another_number_or_unit_is_missing(claim: str, evidence: str) -> None:
    assert missing(claim, evidence)


@pytest.mark.parametrize("huge", ["1e+400 mg", "9" * 400 + " mg", "2 x 10^400 mg", "1 x 10^99 e+400 mg"])
def test_a_number_beyond_all_floats_is_itself_and_no_other(huge: str) -> None:
    assert missing(f"{huge} were given", f"a dose of {huge}") == ()
    assert missing(f"{huge} were given", "a dose of 5 mg") != ()
    assert missing("5 mg were given", f"a dose of {huge}") == ("5 mg",)


def test_digits_in_names_are_no_quantities() -> None:
    assert quantities("AQP4, S100beta, PM-12164385 and Abeta42") == ()


_PHYSICS = load_domain("alevel_physics").folder


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("a resistor of 100 kΩ", "resistance", 1e5),
        ("(650 ± 40) nm", "length", 650.0),
        ("an energy of 2.28 eV", "energy", 2.28),
        ("5.51 × 10¹⁴ Hz", "frequency", 5.51e14),
        ("电阻为 4.7 千欧", "resistance", 4700.0),
        ("900 J kg⁻¹ K⁻¹", "energy^1 mass^-1 temperature^-1", 900 * 6.242e18 / 1000),
    ],
)
def test_a_subject_brings_units_of_its_own(text: str, kind: str, value: float) -> None:
    with serving(_PHYSICS):
        found = quantities(text)[0]
    assert found.kind == kind
    assert found.value == pytest.approx(value)


def test_compound_units_are_compared_as_a_whole() -> None:
    with serving(_PHYSICS):
        assert missing("200 m/s", "a speed of 720 km/h") == ()
        assert missing("200 m/s", "a speed of 200 m s⁻¹") == ()
        assert missing("200 m/s", "a speed of 200 km/s") == ("200 m/s",)
        assert missing("25 m²", "an area of 25 cm²") == ("25 m2",)


def test_units_of_another_subject_are_gone_when_it_is_no_longer_served() -> None:
    with serving(_PHYSICS):
        assert quantities("3 N")[0].kind == "force"
    assert quantities("3 N")[0].kind == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "units: {length: {ell: long}}\n",
            r"lexicon.yaml:1: units.length.ell is wrong, input should be a .* number",
        ),
        ("units:\n  length: {ell: 0}\n", r"lexicon.yaml:2: units.length.ell is wrong, input should be greater than 0"),
        ("unit: {}\n", r"lexicon.yaml:1: unit is not known; remove it"),
    ],
)
def test_wrong_units_of_a_subject_say_where_they_are_wrong(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "lexicon.yaml").write_text(text, "utf-8")
    with serving(tmp_path), pytest.raises(InvalidOntology, match=told):
        quantities("2 ell")
