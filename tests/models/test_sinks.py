import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from comine.models.base import kinds
from comine.models.sinks import (
    AbsorptionCooling,
    DistrictHeat,
    OrganicRankine,
    Sink,
    Stream,
)
from comine.physics.power import heat_pump_performance
from comine.physics.water import LIQUID_HEAT
from tests.cases import case, load_case

ZERO = 273.15


def network(**changes):
    given = {"peak": 20e6, "supply_temperature": ZERO + 60, "network_return": ZERO + 40}
    return DistrictHeat(**(given | changes))


def stream(celsius, flow=100.0, coldest=ZERO + 10):
    temperature = np.atleast_1d(np.asarray(celsius, dtype=float)) + ZERO
    return Stream(temperature, np.full(temperature.shape, flow), coldest)


def test_family_has_its_kinds_and_products():
    found = {kind: sink.product for kind, sink in kinds(Sink).items()}
    assert found["district-heat"] == "heat"
    assert found["absorption-cooling"] == "cold"
    assert found["orc"] == "power"


def test_demand_runs_from_january_and_repeats():
    profile = tuple(n / 100 for n in range(12))
    wanted = network(profile=profile).demand(26, None)
    assert wanted == pytest.approx(20e6 * np.array([*profile, *profile, 0.0, 0.01]))


def test_default_profile_is_that_of_a_northern_coast():
    hours = network().demand(12, None).sum() / 20e6 * 365.25 * 2
    assert hours == pytest.approx(2870, abs=20)


def test_hot_water_heats_directly_down_to_return_plus_approach():
    service = network(approach=3.0).serve(stream(90.0), np.array([15e6]))
    assert service.delivered == pytest.approx([15e6])
    assert service.taken == pytest.approx([15e6])
    assert service.power_used == pytest.approx([0.0], abs=1e-6)
    assert service.outlet_temperature == pytest.approx([ZERO + 90 - 15e6 / (100 * LIQUID_HEAT)])


def test_rest_of_the_demand_is_lifted_out_of_the_cooled_water():
    demand = np.array([25e6])
    service = network(approach=3.0, carnot_share=0.5).serve(stream(90.0), demand)
    direct = 100 * LIQUID_HEAT * (90 - 43)
    pumped = demand[0] - direct
    source = service.taken[0] - direct
    performance = heat_pump_performance(service.outlet_temperature[0], ZERO + 63, 0.5)
    assert service.delivered == pytest.approx(demand)
    assert pumped / service.power_used[0] == pytest.approx(float(performance))
    assert source == pytest.approx(pumped * (1 - 1 / float(performance)))


def test_water_between_return_and_supply_preheats():
    service = network(approach=3.0).serve(stream(53.0, flow=1e4), np.array([10e6]))
    performance = float(heat_pump_performance(service.outlet_temperature[0], ZERO + 63, 0.5))
    assert service.power_used == pytest.approx([5e6 / performance])


@case("engineering/E03_cascade_energy_balance")
def test_heat_pump_of_the_cascade_case():
    reference = load_case("engineering/E03_cascade_energy_balance")
    given, expected = reference["inputs"], reference["expected"]
    flow = given["m_kg_s"] * given["cp"] * 1e3 / LIQUID_HEAT
    pump = network(
        network_return=ZERO + 50,
        approach=0.0,
        carnot_share=given["HP_carnot_fraction"],
        coldest_outlet=ZERO + given["HP_source_C"],
    )
    service = pump.serve(stream(30.0, flow), np.array([1e9]))
    tolerance = reference["tolerance"]["rel"]
    assert service.delivered / 1e3 == pytest.approx([expected["hp_delivered_kW"]], rel=tolerance)
    ratio = service.delivered / service.power_used
    assert ratio == pytest.approx([expected["COP_hp"]], rel=tolerance)


@case("engineering/E03_cascade_energy_balance")
def test_cascade_of_the_case_adds_up():
    reference = load_case("engineering/E03_cascade_energy_balance")
    given, expected = reference["inputs"], reference["expected"]
    capacity = given["m_kg_s"] * given["cp"] * 1e3
    water = stream(95.0, capacity / LIQUID_HEAT)
    chiller = AbsorptionCooling(drop=15.0)
    cooled = chiller.serve(water, np.array([np.inf]))
    heat = cooled.taken[0]
    assert cooled.outlet_temperature == pytest.approx([ZERO + 80])
    # the case takes a COP of 0.7 where the chiller's table has 0.75 at 95 °C
    cold = cooled.delivered[0] * given["COP_abs"] / 0.75
    assert cold / 1e3 == pytest.approx(expected["cold_kW"], rel=reference["tolerance"]["rel"])
    assert (cold + heat) / 1e3 == pytest.approx(expected["chiller_heat_rejection_kW"])
    for top, bottom in ((80, 55), (55, 40), (40, 30), (30, 15)):
        heat += capacity * (top - bottom)
    assert heat / 1e3 == pytest.approx(expected["heat_kW"], rel=reference["tolerance"]["rel"])


def test_heat_pump_stops_at_the_coldest_outlet():
    service = network(coldest_outlet=ZERO + 12).serve(stream(30.0), np.array([1e9]))
    assert service.outlet_temperature == pytest.approx([ZERO + 12])


@pytest.mark.parametrize("inlet", [ZERO + 25, ZERO + 70])
def test_network_leaves_the_water_its_return_limit(inlet):
    service = network().serve(stream(65.0, coldest=inlet), np.array([1e9]))
    allowed = max(ZERO + 65 - inlet, 0) * 100 * LIQUID_HEAT
    assert service.taken == pytest.approx([allowed], abs=1e-6)
    assert service.outlet_temperature[0] == pytest.approx(min(inlet, ZERO + 65))


def test_water_colder_than_the_floor_serves_nothing():
    service = network(coldest_outlet=ZERO + 10).serve(stream(8.0, coldest=275.0), np.array([1e6]))
    assert (service.delivered, service.taken) == (0.0, 0.0)


@settings(max_examples=50)
@given(
    st.floats(0, 140), st.floats(0, 300), st.floats(0, 60e6), st.floats(5, 80), st.floats(0.35, 0.7)
)
def test_network_closes_its_energy_and_keeps_its_limits(celsius, flow, demand, inlet, share):
    water = stream(celsius, flow, ZERO + inlet)
    service = network(carnot_share=share).serve(water, np.array([demand]))
    assert service.taken + service.power_used == pytest.approx(service.delivered, abs=1e-3)
    assert -1e-6 <= service.delivered[0] <= demand * (1 + 1e-9) + 1e-6
    assert 0 <= service.taken[0] <= water.above(0.0)[0] * (1 + 1e-9)
    assert service.power_used[0] >= -1e-6
    assert service.outlet_temperature[0] >= min(celsius, inlet) + ZERO - 1e-6
    drop = service.taken[0] / LIQUID_HEAT
    assert flow * (water.temperature - service.outlet_temperature)[0] == pytest.approx(drop, abs=1)


@settings(max_examples=30)
@given(st.floats(15, 110), st.floats(1, 20))
def test_hotter_water_needs_no_more_power(celsius, step):
    demand = np.array([10e6])
    colder, hotter = (network().serve(stream(t), demand) for t in (celsius, celsius + step))
    per_heat = [s.power_used[0] / s.delivered[0] for s in (colder, hotter)]
    assert per_heat[1] <= per_heat[0] + 1e-9


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"network_return": ZERO + 60}, "above network_return"),
        ({"profile": (1.2,) * 12}, "shares of 0 to 1"),
        ({"carnot_share": 0.15, "coldest_outlet": ZERO + 5}, "plain electric heating"),
        ({"coldest_outlet": ZERO + 65}, "below supply_temperature"),
        ({"profile": (0.5,) * 11}, "at least 12"),
    ],
)
def test_networks_that_cannot_be(changes, message):
    with pytest.raises(ValidationError, match=message):
        network(**changes)


def test_chiller_by_hand():
    service = AbsorptionCooling().serve(stream([87.5, 95.0]), np.array([1e9, 1e6]))
    full = 0.7 * 100 * LIQUID_HEAT * 15
    assert service.delivered == pytest.approx([full, 1e6])
    assert service.taken == pytest.approx([100 * LIQUID_HEAT * 15, 1e6 / 0.75])
    assert service.outlet_temperature[0] == pytest.approx(ZERO + 72.5)


def test_chiller_needs_hot_water_and_a_mine():
    chiller = AbsorptionCooling()
    cold = chiller.serve(stream([79.9, 70.0]), np.array([1e6, 1e6]))
    assert cold.delivered.tolist() == cold.taken.tolist() == [0.0, 0.0]
    assert chiller.demand(3, None).tolist() == [0.0, 0.0, 0.0]
    assert chiller.demand(2, np.array([1.0, 2.0])).tolist() == [1.0, 2.0]


def test_half_effect_is_asked_for_by_its_driving_temperature():
    service = AbsorptionCooling(least_driving=ZERO + 60).serve(stream(75.0), np.array([1e9]))
    assert service.delivered == pytest.approx(0.4 * service.taken)


def test_chiller_keeps_the_return_limit():
    service = AbsorptionCooling().serve(stream(85.0, coldest=ZERO + 80), np.array([1e9]))
    assert service.taken == pytest.approx([100 * LIQUID_HEAT * 5])


@case("engineering/E01_power_utilization_efficiency_GEOPHIRES")
def test_plant_gives_the_power_of_the_benchmark():
    reference = load_case("engineering/E01_power_utilization_efficiency_GEOPHIRES")
    given = reference["inputs"]
    plant = OrganicRankine(cycle="supercritical", ambient_temperature=ZERO + given["T_ambient_C"])
    water = stream(given["T_entering_C"], given["mdot_kg_s"], coldest=ZERO + 20)
    service = plant.serve(water, plant.demand(1, None))
    expected = reference["expected"]["P_gross_MW_110kg_s"]
    assert service.delivered / 1e6 == pytest.approx([expected], rel=reference["tolerance"]["rel"])


@case("engineering/E01_power_utilization_efficiency_GEOPHIRES")
@pytest.mark.parametrize("celsius", [90, 120, 150, 180])
def test_subcritical_plant_per_flow(celsius):
    reference = load_case("engineering/E01_power_utilization_efficiency_GEOPHIRES")
    service = OrganicRankine().serve(stream(celsius, 1.0), np.array([np.inf]))
    expected = reference["expected"][f"sub_ORC_kW_per_kg_s_{celsius}C"]
    assert service.delivered / 1e3 == pytest.approx([expected], rel=reference["tolerance"]["rel"])


def test_plant_gives_nothing_below_its_least_temperature():
    plant = OrganicRankine()
    assert plant.least_temperature == ZERO + 85
    service = plant.serve(stream([84.9, 60.0]), np.full(2, np.inf))
    assert service.delivered.tolist() == service.taken.tolist() == [0.0, 0.0]
    assert service.demand.tolist() == [0.0, 0.0]


def test_plant_cools_to_the_stated_outlet_and_sells_all():
    service = OrganicRankine(outlet_temperature=ZERO + 70).serve(stream(120.0), np.array([np.inf]))
    assert service.outlet_temperature == pytest.approx([ZERO + 70])
    assert service.taken == pytest.approx([100 * LIQUID_HEAT * 50])
    assert service.demand == pytest.approx(service.delivered)


def test_plant_that_may_not_cool_so_far_keeps_its_efficiency():
    plant = OrganicRankine(outlet_temperature=ZERO + 70)
    free = plant.serve(stream(120.0), np.array([np.inf]))
    bound = plant.serve(stream(120.0, coldest=ZERO + 95), np.array([np.inf]))
    assert bound.taken == pytest.approx([100 * LIQUID_HEAT * 25])
    assert bound.delivered == pytest.approx(free.delivered / 2)


@settings(max_examples=40)
@given(st.floats(85, 200), st.floats(5, 25), st.floats(20, 90))
def test_plant_obeys_the_second_law(celsius, ambient, inlet):
    plant = OrganicRankine(ambient_temperature=ZERO + ambient)
    service = plant.serve(stream(celsius, coldest=ZERO + inlet), np.array([np.inf]))
    hot, cold = ZERO + celsius, service.outlet_temperature[0]
    reversible = 1 - (ZERO + ambient) * np.log(hot / cold) / (hot - cold) if hot > cold else 1.0
    assert service.delivered[0] <= service.taken[0] * reversible + 1e-6
