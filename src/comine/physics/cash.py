"""Discounted cash flow with an explicit timing convention.

The last axis of every cash flow is the year. Its first element falls at year zero and is not
discounted, later ones at the end of years 1, 2, ... Outflows are negative. Rates are real or
nominal, as the flows are.

Sources
-------
Short, W., Packey, D. J. & Holt, T. (1995), A manual for the economic evaluation of energy
efficiency and renewable energy technologies, NREL/TP-462-5173 (annuity method, levelised cost).
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from comine.physics import Array
from comine.physics.bounds import require

_SCAN = np.linspace(np.log(0.01), np.log(101.0), 2001)
"""Logarithm of 1 + rate where several sign changes call for a scan: -99 % to 10 000 %."""


def present_value(amount: ArrayLike, time: ArrayLike, rate: ArrayLike) -> Array:
    r"""Value at year zero of an amount that falls later.

    Parameters
    ----------
    amount : array_like, shape (...)
        Amount [money].
    time : array_like, shape (...)
        Time from year zero [years].
    rate : array_like, shape (...)
        Discount rate per year [1], above -1.

    Returns
    -------
    ndarray, shape (...)
        Present value [money], :math:`C / (1 + r)^t`.

    Raises
    ------
    ValueError
        If a rate is -1 or less.

    Examples
    --------
    >>> float(present_value(121.0, 2.0, 0.10).round(9))
    100.0
    """
    r = np.asarray(rate, dtype=float)
    require(r > -1, "rate", r, "a rate above -1")
    return np.asarray(amount * np.exp(-np.asarray(time, dtype=float) * np.log1p(r)))


def npv(cash_flow: ArrayLike, rate: ArrayLike, first_year: int = 0) -> Array:
    r"""Net present value of a series of yearly cash flows.

    Parameters
    ----------
    cash_flow : array_like, shape (..., year)
        Cash flow [money].
    rate : array_like, shape (...)
        Discount rate per year [1], above -1.
    first_year : int
        Year of the first element: 0 leaves it undiscounted, 1 is the habit of spreadsheets.

    Returns
    -------
    ndarray, shape (...)
        Net present value at year zero [money], :math:`\sum_t C_t (1 + r)^{-t}`.

    Raises
    ------
    ValueError
        If a rate is -1 or less.

    Examples
    --------
    >>> float(npv([-100.0, 60.0, 60.5], 0.10).round(6))
    4.545455
    """
    flow = np.asarray(cash_flow, dtype=float)
    years = first_year + np.arange(flow.shape[-1])
    r = np.asarray(rate, dtype=float)
    return np.asarray(present_value(flow, years, r[..., np.newaxis]).sum(axis=-1))


def irr(cash_flow: ArrayLike, missing: float | None = None) -> Array:
    r"""Internal rate of return: the rate at which the net present value is zero.

    Parameters
    ----------
    cash_flow : array_like, shape (..., year)
        Cash flow [money].
    missing : float, optional
        Value for series that have no rate or several; without it they raise.

    Returns
    -------
    ndarray, shape (...)
        Internal rate of return per year [1].

    Raises
    ------
    ValueError
        If a series has no sign change, no rate, or more than one rate, unless `missing` is given.

    Notes
    -----
    One change of sign in the flows means exactly one rate above -1 (rule of Descartes): it is
    bracketed outwards from zero and found by Brent's method. With several changes the rates
    between -99 % and 10 000 % are counted on a grid of 2 001 points, then found likewise; two
    rates within one step of it (a relative 0.5 % of 1 + r) are not told apart from none.

    Examples
    --------
    >>> float(irr([-100.0, 39.0, 59.0, 55.0, 20.0]).round(5))
    0.28095
    """
    flow = np.asarray(cash_flow, dtype=float)
    rates = np.empty(flow.shape[:-1])
    for index in np.ndindex(rates.shape):
        found = internal_rates(flow[index])
        if len(found) == 1:
            rates[index] = found[0]
        elif missing is not None:
            rates[index] = missing
        else:
            raise ValueError(_why_no_rate(flow[index], found))
    return rates


def internal_rates(cash_flow: ArrayLike) -> Array:
    """All rates at which one series of cash flows has no net present value.

    Parameters
    ----------
    cash_flow : array_like, shape (year,)
        Cash flow [money].

    Returns
    -------
    ndarray, shape (rate,)
        Rates per year in rising order [1]; empty where there is none. See `irr` for the search.

    Examples
    --------
    >>> internal_rates([-1000.0, 2300.0, -1320.0]).round(6)
    array([0.1, 0.2])
    """
    flow = np.asarray(cash_flow, dtype=float)
    changes = _sign_changes(flow)
    if changes == 0:
        return np.empty(0)
    if changes > 1:
        value = np.array([_scaled_value(u, flow) for u in _SCAN])
        crossing = np.flatnonzero(np.diff(np.sign(value)) != 0)
        crossing = crossing[value[crossing] != 0]
        roots = [
            brentq(_scaled_value, float(_SCAN[i]), float(_SCAN[i + 1]), args=(flow,))
            for i in crossing
        ]
        return np.expm1(np.unique(roots))
    side = 1.0 if _scaled_value(0.0, flow) * flow[np.flatnonzero(flow)[-1]] > 0 else -1.0
    near, far = 0.0, side * 0.125
    while _scaled_value(far, flow) * _scaled_value(near, flow) > 0:
        near, far = far, 2 * far
    return np.expm1([float(brentq(_scaled_value, near, far, args=(flow,), xtol=1e-14))])


def payback(cash_flow: ArrayLike, rate: ArrayLike = 0.0) -> Array:
    """Time until the cumulative cash flow first stops being negative.

    Parameters
    ----------
    cash_flow : array_like, shape (..., year)
        Cash flow [money].
    rate : array_like, shape (...)
        Discount rate per year [1]; zero gives the simple payback.

    Returns
    -------
    ndarray, shape (...)
        Payback time from year zero [years], linear within a year; infinite where never.

    Raises
    ------
    ValueError
        If a rate is -1 or less.

    Examples
    --------
    >>> float(payback([-100.0, 40.0, 40.0, 40.0]))
    2.5
    """
    flow = np.asarray(cash_flow, dtype=float)
    r = np.asarray(rate, dtype=float)[..., np.newaxis]
    total = np.cumsum(present_value(flow, np.arange(flow.shape[-1]), r), axis=-1)
    paid = total >= 0
    year = np.argmax(paid, axis=-1)
    after = np.take_along_axis(total, year[..., np.newaxis], axis=-1)[..., 0]
    earlier = np.maximum(year - 1, 0)[..., np.newaxis]
    before = np.take_along_axis(total, earlier, axis=-1)[..., 0]
    gain = np.where(year > 0, after - before, 1.0)
    time = np.where(year > 0, year - after / np.where(gain > 0, gain, 1.0), 0.0)
    return np.asarray(np.where(paid.any(axis=-1), time, np.inf))


def capital_recovery_factor(rate: ArrayLike, years: ArrayLike) -> Array:
    r"""Equal yearly payment at the ends of years 1 to n that repays a unit of capital.

    Parameters
    ----------
    rate : array_like, shape (...)
        Discount rate per year [1], above -1.
    years : array_like, shape (...)
        Number of payments [years], above 0.

    Returns
    -------
    ndarray, shape (...)
        Annuity per unit of capital [1/year], :math:`r / (1 - (1 + r)^{-n})`, and 1/n for r = 0.

    Raises
    ------
    ValueError
        If a rate or a number of years is out of range.

    Examples
    --------
    >>> round(float(capital_recovery_factor(0.08, 30)), 6)
    0.088827
    """
    r, n = np.asarray(rate, dtype=float), np.asarray(years, dtype=float)
    require(r > -1, "rate", r, "a rate above -1")
    require(n > 0, "years", n, "a number of years above 0")
    safe = np.where(r == 0, 1.0, r)
    return np.asarray(np.where(r == 0, 1 / n, safe / -np.expm1(-n * np.log1p(safe))))


def levelised_cost(
    cost: ArrayLike, output: ArrayLike, rate: ArrayLike, first_year: int = 0
) -> Array:
    r"""Constant price at which the output pays the cost.

    Parameters
    ----------
    cost : array_like, shape (..., year)
        Yearly cost, positive [money].
    output : array_like, shape (..., year)
        Yearly output [J, t or another unit of product].
    rate : array_like, shape (...)
        Discount rate per year [1], above -1.
    first_year : int
        Year of the first element.

    Returns
    -------
    ndarray, shape (...)
        Levelised cost [money per unit of output],
        :math:`\sum_t K_t (1 + r)^{-t} / \sum_t E_t (1 + r)^{-t}`.

    Raises
    ------
    ValueError
        If a rate is -1 or less, or the discounted output is not positive.

    Examples
    --------
    >>> float(levelised_cost([100.0, 10.0, 10.0], [0.0, 50.0, 50.0], 0.0))
    1.2
    """
    product = npv(output, rate, first_year)
    require(product > 0, "output", product, "a series with a positive discounted sum")
    return np.asarray(npv(cost, rate, first_year) / product)


def annuity_cost(
    capital: ArrayLike, recovery_factor: ArrayLike, running_cost: ArrayLike, output: ArrayLike
) -> Array:
    """Levelised cost for equal years: yearly capital charge and running cost over the output.

    Parameters
    ----------
    capital : array_like, shape (...)
        Capital [money].
    recovery_factor : array_like, shape (...)
        Yearly charge on the capital [1/year], see `capital_recovery_factor`; a share of the
        capital spent on maintenance may be added.
    running_cost : array_like, shape (...)
        Running cost [money/year].
    output : array_like, shape (...)
        Output, positive [unit of product/year].

    Returns
    -------
    ndarray, shape (...)
        Cost [money per unit of product].

    Raises
    ------
    ValueError
        If an output is not positive.

    Examples
    --------
    >>> float(annuity_cost(1000.0, 0.1, 20.0, 40.0))
    3.0
    """
    product = np.asarray(output, dtype=float)
    require(product > 0, "output", product, "an output above 0")
    charge = np.asarray(capital, dtype=float) * np.asarray(recovery_factor, dtype=float)
    return np.asarray((charge + running_cost) / product)


def _sign_changes(flow: Array) -> int:
    signs = np.sign(flow[flow != 0])
    return int(np.count_nonzero(np.diff(signs)))


def _scaled_value(u: float, flow: Array) -> float:
    """Net present value at rate exp(u) - 1, times a positive factor that keeps it finite."""
    t = np.arange(flow.size)
    weights = np.exp(-u * t) if u >= 0 else np.exp(u * (flow.size - 1 - t))
    return float(flow @ weights)


def _why_no_rate(flow: Array, found: Array) -> str:
    if len(found) > 1:
        return (
            f"cash_flow: has {len(found)} internal rates of return, "
            f"{', '.join(f'{r:.4g}' for r in found)}; judge it by its net present value"
        )
    if _sign_changes(flow) == 0:
        return "cash_flow: has no change of sign; give a series with outflows and inflows"
    return "cash_flow: has no internal rate of return from -0.99 to 100; judge it by its value"
