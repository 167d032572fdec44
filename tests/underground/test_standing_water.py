"""Water of circuits in rock of 240 °C: heat content, weight and accounts against CoolProp."""

import numpy as np
import pytest
from CoolProp.CoolProp import PropsSI
from scipy.integrate import solve_ivp

from comine.models.geotherms import Straight
from comine.models.heat_systems import FracturedZone
from comine.underground.balance import water_account
from comine.underground.operation import System, circulations, prepare
from comine.underground.standing_water import standing_water
from tests.underground.test_circulation import SITE, ZONE

GRAVITY = 9.80665
HOT = SITE.model_copy(update={"geotherm": Straight(gradient=0.0758)})
SMALL = ZONE | {"flow": 6.0, "fractures": 3}


def of_water(name, kelvin, pressure):
    return PropsSI(name, "T", kelvin, "P", pressure, "Water")


@pytest.fixture(scope="module", params=["wells", "roadway"])
def operation(request):
    more = {"hole_length": 100.0, "riser_conductance": 0.5} if request.param == "roadway" else {}
    system = FracturedZone(**(SMALL | more), reached_by=request.param)
    systems = {"zone": System(system, system.install("zone"), 1)}
    return prepare(HOT, 12, systems, None, cells=30_000)


@pytest.fixture(scope="module")
def found(operation):
    return circulations(operation, operation.run())["zone"]


def test_gain_of_content_from_25_to_240_degrees_is_that_of_enthalpy(measured):
    water = standing_water(513.15)
    gain = water.content(513.15, 0.0) - water.content(298.15, 0.0)
    exact = of_water("H", 513.15, water.top_pressure) - of_water("H", 298.15, water.top_pressure)
    what = "heat of a study's water from 25 to 240 °C"
    measured.deviation("engine", what, "CoolProp", gain / exact - 1, 1e-5, "")
    assert gain > 1.03 * 4186.0 * (513.15 - 298.15)


def test_temperature_is_the_inverse_of_content():
    water, kelvin = standing_water(513.15), np.linspace(280.0, 520.0, 40)
    for depth in (0.0, 3000.0):
        assert water.temperature(water.content(kelvin, depth), depth) == pytest.approx(kelvin)
    table = water.contents(np.tile([0.0, 3000.0], 20))
    found = table.warmth(water.content(kelvin, np.tile([0.0, 3000.0], 20))).temperature
    assert np.abs(found - kelvin).max() < 1e-3


def test_rock_too_hot_for_liquid_water_is_refused():
    with pytest.raises(ValueError, match="temperature of boiling water"):
        standing_water(640.0)


def test_heat_at_the_surface_is_the_gain_of_enthalpy(operation, found):
    pressure = operation.circuits["zone"].water.top_pressure
    assert found.outlet[-1] > 273.15 + 150
    gain = of_water("H", found.outlet[1:], pressure) - of_water("H", 300.0, pressure)
    assert found.heat[1:] == pytest.approx(6.0 * gain, rel=1e-3)
    assert found.heat[0] == 0.0
    assert found.pump_power[0] == 0.0
    assert water_account("zone", found).residual < 1e-4


def test_buoyancy_is_the_difference_of_two_columns(operation, measured):
    laid, depth = operation.circuits["zone"], 3000.0
    volumes = len(laid.depth)
    cold = np.full((1, volumes), 300.0)
    assert laid.buoyancy(cold, 300.0, np.array([300.0])) == pytest.approx(0.0, abs=1e-3)
    kelvin = cold.copy()
    kelvin[:, laid.well :] = 480.0
    found = laid.buoyancy(kelvin, 300.0, np.array([480.0]))

    def bottom(warm):
        def gradient(z, p):
            return [GRAVITY * of_water("D", warm, p[0])]

        return solve_ivp(gradient, (0, depth), [laid.water.top_pressure], rtol=1e-6).y[0, -1]

    error = found[0] / (bottom(300.0) - bottom(480.0)) - 1
    what = "buoyancy of a study's wells, 3,000 m"
    measured.deviation("engine", what, "integration with CoolProp", error, 1.5e-2)


def test_the_thermosiphon_spares_the_pump(operation, found):
    system, installed, _ = operation.systems["zone"]
    whole = installed.pressure_loss * system.flow / 985.0 / system.pump_efficiency
    assert np.all(found.pump_power[1:] < whole)
