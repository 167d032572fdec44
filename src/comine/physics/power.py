"""Conversion of geothermal heat: power plants, absorption chillers and heat pumps.

Sources
-------
Beckers, K. F. & McCabe, K. (2019), Geothermal Energy 7, 5; plant coefficients as in GEOPHIRES-X
(NREL, MIT licence), read in its source.
Zarrouk, S. J. & Moon, H. (2014), Geothermics 51, 142-153.
DiPippo, R., Geothermal Power Plants (exergy, utilisation efficiency).
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comine.physics import Array
from comine.physics.bounds import require

Plant = Literal["subcritical_orc", "supercritical_orc", "single_flash", "double_flash"]
"""Type of power plant."""
Conversion = Literal["all", "single_flash", "double_flash", "binary"]
"""Group of plants in the worldwide regression."""

_ZERO_CELSIUS = 273.15
_CRITICAL_TEMPERATURE = 647.096


class PlantModel(NamedTuple):
    """Quadratics in the inlet temperature in degC at ambient 5, 15 and 25 degC."""

    efficiency: tuple[tuple[float, float, float], ...]
    """Utilisation efficiency: coefficients of degree 2, 1, 0."""
    outlet: tuple[tuple[float, float, float], ...]
    """Temperature of the brine that leaves, in degC: coefficients of degree 2, 1, 0."""
    lower_limit: float
    """Inlet temperature below which the plant is taken not to run [K]."""


PLANTS: Mapping[str, PlantModel] = {
    "subcritical_orc": PlantModel(
        ((0.0, 2.746e-3, -8.3806e-2), (0.0, 2.713e-3, -9.1841e-2), (0.0, 2.676e-3, -1.012e-1)),
        ((0.0, 0.0894, 55.6), (0.0, 0.0894, 62.6), (0.0, 0.0894, 69.6)),
        85.0 + _ZERO_CELSIUS,
    ),
    "supercritical_orc": PlantModel(
        (
            (-1.55e-5, 7.604e-3, -3.78e-1),
            (-1.499e-5, 7.4268e-3, -3.7915e-1),
            (-1.55e-5, 7.55136e-3, -4.041e-1),
        ),
        ((0.0, 0.02, 49.26), (0.0, 0.02, 56.26), (0.0, 0.02, 63.26)),
        85.0 + _ZERO_CELSIUS,
    ),
    "single_flash": PlantModel(
        (
            (-4.27318e-7, 8.65629e-4, 1.78931e-1),
            (-5.85412e-7, 9.68352e-4, 1.58056e-1),
            (-7.78996e-7, 1.09230e-3, 1.33708e-1),
        ),
        (
            (-1.11519e-3, 7.79126e-1, -10.2242),
            (-1.10232e-3, 7.83893e-1, -5.17039),
            (-1.08914e-3, 7.88562e-1, -1.89707e-1),
        ),
        150.0 + _ZERO_CELSIUS,
    ),
    "double_flash": PlantModel(
        (
            (-1.200e-6, 1.22731e-3, 2.26956e-1),
            (-1.42165e-6, 1.37050e-3, 1.99847e-1),
            (-1.66771e-6, 1.53079e-3, 1.69439e-1),
        ),
        (
            (-7.70928e-4, 5.02466e-1, 5.22091),
            (-7.69455e-4, 5.09406e-1, 11.6859),
            (-7.67751e-4, 5.16356e-1, 18.0798),
        ),
        150.0 + _ZERO_CELSIUS,
    ),
}
"""Plants by type. The lower limits are a choice: below 85 degC an organic Rankine cycle (ORC) and
below 150 degC a flash plant lie outside what the correlations were made for."""

_CONVERSION = {
    "all": (7.8795, 45.651),
    "single_flash": (8.7007, 52.335),
    "double_flash": (10.166, 61.680),
    "binary": (6.6869, 37.929),
}


class PlantState(NamedTuple):
    """Output of a power plant per mass flow of brine."""

    power: Array
    """Electric power before pumping of the wells [W per kg/s]; zero where the plant is off."""
    outlet_temperature: Array
    """Temperature of the brine that leaves [K]; that of the inlet where the plant is off."""
    running: NDArray[np.bool_]
    """Whether the inlet reaches the lower limit."""


class Chiller(NamedTuple):
    """Coefficient of performance of an absorption chiller and its kind."""

    performance: Array
    """Cold per driving heat [1]; zero where the heat is too cool."""
    effects: Array
    """1 single effect, 0.5 half effect, 0 none."""


def flow_exergy(
    enthalpy: ArrayLike,
    entropy: ArrayLike,
    dead_enthalpy: ArrayLike,
    dead_entropy: ArrayLike,
    dead_temperature: ArrayLike,
) -> Array:
    r"""Greatest work that a stream can give in reaching the state of the surroundings.

    Parameters
    ----------
    enthalpy, dead_enthalpy : array_like, shape (...)
        Specific enthalpy of the stream and of the dead state [J/kg].
    entropy, dead_entropy : array_like, shape (...)
        Specific entropy of the stream and of the dead state [J/kg/K].
    dead_temperature : array_like, shape (...)
        Temperature of the surroundings [K].

    Returns
    -------
    ndarray, shape (...)
        :math:`e = h - h_0 - T_0(s - s_0)` [J/kg].

    Raises
    ------
    ValueError
        If the temperature is not positive.

    Examples
    --------
    >>> round(float(flow_exergy(706.7e3, 2012.0, 84.0e3, 296.0, 293.15)) / 1e3, 1)
    119.7
    """
    T0 = np.asarray(dead_temperature, dtype=float)
    require(T0 > 0, "dead_temperature", T0, "values above 0 K")
    h, s = np.asarray(enthalpy, dtype=float), np.asarray(entropy, dtype=float)
    return np.asarray(h - dead_enthalpy - T0 * (s - dead_entropy))


def water_exergy(temperature: ArrayLike, ambient: ArrayLike) -> Array:
    r"""Exergy of liquid water against the ambient temperature.

    Parameters
    ----------
    temperature, ambient : array_like, shape (...)
        Temperature of the water and of the surroundings [K].

    Returns
    -------
    ndarray, shape (...)
        Exergy [J/kg].

    Raises
    ------
    ValueError
        If the water is colder than the surroundings or above its critical point.

    Notes
    -----
    :math:`\int_{T_0}^{T} c\,(1 - T_0/T)\,dT` with a specific heat quadratic in T, in British
    units: :math:`c = 4.04165 - 0.01204\,T + 1.605\times10^{-5}\,T^2`, times 2.2046/947.83 for
    MJ/kg. GEOPHIRES ("availability of water"). Within 3 % of the equation of state for
    60-200 degC.

    Examples
    --------
    >>> round(float(water_exergy(440.23, 293.15)))
    117164
    """
    T, T0 = np.asarray(temperature, dtype=float), np.asarray(ambient, dtype=float)
    require(T0 > 0, "ambient", T0, "values above 0 K")
    require(T >= T0, "temperature", T, "water not colder than the surroundings")
    require(T < _CRITICAL_TEMPERATURE, "temperature", T, "water below its critical point, 647 K")
    A, B, C = 4.04165, -0.01204, 1.605e-5
    heat = (A - B * T0) * (T - T0) + (B - C * T0) / 2 * (T**2 - T0**2) + C / 3 * (T**3 - T0**3)
    return np.asarray((heat - A * T0 * np.log(T / T0)) * 2.2046e6 / 947.83)


def utilisation_efficiency(temperature: ArrayLike, ambient: ArrayLike, plant: Plant) -> Array:
    """Share of the exergy of the brine that a plant turns into power.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature of the brine at the inlet [K].
    ambient : array_like, shape (...)
        Ambient temperature [K], 278.15 to 298.15.
    plant : {"subcritical_orc", "supercritical_orc", "single_flash", "double_flash"}
        Type of plant.

    Returns
    -------
    ndarray, shape (...)
        Utilisation efficiency [1]. GEOPHIRES: quadratics at 5, 15 and 25 degC, linear between.

    Raises
    ------
    ValueError
        If the plant is unknown or the ambient temperature lies outside the correlation.

    Examples
    --------
    >>> round(float(utilisation_efficiency(440.23, 293.15, "supercritical_orc")), 4)
    0.4341
    """
    return _between(temperature, ambient, _model(plant).efficiency)


def plant_state(
    temperature: ArrayLike, ambient: ArrayLike, plant: Plant, lower_limit: float | None = None
) -> PlantState:
    """Power per mass flow of brine, and none below a lower limit of temperature.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Temperature of the brine at the inlet [K].
    ambient : array_like, shape (...)
        Ambient temperature [K], 278.15 to 298.15.
    plant : {"subcritical_orc", "supercritical_orc", "single_flash", "double_flash"}
        Type of plant.
    lower_limit : float, optional
        Lowest inlet temperature at which the plant runs [K]; by default that of `PLANTS`.

    Returns
    -------
    PlantState
        Power [W per kg/s], outlet temperature [K] and whether it runs, shape (...). Pumping of
        the wells and of the mine is not subtracted.

    Raises
    ------
    ValueError
        If the plant is unknown, the ambient temperature lies outside the correlation, or a plant
        that runs has no efficiency above 0.

    Notes
    -----
    Power is exergy times utilisation efficiency. The ranges of the fits are not printed; up to
    200 degC the power grows with temperature and obeys the second law. The supercritical fit
    falls beyond about 245 degC.

    Examples
    --------
    >>> plant_state([340.0, 440.23], 293.15, "supercritical_orc").power.round()
    array([    0., 50858.])
    """
    T, T0 = np.broadcast_arrays(np.asarray(temperature, float), np.asarray(ambient, float))
    model = _model(plant)
    limit = model.lower_limit if lower_limit is None else lower_limit
    running = np.asarray(limit <= T)
    inlet = np.where(running, T, T0)
    efficiency = utilisation_efficiency(T, T0, plant)
    require(
        (efficiency > 0) | ~running,
        "temperature",
        T,
        f"inlets at which a {plant} has an efficiency",
    )
    power = np.where(running, water_exergy(inlet, T0) * efficiency, 0.0)
    outlet = _between(T, T0, model.outlet) + _ZERO_CELSIUS
    return PlantState(power, np.where(running, outlet, T), running)


def thermal_efficiency(enthalpy: ArrayLike, plants: Conversion = "all") -> Array:
    r"""Efficiency of existing plants by the enthalpy of the reservoir fluid.

    Parameters
    ----------
    enthalpy : array_like, shape (...)
        Enthalpy of the fluid [J/kg], 350 kJ/kg or more.
    plants : {"all", "single_flash", "double_flash", "binary"}
        Group of plants; single flash includes dry steam.

    Returns
    -------
    ndarray, shape (...)
        Power over heat of the fluid above 0 degC [1].

    Raises
    ------
    ValueError
        If the group is unknown or the enthalpy is below 350 kJ/kg, where the fit loses its sense.

    Notes
    -----
    :math:`\eta = (a\ln h - b)/100` with h in kJ/kg. Zarrouk & Moon (2014), 94 plants; coefficients
    recalled, not verified against the printed source.

    Examples
    --------
    >>> round(float(thermal_efficiency(700e3)), 5)
    0.05968
    """
    if plants not in _CONVERSION:
        raise ValueError(f"plants: got {plants!r}; give {', '.join(_CONVERSION)}")
    h = np.asarray(enthalpy, dtype=float)
    require(h >= 350e3, "enthalpy", h, "350 kJ/kg or more")
    slope, offset = _CONVERSION[plants]
    return np.asarray((slope * np.log(h / 1e3) - offset) / 100)


def absorption_chiller(driving_temperature: ArrayLike) -> Chiller:
    """Cold that a lithium-bromide chiller makes of heat, by the temperature of the heat.

    Parameters
    ----------
    driving_temperature : array_like, shape (...)
        Temperature of the driving water at the inlet [K].

    Returns
    -------
    Chiller
        Coefficient of performance [1] and kind, shape (...).

    Notes
    -----
    Piecewise: none below 60 degC; half effect 0.30 at 60 to 0.40 at 75 degC, then constant; single
    effect 0.65 at 80 to 0.75 at 95 degC, then constant (double effect, from about 150 degC, is not
    offered). Range of single effect read in an abstract, half effect recalled: both stand for
    chilled water of 7 degC and heat rejection at about 30 degC, and both vary by a tenth.

    Examples
    --------
    >>> absorption_chiller([323.15, 343.15, 363.15]).performance.round(3)
    array([0.   , 0.367, 0.717])
    """
    T = np.asarray(driving_temperature, dtype=float) - _ZERO_CELSIUS
    half = np.interp(T, [60.0, 75.0], [0.30, 0.40])
    single = np.interp(T, [80.0, 95.0], [0.65, 0.75])
    performance = np.select([T >= 80.0, T >= 60.0], [single, half], 0.0)
    return Chiller(performance, np.select([T >= 80.0, T >= 60.0], [1.0, 0.5], 0.0))


def heat_pump_performance(source: ArrayLike, sink: ArrayLike, carnot_share: ArrayLike) -> Array:
    r"""Heat delivered per power of a heat pump.

    Parameters
    ----------
    source, sink : array_like, shape (...)
        Temperatures between which it works [K], the sink being the warmer.
    carnot_share : array_like, shape (...)
        Share of the ideal coefficient [1], above 0 to 1; machines reach 0.4 to 0.6.

    Returns
    -------
    ndarray, shape (...)
        :math:`\zeta\,T_h/(T_h - T_c)` [1], not below 1: a share that small is refused.

    Raises
    ------
    ValueError
        If the temperatures are in the wrong order or the share is out of range.

    Examples
    --------
    >>> round(float(heat_pump_performance(288.15, 333.15, 0.5)), 4)
    3.7017
    """
    cold, hot = np.asarray(source, dtype=float), np.asarray(sink, dtype=float)
    share = np.asarray(carnot_share, dtype=float)
    require(cold > 0, "source", cold, "values above 0 K")
    require(hot > cold, "sink", hot, "temperatures above the source")
    require((share > 0) & (share <= 1), "carnot_share", share, "values above 0 up to 1")
    performance = share * hot / (hot - cold)
    require(performance > 1, "carnot_share", share, "a share that lets the pump beat plain heating")
    return np.asarray(performance)


def _model(plant: Plant) -> PlantModel:
    if plant not in PLANTS:
        raise ValueError(f"plant: got {plant!r}; give {', '.join(PLANTS)}")
    return PLANTS[plant]


def _between(
    temperature: ArrayLike, ambient: ArrayLike, table: tuple[tuple[float, float, float], ...]
) -> Array:
    """Quadratics in temperature at the three ambient temperatures, linear between them."""
    T = np.asarray(temperature, dtype=float) - _ZERO_CELSIUS
    T0 = np.asarray(ambient, dtype=float)
    require((T0 >= 278.15) & (T0 <= 298.15), "ambient", T0, "values of 278.15 to 298.15 K")
    cold, mild, warm = (np.polyval(row, T) for row in table)
    share = (T0 - 288.15) / 10.0
    return np.asarray(mild + np.where(share < 0, share * (mild - cold), share * (warm - mild)))
