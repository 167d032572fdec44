"""What tests measure is asserted, gathered and shown."""

import numpy as np
import pytest

from tests.measure import Measured
from validation.account import Deviation, files, in_order, run
from validation.tables import measured as table_of
from validation.tables import page

CONFTEST = "from tests.conftest import measured\n"
SAMPLE = """
import pytest
from tests.cases import case

@pytest.mark.parametrize("off", [0.01, -0.03, 0.02])
def test_three(off, measured):
    measured.deviation("engine", "thing", "exact", off, 0.05)

def test_beyond(measured):
    measured.deviation("skins", "hole", "line", [0.0, 2.5], 2.0, "K")

def test_orders(measured):
    measured.order("engine", "steps", [1.9, 2.0], 1.8)

@case("solvers/01_theis_1935")
def test_case():
    assert 1.001 == pytest.approx(1.0, rel=0.01)

@case("solvers/05_airway_age_of_wall_with_film")
def test_case_that_fails():
    assert 1.1 == pytest.approx(1.0, rel=0.01)

def test_other():
    raise RuntimeError("is not run")
"""


@pytest.fixture
def rows():
    """Records, and what records them."""
    kept = []
    return kept, Measured(lambda name, row: kept.append((name, row)))


def test_a_deviation_within_its_limit_is_recorded(rows):
    kept, measured = rows
    measured.deviation("engine", "thing", "exact", [0.01, -0.03], 0.05)
    assert kept == [
        (
            "deviation",
            {
                "part": "engine",
                "what": "thing",
                "against": "exact",
                "unit": "%",
                "greatest": 0.03,
                "limit": 0.05,
            },
        )
    ]


@pytest.mark.parametrize("found", [0.06, [0.0, -0.06], np.nan, [0.0, np.nan]])
def test_a_deviation_beyond_its_limit_is_recorded_and_fails(rows, found):
    kept, measured = rows
    with pytest.raises(AssertionError, match=r"thing against exact: .* exceeds 0\.05"):
        measured.deviation("engine", "thing", "exact", found, 0.05)
    assert len(kept) == 1


def test_nothing_measured_is_an_error(rows):
    with pytest.raises(ValueError, match="zero-size"):
        rows[1].deviation("engine", "thing", "exact", [], 0.05)


@pytest.mark.parametrize("found", [[2.0, 1.7], [2.0, 2.3], [np.nan]])
def test_an_order_out_of_bounds_fails(rows, found):
    with pytest.raises(AssertionError, match="order of steps"):
        rows[1].order("engine", "steps", found, 1.8, 2.2)
    assert rows[0][0][1]["most"] == 2.2


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    file = folder / "test_sample.py"
    file.write_text(SAMPLE, encoding="utf-8")
    return run([file], workers="0")


def test_greatest_of_all_tests_of_a_thing_is_kept(account):
    assert account.deviations == [
        Deviation("skins", "hole", "line", "K", 2.5, 2.0),
        Deviation("engine", "thing", "exact", "%", 0.03, 0.05),
    ]
    assert account.parts() == ["engine", "skins"]
    assert account.orders[0].found == (1.9, 2.0)


def test_tests_that_neither_compare_nor_measure_are_left_out(account):
    assert [name.partition("::")[2] for name in account.failed] == [
        "test_beyond",
        "test_case_that_fails",
    ]


def test_comparisons_of_cases_are_heard(account):
    good, bad = account.cases
    assert (good.case, good.passed, bad.passed) == ("solvers/01_theis_1935", True, False)
    assert good.worst.share == pytest.approx(0.1)
    assert good.worst.relative == pytest.approx(0.001)


def test_tables_show_all_that_was_found(account):
    assert "| thing | exact | 3 % | 5 % |" in table_of(account, "engine")
    assert "| steps | 1.90, 2.00 | above 1.8 |" in table_of(account, "engine")
    assert "| hole | line | **2.5 K, failed** | 2 K |" in table_of(account, "skins")
    whole = page(account)
    for found in ("solvers/01_theis_1935", "**failed**", "test_beyond", "physics/engine.md"):
        assert found in whole
    assert "2 deviations" in whole and "1 of them beyond" in whole
    with pytest.raises(ValueError, match="nothing is measured of 'rock'; there is engine, skins"):
        table_of(account, "rock")


def test_files_that_compare_are_found():
    names = {path.name for path in files()}
    assert {"test_coupled.py", "test_engine.py", "test_darcy.py", "test_geophires.py"} <= names
    assert "test_house_style.py" not in names


def test_names_are_in_the_order_of_their_numbers():
    names = ["cells of 10 m", "Cells of 2 m", "a year"]
    assert sorted(names, key=in_order) == ["a year", "Cells of 2 m", "cells of 10 m"]
