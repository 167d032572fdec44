import numpy as np
import pytest

from comine.models.geotherms import Straight
from comine.models.heat_systems import FracturedZone
from comine.models.rock import Rock
from comine.models.site import Block, Site, Stress
from comine.underground.balance import Account, water_account
from comine.underground.circulation import circulate, rock_cooling

ROCK = Rock(
    conductivity=3.0,
    density=2700.0,
    heat_capacity=850.0,
    young_modulus=5e10,
    poisson_ratio=0.25,
    expansion=8e-6,
    strength=1.5e8,
    tensile_strength=1e7,
)
SITE = Site(
    longitude=120.0,
    latitude=37.0,
    position_uncertainty=0.0,
    surface_temperature=286.0,
    geotherm=Straight(gradient=0.03),
    rock=ROCK,
    stress=Stress(vertical_gradient=27e3, major_ratio=1.4, minor_ratio=1.0),
    block=Block(area=1e6, top=1000.0, bottom=2000.0, reference_temperature=288.0, recovery=0.05),
)
ZONE = {
    "flow": 30.0,
    "inlet_temperature": 300.0,
    "depth": 3000.0,
    "pump_efficiency": 0.7,
    "length": 400.0,
    "height": 200.0,
    "spacing": 20.0,
    "fractures": 30,
    "swept_share": 1.0,
    "aperture": 5e-4,
    "bore_diameter": 0.2,
}
WELLS = FracturedZone(**ZONE, reached_by="wells")
RISER = FracturedZone(**ZONE, reached_by="roadway", hole_length=100.0, riser_conductance=0.5)


def run(system, start=24, months=120):
    return circulate(SITE, system, system.install("zone"), start, months)


@pytest.mark.parametrize("system", [WELLS, RISER], ids=["wells", "riser"])
def test_water_account_closes_though_its_terms_are_found_apart(system):
    account = water_account("zone", run(system))
    assert account.residual < 1e-6
    loss = account.rows["zone: lost on the way up"]
    assert loss < 0 and abs(loss) > 1e-4 * account.rows["zone: heat from the rock"]


def test_nothing_flows_before_the_start():
    result = run(WELLS)
    for values in (result.rock_heat, result.heat, result.pump_power):
        assert (values[:24] == 0).all() and (values[24:] > 0).all()
    assert (result.outlet[:24] == 300.0).all()


def test_water_comes_up_colder_than_the_rock_and_warms_the_well():
    result = run(WELLS)
    loss = result.way_loss[24:] / result.rock_heat[24:]
    assert (result.outlet[24:] < result.ground.temperature).all()
    assert loss[0] > loss[-1] > 0


def test_pumps_follow_the_pressure():
    installed = WELLS.install("zone")
    expected = installed.pressure_loss * 30.0 / 985.0 / 0.7
    assert run(WELLS).pump_power[-1] == pytest.approx(expected)


def test_rock_near_the_zone_cools_later_than_the_start():
    installed, result = WELLS.install("zone"), run(WELLS)
    drop = rock_cooling({"zone": (installed, result)}, 120)
    fall = drop(np.array([[0.0, 0.0, 3000.0], [0.0, 400.0, 3000.0]]), slice(0, 120))
    assert (fall[:, :18] == 0).all()  # yearly means are read linearly from one middle to the next
    assert (np.diff(fall[0]) >= 0).all() and fall[0, -1] > 1.0
    assert fall[1, -1] < 0.1
    mean = result.rock_heat.sum() * 2629800.0 / (installed.rock_volume * 2700.0 * 850.0)
    assert fall[0, -1] == pytest.approx(mean, rel=0.1)  # the middle falls as the mean of the box


def test_no_system_no_fall():
    fall = rock_cooling({}, 24)(np.zeros((2, 3)), slice(0, 24))
    assert fall.shape == (2, 24) and (fall == 0).all()


def test_residual_is_what_is_left_over_what_moved():
    assert Account("x", {"in": 10.0, "out": -9.0}).residual == pytest.approx(1 / 9.5)
    assert Account("x", {"in": 0.0}).residual == 0.0
