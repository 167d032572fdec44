import numpy as np
import pytest

from comine.physics.cash import npv
from comine.physics.tax import (
    after_tax_cash_flow,
    net_of_value_added_tax,
    straight_line_depreciation,
)
from tests.cases import case, load_case


@case("engineering/F06_policy_after_tax_NPV")
def test_policy_instruments():
    c = load_case("engineering/F06_policy_after_tax_NPV")
    i, e = c["inputs"], c["expected"]
    years = np.arange(i["years"] + 1)
    running = years > 0
    write_off = straight_line_depreciation(i["capex"], i["depreciation_years"], i["years"])
    holiday = np.where(years <= 3, 0.0, np.where(years <= 6, i["CIT"] / 2, i["CIT"]))

    def value(vat=i["VAT"], tax=i["CIT"], grant=0.0, carbon=0.0):
        revenue = net_of_value_added_tax(i["gross_revenue"], vat) + carbon
        capital = np.where(running, 0.0, i["capex"] - grant)
        flow = after_tax_cash_flow(
            np.where(running, revenue - i["opex"], 0.0), capital, write_off, tax
        )
        return float(npv(flow, i["rate"]))

    carbon = i["carbon_t"] * i["carbon_price"]
    found = {
        "NPV_base": value(),
        "NPV_tax_holiday": value(tax=holiday),
        "NPV_vat_exempt": value(vat=0.0),
        "NPV_carbon": value(carbon=carbon),
        "NPV_all": value(vat=0.0, tax=holiday, grant=i["grant"], carbon=carbon),
    }
    assert found == pytest.approx(e, rel=c["tolerance"]["rel"])


def test_depreciation_is_complete_within_the_series():
    assert straight_line_depreciation([100.0, 40.0], 7, 10).sum(axis=-1) == pytest.approx(
        [100.0, 40.0]
    )


def test_losses_carried_forward():
    surplus, none = np.array([0.0, -60.0, 30.0, 50.0, 10.0]), np.zeros(5)
    kept = after_tax_cash_flow(surplus, none, none, 0.5, carry_losses=True)
    np.testing.assert_allclose(kept, surplus - [0.0, 0.0, 0.0, 10.0, 5.0])
    lost = after_tax_cash_flow(surplus, none, none, 0.5)
    np.testing.assert_allclose(lost, surplus - [0.0, 0.0, 15.0, 25.0, 5.0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: straight_line_depreciation(1.0, 0, 5), "life"),
        (lambda: net_of_value_added_tax(1.0, -0.1), "rate"),
        (lambda: after_tax_cash_flow([1.0], [0.0], [0.0], 1.5), "tax_rate"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
