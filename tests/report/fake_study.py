"""A small study with plausible numbers, built from the promises, without running any stage."""

from types import SimpleNamespace

import numpy as np

from comine.errors import StudyError
from comine.fields import merged
from comine.stages.promises import (
    ASSESS,
    BUILD,
    DECIDE,
    GROUND,
    LEDGER,
    OPERATE_HEAT,
    OPERATE_MINE,
    OPERATE_ROCK,
    USE,
)
from comine.units import Distribution, Source

YEARS = 12
MONTHS = np.arange(1, 12 * YEARS + 1)
LEVELS = np.array([1600.0, 1800.0, 2000.0, 2200.0])
SEASON = np.cos(2 * np.pi * (MONTHS - 7) / 12)
OPERATE = merged(OPERATE_MINE, OPERATE_HEAT, OPERATE_ROCK, LEDGER)
SNAPSHOTS = np.array([0, 4, 8, 12])
SECTION_Z = np.array([50.0, 200, 500, 900, 1200, 1450, 1600, 1700, 1800, 2000, 2200, 2400, 2700])
SECTION_X = np.array([-900.0, -500, -250, -100, -40, 0, 40, 120, 300, 600, 840, 900, 980, 1300])
COOLED_AT = (2000.0, 300.0)
WARMED_AT = (1450.0, 900.0)
STAGES = {"build": BUILD, "operate": OPERATE, "ground": GROUND, "use": USE, "decide": DECIDE}
INDICATORS = (
    ("seismic intensity", "地震基本烈度", 0.05, 6, 6, "7", "typed"),
    ("depth of 150 °C", "150 ℃ 等温面埋深", 0.11, 3, 3, "5520 m", "computed"),
    ("mean gradient", "平均地温梯度", 0.09, 3, 3, "24.5 K/km", "computed"),
    ("lithology", "岩性", 0.08, 9, 9, "good", "typed"),
    ("natural fractures", "天然裂隙", 0.06, 3, 9, "", "unknown"),
    ("water supply", "供水条件", 0.61, 3, 9, "", "unknown"),
)


CHINESE = {
    "shafts": "竖井",
    "ore_sold": "金属销售",
    "mining": "采矿",
    "refrigeration": "制冷",
    "boreholes": "取热钻孔",
    "heat_sold": "供热收入",
    "taxes": "所得税",
}


class FakeStudy:
    """Has the face of a study; nodes may be taken away to see what the report does."""

    version = "0.1.0"
    seconds = 12.3

    def __init__(self, project, tree):
        self.project = project
        self.tree = tree

    @property
    def strategies(self):
        return tuple(
            n for n in self.project.strategies if any(k.startswith(f"{n}/") for k in self.tree)
        )

    def __getitem__(self, path):
        if path not in self.tree:
            raise StudyError(f"the study holds no {path!r}")
        return self.tree[path]

    def __contains__(self, path):
        return path in self.tree

    def headlines(self):
        found = {"assess": self._scalars("assess")}
        for name in self.strategies:
            found[name] = {}
            for path in [p for p in self.tree if p.startswith(f"{name}/")]:
                found[name] |= self._scalars(path)
        return found

    def _scalars(self, path):
        stage = path.rpartition("/")[2]
        return {
            f"{stage}.{n}": {"value": float(v), "unit": v.attrs["units"]}
            for n, v in self.tree.get(path, {}).items()
            if v.attrs.get("headline") and not v.dims
        }

    @property
    def ledger_residual(self):
        return max(float(self.tree[f"{s}/operate"].ledger_residual) for s in self.strategies)


def project(**changes):
    told = {
        "name": "三山岛 deep lode <A&B>",
        "years": YEARS,
        "money": SimpleNamespace(currency="CNY", base_year=2024, rates={"USD": 7.1}),
        "site": SimpleNamespace(
            longitude=119.95,
            latitude=37.41,
            block=SimpleNamespace(area=4e6, top=1500.0, bottom=4000.0, recovery=0.05),
            rock=SimpleNamespace(conductivity=3.0),
        ),
        "mine": SimpleNamespace(ventilation=SimpleNamespace(wet_bulb_limit=301.15)),
        "strategies": {
            "passive": SimpleNamespace(
                mine=True, heat=(), doc="mine with ventilation and refrigeration"
            ),
            "heat": SimpleNamespace(
                mine=False, heat=("doublet",), doc="heat alone, drilled from the surface"
            ),
            "comine": SimpleNamespace(
                mine=True, heat=("fan",), doc="ore and heat in shared openings"
            ),
        },
        "unknown": {
            "fissure water below 1800 m": "a pumping test in hole ZK-96",
            "stress below 1600 m": "overcoring at the 1600 m level",
        },
        "uncertain": {
            "site.rock.conductivity": Distribution(shape="between", parameters=(2.8, 3.2))
        },
        "sources": {
            "site.rock.conductivity": Source(
                source="=cmd|' /C calc'!A0", year=2021, label="measured"
            ),
        },
    }
    return SimpleNamespace(**(told | changes))


def study(**changes):
    tree = {"assess": assess()}
    for name in ("passive", "heat", "comine"):
        mine, heat = name != "heat", name != "passive"
        tree[f"{name}/build"] = build(mine, heat)
        tree[f"{name}/operate"] = operate(mine, heat)
        if mine:
            tree[f"{name}/ground"] = ground()
        if heat:
            tree[f"{name}/use"] = use(0.8 if mine else 1.0)
        tree[f"{name}/decide"] = decide(mine, heat)
    for path, ds in tree.items():
        STAGES.get(path.rpartition("/")[2], ASSESS).check(ds, path)
    return FakeStudy(project(**changes), tree)


def assess():
    z = np.arange(0.0, 4001.0, 50.0)
    names, zh, weight, low, high, value, origin = zip(*INDICATORS, strict=True)
    return ASSESS.dataset(
        {"z": z},
        temperature=286.15 + 0.0245 * z,
        temperature_2km=335.15,
        gradient=0.0245,
        depth_150=5576.0,
        block_temperature=353.5,
        reference_temperature=298.15,
        heat_in_place=1.24e18,
        recoverable_heat=6.2e16,
        ore_tonnage=2.0e10,
        ore_grade=4.2e-6,
        metal=8.4e4,
        score_low=3.196,
        score_mid=5.534,
        score_high=7.871,
        score_coverage=0.33,
        indicator_name=list(names),
        indicator_name_zh=list(zh),
        indicator_weight=list(weight),
        indicator_low=np.array(low, float),
        indicator_high=np.array(high, float),
        indicator_value=list(value),
        indicator_origin=list(origin),
        contradictions="gradient: typed 45 K/km, computed 24.5 K/km",
    )


def build(mine, heat):
    x = np.array([0.0, *[0.0] * 4, *[900.0] * 4, 900.0])
    depth = np.array([0.0, *LEVELS, *LEVELS, 0.0])
    pairs = [
        (0, 1),
        *((n, n + 1) for n in (1, 2, 3)),
        *((n, n + 4) for n in (1, 2, 3, 4)),
        *((n + 4, n + 3) for n in (2, 3, 4)),
        (5, 9),
    ]
    part = ["shaft"] * 4 + ["stope"] * 4 + ["shaft"] * 4
    if not mine:
        pairs, part = [(0, 4), (4, 8), (8, 9)], ["well", "fracture", "well"]
    elif heat:
        pairs, part = [*pairs, (4, 8)], [*part, "borehole"]
    a, b = np.array(pairs).T
    middle = (depth[a] + depth[b]) / 2
    count = len(pairs)
    more = {}
    if mine:
        ore = np.zeros((YEARS, 4))
        for level in range(4):
            ore[2 + 2 * level : 6 + 2 * level, level] = 5e8
        more = {
            "shaft_length": 4400.0,
            "drift_length": 3600.0,
            "ore_by_level": ore,
            "ore_mined": ore.sum(axis=1),
        }
    coords = {
        "node": [f"n{n}" for n in range(10)],
        "branch": [f"b{n}" for n in range(count)],
        "year": np.arange(1, YEARS + 1),
        "z": LEVELS,
    }
    if heat:
        coords["system"] = ["fan" if mine else "doublet"]
        more |= {"exchange_area": [2.2e5], "rock_volume": [8.0e6]}
        more |= (
            {"borehole_length": [12000.0]}
            if mine
            else {"well_length": [5200.0], "well_count": [2.0]}
        )
    return BUILD.dataset(
        coords,
        node_x=x,
        node_y=np.zeros(10),
        node_depth=depth,
        branch_start=a.astype(float),
        branch_end=b.astype(float),
        branch_part=part,
        branch_medium=["air" if p in ("shaft", "stope") else "water" for p in part],
        branch_system=["" if p in ("shaft", "stope") else "fan" for p in part],
        branch_length=np.hypot(x[a] - x[b], depth[a] - depth[b]),
        branch_area=np.full(count, 20.0),
        branch_count=np.ones(count),
        branch_opened=np.ones(count),
        branch_closed=np.full(count, 144.0),
        rock_temperature=286.15 + 0.0245 * middle,
        **more,
    )


def operate(mine, heat):
    cooler = 0.92 if heat else 1.0
    coords = {"month": MONTHS, "year": np.arange(1, YEARS + 1), "z": LEVELS}
    coords["component"] = ["strata", "compression", "machines", "cooling", "air"]
    values = {
        "ledger": np.array(
            [
                6.1e14 * cooler,
                5.2e14,
                3.3e14,
                -4.0e14,
                -1.06e15 + 5.3e13 - 6.1e14 * (cooler - 1) - 5.3e13,
            ]
        ),
        "ledger_group": ["mine air"] * 5,
        "ledger_residual": 3.1e-9,
    }
    if mine:
        values |= _mine(cooler)
    if heat:
        coords["system"] = ["fan" if mine else "doublet"]
        outlet = 329.0 - 9.0 * (1 - np.exp(-MONTHS / 60))
        values |= {
            "system_flow": [25.0],
            "inlet_temperature": [298.15],
            "source_temperature": [338.0],
            "outlet_temperature": outlet[:, None],
            "heat_power": (25.0 * 4186 * (outlet - 298.15))[:, None],
            "rock_heat": (25.0 * 4186 * (outlet - 297.0))[:, None],
            "pump_power": np.full((MONTHS.size, 1), 4.2e4),
            "mean_heat_power": float(np.mean(25.0 * 4186 * (outlet - 298.15))),
            "first_outlet": 328.5,
            "last_outlet": 320.7,
        }
    coords |= {"snapshot": SNAPSHOTS, "section_z": SECTION_Z, "section_x": SECTION_X}
    count = 3 if not mine else 13 if heat else 12
    coords["branch"] = [f"b{n}" for n in range(count)]
    met = np.linspace(0, 6, YEARS)[:, None] * np.linspace(0, 1, count) ** 4
    values["rock_cooling"] = met if mine else np.full(met.shape, np.nan)
    return OPERATE.dataset(coords, **values, **_rock())


def _rock():
    """Rock cooled about one place and warmed about another, more with every snapshot."""
    z, x = np.meshgrid(SECTION_Z, SECTION_X, indexing="ij")
    cold = np.exp(-(((z - COOLED_AT[0]) / 150) ** 2) - ((x - COOLED_AT[1]) / 250) ** 2)
    warm = np.exp(-(((z - WARMED_AT[0]) / 100) ** 2) - ((x - WARMED_AT[1]) / 60) ** 2)
    departure = SNAPSHOTS[:, None, None] / YEARS * (0.5 * warm - 7.0 * cold)
    return {
        "rock_cells": 81234,
        "section_y": 12.5,
        "section_temperature": (286.15 + 0.0245 * z) + departure,
        "section_departure": departure,
    }


def _mine(cooler):
    warm = 300.0 + 3.5 * SEASON
    wet = np.full((MONTHS.size, 4), np.nan)
    free = wet.copy()
    for level in range(4):
        open_in = slice(24 * (level + 1), 24 * (level + 1) + 48)
        free[open_in, level] = warm[open_in] + 1.5 * level
        wet[open_in, level] = np.minimum(free[open_in, level], 301.15)
    cooling = 2.2e6 * cooler * np.clip(SEASON + 0.4, 0, None) * (MONTHS > 24)
    return {
        "reject_wet_bulb": wet,
        "uncooled_wet_bulb": free,
        "cooling": cooling,
        "refrigeration_power": cooling / 4.1,
        "fan_power": np.full(MONTHS.size, 6.5e5),
        "load_strata": 1.9e6 * cooler + 2e5 * SEASON,
        "load_compression": np.full(MONTHS.size, 1.6e6),
        "load_machines": np.full(MONTHS.size, 9e5),
        "load_broken_rock": np.full(MONTHS.size, 1.5e5),
        "load_water": np.full(MONTHS.size, -5e4),
        "load_air": np.full(MONTHS.size, 4.4e6),
        "strata_share": 0.40,
        "compression_share": 0.36,
        "machine_share": 0.23,
        "water_share": 0.01,
        "peak_cooling": float(cooling.max()),
        "cooling_energy": float(cooling.sum() * 2.63e6),
        "limit_held": 0.993,
    }


def ground():
    vertical = 27e3 * LEVELS
    votes = np.zeros((3, YEARS, 4))
    votes[0] = 1 + (LEVELS > 1900)
    votes[1] = 1 + (LEVELS > 1700)
    votes[2] = 3 * (LEVELS > 2100)
    votes[:, :2, :] = np.nan
    return GROUND.dataset(
        {"z": LEVELS, "year": np.arange(1, YEARS + 1), "criterion": ["russenes", "hoek", "barton"]},
        vertical_stress=vertical,
        major_stress=1.6 * vertical,
        minor_stress=0.8 * vertical,
        wall_stress=np.tile(3.2 * vertical, (YEARS, 1)),
        thermal_stress=np.tile(-0.1 * vertical, (YEARS, 1)),
        burst_class=votes,
        burst_votes=np.nansum(votes >= 2, axis=0).astype(float),
        worst_votes=3.0,
    )


def use(size):
    sinks = ["orc", "district", "greenhouse"]
    winter = np.clip(-SEASON, 0, None)
    demand = np.stack([np.full(MONTHS.size, 1e6), 3e6 * winter, 4e5 + 2e5 * winter], axis=1)
    delivered = demand * np.array([0.0, 0.7, 1.0]) * size * (MONTHS > 24)[:, None]
    return USE.dataset(
        {"month": MONTHS, "sink": sinks},
        demand=demand,
        delivered=delivered,
        taken=delivered,
        least_temperature=np.array([368.15, 323.15, 308.15]),
        hottest_water=np.array([328.2, 328.2, 320.1]),
        product=["power", "heat", "heat"],
        unused=np.full(MONTHS.size, 8e5),
        heat_sold=float(delivered.sum() * 2.63e6),
        used_share=0.61,
        tce_saved=1.2e7,
        co2_saved=3.1e7,
    )


def decide(mine, heat):
    years = np.arange(YEARS)
    items = {"shafts": ("shared", np.where(years < 2, -3e8, 0.0))} if mine else {}
    if mine:
        items |= {
            "ore_sold": ("ore", np.where(years >= 2, 4.1e8, 0.0)),
            "mining": ("ore", np.where(years >= 2, -2.1e8, 0.0)),
        }
        items["refrigeration"] = ("ore", np.where(years >= 2, -9e6, 0.0))
    if heat:
        items |= {
            "boreholes": ("heat", np.where(years == 1, -6e7, 0.0)),
            "heat_sold": ("heat", np.where(years >= 2, 1.1e7, 0.0)),
        }
    items["taxes"] = ("tax", np.where(years >= 2, -2e7 if mine else -1e6, 0.0))
    cash = np.stack([flow for _, flow in items.values()])
    npv = float((cash.sum(axis=0) / 1.08**years).sum())
    more = {"cooling_cost": 0.021} if mine else {}
    more |= {"irr": 0.14, "breakeven_metal": 3.4e5} if mine else {}
    more |= {"lcoh": 7.2e-8 if not mine else 5.9e-8} if heat else {}
    return DECIDE.dataset(
        {
            "component": list(items),
            "year": years + 1,
            "criterion": ["site.rock.conductivity", "mine.ore.price"],
        },
        cash=cash,
        cash_flow=cash.sum(axis=0),
        component_zh=[CHINESE[name] for name in items],
        cost_class=[owner for owner, _ in items.values()],
        npv=npv,
        capital=6.6e8 if mine else 6e7,
        assumption_low=np.array([npv - 4e6, npv - 3e8]),
        assumption_high=np.array([npv + 5e6, npv + 3.1e8]),
        **more,
    )
