import numpy as np
import pytest

from comine.physics.fan import fan_measures, fan_of_holes
from tests.cases import case, load_case


@case("engineering/B01_360_fan_layout")
def test_case_layout():
    data = load_case("engineering/B01_360_fan_layout")
    i, e, rel = data["inputs"], data["expected"], data["tolerance"]["rel"]
    args = (i["ring_spacing_m"], i["n_holes"], i["hole_len_m"], i["roadway_radius_m"])
    fan = fan_measures(i["roadway_len_m"], *args)
    assert (fan.rings, fan.holes) == (e["rings"], e["holes"])
    assert fan.drilled_length == pytest.approx(e["total_drilled_m"], rel=rel)
    assert fan.toe_spacing == pytest.approx(e["toe_spacing_m"], rel=rel)
    assert fan.collar_spacing == pytest.approx(e["collar_spacing_m"], rel=rel)
    assert fan.volume == pytest.approx(e["influence_volume_m3"], rel=rel)
    density = fan.drilled_length / fan.volume
    assert density == pytest.approx(e["drill_density_m_per_m3"], rel=rel)

    holes = fan_of_holes([0, 0, 900.0], [i["roadway_len_m"], 0, 900.0], *args)
    assert holes.shape == (e["rings"], i["n_holes"], 2, 3)
    for end, spacing in ((0, fan.collar_spacing), (1, fan.toe_spacing)):
        gaps = np.linalg.norm(holes[:, 0, end] - holes[:, 1, end], axis=-1)
        assert np.allclose(gaps, spacing, rtol=1e-9)
    lengths = np.linalg.norm(holes[..., 1, :] - holes[..., 0, :], axis=-1)
    assert lengths.sum() == pytest.approx(e["total_drilled_m"], rel=rel)


@pytest.mark.parametrize("end", [[100.0, 0, 50], [60.0, 80, 0], [0, 0, 100.0], [30.0, 40, 90]])
def test_holes_lie_normal_to_any_roadway(end):
    start = np.array([5.0, -3.0, 700.0])
    holes = fan_of_holes(start, start + np.array(end), 10.0, 7, 40.0, 2.0)
    axis = np.array(end) / np.linalg.norm(end)
    along = (holes - start) @ axis
    rings = 10.0 * np.arange(len(holes))
    assert np.allclose(along, rings[:, None, None])
    off = holes - start - along[..., None] * axis
    assert np.allclose(np.linalg.norm(off, axis=-1), [2.0, 42.0])
    assert np.allclose(holes.mean(axis=(1, 2)), start + rings[:, None] * axis)


def test_first_hole_points_up():
    hole = fan_of_holes([0, 0, 900.0], [50, 0, 900.0], 25.0, 4, 30.0, 2.0)[0, 0]
    assert np.allclose(hole[:, 2], [898, 868])


def test_bad_input():
    with pytest.raises(ValueError, match="roadway's length"):
        fan_of_holes([0, 0, 0], [0, 0, 0], 10.0, 4, 10.0, 1.0)
    with pytest.raises(ValueError, match="holes"):
        fan_measures(100.0, 10.0, 0, 10.0, 1.0)
    with pytest.raises(ValueError, match="ring_spacing"):
        fan_measures(100.0, -10.0, 4, 10.0, 1.0)
