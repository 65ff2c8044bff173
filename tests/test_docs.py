"""The documents: every block is run, and every verb, option, reason and exit code is in them."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from hygiene.cli import cli
from hygiene.demo import sample_zone
from hygiene.emulator import Emulator, ZoneServer
from hygiene.verdict import REASONS, Outcome

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with the settings that `hygiene emulate` prints."""
    with Emulator() as api, ZoneServer(sample_zone()) as names:
        api.create_list("First list")
        monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
        monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
        monkeypatch.setenv("HYGIENE_RESOLVER", names.address)
        monkeypatch.chdir(tmp_path)
        yield tmp_path


def _matches(shown: str, printed: str) -> bool:
    """Whether an output is as shown; a line of three dots stands for any lines."""
    lines = [
        re.escape(line.rstrip()) + "\n" if line != "..." else r"(?:.*\n)*?" for line in shown.splitlines()
    ]
    return (
        re.fullmatch("".join(lines), "".join(line.rstrip() + "\n" for line in printed.splitlines()))
        is not None
    )


def _run_console(text: str) -> None:
    for command, shown in re.findall(r"^\$ ([^\n]+)\n((?:(?!\$ )[^\n]*\n)*)", text, flags=re.MULTILINE):
        program = [sys.executable, "-c", "from hygiene.cli import main; main()"]
        arguments = shlex.split(command)[1:]
        ran = subprocess.run(
            [*program, *arguments], capture_output=True, text=True, encoding="utf-8", check=False,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
        assert _matches(shown, ran.stdout), ran.stdout + ran.stderr


def _run_blocks(page: Path, place: Path) -> set[str]:
    """Run every block of a page, in order; gives their kinds."""
    namespace: dict[str, object] = {}
    kinds = set()
    for kind, name, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        kinds.add(kind)
        if kind in ("csv", "text"):
            (place / (name or "leads.csv")).write_text(text, encoding="utf-8")
        elif kind == "console":
            _run_console(text)
        elif kind == "python":
            exec(compile(text, page.name, "exec"), namespace)
        else:
            assert kind == "sh"
    return kinds


def test_every_block_of_the_readme_runs_and_prints_what_it_shows(place):
    assert _run_blocks(ROOT / "README.md", place) == {"csv", "text", "console", "python", "sh"}


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_every_block_of_a_page_runs_and_prints_what_it_shows(place, page):
    assert _run_blocks(page, place)
    assert f"docs/{page.name}" in README


def test_the_commands_of_the_readme_are_targets_of_the_makefile():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    [commands] = [text for kind, _, text in BLOCK.findall(README) if kind == "sh"]

    named = re.findall(r"^make (\w+)", commands, flags=re.MULTILINE)
    assert named == ["demo", "test"]
    assert set(named) <= set(targets)


def test_every_reason_and_outcome_is_documented():
    words = set(re.findall(r"`([a-z_]+)`", README))

    assert set(REASONS) - words == set()
    assert {outcome.value for outcome in Outcome} - words == set()


def test_every_verb_and_option_is_documented():
    assert isinstance(cli, click.Group)
    for name, verb in cli.commands.items():
        assert f"`hygiene {name}" in README
        for option in verb.params:
            if isinstance(option, click.Option) and not option.hidden:
                for spelling in option.opts:
                    assert re.search(rf"`{spelling}\b", README), f"{name} {spelling}"


def test_every_exit_code_is_documented():
    from hygiene.cli import codes

    table = {int(code) for code in re.findall(r"^\| (\d) \|", README, flags=re.MULTILINE)}
    used = {code for _, code in codes._CODES} | {codes.DONE, codes.USAGE, codes.UNFINISHED, codes.DIFFERS}
    assert table == used


def test_the_changelog_names_the_version_in_work():
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_rule_of_the_policy_is_documented():
    from hygiene.policy import RULES

    page = (ROOT / "docs" / "counting.md").read_text(encoding="utf-8")
    assert {name for name in RULES if f"| `{name}` |" not in page} == set()


def test_every_verdict_and_cause_of_a_look_up_is_documented():
    from typing import get_args

    from hygiene.deliverability import VerdictCode

    page = (ROOT / "docs" / "deliverability.md").read_text(encoding="utf-8")
    causes = {"timeout", "servfail", "refused", "no_resolver", "deadline", "captive", "bad_name"}
    assert {word for word in {*get_args(VerdictCode), *causes} if f"| `{word}` |" not in page} == set()
