"""Weights of the 20 indicators.

S1 prints its judgement matrices and weights as pictures that the readable text lacks. The
judgements here are the project's own, "comine default", drawn from the wording of S1; they are not
the paper's tables 4 to 9.

Sources
-------
S1: Li Shengtao et al. (2018). Geological Survey of China 5(2), 64-72, section 3.2 (method).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comine.decision.ahp import prioritise
from comine.decision.hierarchy import global_weights, total_consistency_ratio
from comine.decision.judgement_samples import judgement_samples
from comine.decision.random_index import RandomIndexName
from comine.siting.indicators import INDICATORS, LAYERS, known_values

__all__ = [
    "CRITERIA_JUDGEMENTS",
    "LAYER_JUDGEMENTS",
    "JudgementWeights",
    "Weighting",
    "comine_default",
    "equal_layers",
    "equal_weights",
    "given_weights",
    "judgement_weights",
    "weights_from_judgements",
]

_Matrix = tuple[tuple[float, ...], ...]

CRITERIA_JUDGEMENTS: _Matrix = (
    (1, 1 / 2, 1, 2),
    (2, 1, 2, 4),
    (1, 1 / 2, 1, 3),
    (1 / 2, 1 / 4, 1 / 3, 1),
)
"""Judgements between the layers safety, resource, technical, economic (comine default)."""

LAYER_JUDGEMENTS: Mapping[str, _Matrix] = MappingProxyType(
    {
        "safety": ((1, 1, 2), (1, 1, 2), (1 / 2, 1 / 2, 1)),
        "resource": (
            (1, 1 / 2, 1 / 2, 2, 3, 1, 1),
            (2, 1, 1, 3, 5, 2, 2),
            (2, 1, 1, 3, 4, 2, 2),
            (1 / 2, 1 / 3, 1 / 3, 1, 2, 1 / 2, 1 / 2),
            (1 / 3, 1 / 5, 1 / 4, 1 / 2, 1, 1 / 3, 1 / 3),
            (1, 1 / 2, 1 / 2, 2, 3, 1, 1),
            (1, 1 / 2, 1 / 2, 2, 3, 1, 1),
        ),
        "technical": (
            (1, 1 / 2, 1, 1 / 2, 1 / 3, 2),
            (2, 1, 2, 1, 1 / 2, 3),
            (1, 1 / 2, 1, 1 / 2, 1 / 3, 2),
            (2, 1, 2, 1, 1 / 2, 3),
            (3, 2, 3, 2, 1, 5),
            (1 / 2, 1 / 3, 1 / 2, 1 / 3, 1 / 5, 1),
        ),
        "economic": (
            (1, 1 / 2, 1 / 3, 1 / 3),
            (2, 1, 1 / 2, 1 / 2),
            (3, 2, 1, 1),
            (3, 2, 1, 1),
        ),
    }
)
"""Judgements inside each layer, in the order of the indicators (comine default)."""


@dataclass(frozen=True, slots=True)
class Weighting:
    """Weights of all indicators, which sum to 1, and where they come from.

    `ratios` holds the consistency ratios by set ("criteria", each layer, "total"), empty for
    weights not drawn from judgements; `random_index_table` names the table behind them.
    """

    name: str
    source: str
    weights: Mapping[str, float]
    ratios: Mapping[str, float]
    random_index_table: str = ""


class JudgementWeights(NamedTuple):
    """Weights [1] of the indicators in their order, shape (kept, 20), of so many drawn."""

    weights: NDArray[np.float64]
    drawn: int


@cache
def comine_default() -> Weighting:
    """Weights from the project's own judgements, with Saaty's random index.

    Returns
    -------
    Weighting
        Labelled "comine default"; not the weights of S1.

    Examples
    --------
    >>> round(comine_default().weights["R.tfrac"], 4), round(comine_default().ratios["total"], 4)
    (0.1076, 0.0035)
    """
    return weights_from_judgements(
        "AHP", "comine default", CRITERIA_JUDGEMENTS, LAYER_JUDGEMENTS, "saaty"
    )


def weights_from_judgements(
    name: str,
    source: str,
    criteria: ArrayLike,
    layers: Mapping[str, ArrayLike],
    table: RandomIndexName = "alonso-lamata",
) -> Weighting:
    """Weights from pairwise judgements between the layers and inside each.

    Parameters
    ----------
    name, source : str
        What to call the weights, and whose judgements they are.
    criteria : array_like, shape (4, 4)
        Judgements between safety, resource, technical and economic [1].
    layers : mapping of str to array_like
        For each layer the judgements between its indicators, in their order [1].
    table : str
        Name of the random-index table.

    Returns
    -------
    Weighting
        Eigenvector weights and every consistency ratio. An inconsistent set is taken; its ratio
        tells.

    Raises
    ------
    ValueError
        If a matrix has the wrong size or is not positive and reciprocal, or a layer is missing.

    Notes
    -----
    Saaty (1980); S1 section 3.2.

    Examples
    --------
    >>> w = weights_from_judgements("AHP", "us", CRITERIA_JUDGEMENTS, LAYER_JUDGEMENTS, "chinese")
    >>> max(w.ratios.values()) < 0.008
    True
    """
    _check_sizes(criteria, layers)
    top = prioritise(criteria, table=table)
    sets = {layer: prioritise(layers[layer], table=table) for layer in LAYERS}
    values = global_weights(top.weights, [each.weights for each in sets.values()])
    total = total_consistency_ratio(
        top.weights,
        [each.consistency_index for each in sets.values()],
        [each.random_index for each in sets.values()],
    )
    local: dict[str, float] = {layer: each.consistency_ratio for layer, each in sets.items()}
    ratios = {"criteria": top.consistency_ratio, **local, "total": total}
    weights = {id: float(value) for id, value in zip(_ids(), values, strict=True)}
    return _weighting(name, source, weights, ratios, table)


def judgement_weights(
    draws: int,
    rng: np.random.Generator,
    criteria: ArrayLike = CRITERIA_JUDGEMENTS,
    layers: Mapping[str, ArrayLike] = LAYER_JUDGEMENTS,
    table: RandomIndexName = "saaty",
) -> JudgementWeights:
    """Weights of the indicators when every judgement may be a step of the scale off.

    Parameters
    ----------
    draws : int
        Number of samples to draw.
    rng : numpy.random.Generator
        Source of randomness.
    criteria : array_like, shape (4, 4)
        Judgements between safety, resource, technical and economic [1].
    layers : mapping of str to array_like
        For each layer the judgements between its indicators, in their order [1].
    table : str
        Name of the random-index table.

    Returns
    -------
    JudgementWeights
        Weights of the samples all of whose consistency ratios are below 0.1.

    Raises
    ------
    ValueError
        If a matrix has the wrong size or is not positive and reciprocal, a layer is missing, or
        no sample is consistent.

    Notes
    -----
    Each judgement moves by -1, 0 or +1 step, independently:
    :func:`comine.decision.judgement_samples.judgement_samples`.

    Examples
    --------
    >>> found = judgement_weights(400, np.random.default_rng(0))
    >>> found.weights.shape[1], 150 < found.weights.shape[0] < 250
    (20, True)
    """
    _check_sizes(criteria, layers)
    top = judgement_samples(criteria, draws, rng, table)
    consistent = top.ratios < 0.1
    parts = []
    for k, layer in enumerate(LAYERS):
        below = judgement_samples(layers[layer], draws, rng, table)
        consistent &= below.ratios < 0.1
        parts.append(top.weights[:, k, None] * below.weights)
    if not consistent.any():
        raise ValueError(f"judgements must be consistent, got no ratio < 0.1 in {draws} draws")
    return JudgementWeights(np.concatenate(parts, axis=1)[consistent], draws)


def equal_weights() -> Weighting:
    """Weights of 1/20 each.

    Returns
    -------
    Weighting
        Equal weights.

    Examples
    --------
    >>> equal_weights().weights["E.grid"]
    0.05
    """
    return _weighting("equal weights", "definition", dict.fromkeys(_ids(), 1.0 / len(INDICATORS)))


def equal_layers() -> Weighting:
    """Weights of 1/4 for each layer, shared equally inside it.

    Returns
    -------
    Weighting
        Equal weights of the layers.

    Examples
    --------
    >>> equal_layers().weights["E.grid"]
    0.0625
    """
    weights = {id: 1.0 / len(LAYERS) / len(_ids(layer)) for layer in LAYERS for id in _ids(layer)}
    return _weighting("equal layers", "definition", weights)


def given_weights(name: str, source: str, weights: Mapping[str, float]) -> Weighting:
    """Weights named one by one.

    Parameters
    ----------
    name, source : str
        What to call the weights, and whose they are.
    weights : mapping of str to float
        Weight of every indicator [1], >= 0; they sum to 1.

    Returns
    -------
    Weighting
        The weights.

    Raises
    ------
    ValueError
        If an indicator is unknown or missing, or the weights are negative or do not sum to 1.

    Examples
    --------
    >>> given_weights("ours", "workshop", equal_weights().weights).name
    'ours'
    """
    known = known_values(weights)
    missing = [id for id in _ids() if id not in known]
    if missing:
        raise ValueError(f"weights must be given for every indicator, missing {missing}")
    values = {id: float(weights[id]) for id in _ids()}
    if not all(value >= 0.0 for value in values.values()) or abs(sum(values.values()) - 1) > 1e-6:
        raise ValueError(f"weights must be >= 0 and sum to 1, got sum {sum(values.values())}")
    return _weighting(name, source, values)


def _check_sizes(criteria: ArrayLike, layers: Mapping[str, ArrayLike]) -> None:
    if set(layers) != set(LAYERS):
        raise ValueError(f"layers must be {list(LAYERS)}, got {list(layers)}")
    for label, matrix, size in [
        ("criteria", criteria, len(LAYERS)),
        *((layer, layers[layer], len(_ids(layer))) for layer in LAYERS),
    ]:
        if np.shape(matrix) != (size, size):
            raise ValueError(f"{label} must have shape {(size, size)}, got {np.shape(matrix)}")


def _weighting(
    name: str,
    source: str,
    weights: dict[str, float],
    ratios: dict[str, float] | None = None,
    table: str = "",
) -> Weighting:
    return Weighting(name, source, MappingProxyType(weights), MappingProxyType(ratios or {}), table)


def _ids(layer: str = "") -> list[str]:
    return [each.id for each in INDICATORS if layer in {"", each.layer}]
