"""Stages of the survey, E to A, and what is missing before the next.

S1 names the five stages and what the site stage starts from, finds and fixes; its table 1 is not
readable, so scales and the other requirements are comine defaults (scales after DZ 40-85).

Sources
-------
S1: Li Shengtao et al. (2018). Geological Survey of China 5(2), 64-72, section 1.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

__all__ = ["STAGES", "Evidence", "EvidenceGate", "Gate", "Requirement", "Stage", "evidence", "gate"]


class Requirement(NamedTuple):
    """What a project must have to leave a stage, and who says so."""

    id: str
    chinese: str
    english: str
    source: str = "comine default"


class Stage(NamedTuple):
    """A stage, its usual map scales (one to so many, coarse to fine) and what closes it."""

    letter: str
    chinese: str
    english: str
    scales: tuple[int, ...]
    requires: tuple[Requirement, ...]


class Gate(NamedTuple):
    """Stages closed so far, the stage at work, and what is there and missing to close it.

    `stage` is None when all are closed.
    """

    closed: tuple[str, ...]
    stage: str | None
    present: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


class Evidence(NamedTuple):
    """Observations of one item: how many, how many are asked for, and their relative spread."""

    item: str
    observations: int
    required: int
    deviation: float
    greatest_deviation: float


class EvidenceGate(NamedTuple):
    """Whether all items have observations enough, which have not, and the share that has."""

    passed: bool
    failed: tuple[str, ...]
    completeness: float


STAGES = (
    Stage(
        *("E", "全国陆域干热岩资源调查评价", "national", (5_000_000, 1_000_000)),
        (
            Requirement("heat_flow_map", "大地热流图", "heat-flow map of the country"),
            Requirement("geotherm_models", "地温场模型", "geotherm for each type of resource"),
            Requirement("prospects", "远景区", "prospective regions"),
        ),
    ),
    Stage(
        *("D", "区域级干热岩资源调查评价", "regional", (1_000_000, 500_000)),
        (
            Requirement("regional_geology", "区域地质", "geology and deep structure"),
            Requirement("regional_heat_flow", "区域热流测量", "heat-flow sites of the region"),
            Requirement("favourable_districts", "有利区", "favourable districts"),
        ),
    ),
    Stage(
        *("C", "地区级干热岩资源调查评价", "district", (250_000, 100_000)),
        (
            Requirement("geophysics", "地球物理勘探", "geophysical survey of the district"),
            Requirement("gradient_holes", "测温孔", "gradient holes"),
            Requirement("favourable_target", "有利靶区", "favourable target area", "S1"),
        ),
    ),
    Stage(
        *("B", "场地级干热岩资源调查评价", "site", (50_000, 25_000)),
        (
            Requirement("exploration_hole", "勘探孔", "exploration hole with temperature log"),
            Requirement("hot_body", "高温岩体空间分布", "extent of the hot rock body", "S1"),
            Requirement("site_score", "20项指标评价", "evaluation of the 20 indicators", "S1"),
            Requirement("site_and_well", "场地和宜井位置", "site and position of the well", "S1"),
        ),
    ),
    Stage(
        *("A", "工程级干热岩资源评价", "engineering", (10_000,)),
        (
            Requirement("production_hole", "生产井", "hole of production size"),
            Requirement("stress_measurement", "地应力测量", "measured in-situ stress"),
            Requirement("circulation_test", "循环试验", "circulation test"),
        ),
    ),
)
"""The stages from coarse to fine."""


def gate(items: Iterable[str]) -> Gate:
    """Stages that a project has closed and what the next gate still asks for.

    Parameters
    ----------
    items : iterable of str
        Ids of the requirements that the project has.

    Returns
    -------
    Gate
        A stage is closed if it and all before it have what they require.

    Raises
    ------
    ValueError
        If an item is no requirement of any stage.

    Examples
    --------
    >>> gate(["heat_flow_map", "geotherm_models", "prospects", "regional_geology"])[1:]
    ('D', ('regional_geology',), ('regional_heat_flow', 'favourable_districts'))
    """
    have = set(items)
    unknown = have - {need.id for stage in STAGES for need in stage.requires}
    if unknown:
        raise ValueError(f"items must be requirements of a stage, got {sorted(unknown)}")
    closed: list[str] = []
    for stage in STAGES:
        missing = tuple(need.id for need in stage.requires if need.id not in have)
        if missing:
            present = tuple(need.id for need in stage.requires if need.id in have)
            return Gate(tuple(closed), stage.letter, present, missing)
        closed.append(stage.letter)
    return Gate(tuple(closed), None, (), ())


def evidence(records: Sequence[Evidence]) -> EvidenceGate:
    """Check of the number and the spread of observations at a gate.

    Parameters
    ----------
    records : sequence of Evidence
        One record an item, one or more.

    Returns
    -------
    EvidenceGate
        An item fails with too few observations or too great a relative standard deviation [1].

    Raises
    ------
    ValueError
        If there is no record, or a number in one is negative.

    Examples
    --------
    >>> evidence([Evidence("stress", 2, 3, 0.15, 0.2), Evidence("gradient", 6, 5, 0.06, 0.1)])
    EvidenceGate(passed=False, failed=('stress',), completeness=0.5)
    """
    if not records:
        raise ValueError("records must hold one or more, got none")
    for record in records:
        if not all(number >= 0 for number in record[1:]):
            raise ValueError(f"numbers must be >= 0, got {record}")
    failed = tuple(
        record.item
        for record in records
        if record.observations < record.required or record.deviation > record.greatest_deviation
    )
    return EvidenceGate(not failed, failed, 1.0 - len(failed) / len(records))
