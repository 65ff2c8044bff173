"""The ladder of rooms: what each may import, and that no files import each other in a circle.

`python tests/test_layers.py` prints the figures of the house.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.util import find_spec
from pathlib import Path

import pytest

import hygiene
import hygiene_schemas

PACKAGE = Path(hygiene.__file__).parent
SCHEMAS = Path(hygiene_schemas.__file__).parent

#: The ladder: a room imports from lower rungs only, rooms of one rung do not know each other, and a room that
#: is not named here fails. `library` and `demo` are earlier names of `api` and `emulator.demo`.
LADDER = (
    {"__main__"},
    {"__init__", "cli", "library", "demo"},
    {"api", "scale", "report", "testing"},
    {"options", "importing"},
    {"smartlead", "instantly", "mailerlite", "mailman", "pulling", "cleaning"},
    {"io", "checks", "prediction", "http"},
    {"emulator", "lists", "sinks", "plotting"},
    {"resolver", "columns", "fields", "address", "policy", "outcomes", "arguments"},
    {"words", "deliverability"},
    {"arrow", "errors", "display", "small_file", "version"},
)
#: Seams that are laws: the emulator is written from the policy's words alone, so that it can check the
#: prediction; look-ups ask, and the pure verdicts of `deliverability` judge.
ALONE = {
    "emulator": {"policy", "errors", "small_file"},
    "resolver": {"deliverability", "errors", "small_file"},
}
#: Packages inside a room that stand above all of its other files.
ABOVE = ("importing/journal/", "prediction/probe/")
#: Inside cleaning: the result is on top, duplicates are below the survey.
RESULT, SURVEY, DEDUP = "cleaning/result.py", "cleaning/survey.py", "cleaning/dedup/"

#: Where third-party names are said; elsewhere they are not.
EDGES = {"dns": {"resolver", "emulator"}, "httpcore": {"http"}, "httpx": {"http"}}
#: Most rooms and floors the house has, and most lines of a function.
ROOMS, FLOORS, FUNCTION_LINES = 39, 11, 40

#: Packages that a library call must not load before it needs them.
HEAVY = ("dns", "httpx", "pandas", "pandera", "pyarrow")

SOURCES = sorted(PACKAGE.rglob("*.py"))
FILES = set(SOURCES)


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def statements(path: Path) -> tuple[tuple[str, list[str]], ...]:
    """The modules that a file imports anywhere, and the names it takes from each."""
    return tuple(_statements(path))


def _statements(path: Path) -> Iterator[tuple[str, list[str]]]:
    package = path.relative_to(PACKAGE.parent if PACKAGE in path.parents else SCHEMAS.parent).parent.parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, []) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) + 1 - node.level]] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module, [alias.name for alias in node.names]


def imported(path: Path) -> Iterator[str]:
    """Dotted names that a file imports anywhere; for `from a import b` both `a` and `a.b`."""
    for module, names in statements(path):
        yield module
        yield from (f"{module}.{name}" for name in names)


def file_of(module: str) -> Path | None:
    """Our own file that a module is, if it is one."""
    place = PACKAGE.parent.joinpath(*module.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path in FILES), None)


def files_imported(path: Path) -> set[Path]:
    """Our own files that a file imports anywhere."""
    found = {
        file_of(f"{module}.{name}") or file_of(module)
        for module, names in statements(path)
        for name in names or [""]
    }
    return {each for each in found if each} - {path}


IMPORTS = {path: files_imported(path) for path in SOURCES}


def rooms_imported(path: Path) -> set[str]:
    return {room_of(found) for found in IMPORTS[path]} - {room_of(path)}


def rung(room: str) -> int:
    """Rungs from the top; a room that is not named has none."""
    return next(number for number, rooms in enumerate(LADDER) if room in rooms)


def circles() -> list[list[str]]:
    """Files that import each other in a circle."""
    found = []
    order = TopologicalSorter(IMPORTS)
    try:
        order.prepare()
    except CycleError as error:
        found.append([name_of(path) for path in error.args[1]])
    return found


def floors() -> int:
    """Floors of the house: a room stands on all that it imports."""
    below: dict[str, set[str]] = {}
    for path in SOURCES:
        below.setdefault(room_of(path), set()).update(rooms_imported(path))
    height: dict[str, int] = {}
    for room in TopologicalSorter(below).static_order():
        height[room] = 1 + max((height[each] for each in below[room]), default=0)
    return max(height.values())


def function_lines() -> Iterator[tuple[int, str]]:
    """Every function's lines without its docstring, and its name."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                told = ast.get_docstring(node, clean=False) is not None
                docstring = (node.body[0].end_lineno or 0) - node.body[0].lineno + 1 if told else 0
                yield (node.end_lineno or 0) - node.lineno + 1 - docstring, f"{name_of(path)}:{node.name}"


def third_party(path: Path) -> set[str]:
    return (
        {name.split(".")[0] for name in imported(path)}
        - {"hygiene", "hygiene_schemas"}
        - sys.stdlib_module_names
    )


def test_there_is_something_to_look_at() -> None:
    schema = PACKAGE / "checks" / "pandera_schema.py"
    assert {"errors.py", "checks/pandera_schema.py", "outcomes.py"} <= {name_of(path) for path in SOURCES}
    assert rooms_imported(schema) >= {"errors", "arrow"}
    assert third_party(schema) == {"numpy", "pandas", "pandera", "pydantic"}


def test_every_room_has_a_rung() -> None:
    rooms = {room_of(path) for path in SOURCES}

    assert rooms == set().union(*LADDER)
    assert sum(map(len, LADDER)) == len(rooms) <= ROOMS
    assert floors() <= FLOORS


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_room_imports_from_lower_rungs_only(path: Path) -> None:
    wrong = {room for room in rooms_imported(path) if rung(room) <= rung(room_of(path))}

    assert wrong == set()


@pytest.mark.parametrize("room", ALONE)
def test_a_room_that_stands_alone_knows_no_other(room: str) -> None:
    known = set().union(*(rooms_imported(path) for path in SOURCES if room_of(path) == room))

    assert known == ALONE[room]


@pytest.mark.parametrize("above", ABOVE)
def test_no_file_of_a_room_knows_what_stands_above_it(above: str) -> None:
    room = above.split("/", maxsplit=1)[0]
    below = [path for path in SOURCES if room_of(path) == room and not name_of(path).startswith(above)]
    wrong = {name_of(path) for path in below for found in IMPORTS[path] if name_of(found).startswith(above)}

    assert len(below) > 1
    assert wrong == set()


def test_in_cleaning_the_result_is_on_top_and_duplicates_are_below_the_survey() -> None:
    cleaning = [path for path in SOURCES if room_of(path) == "cleaning"]
    knows_result = {name_of(path) for path in cleaning if PACKAGE / RESULT in IMPORTS[path]}
    knows_survey = {name_of(path) for path in cleaning if PACKAGE / SURVEY in IMPORTS[path]}

    assert knows_result == set()
    assert not any(name.startswith(DEDUP) for name in knows_survey)
    assert RESULT in knows_survey


def may_import(number: int, room: str) -> str:
    """What the page says that a room on a rung, counted from the ground, may import."""
    if room in ALONE:
        return ", ".join(f"`{each}`" for each in sorted(ALONE[room]))
    return {1: "nothing of ours", 2: "rung 1", 3: "rungs 1 and 2"}.get(number, f"rungs 1 to {number - 1}")


def test_the_page_shows_the_ladder_as_it_is_held_here() -> None:
    page = (Path(__file__).parents[1] / "ARCHITECTURE.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \|[^|]+\| ([^|]+) \|$", page, flags=re.MULTILINE)
    shown = [
        (int(number), room, may) for number, names, may in rows for room in re.findall(r"`(\w+)/?`", names)
    ]
    held = {(len(LADDER) - place, room) for place, rooms in enumerate(LADDER) for room in rooms}

    assert sorted(shown) == sorted((number, room, may_import(number, room)) for number, room in held)


def test_what_runs_in_a_process_of_its_own_imports_no_reader() -> None:
    decoding = [path for path in SOURCES if name_of(path).startswith("io/decoding/")]
    known = {name_of(found) for path in decoding for found in IMPORTS[path]}

    assert len(decoding) > 3
    assert all(name.startswith(("io/decoding/", "arrow/")) for name in known)


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circles() == []


def test_functions_fit_in_the_head() -> None:
    assert [name for lines, name in function_lines() if lines > FUNCTION_LINES] == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_dns_and_http_are_said_in_their_rooms_alone(path: Path) -> None:
    said = third_party(path) & {"dns", "dnspython", "httpx", "requests", "urllib3"}

    assert said <= {name for name, rooms in EDGES.items() if room_of(path) in rooms}


def loudness(path: Path) -> Iterator[str]:
    """Calls that print or exit."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in {
                "print",
                "exit",
                "quit",
                "sys.exit",
                "os._exit",
                "SystemExit",
                "click.echo",
                "click.secho",
            }:
                yield called
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in {"sys.stdout", "sys.stderr"}:
            yield ast.unparse(node)


@pytest.mark.parametrize("path", [path for path in SOURCES if room_of(path) != "cli"], ids=name_of)
def test_only_the_command_line_prints_or_exits(path: Path) -> None:
    assert list(loudness(path)) == []


@pytest.mark.parametrize("path", sorted(SCHEMAS.rglob("*.py")), ids=lambda path: path.name)
def test_the_schemas_import_pandera_and_pandas_alone(path: Path) -> None:
    assert third_party(path) <= {"pandas", "pandera"}
    assert not any(name.split(".")[0] == "hygiene" for name in imported(path))


def loaded(code: str) -> set[str]:
    """Heavy packages that a fresh interpreter has loaded after it ran the code."""
    tell = f"import sys; print('loaded', *sorted(set(sys.modules) & {set(HEAVY)!r}))"
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\n{tell}"], capture_output=True, text=True, check=True
    )
    return set(run.stdout.splitlines()[-1].split()[1:])


HELP = """
import sys
from hygiene.cli import main
sys.argv = ["hygiene", "--help"]
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
"""


def test_importing_a_pass_is_seen_by_this_test() -> None:
    assert loaded("import hygiene.checks.pandera_schema") >= {"pandas", "pyarrow"}


@pytest.mark.parametrize(
    "code",
    ["import hygiene", "import hygiene_schemas", *([HELP] if find_spec("hygiene.cli") else [])],
    ids=lambda code: "hygiene --help" if code == HELP else code,
)
def test_nothing_heavy_is_loaded_before_it_is_needed(code: str) -> None:
    assert loaded(code) == set()


RUN = """
from hygiene.cli import main
try:
    main({arguments!r})
except SystemExit as stop:
    assert not stop.code, stop.code
"""


def test_checking_and_cleaning_files_do_not_load_pandas(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text(
        "E-mail;Vorname;Firma;Abmeldung\n ann@acme.example;&quot;Ann&quot;;Acme;\nbob@acme;Bob;;ja\n"
    )
    check = ["check", str(path), "--no-dns", "--keep", "most-complete"]

    clean = ["clean", *check[1:], "--out", str(tmp_path / "out")]

    likely = [*check, "--likely"] if find_spec("rapidfuzz") else check
    for arguments in (check, likely, clean, [*clean, "--out-format", "parquet"]):
        assert loaded(RUN.format(arguments=arguments)) == {"pyarrow"}


if __name__ == "__main__":
    arrows = {(room_of(path), room) for path in SOURCES for room in rooms_imported(path)}
    print(
        f"rooms {len(set().union(*LADDER))}, floors {floors()}, arrows {len(arrows)}, circles {len(circles())}"
    )
    print(f"files {len(SOURCES)}, imports between them {sum(map(len, IMPORTS.values()))}")
    lines = sorted(function_lines())
    print(f"functions {len(lines)}: median {lines[len(lines) // 2][0]} lines, longest {lines[-1]}")
