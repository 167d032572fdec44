import numpy as np
import pytest

from comine.project import Project
from comine.stages.build import build
from tests.data import SMALL


@pytest.fixture(scope="module")
def project():
    return Project.load(SMALL)


def built(project, name):
    return build(project, project.strategies[name], {})


def test_every_branch_ends_at_its_nodes(project):
    for name in project.strategies:
        ds = built(project, name)
        start, end = ds.branch_start.values.astype(int), ds.branch_end.values.astype(int)
        place = np.stack([ds.node_x, ds.node_y, ds.node_depth], axis=1)
        apart = np.linalg.norm(place[start] - place[end], axis=1)
        straight = np.isin(ds.branch_part.values, ["shaft", "borehole", "well"])
        np.testing.assert_allclose(apart[straight], ds.branch_length.values[straight], rtol=1e-9)


def test_ore_is_the_sum_of_its_levels_and_no_more_than_there_is(project):
    ds = built(project, "passive")
    np.testing.assert_allclose(ds.ore_mined, ds.ore_by_level.sum("z"))
    assert 0 < float(ds.ore_mined.sum()) <= project.mine.ore.tonnage * (1 + 1e-9)


def test_lengths_are_those_of_the_branches(project):
    ds = built(project, "comine")
    whole = (ds.branch_length * ds.branch_count).values
    part, system = ds.branch_part.values, ds.branch_system.values
    assert float(ds.shaft_length) == pytest.approx(whole[part == "shaft"].sum())
    assert float(ds.drift_length) == pytest.approx(whole[(part == "drift") & (system == "")].sum())
    holes = whole[(part == "borehole") & (system == "fan")].sum()
    assert float(ds.borehole_length.sel(system="fan")) == pytest.approx(holes)


def test_what_a_strategy_lacks_is_absent(project):
    for name, strategy in project.strategies.items():
        ds = built(project, name)
        assert ("ore_mined" in ds) == strategy.mine
        assert ("exchange_area" in ds) == bool(strategy.heat)
        assert set(ds.branch_system.values) - {""} == set(strategy.heat)


def test_rock_at_a_branch_is_that_of_its_depth(project):
    ds = built(project, "passive")
    depth = (ds.node_depth.values[ds.branch_start] + ds.node_depth.values[ds.branch_end]) / 2
    expected = project.site.geotherm.temperature(depth, project.site.surface_temperature)
    np.testing.assert_allclose(ds.rock_temperature, expected)


def test_shafts_open_with_the_first_level_below_them(project):
    ds = built(project, "passive")
    opened = dict(zip(ds.branch.values, ds.branch_opened.values, strict=True))
    closed = dict(zip(ds.branch.values, ds.branch_closed.values, strict=True))
    assert opened["downcast 1500"] == min(opened["haulage 1500"], opened["haulage 1600"])
    assert closed["downcast 1500"] == max(closed["haulage 1500"], closed["haulage 1600"])
