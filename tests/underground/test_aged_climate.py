import numpy as np
import pytest

from comine.physics.air import humidity_ratio_from_wet_bulb, wet_bulb
from comine.physics.airway import atkinson_resistance
from comine.underground.aged_climate import AgedMine, settle_climate
from comine.underground.air_network import Fan, Outside, air_network
from comine.underground.airflow import Sources
from comine.underground.openings import Branch, Openings
from tests.cases import load_case

ZERO, YEAR = 273.15, 365.25 * 86400.0
ODE = load_case("ventilation/16_wet_airways_ode")
ROWS = [row for row in ODE["expected"]["rows"] if "ins" not in row["inputs"]]


def airway(row):
    """One airway between two mouths; depths count from its start."""
    given = row["inputs"]
    deep = given["z0"] - given["z1"]
    nodes = {"a": (0.0, 0.0, 0.0), "b": (max(given["L"] ** 2 - deep**2, 0.0) ** 0.5, 0.0, deep)}
    one = Branch("way", "drift", "air", "a", "b", given["L"], given["area"], given["per"],
                 given["katk"], given["w"])  # fmt: skip
    openings = Openings(nodes, (one,))
    network = air_network(openings, ["a", "b"], fixed={"way": given["m"]})
    none = np.zeros(1)

    def virgin(depth):
        return ZERO + given["vrt0"] + given["grad"] * (depth - given["z0"])

    machines = np.array([given.get("qs", 0.0)])
    return AgedMine(
        openings, network, given["k"], given["alpha"], virgin, np.array([given["age"]]),
        Sources(machines, none, none, none), 4 * 5.67e-8 * 300.0**3 * 0.2, given["L"] / 12,
    ), Outside(ZERO + given["t0"], given["X0"], given["P0"])  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_an_airway_is_that_of_the_differential_equation(row, measured):
    """The case knows no friction, so that its pressure is used for the wet bulb."""
    mine, mouth = airway(row)
    found = settle_climate(mine, mouth)
    dry, humidity = (found.at_end(name) for name in ("dry_bulb", "humidity"))
    wet = wet_bulb(dry, humidity, row["P_out"])
    for name, value, key in (("dry bulb", dry, "t_out"), ("wet bulb", wet, "wb_out")):
        what = f"{name} at the end of an airway beside rock of an age"
        error = float(value[0]) - ZERO - row[key]
        measured.deviation("mine-air", what, "adaptive ODE (ventilation/16)", error, 0.02, "K")


def gold_mine():
    """Mine of case ventilation/24: 202 branches."""
    given = load_case("ventilation/24_demo_deep_gold_mine")["inputs"]
    nodes = {str(node["id"]): (0.0, 0.0, -node["z"]) for node in given["nodes"]}
    rows = given["branches"]

    def dug(row):
        wall = float(atkinson_resistance(row["katk"], row["L"], row["per"], row["A"]))
        return Branch(
            row["id"], "stope" if row["kind"] == "stope" else "drift", "air", str(row["a"]),
            str(row["b"]), row["L"], row["A"], row["per"], row["katk"], row["wet"],
            resistance=max(row["R"] - wall, 0.0),
        )  # fmt: skip

    openings = Openings(nodes, tuple(map(dug, rows)))
    volume = np.linspace(0.0, 600.0, 61)
    fan = Fan("main fans", volume, 7000.0 + 6.0 * volume - 0.022 * volume**2)
    network = air_network(openings, ["0"], [fan])
    heat, none = np.array([row["heat_W"] for row in rows]), np.zeros(len(rows))
    age = np.array([row["age_y"] for row in rows]) * YEAR
    return AgedMine(
        openings, network, 3.2, 1.45e-6, lambda depth: 288.15 + 0.025 * depth, age,
        Sources(heat, none, none, none), radiation=1.3,
    )  # fmt: skip


@pytest.fixture(scope="module")
def summer():
    pressure = 101325.0
    humidity = float(humidity_ratio_from_wet_bulb(ZERO + 30.0, ZERO + 22.0, pressure))
    return settle_climate(gold_mine(), Outside(ZERO + 30.0, humidity, pressure))


def test_the_deep_gold_mine_without_cooling_is_that_of_another_program(summer):
    data = load_case("ventilation/24_demo_deep_gold_mine")
    expected, tolerance = data["expected"]["results"][0], data["tolerance"]
    place = summer.cut.network.place
    moist = summer.airflow.flow * (1 + summer.air.humidity)
    for name, key in (("main fans", "main_fan_kg_s"), ("downcast -20..-400", "downcast_kg_s")):
        assert moist[place[name]] == pytest.approx(expected[key], rel=tolerance["flow_rel"])
    bottom = place["downcast -1900..-2000"]
    both = [float(summer.at_end(name)[bottom]) - ZERO for name in ("dry_bulb", "wet_bulb")]
    assert both == pytest.approx(expected["shaft_bottom_db_wb"], abs=tolerance["temperature_abs"])
    stopes = [i for name, i in place.items() if "stope" in name]
    wet = summer.at_end("wet_bulb")[stopes] - ZERO
    assert [wet.min(), wet.max()] == pytest.approx(
        expected["stope_reject_wb_min_max"], abs=tolerance["temperature_abs"]
    )
    strata = summer.summed("strata").sum() / 1e6
    assert strata == pytest.approx(expected["strata_heat_MW"], rel=tolerance["heat_rel"])


def test_its_account_closes(summer):
    carried = sum(float(value) for name, value in summer.report.items() if "into " in name)
    strata = float(summer.report["strata"].sum())
    assert abs(carried + strata) < 1e-6 * abs(strata)
    assert summer.summed("compression").sum() == pytest.approx(0.0, abs=2e5)


def test_more_machines_leave_warmer_stopes():
    mine, mouth = airway(ROWS[0])
    wet = [
        float(settle_climate(
            AgedMine(mine.openings, mine.network, 3.0, 1.3e-6, mine.virgin, mine.age,
                     Sources(np.array([heat]), *(np.zeros(1),) * 3)), mouth,
        ).at_end("wet_bulb")[0])
        for heat in (0.0, 1e5, 3e5)
    ]  # fmt: skip
    assert wet[0] < wet[1] < wet[2]
