"""Every reference case is run by a test, or its reason for not being run is written down."""

import ast
import tomllib
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).parent
CASES = TESTS / "cases"
REASONS = ("inputs not carried: ", "not a test: ", "later part: ", "peer differs: ")


def carried():
    return {path.relative_to(CASES).with_suffix("").as_posix() for path in CASES.rglob("*.json")}


def run():
    """Names in every `case(...)` of the tests, and how often each stands there."""
    return Counter(
        name
        for path in TESTS.rglob("test_*.py")
        for name in names_run(ast.parse(path.read_text(encoding="utf-8")))
    )


def names_run(module):
    constants = {
        target.id: node.value.value
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in ast.walk(module):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "case":
            given = call.args[0]
            yield given.value if isinstance(given, ast.Constant) else constants[given.id]


def not_run():
    table = tomllib.loads((CASES / "not_run.toml").read_text(encoding="utf-8"))
    return {f"{field}/{name}": why for field, names in table.items() for name, why in names.items()}


def test_no_case_is_forgotten():
    assert sorted(carried() - set(run()) - set(not_run())) == []


def test_no_reason_is_out_of_date():
    assert sorted(set(not_run()) & set(run())) == []


def test_every_name_is_a_case():
    assert sorted((set(not_run()) | set(run())) - carried()) == []


def test_every_reason_says_something():
    short = [
        name
        for name, why in not_run().items()
        if not why.startswith(REASONS) or len(why.partition(": ")[2]) < 10
    ]
    assert short == []


def test_most_of_what_can_be_run_is_run():
    assert len(run()) >= 70
