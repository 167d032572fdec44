"""What the user declares. A project is frozen: change it with `replace`, run it again."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, ValidationError, model_validator

from comine.errors import Fault, ProjectError
from comine.explain import explain
from comine.models.base import Model, OneOf
from comine.models.finance import Finance
from comine.models.heat_systems import HeatSystem
from comine.models.indicators import SiteValues
from comine.models.mine import Mine
from comine.models.sinks import Sink
from comine.models.site import Site
from comine.models.strategy import Strategy
from comine.units import CURRENCIES, Distribution, Reading, Source

LARGEST = 5_000_000
"""Bytes of a project file beyond which it is refused."""


class MoneyBasis(Model):
    """The project's currency, its base year, and what other currencies are worth in it."""

    currency: str = Field(pattern="^(" + "|".join(CURRENCIES) + ")$")
    base_year: int = Field(ge=1970, le=2100)
    rates: dict[str, float] = Field(default_factory=dict)
    """Worth of one unit of another currency in the project's own."""
    rates_source: str = ""


class Project(Model):
    """One place, one mine, its heat, and the strategies to compare."""

    name: str = Field(min_length=1, max_length=120)
    years: int = Field(default=30, ge=1, le=100)
    """Length of the study."""
    money: MoneyBasis
    site: Site
    mine: Mine | None = None
    heat: dict[str, Annotated[HeatSystem, OneOf(HeatSystem)]] = Field(default_factory=dict)
    """Heat systems by name."""
    sinks: dict[str, Annotated[Sink, OneOf(Sink)]] = Field(default_factory=dict)
    """Takers of heat by name; the order is the cascade."""
    finance: Annotated[Finance, OneOf(Finance)]
    siting: SiteValues = SiteValues()
    strategies: dict[str, Strategy] = Field(min_length=1)
    unknown: dict[str, str] = Field(default_factory=dict)
    """What is not known, by name, and what would settle it."""
    uncertain: dict[str, Distribution] = Field(default_factory=dict)
    """Distributions by the path of the number; filled by the reader."""
    sources: dict[str, Source] = Field(default_factory=dict)
    """Sources by the path of the number; filled by the reader."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        wrong = [line for name, s in self.strategies.items() for line in self._misfits(name, s)]
        if self.mine and not self.site.climate:
            wrong.append("site.climate is required where there is a mine")
        wrong += [
            f"strategies.{name}: the name is taken by the study itself"
            for name in self.strategies.keys() & {"assess", "compare"}
        ]
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    def _misfits(self, name: str, strategy: Strategy) -> Iterator[str]:
        key = f"strategies.{name}"
        if strategy.mine and not self.mine:
            yield f"{key}.mine: the project has no [mine]; set mine = false or add it"
        access = {self.heat[name].access for name in strategy.heat if name in self.heat}
        products = {sink.product for sink in self.sinks.values()} if strategy.heat else set()
        for price in self.finance.missing(strategy.mine, access, products):
            yield f"finance.{price}: is required by strategy {name!r} and not given"
        if not strategy.mine and not strategy.heat:
            yield f"{key}: neither mine nor heat is on; name heat systems or set mine = true"
        for system in strategy.heat:
            if system not in self.heat:
                yield f"{key}.heat: no heat system {system!r}; there is {sorted(self.heat)}"
            elif self.heat[system].access == "roadway" and not strategy.mine:
                yield f"{key}.heat: {system!r} is reached from a roadway, so mine must be true"

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a TOML project file, in which every dimensional number carries its unit.

        Raises
        ------
        ProjectError
            With every fault that was found.
        """
        file = Path(path)
        return cls._build(_read(file), Reading(str(file)), file.name)

    def replace(self, changes: Mapping[str, object]) -> Self:
        """Copy with changes: ``replace({"site.block.area": "3 km**2"})``."""
        data = self.model_dump()
        faults = []
        for path, value in changes.items():
            *branch, leaf = path.split(".")
            node: Any = data
            for key in branch:
                node = node.get(key) if isinstance(node, dict) else None
            if not isinstance(node, dict) or leaf not in node:
                there = sorted(node) if isinstance(node, dict) else sorted(data)
                faults.append(Fault("", path, "nothing to replace", "", f"there is {there}"))
            else:
                node[leaf] = value
        if faults:
            raise ProjectError(faults)
        rates = self.money.rates | {self.money.currency: 1.0}
        context = Reading("", rates, needs_units=False)
        try:
            return type(self).model_validate(data, context=context)
        except ValidationError as error:
            raise ProjectError(explain(type(self), error, "")) from None

    @classmethod
    def _build(cls, tree: dict[str, Any], reading: Reading, file: str) -> Self:
        reading.rates = _rates(tree)
        for register in ("uncertain", "sources"):
            if register in tree:
                cure = "write the distribution or source at the number itself"
                raise ProjectError([Fault(file, register, "is filled by the reader", "", cure)])
        try:
            project = cls.model_validate(tree, context=reading)
        except ValidationError as error:
            raise ProjectError([*reading.faults, *explain(cls, error, file)]) from None
        paths = {id(table): path for path, table in _tables(tree, "")}
        registers = {
            "uncertain": {paths[key]: value for key, value in reading.distributions.items()},
            "sources": {paths[key]: value for key, value in reading.sources.items()},
        }
        return project.model_copy(update=registers)


def _read(file: Path) -> dict[str, Any]:
    try:
        raw = file.read_bytes()
    except OSError as error:
        cure = "give the path of a TOML project file; 'comine new' writes one"
        raise ProjectError([Fault(str(file), "", f"cannot be read ({error.strerror})", "", cure)]) from None
    if len(raw) > LARGEST:
        raise ProjectError([Fault(str(file), "", "is too large", f"{len(raw)} bytes")])
    try:
        tree = tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        cure = "save the file as UTF-8"
        raise ProjectError([Fault(str(file), f"byte {error.start}", "is not UTF-8 text", "", cure)]) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ProjectError([Fault(str(file), "", f"is not TOML: {error}")]) from None
    if not tree:
        cure = "'comine new' writes a commented starter"
        raise ProjectError([Fault(str(file), "", "is empty", "", cure)])
    return tree


def _rates(tree: dict[str, Any]) -> dict[str, float]:
    """Exchange rates as the raw file gives them; what is wrong in them pydantic says later."""
    money = tree.get("money")
    if not isinstance(money, dict):
        return {}
    rates = money.get("rates")
    found = {k: float(v) for k, v in rates.items() if isinstance(v, int | float)} if isinstance(rates, dict) else {}
    return found | {str(money.get("currency")): 1.0}


def _tables(node: object, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table of the tree with its dotted path."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from _tables(value, f"{path}.{key}" if path else key)
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _tables(value, f"{path}.{number}")
