"""CSV tables whose header carries the units."""

from typing import Annotated

import numpy as np
import pytest
from pydantic import BaseModel, ValidationError

from comine.errors import SHOWN, ProjectError
from comine.tables import BLANK, Column, Columns, Table, read_cells
from comine.units import Reading


class Holds(BaseModel):
    log: Annotated[Table, Columns((("depth", "m"), ("temperature", "K")), rows=2)]


def read(folder, content, name="log.csv"):
    if content is not None:
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    reading = Reading(str(folder / "project.toml"))
    try:
        return Holds.model_validate({"log": name}, context=reading).log, []
    except ValidationError as error:
        assert "the table cannot be used" in str(error)
        return None, reading.faults


@pytest.mark.parametrize(
    "content",
    [
        "depth [m],temperature [degC]\n0,10\n1000,40\n",
        "﻿depth [m],temperature [degC]\r\n0,10\r\n1000,40\r\n",
        "temperature [K],depth [km]\n283.15,0\n\n , \n313.15,1\n",
        '"depth [m]", temperature [ degC ] \n 0 , 10\n1e3,40',
    ],
)
def test_reads_columns_in_any_order_and_unit(tmp_path, content):
    table, faults = read(tmp_path, content)
    assert not faults
    np.testing.assert_allclose(table["depth"], [0, 1000])
    np.testing.assert_allclose(table["temperature"], [283.15, 313.15])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "log.csv: cannot be read (No such file or directory)"),
        (b"depth [m],temperature [degC]\n0,\xff\n", "is not UTF-8 text (byte 31)"),
        ("", "holds too few rows; got 0; a header and 2 rows or more"),
        ("depth [m],temperature [degC]\n0,10\n", "holds too few rows; got 1"),
        ("depth [m],temp [degC]\n0,10\n1,11\n", "header: unknown column; got 'temp [degC]'"),
        (
            "depth [m],temperature\n0,10\n1,11\n",
            "no unit; got 'temperature'; write 'temperature [degC]'",
        ),
        ("depth [m]\n0\n1\n", "no column ['temperature']"),
        ("depth [m],depth [m],temperature [K]\n0,1,2\n1,1,2\n", "column given twice"),
        ("depth [m],temperature [m]\n0,1\n1,2\n", "'m' does not convert to"),
        ("depth [m],temperature [K]\n0,1\n\n1,hot\n", "log.csv:4: temperature: not a number"),
        ("depth [m],temperature [K]\n0,1\n1,\n", "log.csv:3: temperature: not a number"),
        ("depth [m],temperature [K]\n0,1\n1,nan\n", "log.csv:3: temperature: not a finite number"),
        (
            "depth [m],temperature [K]\n0,1\n1,000,2\n",
            "log.csv:3: the row has 3 cells, the header 2",
        ),
        ("depth [m];temperature [K]\n0;1\n1;2\n", "header: is a single cell"),
        ("depth [m],temperature [degX]\n0,1\n1,2\n", "header: unknown unit 'degX'"),
        ('depth [m],temperature [K]\n0,"1\n', "is not a CSV table"),
    ],
)
def test_each_fault_says_where_and_what(tmp_path, content, said):
    table, faults = read(tmp_path, content)
    assert table is None
    assert said in "\n".join(map(str, faults))


def test_ten_thousand_bad_lines_are_counted_and_not_all_shown(tmp_path):
    bad = "x,y\n" * 10_000
    _, faults = read(tmp_path, f"depth [m],temperature [K]\n{bad}")
    assert len(faults) == 20_000
    text = str(ProjectError(faults))
    assert len(text.splitlines()) == SHOWN + 2
    assert f"and {20_000 - SHOWN} more" in text


def test_a_directory_is_not_a_table(tmp_path):
    (tmp_path / "log.csv").mkdir()
    table, faults = read(tmp_path, None)
    assert table is None
    assert "cannot be read" in str(faults[0])


def test_without_a_file_the_columns_come_as_they_are():
    columns = {"columns": {"depth": (0.0, 1.0), "temperature": (280.0, 281.0)}}
    assert Holds.model_validate({"log": columns}).log["depth"].tolist() == [0.0, 1.0]


SHAPES = (Column("name"), Column("kind", default="round"), Column("width", "m", 2.0),
          Column("share", "1", BLANK), Column("count", "1", 1.0, whole=True))  # fmt: skip


def cells(folder, content, heads=None):
    (folder / "t.csv").write_text(content)
    return read_cells(folder / "t.csv", SHAPES, heads)


def test_words_defaults_and_blank_cells(tmp_path):
    read_in, faults = cells(tmp_path, "count,name,width [cm],share [1]\n3, a ,50,\n\n,b,,30 %\n")
    assert not faults
    assert read_in.lines == [2, 4]
    assert read_in.words == {"name": ["a", "b"], "kind": ["round", "round"]}
    assert read_in.numbers["width"] == [0.5, 2.0]
    assert np.isnan(read_in.numbers["share"][0])
    assert read_in.numbers["share"][1] == pytest.approx(0.3)
    assert read_in.numbers["count"] == [3.0, 1.0]


def test_other_files_may_have_other_heads(tmp_path):
    heads = {"id": "name", "w_mm": "width [mm]"}
    read_in, faults = cells(tmp_path, "id,w_mm\na,1500\n", heads)
    assert not faults
    assert read_in.words["name"] == ["a"]
    assert read_in.numbers["width"] == [1.5]
    _, (fault,) = cells(tmp_path, "id,w_cm\na,1500\n", heads)
    assert "has id, kind, width [m], share [percent], count" in str(fault)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name [m]\na\n", "header: a unit for words; got 'name [m]'; write 'name'"),
        ("kind\na\n", "header: no column ['name']"),
        ("name,count\na,1.5\n", "t.csv:2: count: not a whole number; got '1.5'"),
        ("name,width\na,1\n", "header: no unit; got 'width'; write 'width [m]'"),
        ("name,width [m]\n,1\n", "t.csv:2: name: is blank"),
        ("name,width [m]\na,1e999\n", "t.csv:2: width: not a finite number"),
        ("name,width [km]\na,1e308\n", "t.csv:2: width: not a finite number"),
        ("", "t.csv: is empty; give a header: name, kind, width [m]"),
    ],
)
def test_faults_of_words_and_blanks(tmp_path, content, said):
    _, faults = cells(tmp_path, content)
    assert said in "\n".join(map(str, faults))
