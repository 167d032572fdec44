import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.report.display import figure, scale_for
from comine.units import to_si

SYMBOLS = {
    "°C": "degC",
    "µW/m³": "uW/m**3",
    "mW/m²": "mW/m**2",
    "m²": "m**2",
    "km²": "km**2",
    "km³": "km**3",
    "%": "percent",
    "W/(m·K)": "W/m/K",
    "CNY million": "MCNY",
}


@pytest.mark.parametrize(
    ("unit", "name", "value"),
    [
        ("K", "temperature", 338.15),
        ("K/m", "gradient", 0.0245),
        ("W", "cooling", 3.2e6),
        ("W", "fan_power", 650e3),
        ("J", "heat_in_place", 1.24e18),
        ("J", "cooling_energy", 3.8e14),
        ("Pa", "major_stress", 9.3e7),
        ("kg", "ore_tonnage", 2.0e10),
        ("kg", "metal", 8.4e4),
        ("m**2", "area", 4.0e6),
        ("m**3", "rock_volume", 3.0e9),
        ("1", "strata_share", 0.4),
        ("W/m**2", "heat_flow", 0.063),
        ("W/m**3", "heat_production", 2.5e-6),
        ("money", "npv", 4.85e8),
        ("money/J", "lcoh", 5.9e-8),
        ("money/J", "lcoe", 1.3e-7),
        ("money/kg", "cooling_cost", 0.021),
        ("money/kg", "breakeven_metal", 3.4e5),
        ("s", "life", 9.5e8),
    ],
)
def test_reading_back_what_is_shown_gives_the_value(unit, name, value):
    scale = scale_for(unit, name, value, "CNY")
    symbol = SYMBOLS.get(scale.symbol.en, scale.symbol.en)
    back = to_si(f"{float(scale(value))!r} {symbol}", unit, {"CNY": 1.0})
    assert back == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("name", ["rock_cooling", "section_departure"])
def test_a_temperature_difference_stays_in_kelvin(name):
    scale = scale_for("K", name, 6.0)
    assert (float(scale(6.0)), scale.symbol.en) == (6.0, "K")


def test_gold_is_graded_in_grams_and_copper_in_percent():
    assert float(scale_for("1", "ore_grade", 4.2e-6)(4.2e-6)) == pytest.approx(4.2)
    assert scale_for("1", "ore_grade", 4.2e-6).symbol.en == "g/t"
    assert scale_for("1", "ore_grade", 0.012).symbol.en == "%"


def test_scores_and_counts_are_no_shares():
    assert float(scale_for("1", "score_mid", 5.5)(5.5)) == 5.5
    assert float(scale_for("1", "worst_votes", 3.0)(3.0)) == 3.0
    assert float(scale_for("1", "rock_cells", 81234.0)(81234.0)) == 81234.0


@settings(max_examples=50)
@given(st.floats(1e-3, 1e8), st.sampled_from([1, -1]))
def test_figures_keep_their_digits(size, sign):
    back = float(figure(sign * size, 4).replace(",", "").replace("−", "-"))
    assert back == pytest.approx(sign * size, rel=5.1e-4)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (float("nan"), "–"),
        (float("inf"), "–"),
        (0.0, "0"),
        (-0.5, "−0.5000"),
        (2.5e-7, "2.500e−7"),
    ],
)
def test_figures_at_the_edges(value, shown):
    assert figure(value) == shown


def test_ore_is_mined_in_kilotonnes_a_year():
    scale = scale_for("kg/s", "rate")
    assert scale.symbol.en == "kt/a"
    assert float(scale(0.8e9 / (365.25 * 86400))) == pytest.approx(800.0)
    assert scale_for("kg/s", "flow").symbol.en == "kg/s"
