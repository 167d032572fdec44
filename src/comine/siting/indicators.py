"""The 20 indicators of a hot-dry-rock site, with their class limits.

Order, wording and limits are those of S1; limits that the readable text of S1 lacks are the
project's own and labelled "comine default". A value on a limit belongs to the middle class, since
S1 writes the outer classes with < and >.

Sources
-------
S1: Li Shengtao et al. (2018). Geological Survey of China 5(2), 64-72, sections 2.1 to 2.4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, isnan
from typing import Literal, NamedTuple

__all__ = [
    "GOOD",
    "INDICATORS",
    "LAYERS",
    "MEDIUM",
    "POOR",
    "Category",
    "Indicator",
    "Value",
    "indicator",
    "known_values",
]

GOOD, MEDIUM, POOR = 9.0, 6.0, 3.0

Value = float | str | None
"""A number in SI, a word, or None where unknown."""

Layer = Literal["safety", "resource", "technical", "economic"]

LAYERS: dict[Layer, str] = {
    "safety": "地质安全性",
    "resource": "资源性",
    "technical": "技术性",
    "economic": "经济性",
}
"""The four layers in the order of S1, with their Chinese names."""

_GRADE_WORDS = {"good": GOOD, "medium": MEDIUM, "poor": POOR, "好": GOOD, "中": MEDIUM, "差": POOR}
_ROUNDING = 1e-12  # relative distance from a limit that unit conversion may cause
_YEAR = 365.25 * 86400.0


class Category(NamedTuple):
    """A class of a worded indicator: its grade and the words that fall in it."""

    grade: float
    chinese: tuple[str, ...]
    english: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of a site.

    Attributes
    ----------
    id : str
        Layer letter and short name.
    chinese, english : str
        Names.
    layer : str
        Layer it belongs to.
    unit : str
        SI unit of its value; "1" for intensity degrees and for acceleration as a multiple of
        standard gravity; empty for a worded indicator.
    direction : {"lower", "higher", "category"}
        What is better.
    limits : tuple of float
        The two limits of the middle class, ascending [unit]; empty for a worded indicator.
    sources : tuple of str
        Source of each limit, or of the wording: "S1" or "comine default".
    categories : tuple of Category
        Good, medium and poor wording of a worded indicator.
    note : str
        What to bear in mind.
    """

    id: str
    chinese: str
    english: str
    layer: Layer
    unit: str
    direction: Literal["lower", "higher", "category"]
    limits: tuple[float, ...] = ()
    sources: tuple[str, ...] = ("S1", "S1")
    categories: tuple[Category, ...] = ()
    note: str = ""

    def grade(self, value: float | str) -> float:
        """Grade in the steps of S1.

        Parameters
        ----------
        value : float or str
            Value [unit], or a word: a category, or "good", "medium", "poor", 好, 中, 差 for any
            indicator.

        Returns
        -------
        float
            9, 6 or 3 [1]; a value on a limit gets 6.

        Raises
        ------
        ValueError
            If the value is negative or not finite, or a word is unknown or given as a number.

        Examples
        --------
        >>> indicator("S.distance").grade(800.0), indicator("S.distance").grade(2510.0)
        (6.0, 9.0)
        """
        if isinstance(value, str):
            return self._grade_of_word(value)
        low, high = self._checked_limits(value)
        if value < low * (1.0 - _ROUNDING):
            return GOOD if self.direction == "lower" else POOR
        if value > high * (1.0 + _ROUNDING):
            return POOR if self.direction == "lower" else GOOD
        return MEDIUM

    def score(self, value: float | str) -> float:
        r"""Continuous counterpart of the grade, without the jump at a limit.

        Parameters
        ----------
        value : float or str
            As for :meth:`grade`.

        Returns
        -------
        float
            From 3 to 9 [1]: equal to the grade in the outer classes and for words, and linear in
            the value between the limits, so 6 in the middle of the middle class.

        Raises
        ------
        ValueError
            As for :meth:`grade`.

        Notes
        -----
        For an indicator of which more is better, with limits a and b (comine default):

        .. math:: s = 3 + 6\,\min\Big(1, \max\Big(0, \frac{x - a}{b - a}\Big)\Big)

        Examples
        --------
        >>> round(indicator("S.distance").score(2490.0), 3)
        8.965
        """
        if isinstance(value, str):
            return self._grade_of_word(value)
        low, high = self._checked_limits(value)
        share = min(1.0, max(0.0, (value - low) / (high - low)))
        return POOR + (GOOD - POOR) * (1.0 - share if self.direction == "lower" else share)

    def _checked_limits(self, value: float) -> tuple[float, float]:
        if len(self.limits) != 2:
            raise ValueError(f"{self.id} must be one of the words {self._words()}, got {value!r}")
        if not isfinite(value) or value < 0.0:
            raise ValueError(f"{self.id} must be finite and >= 0 {self.unit}, got {value!r}")
        return self.limits[0], self.limits[1]

    def _grade_of_word(self, word: str) -> float:
        key = word.strip().casefold()
        if key in _GRADE_WORDS:
            return _GRADE_WORDS[key]
        for category in self.categories:
            if key in (*category.chinese, *category.english):
                return category.grade
        raise ValueError(f"{self.id} must be a number or one of {self._words()}, got {word!r}")

    def _words(self) -> list[str]:
        own = [word for c in self.categories for word in (*c.chinese, *c.english)]
        return [*own, *_GRADE_WORDS]


def indicator(id: str) -> Indicator:
    """Indicator of that id.

    Parameters
    ----------
    id : str
        For example "R.gradient".

    Returns
    -------
    Indicator
        The indicator.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> indicator("R.gradient").limits
    (0.045, 0.08)
    """
    if id not in _BY_ID:
        raise ValueError(f"no indicator {id!r}; there are {', '.join(_BY_ID)}")
    return _BY_ID[id]


def known_values(values: Mapping[str, Value]) -> dict[str, float | str]:
    """Values of the indicators that are known.

    Parameters
    ----------
    values : mapping of str to float, str or None
        Values by id; None and NaN mean unknown.

    Returns
    -------
    dict of str to float or str
        The others.

    Raises
    ------
    ValueError
        If ids name no indicator; all of them are named.

    Examples
    --------
    >>> known_values({"R.area": 1e8, "R.power": None, "T.life": float("nan")})
    {'R.area': 100000000.0}
    """
    unknown = [id for id in values if id not in _BY_ID]
    if unknown:
        raise ValueError(f"no indicators {unknown}; there are {', '.join(_BY_ID)}")
    return {
        id: value
        for id, value in values.items()
        if value is not None and (isinstance(value, str) or not isnan(value))
    }


def _numeric(
    id: str, names: str, unit: str, better: Literal["lower", "higher"], *limits: float
) -> Indicator:
    chinese, english = names.split(" | ")
    layer = _LAYER_OF_LETTER[id[0]]
    source = "comine default" if id in {"R.area", "R.power"} else "S1"
    sources = (source, source)
    return Indicator(
        id, chinese, english, layer, unit, better, limits, sources, note=_NOTES.get(id, "")
    )


def _worded(id: str, names: str, *classes: str) -> Indicator:
    chinese, english = names.split(" | ")
    categories = []
    for grade, words in zip((GOOD, MEDIUM, POOR), classes, strict=True):
        ours, theirs = words.split(" | ")
        categories.append(Category(grade, tuple(ours.split("、")), tuple(theirs.split("; "))))
    layer = _LAYER_OF_LETTER[id[0]]
    return Indicator(id, chinese, english, layer, "", "category", (), ("S1",), tuple(categories))


_LAYER_OF_LETTER: dict[str, Layer] = {layer[0].upper(): layer for layer in LAYERS}

_NOTES = {
    "R.area": "S1 says that about 200 MW needs 150 to 200 km2; that these are the class limits is "
    "inferred",
    "R.power": "limits after the size classes of GB/T 11615 (recalled); S1's own are not readable",
    "T.volume": "S1 calls 0.1 km3 the ideal economic size, yet grades less than 1 km3 as poor",
}

INDICATORS: tuple[Indicator, ...] = (
    _numeric("S.intensity", "地震基本烈度 | basic seismic intensity", "1", "lower", 6.0, 8.0),
    _numeric("S.pga", "地震动峰值加速度 | peak ground acceleration", "1", "lower", 0.05, 0.2),
    _numeric(
        "S.distance", "与居民点的距离 | distance to settlements", "m", "higher", 800.0, 2500.0
    ),
    _numeric("R.depth150", "干热岩体埋深 | depth of the 150 °C isotherm", "m", "lower", 3e3, 4e3),
    _numeric(
        "R.tfrac",
        "干热岩体压裂段温度 | temperature of the stimulated section",
        "K",
        "higher",
        423.15,
        473.15,
    ),
    _numeric("R.gradient", "地温梯度 | geothermal gradient", "K/m", "higher", 0.045, 0.08),
    _worded(
        "R.lithology",
        "热储岩性 | reservoir lithology",
        "均质各向同性良好的中酸性花岗岩类 | homogeneous, isotropic intermediate-acid granitoid",
        "均质各向同性较好的花岗岩和变质岩类 | fairly homogeneous granite or metamorphic rock",
        "均质各向同性一般的花岗岩和变质岩类 | moderately homogeneous granite or metamorphic rock",
    ),
    _numeric("R.area", "分布面积 | areal extent", "m2", "higher", 150e6, 200e6),
    _numeric("R.recoverable", "可开采资源量 | recoverable heat", "J", "higher", 2.5e16, 40e16),
    _numeric("R.power", "可发电量 | power potential", "W", "higher", 10e6, 50e6),
    _numeric("T.drill200", "钻井深度 | drilling depth (200 °C isotherm)", "m", "lower", 3e3, 5e3),
    _worded(
        "T.stress",
        "地应力状况 | knowledge of the in-situ stress",
        "清楚 | clear",
        "基本清楚 | basically clear",
        "不清楚 | not clear",
    ),
    _numeric(
        "T.pfrac", "储层压裂门限值 | fracturing threshold pressure", "Pa", "lower", 15e6, 30e6
    ),
    _worded(
        "T.natfrac",
        "天然裂隙发育情况 | natural fractures",
        "发育但无较大断层 | developed, no large fault",
        "较发育 | fairly developed",
        "不发育、发育较大断层 | undeveloped; large faults",
    ),
    _numeric("T.volume", "可压裂体积 | stimulable volume", "m3", "higher", 1e9, 2e9),
    _numeric(
        "T.life", "场地资源使用寿命 | life of the site", "s", "higher", 30 * _YEAR, 100 * _YEAR
    ),
    _worded(
        "E.land",
        "土地利用现状 | land use",
        "未利用土地 | unused land",
        "牧草地、林地、耕地、园地 | pasture; forest; farmland; orchard",
        "居民点、工矿用地、交通用地、宗教用地 | "
        "settlement; industry or mining; traffic; religious land",
    ),
    _worded(
        "E.construct",
        "场地施工条件 | construction conditions",
        "可通行、易施工 | accessible; easy",
        "需修路、需少量资金平整 | road needed; little levelling",
        "不易通行、不具备施工条件、投资额巨大 | inaccessible; no room to build; very costly",
    ),
    _worded(
        "E.water",
        "水源保障程度 | water supply",
        "具备 | available",
        "可协调解决、基本具备 | can be arranged; largely available",
        "不具备 | not available",
    ),
    _worded(
        "E.grid",
        "发电并网条件 | grid connection",
        "具备 | available",
        "可协调解决、基本具备 | can be arranged; largely available",
        "不具备 | not available",
    ),
)
"""The indicators in the order of S1: safety 3, resource 7, technical 6, economic 4."""

_BY_ID = {each.id: each for each in INDICATORS}
