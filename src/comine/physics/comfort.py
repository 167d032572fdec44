r"""Thermal Work Limit: the metabolic rate that people can sustain in the air of a mine.

Sources
-------
Brake, D. J. & Bates, G. P. (2002). Limiting metabolic rate (thermal work limit) as an index of
thermal stress. Appl. Occup. Environ. Hyg. 17(3), 176-186. Its equations were read in a public
implementation that cites them by number, not in print; they reproduce its table 1.
"""

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.air import saturation_pressure

__all__ = ["thermal_work_limit"]

_ICE_POINT = 273.15
_CORE = _ICE_POINT + 38.2  # limit of the deep body temperature [K]
_SWEAT_LIMIT = 0.67 / 3600.0  # [kg/m2/s]
_SWEAT_LATENT = 2430e3
_LEWIS = 16.5e-3  # [K/Pa]
_PSYCHROMETER = 6.6e-4  # aspirated [1/K]
_BISECTIONS = 50


def thermal_work_limit(
    temperature: ArrayLike,
    wet_bulb: ArrayLike,
    radiant_temperature: ArrayLike,
    air_speed: ArrayLike,
    pressure: ArrayLike,
    clothing_resistance: ArrayLike = 0.35 * 0.155,
    clothing_permeability: ArrayLike = 0.45,
) -> Array:
    r"""Largest metabolic rate that acclimatised, hydrated people can sustain.

    Parameters
    ----------
    temperature : array_like, shape (...)
        Dry-bulb temperature [K].
    wet_bulb : array_like, shape (...)
        Ventilated wet-bulb temperature [K].
    radiant_temperature : array_like, shape (...)
        Mean radiant temperature [K].
    air_speed : array_like, shape (...)
        Air speed at the body [m/s], above 0; the index is meant for 0.2 m/s and more.
    pressure : array_like, shape (...)
        Pressure [Pa].
    clothing_resistance : array_like, shape (...), optional
        Intrinsic thermal resistance of the clothing [m2 K/W]; 1 clo is 0.155.
    clothing_permeability : array_like, shape (...), optional
        Vapour permeation efficiency of the clothing [1], above 0 and at most 1.

    Returns
    -------
    ndarray, shape (...)
        Limit per skin area [W/m2]; 0 where no rate can be sustained. Zones of the paper: below
        115 withdraw, 115-140 buffer, 140-220 acclimatise, above 220 free.

    Raises
    ------
    ValueError
        If the air speed, clothing or a temperature is out of range.

    Notes
    -----
    The skin temperature is found at which the heat that the blood carries from a core of 38.2 C,
    :math:`H = K_{cs}(t_c - t_s)`, meets the loss :math:`C + R + E`; the limit is
    :math:`M = H / [1 - 0.0014 (34 - t_a) - 0.0173 (5.87 - p_a)]` (p in kPa). Conductance and
    sweat follow Wyndham's data by :math:`t_z = 0.1 t_s + 0.9 t_c`:

    .. math:: K_{cs} = 84 + 72 \tanh[1.3 (t_z - 37.9)], \quad
        S_r = 0.42 + 0.44 \tanh[1.16 (t_z - 37.4)] \le 0.67\ \mathrm{kg/m^2/h}

    Vapour pressure from the aspirated wet bulb: :math:`p_a = e_w - 6.6\times10^{-4} p (t - t_w)`.
    Coefficients: :math:`h_c = 0.608 (p v)^{0.6}`, :math:`h_r = 4.61 [1 + (t_r + t_s)/546]^3`,
    :math:`h_e = 1587 h_c p/(p - p_a)^2`. Evaporation with :math:`x = \lambda S_r/E_{max}` is
    :math:`\lambda S_r` to x = 0.46, :math:`\lambda S_r \exp[-0.4127 (x - 0.46)^{1.168}]` to 1.7
    and :math:`E_{max}` beyond (the paper is reported to print 1.8 x - 0.46, which is not
    continuous with its neighbours). Reproduces 58 of the 62 values of table 1 within 5 W/m2 and the
    four driest within 13.2.

    Examples
    --------
    >>> round(float(thermal_work_limit(313.15, 303.15, 313.15, 0.2, 100e3)))
    110
    """
    speed = np.asarray(air_speed, dtype=float)
    insulation = np.asarray(clothing_resistance, dtype=float)
    permeable = np.asarray(clothing_permeability, dtype=float)
    if not np.all(speed > 0.0):
        raise ValueError(f"air_speed must be above 0, got {air_speed!r}")
    if not np.all(insulation >= 0.0):
        raise ValueError(f"clothing_resistance must be 0 or more, got {clothing_resistance!r}")
    if not np.all((permeable > 0.0) & (permeable <= 1.0)):
        raise ValueError(f"clothing_permeability must lie in (0, 1], got {clothing_permeability!r}")
    air, radiant = np.asarray(temperature, float), np.asarray(radiant_temperature, float)
    total = np.asarray(pressure, dtype=float)
    wet = np.asarray(wet_bulb, dtype=float)
    vapour = saturation_pressure(wet) - _PSYCHROMETER * total * (air - wet)
    if not np.all((wet <= air) & (vapour >= 0.0)):
        raise ValueError(f"wet_bulb must lie between dry air's and the dry bulb, got {wet_bulb!r}")
    convection = 0.608 * (total / 1e3 * speed) ** 0.6
    evaporation = 1587.0 * convection * total / (total - vapour) ** 2
    larger = 1.0 + 0.31 / 0.155 * insulation
    passage = (
        evaporation * larger / (1.0 + larger * evaporation * insulation / (_LEWIS * permeable))
    )

    def loss(skin: Array) -> Array:
        radiation = 4.61 * (1.0 + (radiant + skin - 2.0 * _ICE_POINT) / 546.0) ** 3
        film = radiation + convection
        operative = (radiation * radiant + convection * air) / film
        dry = larger * film / (1.0 + larger * film * insulation) * (skin - operative)
        wettest = np.maximum(passage * (saturation_pressure(skin) - vapour), 0.0)
        return np.asarray(dry + _evaporated(_SWEAT_LATENT * _sweat_rate(skin), wettest))

    low = np.full(np.broadcast_shapes(passage.shape, radiant.shape), _ICE_POINT)
    high = np.full(low.shape, _CORE)
    for _ in range(_BISECTIONS):
        skin = 0.5 * (low + high)
        warming = _core_heat(skin) > loss(skin)
        low, high = np.where(warming, skin, low), np.where(warming, high, skin)
    breath = 0.0014 * (34.0 + _ICE_POINT - air) + 0.0173 * (5.87 - vapour / 1e3)
    return np.asarray(_core_heat(0.5 * (low + high)) / (1.0 - breath))


def _signal(skin: Array) -> Array:
    return np.asarray(0.1 * skin + 0.9 * _CORE - _ICE_POINT)


def _core_heat(skin: Array) -> Array:
    """Heat carried from the core to the skin [W/m2]."""
    return np.asarray((84.0 + 72.0 * np.tanh(1.3 * (_signal(skin) - 37.9))) * (_CORE - skin))


def _sweat_rate(skin: Array) -> Array:
    rate = (0.42 + 0.44 * np.tanh(1.16 * (_signal(skin) - 37.4))) / 3600.0
    return np.clip(rate, 0.0, _SWEAT_LIMIT)


def _evaporated(sweat: Array, wettest: Array) -> Array:
    """Heat of evaporation [W/m2] from that of the sweat and that of fully wet skin."""
    share = sweat / np.maximum(wettest, 1e-9)
    dripping = np.exp(-0.4127 * np.clip(share - 0.46, 0.0, 1.24) ** 1.168)
    return np.where(share > 1.7, wettest, sweat * dripping)
