import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comine.physics.cash import (
    annuity_cost,
    capital_recovery_factor,
    internal_rates,
    irr,
    levelised_cost,
    npv,
    payback,
    present_value,
)
from tests.cases import case, load_case


@case("technoeconomic/finance_basic")
def test_finance_identities():
    c = load_case("technoeconomic/finance_basic")
    rel = c["tolerance"]
    flow, plant, declining = c["cases"]
    assert float(npv(flow["cashflow"], flow["rate"])) == pytest.approx(
        flow["npv_year0_undiscounted"], rel=rel
    )
    assert float(npv(flow["cashflow"], flow["rate"], first_year=1)) == pytest.approx(
        flow["npv_excel_style_first_flow_discounted"], rel=rel
    )
    assert float(irr(flow["cashflow"])) == pytest.approx(flow["irr"], rel=rel)

    crf = capital_recovery_factor(plant["rate"], plant["years"])
    assert float(crf) == pytest.approx(plant["crf"], rel=rel)
    cost = annuity_cost(plant["capex"], crf, plant["opex_per_year"], plant["mwh_per_year"])
    assert float(cost) == pytest.approx(plant["lcoe_per_mwh"], rel=rel)

    years = np.arange(plant["years"] + 1)
    costs = np.where(years == 0, plant["capex"], plant["opex_per_year"])
    output = np.where(years == 0, 0.0, plant["mwh_per_year"])
    flat = levelised_cost(costs, output, plant["rate"])
    assert float(flat) == pytest.approx(plant["lcoe_per_mwh"], rel=rel)
    falling = levelised_cost(costs, output * 0.99 ** np.maximum(years - 1, 0), plant["rate"])
    assert float(falling) == pytest.approx(declining["lcoe_per_mwh"], rel=rel)


flows = st.lists(st.floats(1.0, 100.0), min_size=2, max_size=30)


@given(inflows=flows, outlay=st.floats(10.0, 2000.0), rate=st.floats(-0.2, 0.5))
@settings(max_examples=50, deadline=None)
def test_value_and_rate_agree_with_numpy_financial(inflows, outlay, rate):
    series = np.array([-outlay, *inflows])
    assert float(npv(series, rate)) == pytest.approx(npf.npv(rate, series), rel=1e-9, abs=1e-9)
    found = float(irr(series))
    scale = npv(np.abs(series), found)
    assert abs(float(npv(series, found))) < 1e-9 * float(scale)
    peer = npf.irr(series)
    if np.isfinite(peer):
        assert found == pytest.approx(peer, rel=1e-6, abs=1e-8)


@given(inflows=flows, rate=st.floats(-0.2, 1.0), step=st.floats(1e-3, 0.5))
@settings(max_examples=30, deadline=None)
def test_value_of_inflows_falls_with_the_rate(inflows, rate, step):
    assert npv([-5.0, *inflows], rate) > npv([-5.0, *inflows], rate + step)


def test_npv_broadcasts_rates_and_series():
    series = np.array([[-100.0, 60.0, 70.0], [-90.0, 10.0, 200.0]])
    assert npv(series, 0.08).shape == (2,)
    table = npv(series[:, None, :], [0.0, 0.1, 0.2])
    assert table.shape == (2, 3)
    assert table[1, 2] == pytest.approx(npf.npv(0.2, series[1]))


def test_two_internal_rates_are_found_and_refused():
    series = [-1000.0, 2300.0, -1320.0]
    np.testing.assert_allclose(internal_rates(series), [0.1, 0.2], rtol=1e-9)
    with pytest.raises(ValueError, match="2 internal rates"):
        irr(series)


def test_several_sign_changes_with_one_rate():
    series = np.array([-100.0, 80.0, -10.0, 90.0])
    assert float(irr(series)) == pytest.approx(npf.irr(series), rel=1e-9)


def test_series_without_a_rate():
    with pytest.raises(ValueError, match="no change of sign"):
        irr([10.0, 20.0])
    with pytest.raises(ValueError, match="no internal rate"):
        irr([100.0, -150.0, 100.0])
    mixed = irr([[-100.0, 110.0], [10.0, 20.0]], missing=np.nan)
    np.testing.assert_allclose(mixed, [0.1, np.nan])


@pytest.mark.parametrize("series", [[-1.0, 1e9], [-1e9, 1.0], [-1.0, *[0.0] * 98, 1e6]])
def test_extreme_rates(series):
    years = len(series) - 1
    expected = (series[-1] / -series[0]) ** (1 / years) - 1
    assert float(irr(series)) == pytest.approx(expected, rel=1e-9)


def test_zero_rate_and_leading_zeros():
    assert float(irr([-100.0, 50.0, 50.0])) == pytest.approx(0.0, abs=1e-12)
    assert float(irr([0.0, -100.0, 110.0])) == pytest.approx(0.1, rel=1e-12)
    assert float(irr([100.0, -60.0, -60.0])) == pytest.approx(npf.irr([100, -60, -60]), rel=1e-9)


def test_payback():
    series = [[-100.0, 40.0, 40.0, 40.0], [-100.0, 10.0, 10.0, 10.0], [5.0, 1.0, 1.0, 1.0]]
    np.testing.assert_allclose(payback(series), [2.5, np.inf, 0.0])
    discounted = payback(series[0], 0.05)
    value = np.cumsum(present_value(series[0], np.arange(4), 0.05))
    assert float(discounted) == pytest.approx(2 - value[2] / (value[3] - value[2]))
    assert np.isinf(payback(series[0], 0.2))


def test_capital_recovery_repays_the_capital():
    for rate in (0.0, 1e-12, 0.05, -0.02):
        charge = float(capital_recovery_factor(rate, 20))
        assert float(npv([-1.0] + [charge] * 20, rate)) == pytest.approx(0.0, abs=1e-10)
    assert float(capital_recovery_factor(0.07, 15)) == pytest.approx(-npf.pmt(0.07, 15, 1.0))


def test_levelised_cost_is_the_price_of_no_value():
    cost, output = np.array([500.0, 20.0, 25.0, 30.0]), np.array([0.0, 90.0, 80.0, 70.0])
    price = levelised_cost(cost, output, 0.09)
    assert float(npv(price * output - cost, 0.09)) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: npv([1.0], -1.0), "rate"),
        (lambda: capital_recovery_factor(0.05, 0), "years"),
        (lambda: levelised_cost([1.0], [0.0], 0.05), "output"),
        (lambda: annuity_cost(1.0, 0.1, 1.0, 0.0), "output"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
