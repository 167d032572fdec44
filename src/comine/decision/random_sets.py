r"""Consistency index of random sets of comparisons, complete or not: where a random index is from.

Sources
-------
Agoston, K. C. & Csato, L. (2022). Omega 108, 102576 (incomplete sets; recalled).
Bozoki, S., Fulop, J. & Ronyai, L. (2010). Math. Comput. Model. 52, 318-333 (completion).
"""

import numpy as np
from numpy.typing import NDArray

from comine.decision import Array

__all__ = ["random_consistency"]

_SCALE = np.concatenate([1.0 / np.arange(9.0, 1.0, -1.0), np.arange(1.0, 10.0)])
_BLOCK = 400_000  # entries held at once
_TOLERANCE = 1e-9
_ROUNDS = 20_000


def random_consistency(size: int, missing: int, count: int, rng: np.random.Generator) -> Array:
    r"""Consistency indices of random sets, each completed to its smallest eigenvalue.

    Parameters
    ----------
    size : int
        Number n of things compared, 3 or more.
    missing : int
        Number of pairs not compared.
    count : int
        Number of sets.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    ndarray, shape (count,)
        Consistency indices [1]; their mean is the random index.

    Raises
    ------
    ValueError
        If the size is below 3, the count below 1, or more pairs are missing than a connected set
        allows.
    ArithmeticError
        If a smallest eigenvalue is not found.

    Notes
    -----
    Each judgement is one of 1/9, ..., 1, ..., 9 with equal probability, every connected choice of
    the missing pairs as likely as another. At the smallest eigenvalue, with right and left
    eigenvectors w and v, the missing entries satisfy

    .. math:: a_{ij} = \sqrt{\frac{w_i v_j}{w_j v_i}}

    which is iterated between steps of the power method for all sets at once.

    Examples
    --------
    >>> round(float(random_consistency(3, 0, 4000, np.random.default_rng(0)).mean()), 2)
    0.52
    """
    spare = (size - 1) * (size - 2) // 2
    if size < 3 or count < 1:
        raise ValueError(f"size must be 3 or more and count 1 or more, got {size} and {count}")
    if not 0 <= missing <= spare:
        raise ValueError(f"missing must lie from 0 to {spare} for size {size}, got {missing}")
    block = max(1, _BLOCK // size**2)
    found = np.empty(0)
    while found.size < count:
        matrices, unknown = _random_sets(size, missing, block, rng)
        need = count - found.size
        largest = _smallest_eigenvalues(matrices[:need], unknown[:need])
        found = np.append(found, (largest - size) / (size - 1.0))
    return found


def _random_sets(
    size: int, missing: int, count: int, rng: np.random.Generator
) -> tuple[Array, NDArray[np.bool_]]:
    """Matrices with 1 where unknown, and where that is; only connected ones."""
    rows, columns = np.triu_indices(size, 1)
    judgements = rng.choice(_SCALE, (count, rows.size))
    gone = np.argsort(rng.random((count, rows.size)), axis=1) < missing
    matrices = np.ones((count, size, size))
    judgements[gone] = 1.0
    matrices[:, rows, columns], matrices[:, columns, rows] = judgements, 1.0 / judgements
    unknown = np.zeros(matrices.shape, dtype=bool)
    unknown[:, rows, columns] = unknown[:, columns, rows] = gone
    reach = (~unknown).astype(float)
    for _ in range(size.bit_length()):
        reach = np.minimum(reach @ reach, 1.0)
    linked = (reach > 0.0).all(axis=(1, 2))
    return matrices[linked], unknown[linked]


def _smallest_eigenvalues(a: Array, unknown: NDArray[np.bool_]) -> Array:
    w = np.ones((*a.shape[:2], 1))
    v, last = w.swapaxes(1, 2), np.zeros(a.shape[0])
    for k in range(_ROUNDS):
        for _ in range(2):
            w, v = a @ w, v @ a
            w, v = w / w.sum(axis=1, keepdims=True), v / v.sum(axis=2, keepdims=True)
        if unknown.any():
            a = np.where(unknown, np.sqrt(w * v / (w * v).swapaxes(1, 2)), a)
        if k % 10 == 0:
            largest = np.asarray((v @ a @ w / (v @ w))[:, 0, 0])
            if np.max(abs(largest - last), initial=0.0) < _TOLERANCE:
                return largest
            last = largest
    raise ArithmeticError(f"smallest eigenvalue not found in {_ROUNDS} rounds")
