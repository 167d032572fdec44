"""Conformance of every branch law, and what each is of its own."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.numerics.branch_laws import (
    DarcyWeisbach,
    ErgunLaw,
    InPieces,
    LinearLaw,
    PowerLaw,
)
from comine.numerics.rises import PolynomialRise, rise_curve
from comine.physics.cubic_law import strip_pressure_drop
from comine.physics.pipe import pressure_drop
from tests.cases import case, load_case

PIPE = DarcyWeisbach(3000.0, 0.1, 5e-5, 990.0, 6e-4, loss=12.0)
CURVE = rise_curve([([0, 40, 60, 80, 120], [1200, 1500, 1400, 1100, 0])], 1.1, 1.2, 0.9)
RESISTING = {
    "square": PowerLaw(0.37),
    "power": PowerLaw(0.37, 1.62),
    "linear": LinearLaw(4.0),
    "ergun": ErgunLaw(3.0, 0.2),
    "pipe": PIPE,
    "laminar pipe": replace(PIPE, diameter=2.0, viscosity=0.5),
    "duct": replace(PIPE, area=0.01),
}
DRIVING = {"curve": CURVE, "polynomial": PolynomialRise(200.0, 30.0, -0.8, 1.1, 1.2, 0.9)}
FLOWS = np.concatenate([-np.geomspace(1e-3, 150.0, 40), np.geomspace(1e-3, 150.0, 40)])


@pytest.mark.parametrize("law", [*RESISTING.values(), *DRIVING.values()])
def test_slope_is_the_derivative_of_the_fall(law):
    step = 1e-5 * np.abs(FLOWS)
    found = (law.fall(FLOWS + step) - law.fall(FLOWS - step)) / (2 * step)
    np.testing.assert_allclose(law.slope(FLOWS), found, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("law", RESISTING.values())
def test_a_resisting_law_is_odd_and_grows(law):
    np.testing.assert_array_equal(law.fall(-FLOWS), -law.fall(FLOWS))
    np.testing.assert_array_equal(law.slope(-FLOWS), law.slope(FLOWS))
    assert np.all(np.diff(law.fall(np.sort(FLOWS))) > 0)
    assert not law.stalled(FLOWS).any()
    assert law.fall(np.zeros(1)) == 0


@pytest.mark.parametrize("law", [*RESISTING.values(), *DRIVING.values()])
def test_the_fall_has_no_jumps(law):
    flow = np.linspace(-150.0, 150.0, 300_001)
    slope = np.abs(law.slope(flow)).max()
    assert np.abs(np.diff(law.fall(flow))).max() <= 1.01 * slope * np.diff(flow).max()


def test_pipe_equals_the_function_of_physics():
    flow = np.geomspace(1e-4, 100.0, 60)  # laminar to fully rough
    law = replace(PIPE, loss=0.0)
    expected = pressure_drop(flow, 3000.0, 0.1, 5e-5, 990.0, 6e-4)
    np.testing.assert_allclose(law.fall(flow), expected, rtol=1e-12)


@case("solvers/25_network_hydraulics_cubic_law_colebrook")
def test_case_network_laws():
    data = load_case("solvers/25_network_hydraulics_cubic_law_colebrook")
    p, expected = data["parameters"], data["expected"]
    flow = np.array([expected["Q_m3_s"]])
    strip = LinearLaw(12 * p["mu"] * p["L"] / (p["w"] * p["b"] ** 3))
    assert strip.fall(flow)[0] == pytest.approx(p["dp"], rel=1e-8)
    assert strip.fall(flow)[0] == pytest.approx(
        strip_pressure_drop(flow, p["b"], p["L"], p["w"], p["mu"])[0], rel=1e-14
    )
    D, rho, mu = 0.2, 1000.0, 1e-3
    mass = np.array([p["Re"] * mu * np.pi * D / 4])
    pipe = DarcyWeisbach(1.0, D, p["eps_over_D"] * D, rho, mu)
    speed = mass / (rho * np.pi * D**2 / 4)
    factor = pipe.fall(mass) * D / (rho * speed**2 / 2)
    assert factor[0] == pytest.approx(expected["f_colebrook"], rel=1e-3)
    assert factor[0] == pytest.approx(expected["f_colebrook"], abs=1e-8)


def test_ergun_has_both_limits():
    flow = np.array([1e-6, 1e6])
    assert ErgunLaw(3.0, 0.2).fall(flow) / flow == pytest.approx([3.0, 0.2e6], rel=1e-4)


def test_curve_goes_through_its_points_and_is_held_below_them():
    law = rise_curve([([0, 40, 60, 80, 120], [1200, 1500, 1400, 1100, 0])])
    flow = np.array([-50.0, 0, 40, 60, 80, 120])
    rises = [-float(law.fall(np.array([q]))[0]) for q in flow]
    assert rises == [1200, 1200, 1500, 1400, 1100, 0]
    assert law.fall(np.array([140.0])) > 0
    assert [bool(law.stalled(np.array([q]))[0]) for q in (-1.0, 20.0, 50.0, 130.0)] == [
        True, True, False, False,
    ]  # fmt: skip


@given(st.lists(st.floats(-50.0, 50.0), min_size=2, max_size=7))
@settings(max_examples=50)
def test_curve_rises_and_falls_only_where_its_points_do(changes):
    y = np.cumsum([1000.0, *changes])
    y[-1] = min(y[-1], y[-2])
    x = np.arange(len(y)) * 10.0
    law = rise_curve([(x, y)])
    for i in range(len(y) - 1):
        rise = -np.array([law.fall(np.array([q]))[0] for q in np.linspace(x[i], x[i + 1], 21)])
        assert np.all(np.diff(rise) * np.sign(y[i + 1] - y[i]) >= -1e-9)


@pytest.mark.parametrize("law", [DRIVING["polynomial"], CURVE])
def test_similarity(law):
    """Twice the speed: twice the flow and four times the rise; the rise goes with the density."""
    flow = np.array([55.0])
    faster = replace(law, speed=2 * law.speed)
    assert faster.fall(2 * flow) == pytest.approx(4 * law.fall(flow), rel=1e-14)
    denser = replace(law, density=2 * law.density)
    assert denser.fall(2 * flow) == pytest.approx(2 * law.fall(flow), rel=1e-14)


def test_several_curves_of_unlike_length_in_one_law():
    a, b = ([0, 50, 100], [900, 800, 0]), ([0, 20, 40, 60, 80], [500, 520, 480, 300, 0])
    both = rise_curve([a, b])
    for flow in (-5.0, 10.0, 55.0, 70.0, 130.0):
        alone = [rise_curve([c]).fall(np.array([flow]))[0] for c in (a, b)]
        assert both.fall(np.full(2, flow)).tolist() == alone


def test_bad_input():
    with pytest.raises(ValueError, match=r"resistance must lie in 0\.\.inf, got -1"):
        PowerLaw(np.array([1.0, -1.0]))
    with pytest.raises(ValueError, match="resistance"):
        LinearLaw(np.nan)
    with pytest.raises(ValueError, match=r"exponent must lie in 1\.\.2, got 2\.5"):
        PowerLaw(1.0, 2.5)
    with pytest.raises(ValueError, match="diameter"):
        replace(PIPE, diameter=0.0)
    with pytest.raises(ValueError, match="roughness over diameter"):
        replace(PIPE, roughness=0.05)
    with pytest.raises(ValueError, match="branch 1: flows must be numbers that grow"):
        rise_curve([([0, 1], [1, 0]), ([0, 2, 1], [2, 1, 0])])
    with pytest.raises(ValueError, match="the rise grows at its end"):
        rise_curve([([0, 1, 2], [1, 2, 3])])
    with pytest.raises(ValueError, match="two or more pairs"):
        rise_curve([([0], [1])])
    with pytest.raises(ValueError, match="must not grow for ever"):
        PolynomialRise(100.0, 1.0, 0.0)
    with pytest.raises(ValueError, match="speed"):
        PolynomialRise(100.0, 1.0, -1.0, speed=0.0)


def test_pieces_of_a_pipe_add_to_the_whole():
    pieces = DarcyWeisbach(np.array([1000.0, 500.0, 1500.0, 70.0]), 0.1, 5e-5, 990.0, 6e-4)
    law = InPieces(pieces, np.array([0, 0, 0, 1]))
    flow = np.array([4.0, -0.3])
    for length, number in ((3000.0, 0), (70.0, 1)):
        whole = replace(PIPE, length=length, loss=0.0)
        assert law.fall(flow)[number] == pytest.approx(whole.fall(flow)[number])
        assert law.slope(flow)[number] == pytest.approx(whole.slope(flow)[number])
