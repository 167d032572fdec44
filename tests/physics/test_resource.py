import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.physics.resource import (
    COAL_CARBON,
    GRID_CARBON,
    STANDARD_COAL,
    YEAR,
    coal_equivalent,
    heat_in_place,
    lognormal_product,
    power_potential,
    recoverable_heat,
    stream_heat,
    volumetric_heat_capacity,
)
from tests.cases import case, load_case


@case("decision/mit_1km3_block_heat")
def test_block_cooled_by_ten_kelvin():
    c = load_case("decision/mit_1km3_block_heat")
    i = c["inputs"]
    heat = heat_in_place(
        i["volume_km3"] * 1e9, i["rho_c_MJ_m3K"] * 1e6, 473.15, 473.15 - i["delta_T"]
    )
    assert float(heat) / 1e3 == pytest.approx(c["expected"]["heat_kJ"], rel=c["tolerance"]["rel"])


@case("decision/hip_ra_example1")
def test_heat_in_place_of_the_older_peer():
    c = load_case("decision/hip_ra_example1")
    i, e, rel = c["inputs"], c["expected"], c["tolerance"]["rel"]
    volume = i["Reservoir Area km2"] * i["Reservoir Thickness km"] * 1e9
    assert volume / 1e9 == pytest.approx(e["Reservoir volume km3"], rel=rel)
    # the peer's default, 2.84 MJ/m3/K, is that of the whole volume
    heat = heat_in_place(
        volume, 2.84e6, i["Reservoir Temperature"] + 273.15, i["Rejection Temperature"] + 273.15
    )
    assert float(heat) / 1e3 == pytest.approx(e["Stored heat kJ"], rel=rel)


@case("decision/hip_lognormal_exact")
def test_exact_lognormal_product_and_a_sample_of_it():
    c = load_case("decision/hip_lognormal_exact")
    i, e = c["inputs"], c["expected"]
    medians, sigma = np.array(list(i["median"].values())), np.array(list(i["sigma_ln"].values()))
    product = lognormal_product(medians, sigma)
    exact = list(e["recoverable_heat_J"].values())
    np.testing.assert_allclose(product.values, exact, rtol=1e-12)
    assert product.mean == pytest.approx(e["mean_J"], rel=1e-12)
    np.testing.assert_allclose(product.variance_shares, list(e["variance_share"].values()))

    draws = np.exp(np.random.default_rng(20).normal(np.log(medians), sigma, (100_000, 5)))
    area, thickness, capacity, step, recovery = draws.T
    heat = recoverable_heat(
        heat_in_place(area * thickness, capacity, 285.0 + step, 285.0), np.minimum(recovery, 1.0)
    )
    sample = np.quantile(heat, [0.1, 0.5, 0.9])
    np.testing.assert_allclose(sample, exact, rtol=c["tolerance"]["mc_100000_rel"])


@case("decision/china_hdr_resource_consistency")
def test_national_resource_in_coal():
    c = load_case("decision/china_hdr_resource_consistency")
    assert c["inputs"]["coal_J_per_t"] == STANDARD_COAL * 1e3
    coal = float(coal_equivalent(c["inputs"]["total_J"])) / 1e3
    rel = c["tolerance"]["rel"]
    assert coal == pytest.approx(c["expected"]["tce"], rel=rel)
    assert coal == pytest.approx(c["expected"]["published_tce"], rel=rel)


@case("engineering/F04_energy_carbon_conversions")
def test_energy_and_carbon():
    c = load_case("engineering/F04_energy_carbon_conversions")
    i, e, rel = c["inputs"], c["expected"], c["tolerance"]["rel"]
    assert i["tce_GJ"] == STANDARD_COAL / 1e6
    assert COAL_CARBON["ndrc"].value == i["co2_per_tce"]
    assert GRID_CARBON["china2022"].value * 3.6e6 == pytest.approx(i["grid"])
    coal = coal_equivalent(i["heat_MWh"] * 3.6e9, i["boiler_eff"])
    found = {
        "tce_heat": coal / 1e3,
        "co2_heat_t": coal * COAL_CARBON["ndrc"].value / 1e3,
        "co2_elec_t": i["elec_saved_MWh"] * 3.6e9 * GRID_CARBON["china2022"].value / 1e3,
        "liaocheng_ratio": COAL_CARBON["liaocheng"].value,
    }
    assert {k: float(v) for k, v in found.items()} == pytest.approx(e, rel=rel)


def test_hepu_basin():
    heat = recoverable_heat(182.48e15 + 77.59e15, 0.20)
    assert float(heat) == pytest.approx(52.01e15, rel=1e-3)
    assert float(coal_equivalent(heat)) / 1e3 == pytest.approx(1.7748e6, abs=50.0)


def test_gaspe_mine_water():
    power = stream_heat(0.049 * 1000.0, 4190.0, 279.85, 276.15)
    assert float(power) == pytest.approx(760e3, rel=1e-3)


def test_peer_power_potential():
    assert float(power_potential(7.61e17, 1.0, 25 * YEAR)) == pytest.approx(965e6, rel=1e-3)
    half = power_potential(7.61e17, 1.0, 25 * YEAR, 0.5)
    assert float(half) == pytest.approx(2 * 965e6, rel=1e-3)


@pytest.mark.parametrize(
    ("table", "low", "high"), [(COAL_CARBON, 2.2, 3.0), (GRID_CARBON, 0.5 / 3.6e6, 0.6 / 3.6e6)]
)
def test_carbon_factors_are_of_carbon_dioxide_and_sourced(table, low, high):
    for factor in table.values():
        assert low < factor.value < high
        assert factor.year is None or 2010 <= factor.year <= 2026
        assert len(factor.source) > 10


@given(phi=st.floats(0.0, 1.0))
@settings(max_examples=30, deadline=None)
def test_wet_rock_lies_between_its_parts(phi):
    assert 2.3e6 * 0.999 <= float(volumetric_heat_capacity(2.3e6, 4.1e6, phi)) <= 4.1e6 * 1.001


def test_dense_rock_is_the_limit_of_no_pores():
    capacity = volumetric_heat_capacity(2.3e6, 4.1e6, [0.0, 1.0])
    np.testing.assert_allclose(capacity, [2.3e6, 4.1e6])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: volumetric_heat_capacity(1.0, 1.0, 1.2), "porosity"),
        (lambda: heat_in_place(-1.0, 1.0, 1.0, 0.0), "volume"),
        (lambda: heat_in_place(1.0, 0.0, 1.0, 0.0), "heat_capacity"),
        (lambda: recoverable_heat(1.0, 2.0), "recovery_factor"),
        (lambda: power_potential(1.0, 1.0, 0.0), "life"),
        (lambda: power_potential(1.0, 1.5, 1.0), "efficiency"),
        (lambda: power_potential(1.0, 1.0, 1.0, 0.0), "load_factor"),
        (lambda: stream_heat(-1.0, 1.0, 1.0, 0.0), "mass_flow"),
        (lambda: coal_equivalent(1.0, 0.0), "boiler_efficiency"),
        (lambda: lognormal_product([0.0], [1.0]), "medians"),
        (lambda: lognormal_product([1.0], [0.0]), "log_deviations"),
        (lambda: lognormal_product([1.0], [1.0], 1.0), "exceedance"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=f"^{message}:"):
        call()
