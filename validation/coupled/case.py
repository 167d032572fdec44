"""The numbers of the coupled case; what they mean is in README.md.

Everything runs along y. A section is the plane of x (sideways) and z (upwards) [m]; temperatures
are in degC, as OpenGeoSys reads them.
"""

from typing import Any

YEAR = 365.25 * 86400.0
REPORT_YEARS = (1.0, 5.0, 10.0, 30.0)
STEPS = (24, 24, 16, 32)
"""Steps from one of those times to the next; the first stretch begins with a day and grows."""

CASE: dict[str, Any] = {
    "half_width": 100.0,
    "length": 200.0,
    "layer_tops": [-15.0, 15.0],
    "conductivity": [4.0, 3.0, 2.0],
    "capacity": [2.5e6, 2.25e6, 2.0e6],
    "rock_celsius": 60.0,
    "airway": {"radius": 2.0, "film": 15.0, "celsius": 20.0},
    "fracture": {
        "x": 25.0,
        "half_height": 40.0,
        "aperture": 1e-3,
        "flow": 1e-5,
        "inlet_celsius": 35.0,
    },
    "borehole": {
        "x": -14.0,
        "z": 6.0,
        "radius": 0.1,
        "flow": 3e-4,
        "inlet_celsius": 30.0,
    },
    "water_density": 1000.0,
    "water_specific_heat": 4200.0,
    "points": [
        [3.0, 0.0],
        [6.0, 0.0],
        [12.5, 0.0],
        [20.0, 0.0],
        [35.0, 0.0],
        [0.0, 10.0],
        [0.0, -25.0],
        [-8.0, 4.0],
        [-14.0, 10.0],
        [-40.0, 6.0],
        [35.0, 25.0],
        [30.0, -30.0],
    ],
    "point_lengths": [50.0, 100.0, 150.0],
}
"""`layer_tops`: upper ends of the lower and of the middle layer, the properties from below."""
