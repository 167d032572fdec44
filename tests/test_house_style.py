"""The rules of CONTRIBUTING.md that a program can check."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "comine"
OURS = sorted(SOURCE.rglob("*.py"))
EVERYWHERE = sorted(
    path
    for folder in ("src", "tests", "tools", "docs", "benchmarks", "validation")
    for path in (ROOT / folder).rglob("*.py")
)
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in EVERYWHERE}
PURE = ("physics", "numerics", "decision")

LONGEST_FILE = 400
LONGEST_BODY = 60
MOST_ARGUMENTS = 10
MOST_METHODS = 12
REFUSED_NAMES = re.compile(r"(^|_)(utils?|helpers?|managers?|misc|common|data2)(_|$)", re.I)
BROAD = ("Exception", "BaseException")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def where(path, node=None):
    line = f":{node.lineno}" if node else ""
    return f"{path.relative_to(ROOT)}{line}"


def refuse(breaches):
    lines = list(breaches)
    assert not lines, "\n".join(["", *lines])


def walk(kind, paths=OURS):
    return [(path, n) for path in paths for n in ast.walk(TREES[path]) if isinstance(n, kind)]


def body_length(function):
    """Lines of a function without its docstring, decorators and signature."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def public(node):
    return isinstance(node, Function) and not node.name.startswith("_")


def test_there_is_something_to_check():
    assert len(OURS) > 50
    assert all((SOURCE / package).is_dir() for package in PURE)


def test_files_are_short():
    """Tests may grow with the cases that they run; the rest may not."""
    ours = [path for path in EVERYWHERE if "tests" not in path.relative_to(ROOT).parts]
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in ours}
    refuse([f"{where(p)}: {n} lines" for p, n in lengths.items() if n > LONGEST_FILE])


def test_functions_are_short():
    long = [(p, f, body_length(f)) for p, f in walk(Function)]
    refuse([f"{where(p, f)} {f.name}: {n}" for p, f, n in long if n > LONGEST_BODY])


def test_functions_take_few_arguments():
    def count(function):
        a = function.args
        named = [
            x for x in (*a.posonlyargs, *a.args, *a.kwonlyargs) if x.arg not in ("self", "cls")
        ]
        return len(named)

    many = [
        f"{where(p, f)} {f.name}: {count(f)}"
        for p, f in walk(Function)
        if count(f) > MOST_ARGUMENTS
    ]
    refuse(many)


def test_classes_have_few_public_methods():
    many = [
        f"{where(p, c)} {c.name}"
        for p, c in walk(ast.ClassDef)
        if sum(map(public, c.body)) > MOST_METHODS
    ]
    refuse(many)


def test_no_name_says_nothing():
    names = [(p, None, part) for p in EVERYWHERE for part in (*p.parent.parts[-1:], p.stem)]
    names += [(p, n, n.name) for p, n in walk((ast.ClassDef, *Function.__args__))]
    refused = [f"{where(p, n)} {name}" for p, n, name in names if REFUSED_NAMES.search(name)]
    refuse(refused)


def test_only_the_command_prints():
    prints = [
        where(p, call)
        for p, call in walk(ast.Call)
        if isinstance(call.func, ast.Name) and call.func.id == "print" and p.stem != "cli"
    ]
    refuse(prints)


def test_no_error_is_swallowed():
    """A handler of everything may say more, but must raise."""

    def catches_all(handler):
        caught = handler.type
        kinds = caught.elts if isinstance(caught, ast.Tuple) else [caught]
        return any(kind is None or getattr(kind, "id", "") in BROAD for kind in kinds)

    refuse(
        where(p, handler)
        for p, handler in walk(ast.ExceptHandler)
        if catches_all(handler) and not isinstance(handler.body[-1], ast.Raise)
    )


def test_imports_are_absolute():
    refuse([where(p, n) for p, n in walk(ast.ImportFrom, EVERYWHERE) if n.level])


def test_nothing_is_put_off():
    mark = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
    lines = [
        f"{where(path)}:{number}"
        for path in EVERYWHERE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if mark.search(line)
    ]
    refuse(lines)


def test_checks_are_silenced_with_a_reason():
    bare = re.compile(r"#\s*(type:\s*ignore|noqa)(?!\s*[\[:])")
    lines = [
        f"{where(path)}:{number}"
        for path in OURS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if bare.search(line)
    ]
    refuse(lines)


PURE_FUNCTIONS = [
    (path, node)
    for path in OURS
    if path.relative_to(SOURCE).parts[0] in PURE and not path.stem.startswith("_")
    for node in TREES[path].body
    if public(node) and not node.name.startswith("checked_")
]
"""Without the guards that hand their argument back."""


def test_pure_functions_are_documented_with_a_number():
    refuse(
        f"{where(p, f)} {f.name}"
        for p, f in PURE_FUNCTIONS
        if ">>>" not in (ast.get_docstring(f) or "")
    )


def test_pure_functions_say_what_goes_in_and_comes_out():
    def lacks(function):
        text = ast.get_docstring(function) or ""
        a = function.args
        names = [x.arg for x in (*a.posonlyargs, *a.args, *a.kwonlyargs)]
        heads = "\n".join(re.findall(r"^\w.*$", text.partition("Parameters\n---")[2], re.M))
        gives = getattr(function.returns, "value", function) is not None
        silent = [name for name in names if not re.search(rf"\b{name}\b", heads)]
        return silent + ["Returns"] * (gives and "Returns\n---" not in text)

    refuse(f"{where(p, f)} {f.name}: {gap}" for p, f in PURE_FUNCTIONS if (gap := lacks(f)))


def test_modules_say_what_they_are():
    refuse([where(p) for p in OURS if not ast.get_docstring(TREES[p])])
