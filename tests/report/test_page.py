import ast
import json
import re
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import comine
from comine.fields import merged
from comine.report import fonts
from comine.report.page import page, sections
from comine.report.view import View
from comine.results import Study
from tests.report.fake_study import ASSESS, STAGES, FakeStudy, project, study
from tests.report.reading import read, shown_number

SPEC = re.compile(
    r'<script type="application/json" class="spec" data-for="(.*?)">(.*?)</script>', re.S
)


def drawn(text):
    return {key: json.loads(body) for key, body in SPEC.findall(text)}


def without(path):
    whole = study()
    return FakeStudy(whole.project, {k: v for k, v in whole.tree.items() if k != path})


def optional_names():
    tables = merged(ASSESS, *STAGES.values())
    there = {str(name) for ds in study().tree.values() for name in ds.data_vars}
    return sorted(name for name in there if tables[name].optional)


def test_nothing_is_loaded_from_outside(full_page):
    ours = full_page.split("<footer>")[0]
    assert read(full_page).loads == []
    assert not re.search(r"url\((?!data:)|@import|https?://", ours)
    assert "default-src 'none'" in ours


def test_every_link_leads_somewhere(full_page):
    reader = read(full_page)
    assert len(reader.links) == 11
    assert {link.removeprefix("#") for link in reader.links} <= reader.ids


@pytest.mark.parametrize("language", ["en", "zh"])
def test_both_languages_are_there(full_page, language):
    captions = read(full_page, language).captions
    chinese = [c for c in captions if re.search("[\u4e00-\u9fff]", c)]
    assert len(captions) > 40
    assert len(chinese) == (len(captions) if language == "zh" else 0)


def test_every_chart_has_its_numbers_and_a_description(full_page):
    figures = read(full_page).figures
    assert len(figures) == len(drawn(full_page)) > 20
    assert [f["id"] for f in figures if f["tables"] != 1 or " / " not in f["alt"]] == []


def test_chart_numbers_are_those_of_the_study(full_page):
    ore = study()["comine/build"].ore_by_level
    bars = drawn(full_page)["plot-ore-passive"]["data"]
    assert np.allclose([trace["y"] for trace in bars], ore.values.T / 1e9)
    profile = study()["assess"].temperature
    line = drawn(full_page)["plot-geotherm"]["data"][0]
    assert np.allclose(line["x"], profile.values - 273.15, rtol=1e-4)
    assert np.allclose(line["y"], profile.z.values)


def test_chart_and_table_agree(full_page):
    reader = read(full_page)
    rows = reader.tables["Ore by year and level, all strategies with a mine"]
    table = [[shown_number(cell) for cell in row[1:-1]] for row in rows[1:]]
    bars = drawn(full_page)["plot-ore-passive"]["data"]
    assert np.allclose(np.transpose(table), [trace["y"] for trace in bars])


@pytest.mark.parametrize(
    ("row", "path", "factor", "offset"),
    [
        ("greatest refrigeration delivered, mean of a month [MW]", "operate.peak_cooling", 1e-6, 0),
        ("refrigeration delivered over life [TJ]", "operate.cooling_energy", 1e-12, 0),
        (
            "water at the surface, first year, hottest system [°C]",
            "operate.first_outlet",
            1,
            -273.15,
        ),
        ("net present value after tax [CNY million]", "decide.npv", 1e-6, 0),
        ("levelised cost of the heat delivered [CNY/GJ]", "decide.lcoh", 1e9, 0),
        ("metal price at which the value is nil [CNY/g]", "decide.breakeven_metal", 1e-3, 0),
        (
            "cost of refrigeration and main fan per mass of ore [CNY/t]",
            "decide.cooling_cost",
            1e3,
            0,
        ),
        ("coal equivalent saved by heat and power, over life [kt]", "use.tce_saved", 1e-6, 0),
    ],
)
def test_headlines_are_the_datasets_numbers(full_page, row, path, factor, offset):
    stage, name = path.split(".")
    rows = {cells[0]: cells[1:] for cells in read(full_page).tables["The strategies side by side"]}
    for strategy, cell in zip(("passive", "heat", "comine"), rows[row], strict=True):
        tree = study().tree
        if name in tree.get(f"{strategy}/{stage}", {}):
            value = float(tree[f"{strategy}/{stage}"][name])
            assert shown_number(cell) == pytest.approx(value * factor + offset, rel=6e-4)
        else:
            assert cell == "–"


def test_sentences_carry_the_sign_of_what_they_say():
    def findings(peak):
        whole = study()
        whole.tree["comine/operate"] = whole.tree["comine/operate"].assign(
            peak_cooling=whole["comine/operate"].peak_cooling * 0 + peak
        )
        block = sections(View(whole))[0].blocks[0]
        return next(item for item in block.items if "cooling the mine" in item.en)

    before = float(study()["passive/operate"].peak_cooling)
    assert "falls from 3.08 MW to 2.31 MW (−25.0 %, −0.770 MW)" in findings(0.75 * before).en
    assert "rises from 3.08 MW to 3.39 MW (+10.0 %, +0.308 MW)" in findings(1.1 * before).en
    assert "上升" in findings(1.1 * before).zh
    assert "hardly changes" in findings(before).en


def test_power_is_refused_with_its_reason(full_page):
    assert "power is not possible: sink &#39;orc&#39; needs water of at least 95.0 °C" in full_page
    hot = study()
    hot.tree["comine/use"]["hottest_water"][0] = 403.15
    assert "Comine: power is possible: sink &#39;orc&#39; needs water of at least 95.0 °C" in page(
        View(hot)
    )


def test_fractures_are_not_dug(full_page):
    ds = study()["heat/build"]
    wells = float(ds.branch_length[ds.branch_part == "well"].sum())
    assert wells == 4400.0
    assert "Heat alone digs and drills 4.40 km in all, down to 2,200 m." in full_page


def test_unknowns_contradictions_and_sources_are_shown(full_page):
    tables = read(full_page).tables
    assert ["stress below 1600 m", "overcoring at the 1600 m level"] in tables[
        "What we do not know"
    ]
    assert "gradient: typed 45 K/km, computed 24.5 K/km" in full_page
    row = tables["Numbers with a source or a range"][1]
    assert row[0] == "site.rock.conductivity" and row[2] == "2.80 to 3.20"
    assert "central values of 1 uncertain numbers" in full_page


def test_texts_of_the_project_cannot_become_markup(full_page):
    assert "三山岛 deep lode &lt;A&amp;B&gt;" in full_page
    hostile = page(View(study(name="</script><script>alert(1)</script>")))
    assert hostile.count("<script>") == full_page.count("<script>")


@pytest.mark.parametrize("name", optional_names())
def test_any_optional_variable_may_be_absent(name):
    whole = study()
    tree = {path: ds.drop_vars(name, errors="ignore") for path, ds in whole.tree.items()}
    parts = sections(View(FakeStudy(whole.project, tree)))
    assert {"headline", "site", "openings", "money", "ledger"} <= {part.key for part in parts}


@pytest.mark.parametrize("path", list(study().tree)[1:])
def test_any_stage_may_be_absent(path):
    there, full = (
        [block for part in sections(View(seen)) for block in part.blocks]
        for seen in (without(path), study())
    )
    assert 0 < len(there) < len(full)


def test_what_is_left_out_is_said():
    whole = study()
    tree = {k: v for k, v in whole.tree.items() if k.rpartition("/")[2] not in ("ground", "use")}
    text = page(View(FakeStudy(whole.project, tree)))
    assert 'id="ground"' not in text and 'id="use"' not in text
    assert "Left out, because the study does not hold it" in text


def test_a_project_without_sources_or_unknowns_is_told_so():
    text = page(View(study(unknown={}, uncertain={}, sources={})))
    assert "The project names nothing as unknown" in text
    assert "treat the results as an exercise" in text


def test_a_study_that_was_saved_reads_alike(tmp_path, full_page):
    tree = xr.DataTree.from_dict({f"/{path}": ds for path, ds in study().tree.items()})
    tree.to_netcdf(tmp_path / "study.nc", engine="h5netcdf")
    again = Study(
        project(), xr.load_datatree(tmp_path / "study.nc", engine="h5netcdf"), "0.1.0", 12.3
    )
    assert page(View(again)) == full_page


def test_the_font_draws_every_letter_of_our_texts(full_page):
    root = Path(comine.__file__).parent
    files = [*(root / "report").rglob("*.py"), root / "stages" / "promises.py"]
    told = {
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    letters = {c for text in told for c in text if c.isprintable()}
    assert letters - fonts.characters() == set()


def test_the_embedded_font_holds_the_letters_of_the_page(full_page):
    import base64
    import io

    from fontTools.ttLib import TTFont

    held = re.search(r"data:font/woff;base64,([A-Za-z0-9+/=]+)", full_page)[1]
    font = TTFont(io.BytesIO(base64.b64decode(held)))
    body = full_page.split("<body>")[1].split("<footer>")[0]
    wanted = {ord(c) for c in body if "\u4e00" <= c <= "\u9fff"}
    assert len(wanted) > 300
    assert wanted <= set(font.getBestCmap())
