"""What the wheel holds: the two packages with their data, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel named by HYGIENE_WHEEL, else one built now from this checkout."""
    given = os.environ.get("HYGIENE_WHEEL")
    if given:
        return Path(given)
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="session")
def names(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_it_runs_on_every_system(wheel: Path) -> None:
    assert wheel.name.startswith("lead_hygiene-")
    assert wheel.name.endswith("-py3-none-any.whl")


def test_it_takes_two_names_and_no_more(wheel: Path, names: set[str]) -> None:
    info = "-".join(wheel.name.split("-")[:2]) + ".dist-info"

    assert {PurePosixPath(name).parts[0] for name in names} == {"hygiene", "hygiene_schemas", info}


@pytest.mark.parametrize(
    "name",
    [
        "hygiene/py.typed",
        "hygiene/report/page/report.css",
        "hygiene/report/page/report.html.jinja",
        "hygiene/report/page/report.js",
        "hygiene_schemas/py.typed",
        "hygiene_schemas/models.py",
        "hygiene_schemas/summary.schema.json",
        "hygiene_schemas/openapi.json",
        "hygiene/deliverability/mail_providers.txt",
        "hygiene/words/given_names.txt",
        "hygiene/words/nicknames.txt",
        "hygiene/words/shared_sites.txt",
        "hygiene/words/legal_forms.txt",
        "hygiene/words/titles.txt",
        "hygiene/lists/role_names.txt",
    ],
)
def test_it_ships(name: str, names: set[str]) -> None:
    assert name in names


def test_it_ships_sample_leads(names: set[str]) -> None:
    assert any(name.startswith("hygiene/emulator/sample/") and name.endswith(".csv") for name in names)


def test_it_ships_neither_tests_nor_leavings(names: set[str]) -> None:
    parts = {part for name in names for part in PurePosixPath(name).parts}

    assert parts.isdisjoint({"tests", "conftest.py", "__pycache__", "schemas", "benchmarks", "notebooks"})
    assert not any(name.endswith((".pyc", ".sqlite", ".orig")) for name in names)


def test_it_has_a_licence_and_two_commands(wheel: Path, names: set[str]) -> None:
    info = next(name.split("/")[0] for name in names if name.endswith(".dist-info/METADATA"))
    with ZipFile(wheel) as archive:
        commands = archive.read(f"{info}/entry_points.txt").decode().split()

    assert f"{info}/licenses/LICENSE" in names
    assert [word for word in commands if "hygiene" in word] == [
        "hygiene",
        "hygiene.cli:main",
        "lead-hygiene",
        "hygiene.cli:main",
    ]
