"""The command `comine`; every command is a thin layer over the API.

Heavy imports stand inside the commands, so that help is there at once.
"""
# ruff: noqa: PLC0415

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from comine import __version__
from comine.errors import ComineError, Fault, ProjectError, StudyError

if TYPE_CHECKING:
    from comine.kinds import Part
    from comine.project import Project
    from comine.results import Study

MODEL, FAULTS, BUG, INTERRUPTED = 1, 2, 70, 130
EXITS = (
    "Exit codes: 0 done; 1 a model cannot answer for this project, or a file cannot be read or "
    "written; 2 faults in the project or in the arguments; 70 an error of comine's own; "
    "130 interrupted."
)
app = typer.Typer(
    help="Ore and heat out of the same deep, hot rock: is it worth it, and how sure is that?",
    epilog=EXITS,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
ProjectFile = Annotated[Path, typer.Argument(help="TOML file, or a folder with project.toml.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Out = Annotated[Path | None, typer.Option("--out", help="Folder for the results.")]


class Starter(StrEnum):
    """What a starter project is about."""

    MINE = "mine"
    HEAT = "heat"


def main() -> None:
    """Entry point of the command."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    app()


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        print(f"comine {__version__}")
        raise typer.Exit


@app.command(epilog=EXITS)
def run(
    project: ProjectFile,
    out: Out = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the stages of an interrupted run.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress and no summary.")] = False,
    as_json: Json = False,
    no_report: Annotated[bool, typer.Option("--no-report", help="Only study.nc and log.")] = False,
) -> None:
    """Run a project: all stages, all strategies; results go to results/ beside the project."""
    folder = out or _home(project) / "results"
    again = f"comine run --resume {project}{f' --out {out}' if out else ''}"
    with _ending(folder / "run.log", f"; finished stages are kept, go on with: {again}"):
        from comine.folder import run_into
        from comine.project import Project

        loaded = Project.load(project)
        with _progress(quiet) as progress, _swallowed() as heed:

            def told(path: str, number: int, total: int) -> None:
                heed()
                if progress:
                    progress(path, number, total)

            study = run_into(
                loaded, folder, resume=resume, with_report=not no_report, progress=told
            )
        if as_json:
            print(json.dumps(study.summary(), ensure_ascii=False, allow_nan=False))
        elif not quiet:
            _show(study)
            if count := len(study.project.uncertain):
                print(f"{count} uncertain numbers stand at their central values")
            print(f"results: {folder}" if no_report else f"report: {folder / 'report.html'}")


@app.command(epilog=EXITS)
def check(project: ProjectFile, as_json: Json = False) -> None:
    """List every fault of a project: file, key, what was got, what would do."""
    with _ending():
        from comine.project import Project

        faults: tuple[Fault, ...] = ()
        try:
            loaded = Project.load(project)
            name, shown = loaded.name, _described(loaded)
        except ProjectError as error:
            name, faults, shown = None, error.faults, str(error)
        if as_json:
            listed = {"project": name, "faults": [asdict(fault) for fault in faults]}
            shown = json.dumps(listed, ensure_ascii=False)
        print(shown)
        if faults:
            raise typer.Exit(FAULTS)


@app.command(epilog=EXITS)
def new(
    name: Annotated[Path, typer.Argument(help="Folder to make.")],
    kind: Annotated[Starter, typer.Option(help="A mine with heat, or heat alone.")] = Starter.MINE,
) -> None:
    """Write a commented starter project that runs as it stands."""
    with _ending():
        from comine.starters import write

        file = write(name, kind.value)
        print(f"{file}\ntry: comine run {name}")


@app.command(epilog=EXITS)
def kinds(
    family: Annotated[
        str, typer.Argument(help="Family, kind or table to show, such as heat or site.rock.")
    ] = "",
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON schema of project files for editors.")
    ] = False,
) -> None:
    """Print what a project file may hold: families, kinds, parameters, SI units, meanings."""
    with _ending():
        from comine.kinds import parts, parts_named
        from comine.kinds import schema as project_schema

        if schema:
            print(json.dumps(project_schema(), indent=2, ensure_ascii=False))
            return
        for part in parts_named(family) if family else parts():
            _print_part(part)


@app.command(epilog=EXITS)
def report(
    study: Annotated[Path, typer.Argument(help="A study.nc, or the folder that holds it.")],
    out: Out = None,
) -> None:
    """Write the report of a saved study again."""
    file = study / "study.nc" if study.is_dir() else study
    with _ending():
        from comine.report import write
        from comine.results import Study

        for path in write(Study.load(file), out or file.parent):
            print(path)


def _described(project: "Project") -> str:
    known = f"{len(project.uncertain)} numbers with a distribution"
    lines = [f"no faults: {project.name}, {project.years} years, {known}"]
    lines += [f"  strategy {name}: {each.doc}" for name, each in project.strategies.items()]
    lines += [f"  not known: {name}: {cure}" for name, cure in project.unknown.items()]
    return "\n".join(lines)


def _home(project: Path) -> Path:
    return project if project.is_dir() else project.parent


@contextmanager
def _ending(log: Path | None = None, go_on: str = "") -> Iterator[None]:
    """Turn every way to end into one clear line and an exit code; never a traceback."""
    try:
        yield
        sys.stdout.flush()
    except (ProjectError, StudyError) as error:
        raise _exit(str(error), FAULTS) from None
    except ComineError as error:
        raise _exit(str(error), MODEL) from None
    except KeyboardInterrupt:
        raise _exit(f"interrupted{go_on}", INTERRUPTED) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit from None
    except OSError as error:
        raise _exit(f"{error.filename or 'a file'}: {error.strerror or error}", MODEL) from None
    except typer.Exit:
        raise
    except Exception as error:  # the edge of the program: told, logged with its traceback, exit 70
        where = f" with {log}" if log and log.exists() else ""
        text = f"an error of comine's own, please report it{where}: {type(error).__name__}: {error}"
        raise _exit(text, BUG) from None


@contextmanager
def _swallowed() -> Iterator[Callable[[], None]]:
    """Give a function that raises an interruption which came where Python cannot raise it."""
    plain, lost = sys.unraisablehook, [False]

    def note(unraisable: "sys.UnraisableHookArgs") -> None:
        if issubclass(unraisable.exc_type, KeyboardInterrupt):
            lost[0] = True
        else:
            plain(unraisable)

    def heed() -> None:
        if lost[0]:
            raise KeyboardInterrupt

    sys.unraisablehook = note
    try:
        yield heed
    finally:
        sys.unraisablehook = plain


def _exit(text: str, code: int) -> typer.Exit:
    _tell(f"comine: {text}")
    return typer.Exit(code)


def _tell(line: str) -> None:
    """Say something beside the results; that nobody listens any more stops no run."""
    with suppress(OSError):
        print(line, file=sys.stderr, flush=True)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str, int, int], None] | None]:
    """Stages as they run: a bar on a terminal, else a line each, on standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from comine.study import STAGES

    words = {stage.name: stage.doc.rstrip(".") for stage in STAGES}

    def named(path: str) -> str:
        strategy, _, stage = path.rpartition("/")
        return f"{strategy}: {words[stage]}" if strategy else words[stage]

    console = Console(stderr=True)
    if quiet:
        yield None
    elif not console.is_terminal:
        yield lambda path, number, total: _tell(f"[{number + 1}/{total}] {named(path)}")
    else:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("")
            yield lambda path, number, total: bar.update(
                task, description=named(path), completed=number, total=total
            )


def _show(study: "Study") -> None:
    """Headlines side by side, in the report's units."""
    from rich.console import Console
    from rich.table import Table

    from comine.report.display import figure, scale_for
    from comine.report.names import GLOSSARY

    held = study.headlines()
    console = Console()
    for title, places in (("site", ("assess",)), ("strategies", study.strategies)):
        table = Table(
            "", *([""] if title == "site" else places), title=f"{study.project.name}: {title}"
        )
        for column in table.columns[1:]:
            column.justify = "right"
        for key in dict.fromkeys(key for place in places for key in held[place]):
            name = key.partition(".")[2]
            found = [held[place].get(key) for place in places]
            unit = next(entry["unit"] for entry in found if entry)
            largest = max(abs(entry["value"]) for entry in found if entry)
            scale = scale_for(unit, name, largest, study.project.money.currency)
            cells = [figure(float(scale(entry["value"]))) if entry else "–" for entry in found]
            symbol = f" [{scale.symbol.en}]" if scale.symbol.en else ""
            table.add_row(f"{GLOSSARY[name].doc}{symbol}".replace("[", r"\["), *cells)
        with console.capture() as shown:
            console.print(table)
        print(shown.get(), end="")


def _print_part(part: "Part") -> None:
    path = part.path or "(top of the file)"
    kind = f', kind = "{part.kind}" ({part.family})' if part.kind else ""
    print(f"{path}{kind}: {part.doc}")
    for p in part.parameters:
        doc = f". {p.doc}" if p.doc else ""
        print(f"  {p.name:<24}{p.unit or '-':<12}{p.takes}, {p.default}{doc}")
    print()
