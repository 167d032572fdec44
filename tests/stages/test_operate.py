import numpy as np
import pytest

from comine.errors import ConvergenceError
from comine.physics.water import enthalpy
from comine.project import Project
from comine.stages import operate as module
from comine.stages.build import build
from comine.stages.operate import operate
from tests.data import SMALL

LOADS = [f"load_{name}" for name in ("strata", "compression", "machines", "broken_rock", "water")]


@pytest.fixture(scope="module")
def project():
    return Project.load(SMALL)


@pytest.fixture(scope="module")
def runs(project):
    return {name: operate(project, strategy, {}) for name, strategy in project.strategies.items()}


def mining(project):
    return [name for name, strategy in project.strategies.items() if strategy.mine]


def test_energy_closes(runs):
    for ds in runs.values():
        assert float(ds.ledger_residual) < 1e-3
        for group in np.unique(ds.ledger_group):
            rows = ds.ledger.values[ds.ledger_group.values == group]
            assert abs(rows.sum()) < 1e-3 * np.abs(rows).sum() / 2


def test_the_load_is_carried_out_or_refrigerated(project, runs):
    for name in mining(project):
        ds = runs[name]
        load = sum(ds[part] for part in LOADS)
        left = load - ds.load_air - ds.cooling
        assert float(np.abs(left).max()) < 0.02 * float(load.max())  # the rest is condensate


def test_shares_of_the_load_make_one(project, runs):
    for name in mining(project):
        shares = [
            runs[name][f"{part}_share"] for part in ("strata", "compression", "machine", "water")
        ]
        assert float(sum(shares)) == pytest.approx(1.0)


def test_air_is_there_exactly_while_a_branch_is_open(project, runs):
    for name in mining(project):
        ds, plan = runs[name], build(project, project.strategies[name], {})
        airways = plan.branch_system.values == ""
        month = np.arange(ds.sizes["month"])[:, None]
        life = (month >= plan.branch_opened.values) & (month < plan.branch_closed.values)
        np.testing.assert_array_equal(np.isfinite(ds.dry_bulb.values[:, airways]), life[:, airways])
        np.testing.assert_array_equal(ds.air_flow.values[:, airways] > 0, life[:, airways])
        assert not np.isfinite(ds.dry_bulb.values[:, ~airways]).any()


def test_wet_bulb_lies_below_dry_bulb(project, runs):
    for name in mining(project):
        ds = runs[name]
        assert float((ds.dry_bulb - ds.wet_bulb).min()) > -1e-6


def test_refrigeration_holds_the_limit_and_only_cools(project, runs):
    for name in mining(project):
        ds = runs[name]
        warmer = (ds.uncooled_wet_bulb - ds.reject_wet_bulb).values
        assert np.nanmin(warmer) > -0.02
        if float(ds.limit_held) == 1.0:
            assert float(ds.reject_wet_bulb.max()) <= project.mine.ventilation.wet_bulb_limit + 0.05
        np.testing.assert_allclose(ds.level_cooling.sum("z"), ds.cooling)


def test_taking_heat_cools_rock_and_saves_refrigeration(project, runs):
    passive, comine = runs["passive"], runs["comine"]
    assert float(comine.rock_cooling.max()) > 0
    # three years reach a few metres; a month in which water begins is stepped more finely
    assert float(comine.cooling_energy) <= 1.001 * float(passive.cooling_energy)
    assert "heat_power" not in passive


def test_heat_at_the_surface_is_the_water_s(project, runs):
    for name, strategy in project.strategies.items():
        if strategy.heat:
            ds = runs[name]
            gain = ds.outlet_temperature.copy(data=enthalpy(ds.outlet_temperature.values, 1e6))
            gain -= ds.inlet_temperature.copy(data=enthalpy(ds.inlet_temperature.values, 1e6))
            water = (ds.system_flow * gain).transpose(*ds.heat_power.dims)
            np.testing.assert_allclose(ds.heat_power, water, rtol=2e-3, atol=1.0)
            assert (ds.outlet_temperature <= ds.source_temperature).all()


def test_the_same_project_gives_the_same_bytes(project, runs):
    for name, strategy in project.strategies.items():
        again = operate(project, strategy, {})
        for key, value in runs[name].data_vars.items():
            assert again[key].values.tobytes() == value.values.tobytes() or value.dtype == object


def test_an_account_that_does_not_close_is_refused(project, monkeypatch):
    monkeypatch.setattr(module, "CLOSURE", 0.0)
    with pytest.raises(ConvergenceError, match="does not close"):
        operate(project, project.strategies["passive"], {})
