import re

import numpy as np
import pytest

from comine.report.charts import round_levels, short
from comine.report.page import page, sections
from comine.report.rock_section import NEAR, rock_section
from comine.report.view import View
from tests.report.fake_study import (
    COOLED_AT,
    SECTION_X,
    SECTION_Z,
    SNAPSHOTS,
    WARMED_AT,
    FakeStudy,
    study,
)
from tests.report.reading import read, shown_number
from tests.report.test_page import drawn

CHANGE = "Change of the rock temperature since the first opening, at the ends of years: Comine"
AT_DEPTHS = "Rock temperature in a section along strike at the end of year 12: Comine"


def underground(whole):
    return next(part for part in sections(View(whole)) if part.key == "underground")


def charts(whole):
    return {b.key: b for b in underground(whole).blocks if hasattr(b, "key")}


def altered(path, **values):
    whole = study()
    whole.tree[path] = whole.tree[path].assign(
        {n: (whole.tree[path][n].dims, v, whole.tree[path][n].attrs) for n, v in values.items()}
    )
    return whole


def openings(trace):
    x, z = ([v for v in trace[axis] if v is not None] for axis in "xy")
    return {tuple(ends) for ends in np.column_stack([x, z]).reshape(-1, 4).tolist()}


def test_every_strategy_shows_its_rock(full_page):
    keys = [key for key in drawn(full_page) if "plot-rock-" in key and "cooling" not in key]
    assert keys == [
        f"plot-rock-{kind}-{s}"
        for s in ("passive", "heat", "comine")
        for kind in ("temperature", "change")
    ]


def test_the_picture_of_the_temperature_is_the_last_section(full_page):
    field = drawn(full_page)["plot-rock-temperature-comine"]["data"][0]
    ds = study()["comine/operate"]
    down, along = np.isin(SECTION_Z, field["y"]), np.isin(SECTION_X, field["x"])
    hot = ds.section_temperature.values[-1][np.ix_(down, along)] - 273.15
    assert np.abs(np.array(field["z"]) - hot).max() <= 0.0501
    assert field["contours"]["showlabels"] and field["contours"]["size"] == 10
    depth = drawn(full_page)["plot-rock-temperature-comine"]["layout"]["yaxis"]["range"]
    assert depth[0] > depth[1]


def test_the_change_has_a_panel_for_each_year_but_the_first(full_page):
    spec = drawn(full_page)["plot-rock-change-comine"]
    fields = [trace for trace in spec["data"] if trace["type"] == "contour"]
    assert [f["xaxis"] for f in fields] == ["x", "x2", "x3"]
    assert [n["text"]["en"] for n in spec["layout"]["annotations"]] == [
        f"year {year}" for year in SNAPSHOTS[1:]
    ]
    change = study()["comine/operate"].section_departure.values
    down, along = np.isin(SECTION_Z, fields[0]["y"]), np.isin(SECTION_X, fields[0]["x"])
    for n, field in enumerate(fields, start=1):
        seen = change[n][np.ix_(down, along)]
        assert np.abs(np.array(field["z"]) - seen).max() <= 0.0501
    colours = spec["layout"]["coloraxis"]
    assert colours["cmin"] == -colours["cmax"] == pytest.approx(change.min())
    assert colours["colorscale"][2] == [0.5, "#ffffff"]


def test_all_that_is_left_out_has_hardly_changed():
    section = rock_section(View(study()), "comine")
    part = section.cropped()
    assert part.x.size < section.x.size and part.z.size < section.z.size
    outside = section.departure.copy()
    outside[:, np.isin(section.z, part.z)[:, None] & np.isin(section.x, part.x)] = 0
    assert np.abs(outside).max() <= 0.02
    assert part.x[0] <= 0 and part.x[-1] >= 900 and part.z[-1] >= 2200


def test_rock_that_has_not_changed_shows_all_about_the_openings():
    nil = study()["comine/operate"].section_departure.values * 0
    found = charts(altered("comine/operate", section_departure=nil))
    assert set(np.ravel(found["rock-change-comine"].data[0]["z"])) == {0}
    assert found["rock-change-comine"].data[0]["contours"] == {
        "coloring": "heatmap",
        "showlines": False,
    }
    rows = found["rock-change-comine"].table.rows
    assert [cell.words.en for cell in rows[-1][1:7]] == ["–"] * 6


def test_the_table_finds_the_extremes_and_the_cooled_area(full_page):
    head, *rows = read(full_page).tables[CHANGE]
    change = study()["comine/operate"].section_departure.values
    assert [row[0] for row in rows] == [str(year) for year in SNAPSHOTS]
    assert rows[0][1:] == ["–"] * 6 + ["0", "0"]
    last = [shown_number(cell) for cell in rows[-1][1:]]
    assert last[:3] == pytest.approx([-change.min(), COOLED_AT[1], COOLED_AT[0]], rel=1e-2)
    assert last[3:6] == pytest.approx([change.max(), WARMED_AT[1], WARMED_AT[0]], rel=1e-2)
    assert head[-2:] == ["cooled by more than 1 K [m²]", "cooled by more than 5 K [m²]"]
    assert last[6] > last[7] == pytest.approx(200 * 240, rel=1e-3)


def test_cells_fill_the_section():
    section = rock_section(View(study()), "comine")
    height = np.ptp(SECTION_Z) + (SECTION_Z[1] - SECTION_Z[0] + SECTION_Z[-1] - SECTION_Z[-2]) / 2
    width = np.ptp(SECTION_X) + (SECTION_X[1] - SECTION_X[0] + SECTION_X[-1] - SECTION_X[-2]) / 2
    assert section.areas.sum() == pytest.approx(height * width)


def test_temperatures_by_depth(full_page):
    head, *rows = read(full_page).tables[AT_DEPTHS]
    assert head[1] == "undisturbed [°C]"
    depth, virgin, coldest, warmest = (
        shown_number(cell) for cell in next(row for row in rows if row[0] == "2,000")
    )
    assert virgin == pytest.approx(13 + 0.0245 * depth, abs=0.01)
    assert virgin - coldest == pytest.approx(7.0, abs=0.02)
    assert warmest <= virgin


def test_only_openings_near_the_section_are_drawn():
    section = rock_section(View(study()), "comine")
    assert len(section.openings.x) == 13
    far = study()["comine/build"].node_y.values + 2 * NEAR
    whole = altered("comine/build", node_y=far)
    assert rock_section(View(whole), "comine").openings.x.size == 0
    assert len(charts(whole)["rock-temperature-comine"].data) == 1


def test_an_opening_that_leaves_the_section_is_cut_off():
    y = study()["comine/build"].node_y.values.copy()
    y[9] = 12.5 + 4 * NEAR  # the upcast's collar, at x = 900 m
    whole = altered("comine/build", node_y=y)
    shaft = rock_section(View(whole), "comine").openings
    upcast = shaft.z[(shaft.x == 900).all(axis=1) & (shaft.z.min(axis=1) < 1600)]
    there = 1600 * (1 - (NEAR + 12.5) / (4 * NEAR + 12.5))
    assert upcast.min() == pytest.approx(there)


def test_openings_appear_once_they_are_open():
    opened = np.ones(13)
    opened[-1] = 60.0  # the hole, in the fifth year, on the line of the lowest stope
    found = charts(altered("comine/build", branch_opened=opened))["rock-change-comine"]
    seen = [openings(trace) for trace in found.data if trace["type"] == "scatter"]
    assert [len(lines) for lines in seen] == [12, 12, 12]
    opened[4:8] = 100.0  # the stopes, in the ninth year
    found = charts(altered("comine/build", branch_opened=opened))["rock-change-comine"]
    seen = [openings(trace) for trace in found.data if trace["type"] == "scatter"]
    assert [len(lines) for lines in seen] == [8, 9, 12]
    assert (0, 900, 2200, 2200) not in seen[0] and len(seen[2] - seen[1]) == 3


def test_the_caption_says_where_and_how_finely(full_page):
    text = re.search(r'id="figure-rock-change-comine">(.*?)</figcaption>', full_page, re.S)[1]
    assert "Section at y = 12.5 m" in text and "within 100 m" in text
    assert "81,234 cells" in text and "81,234 个网格单元" in text and "调热圈" in text


@pytest.mark.parametrize("name", ["section_temperature", "section_departure", "rock_cooling"])
def test_a_study_without_sections_reads_on(name):
    whole = study()
    tree = {path: ds.drop_vars(name, errors="ignore") for path, ds in whole.tree.items()}
    keys = charts(FakeStudy(whole.project, tree))
    there = [key for key in keys if key.startswith("rock-")]
    assert there and all(("cooling" in key) == name.startswith("section") for key in there)


def test_rock_without_place_and_count_is_shown():
    whole = study()
    tree = {
        path: ds.drop_vars(["section_y", "rock_cells"], errors="ignore")
        for path, ds in whole.tree.items()
        if not path.endswith("build")
    }
    caption = charts(FakeStudy(whole.project, tree))["rock-change-comine"].caption
    assert "Section at" not in caption.en and "网格单元" not in caption.zh


def test_airways_of_every_mine_tell_how_far_their_rock_has_cooled(full_page):
    told = drawn(full_page)
    assert {"plot-rock-cooling-passive", "plot-rock-cooling-comine"} <= set(told)
    assert "plot-rock-cooling-heat" not in told
    notes = {s: charts(study())[f"rock-cooling-{s}"].table.note for s in ("passive", "comine")}
    assert "the heat systems" in notes["comine"].en and "取热系统" in notes["comine"].zh
    assert "the heat systems" not in notes["passive"].en and "取热系统" not in notes["passive"].zh


def test_a_mine_whose_rock_stays_warm_says_so():
    warm = study()["passive/operate"].rock_cooling.values * -0.1
    text = page(View(altered("passive/operate", rock_cooling=warm)))
    assert "In Passive no airway meets rock that has cooled by 0.0500 K or more" in text
    assert 'id="figure-rock-cooling-passive"' not in text


def test_sections_of_a_real_size_stay_small():
    z, x = np.linspace(20, 2100, 60), np.linspace(-1600, 2100, 60)
    down, along = np.meshgrid(z, x, indexing="ij")
    wave = -6 * np.sin(down / 90) ** 2 * np.cos(along / 130) ** 2
    whole = study()
    ds = whole.tree["comine/operate"]
    dims = ("snapshot", "section_z", "section_x")
    change = SNAPSHOTS[:, None, None] / 12 * wave
    told = {"section_departure": change, "section_temperature": 290 + 0.02 * down + change}
    whole.tree["comine/operate"] = (
        ds.drop_dims(["section_z", "section_x"])
        .assign_coords(section_z=z, section_x=x)
        .assign({n: (dims, v, ds[n].attrs) for n, v in told.items()})
    )
    text = page(View(whole))
    bodies = re.findall(
        r'data-for="plot-rock-(?:change|temp\w+)-comine">(.*?)</script>', text, re.S
    )
    assert sum(map(len, bodies)) < 100_000


@pytest.mark.parametrize(
    ("low", "high", "levels"),
    [(14.7, 62.3, [20, 30, 40, 50, 60]), (-0.9, 0.0, [-0.8, -0.6, -0.4, -0.2, 0]), (3, 3, [])],
)
def test_levels_are_round(low, high, levels):
    assert round_levels(low, high) == levels


def test_short_numbers_keep_gaps():
    assert short([12.34, -0.01, np.nan, 7.0], 0.1) == [12.3, 0, None, 7]
