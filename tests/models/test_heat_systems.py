import numpy as np
import pytest
from pydantic import ValidationError

from comine.models.heat_systems import FanBoreholes, FracturedZone
from comine.physics.cubic_law import strip_pressure_drop

WATER = {"flow": 20.0, "inlet_temperature": 295.0, "depth": 1800.0, "pump_efficiency": 0.7}
FAN = WATER | {
    "roadway": 500.0,
    "roadway_area": np.pi * 6.25,
    "ring_spacing": 20.0,
    "holes": 12,
    "hole_length": 100.0,
    "hole_diameter": 0.13,
    "resistance": 0.08,
    "tube_diameter": 0.04,
}
ZONE = WATER | {
    "reached_by": "wells",
    "length": 400.0,
    "height": 200.0,
    "spacing": 20.0,
    "fractures": 30,
    "swept_share": 0.5,
    "aperture": 5e-4,
    "bore_diameter": 0.2,
}


def test_a_fan_has_its_rings_and_holes():
    """312 holes of 100 m from a roadway of 500 m: the fan of reference case B01."""
    built = FanBoreholes(**FAN).install("fan")
    assert built.openings.total_length("borehole", "fan") == pytest.approx(31200.0)
    assert built.exchanger.length == pytest.approx(31200.0)
    assert built.openings.total_length("drift", "fan") == 500.0
    assert built.exchange_area == pytest.approx(np.pi * 0.13 * 31200.0)
    assert not built.wells


def test_a_zone_is_a_box_between_two_wells():
    built = FracturedZone(**ZONE).install("zone")
    assert built.rock_volume == pytest.approx(400.0 * 200.0 * 600.0)
    assert built.exchange_area == pytest.approx(2 * 30 * 0.5 * 400.0 * 200.0)
    assert built.openings.total_length("well", "zone") == 2 * 1800.0
    assert [well.name for well in built.wells] == ["zone injection", "zone production"]
    fracture = strip_pressure_drop(20.0 / 985.0 / 30, 5e-4, 400.0, 100.0, 4.5e-4)
    assert built.pressure_loss > float(fracture)


def test_narrow_fractures_take_more_pressure():
    wide = FracturedZone(**ZONE).install("zone").pressure_loss
    narrow = FracturedZone(**ZONE | {"aperture": 1e-4}).install("zone").pressure_loss
    assert narrow > 5 * wide


def test_a_zone_from_a_roadway_has_holes_and_no_wells():
    built = FracturedZone(**ZONE | {"reached_by": "roadway", "hole_length": 300.0}).install("zone")
    assert built.openings.total_length("borehole", "zone") == 600.0
    assert not built.wells


@pytest.mark.parametrize(
    ("kind", "given", "fault"),
    [
        (FanBoreholes, FAN | {"ring_spacing": 900.0}, "ring_spacing must not exceed"),
        (FanBoreholes, FAN | {"tube_diameter": 0.2}, "tube_diameter must be below"),
        (FracturedZone, ZONE | {"hole_length": 10.0}, "give hole_length with"),
        (FracturedZone, ZONE | {"reached_by": "roadway"}, "give hole_length with"),
        (FracturedZone, ZONE | {"height": 9e3}, "above the surface"),
    ],
)
def test_faults_are_named(kind, given, fault):
    with pytest.raises(ValidationError, match=fault):
        kind(**given)
