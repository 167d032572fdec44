"""Random index of pairwise comparisons, and the limits of the geometric consistency index.

The random index RI(n) is the mean consistency index of random reciprocal matrices of size n. The
published tables differ, so a consistency ratio is complete only with the table's name.

Sources
-------
Saaty, T. L. (1980). The Analytic Hierarchy Process.
Saaty, T. L. (2005). Theory and Applications of the Analytic Network Process, p. 31 (as cited).
Alonso, J. A. & Lamata, M. T. (2006). Int. J. Uncertain. Fuzziness 14, 445-459.
Tummala, V. M. R. & Ling, H. (1998). Eur. J. Oper. Res. 111, 189-199 (title page not seen).
Agoston, K. C. & Csato, L. (2022). Omega 108, 102576 (incomplete sets; formula recalled).
Aguaron, J. & Moreno-Jimenez, J. M. (2003). Eur. J. Oper. Res. 147, 137-145 (limits recalled).
"""

from typing import Literal, get_args

__all__ = ["RandomIndexName", "geometric_limit", "random_index"]

RandomIndexName = Literal[
    "alonso-lamata", "alonso-lamata table", "saaty", "saaty 2005", "chinese", "tummala-ling"
]
"""Names of the random-index tables."""

_TABLES: dict[str, tuple[float, ...]] = {  # n = 3, 4, ...
    "saaty": (0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59),
    "saaty 2005": (0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59),
    "chinese": (0.52, 0.89, 1.12, 1.26, 1.36, 1.41, 1.46),
    "tummala-ling": (
        *(0.5799, 0.8921, 1.1159, 1.2358, 1.3322, 1.3952, 1.4537),
        *(1.4882, 1.5117, 1.5356, 1.5571, 1.5714, 1.5831),
    ),
    "alonso-lamata table": (
        *(0.5247, 0.8816, 1.1086, 1.2479, 1.3417, 1.4057, 1.4499),
        *(1.4854, 1.5140, 1.5365, 1.5551, 1.5713, 1.5838),
    ),
}

_INCOMPLETE: dict[int, tuple[float, ...]] = {  # pairs missing = 0, 1, ...
    4: (
        0.8870,
        0.5786,
        0.2842,
    ),
    5: (
        1.1123,
        0.9196,
        0.7412,
        0.5504,
        0.3603,
        0.1762,
    ),
    6: (
        1.2518,
        1.1283,
        1.0012,
        0.8770,
        0.7537,
        0.6251,
        0.5011,
        0.3718,
        0.2418,
        0.1206,
    ),
    7: (
        1.3453,
        1.2568,
        1.1655,
        1.0822,
        0.9976,
        0.9072,
        0.8206,
        0.7308,
        0.6406,
        0.5477,
        0.4592,
        0.3584,
        0.2690,
        0.1776,
        0.0872,
    ),
    8: (
        1.4012,
        1.3431,
        1.2783,
        1.2155,
        1.1505,
        1.0891,
        1.0217,
        0.9556,
        0.8860,
        0.8240,
        0.7548,
        0.6912,
        0.6198,
        0.5482,
        0.4815,
        0.4077,
        0.3411,
        0.2679,
        0.1999,
        0.1311,
        0.0646,
    ),
    9: (
        1.4526,
        1.4023,
        1.3552,
        1.3040,
        1.2562,
        1.2054,
        1.1565,
        1.1097,
        1.0593,
        1.0073,
        0.9588,
        0.9087,
        0.8549,
        0.7998,
        0.7497,
        0.6986,
        0.6451,
        0.5929,
        0.5370,
        0.4809,
        0.4290,
        0.3737,
        0.3205,
        0.2636,
        0.2085,
        0.1547,
        0.1001,
        0.0487,
    ),
}
"""Means of 20,000 random sets each, drawn with the seed [size, missing]; standard error < 0.005."""


def random_index(size: int, table: RandomIndexName = "alonso-lamata", missing: int = 0) -> float:
    r"""Random index of a set of comparisons.

    Parameters
    ----------
    size : int
        Number n of things compared, 1 or more.
    table : RandomIndexName
        "alonso-lamata" is the regression for any n; "alonso-lamata table" the printed values up to
        15 and the regression above. "saaty" (1980), "saaty 2005" and "tummala-ling" end at 15;
        "chinese", the variant common in Chinese texts, at 9.
    missing : int
        Number m of pairs not compared.

    Returns
    -------
    float
        RI [1]; 0 for n of 1 and 2, and where m leaves just a spanning tree.

    Raises
    ------
    ValueError
        If the size is below 1, the table unknown or too short, or more pairs are missing than a
        connected set allows.

    Notes
    -----
    Regression of Alonso and Lamata:

    .. math:: RI = \frac{1.7699\,n - 4.3513}{n - 1}

    An incomplete set has the complete one's value, of the table named, times a ratio: that of own
    random sets (:func:`comine.decision.random_sets.random_consistency`, 20,000 of each) for n from
    4 to 9, and above

    .. math:: \frac{RI_m}{RI} = 1 - \frac{2m}{(n-1)(n-2)}

    after Agoston and Csato (recalled, not verified against the printed source); from 4 to 9 the
    random sets differ from it by less than 0.02.

    Examples
    --------
    >>> round(random_index(20), 4), random_index(4, "saaty")
    (1.634, 0.9)
    """
    if size < 1:
        raise ValueError(f"size must be 1 or more, got {size}")
    if table not in get_args(RandomIndexName):
        raise ValueError(f"table must be one of {get_args(RandomIndexName)}, got {table!r}")
    spare = (size - 1) * (size - 2) // 2
    if not 0 <= missing <= spare:
        raise ValueError(f"missing must lie from 0 to {spare} for size {size}, got {missing}")
    if spare == 0:
        return 0.0
    return _complete(size, table) * _ratio(size, missing, spare)


def geometric_limit(size: int) -> float:
    """Largest acceptable geometric consistency index, the counterpart of a ratio of 0.1.

    Parameters
    ----------
    size : int
        Number n of things compared, 1 or more.

    Returns
    -------
    float
        0.31 for n up to 3, 0.35 for 4, 0.37 above [1].

    Notes
    -----
    Aguaron and Moreno-Jimenez (2003); limits recalled, not verified against the printed source.

    Examples
    --------
    >>> geometric_limit(20)
    0.37
    """
    return {3: 0.31, 4: 0.35}.get(max(size, 3), 0.37)


def _ratio(size: int, missing: int, spare: int) -> float:
    """Random index of an incomplete set over that of the complete one."""
    if size in _INCOMPLETE and missing < spare:
        return _INCOMPLETE[size][missing] / _INCOMPLETE[size][0]
    return 1.0 - missing / spare


def _complete(size: int, table: str) -> float:
    values = _TABLES.get(table, ())
    if size - 3 < len(values):
        return values[size - 3]
    if table.startswith("alonso-lamata"):
        return (1.7699 * size - 4.3513) / (size - 1)
    raise ValueError(
        f"table {table!r} ends at size {len(values) + 2}, got {size}; 'alonso-lamata' has no end"
    )
