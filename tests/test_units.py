"""Text with a unit comes in, SI comes out; what cannot be read is refused in words."""

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from scipy.stats import lognorm, norm

from comine.units import (
    SHAPES,
    Distribution,
    Fraction,
    Length,
    MassPrice,
    Reading,
    Source,
    Temperature,
    to_si,
)


class Numbers(BaseModel):
    depth: Length = 0.0
    share: Fraction = 0.0
    price: MassPrice = 0.0
    heat: Temperature = 0.0


def read(reading=None, **values):
    return Numbers.model_validate(values, context=reading)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("3.2 km", "m", 3200.0),
        ("65 degC", "K", 338.15),
        ("-40 degF", "K", 233.15),
        ("5 degC", "delta_degC", 5.0),
        ("5 K", "delta_degC", 5.0),
        ("32 K/km", "K/m", 0.032),
        ("32 degC/km", "K/m", 0.032),
        ("27 MPa/km", "Pa/m", 27e3),
        ("71.8 mW/m**2", "W/m**2", 0.0718),
        ("2 uW/m^3", "W/m**3", 2e-6),
        ("0.4 kt/year", "kg/s", 0.4e6 / (365.25 * 86400)),
        ("4.52 g/t", "1", 4.52e-6),
        ("30%", "1", 0.3),
        ("30 %", "1", 0.3),
        ("0.25", "1", 0.25),
        ("1 tce", "J", 29.3076e9),
        ("2 year", "s", 2 * 365.25 * 86400),
        ("1/K", "1/K", None),
        ("8e-6 1/K", "1/K", 8e-6),
        ("2 km²", "m**2", 2e6),
    ],
)
def test_reads_what_engineers_write(text, unit, expected):
    if expected is None:
        with pytest.raises(ValueError, match="not a number with a unit"):
            to_si(text, unit)
    else:
        assert to_si(text, unit) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "unit", "said"),
    [
        ("3200", "m", "no unit; write e.g. '12 m'"),
        ("3200m", "m", "not a number with a unit"),
        ("3,200 m", "m", "not a number with a unit"),
        ("", "m", "not a number with a unit"),
        ("12 degc", "K", "did you mean 'degC'"),
        ("12 MPA", "Pa", "did you mean 'MPa'"),
        ("12 kg", "m", "'kg' does not convert to m"),
        ("40 L/s", "kg/s", "'L/s' does not convert to kg/s"),
        ("nan m", "m", "not a finite number"),
        ("inf m", "m", "not a finite number"),
        ("1e400 m", "m", "not a finite number"),
        ("1 __import__('os')", "m", "is not a unit"),
        ("1 m**99999999", "m", "is not a unit"),
    ],
)
def test_says_what_is_wrong(text, unit, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        to_si(text, unit)


@given(st.text(max_size=40))
@settings(max_examples=50)
def test_any_text_is_read_or_refused_with_a_value_error(text):
    try:
        value = to_si(f"1 {text}", "m")
    except ValueError:
        return
    assert math.isfinite(value)


FACTORS = {"m": 1.0, "km": 1e3, "mm": 1e-3, "ft": 0.3048, "inch": 0.0254}


@given(
    st.floats(-1e9, 1e9, allow_nan=False, allow_subnormal=False),
    st.sampled_from(sorted(FACTORS)),
)
@settings(max_examples=50)
def test_lengths_scale_by_their_unit(value, unit):
    assert to_si(f"{value!r} {unit}", "m") == pytest.approx(value * FACTORS[unit], rel=1e-12)


@given(st.floats(-200, 2000), st.floats(-200, 2000))
@settings(max_examples=50)
def test_temperatures_shift_and_differences_do_not(first, second):
    ends = to_si(f"{first!r} degC", "K"), to_si(f"{second!r} degC", "K")
    assert ends[0] == pytest.approx(first + 273.15)
    assert ends[0] - ends[1] == pytest.approx(
        to_si(f"{first!r} K", "delta_degC") - to_si(f"{second!r} degC", "delta_degC"), abs=1e-9
    )


def test_currencies_convert_by_the_given_rates():
    rates = {"CNY": 1.0, "USD": 7.1}
    assert to_si("2 USD/t", "money/kg", rates) == pytest.approx(2 * 7.1 / 1000)
    assert to_si("12 kCNY/m", "money/m", rates) == pytest.approx(12e3)
    assert to_si("3 MUSD", "money", rates) == pytest.approx(21.3e6)
    assert to_si("0.65 CNY/kWh", "money/J", rates) == pytest.approx(0.65 / 3.6e6)
    with pytest.raises(ValueError, match=r"no exchange rate for EUR \(known: CNY, USD\)"):
        to_si("1 EUR/t", "money/kg", rates)
    with pytest.raises(ValueError, match="more than one currency"):
        to_si("1 EUR/USD", "1", rates)


def test_a_file_must_write_units_and_python_need_not():
    file = Reading("x.toml")
    assert read(depth=12).depth == 12.0
    assert read(Reading("", needs_units=False), depth=12).depth == 12.0
    assert read(file, share=0.5).share == 0.5
    with pytest.raises(ValidationError, match="no unit; write the unit"):
        read(file, depth=12)


@pytest.mark.parametrize("value", [True, [1], None, float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValidationError):
        read(depth=value)


def test_a_number_keeps_its_source():
    table = {"value": "3 km", "source": "hole ZK-12", "year": 2021, "label": "measured"}
    reading = Reading("x.toml")
    assert read(reading, depth=table).depth == 3000.0
    assert reading.sources == {id(table): Source(source="hole ZK-12", year=2021, label="measured")}
    assert reading.distributions == {}


@pytest.mark.parametrize(
    ("table", "central", "bounds"),
    [
        ({"between": ["1 km", "3 km"]}, 2000, (1000, 3000)),
        ({"triangular": ["1 km", "1.2 km", "3 km"]}, 1200, (1000, 3000)),
        ({"normal": ["1 km", "100 m"]}, 1000, tuple(norm(1000, 100).ppf([0.05, 0.95]))),
        (
            {"lognormal": ["1 km", "1.5"]},
            1000,
            tuple(lognorm(math.log(1.5), scale=1000).ppf([0.05, 0.95])),
        ),
    ],
)
def test_distributions_give_their_central_value_and_bounds(table, central, bounds):
    reading = Reading("x.toml")
    assert read(reading, depth=table).depth == pytest.approx(central)
    found = reading.distributions[id(table)]
    assert found.shape in SHAPES
    assert found.central == pytest.approx(central)
    assert found.bounds == pytest.approx(bounds, rel=1e-4)


def test_the_spread_of_a_temperature_is_a_difference():
    table = {"normal": ["60 degC", "2 K"]}
    reading = Reading("x.toml")
    assert read(reading, heat=table).heat == pytest.approx(333.15)
    assert reading.distributions[id(table)] == Distribution(
        shape="normal", parameters=(333.15, 2.0)
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"between": ["3 km", "1 km"]}, "must rise"),
        ({"between": ["1 km", "1 km"]}, "must rise"),
        ({"between": ["1 km"]}, "wants a list of 2"),
        ({"triangular": "1 km"}, "wants a list of 3"),
        ({"normal": ["1 km", "-1 m"]}, "must be positive"),
        ({"lognormal": ["-1 km", "2"]}, "positive median"),
        ({"lognormal": ["1 km", "0.5"]}, "above 1"),
        ({"between": ["1 km", "2 kg"]}, "does not convert"),
        ({"source": "x"}, "exactly one of"),
        ({"value": "1 m", "between": ["1 m", "2 m"]}, "exactly one of"),
        ({"betwen": ["1 m", "2 m"]}, "did you mean 'between'"),
        ({"value": "1 m", "label": "guess"}, "label"),
        ({}, "exactly one of"),
    ],
)
def test_bad_tables_of_a_number_are_refused(table, said):
    with pytest.raises(ValidationError, match=said):
        read(Reading("x.toml"), depth=table)
