"""A promise about a dataset is kept or every breach is named."""

import numpy as np
import pytest

from comine.errors import FieldError
from comine.fields import DIMENSIONS, Fields, Var, merged
from comine.stages.build import BUILD
from comine.study import STAGES

PROMISE = Fields(
    flow=Var("kg/s", ("month",), "flow", "流量"),
    heat=Var("W", (), "heat", "热", headline=True),
    wall=Var("K", ("month",), "wall", "壁温", optional=True, gaps=True),
    label=Var("", ("month",), "label", "标签", optional=True),
)


def dataset(**changes):
    values = {"flow": [1.0, 2.0], "heat": 3.0} | changes
    return PROMISE.dataset({"month": [1, 2]}, **values)


def test_a_kept_promise_passes_through():
    ds = dataset(wall=[np.nan, 300.0], label=["a", "b"])
    assert PROMISE.check(ds, "x") is ds
    assert ds.flow.attrs == {
        "units": "kg/s",
        "long_name": "flow",
        "long_name_zh": "流量",
        "headline": 0,
    }
    assert ds.heat.attrs["headline"] == 1


def test_all_breaches_are_named_at_once():
    ds = dataset(flow=[1.0, np.nan]).drop_vars("heat").assign(extra=("month", [1, 2]))
    ds["wall"] = ("year", [1.0], {"units": "degC"})
    with pytest.raises(FieldError) as caught:
        PROMISE.check(ds, "stage 'x'")
    lines = [line.strip() for line in str(caught.value).splitlines()]
    assert lines == [
        "stage 'x' broke its promise:",
        "heat: missing",
        "extra: not promised",
        "flow: holds values that are not finite",
        "wall: dims ('year',), promised ('month',)",
        "wall: units 'degC', promised 'K'",
    ]


def test_a_dataset_takes_only_promised_names():
    with pytest.raises(FieldError, match="not in the table: \\['colour'\\]"):
        dataset(colour=1.0)


def test_tables_merge_without_overlap():
    assert list(merged(PROMISE, Fields(more=Var("m", (), "more", "更多")))) == [*PROMISE, "more"]
    with pytest.raises(FieldError, match="promised twice: \\['heat'\\]"):
        merged(PROMISE, Fields(heat=Var("J", (), "heat", "热")))


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_promises_of_the_stages_are_in_the_house_language(stage):
    for name, var in stage.gives.items():
        assert set(var.dims) <= set(DIMENSIONS), name
        assert var.doc, name
        assert any("一" <= letter <= "鿿" for letter in var.zh), name
        assert not (var.headline and var.dims), name


def test_every_needed_stage_is_there():
    names = [stage.name for stage in STAGES]
    for number, stage in enumerate(STAGES):
        assert set(stage.needs) <= set(names[:number])
    assert "branch_length" in BUILD
