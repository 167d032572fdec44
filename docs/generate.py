"""Hook of mkdocs: the pages and tables that are read from the code when the site is built.

In a page, a line of its own stands for what it names:

* ``::: functions comine.physics.strata`` the public functions and types of a module, in short
* ``::: sources comine.physics.strata`` the sources that the module names
* ``::: cases ventilation/14 solvers/05`` rows of the table of reference cases
* ``::: measured engine`` deviations and observed orders that tests of a part measure
* ``::: stored skins.openings`` a table of a run that is too long for a build
* ``::: file tests/plugin/pyproject.toml`` a file
* ``::: toml examples/sanshandao/project.toml site.geotherm`` a table of an example, as it stands
"""

import inspect
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from comine.fields import Fields
from comine.kinds import parts
from comine.stages import promises
from validation import account, cases, stored, tables

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "comine"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    pages = {
        "validation.md": "# Validation\n\n" + VALIDATION + tables.page(results()),
        "validation.json": json.dumps(results().plain(), indent=1),
        "reference/kinds.md": kinds_page(),
        "reference/results.md": results_page(),
        "reference/physics.md": functions_page("physics"),
        "reference/numerics.md": functions_page("numerics"),
        "reference/decision.md": functions_page("decision"),
    }
    for name, text in pages.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Put in what the lines with ``:::`` name."""

    def put(match: re.Match[str]) -> str:
        return DIRECTIVES[match["what"]](*match["names"].split())

    return re.sub(r"^::: (?P<what>\w+) (?P<names>.+)$", put, markdown, flags=re.M)


VALIDATION = """\
Every deviation that the tests measure, with the limit that they assert, and every reference case
that the project carries, with the number that used most of its tolerance. Nothing here is typed:
the site is built from a run of those tests, and `make validation` prints the same. All numbers
that were compared are in [validation.json](validation.json).

"""


@cache
def results() -> account.Account:
    """All that the tests compare and measure, run once for the build."""
    return account.run(account.files())


# --------------------------------------------------------------------------- functions


def functions_page(package: str) -> str:
    """All public functions of a package, module by module."""
    lines = [f"# Functions of {package}", ""]
    for path in sorted((SOURCE / package).glob("[a-z]*.py")):
        module = import_module(f"comine.{package}.{path.stem}")
        if functions := list(public(module)):
            lines += [f"## {path.stem}", "", head(module), ""]
            lines += [part for function in functions for part in described(function)]
    return "\n".join(lines)


def public(module: ModuleType) -> Iterator[Callable[..., Any]]:
    """Functions that a module defines for others, in its order."""
    for name, value in vars(module).items():
        own = inspect.isfunction(value) and value.__module__ == module.__name__
        if own and not name.startswith(("_", "checked_")):
            yield value


def types_of(module: ModuleType) -> Iterator[type]:
    """Types that a module defines for others, in its order."""
    for name, value in vars(module).items():
        own = inspect.isclass(value) and value.__module__ == module.__name__
        if own and not name.startswith("_"):
            yield value


def head(module: ModuleType) -> str:
    """Docstring of a module before its sources."""
    return readable(inspect.getdoc(module).partition("\nSources\n")[0])


def sources(*names: str) -> str:
    """Sources that modules name."""
    return "\n\n".join(map(sources_of, names))


def sources_of(name: str) -> str:
    """Sources that a module names."""
    text = inspect.getdoc(import_module(name)).partition("\nSources\n")[2]
    if not text:
        raise ValueError(f"{name} names no sources")
    return readable(text.partition("\n")[2].strip())


def described(function: Callable[..., Any]) -> Iterator[str]:
    """Heading, signature and docstring of a function."""
    parts = sections(inspect.getdoc(function) or "")
    yield f"### {function.__name__}\n\n```python\n{signature(function)}\n```\n"
    for title, text in parts.items():
        if title in ("Parameters", "Returns", "Raises"):
            yield f"**{title}**\n\n{definitions(text)}\n"
        elif title == "Examples":
            yield f"```pycon\n{text}\n```\n"
        else:
            yield (f"**{title}**\n\n" if title else "") + readable(text) + "\n"


def functions(*names: str) -> str:
    """Table of the functions and types of modules with their first lines."""
    lines = ["| function or type | gives |", "|---|---|"]
    for name in names:
        _, package, short = name.split(".")
        module = import_module(name)
        for function in public(module):
            link = f"../reference/{package}.md#{function.__name__}"
            lines.append(f"| [`{short}.{function.__name__}`]({link}) | {first_line(function)} |")
        for kind in types_of(module):
            lines.append(f"| `{short}.{kind.__name__}` | {first_line(kind)} |")
    return "\n".join(lines)


def first_line(documented: Callable[..., Any]) -> str:
    """First sentence of a docstring."""
    opening = (inspect.getdoc(documented) or "").split("\n\n")[0]
    return readable(opening).replace("\n", " ").replace("|", "\\|")


def signature(function: Callable[..., Any]) -> str:
    """Call of a function as its source writes it, without types."""
    names = [
        f"{name}={parameter.default!r}" if parameter.default is not parameter.empty else name
        for name, parameter in inspect.signature(function).parameters.items()
    ]
    return f"{function.__name__}({', '.join(names)})"


def sections(text: str) -> dict[str, str]:
    """Sections of a numpydoc text by title; the opening under an empty one."""
    pieces = re.split(r"^(\w[\w ]*)\n-{3,}\n", text, flags=re.M)
    return {"": pieces[0].strip()} | {
        title: body.strip("\n") for title, body in zip(pieces[1::2], pieces[2::2], strict=True)
    }


def definitions(text: str) -> str:
    """Numpydoc parameters as a list."""
    lines = []
    for line in text.splitlines():
        if line and not line.startswith(" "):
            name, _, kind = line.partition(" : ")
            lines.append(f"- **{name}**" + (f" ({kind})" if kind else ""))
        else:
            lines.append(f"  {line}")
    return readable("\n".join(lines))


def readable(text: str) -> str:
    """RST of the docstrings as Markdown."""
    text = re.sub(r":math:`([^`]+)`", lambda m: f"\\({m[1]}\\)", text)
    block = r"^\.\. math::\n\n?((?:[ \t]+.*\n?|\n)+)"
    text = re.sub(block, lambda m: f"\n\\[\n{m[1].strip()}\n\\]\n\n", text, flags=re.M)
    one_line = r"^\.\. math:: (.+(?:\n +.+)*)"
    text = re.sub(one_line, lambda m: f"\n\\[\n{m[1]}\n\\]\n", text, flags=re.M)
    return text.replace("``", "`").replace("::\n", ":\n")


# --------------------------------------------------------------------------- kinds


def kinds_page() -> str:
    """Every table of a project file, as `comine kinds` lists them."""
    lines = ["# Kinds and parameters", ""]
    lines += ["What a project file may say, in its order; `comine kinds` prints the same.", ""]
    for part in parts():
        path = part.path or "(top of the file)"
        lines += [f"## `{path}`, kind = {part.kind}" if part.kind else f"## `{path}`", ""]
        lines += [
            part.doc,
            "",
            "| parameter | takes | unit | default | meaning |",
            "|---|---|---|---|---|",
        ]
        for each in part.parameters:
            cells = (f"`{each.name}`", each.takes, each.unit, each.default, each.doc)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        lines.append("")
    return "\n".join(lines)


# --------------------------------------------------------------------------- results


def results_page() -> str:
    """Glossary of the results: each promised variable in English and Chinese."""
    lines = ["# Results and glossary", "", "Variables of each dataset, in SI; **bold** ones are",
             "printed by the command.", ""]  # fmt: skip
    for name, table in vars(promises).items():
        if not isinstance(table, Fields):
            continue
        lines += [f"## {name.lower().replace('_', ', ')}", ""]
        lines += ["| variable | unit | over | meaning | 含义 |", "|---|---|---|---|---|"]
        for key, var in table.items():
            label = f"**`{key}`**" if var.headline else f"`{key}`"
            over = ", ".join(var.dims)
            lines.append(f"| {label} | {var.unit or 'text'} | {over} | {var.doc} | {var.zh} |")
        lines.append("")
    return "\n".join(lines)


# --------------------------------------------------------------------------- pieces of pages


def case_rows(*starts: str) -> str:
    """Rows of the validation table whose names begin as given."""
    chosen = [result for result in results().cases if result.case.startswith(starts)]
    if missing := [s for s in starts if not any(r.case.startswith(s) for r in chosen)]:
        raise ValueError(f"no case begins with {missing}")
    return cases.table(chosen)


def measured(part: str) -> str:
    """What tests measure of a part."""
    return tables.measured(results(), part)


def stored_table(name: str) -> str:
    """A table that is kept, by its module and name."""
    module, _, table = name.partition(".")
    return stored.stored(module)[table].markdown()


def toml_table(file: str, *names: str) -> str:
    """Tables of a project file with all that belongs to them, as they stand in the file."""
    text = (ROOT / file).read_text(encoding="utf-8")
    blocks = re.split(r"^(?=\[)", text, flags=re.M)
    heads = tuple(f"[{name}{end}" for name in names for end in ("]", "."))
    found = [re.sub(r"\n# -{5}.*", "", b).rstrip() for b in blocks if b.startswith(heads)]
    if not found:
        raise ValueError(f"{file} has no table {names}")
    return "```toml\n" + "\n\n".join(found) + "\n```"


def whole_file(name: str) -> str:
    """A file as it stands."""
    path = ROOT / name
    language = {".py": "python"}.get(path.suffix, path.suffix[1:])
    return f"```{language}\n{path.read_text(encoding='utf-8').strip()}\n```"


DIRECTIVES: dict[str, Callable[..., str]] = {
    "functions": functions,
    "sources": sources,
    "cases": case_rows,
    "measured": measured,
    "stored": stored_table,
    "toml": toml_table,
    "file": whole_file,
}
