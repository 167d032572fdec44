"""Salt water (sodium chloride): the tables of water, corrected for the salt.

The coefficients of all corrections were compared with several independent codes, not with the
printed sources.

Sources
-------
- M. Batzle, Z. Wang, "Seismic properties of pore fluids", Geophysics 57 (1992) 1396-1408,
  equation 27b (density).
- T. Driesner, "The system H2O-NaCl. Part II", Geochim. Cosmochim. Acta 71 (2007) 4902-4919,
  equations 21-26 (enthalpy and specific heat).
- S. L. Phillips et al., "A technical databook for geothermal energy utilization", LBL-12810,
  Berkeley 1981 (viscosity).
- H. Ozbek, S. L. Phillips, "Thermal conductivity of aqueous sodium chloride solutions from 20 to
  330 °C", J. Chem. Eng. Data 25 (1980) 263-267.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from comine.physics import Array
from comine.physics.bounds import within
from comine.physics.fluid_table import FluidRange, node_states, saturation_line, splines_of
from comine.physics.fluids import Fluid, working_fluid

SPAN = FluidRange(273.16, 573.15, 100e6)
"""Range of brine."""
MOST_SALT = 0.25
"""Highest mass fraction of salt [1]."""
SALT_MASS, WATER_MASS = 0.058443, 0.018015
"""Molar masses [kg/mol]."""


class Scaling(NamedTuple):
    """Temperature of the pure water that has the enthalpy of brine."""

    temperature: Array
    """The temperature [K]."""
    slope: Array
    """Its change with the temperature of the brine [1]."""


def brine(mass_fraction: float) -> Fluid:
    r"""Liquid solution of sodium chloride in water.

    Parameters
    ----------
    mass_fraction : float
        Mass of salt over mass of solution, 0 to 0.25 [1].

    Returns
    -------
    Fluid
        The fluid, liquid from 273.16 to 573.15 K and to 100 MPa.

    Raises
    ------
    ValueError
        If the mass fraction is out of its range.

    Notes
    -----
    With the mass fraction `S`, the molality `m`, `P` in MPa and `T` in °C,

    .. math:: \rho = \rho_w + 1000 S\{0.668 + 0.44S + 10^{-6}[300P - 2400PS
              + T(80 + 3T - 3300S - 13P + 47PS)]\}

    .. math:: \mu/\mu_w = 1 + 0.0816m + 0.0122m^2 + 0.000128m^3 + 0.000629T(1 - e^{-0.7m})

    .. math:: k/k_w = 1 - (2.3434\cdot10^{-3} - 7.924\cdot10^{-6}T + 3.924\cdot10^{-8}T^2)S_\%
              + (1.06\cdot10^{-5} - 2\cdot10^{-8}T - 1.2\cdot10^{-10}T^2)S_\%^2

    with :math:`S_\% = 100S`, and `enthalpy_scaling`. Where pure water would boil, brine is refused,
    although it boils at a lower pressure.

    Density holds from 20 °C and 5 MPa, conductivity from 20 °C, viscosity from 10 °C upwards; below
    they are extrapolated. Against the fits that CoolProp has for 0 to 40 °C (incompressible MNA):
    density -0.5 to 0.3 %, specific heat 1 to 5 % higher, viscosity -1 to 5 %, conductivity -3 to
    0 %, all largest at 0 °C.

    Examples
    --------
    >>> float(brine(0.1).density(350.0, 10e6).round(1))
    1048.6
    """
    return _brine(float(within("mass_fraction", mass_fraction, 0.0, MOST_SALT)))


def enthalpy_scaling(temperature: Array, pressure: Array, mass_fraction: float) -> Scaling:
    r"""Temperature at which pure water has the enthalpy of brine.

    Parameters
    ----------
    temperature, pressure : ndarray
        State of the brine [K], [Pa].
    mass_fraction : float
        Mass of salt over mass of solution [1].

    Returns
    -------
    Scaling
        The temperature [K] and its slope [1].

    Notes
    -----
    :math:`T^* = q_1 + q_2T` in °C, with the molar fraction `x` of salt,

    .. math:: q_1 = q_{10} + q_{11}(1 - x) + q_{12}(1 - x)^2,\qquad
              q_2 = q_{20} + q_{21}\sqrt{x + q_{22}} + q_{23}x

    (Driesner 2007, valid to 1000 °C and 500 MPa); the specific heat is :math:`q_2` times that of
    water at :math:`T^*`.

    Examples
    --------
    >>> scaling = enthalpy_scaling(np.array([400.0]), np.array([2e7]), 0.1)
    >>> scaling.temperature.round(2), scaling.slope.round(4)
    (array([391.84]), array([0.9169]))
    """
    moles = mass_fraction / SALT_MASS
    x = moles / (moles + (1.0 - mass_fraction) / WATER_MASS)
    p = np.asarray(pressure) * 1e-5
    q10 = 47.9048 - 9.36994e-3 * p + 6.51059e-6 * p**2
    q11 = -32.1724 + 0.0621255 * p
    q21 = -1.69513 - 4.52781e-4 * p - 6.04279e-8 * p**2
    q22 = 0.0612567 + 1.88082e-5 * p
    pure = 0.241022 + 3.45087e-5 * p - 4.28356e-9 * p**2
    q20 = 1.0 - q21 * np.sqrt(q22)
    q23 = pure - q20 - q21 * np.sqrt(1.0 + q22)
    q1 = q10 + q11 * (1.0 - x) - (q10 + q11) * (1.0 - x) ** 2
    q2 = q20 + q21 * np.sqrt(x + q22) + q23 * x
    return Scaling(273.15 + q1 + q2 * (np.asarray(temperature) - 273.15), np.asarray(q2))


@lru_cache(maxsize=32)
def _brine(salt: float) -> Fluid:
    water = working_fluid("water", SPAN)
    liquid = [number for number, patch in enumerate(water.table.patches) if not patch.gaseous]
    patches = tuple(water.table.patches[number] for number in liquid)
    bare = water.table._replace(patches=patches, layers=())
    layers = tuple(
        _salted(salt, water, water.table.layers[number], *node_states(patch, bare))
        for number, patch in zip(liquid, patches, strict=True)
    )
    table = bare._replace(layers=layers)
    name = f"brine of {salt:g} salt"
    return Fluid(name, SPAN, table, saturation_line(table), splines_of(table))


def _salted(salt: float, water: Fluid, layers: Array, kelvin: Array, pascal: Array) -> Array:
    """Layers of brine from those of water."""
    celsius, mega = kelvin[:, None] - 273.15, pascal * 1e-6
    inner = 80.0 - 3300.0 * salt - 13.0 * mega + 47.0 * mega * salt
    salted = 300.0 * mega - 2400.0 * mega * salt + celsius * (inner + 3.0 * celsius)
    pure = np.exp(layers[0])
    density = pure + 1000.0 * salt * (0.668 + 0.44 * salt + 1e-6 * salted)
    growth = -pure * layers[5] + 1e-3 * salt * (inner + 6.0 * celsius)
    scaling = enthalpy_scaling(kelvin[:, None], pascal, salt)
    # within the range but for rounding; near saturation, water just above that of water
    warmth = np.minimum(scaling.temperature, SPAN.hottest)
    state = warmth, np.maximum(pascal, (1.0 + 1e-9) * water.saturation_pressure(warmth))
    heat = scaling.slope * water.specific_heat(*state)
    m = salt / (1.0 - salt) / SALT_MASS
    thick = 1.0 + 0.0816 * m + 0.0122 * m**2 + 0.000128 * m**3
    thick = thick + 0.000629 * celsius * (1.0 - np.exp(-0.7 * m))
    percent = 100.0 * salt
    dull = 1.0 - (2.3434e-3 - 7.924e-6 * celsius + 3.924e-8 * celsius**2) * percent
    dull = dull + (1.06e-5 - 2.0e-8 * celsius - 1.2e-10 * celsius**2) * percent**2
    return np.stack(
        [
            np.log(density),
            water.enthalpy(*state),
            np.log(heat),
            layers[3] + np.log(thick),
            layers[4] + np.log(dull),
            -growth / density,
        ]
    )
