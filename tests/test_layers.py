"""The direction of imports: words <- passes <- movements <- edges <- library <- command line."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

import hygiene
import hygiene_schemas

PACKAGE = Path(hygiene.__file__).parent
SCHEMAS = Path(hygiene_schemas.__file__).parent

#: Rooms from the lowest layer to the highest. A room that is not named is a pass.
LAYERS = {
    "words": {"errors", "markup", "verdict"},
    "passes": {"address", "blocklist", "deliverability", "duplicates", "loading", "schema", "text", "traits"},
    "movements": {
        "cleaned",
        "cleaning",
        "comparing",
        "deciding",
        "examining",
        "facts",
        "forecasting",
        "gathering",
        "importing",
        "preparing",
        "probe",
        "readback",
        "reconcile",
        "relating",
        "relations",
        "report",
        "settings",
        "story",
        "survey",
        "tally",
    },
    "edges": {
        "config",
        "emulator",
        "given",
        "journal",
        "lists",
        "notebook",
        "pulling",
        "reading",
        "resolver",
        "scale",
        "smartlead",
        "spool",
        "writing",
    },
    "library": {"library"},
    "command line": {"cli", "demo"},
}
ORDER = list(LAYERS)
LAYER = {room: layer for layer, rooms in LAYERS.items() for room in rooms}

#: Packages that a library call must not load before it needs them.
HEAVY = ("dns", "httpx", "pandas", "pandera", "pyarrow")

SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """Dotted names that a file imports anywhere; for `from a import b` both `a` and `a.b`."""
    package = path.relative_to(PACKAGE.parent if PACKAGE in path.parents else SCHEMAS.parent).parent.parts
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) + 1 - node.level]] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def rooms_imported(path: Path) -> set[str]:
    """Rooms of our own package that a file imports; names that the package loads on first use count as library."""
    found = set()
    for name in imported(path):
        parts = name.split(".")
        if parts[0] != "hygiene" or len(parts) == 1 or parts[1].startswith("__"):
            continue
        is_room = (PACKAGE / parts[1]).is_dir() or (PACKAGE / f"{parts[1]}.py").is_file()
        found.add(parts[1] if is_room else "library")
    return found


def rank(room: str) -> int:
    return ORDER.index(LAYER.get(room, "passes"))


def third_party(path: Path) -> set[str]:
    return (
        {name.split(".")[0] for name in imported(path)}
        - {"hygiene", "hygiene_schemas"}
        - sys.stdlib_module_names
    )


def test_there_is_something_to_look_at() -> None:
    assert {"errors.py", "schema.py", "verdict.py"} <= {name_of(path) for path in SOURCES}
    assert rooms_imported(PACKAGE / "schema.py") >= {"errors", "text"}
    assert third_party(PACKAGE / "schema.py") == {"numpy", "pandas", "pandera"}


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_module_imports_from_a_layer_above_its_own(path: Path) -> None:
    above = {room for room in rooms_imported(path) if rank(room) > rank(room_of(path))}

    assert above == set()


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_dns_and_http_are_said_in_their_rooms_alone(path: Path) -> None:
    said = third_party(path) & {"dns", "dnspython", "httpx", "requests", "urllib3"}

    assert said <= {"resolver": {"dns"}, "emulator": {"dns"}, "smartlead": {"httpx"}}.get(
        room_of(path), set()
    )


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
