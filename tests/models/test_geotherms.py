import numpy as np
import pytest
from pydantic import ValidationError

from comine.errors import ModelError
from comine.models.base import kinds
from comine.models.geotherms import Geotherm, Layer, Layered, Log, Straight
from comine.physics.geotherm import thermal_conductivity
from comine.tables import Table

SURFACE = 286.15


def log(depth, temperature, below=None):
    table = Table(columns={"depth": tuple(depth), "temperature": tuple(temperature)})
    return Log(log=table, gradient_below=below)


def test_family_has_its_three_kinds():
    assert {"gradient", "layers", "log"} <= set(kinds(Geotherm))


def test_straight_line():
    got = Straight(gradient=0.03).temperature([0.0, 2000.0], SURFACE)
    assert got == pytest.approx([286.15, 346.15], abs=1e-12)


def test_layers_without_falling_conductivity_by_hand():
    layers = (
        Layer(thickness=1000.0, conductivity=2.0, heat_production=2e-6),
        Layer(thickness=500.0, conductivity=3.2, heat_production=0.0),
    )
    column = Layered(heat_flow=0.065, layers=layers, conductivity_falls=False)
    first = (0.065 * 1000 - 2e-6 * 1000**2 / 2) / 2.0
    second = (0.065 - 2e-3) * 3000 / 3.2
    expected = [SURFACE, SURFACE + first, SURFACE + first + second]
    got = column.temperature([0.0, 1000.0, 4000.0], SURFACE)
    assert got == pytest.approx(expected, abs=1e-9)


def test_falling_conductivity_steepens_the_geotherm_as_its_own_law_says():
    layer = Layer(thickness=1000.0, conductivity=3.0, heat_production=0.0)
    column = Layered(heat_flow=0.07, layers=(layer,))
    z = np.linspace(0.0, 5000.0, 5001)
    T = column.temperature(z, SURFACE)
    flux = thermal_conductivity((T[1:] + T[:-1]) / 2, 3.0) * np.diff(T) / np.diff(z)
    assert flux == pytest.approx(np.full(5000, 0.07), rel=1e-6)


def test_falling_conductivity_needs_a_conductive_rock():
    layer = Layer(thickness=1000.0, conductivity=0.3, heat_production=0.0)
    with pytest.raises(ValidationError, match="conductivity_falls = false"):
        Layered(heat_flow=0.07, layers=(layer,))
    assert Layered(heat_flow=0.07, layers=(layer,), conductivity_falls=False)


def test_log_meets_its_readings_and_the_surface():
    hole = log([500.0, 1000.0, 1500.0], [300.0, 312.0, 326.0])
    got = hole.temperature([0.0, 500.0, 1000.0, 1500.0], SURFACE)
    assert got == pytest.approx([SURFACE, 300.0, 312.0, 326.0], abs=1e-12)


def test_log_from_the_surface_ignores_the_mean_surface_temperature():
    hole = log([0.0, 1000.0], [288.0, 318.0])
    assert float(hole.temperature(500.0, SURFACE)) == pytest.approx(303.0)


def test_log_goes_on_below_by_its_gradient_only():
    hole = log([0.0, 1000.0], [288.0, 318.0], below=0.04)
    assert hole.temperature([1000.0, 1500.0], SURFACE) == pytest.approx([318.0, 338.0])
    assert hole.deepest == np.inf


def test_log_refuses_what_it_does_not_know():
    hole = log([0.0, 1000.0], [288.0, 318.0])
    assert hole.deepest == 1000.0
    with pytest.raises(ModelError, match=r"ends at 1000 m, asked for 1001 m.*gradient_below"):
        hole.temperature([200.0, 1001.0], SURFACE)


@pytest.mark.parametrize("depth", [(100.0, 50.0), (100.0, 100.0), (-5.0, 100.0)])
def test_log_must_go_down(depth):
    with pytest.raises(ValidationError, match="must rise"):
        log(depth, (288.0, 289.0))
