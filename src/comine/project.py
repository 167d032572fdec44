"""What the user declares. A project is frozen: change it with `replace`, run it again."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from comine.consistency import impossible
from comine.errors import Fault, ProjectError
from comine.explain import explain, instead, located, misfit, sample
from comine.models.base import Model, OneOf, Slot
from comine.models.finance import Finance
from comine.models.heat_systems import HeatSystem
from comine.models.indicators import SiteValues
from comine.models.mine import Mine
from comine.models.sinks import Sink
from comine.models.site import Site
from comine.models.strategy import Strategy
from comine.tables import LARGEST, bounded
from comine.units import CURRENCIES, Currency, Distribution, Reading, Source

__all__ = ["FILE", "LARGEST", "REGISTERS", "MoneyBasis", "Project", "Strategy"]
T = TypeVar("T")
_BARRED = r"./\\\[\]<>:\"|?*\x00-\x1f\x7f"
Name = Annotated[str, Field(pattern=rf"^[^\s{_BARRED}][^{_BARRED}]{{0,39}}$")]
"""Of a part of the project: a path of keys, a file and a node of the results are made of it."""
FILE = "project.toml"
"""Name of the project file where a folder is given."""
REGISTERS = ("uncertain", "sources")
"""Keys of a project that its reader fills."""


class MoneyBasis(Model):
    """The project's currency, its base year, and what other currencies are worth in it."""

    currency: Currency
    """All money of the study is in it."""
    base_year: int = Field(ge=1970, le=2100)
    """Year whose prices are meant."""
    rates: dict[Currency, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    """Worth of one unit of another currency in the project's own."""
    rates_source: str = ""
    """Where the rates come from."""

    @property
    def worth(self) -> dict[str, float]:
        """Worth of every known currency in the project's own."""
        return {str(code): rate for code, rate in self.rates.items()} | {self.currency: 1.0}


class Project(Model):
    """One place, one mine, its heat, and the strategies to compare."""

    name: str = Field(min_length=1, max_length=120)
    """Of the project, for the report."""
    name_zh: str = Field(default="", max_length=120)
    """The same in Chinese; left out, the name stands in both languages."""
    years: int = Field(default=30, ge=1, le=100)
    """Length of the study."""
    money: MoneyBasis
    """Currency, base year and exchange rates."""
    site: Site
    """The place."""
    mine: Mine | None = None
    """The mine; left out, heat alone is taken."""
    heat: dict[Name, Annotated[HeatSystem, OneOf(HeatSystem)]] = Field(default_factory=dict)
    """Heat systems by name."""
    sinks: dict[Name, Annotated[Sink, OneOf(Sink)]] = Field(default_factory=dict)
    """Takers of heat by name; the order is the cascade."""
    finance: Annotated[Finance, OneOf(Finance)]
    """How value is judged."""
    siting: SiteValues = SiteValues()
    """Typed values of the site indicators."""
    strategies: dict[Name, Strategy] = Field(min_length=1)
    """Ways of working to compare, by name."""
    unknown: dict[str, str] = Field(default_factory=dict)
    """What is not known, by name, and what would settle it."""
    unknown_zh: dict[str, str] = Field(default_factory=dict)
    """The same in Chinese, by the same names."""
    uncertain: dict[str, Distribution] = Field(default_factory=dict)
    """Distributions by the path of the number; filled by the reader."""
    sources: dict[str, Source] = Field(default_factory=dict)
    """Sources by the path of the number; filled by the reader."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        faults = [
            *_misfits(self.strategies, self.heat, self.mine is not None),
            *self._gaps(),
            *impossible(self.site, self.mine, self.heat, self.strategies, self.years),
        ]
        if faults:
            raise misfit(faults)
        return self

    def _gaps(self) -> Iterator[Fault]:
        """What the parts need of each other that is not given."""
        if self.mine and not self.site.climate:
            yield Fault(
                "", "site.climate", "is required where there is a mine", "", "add the table climate"
            )
        systems = {name for strategy in self.strategies.values() for name in strategy.heat}
        missing = self.finance.missing(
            any(strategy.mine for strategy in self.strategies.values()),
            {self.heat[name].access for name in systems & self.heat.keys()},
            {sink.product for sink in self.sinks.values()} if systems else set(),
        )
        for key in missing:
            slot = Slot.at(type(self.finance).model_fields[key])
            wrong = "is required by what the project builds and sells"
            yield Fault("", f"finance.{key}", wrong, "", f"add {sample(key, slot)}")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a TOML project file, in which every dimensional number carries its unit.

        Raises
        ------
        ProjectError
            With every fault that was found.
        """
        file = Path(path)
        if file.is_dir():
            file /= FILE
        text = _read(file)
        tree = _parse(text, file)
        reading = Reading(str(file), _rates(tree))
        project, faults = cls._build(tree, reading)
        if project is None:
            raise ProjectError([*reading.faults, *located(faults, file.name, text)])
        return project

    def replace(self, changes: Mapping[str, object]) -> Self:
        """Copy with changes: ``replace({"site.block.area": "3 km**2"})``.

        A number in a list has its place in the path, from 0. What was known of the source and
        the distribution of a replaced number is dropped.

        Raises
        ------
        ProjectError
            If a path leads nowhere or the changed project is not one.
        """
        tree = self.model_dump(mode="json", exclude=set(REGISTERS))
        faults = [fault for path, value in changes.items() for fault in _put(tree, path, value)]
        if faults:
            raise ProjectError(faults)
        project, faults = self._build(tree, Reading("", self.money.worth, needs_units=False))
        if project is None:
            raise ProjectError(faults)
        kept = {
            register: {
                path: entry
                for path, entry in getattr(self, register).items()
                if not any(f"{path}.".startswith(f"{changed}.") for changed in changes)
            }
            | getattr(project, register)
            for register in REGISTERS
        }
        return project.model_copy(update=kept)

    @classmethod
    def _build(cls, tree: dict[str, Any], reading: Reading) -> tuple[Self | None, list[Fault]]:
        """Project of a tree with its registers filled, or every fault."""
        cure = "write the distribution or source at the number itself"
        faults = [
            Fault("", name, "is filled by the reader", "", cure)
            for name in REGISTERS
            if name in tree
        ]
        try:
            project = cls.model_validate(
                {key: value for key, value in tree.items() if key not in REGISTERS}, context=reading
            )
        except ValidationError as error:
            faults += explain(cls, error)
            known = {fault.key for fault in faults}
            faults += [fault for fault in _misfits_of(tree, reading) if fault.key not in known]
        if faults:
            return None, faults
        paths = {id(table): path for path, table in _tables(tree, "")}
        registers = {
            "uncertain": {paths[key]: value for key, value in reading.distributions.items()},
            "sources": {paths[key]: value for key, value in reading.sources.items()},
        }
        return project.model_copy(update=registers), []


def _misfits(
    strategies: Mapping[str, Strategy], heat: Mapping[str, HeatSystem | None], has_mine: bool
) -> Iterator[Fault]:
    """What does not fit between strategies and the parts that they name."""
    for name, strategy in strategies.items():
        key = f"strategies.{name}"
        if name in ("assess", "compare"):
            yield Fault("", key, "the name is taken by the study itself", "", "rename it")
        if strategy.mine and not has_mine:
            cure = "set mine = false or add the table mine"
            yield Fault("", f"{key}.mine", "the project has no mine", "", cure)
        if not strategy.mine and not strategy.heat:
            cure = "name heat systems or set mine = true"
            yield Fault("", key, "neither mine nor heat is on", "", cure)
        for system in strategy.heat:
            found = heat.get(system)
            if system not in heat:
                cure = instead(system, list(heat)) if heat else f"add the table heat.{system}"
                yield Fault("", f"{key}.heat", "no such heat system", repr(system), cure)
            elif found and found.access == "roadway" and not strategy.mine:
                wrong = f"{system!r} is reached from a roadway, so ore must be mined"
                yield Fault("", f"{key}.heat", wrong, "", "set mine = true or reach it by wells")


def _misfits_of(tree: dict[str, Any], reading: Reading) -> Iterator[Fault]:
    """The same for a tree with faults, from those of its parts that are sound."""
    strategies = _sound(tree.get("strategies"), TypeAdapter(Strategy), reading)
    system: TypeAdapter[HeatSystem] = TypeAdapter(Annotated[HeatSystem, OneOf(HeatSystem)])
    heat = _sound(tree.get("heat"), system, reading)
    found = {name: strategy for name, strategy in strategies.items() if strategy}
    return _misfits(found, heat, "mine" in tree)


def _sound(tables: object, adapter: TypeAdapter[T], reading: Reading) -> dict[str, T | None]:
    """Each entry of a table of tables, or None where it has faults of its own."""
    entries: dict[str, T | None] = {}
    for name, table in tables.items() if isinstance(tables, dict) else ():
        context = Reading(reading.file, reading.rates, reading.needs_units)
        try:
            entries[name] = adapter.validate_python(table, context=context)
        except ValidationError:
            entries[name] = None
    return entries


def _put(tree: dict[str, Any], path: str, value: object) -> Iterator[Fault]:
    """Set one value of a tree in place; yield a fault if the path leads nowhere."""
    node: Any = tree
    *branch, leaf = path.split(".")
    for number, key in enumerate((*branch, leaf)):
        place = int(key) if isinstance(node, list) and key.isdecimal() else key
        there = (
            range(len(node)) if isinstance(node, list) else node if isinstance(node, dict) else ()
        )
        if place not in there:
            cure = instead(key, [str(k) for k in there]) if there else "nothing lies below this key"
            yield Fault("", ".".join((*branch, leaf)[: number + 1]), "nothing to replace", "", cure)
        elif number == len(branch):
            node[place] = value
        else:
            node = node[place]
            continue
        return


def _read(file: Path) -> str:
    try:
        raw = bounded(file)
    except OSError as error:
        cure = "give the path of a TOML project file; 'comine new' writes one"
        wrong = f"cannot be read ({error.strerror})"
        raise ProjectError([Fault(str(file), "", wrong, "", cure)]) from None
    if len(raw) > LARGEST:
        cure = f"a project file has at most {LARGEST} bytes"
        raise ProjectError([Fault(str(file), "", "is too large", "", cure)])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        cure = "save the file as UTF-8"
        raise ProjectError([Fault(str(file), "", "is not UTF-8 text", "", cure, line)]) from None


def _parse(text: str, file: Path) -> dict[str, Any]:
    try:
        tree = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProjectError([Fault(str(file), "", f"is not TOML: {error}")]) from None
    if not tree:
        cure = "'comine new' writes a commented starter"
        raise ProjectError([Fault(str(file), "", "is empty", "", cure)])
    return tree


def _rates(tree: dict[str, Any]) -> dict[str, float]:
    """Exchange rates as the raw file gives them.

    What is wrong in them is said once, at their own key: prices are then read as if all were well.
    """
    money = tree.get("money")
    rates = money.get("rates", {}) if isinstance(money, dict) else None
    currency = money.get("currency") if isinstance(money, dict) else None
    if currency not in CURRENCIES or not isinstance(rates, dict):
        return dict.fromkeys(CURRENCIES, 1.0)
    found = {
        key: float(rate) if isinstance(rate, int | float) and abs(rate) < 1e99 else 1.0
        for key, rate in rates.items()
    }
    return found | {str(currency): 1.0}


def _tables(node: object, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table of the tree with its dotted path."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            yield from _tables(value, f"{path}.{key}" if path else key)
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _tables(value, f"{path}.{number}")
