"""Units live at the edge: text with a unit comes in, SI floats stay inside.

A number of a project file is written in one of three ways::

    depth = "3200 m"
    depth = { value = "3200 m", source = "hole ZK-12", year = 2021, label = "measured" }
    depth = { between = ["3100 m", "3300 m"], label = "assumption" }

and instead of `between` (uniform) also `triangular = [low, mode, high]`,
`normal = [mean, standard deviation]` or `lognormal = [median, geometric standard deviation]`.
The field then holds the central value; distribution and source go to the project's registers.
"""

import math
import re
import sys
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, get_args

import numpy as np
import pint
from numpy.typing import NDArray
from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
)
from pydantic_core import CoreSchema, core_schema

from comine.errors import Fault

Number = TypeVar("Number", float, NDArray[np.float64])
Currency = Literal["CNY", "USD", "EUR", "AUD", "CAD", "ZAR", "GBP", "JPY"]
CURRENCIES: tuple[str, ...] = get_args(Currency)
_CURRENCY = re.compile(rf"\b([kM]?)({'|'.join(CURRENCIES)})\b")
_TERM = r"[A-Za-zµμ°Ω][A-Za-z_µμΩ]{0,29}(?:(?:\*\*|\^)-?\d|[²³])?"
_UNIT = re.compile(rf"(?:1\s?/\s?)?{_TERM}(?:(?:\s?[/*·]\s?|\s){_TERM}){{0,5}}|")
"""Names with small powers, joined by ``/``, ``*`` or a blank: all that a unit needs."""
_COMMON = (
    *("degC", "kelvin", "year", "month", "day", "hour", "minute", "second", "percent", "ppm"),
    *("degree", "km", "mm", "litre", "hectare", "kPa", "MPa", "GPa", "bar", "kW", "MW", "GW"),
    *("kJ", "MJ", "GJ", "kWh", "MWh", "GWh", "tonne", "Mt", "tce"),
)
"""What a mistyped unit may have meant."""
LARGEST = sys.float_info.max
SHAPES = {"between": 2, "triangular": 3, "normal": 2, "lognormal": 2}
LABELS = ("measured", "published", "computed", "assumption", "comine default")


class Distribution(BaseModel):
    """What is known of an uncertain number; parameters in the SI unit of the field.

    >>> Distribution(shape="triangular", parameters=(1.0, 2.0, 4.0)).central
    2.0
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    shape: Literal["between", "triangular", "normal", "lognormal"]
    parameters: tuple[float, ...]

    @property
    def central(self) -> float:
        """Midpoint, mode, mean or median, by shape."""
        if self.shape == "between":
            return sum(self.parameters) / 2
        return self.parameters[1] if self.shape == "triangular" else self.parameters[0]

    @property
    def bounds(self) -> tuple[float, float]:
        """Ends of the range, or the central 90 % where the shape has no ends."""
        first, last = self.parameters[0], self.parameters[-1]
        if self.shape == "normal":
            return first - 1.6449 * last, first + 1.6449 * last
        if self.shape == "lognormal":
            return first / last**1.6449, first * last**1.6449
        return first, last


class Source(BaseModel):
    """Where a number comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    source: str = ""
    year: int | None = None
    label: Literal["", "measured", "published", "computed", "assumption", "comine default"] = ""


@dataclass
class Reading:
    """What a file reader knows while a project is validated, and what it finds on the way."""

    file: str
    rates: dict[str, float] = field(default_factory=dict)
    """Worth of a currency in the project's own."""
    needs_units: bool = True
    """Whether a bare number is refused where a unit belongs."""
    distributions: dict[int, Distribution] = field(default_factory=dict)
    sources: dict[int, Source] = field(default_factory=dict)
    """Both by the identity of the table in the file's tree."""
    faults: list[Fault] = field(default_factory=list)
    """What is wrong in the files that the project names."""


@cache
def registry() -> "pint.UnitRegistry[Any]":
    """All units, with those that mining and energy need besides."""
    ureg: pint.UnitRegistry[Any] = pint.UnitRegistry(on_redefinition="ignore")
    ureg.define("money = [money]")
    ureg.define("tce = 29.3076 GJ")
    ureg.define("kilotonne = 1000 * tonne = kt")  # not the knot that pint reads
    return ureg


def to_si(text: str, unit: str, rates: dict[str, float] | None = None) -> float:
    """Read ``"65 degC"`` as a float in `unit`; raise `ValueError` if it cannot be.

    >>> to_si("65 degC", "K")
    338.15
    >>> to_si("550 CNY/g", "money/kg", {"CNY": 1.0})
    550000.0
    """
    number, _, given = text.strip().replace("%", " percent").partition(" ")
    try:
        value = float(number)
    except ValueError:
        raise ValueError(f"not a number with a unit; write e.g. '12 {shown(unit)}'") from None
    value = _converted(value, given.strip(), unit, rates or {})
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return float(value)


def all_to_si(values: NDArray[np.float64], given: str, unit: str) -> NDArray[np.float64]:
    """Convert many numbers of the unit `given`; raise `ValueError` if it does not convert.

    >>> all_to_si(np.array([0.0, 65.0]), "degC", "K")
    array([273.15, 338.15])
    """
    with np.errstate(over="ignore"):
        return np.asarray(_converted(values, given, unit, {}), dtype=float)


def _converted(value: Number, given: str, unit: str, rates: dict[str, float]) -> Number:
    given, factor = _without_currency(given, rates)
    if not _UNIT.fullmatch(given):
        raise ValueError(f"{given!r} is not a unit; write it in {shown(unit)}")
    if unit == "delta_degC":
        given = re.sub(r"\b(degC|celsius)\b", "delta_degC", given)
    try:
        converted: Number = registry().Quantity(value, given or "1").to(unit).magnitude
    except (pint.PintError, ArithmeticError, ValueError) as error:
        raise ValueError(_mismatch(given, unit, error)) from None
    return converted * factor


def _without_currency(given: str, rates: dict[str, float]) -> tuple[str, float]:
    codes = _CURRENCY.findall(given)
    if not codes:
        return given, 1.0
    if len(codes) > 1:
        raise ValueError("more than one currency in a unit")
    prefix, code = codes[0]
    if code not in rates:
        known = ", ".join(sorted(rates)) or "none"
        raise ValueError(f"no exchange rate for {code} (known: {known}); add it to money.rates")
    scale = {"": 1.0, "k": 1e3, "M": 1e6}[prefix]
    return _CURRENCY.sub("money", given), rates[code] * scale


def _mismatch(given: str, unit: str, error: Exception) -> str:
    if isinstance(error, pint.UndefinedUnitError):
        names = re.findall(_TERM, given)
        near = [
            n
            for name in names
            if name not in registry()
            for n in get_close_matches(name, _COMMON, 1)
        ]
        hint = f"did you mean {near[0]!r}? " if near else ""
        return f"unknown unit {given!r}; {hint}write it in {shown(unit)} or what converts to it"
    if not given:
        return f"no unit; write e.g. '12 {shown(unit)}'"
    return f"{given!r} does not convert to {shown(unit)}"


def shown(unit: str) -> str:
    """Write an SI unit as a user may write it.

    >>> shown("money/kg")
    'CNY/kg'
    """
    plain = {"1": "percent", "K": "degC", "delta_degC": "K"}
    return plain.get(unit, unit.replace("money", "CNY"))


@dataclass(frozen=True)
class Unit:
    """Marks a float field with its SI unit: ``Annotated[float, Unit("m")]``."""

    si: str

    def read(self, value: Any, info: ValidationInfo) -> Any:
        """Read a number as a file or a caller gives it; register its source and distribution."""
        reading = info.context if isinstance(info.context, Reading) else None
        if isinstance(value, dict):
            return self._uncertain(value, reading)
        return self._plain(value, reading)

    def _plain(self, value: Any, reading: Reading | None) -> float:
        if isinstance(value, str):
            return to_si(value, self.si, reading.rates if reading else None)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"a number is wanted; write e.g. '12 {shown(self.si)}'")
        if not -LARGEST <= value <= LARGEST:
            raise ValueError("not a finite number")
        if reading and reading.needs_units and self.si != "1":
            raise ValueError(f"no unit; write the unit, e.g. '{value} {shown(self.si)}'")
        return float(value)

    def _uncertain(self, table: dict[str, Any], reading: Reading | None) -> float:
        shapes = [key for key in table if key == "value" or key in SHAPES]
        known = ("value", *SHAPES, *Source.model_fields)
        for key in table:
            if key not in known:
                near = get_close_matches(key, known, 1)
                hint = f"; did you mean {near[0]!r}?" if near else f"; there is {', '.join(known)}"
                raise ValueError(f"unknown key {key!r} in a number{hint}")
        if len(shapes) != 1:
            raise ValueError(f"give exactly one of {', '.join(known[:5])}")
        source = Source(**{key: table[key] for key in Source.model_fields if key in table})
        if reading and source != Source():
            reading.sources[id(table)] = source
        if shapes[0] == "value":
            return self._plain(table["value"], reading)
        distribution = self._distribution(shapes[0], table[shapes[0]], reading)
        if reading:
            reading.distributions[id(table)] = distribution
        return distribution.central

    def _distribution(self, shape: str, given: Any, reading: Reading | None) -> Distribution:
        if not isinstance(given, list) or len(given) != SHAPES[shape]:
            raise ValueError(f"{shape!r} wants a list of {SHAPES[shape]} numbers")
        if shape in ("between", "triangular"):
            numbers = [self._plain(item, reading) for item in given]
            if sorted(numbers) != numbers or numbers[0] == numbers[-1]:
                raise ValueError(f"the numbers of {shape!r} must rise")
        elif shape == "normal":
            spread = Unit("delta_degC" if self.si == "K" else self.si)
            numbers = [self._plain(given[0], reading), spread._plain(given[1], reading)]
            if numbers[1] <= 0:
                raise ValueError("the standard deviation must be positive")
        else:
            numbers = [self._plain(given[0], reading), Unit("1")._plain(given[1], reading)]
            if numbers[0] <= 0 or numbers[1] <= 1:
                raise ValueError("wants a positive median and a geometric deviation above 1")
        return Distribution(shape=shape, parameters=tuple(numbers))  # type: ignore[arg-type]

    def __get_pydantic_core_schema__(self, source: Any, get: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_before_validator_function(self.read, get(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, get: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        plain = get(schema)
        text = {
            "type": "string",
            "description": f"a number with a unit, such as '12 {shown(self.si)}'",
        }
        table = {"type": "object", "description": "value or distribution, with its source"}
        forms = [text, table] if self.si != "1" else [plain, text, table]
        return {"anyOf": forms, "unit": self.si}


Area = Annotated[float, Unit("m**2")]
AreaPrice = Annotated[float, Unit("money/m**2")]
Conductivity = Annotated[float, Unit("W/m/K")]
Density = Annotated[float, Unit("kg/m**3")]
Diffusivity = Annotated[float, Unit("m**2/s")]
EnergyPrice = Annotated[float, Unit("money/J")]
Expansion = Annotated[float, Unit("1/K")]
FilmCoefficient = Annotated[float, Unit("W/m**2/K")]
Fraction = Annotated[float, Unit("1")]
Gradient = Annotated[float, Unit("K/m")]
HeatCapacity = Annotated[float, Unit("J/kg/K")]
HeatFlow = Annotated[float, Unit("W/m**2")]
HeatProduction = Annotated[float, Unit("W/m**3")]
Length = Annotated[float, Unit("m")]
MassFlow = Annotated[float, Unit("kg/s")]
Mass = Annotated[float, Unit("kg")]
MassPrice = Annotated[float, Unit("money/kg")]
Money = Annotated[float, Unit("money")]
MoneyRate = Annotated[float, Unit("money/s")]
Power = Annotated[float, Unit("W")]
PowerPrice = Annotated[float, Unit("money/W")]
LengthPrice = Annotated[float, Unit("money/m")]
Pressure = Annotated[float, Unit("Pa")]
PressureGradient = Annotated[float, Unit("Pa/m")]
SpecificEnergy = Annotated[float, Unit("J/kg")]
Temperature = Annotated[float, Unit("K")]
TemperatureDifference = Annotated[float, Unit("delta_degC")]
Time = Annotated[float, Unit("s")]
Volume = Annotated[float, Unit("m**3")]
