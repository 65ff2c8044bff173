"""ARCHITECTURE.md and CONTRIBUTING.md speak of the house as it stands, and earlier names still lead into it."""

import re
from importlib import import_module
from pathlib import Path

import pytest

import hygiene
import hygiene_schemas

ROOT = Path(__file__).parents[1]
ROOMS = Path(hygiene.__file__).parent
SCHEMAS = Path(hygiene_schemas.__file__).parent
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SHADES = {"__init__.py", "py.typed", "__pycache__"}


def test_every_room_is_on_the_page():
    rooms = {path.name.removesuffix(".py") for path in ROOMS.iterdir() if path.name not in SHADES}
    named = set(re.findall(r"`([a-z_]+)/?`", ARCHITECTURE))

    assert rooms - named == set()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([\w./-]+/[\w./-]*)`", ARCHITECTURE))))
def test_every_path_on_the_page_exists(path):
    # Both packages may be installed, elsewhere than the page.
    of_schemas = SCHEMAS / path.removeprefix("schemas/hygiene_schemas/")

    assert any(place.exists() for place in (ROOMS / path, ROOT / path, of_schemas))


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\w+/\w+\.(?:py|md|txt)", CONTRIBUTING))))
def test_every_file_that_a_contributor_is_sent_to_exists(path):
    assert (ROOT / path).exists() or (ROOMS.parent / path).exists()


@pytest.mark.parametrize(
    "target", sorted(set(re.findall(r"(?:`|^ +)make (\w+)", CONTRIBUTING, flags=re.MULTILINE)))
)
def test_every_command_of_make_that_is_named_is_there(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("module", "name", "now"),
    [
        ("hygiene.importing", "Reply", "hygiene.sinks"),
        ("hygiene.library", "prepare", "hygiene"),
        ("hygiene.library", "clean", "hygiene"),
        ("hygiene.demo", "sample_zone", "hygiene.emulator"),
        ("hygiene.demo", "read_zone", "hygiene.emulator"),
    ],
)
def test_an_earlier_name_works_and_says_where_it_is_now(module, name, now):
    with pytest.warns(DeprecationWarning, match=f"{module}.{name} is {now}.{name} now"):
        found = getattr(import_module(module), name)

    assert found is getattr(import_module(now), name)


@pytest.mark.parametrize("module", ["hygiene.importing", "hygiene.library", "hygiene.demo", "hygiene"])
def test_a_name_that_never_was_is_an_attribute_error(module):
    with pytest.raises(AttributeError, match=f"module '{module}' has no attribute 'gone'"):
        _ = import_module(module).gone


@pytest.mark.parametrize("room", ["instantly", "mailerlite", "mailman"])
def test_the_room_of_an_api_has_four_hundred_lines_at_most(room):
    lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOMS / room).glob("*.py"))

    assert lines <= 400
