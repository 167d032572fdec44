"""Runs of GEOPHIRES-X among the reference cases: inputs in SI, and the wells by the package.

What a case leaves out is as in the source of GEOPHIRES-X 3.11.12 (MIT licence): defaults of inputs,
points in time, the state at which the specific heat of water is taken, redrilling.
"""

from typing import NamedTuple

import numpy as np

from comine.physics.cost import drilling_cost
from comine.physics.fracture import outlet_fraction, single_fracture_fraction
from comine.physics.water import specific_heat
from comine.physics.wellbore import ramey_time_function, relaxation_length, well_temperature
from tests.cases import load_case

ZERO = 273.15
YEAR = 365 * 86400.0
UNITS = {"feet": 0.3048, "meter": 1.0, "degC": 1.0}
DEFAULTS = {
    "Ambient Temperature": 15.0,
    "End-Use Efficiency Factor": 0.9,
    "Injection Temperature": 70.0,
    "Injection Wellbore Temperature Gain": 0.0,
    "Maximum Drawdown": 1.0,
    "Plant Lifetime": 30.0,
    "Production Wellbore Temperature Drop": 5.0,
    "Reservoir Density": 2700.0,
    "Reservoir Heat Capacity": 1000.0,
    "Reservoir Thermal Conductivity": 3.0,
    "Surface Temperature": 15.0,
    "Utilization Factor": 0.9,
    "Well Drilling Cost Correlation": 10.0,
    "Well Drilling and Completion Capital Cost Adjustment Factor": 1.0,
}
PLANTS = ("subcritical_orc", "supercritical_orc", "single_flash", "double_flash")
WELLS = {1: "vertical_small", 3: "vertical_large", 10: "vertical_large_intermediate1"}


class Fractures(NamedTuple):
    count: float
    area: float
    half_spacing: float


class Run:
    """One run: its inputs, its results, and the same wells from the package's functions."""

    def __init__(self, name):
        case = load_case(f"technoeconomic/geophires_{name}")
        self.inputs, self.results = case["inputs"], case["results"]
        self.depth = self.length("Reservoir Depth", 1000.0)
        self.ambient = self.number("Ambient Temperature") + ZERO
        self.wells = self.number("Number of Production Wells", self.number("Number of Doublets", 0))
        self.flow = self.wells * self.number("Production Flow Rate per Well")
        self.utilisation = self.number("Utilization Factor")
        self.conductivity = self.number("Reservoir Thermal Conductivity")
        self.diffusivity = self.conductivity / (
            self.number("Reservoir Density") * self.number("Reservoir Heat Capacity")
        )
        self.rock = self.rock_temperature()
        self.gradient = (self.rock - ZERO - self.number("Surface Temperature")) / self.depth
        returned = self.number("Injection Temperature") + ZERO
        middle = 0.5 * returned + 0.5 * (0.9 * self.rock + 0.1 * returned)
        self.heat = float(specific_heat(middle, 1000.0 * 9.80665 * self.depth))
        self.injection = returned + self.number("Injection Wellbore Temperature Gain")
        life, self.steps = (self.number(k) for k in ("Plant Lifetime", "Time steps per year"))
        self.life, self.steps = int(life), int(self.steps)
        self.time = np.linspace(0.0, life * YEAR, self.life * self.steps)

    def number(self, name, default=None):
        if name not in self.inputs:
            return DEFAULTS[name] if default is None else default
        value, *unit = self.inputs[name].split()
        return float(value) * (UNITS[unit[0]] if unit else 1.0)

    def length(self, name, scale):
        """A length in m, of which a bare number stands for `scale` m."""
        return self.number(name) * (1.0 if len(self.inputs[name].split()) > 1 else scale)

    def value(self, group, name):
        return self.results[group][name]["value"]

    def profile(self, column, table="POWER GENERATION PROFILE"):
        """A column of a yearly table by the begin of its heading."""
        header, *rows = self.results[table]
        index = next(i for i, name in enumerate(header) if name.startswith(column))
        return np.array([row[index] for row in rows], dtype=float)

    def energy(self, column):
        """Energy of each year in J."""
        table = "HEAT AND/OR ELECTRICITY EXTRACTION AND GENERATION PROFILE"
        return self.profile(column, table) * 3.6e12

    def rock_temperature(self):
        T, left = self.number("Surface Temperature") + ZERO, self.depth
        for segment in range(1, int(self.number("Number of Segments")) + 1):
            thickness = min(left, 1000.0 * self.number(f"Thickness {segment}", np.inf))
            T, left = T + self.number(f"Gradient {segment}") * thickness / 1000.0, left - thickness
        return T

    def fractures(self):
        height = self.number("Fracture Height", 500.0)
        area = height * self.number("Fracture Width", height)
        per_well = self.number("Number of Fractures per Stimulated Well", 0.0)
        count = self.number("Number of Fractures", per_well * self.stimulated())
        option, volume = (
            self.inputs["Reservoir Volume Option"],
            self.number("Reservoir Volume", 0.0),
        )
        spacing = self.number("Fracture Separation", 0.0)
        if option == "2":
            count = volume / area / spacing + 1.0
        elif option == "3":
            spacing = volume / area / (count - 1.0)
        return Fractures(count, area, spacing / 2.0)

    def stimulated(self):
        share = self.number("Number of Injection Wells per Production Well", 1.0)
        both = "Reservoir Stimulation Capital Cost per Production Well" in self.inputs
        return np.ceil(self.wells * share) + both * self.wells

    def fraction(self):
        rock = (self.conductivity, self.diffusivity)
        if self.inputs["Reservoir Model"] == "1":
            count, area, half = self.fractures()
            return outlet_fraction(self.time, area, half, self.flow * self.heat / count, *rock)
        if self.inputs["Reservoir Model"] == "3":
            flow_per_area = self.number("Drawdown Parameter")
            return single_fracture_fraction(self.time, 1.0, flow_per_area * self.heat, *rock)
        return 1.0 - self.number("Drawdown Parameter") * self.time / YEAR

    def produced(self):
        """Temperature at the head of the production wells, with the run's redrilling."""
        bottom = self.injection + self.fraction() * (self.rock - self.injection)
        T = self.head(bottom)
        limit = ZERO + (1.0 - self.number("Maximum Drawdown")) * (T[0] - ZERO)
        low = limit > T
        return T[np.arange(len(T)) % np.argmax(low)] if low.any() else T

    def head(self, bottom):
        if self.inputs["Ramey Production Wellbore Model"] not in ("1", "True"):
            return bottom - self.number("Production Wellbore Temperature Drop")
        radius = 1.1 * self.number("Production Well Diameter") * 0.0254 / 2.0
        # the run's first point in time takes the second's exchange
        flowing = np.maximum(self.time, self.time[1]) * self.utilisation
        age = ramey_time_function(flowing, radius, self.diffusivity)
        A = relaxation_length(self.flow / self.wells * self.heat, age, self.conductivity)
        return well_temperature(self.depth, bottom, self.rock, -self.gradient, A)

    def yearly(self, power):
        """Energy of each year in J from the power at the run's points in time."""
        return power.reshape(self.life, self.steps).mean(axis=1) * YEAR * self.utilisation

    def drilling(self, length=None):
        """Cost of a well in millions of dollars, without indirect cost."""
        well = WELLS[int(self.number("Well Drilling Cost Correlation"))]
        factor = self.number("Well Drilling and Completion Capital Cost Adjustment Factor")
        return factor * float(drilling_cost(length or self.depth, well)) / 1e6
