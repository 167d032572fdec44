"""Taxes on the cash flow of a project: write-off, value-added tax, tax on profit.

The last axis of every series is the year; its first element is year zero. Rates and reliefs are
inputs, because they are law of a place and a time.

Sources
-------
Short, W., Packey, D. J. & Holt, T. (1995), NREL/TP-462-5173, sections 2 and 3.
"""

import numpy as np
from numpy.typing import ArrayLike

from comine.physics import Array
from comine.physics.bounds import require


def straight_line_depreciation(cost: ArrayLike, life: int, years: int) -> Array:
    """Equal write-offs over the tax life, from year 1.

    Parameters
    ----------
    cost : array_like, shape (...)
        Amount written off [money].
    life : int
        Years of write-off, 1 or more.
    years : int
        Last year of the series.

    Returns
    -------
    ndarray, shape (..., years + 1)
        Depreciation in years 0 to `years` [money]; what lies beyond the last year is left out.

    Raises
    ------
    ValueError
        If a life is below 1 or the last year below 0.

    Examples
    --------
    >>> straight_line_depreciation(90.0, 3, 4)
    array([ 0., 30., 30., 30.,  0.])
    """
    require(life >= 1, "life", life, "1 year or more")
    require(years >= 0, "years", years, "0 or more")
    t = np.arange(years + 1)
    share = np.where((t >= 1) & (t <= life), 1 / life, 0.0)
    return np.asarray(np.asarray(cost, dtype=float)[..., np.newaxis] * share)


def net_of_value_added_tax(gross: ArrayLike, rate: ArrayLike) -> Array:
    """Revenue that is left of a price which includes value-added tax.

    Parameters
    ----------
    gross : array_like, shape (...)
        Revenue with tax [money].
    rate : array_like, shape (...)
        Tax rate on the net price [1], 0 or more.

    Returns
    -------
    ndarray, shape (...)
        Revenue without tax [money]; input tax is not credited.

    Raises
    ------
    ValueError
        If a rate is negative.

    Examples
    --------
    >>> float(net_of_value_added_tax(109.0, 0.09).round(9))
    100.0
    """
    r = np.asarray(rate, dtype=float)
    require(r >= 0, "rate", r, "a rate of 0 or more")
    return np.asarray(np.asarray(gross, dtype=float) / (1 + r))


def after_tax_cash_flow(
    operating_surplus: ArrayLike,
    capital: ArrayLike,
    depreciation: ArrayLike,
    tax_rate: ArrayLike,
    carry_losses: bool = False,
) -> Array:
    """Cash flow after tax on profit.

    Parameters
    ----------
    operating_surplus : array_like, shape (..., year)
        Revenue less running cost [money].
    capital : array_like, shape (..., year)
        Capital spent less grants, positive [money].
    depreciation : array_like, shape (..., year)
        Write-off allowed by tax law [money].
    tax_rate : array_like, shape (..., year)
        Rate of tax on profit [1], 0 to 1; a tax holiday is a lower rate in its years.
    carry_losses : bool
        Whether losses of earlier years reduce later profits, without time limit.

    Returns
    -------
    ndarray, shape (..., year)
        Surplus less capital less tax [money]; a loss bears no tax and earns no refund.

    Raises
    ------
    ValueError
        If a tax rate is outside 0 to 1.

    Examples
    --------
    >>> after_tax_cash_flow([0.0, 50.0], [100.0, 0.0], [0.0, 10.0], 0.25)
    array([-100.,   40.])
    """
    surplus, rate = np.asarray(operating_surplus, dtype=float), np.asarray(tax_rate, dtype=float)
    require((rate >= 0) & (rate <= 1), "tax_rate", rate, "rates of 0 to 1")
    profit = surplus - np.asarray(depreciation, dtype=float)
    if carry_losses:
        total = np.cumsum(profit, axis=-1)
        peak = np.maximum(np.maximum.accumulate(total, axis=-1), 0.0)
        taxed = np.diff(peak, axis=-1, prepend=0.0)
    else:
        taxed = np.maximum(profit, 0.0)
    return np.asarray(surplus - np.asarray(capital, dtype=float) - rate * taxed)
