import csv
import struct
import zipfile
from html import unescape

import numpy as np
import openpyxl
import pytest

from comine.report import write
from comine.report.pictures import pictures
from comine.report.tables import write_ledger, write_workbook
from comine.report.view import View
from tests.report.fake_study import FakeStudy, project, study


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("tables") / "tables.xlsx"
    write_workbook(View(study()), path)
    return openpyxl.load_workbook(path)


def cells(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_one_sheet_for_each_node(book):
    assert book.sheetnames == [path.replace("/", " - ") for path in study().tree]


def test_scalars_are_in_the_unit_that_stands_beside_them(book):
    rows = {row[0]: row for row in cells(book["comine - operate"])}
    assert rows["peak_cooling"][2:5] == ["最大制冷量（月均）", pytest.approx(2.83360), "MW"]
    assert rows["first_outlet"][3] == pytest.approx(328.5 - 273.15)


def test_series_have_headers_in_both_languages_and_all_their_rows(book):
    rows = cells(book["comine - operate"])
    head = next(row for row in rows if row[0] == "month")
    column = next(n for n, cell in enumerate(head) if cell and "制冷量 [MW]" in cell)
    start = rows.index(head) + 1
    shown = [row[column] for row in rows[start : start + 144]]
    assert np.allclose(shown, study()["comine/operate"].cooling.values / 1e6)


def test_what_is_no_number_is_an_empty_cell(book):
    rows = cells(book["passive - operate"])
    place = next(
        n for n, row in enumerate(rows) if row[0] and "采场出风湿球温度 [°C]" in str(row[0])
    )
    assert rows[place + 1][:3] == ["month", "z 1600.0", "z 1800.0"]
    assert rows[place + 2][:5] == [1, None, None, None, None]


def test_no_text_becomes_a_formula(tmp_path):
    whole = study()
    whole.tree["assess"]["contradictions"] = whole["assess"].contradictions.astype("<U40")
    whole.tree["assess"]["contradictions"].values = np.array('=HYPERLINK("http://x")')
    write_workbook(View(whole), tmp_path / "t.xlsx")
    with zipfile.ZipFile(tmp_path / "t.xlsx") as file:
        assert '=HYPERLINK("http://x")' in unescape(file.read("xl/sharedStrings.xml").decode())
        sheets = [file.read(n) for n in file.namelist() if "worksheets/sheet" in n]
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)


def test_names_that_no_sheet_may_have(tmp_path):
    whole = study()
    told = whole.project.strategies
    name = "a very long [name] of: a strategy / with? signs"
    strategies = {name: told["comine"], name + "2": told["comine"]}
    tree = {"assess": whole["assess"]}
    for s in strategies:
        tree[f"{s}/operate"] = whole["comine/operate"]
    write_workbook(View(FakeStudy(project(strategies=strategies), tree)), tmp_path / "t.xlsx")
    assert len(openpyxl.load_workbook(tmp_path / "t.xlsx").sheetnames) == 3


def test_the_ledger_closes_in_the_file(tmp_path):
    write_ledger(View(study()), tmp_path / "ledger.csv")
    with (tmp_path / "ledger.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for strategy in study().strategies:
        booked = [float(row["energy [J]"]) for row in rows if row["strategy"] == strategy]
        assert booked == study()[f"{strategy}/operate"].ledger.values.tolist()


def test_pictures_are_drawn_in_both_languages(tmp_path):
    names = []
    for name, draw in pictures(View(study())):
        names.append(name)
        if name.startswith(("geotherm", "section-comine", "rock-comine")):
            draw(tmp_path / name)
            head = (tmp_path / name).read_bytes()[:24]
            assert head[:8] == b"\x89PNG\r\n\x1a\n"
            assert struct.unpack(">2I", head[16:]) == (1050, 690)
    assert len(names) == 16
    for name in ("geotherm", "rock-comine"):
        english, chinese = (
            (tmp_path / f"{name}_{language}.png").read_bytes() for language in ("en", "zh")
        )
        assert english != chinese


def test_the_picture_of_the_rock_changes_with_the_rock(tmp_path):
    whole = study()
    held = []
    for path in (tmp_path / "before.png", tmp_path / "after.png"):
        dict(pictures(View(whole)))["rock-heat_zh.png"](path)
        held.append(path.read_bytes())
        whole.tree["heat/operate"]["section_departure"][-1, 2, 3] -= 3.0
    assert held[0] != held[1]


def test_write_gives_every_file_and_leaves_nothing_else(tmp_path):
    told = []
    written = write(study(), tmp_path / "out", log=told.append)
    assert sorted(p for p in (tmp_path / "out").rglob("*") if p.is_file()) == sorted(written)
    assert [p.name for p in written[:3]] == ["report.html", "tables.xlsx", "ledger.csv"]
    assert len(told) == len(written) == 19


def test_a_study_without_a_mine_is_written_too(tmp_path):
    whole = study()
    tree = {k: v for k, v in whole.tree.items() if k == "assess" or k.startswith("heat/")}
    alone = project(mine=None, strategies={"heat": whole.project.strategies["heat"]})
    names = [p.name for p in write(FakeStudy(alone, tree), tmp_path)]
    assert "cooling_en.png" not in names and "section-heat_zh.png" in names
