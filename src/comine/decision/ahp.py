r"""Analytic hierarchy process: weights of one set of comparisons and what is wrong with it.

Sources
-------
Saaty, T. L. (1980). The Analytic Hierarchy Process.
Crawford, G. & Williams, C. (1985). J. Math. Psychol. 29, 387-405 (geometric mean).
Aguaron, J. & Moreno-Jimenez, J. M. (2003). Eur. J. Oper. Res. 147, 137-145 (GCI).
Bana e Costa, C. A. & Vansnick, J.-C. (2008). Eur. J. Oper. Res. 187, 1422-1428 (order).
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from comine.decision import Array
from comine.decision.comparisons import checked_comparisons
from comine.decision.incomplete import (
    harker_weights,
    lambda_min_completion,
    log_least_squares_weights,
)
from comine.decision.perron import perron_pair, perron_vector
from comine.decision.random_index import RandomIndexName, geometric_limit, random_index

__all__ = [
    "Judgement",
    "OrderBreaches",
    "Priorities",
    "eigenvector_weights",
    "geometric_mean_weights",
    "order_breaches",
    "prioritise",
    "worst_judgements",
]

Method = Literal["eigenvector", "geometric mean", "least squares", "harker", "lambda min"]
"""Ways from comparisons to weights; the last three take incomplete sets."""

_TIE = 1e-9


class Priorities(NamedTuple):
    """Weights of one set of comparisons with its measures of consistency, all dimensionless."""

    weights: Array
    method: str
    lambda_max: float
    consistency_index: float
    random_index: float
    random_index_table: str
    consistency_ratio: float
    geometric_index: float
    geometric_limit: float
    missing: int

    @property
    def consistent(self) -> bool:
        """Whether the consistency ratio is below 0.1."""
        return self.consistency_ratio < 0.1


class Judgement(NamedTuple):
    """A judgement, the value that all the others imply for it, and the ratio CR with that value."""

    row: int
    column: int
    value: float
    cure: float
    cured_ratio: float


class OrderBreaches(NamedTuple):
    """Judgements whose order the weights turn round.

    `preference` lists pairs (i, j) with i judged above j yet not weighing more; `intensity` lists
    pairs of pairs, the first judged the stronger yet without the larger ratio of weights.
    """

    preference: tuple[tuple[int, int], ...]
    intensity: tuple[tuple[tuple[int, int], tuple[int, int]], ...]


def eigenvector_weights(matrix: ArrayLike, tolerance: float = 1e-6) -> Array:
    r"""Weights by the principal right eigenvector.

    Parameters
    ----------
    matrix : array_like, shape (..., n, n)
        Complete reciprocal comparisons [1], one matrix or a stack.
    tolerance : float
        Allowed deviation of :math:`a_{ij} a_{ji}` from 1 [1]; ``inf`` takes any positive matrix.

    Returns
    -------
    ndarray, shape (..., n)
        Weights that sum to 1 [1].

    Raises
    ------
    ValueError
        If a matrix is not square, positive and reciprocal; every breached pair is named.

    Notes
    -----
    .. math:: A w = \lambda_{max} w, \qquad \sum_i w_i = 1

    Saaty (1980).

    Examples
    --------
    >>> eigenvector_weights([[1, 2, 6], [1 / 2, 1, 4], [1 / 6, 1 / 4, 1]]).round(4)
    array([0.5876, 0.3234, 0.089 ])
    """
    return perron_vector(checked_comparisons(matrix, tolerance))


def geometric_mean_weights(matrix: ArrayLike, tolerance: float = 1e-6) -> Array:
    r"""Weights by the geometric mean of the rows, the logarithmic least-squares solution.

    Parameters
    ----------
    matrix : array_like, shape (..., n, n)
        Complete reciprocal comparisons [1], one matrix or a stack.
    tolerance : float
        Allowed deviation of :math:`a_{ij} a_{ji}` from 1 [1]; ``inf`` takes any positive matrix.

    Returns
    -------
    ndarray, shape (..., n)
        Weights that sum to 1 [1].

    Raises
    ------
    ValueError
        If a matrix is not square, positive and reciprocal; every breached pair is named.

    Notes
    -----
    .. math:: w_i \propto \Big(\prod_j a_{ij}\Big)^{1/n}

    Crawford and Williams (1985).

    Examples
    --------
    >>> geometric_mean_weights([[1, 2, 6], [1 / 2, 1, 4], [1 / 6, 1 / 4, 1]]).round(4)
    array([0.5876, 0.3234, 0.089 ])
    """
    w = np.exp(np.log(checked_comparisons(matrix, tolerance)).mean(axis=-1))
    return np.asarray(w / w.sum(axis=-1, keepdims=True))


def prioritise(
    matrix: ArrayLike,
    method: Method | None = None,
    table: RandomIndexName = "alonso-lamata",
) -> Priorities:
    r"""Weights and consistency of one set of comparisons, complete or not.

    Parameters
    ----------
    matrix : array_like, shape (n, n)
        Reciprocal comparisons [1]; NaN on both sides of a pair not compared.
    method : {"eigenvector", "geometric mean", "least squares", "harker", "lambda min"}, optional
        Without it "eigenvector" for a complete set and "least squares" (logarithmic, on the graph
        of the comparisons) for an incomplete one.
    table : str
        Name of the random-index table, see :func:`comine.decision.random_index.random_index`.

    Returns
    -------
    Priorities
        Weights with lambda_max, CI, RI, CR and GCI [1]. CI, CR and GCI are 0 for n of 1 and 2.

    Raises
    ------
    ValueError
        If the matrix is not square, positive and reciprocal, if the comparisons fall into groups
        without a link, or if the method needs a complete set.

    Notes
    -----
    .. math:: CI = \frac{\lambda_{max} - n}{n - 1}, \quad CR = \frac{CI}{RI}, \quad
        GCI = \frac{2}{(n-1)(n-2)} \sum_{i<j} \ln^2\frac{a_{ij} g_j}{g_i}

    with the geometric-mean weights g (Saaty 1980; Aguaron and Moreno-Jimenez 2003). For an
    incomplete set :math:`\lambda_{max}` is that of the completed matrix, RI that of the incomplete
    set, and GCI divides the sum over the known pairs by its degrees of freedom, known pairs less
    n - 1, in the same way.

    Examples
    --------
    >>> p = prioritise([[1, 2, 6], [1 / 2, 1, 4], [1 / 6, 1 / 4, 1]])
    >>> p.weights.round(3), round(p.consistency_ratio, 4), round(p.geometric_index, 4)
    (array([0.588, 0.323, 0.089]), 0.0096, 0.0276)
    """
    a = checked_comparisons(matrix, incomplete=True)
    if a.ndim != 2:
        raise ValueError(f"matrix must have two dimensions, got shape {a.shape}")
    n = a.shape[0]
    unknown = np.isnan(a)
    missing = int(np.count_nonzero(unknown)) // 2
    method = method or ("least squares" if missing else "eigenvector")
    if missing and method in {"eigenvector", "geometric mean"}:
        raise ValueError(
            f"method {method!r} needs a complete set, got {missing} pairs not compared; "
            "'least squares', 'harker' and 'lambda min' take it"
        )
    g = log_least_squares_weights(a)
    full = lambda_min_completion(a) if method == "lambda min" else a
    own = harker_weights(a) if method == "harker" else g
    full = np.where(np.isnan(full), own[:, None] / own, full)
    w, lambda_max = perron_pair(full)
    ri = random_index(n, table, missing)
    ci = (lambda_max - n) / (n - 1) if n > 2 else 0.0
    spread = np.log(a * (g / g[:, None]), where=~unknown, out=np.zeros_like(a))
    freedom = (n - 1) * (n - 2) // 2 - missing
    return Priorities(
        weights=g if method in {"geometric mean", "least squares"} else w,
        method=method,
        lambda_max=lambda_max,
        consistency_index=ci,
        random_index=ri,
        random_index_table=table,
        consistency_ratio=ci / ri if ri > 0.0 else 0.0,
        geometric_index=float(np.sum(spread**2)) / (2 * freedom) if freedom else 0.0,
        geometric_limit=geometric_limit(n),
        missing=missing,
    )


def worst_judgements(
    matrix: ArrayLike, count: int = 3, table: RandomIndexName = "alonso-lamata"
) -> tuple[Judgement, ...]:
    r"""Judgements that disagree most with all the others, and what would cure each.

    Parameters
    ----------
    matrix : array_like, shape (n, n)
        Complete reciprocal comparisons [1].
    count : int
        How many to name.
    table : str
        Name of the random-index table.

    Returns
    -------
    tuple of Judgement
        At most `count` judgements with row < column, counted from 0, worst first, ties in reading
        order (with n = 3 all three tie). Those that agree with the others are left out, so a
        consistent matrix and n < 3 give none.

    Raises
    ------
    ValueError
        If the matrix is not square, positive and reciprocal.

    Notes
    -----
    The cure is the value that the logarithmic least-squares fit gives when the pair is left out,
    the geometric mean of the indirect comparisons; worst means farthest from it:

    .. math:: c_{ij} = \Big(\prod_{k \ne i,j} a_{ik} a_{kj}\Big)^{1/(n-2)}, \qquad
        \ln\frac{a_{ij}}{c_{ij}} = \frac{n}{n-2} \ln\frac{a_{ij} g_j}{g_i}

    Examples
    --------
    >>> worst = worst_judgements([[1, 2, 8], [1 / 2, 1, 2], [1 / 8, 1 / 2, 1]])[1]
    >>> worst.row, worst.column, worst.value, round(worst.cure, 9)
    (0, 2, 8.0, 4.0)
    """
    a = checked_comparisons(matrix)
    n = a.shape[-1]
    if n < 3:
        return ()
    g = geometric_mean_weights(a)
    gap = n / (n - 2) * np.log(a * (g / g[:, None]))
    rows, columns = np.triu_indices(n, 1)
    size = abs(gap[rows, columns]).round(9)
    order = [k for k in np.argsort(-size, kind="stable")[:count] if size[k] > 0.0]
    judgements = []
    for i, j in zip(rows[order], columns[order], strict=True):
        cure = float(a[i, j] * np.exp(-gap[i, j]))
        cured = a.copy()
        cured[i, j], cured[j, i] = cure, 1.0 / cure
        ratio = prioritise(cured, table=table).consistency_ratio
        judgements.append(Judgement(int(i), int(j), float(a[i, j]), cure, ratio))
    return tuple(judgements)


def order_breaches(matrix: ArrayLike, weights: ArrayLike) -> OrderBreaches:
    r"""Judgements whose order the weights do not keep.

    Parameters
    ----------
    matrix : array_like, shape (n, n)
        Reciprocal comparisons [1]; NaN on both sides of a pair not compared.
    weights : array_like, shape (n,)
        Weights drawn from them [1].

    Returns
    -------
    OrderBreaches
        Breaches of the order of preference and of the order of its intensity, from 0.

    Raises
    ------
    ValueError
        If the matrix is not square, positive and reciprocal, or the weights do not fit it.

    Notes
    -----
    Condition of order preservation (Bana e Costa and Vansnick 2008): :math:`a_{ij} > 1` requires
    :math:`w_i > w_j`, and :math:`a_{ij} > a_{kl} > 1` requires :math:`w_i/w_j > w_k/w_l`. A small
    consistency ratio does not ensure it.

    Examples
    --------
    >>> order_breaches([[1, 2, 3], [1 / 2, 1, 4], [1 / 3, 1 / 4, 1]], [0.5, 0.38, 0.12])
    OrderBreaches(preference=(), intensity=(((1, 2), (0, 2)),))
    """
    a = checked_comparisons(matrix, incomplete=True)
    w = np.asarray(weights, dtype=float)
    if a.shape != (*w.shape, *w.shape) or not np.all(w > 0.0):
        raise ValueError(f"weights must be positive, one a row of {a.shape}, got {weights!r}")
    rows, columns = np.nonzero(a > 1.0 + _TIE)
    judged, ratio = a[rows, columns], w[rows] / w[columns]
    pairs = [(int(i), int(j)) for i, j in zip(rows, columns, strict=True)]
    stronger = judged[:, None] > judged * (1.0 + _TIE)
    turned = stronger & (ratio[:, None] <= ratio * (1.0 + _TIE))
    return OrderBreaches(
        tuple(pairs[k] for k in np.flatnonzero(ratio <= 1.0 + _TIE)),
        tuple((pairs[k], pairs[m]) for k, m in np.argwhere(turned)),
    )
