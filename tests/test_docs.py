"""The documentation's code runs: Python blocks as they stand, on the small project."""

import re
import tomllib
from pathlib import Path

import matplotlib as mpl
import pytest

from comine.units import Reading, Unit
from tests.data import SMALL

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "docs").rglob("*.md"))
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page, language):
    return [code for kind, code in FENCE.findall(page.read_text("utf-8")) if kind == language]


TABLES = ("branches.csv", "nodes.csv", "fans.csv")
"""Names of the CSV tables that a page shows, in their order."""
TUTORIALS = [page for page in PAGES if blocks(page, "python")]


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.stem)
def test_python_of_a_page_runs_from_top_to_bottom(page, tmp_path, monkeypatch, capsys):
    """What a page names `again` is the same as before, and it prints what the page says."""
    mpl.use("Agg")
    monkeypatch.chdir(tmp_path)
    code = "\n".join(blocks(page, "python"))
    code = code.replace("examples/sanshandao/project.toml", SMALL.as_posix())
    for name, table in zip(TABLES, blocks(page, "csv"), strict=False):
        (tmp_path / name).write_text(table, encoding="utf-8")
    scope = {}
    exec(compile(code, page.name, "exec"), scope)  # our own documentation
    if "study" in scope:
        assert scope["again"].project == scope["study"].project
    printed = re.findall(r"This prints `(.*?)`", page.read_text("utf-8"))
    assert capsys.readouterr().out.split("\n")[:-1] == printed


def test_there_is_a_tutorial():
    assert TUTORIALS


def test_every_way_to_write_an_uncertain_number_is_read():
    (block,) = blocks(ROOT / "docs/how-to/uncertain-numbers.md", "toml")
    for line in block.strip().splitlines():
        given = tomllib.loads(line)["depth"]
        read = Unit("m").read(given, type("Info", (), {"context": Reading("page.md")})())
        assert 3000 < read < 3600


def test_commands_of_the_readme_are_targets():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *PAGES):
        named = set(re.findall(r"(?:^ {4}|`)make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE))
        assert named <= targets, (page, named - targets)


def test_pictures_and_files_that_the_readme_links_to_are_there():
    for target in re.findall(r"\]\(([^)#:]+)\)", (ROOT / "README.md").read_text("utf-8")):
        assert (ROOT / target).exists(), target
