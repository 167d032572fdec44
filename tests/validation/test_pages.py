"""Every line of a page that stands for something resolves, and every part measured is on a page."""

import ast
import importlib.util
import inspect
import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from tests.test_cases import run as cases_run
from validation.tables import TITLES

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted((ROOT / "docs").rglob("*.md"))
LINE = re.compile(r"^::: (\w+) (.+)$", re.M)


def directives(page):
    return [(what, names.split()) for what, names in LINE.findall(page.read_text("utf-8"))]


def named(what, pages=PAGES):
    return [
        name for page in pages for kind, names in directives(page) if kind == what for name in names
    ]


@cache
def parts_measured():
    """Parts in every call of the fixture `measured`."""
    return {
        call.args[0].value
        for folder in ("tests", "validation")
        for path in (ROOT / folder).rglob("test_*.py")
        if path.parent != Path(__file__).parent
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and getattr(call.func.value, "id", "") == "measured"
    }


@pytest.fixture(scope="module")
def generate():
    """The hook of the documentation."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", [p for p in PAGES if directives(p)], ids=lambda page: page.stem)
def test_what_a_page_names_is_there(page, generate):
    for what, names in directives(page):
        assert what in generate.DIRECTIVES, what
        if what not in ("cases", "measured"):  # these two need a run of the tests
            assert len(generate.DIRECTIVES[what](*names)) > 40, (what, names)


def test_cases_that_pages_name_are_run():
    run = list(cases_run())
    assert [s for s in named("cases") if not any(name.startswith(s) for name in run)] == []


def test_every_part_that_is_measured_is_on_a_page_and_none_else():
    assert sorted(named("measured")) == sorted(parts_measured())


def test_every_part_has_a_title():
    missing = [p for p in parts_measured() if not (ROOT / f"docs/physics/{p}.md").exists()]
    assert missing == list(TITLES)


def test_pages_name_the_sources_of_their_modules():
    for page in PAGES:
        modules = named("functions", [page])
        sourced = [m for m in modules if "\nSources\n" in inspect.getdoc(import_module(m))]
        assert set(sourced) <= set(named("sources", [page])), page.name
